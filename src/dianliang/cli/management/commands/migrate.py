"""``dianliang migrate``: tables as this version needs them."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections, transaction

from dianliang.core import tables

PARTIAL = ("app_label", "fake", "fake_initial", "plan", "check_unapplied", "prune")


class Command(migrate.Command):
    """Migrate step by step; an empty database gets the tables of today at once."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the tables of an empty database, then do what is left."""
        connection = connections[options["database"]]
        if any(options[name] for name in PARTIAL) or not tables.is_empty(connection):
            super().handle(*args, **options)
            return
        tables.make_all(connection)
        # No app of ours is without migrations; triggers and shipped rows come in one commit.
        with transaction.atomic(using=connection.alias):
            super().handle(*args, **{**options, "run_syncdb": False})
