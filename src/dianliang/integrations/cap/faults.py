"""What is wrong with a file that claims to be an alert, all of it at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase, joined


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault: `path` is where, in the words of the file (`alert/info[1]/area[2]/polygon[1]`)."""

    path: str
    words: str

    def __str__(self) -> str:
        return str(self.told)

    @property
    def told(self) -> str:
        """Return where and what in one sentence."""
        return Phrase("%(path)s：%(words)s", path=self.path, words=self.words)


class BadAlertError(InvalidInputError):
    """The text is no alert that can be acted on; `faults` says why and where."""

    code = "alert.unreadable"

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(joined("；", (one.told for one in self.faults)), field="alert")
