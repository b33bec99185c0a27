"""Refuse figures that nothing can be made of, in the words of who has to mend them."""

from math import isfinite

from dianliang.kernel.phrases import Phrase

LARGEST = 1e15


class BadAccountError(ValueError):
    """A figure of an account cannot be; `words` say it in Chinese, `str()` in English."""

    def __init__(self, words: str, english: str) -> None:
        super().__init__(english)
        self.words = words


def within(value: float, name: str, english: str, *, low: float, high: float = LARGEST) -> None:
    """Refuse a value that is no number, or not from `low` to `high`.

    Raises:
        BadAccountError: it is.
    """
    if not (isfinite(value) and low <= value <= high):
        raise BadAccountError(
            Phrase(
                "%(name)s应在 %(low)s 到 %(high)s 之间，现为 %(value)s。",
                name=name,
                low=f"{low:g}",
                high=f"{high:g}",
                value=f"{value:g}",
            ),
            f"{english} must be from {low:g} to {high:g}, not {value:g}",
        )
