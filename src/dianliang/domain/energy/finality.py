"""What the database itself insists on: factors, carbon entries and claims are final.

Set after every migration, as SQLite forgets the triggers of a table that a migration makes anew.
"""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.db import connection

FINAL = ("energy_factor", "energy_evidence", "energy_carbonentry", "energy_factorcheck")
"""Tables whose rows are never changed."""
UNDELETED = (*FINAL, "energy_claim")
MOVING = ("status", "verifier", "verified_at")
"""What of a claim changes: how far it has been shown. The rest stays as it was recorded."""
_KEPT = "what a claim says is never changed"


def insist(sender: AppConfig, **_: Any) -> None:
    """Set the triggers. Called after migrating."""
    claim = sender.get_model("Claim")
    fixed = [str(f.column) for f in claim._meta.local_fields if f.name not in MOVING]
    with connection.cursor() as cursor:
        for statement in _STATEMENTS[connection.vendor](fixed):
            cursor.execute(statement)


def _sqlite(fixed: Sequence[str]) -> Sequence[str]:
    def trigger(name: str, when: str, table: str) -> str:
        made = f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {when} ON {table}"
        return f"{made} BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END"

    columns = ", ".join(f'"{column}"' for column in fixed)
    return [
        *(trigger(f"{table}_final", "UPDATE", table) for table in FINAL),
        *(trigger(f"{table}_kept", "DELETE", table) for table in UNDELETED),
        trigger("energy_claim_fixed", f"UPDATE OF {columns}", "energy_claim"),
    ]


def _postgresql(fixed: Sequence[str]) -> Sequence[str]:
    def trigger(name: str, when: str, table: str) -> str:
        return (
            f"CREATE OR REPLACE TRIGGER {name} BEFORE {when} ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION energy_final()"
        )

    columns = ", ".join(f'"{column}"' for column in fixed)
    body = f"$$ BEGIN RAISE integrity_constraint_violation USING MESSAGE = '{_KEPT}'; END $$"
    return [
        f"CREATE OR REPLACE FUNCTION energy_final() RETURNS trigger LANGUAGE plpgsql AS {body}",
        *(trigger(f"{table}_final", "UPDATE", table) for table in FINAL),
        *(trigger(f"{table}_kept", "DELETE", table) for table in UNDELETED),
        trigger("energy_claim_fixed", f"UPDATE OF {columns}", "energy_claim"),
    ]


_STATEMENTS = {"sqlite": _sqlite, "postgresql": _postgresql}
