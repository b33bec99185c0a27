"""What cannot be taken in: every complaint names its row and column, and nothing is taken then."""

from collections.abc import Sequence
from dataclasses import dataclass

from dianliang.kernel.errors import DomainError

MOST_TOLD = 30


class UnreadableReadingsError(DomainError):
    """The file cannot be taken in; the message lists why, by row, and what to do."""

    code = "meter-files.unreadable"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """What is wrong at one place; row 0 means the whole file."""

    row: int
    column: str
    words: str

    def __str__(self) -> str:
        """Say where and what."""
        where = f"第 {self.row} 行" if self.row else ""
        where += f"“{self.column}”列" if self.column else ""
        return f"{where}：{self.words}" if where else self.words


def refuse(name: str, problems: Sequence[Problem]) -> None:
    """Refuse a file if there is anything wrong with it.

    Raises:
        UnreadableReadingsError: there are problems.
    """
    if not problems:
        return
    shown = sorted(problems)[:MOST_TOLD]
    count = f"{len(problems)} 处" if len(problems) < MOST_TOLD else f"{len(problems)} 处以上"
    lines = [f"{name} 有 {count}问题，整份没有导入：", *map(str, shown)]
    if len(problems) > len(shown):
        lines.append(f"……另有 {len(problems) - len(shown)} 处")
    raise UnreadableReadingsError("\n".join(lines))
