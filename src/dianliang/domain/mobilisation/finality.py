"""What the database itself insists on: a report of the situation is never changed.

Set after every migration, as SQLite forgets the triggers of a table that a migration makes anew.
"""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.db import connection

TABLE = "mobilisation_situationreport"
_KEPT = "a report of the situation is never changed"


def insist(sender: AppConfig, **_: Any) -> None:
    """Set the triggers. Called after migrating."""
    with connection.cursor() as cursor:
        for statement in _STATEMENTS[connection.vendor]:
            cursor.execute(statement)


_FUNCTION = (
    f"CREATE OR REPLACE FUNCTION {TABLE}_final() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    f" RAISE integrity_constraint_violation USING MESSAGE = '{_KEPT}'; END $$"
)
_TRIGGER = (
    f"CREATE OR REPLACE TRIGGER {TABLE}_final BEFORE UPDATE OR DELETE ON {TABLE}"
    f" FOR EACH ROW EXECUTE FUNCTION {TABLE}_final()"
)
_STATEMENTS: dict[str, Sequence[str]] = {
    "sqlite": [
        f"CREATE TRIGGER IF NOT EXISTS {TABLE}_{verb.lower()}_final BEFORE {verb} ON {TABLE}"
        f" BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END"
        for verb in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        _FUNCTION,
        _TRIGGER,
    ],
}
