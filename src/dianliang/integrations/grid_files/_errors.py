"""What of a grid cannot be taken in: every complaint names table, row and column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase, joined

MOST_TOLD = 40


class UnreadableGridError(DomainError):
    """The grid cannot be taken in; the message lists why, by table and row, and what to do."""

    code = "grid-files.unreadable"

    def __init__(self, message: str, *, problems: tuple["Problem", ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """What is wrong at one place; row 0 means the whole table."""

    table: str
    row: int
    column: str
    words: str

    def __str__(self) -> str:
        """Say where and what."""
        return str(self.told)

    @property
    def told(self) -> str:
        """Return where and what as one sentence with its parts."""
        row = Phrase("第 %(row)d 行", row=self.row) if self.row else ""
        column = Phrase("“%(column)s”列", column=self.column) if self.column else ""
        if not (self.table or row or column):
            return self.words
        table = f"{self.table} " if self.table and (row or column) else self.table
        return Phrase(
            "%(table)s%(row)s%(column)s：%(words)s",
            table=table,
            row=row,
            column=column,
            words=self.words,
        )


def refused_tables(tables: Mapping[str, tuple[Sequence[object], str]]) -> list[Problem]:
    """Return a problem for each table, its rows and what they are, that must hold nothing."""
    return [
        Problem(
            f"{name}.csv",
            0,
            "",
            Phrase(
                "有 %(rows)d 件%(words)s，这里算不了，请等值替换后再导入。",
                rows=len(rows),
                words=words,
            ),
        )
        for name, (rows, words) in tables.items()
        if rows
    ]


def refuse(name: str, problems: Sequence[Problem]) -> None:
    """Refuse a grid if there is anything wrong with it.

    Raises:
        UnreadableGridError: there are problems.
    """
    if not problems:
        return
    shown = sorted(problems)[:MOST_TOLD]
    lines = [
        Phrase("%(name)s 有 %(n)d 处问题，整份没有采用：", name=name, n=len(problems)),
        *(one.told for one in shown),
    ]
    if len(problems) > len(shown):
        lines.append(Phrase("……另有 %(n)d 处", n=len(problems) - len(shown)))
    raise UnreadableGridError(joined("\n", lines), problems=tuple(problems))
