"""Make any text safe to look at: bounded, folded, without control characters, spans kept.

Folding is done character by character, so that every position of the folded text knows the
position in the original that it came from: what the engine marks, a page can underline.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Final

from dianliang.engines.triage._traditional import PLAIN

MAX_CHARS = 4000
"""Of a longer text the beginning and the end are read: the place is first, the plea last."""
_TAIL_CHARS = 1000
_FIRST_OF_OTHER_PLANES = 0x10000
_CLAUSE = re.compile(r"[^，。！？；、,.!?;\n\r…~～]+")
_PHONE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(?:1[3-9]\d(?:[- ]?\d{4}){2}|0\d{2,3}-?\d{7,8})(?!\d)")
_QUESTION: Final = "?？"
_HAN = "[一-鿿]"
_WITHIN_WORD = r"(?:[^\w，。！？；：、,.!?;:\n（）()“”\"《》]|_)"
_TORN = re.compile(
    rf"(?<!{_HAN}){_HAN}(?:(?:{_WITHIN_WORD}{{1,3}}|[\W_]|\.{{3}}){_HAN}(?!{_HAN})){{2,}}"
    rf"|(?<={_HAN}){_WITHIN_WORD}{{1,3}}(?={_HAN})"
)
"""Single characters with the like between each two, or a sign where no sentence parts."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A text made plain; `origin[i]` is where its i-th character stood in the original."""

    text: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original behind a span of the folded text."""
        if start >= end:
            return (0, 0)
        return self.origin[start], self.origin[end - 1] + 1

    def without(self, spans: Iterable[tuple[int, int]]) -> "Folded":
        """Blank out spans of the original; every position stays where it was."""
        text = list(self.text)
        for start, end in spans:
            first, last = bisect_left(self.origin, start), bisect_left(self.origin, end)
            text[first:last] = " " * (last - first)
        return Folded("".join(text), self.origin)

    def mended(self) -> "Folded":
        """Close up words that blanks or signs tear apart: 着 火, 着~火, 着，火，了."""
        kept: list[tuple[int, int]] = []
        done = 0
        for torn in _TORN.finditer(self.text):
            kept.append((done, torn.start()))
            kept += ((at, at + 1) for at in range(*torn.span()) if "一" <= self.text[at] <= "鿿")
            done = torn.end()
        if not done:
            return self
        kept.append((done, len(self.text)))
        origin = chain.from_iterable(self.origin[start:end] for start, end in kept)
        return Folded("".join(self.text[start:end] for start, end in kept), tuple(origin))

    def is_torn(self, start: int, end: int) -> bool:
        """Tell whether something of the original is left out within a span of the folded text."""
        return self.origin[end - 1] - self.origin[start] >= end - start

    def within(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the folded text behind a span of the original."""
        return bisect_left(self.origin, start), bisect_left(self.origin, end)


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch between punctuation marks, and whether it is asked rather than told."""

    text: str
    start: int
    is_question: bool


def fold(text: str) -> Folded:
    """Fold full width to half width, traditional to simplified, and drop control characters."""
    if len(text) > MAX_CHARS:
        kept: Sequence[int] = (
            *range(MAX_CHARS - _TAIL_CHARS),
            *range(len(text) - _TAIL_CHARS, len(text)),
        )
    else:
        kept = range(len(text))
    cut = "".join(text[at] for at in kept) if len(kept) < len(text) else text
    plain = cut.translate(_FOLDED)
    if _FOLDED.uneven.isdisjoint(cut):
        return Folded(plain, tuple(kept))
    origin = chain.from_iterable(
        repeat(at, len(_FOLDED[ord(char)])) for at, char in zip(kept, cut, strict=True)
    )
    return Folded(plain, tuple(origin))


class _Folding(dict[int, str]):
    """What each character is read as, found out once; `uneven` ones are read as none or several."""

    def __init__(self) -> None:
        super().__init__()
        self.uneven: set[str] = set()

    def __missing__(self, point: int) -> str:
        folded = _folded_char(chr(point)).translate(PLAIN)
        if len(folded) != 1:
            self.uneven.add(chr(point))
        if point < _FIRST_OF_OTHER_PLANES:  # a text cannot make it grow without bounds
            self[point] = folded
        return folded


def _folded_char(char: str) -> str:
    if "一" <= char <= "鿿" or (char.isascii() and char.isprintable()) or char == "\n":
        return char
    if char in "\r\t":
        return " "
    folded = unicodedata.normalize("NFKC", char)
    return "".join(c for c in folded if unicodedata.category(c)[0] != "C")


_FOLDED: Final = _Folding()


def normalise(text: str) -> str:
    """Return the folded text alone."""
    return fold(text).text


def clauses(text: str) -> list[Clause]:
    """Split a text into clauses."""
    found: list[Clause] = []
    for part in _CLAUSE.finditer(text):
        words = part.group()
        if not words.isspace():
            start, end = part.span()
            found.append(Clause(words, start, end < len(text) and text[end] in _QUESTION))
    return found


def phone_spans(text: str) -> list[tuple[int, int]]:
    """Return where the text names phone numbers."""
    return [found.span() for found in _PHONE.finditer(text)]


def phones(text: str) -> tuple[str, ...]:
    """Return the phone numbers that the text names, digits only but for the area code's dash."""
    return tuple(re.sub(r"^\+?86[- ]?|[ ]", "", found) for found in _PHONE.findall(text))


def blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Replace spans by blanks, keeping every position."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def without_phones(text: str) -> str:
    """Blank out phone numbers, keeping every position."""
    return blanked(text, phone_spans(text))


def any_of(words: Iterable[str]) -> "re.Pattern[str]":
    """Match any of the words, the longest first; nothing when there are none."""
    longest_first = sorted(set(words), key=lambda word: (-len(word), word))
    return re.compile("|".join(re.escape(word) for word in longest_first) or r"(?!)")
