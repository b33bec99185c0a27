"""What the database itself insists on: entries are whole, balanced, of one book, and final.

Set after every migration, as SQLite forgets the triggers of a table that a migration makes anew.
"""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.db import connection

FINAL = ("ledger_entry", "ledger_line")
"""Tables whose rows are never changed and never deleted."""
FIXED = {
    "ledger_account": ("book_id", "article_id", "holder_kind", "holder_code"),
    "ledger_ruleversion": (
        "rule_id",
        "edition",
        "points",
        "per",
        "most_a_day",
        "most_a_month",
        "from_on",
    ),
}
"""Columns that stay as they are: whose an account is, and what a version in force says."""
_ONLY = {"ledger_account": "TRUE", "ledger_ruleversion": "OLD.status = 'IN_FORCE'"}
_IS_LATE = "EXISTS (SELECT 1 FROM ledger_entry WHERE id = NEW.entry_id)"
_LATE = "an entry is final: no line joins it"
_WHOLE = "an entry balances, keeps to one book, article and day, and gives nothing to who posts it"
_CHECK = (
    "SELECT COUNT(*) >= 2 AND SUM(l.amount) = 0"
    ' AND SUM(CASE WHEN a.book_id = NEW.book_id AND l."on" = NEW."on"'
    " AND a.article_id {same} NEW.article_id"
    " AND (NEW.reverses_id IS NOT NULL OR NEW.by_person = '' OR l.amount < 0"
    " OR a.holder_kind <> 'person' OR a.holder_code <> NEW.by_person)"
    " THEN 0 ELSE 1 END) = 0"
    " FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id WHERE l.entry_id = NEW.id"
)


def insist(sender: AppConfig, **_: Any) -> None:
    """Set the triggers. Called after migrating."""
    with connection.cursor() as cursor:
        for statement in _STATEMENTS[connection.vendor]():
            cursor.execute(statement)


def _sqlite() -> Sequence[str]:
    check = _CHECK.format(same="IS")
    made = [
        f"CREATE TRIGGER IF NOT EXISTS {table}_{verb.lower()}_final BEFORE {verb} ON {table}"
        " BEGIN SELECT RAISE(ABORT, 'an entry is never changed'); END"
        for table in FINAL
        for verb in ("UPDATE", "DELETE")
    ]
    made += [
        f"CREATE TRIGGER IF NOT EXISTS {table}_fixed BEFORE UPDATE OF {', '.join(columns)}"
        f" ON {table} WHEN {_ONLY[table]} BEGIN SELECT RAISE(ABORT, 'this stays as it is'); END"
        for table, columns in FIXED.items()
    ]
    return [
        *made,
        (
            "CREATE TRIGGER IF NOT EXISTS ledger_line_first BEFORE INSERT ON ledger_line"
            f" WHEN {_IS_LATE} BEGIN SELECT RAISE(ABORT, '{_LATE}'); END"
        ),
        (
            "CREATE TRIGGER IF NOT EXISTS ledger_entry_whole BEFORE INSERT ON ledger_entry"
            f" WHEN ({check}) IS NOT 1 BEGIN SELECT RAISE(ABORT, '{_WHOLE}'); END"
        ),
    ]


def _postgresql() -> Sequence[str]:
    check = _CHECK.format(same="IS NOT DISTINCT FROM")
    made = [
        _function("ledger_final", _refuse("an entry is never changed")),
        _function("ledger_fixed", _refuse("this stays as it is")),
        _function(
            "ledger_line_first",
            f"IF {_IS_LATE} THEN {_refuse(_LATE)} END IF; RETURN NEW;",
        ),
        _function(
            "ledger_entry_whole",
            f"IF ({check}) IS NOT TRUE THEN {_refuse(_WHOLE)} END IF; RETURN NEW;",
        ),
        _trigger("ledger_line_first", "BEFORE INSERT", "ledger_line"),
        _trigger("ledger_entry_whole", "BEFORE INSERT", "ledger_entry"),
    ]
    made += [
        f"CREATE OR REPLACE TRIGGER {table}_final BEFORE UPDATE OR DELETE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION ledger_final()"
        for table in FINAL
    ]
    made += [
        f"CREATE OR REPLACE TRIGGER {table}_fixed BEFORE UPDATE OF {', '.join(columns)}"
        f" ON {table} FOR EACH ROW WHEN ({_ONLY[table]}) EXECUTE FUNCTION ledger_fixed()"
        for table, columns in FIXED.items()
    ]
    return made


def _refuse(words: str) -> str:
    return f"RAISE integrity_constraint_violation USING MESSAGE = '{words}';"


def _function(name: str, body: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN {body} END $$"
    )


def _trigger(name: str, when: str, table: str) -> str:
    made = f"CREATE OR REPLACE TRIGGER {name} {when} ON {table}"
    return f"{made} FOR EACH ROW EXECUTE FUNCTION {name}()"


_STATEMENTS = {"sqlite": _sqlite, "postgresql": _postgresql}
