"""What of a grid cannot be taken in: every complaint names table, row and column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dianliang.kernel.errors import DomainError

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
        where = f"{self.table} " if self.table else ""
        where += f"第 {self.row} 行" if self.row else ""
        where += f"“{self.column}”列" if self.column else ""
        return f"{where.strip()}：{self.words}" if where else self.words


def refused_tables(tables: Mapping[str, tuple[Sequence[object], str]]) -> list[Problem]:
    """Return a problem for each table, its rows and what they are, that must hold nothing."""
    return [
        Problem(f"{name}.csv", 0, "", f"有 {len(rows)} 件{words}，这里算不了，请等值替换后再导入。")
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
    lines = [f"{name} 有 {len(problems)} 处问题，整份没有采用：", *map(str, shown)]
    if len(problems) > len(shown):
        lines.append(f"……另有 {len(problems) - len(shown)} 处")
    raise UnreadableGridError("\n".join(lines), problems=tuple(problems))
