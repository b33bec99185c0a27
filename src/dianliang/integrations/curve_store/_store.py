"""Readings of meters on disk, by month, without a database."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from filelock import FileLock

from dianliang.engines.loading import DAY, Span
from dianliang.integrations.curve_store import _files
from dianliang.integrations.curve_store._files import Slice, naming
from dianliang.integrations.curve_store._merge import Fresh, compare, picked, told_something
from dianliang.integrations.curve_store._parts import Import, Month, Part, load, save

PREFIX = "month="
LOCK_S = 600
SPARED_S = 24 * 3600
"""So long a replaced file stays: a backup may be under way that has read the list before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What came of an import: meter-days that are new, known already, or took another's place.

    `before` says when the same content was imported already and still counts; nothing was done.
    """

    month: str
    new: int
    same: int
    replaced: int
    before: str = ""


@dataclass(frozen=True, slots=True)
class CurveStore:
    """The folder of readings: ``month=2026-07/*.parquet`` and a list of the files that count.

    A row is a meter's day. Of two values of a point the one imported last counts; the older version
    of the day moves to ``superseded/``. Files are never changed: new ones are written, then the
    list is replaced.
    """

    root: Path

    def months(self) -> list[str]:
        """Return the months that hold something: ``2026-07``."""
        found = (path.name.removeprefix(PREFIX) for path in self.root.glob(f"{PREFIX}*"))
        return sorted(name for name in found if self.month(name).parts)

    def month(self, name: str) -> Month:
        """Return what a month holds.

        Raises:
            CurveStoreError: its list is damaged.
        """
        return load(self._folder(name))

    def add(self, batch: pa.RecordBatch, *, source: str, at: datetime) -> list[Added]:
        """Take rows in, month by month; each is there whole or not at all.

        A point that the rows do not tell stays as it is stored. Rows that tell no point are passed
        over; content that changes nothing is not stored again.

        Raises:
            CurveStoreError: the store cannot be read or written.
            ValueError: a meter has two rows for one day.
        """
        batch = told_something(batch)
        months = pc.strftime(batch.column(DAY), "%Y-%m").dictionary_encode()
        fresh = {
            name: Fresh.of(batch.filter(pc.equal(months.indices, place)))
            for place, name in enumerate(months.dictionary.to_pylist())
        }
        return [self._add(name, fresh[name], source=source, at=at) for name in sorted(fresh)]

    def stored(self, span: Span) -> Span | None:
        """Return from the first to the last day of a span of which something is stored.

        Raises:
            CurveStoreError: a list is damaged.
        """
        last = span.until_on - timedelta(days=1)
        parts = [
            part
            for name in self.months()
            for part in self.month(name).parts
            if part.overlaps(span.from_on, last)
        ]
        if not parts:
            return None
        first = max(span.from_on, date.fromisoformat(min(part.from_on for part in parts)))
        end = min(last, date.fromisoformat(max(part.last_on for part in parts)))
        return Span(first, end + timedelta(days=1))

    def slices(self, span: Span, *, groups: int = 1) -> list[Slice]:
        """Return the stretches of files that may hold days of a span.

        Raises:
            CurveStoreError: a list or file is damaged.
        """
        last = span.until_on - timedelta(days=1)
        return [
            one
            for name in self.months()
            if f"{span.from_on:%Y-%m}" <= name <= f"{last:%Y-%m}"
            for part in self.month(name).parts
            if part.overlaps(span.from_on, last)
            for one in _files.slices(self._folder(name) / part.file, groups=groups)
        ]

    def superseded(self, name: str) -> Iterator[tuple[Part, pa.RecordBatch]]:
        """Return the rows of a month that do not count any more, with the import they were of.

        Raises:
            CurveStoreError: a list or file is damaged.
        """
        for part in self.month(name).superseded:
            for one in _files.slices(self._folder(name) / part.file, groups=1):
                for batch in _files.batches(one):
                    yield part, batch

    def size_bytes(self) -> int:
        """Return what the files take on disk."""
        return sum(path.stat().st_size for path in self.root.rglob("*.parquet"))

    def _folder(self, name: str) -> Path:
        return self.root / f"{PREFIX}{name}"

    def _add(self, name: str, fresh: Fresh, *, source: str, at: datetime) -> Added:
        folder = self._folder(name)
        with naming(folder):
            (folder / "superseded").mkdir(mode=0o700, parents=True, exist_ok=True)
        digest = fresh.digest
        with FileLock(folder / ".lock", timeout=LOCK_S):
            month = load(folder)
            before = next((one for one in reversed(month.imports) if one.digest == digest), None)
            rows = len(fresh.keys)
            if before is not None and before is month.imports[-1]:
                return Added(month=name, new=0, same=rows, replaced=0, before=before.at)
            stamp = f"{at:%Y%m%dT%H%M%S}-{len(month.imports)}-{digest[:12]}"
            parts, superseded, replaced = self._make_room(month, folder, fresh, stamp)
            if before is not None and fresh.is_same.all():
                return Added(month=name, new=0, same=rows, replaced=0, before=before.at)
            kept = fresh.kept
            if kept.num_rows:
                parts.append(
                    _part(folder, f"{stamp}.parquet", [kept], source=source, at=at.isoformat())
                )
            same = int(fresh.is_same.sum())
            done = Import(
                digest=digest,
                source=source,
                at=at.isoformat(),
                new=kept.num_rows - replaced,
                same=same,
                replaced=replaced,
            )
            save(
                folder,
                Month(
                    parts=tuple(parts),
                    superseded=(*month.superseded, *superseded),
                    imports=(*month.imports, done),
                ),
            )
            for part in set(month.parts) - set(parts):
                (folder / part.file).touch()
            _sweep(folder, at=at)
        return Added(month=name, new=done.new, same=same, replaced=replaced)

    def _make_room(
        self, month: Month, folder: Path, fresh: Fresh, stamp: str
    ) -> tuple[list[Part], list[Part], int]:
        """Write anew the files in which rows are replaced; return what counts and what no more."""
        first, last = fresh.ends
        parts: list[Part] = []
        superseded: list[Part] = []
        replaced = 0
        for i, part in enumerate(month.parts):
            path = folder / part.file
            lost = compare(fresh, path) if part.overlaps(first, last) else np.zeros(0, bool)
            if not lost.any():
                parts.append(part)
                continue
            replaced += int(lost.sum())
            for rest, kind in ((~lost, ""), (lost, "superseded/")):
                if rest.any():
                    target = f"{kind}{stamp}-{i}.parquet"
                    written = _part(
                        folder, target, picked(path, rest), source=part.source, at=part.at
                    )
                    (superseded if kind else parts).append(written)
        return parts, superseded, replaced


def _part(
    folder: Path, file: str, batches: Iterable[pa.RecordBatch], *, source: str, at: str
) -> Part:
    ends: list[date] = []

    def seen() -> Iterator[pa.RecordBatch]:
        for batch in batches:
            if batch.num_rows:
                ends.extend(_ends(batch))
                yield batch

    rows = _files.write(folder / file, seen())
    return Part(
        file=file,
        rows=rows,
        from_on=min(ends).isoformat(),
        last_on=max(ends).isoformat(),
        source=source,
        at=at,
    )


def _ends(batch: pa.RecordBatch) -> tuple[date, date]:
    ends = pc.min_max(batch.column(DAY)).as_py()
    return ends["min"], ends["max"]


def _sweep(folder: Path, *, at: datetime) -> None:
    """Remove what no list names: files replaced a day ago or more, drafts of who was killed."""
    named = load(folder).files
    for path in folder.rglob("*.parquet*"):
        file = path.relative_to(folder).as_posix()
        if file not in named and at.timestamp() - path.stat().st_mtime > SPARED_S:
            path.unlink(missing_ok=True)
