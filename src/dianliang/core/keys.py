"""The keys of encrypted columns: do they fit this database, and put new ones in their place."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from dianliang.core import audit
from dianliang.core.fields import DecryptionError, EncryptedTextField, decrypt, encrypt
from dianliang.core.home import KEY_BYTES, changing_secrets, checked
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase

BATCH_ROWS = 500


class KeysError(DomainError):
    """The keys do not fit, or cannot be changed."""

    code = "keys.refused"


@dataclass(frozen=True, slots=True)
class Column:
    """One encrypted column."""

    table: str
    key: str
    name: str

    @property
    def context(self) -> str:
        """Return what its values are bound to."""
        return f"{self.table}.{self.name}"


def columns() -> tuple[Column, ...]:
    """Return every encrypted column of the installed apps."""
    return tuple(
        Column(model._meta.db_table, str(model._meta.pk.column), str(field.column))
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, EncryptedTextField)
    )


def require_readable() -> None:
    """Read one value of each encrypted column.

    Raises:
        KeysError: the keys are not those of this database.
    """
    for column in columns():
        found = next(_stored(column, after=0, most=1), None)
        if found is None:
            continue
        try:
            decrypt(found[1], context=column.context)
        except DecryptionError as error:
            raise KeysError(
                Phrase(
                    "密钥文件 %(secrets_file)s 与数据库不配套（%(context)s）。请换回这"
                    "个数据库自己的密钥文件。",
                    secrets_file=settings.SECRETS_FILE,
                    context=column.context,
                )
            ) from error


def used() -> dict[str, int]:
    """Return how many stored values each key id has sealed."""
    counts: dict[str, int] = {}
    for column in columns():
        for _, value in _all(column):
            key_id = value.partition(":")[0]
            counts[key_id] = counts.get(key_id, 0) + 1
    return counts


def rotate(*, by: Actor, at: datetime) -> tuple[str, int]:
    """Draw a new key, make it the current one and seal everything with it again.

    Servers may go on running: they read the file again when they meet a key that they do not
    know. Each value is swapped only if nobody changed it meanwhile. Returns key id and count.

    Raises:
        KeysError: the file of secrets cannot be written.
    """
    with _changing() as loaded:
        key_id = f"k{max(int(name[1:]) for name in loaded['field_keys']) + 1}"
        loaded["field_keys"][key_id] = secrets.token_hex(KEY_BYTES)
        loaded["field_key_current"] = key_id
    count = sum(_reseal(column, key_id) for column in columns())
    _record("keys.rotate", key_id=key_id, words=f"{count} 项", by=by, at=at)
    return key_id, count


def certificate_key() -> str:
    """Return the secret that signs certificates now; empty if none was drawn yet.

    Read from the file each time: it is seldom needed, and another process may have changed it.
    """
    path = Path(settings.SECRETS_FILE)
    if not path.exists():
        return str(settings.CERTIFICATE_KEY)
    return str(checked(json.loads(path.read_text(encoding="utf-8")))["certificate_key"])


def draw_certificate_key() -> None:
    """Put a new secret in the place of the one that signs certificates; the old one is gone.

    Raises:
        KeysError: the file of secrets cannot be written.
    """
    with _changing() as loaded:
        loaded["certificate_key"] = secrets.token_hex(KEY_BYTES)


def retire(*, by: Actor, at: datetime) -> tuple[str, ...]:
    """Throw away the keys that seal nothing any more; return their ids.

    Raises:
        KeysError: the file of secrets cannot be written.
    """
    with _changing() as loaded:
        needed = {*used(), loaded["field_key_current"]}
        gone = tuple(name for name in loaded["field_keys"] if name not in needed)
        for name in gone:
            del loaded["field_keys"][name]
    if gone:
        _record("keys.retire", key_id="、".join(gone), words="", by=by, at=at)
    return gone


@contextmanager
def _changing() -> Iterator[dict[str, Any]]:
    """Yield the secrets to be changed; once they are written, this process goes by them."""
    path = Path(settings.SECRETS_FILE)
    try:
        with changing_secrets(path) as loaded:
            yield loaded
    except OSError as error:
        raise KeysError(
            Phrase(
                "密钥文件 %(path)s 不可写：%(strerror)s。",
                path=path,
                strerror=error.strerror or error,
            )
        ) from error
    settings.FIELD_KEYS = loaded["field_keys"]
    settings.FIELD_KEY_CURRENT = loaded["field_key_current"]
    settings.CERTIFICATE_KEY = loaded["certificate_key"]


def _record(verb: str, *, key_id: str, words: str, by: Actor, at: datetime) -> None:
    audit.record_about(verb, target_type="key", target_id=key_id, by=by, at=at, after=words)


def _reseal(column: Column, key_id: str) -> int:
    table, name, key = _quoted(column)
    swap = f"UPDATE {table} SET {name} = %s WHERE {key} = %s AND {name} = %s"  # noqa: S608 (names of ours)
    count, after = 0, 0
    while True:
        with transaction.atomic():
            rows = list(_stored(column, after=after, most=BATCH_ROWS))
            if not rows:
                return count
            with connection.cursor() as cursor:
                for row, value in rows:
                    if not value.startswith(f"{key_id}:"):
                        plain = decrypt(value, context=column.context)
                        sealed = encrypt(plain, context=column.context)
                        cursor.execute(swap, [sealed, row, value])
                        count += cursor.rowcount
        after = rows[-1][0]


def _quoted(column: Column) -> tuple[str, str, str]:
    quote = connection.ops.quote_name
    return quote(column.table), quote(column.name), quote(column.key)


def _all(column: Column) -> Iterator[tuple[int, str]]:
    after = 0
    while rows := list(_stored(column, after=after, most=BATCH_ROWS)):
        yield from rows
        after = rows[-1][0]


def _stored(column: Column, *, after: int, most: int) -> Iterator[tuple[int, str]]:
    """Read sealed values as they lie in the table, in order of their rows."""
    table, name, key = _quoted(column)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {key}, {name} FROM {table} WHERE {key} > %s AND {name} <> ''"  # noqa: S608 (names of ours)
            f" ORDER BY {key} LIMIT %s",
            [after, most],
        )
        yield from cursor.fetchall()
