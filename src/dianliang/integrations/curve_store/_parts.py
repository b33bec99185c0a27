"""Which files of a month count: a list that is replaced whole or not at all."""

import json
import os
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

from dianliang.kernel.errors import DomainError

LIST = "parts.json"
FORMAT = 1


class CurveStoreError(DomainError):
    """The stored readings cannot be used; the message says why and what to do."""

    code = "curves.unusable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A file of readings: what it holds, from which import it came, and when."""

    file: str
    rows: int
    from_on: str
    last_on: str
    source: str
    at: str

    def overlaps(self, first: date, last: date) -> bool:
        """Tell whether it may hold days between two, both included."""
        return self.from_on <= last.isoformat() and first.isoformat() <= self.last_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One import into a month: its content by digest, and what came of its rows."""

    digest: str
    source: str
    at: str
    new: int
    same: int
    replaced: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What counts in a month, what was replaced by something newer, and what was imported."""

    parts: tuple[Part, ...] = ()
    superseded: tuple[Part, ...] = ()
    imports: tuple[Import, ...] = field(default=())

    @property
    def files(self) -> set[str]:
        """Return the names of all files that belong to the month."""
        return {part.file for part in (*self.parts, *self.superseded)}


def load(folder: Path) -> Month:
    """Return what a month holds; nothing if it was never written.

    Raises:
        CurveStoreError: the list is damaged, or newer than this program.
    """
    path = folder / LIST
    if not path.exists():
        return Month()
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if told["format"] != FORMAT:
            raise CurveStoreError(f"{path} 是更新版本写的，请升级点亮后再用。")
        return Month(
            parts=tuple(Part(**one) for one in told["parts"]),
            superseded=tuple(Part(**one) for one in told["superseded"]),
            imports=tuple(Import(**one) for one in told["imports"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CurveStoreError(f"{path} 已损坏。请从备份恢复 {folder.parent}。") from error


def save(folder: Path, month: Month) -> None:
    """Replace a month's list, so that everybody sees the old state or the new one."""
    body = {"format": FORMAT, **asdict(month)}
    draft = folder / f".{LIST}.{os.getpid()}"
    with draft.open("w", encoding="utf-8") as file:
        json.dump(body, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / LIST)
    _settle(folder)


def _settle(folder: Path) -> None:
    """Have the folder's names on disk, as the files are."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
