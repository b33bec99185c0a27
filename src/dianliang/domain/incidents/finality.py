"""What the database itself insists on: a log and what was sent out are final, periods meet.

Set after every migration, as SQLite forgets the triggers of a table that a migration makes anew.
"""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.db import connection

FINAL = ("incidents_logentry", "incidents_bulletin")
"""Tables whose rows are never changed and never deleted."""
_PERIODS = "incidents_operationalperiod"
_MEETS = (
    "NEW.position = 1 OR EXISTS (SELECT 1 FROM incidents_operationalperiod p"
    " WHERE p.incident_id = NEW.incident_id AND p.position = NEW.position - 1"
    " AND p.ends_at = NEW.starts_at)"
)
_MOVED = (
    "NEW.incident_id <> OLD.incident_id OR NEW.position <> OLD.position"
    " OR NEW.starts_at <> OLD.starts_at"
    " OR (NEW.ends_at <> OLD.ends_at AND EXISTS (SELECT 1 FROM incidents_operationalperiod p"
    " WHERE p.incident_id = OLD.incident_id AND p.position = OLD.position + 1))"
)
_GAP = "a period begins when the one before it ends"
_STAYS = "only the end of the last period moves"
_KEPT = "what was noted or sent out is never changed"


def insist(sender: AppConfig, **_: Any) -> None:
    """Set the triggers. Called after migrating."""
    with connection.cursor() as cursor:
        for statement in _STATEMENTS[connection.vendor]():
            cursor.execute(statement)


def _sqlite() -> Sequence[str]:
    def trigger(name: str, when: str, check: str, words: str) -> str:
        only = f" WHEN {check}" if check else ""
        made = f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {when}{only}"
        return f"{made} BEGIN SELECT RAISE(ABORT, '{words}'); END"

    kept = [
        trigger(f"{table}_{verb.lower()}_final", f"{verb} ON {table}", "", _KEPT)
        for table in FINAL
        for verb in ("UPDATE", "DELETE")
    ]
    return [
        *kept,
        trigger("incidents_period_meets", f"INSERT ON {_PERIODS}", f"NOT ({_MEETS})", _GAP),
        trigger("incidents_period_stays", f"UPDATE ON {_PERIODS}", _MOVED, _STAYS),
        trigger("incidents_period_final", f"DELETE ON {_PERIODS}", "", _STAYS),
    ]


def _postgresql() -> Sequence[str]:
    functions = {
        "incidents_final": _refuse(_KEPT),
        "incidents_period_meets": f"IF NOT ({_MEETS}) THEN {_refuse(_GAP)} END IF; RETURN NEW;",
        "incidents_period_stays": f"IF {_MOVED} THEN {_refuse(_STAYS)} END IF; RETURN NEW;",
        "incidents_period_final": _refuse(_STAYS),
    }
    triggers = [
        *((f"{table}_final", "UPDATE OR DELETE", table, "incidents_final") for table in FINAL),
        ("incidents_period_meets", "INSERT", _PERIODS, "incidents_period_meets"),
        ("incidents_period_stays", "UPDATE", _PERIODS, "incidents_period_stays"),
        ("incidents_period_final", "DELETE", _PERIODS, "incidents_period_final"),
    ]
    return [
        *(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN {body} END $$"
            for name, body in functions.items()
        ),
        *(
            f"CREATE OR REPLACE TRIGGER {name} BEFORE {when} ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {does}()"
            for name, when, table, does in triggers
        ),
    ]


def _refuse(words: str) -> str:
    return f"RAISE integrity_constraint_violation USING MESSAGE = '{words}';"


_STATEMENTS = {"sqlite": _sqlite, "postgresql": _postgresql}
