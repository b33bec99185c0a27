"""The folder in which an installation keeps its database, keys and uploads."""

import json
import os
import secrets
from pathlib import Path
from typing import Any


def prepare_home(path: str | None) -> Path:
    """Return the installation's folder, made readable by its owner only when it is new."""
    home = Path(path or "var").expanduser().resolve()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    return home


def load_secrets(home: Path) -> dict[str, Any]:
    """Return the installation's secrets, making them on the first start.

    They live in one file outside the database, so that a stolen copy of the database stays
    unreadable. `DIANLIANG_SECRETS` names another file, for a mounted secret store.
    """
    path = Path(os.environ.get("DIANLIANG_SECRETS") or home / "secrets.json")
    if not path.exists():
        fresh = {
            "secret_key": secrets.token_urlsafe(64),
            "field_keys": {"k1": secrets.token_hex(32)},
            "field_key_current": "k1",
            "blind_index_key": secrets.token_hex(32),
            "seal_key": secrets.token_hex(32),
        }
        _write_once(path, json.dumps(fresh, indent=2))
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def _write_once(path: Path, text: str) -> None:
    """Create the file whole or not at all; a second process that comes first wins."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
