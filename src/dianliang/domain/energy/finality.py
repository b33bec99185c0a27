"""What the database itself insists on: factors, carbon entries and claims are final.

Set after every migration, as SQLite forgets the triggers of a table that a migration makes anew.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.apps import AppConfig
from django.db import connection

FINAL = ("energy_factor", "energy_evidence", "energy_carbonentry")
"""Tables whose rows are never changed."""
MOVING = {
    "Claim": ("status", "verifier", "verifier_person", "verified_at", "contester_person"),
    "FactorCheck": ("withdrawn_by", "withdrawn_at", "withdrawn_words"),
}
"""What of a row changes: how far it has been shown, or that it was taken back."""
UNDELETED = (*FINAL, *(f"energy_{name.lower()}" for name in MOVING))
_KEPT = "what a claim says is never changed"


def insist(sender: AppConfig, **_: Any) -> None:
    """Set the triggers. Called after migrating."""
    fixed = {
        f"energy_{name.lower()}": ", ".join(
            f'"{f.column}"'
            for f in sender.get_model(name)._meta.local_fields
            if f.name not in moving
        )
        for name, moving in MOVING.items()
    }
    with connection.cursor() as cursor:
        for statement in _STATEMENTS[connection.vendor](fixed):
            cursor.execute(statement)


def _sqlite(fixed: Mapping[str, str]) -> Sequence[str]:
    def trigger(name: str, when: str, table: str) -> str:
        made = f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {when} ON {table}"
        return f"{made} BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END"

    return [
        *(trigger(f"{table}_final", "UPDATE", table) for table in FINAL),
        *(trigger(f"{table}_kept", "DELETE", table) for table in UNDELETED),
        *(f"DROP TRIGGER IF EXISTS {table}_fixed" for table in fixed),
        *(
            trigger(f"{table}_fixed", f"UPDATE OF {columns}", table)
            for table, columns in fixed.items()
        ),
    ]


def _postgresql(fixed: Mapping[str, str]) -> Sequence[str]:
    def trigger(name: str, when: str, table: str) -> str:
        return (
            f"CREATE OR REPLACE TRIGGER {name} BEFORE {when} ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION energy_final()"
        )

    body = f"$$ BEGIN RAISE integrity_constraint_violation USING MESSAGE = '{_KEPT}'; END $$"
    return [
        f"CREATE OR REPLACE FUNCTION energy_final() RETURNS trigger LANGUAGE plpgsql AS {body}",
        *(trigger(f"{table}_final", "UPDATE", table) for table in FINAL),
        *(trigger(f"{table}_kept", "DELETE", table) for table in UNDELETED),
        # once final as a whole; what stays of it is said below
        "DROP TRIGGER IF EXISTS energy_factorcheck_final ON energy_factorcheck",
        *(
            trigger(f"{table}_fixed", f"UPDATE OF {columns}", table)
            for table, columns in fixed.items()
        ),
    ]


_STATEMENTS = {"sqlite": _sqlite, "postgresql": _postgresql}
