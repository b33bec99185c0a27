"""What the database itself insists on: a movement of stock follows the one before, and is final.

Each movement says what is left after it; the database holds that against the movement before, so
that a balance cannot be written that the movements do not lead to, nor one below nought.
"""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.db import connection

TABLE = "resources_movement"
_FOLLOWS = (
    "CASE WHEN NEW.serial = 1 THEN NEW.balance = NEW.pieces ELSE EXISTS ("
    "SELECT 1 FROM resources_movement WHERE stock_id = NEW.stock_id AND serial = NEW.serial - 1"
    " AND balance + NEW.pieces = NEW.balance) END"
)
_FINAL = "a movement is never changed"
_LOOSE = "a movement follows from the balance of the one before"


def insist(sender: AppConfig, **_: Any) -> None:
    """Set the triggers. Called after migrating."""
    with connection.cursor() as cursor:
        for statement in _STATEMENTS[connection.vendor]:
            cursor.execute(statement)


def _postgresql() -> Sequence[str]:
    refuse = "RAISE integrity_constraint_violation USING MESSAGE ="
    function = (
        "CREATE OR REPLACE FUNCTION {}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {} END $$"
    )
    row = f"ON {TABLE} FOR EACH ROW EXECUTE FUNCTION"
    follows = f"IF ({_FOLLOWS}) IS NOT TRUE THEN {refuse} '{_LOOSE}'; END IF; RETURN NEW;"
    return [
        function.format(f"{TABLE}_final", f"{refuse} '{_FINAL}';"),
        function.format(f"{TABLE}_follows", follows),
        f"CREATE OR REPLACE TRIGGER {TABLE}_final BEFORE UPDATE OR DELETE {row} {TABLE}_final()",
        f"CREATE OR REPLACE TRIGGER {TABLE}_follows BEFORE INSERT {row} {TABLE}_follows()",
    ]


_STATEMENTS: dict[str, Sequence[str]] = {
    "sqlite": [
        *(
            f"CREATE TRIGGER IF NOT EXISTS {TABLE}_{verb.lower()}_final BEFORE {verb} ON {TABLE}"
            f" BEGIN SELECT RAISE(ABORT, '{_FINAL}'); END"
            for verb in ("UPDATE", "DELETE")
        ),
        (
            f"CREATE TRIGGER IF NOT EXISTS {TABLE}_follows BEFORE INSERT ON {TABLE}"
            f" WHEN ({_FOLLOWS}) IS NOT 1 BEGIN SELECT RAISE(ABORT, '{_LOOSE}'); END"
        ),
    ],
    "postgresql": _postgresql(),
}
