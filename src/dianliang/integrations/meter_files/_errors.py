"""What cannot be taken in: every complaint names its row and column, and nothing is taken then."""

from collections.abc import Sequence
from dataclasses import dataclass

from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase, joined

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
        return str(self.told)

    @property
    def told(self) -> str:
        """Return where and what as one sentence with its parts."""
        row = Phrase("第 %(row)d 行", row=self.row) if self.row else ""
        column = Phrase("“%(column)s”列", column=self.column) if self.column else ""
        if not (row or column):
            return self.words
        return Phrase("%(row)s%(column)s：%(words)s", row=row, column=column, words=self.words)


def refuse(name: str, problems: Sequence[Problem]) -> None:
    """Refuse a file if there is anything wrong with it.

    Raises:
        UnreadableReadingsError: there are problems.
    """
    if not problems:
        return
    shown = sorted(problems)[:MOST_TOLD]
    head = Phrase("%(name)s 有 %(n)d 处问题，整份没有导入：", name=name, n=len(problems))
    if len(problems) >= MOST_TOLD:
        head = Phrase("%(name)s 有 %(n)d 处以上问题，整份没有导入：", name=name, n=len(problems))
    lines = [head, *(one.told for one in shown)]
    if len(problems) > len(shown):
        lines.append(Phrase("……另有 %(n)d 处", n=len(problems) - len(shown)))
    raise UnreadableReadingsError(joined("\n", lines))
