"""Files on disk, never half-written."""

import os
import secrets
from datetime import datetime
from pathlib import Path


def write(path: Path, content: bytes, *, at: datetime | None = None) -> None:
    """Write a file whole or not at all, with the folders that lead to it; `at` dates it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    replace(path, content, at=at)


def replace(path: Path, content: bytes, *, at: datetime | None = None) -> None:
    """Write a file beside its place, then put it there: whole or not at all. Its folder is there.

    Raises:
        OSError: it cannot be written; what was there stays, and nothing beside it.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if at is not None:
            os.utime(draft, (at.timestamp(), at.timestamp()))
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def move(source: Path, target: Path) -> None:
    """Move a finished file to its place on the same disk; it is on the disk before it is there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as file:
        os.fsync(file.fileno())
    source.replace(target)
