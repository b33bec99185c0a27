"""The folder in which an installation keeps its database, keys and uploads."""

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

from filelock import FileLock

from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase

DATABASE = "dianliang.sqlite3"
KEY_BYTES = 32
LOCKED_MOST_S = 10
NAMES = (
    "secret_key",
    "field_keys",
    "field_key_current",
    "blind_index_key",
    "seal_key",
    "certificate_key",
)


class BrokenHomeError(DomainError):
    """The folder or its keys cannot be used; the message says what to do."""

    code = "home.broken"


def prepare_home(path: str | None) -> Path:
    """Return the installation's folder, made readable by its owner only when it is new.

    Raises:
        BrokenHomeError: the folder cannot be made or used.
    """
    home = Path(path or "var").expanduser().resolve()
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        message = Phrase(
            "无法建立数据目录 %(home)s：%(strerror)s。请检查 DIANLIANG_HOME 和权限。",
            home=home,
            strerror=error.strerror,
        )
        raise BrokenHomeError(message) from error
    if not os.access(home, os.R_OK | os.X_OK):
        raise BrokenHomeError(
            Phrase("数据目录 %(home)s 不可读。请改正目录权限，或用它的所有者运行。", home=home)
        )
    return home


def secrets_file(home: Path) -> Path:
    """Return where the secrets lie. `DIANLIANG_SECRETS` names another file, for a mounted store."""
    return Path(os.environ.get("DIANLIANG_SECRETS") or home / "secrets.json")


def load_secrets(home: Path) -> dict[str, Any]:
    """Return the installation's secrets, making them on the first start.

    They live in one file outside the database, so that a stolen copy of the database stays
    unreadable. A database without its secrets gets no new ones: they would hide the loss until
    nothing could be read any more.

    Raises:
        BrokenHomeError: the file is lost, unreadable or not ours.
    """
    path = secrets_file(home)
    if not path.exists():
        if (home / DATABASE).exists():
            raise BrokenHomeError(
                Phrase(
                    "有数据库却没有密钥文件 %(path)s。请从备份恢复它；"
                    "没有它，加密的电话和地址无法解读。",
                    path=path,
                )
            )
        _write_once(path, json.dumps(fresh_secrets(), indent=2))
    try:
        return _completed(path, checked(json.loads(path.read_text(encoding="utf-8"))))
    except OSError as error:
        message = Phrase(
            "密钥文件 %(path)s 读不出来：%(strerror)s。请检查它的权限和所有者。",
            path=path,
            strerror=error.strerror,
        )
        raise BrokenHomeError(message) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BrokenHomeError(
            Phrase("密钥文件 %(path)s 已损坏。请从备份恢复它。", path=path)
        ) from error


def fresh_secrets() -> dict[str, Any]:
    """Draw the secrets of a new installation."""
    return {
        "secret_key": secrets.token_urlsafe(64),
        "field_keys": {"k1": secrets.token_hex(KEY_BYTES)},
        "field_key_current": "k1",
        "blind_index_key": secrets.token_hex(KEY_BYTES),
        "seal_key": secrets.token_hex(KEY_BYTES),
        "certificate_key": secrets.token_hex(KEY_BYTES),
    }


def checked(loaded: dict[str, Any]) -> dict[str, Any]:
    """Return the secrets if every one is there and has its length.

    Raises:
        KeyError, ValueError: one is missing or is no key.
    """
    keys = [*loaded["field_keys"].values(), loaded["blind_index_key"], loaded["seal_key"]]
    if any(len(bytes.fromhex(key)) != KEY_BYTES for key in keys):
        raise ValueError("a key of another length")
    loaded["field_keys"][loaded["field_key_current"]]
    # Files from before there were certificates have none.
    if len(bytes.fromhex(loaded.setdefault("certificate_key", ""))) not in {0, KEY_BYTES}:
        raise ValueError("a certificate key of another length")
    return {name: loaded[name] for name in NAMES}


def _completed(path: Path, loaded: dict[str, Any]) -> dict[str, Any]:
    """Draw the key for certificates that an older file lacks; one that cannot be written stays."""
    if loaded["certificate_key"]:
        return loaded
    try:
        with changing_secrets(path) as found:
            # Two processes start at once: the second finds what the first has drawn.
            found["certificate_key"] = found["certificate_key"] or secrets.token_hex(KEY_BYTES)
    except OSError:
        return loaded
    return found


@contextmanager
def changing_secrets(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the secrets to be changed, then replace the file if they were; others wait meanwhile.

    Raises:
        OSError: the file cannot be written, or another holds it too long.
    """
    with FileLock(path.with_name(f"{path.name}.lock"), timeout=LOCKED_MOST_S):
        loaded = checked(json.loads(path.read_text(encoding="utf-8")))
        before = deepcopy(loaded)
        yield loaded
        if loaded != before:
            rewrite_secrets(path, loaded)


def rewrite_secrets(path: Path, loaded: dict[str, Any]) -> None:
    """Replace the file of secrets, whole or not at all."""
    draft = _draft(path, json.dumps(loaded, indent=2))
    draft.replace(path)


def _write_once(path: Path, text: str) -> None:
    """Create the file whole or not at all; a second process that comes first wins."""
    try:
        draft = _draft(path, text)
    except OSError as error:
        message = Phrase(
            "无法写入密钥文件 %(path)s：%(strerror)s。请检查数据目录的权限。",
            path=path,
            strerror=error.strerror,
        )
        raise BrokenHomeError(message) from error
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()


def _draft(path: Path, text: str) -> Path:
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return draft
