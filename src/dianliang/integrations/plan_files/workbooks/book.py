"""An open workbook: its rows without the examples, complaints about them, where things stand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from dianliang.core.checks import Checks
from dianliang.core.sheets import SheetRow, UnreadableSheetError, read_book
from dianliang.integrations.plan_files.loaded import Label, Spots
from dianliang.integrations.plan_files.workbooks.cells import Cells
from dianliang.integrations.plan_files.workbooks.columns import EXAMPLE, GUIDE, SHEETS, Sheet

NEARLY = 0.7
"""How alike a heading must be to one of ours to be taken for a slip."""


@dataclass(slots=True)
class Book:
    """One workbook while it is read."""

    rows: dict[str, list[SheetRow]]
    notices: list[str]
    checks: dict[str, Checks] = field(init=False)
    spots: Spots = field(default_factory=Spots)
    labels: dict[str, Label] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.checks = {sheet.title: Checks(f"“{sheet.title}”表") for sheet in SHEETS}

    def cells(self, sheet: Sheet) -> Iterator[Cells]:
        """Yield the rows of a sheet."""
        for row in self.rows.get(sheet.title, ()):
            yield Cells(self.checks[sheet.title], row)

    def remember(self, kind: str, ids: Sequence[str], sheet: Sheet, row: SheetRow) -> None:
        """Remember where something stands, for what the engine may say about it."""

        def spot(name: str) -> str:
            heading = sheet.headings.get(f"{kind.capitalize()}.{name}", "")
            return f"“{sheet.title}”表 {row.place(heading)}"

        self.spots.add(kind, [id_ for id_ in ids if id_], spot)

    @property
    def faults(self) -> list[str]:
        """Everything that was complained about, sheet by sheet."""
        return [words for checks in self.checks.values() for words in checks.found]


def opened(content: bytes, *, name: str) -> Book:
    """Open a workbook, leave out its examples, look at its headings.

    Raises:
        UnreadableSheetError: it is no workbook made from the template.
    """
    found = read_book(
        content,
        name=name,
        headings={sheet.title: sheet.needed for sheet in SHEETS},
        optional={sheet.title: [c.heading for c in sheet.columns] for sheet in SHEETS},
    )
    missing = [s.title for s in SHEETS if s.is_needed and not found.rows.get(s.title)]
    if missing:
        raise UnreadableSheetError(
            f"{name} 的“{'”“'.join(missing)}”表没有内容或不存在。"
            "请用 dianliang plan --template 文件.xlsx 写出模板，照着填写。"
        )
    notices = [f"“{title}”表不认识，已略过。" for title in found.others if title != GUIDE]
    rows, skipped = _without_examples(found.rows)
    bare = [s.title for s in SHEETS if s.is_needed and not rows.get(s.title)]
    if bare:
        words = f"{name} 的“{'”“'.join(bare)}”表只有“{EXAMPLE}”开头的例子，请填上自己的行。"
        raise UnreadableSheetError(words)
    if skipped:
        notices.append(f"已略过 {skipped} 行“{EXAMPLE}”开头的例子。")
    book = Book(rows, notices)
    for sheet in SHEETS:
        _look_at_headings(book, sheet)
    return book


def _without_examples(
    rows: dict[str, list[SheetRow]],
) -> tuple[dict[str, list[SheetRow]], int]:
    """Leave the examples out, unless there is nothing else: then they are there to try."""
    needed = {sheet.title: sheet.needed[0] for sheet in SHEETS}
    own = {
        title: [row for row in rows[title] if not row.get(needed[title]).startswith(EXAMPLE)]
        for title in rows
    }
    if not any(own.get(sheet.title) for sheet in SHEETS if sheet.is_needed):
        return rows, 0
    return own, sum(len(rows[title]) - len(own[title]) for title in rows)


def _look_at_headings(book: Book, sheet: Sheet) -> None:
    """Refuse a heading that is nearly one of ours: its column would be left out in silence."""
    known = [column.heading for column in sheet.columns]
    for row in book.rows.get(sheet.title, ())[:1]:
        for heading in row.columns:
            close = get_close_matches(heading, known, n=1, cutoff=NEARLY)
            if not heading or heading in known:
                continue
            if close:
                words = f"表头“{heading}”不认识，是不是“{close[0]}”？请改成模板里的表头。"
                book.checks[sheet.title].add(row, words, heading)
            else:
                book.notices.append(f"“{sheet.title}”表的“{heading}”列不认识，已略过。")
