"""Throw generated data away, so that it can be made anew."""

import shutil

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from dianliang.core.home import DATABASE


def throw_away() -> None:
    """Delete the database and the uploads of this installation; keys stay.

    Raises:
        CommandError: the data are in PostgreSQL.
    """
    if connection.vendor != "sqlite":
        raise CommandError("数据在 PostgreSQL 里，请换一个空库重建。")
    connection.close()
    for path in settings.HOME.glob(f"{DATABASE}*"):
        path.unlink()
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
    call_command("migrate", verbosity=0, skip_checks=True)
