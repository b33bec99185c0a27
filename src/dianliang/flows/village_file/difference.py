"""What differs between two versions of a file, told as a person would tell it."""

from collections.abc import Iterator
from dataclasses import dataclass

from dianliang.flows.village_file.model import (
    Fact,
    Photo,
    Section,
    Table,
    Value,
    VillageFile,
    said,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference. `kind` is added, removed or changed."""

    section: str
    kind: str
    words: str


def differences(before: VillageFile, after: VillageFile) -> tuple[Change, ...]:
    """Return what changed from one file to the other, section by section.

    A record that came, went or changed is told by its name; a figure with both values. A section
    that only one of the files has is told as a whole: an older program did not write it.
    """
    old = {section.key: section for section in before.sections}
    new = {section.key: section for section in after.sections}
    found: list[Change] = []
    for key in dict.fromkeys([*new, *old]):
        earlier, later = old.get(key), new.get(key)
        if earlier is not None and later is not None:
            found += _in_section(earlier, later)
        elif later is not None:
            found.append(Change(section=later.title, kind="added", words="新增了这一章。"))
        elif earlier is not None:
            found.append(Change(section=earlier.title, kind="removed", words="不再有这一章。"))
    return tuple(found)


def _in_section(before: Section, after: Section) -> Iterator[Change]:
    title = after.title
    yield from _facts(title, before.facts, after.facts)
    tables = {table.key: table for table in before.tables}
    for table in after.tables:
        if table.key in tables:
            yield from _rows(title, tables[table.key], table)
    yield from _photos(title, before.photos, after.photos)
    if before.note != after.note:
        words = f"说明改为：{after.note}" if after.note else "说明已清空。"
        yield Change(section=title, kind="changed", words=words)


def _facts(title: str, before: tuple[Fact, ...], after: tuple[Fact, ...]) -> Iterator[Change]:
    old = {fact.key: fact for fact in before}
    for fact in after:
        earlier = old.get(fact.key)
        value = earlier.value if earlier else None
        if value != fact.value:
            words = f"{fact.label} {said(value, fact.unit)} → {said(fact.value, fact.unit)}"
            gap = _gap(value, fact.value)
            yield Change(section=title, kind="changed", words=f"{words}（{gap}）" if gap else words)
    kept = {fact.key for fact in after}
    for fact in before:
        if fact.key not in kept and fact.value is not None:
            words = f"{fact.label} {said(fact.value, fact.unit)} → 不再记录"
            yield Change(section=title, kind="removed", words=words)


def _gap(before: Value, after: Value) -> str:
    if isinstance(before, str) or isinstance(after, str) or before is None or after is None:
        return ""
    gap = after - before
    text = f"{abs(gap):,.1f}" if isinstance(gap, float) else f"{abs(gap):,}"
    return f"{'+' if gap > 0 else '−'}{text}"


def _rows(title: str, before: Table, after: Table) -> Iterator[Change]:
    old = {row[0]: row for row in before.rows}
    new = {row[0]: row for row in after.rows}
    came = [_named(row) for key, row in new.items() if key not in old]
    went = [_named(row) for key, row in old.items() if key not in new]
    if came:
        words = f"{after.noun} +{len(came)}：{'；'.join(came)}"
        yield Change(section=title, kind="added", words=words)
    if went:
        words = f"{before.noun} −{len(went)}：{'；'.join(went)}"
        yield Change(section=title, kind="removed", words=words)
    for key, row in new.items():
        if key in old:
            cells = _cells(before, old[key], after, row)
            if cells:
                words = f"{_named(row)}：{'；'.join(cells)}"
                yield Change(section=title, kind="changed", words=words)


def _named(row: tuple[Value, ...]) -> str:
    return " ".join(said(cell) for cell in row[:2])


def _cells(
    before: Table, old: tuple[Value, ...], after: Table, new: tuple[Value, ...]
) -> list[str]:
    earlier = dict(zip(before.columns, old, strict=True))
    return [
        f"{column} {said(earlier[column])} → {said(value)}"
        for column, value in zip(after.columns, new, strict=True)
        if column in earlier and earlier[column] != value
    ]


def _photos(title: str, before: tuple[Photo, ...], after: tuple[Photo, ...]) -> Iterator[Change]:
    old = {photo.token: photo for photo in before}
    new = {photo.token: photo for photo in after}
    came = [photo.caption for token, photo in new.items() if token not in old]
    went = [photo.caption for token, photo in old.items() if token not in new]
    if came:
        words = f"照片 +{len(came)}：{'；'.join(came)}"
        yield Change(section=title, kind="added", words=words)
    if went:
        words = f"照片 −{len(went)}：{'；'.join(went)}"
        yield Change(section=title, kind="removed", words=words)
