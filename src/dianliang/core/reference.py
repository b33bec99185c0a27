"""Keep in memory what every request reads and an administrator rarely changes.

An app names such models as `reference_models` in its config. Whoever changes one of their rows, by
whatever path, changes the one row of ReferenceState: triggers of the database do it, in the same
transaction, so that no writer can forget it and a rollback takes it back.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Any, Generic, TypeVar

from django.apps import AppConfig
from django.db import connection

from dianliang.core.models import ReferenceState

Value = TypeVar("Value")
VERBS = ("INSERT", "UPDATE", "DELETE")
_STATE = f"SELECT state FROM {ReferenceState._meta.db_table}"  # noqa: S608 (a table of ours)
_steady: ContextVar[str | None] = ContextVar("reference_state", default=None)


def current() -> str:
    """Name the present state of all reference data; of a database without any, never the same."""
    held = _steady.get()
    if held is not None:
        return held
    with connection.cursor() as cursor:
        cursor.execute(_STATE)
        row = cursor.fetchone()
    return row[0] if row else secrets.token_hex()


@contextmanager
def steady() -> Iterator[None]:
    """Ask for the state once for several look-ups that belong together."""
    mark = _steady.set(current())
    try:
        yield
    finally:
        _steady.reset(mark)


class Kept(Generic[Value]):
    """Something made from reference data, made again only when these have changed.

    What it returns is shared by all threads: read it, never change it.
    """

    def __init__(self, make: Callable[[], Value]) -> None:
        self._make = make
        self._known: tuple[str, Value] | None = None
        self._making = Lock()

    def __call__(self) -> Value:
        """Return it for the present state."""
        state, known = current(), self._known
        if known is not None and known[0] == state:
            return known[1]
        with self._making:  # threads that ask at once would each make it
            known = self._known
            if known is not None and known[0] == state:
                return known[1]
            value = self._make()
            self._known = (state, value)
            return value


def watch(sender: AppConfig, **_: Any) -> None:
    """Set the triggers of an app's reference models. Called after migrating."""
    for name in getattr(sender, "reference_models", ()):
        model = sender.get_model(name)
        watch_table(model._meta.db_table)
        for field in model._meta.local_many_to_many:
            watch_table(field.m2m_db_table())


def watch_table(table: str) -> None:
    """Have each change of a table change the state of the reference data."""
    with connection.cursor() as cursor:
        cursor.execute(_FIND[connection.vendor], [table])
        if cursor.fetchone():
            return
        for statement in _TRIGGERS[connection.vendor](table, ReferenceState._meta.db_table):
            cursor.execute(statement)


def _sqlite(table: str, state: str) -> Iterator[str]:
    for verb in VERBS:
        yield (
            f'CREATE TRIGGER "{table}_{verb.lower()}_reference"'  # noqa: S608 (names of ours)
            f' AFTER {verb} ON "{table}" BEGIN'
            f' DELETE FROM "{state}";'
            f' INSERT INTO "{state}" (id, state) VALUES (1, lower(hex(randomblob(16))));'
            " END"
        )


def _postgresql(table: str, state: str) -> Iterator[str]:
    yield (
        "CREATE OR REPLACE FUNCTION dianliang_reference_changed()"  # noqa: S608 (a name of ours)
        " RETURNS trigger"
        " LANGUAGE plpgsql AS $$ BEGIN"
        f' INSERT INTO "{state}" (id, state) VALUES (1, gen_random_uuid()::text)'
        " ON CONFLICT (id) DO UPDATE SET state = excluded.state;"
        " RETURN NULL; END $$"
    )
    yield (
        f'CREATE TRIGGER "{table}_reference" AFTER {" OR ".join(VERBS)} ON "{table}"'
        " FOR EACH STATEMENT EXECUTE FUNCTION dianliang_reference_changed()"
    )


_FIND = {
    "sqlite": "SELECT 1 FROM sqlite_master WHERE tbl_name = %s AND name LIKE '%%_reference'",
    "postgresql": (
        "SELECT 1 FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE '%%_reference'"
    ),
}
_TRIGGERS: dict[str, Callable[[str, str], Iterator[str]]] = {
    "sqlite": _sqlite,
    "postgresql": _postgresql,
}
