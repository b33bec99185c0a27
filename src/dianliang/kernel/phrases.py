"""Sentences that keep their parts, so that a page can say them in the reader's language."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from dianliang.kernel.plurals import agreed

ENDLESS = re.compile(r"%\([^)]*\)[-+ #0]*(?:\d{3}|\d*\.\d{3}|\d*\.?\*)")
"""A width or precision that no sentence of ours has: somebody wrote it to fill the memory."""


class Phrase(str):
    """A sentence made of a message and its values: Chinese wherever text is wanted.

    The message is a whole sentence of the catalogue, such as ``近 %(days)d 天讲过 %(n)d 场``.
    A value may be a phrase of its own, such as the name of a state.
    """

    __slots__ = ("message", "values")
    message: str
    values: Mapping[str, Any]

    def __new__(cls, message: str, /, **values: Any) -> "Phrase":
        """Put the values into the message; a sentence that is made stays as it is."""
        if isinstance(message, Phrase) and not values:
            return message
        made = super().__new__(cls, message % values if values else message)
        made.message, made.values = message, values
        return made

    def said(self, translate: Callable[[str], str]) -> str:
        """Return the sentence in another language, in the forms that its numbers ask for."""
        words = translate(self.message)
        if not self.values:
            return words
        told = {
            name: value.said(translate) if isinstance(value, Phrase) else value
            for name, value in self.values.items()
        }
        return agreed(words, told) % told

    def mapped(self, **names: Mapping[str, str]) -> "Phrase":
        """Return the sentence with codes told by name: `names` holds those of each kind of value.

        Other values stay: 48 may be a person's number, and the hours of a week.
        """
        told = {
            name: value.mapped(**names)
            if isinstance(value, Phrase)
            else names.get(name, {}).get(value, value)
            for name, value in self.values.items()
        }
        return Phrase(self.message, **told)

    def retold(self, word: Callable[[str], str]) -> "Phrase":
        """Return the sentence with another word for each text among its values: names for codes."""
        told = {
            name: value.retold(word)
            if isinstance(value, Phrase)
            else word(value)
            if isinstance(value, str)
            else value
            for name, value in self.values.items()
        }
        return Phrase(self.message, **told)

    def kept(self) -> list[Any]:
        """Return what can be stored as JSON; see `phrase_of`."""
        told = {
            name: value.kept() if isinstance(value, Phrase) else value
            for name, value in self.values.items()
        }
        return [self.message, told]


def phrase_of(kept: Any) -> str:
    """Return a sentence that was stored; plain words stay, and a list of them is told as one."""
    if not isinstance(kept, list):
        return str(kept)
    if len(kept) != 2 or not isinstance(kept[0], str) or not isinstance(kept[1], dict):
        return joined("、", map(phrase_of, kept))
    message, told = kept
    if ENDLESS.search(message):
        return str(message)
    values = {name: phrase_of(v) if isinstance(v, list) else v for name, v in told.items()}
    try:
        return Phrase(message, **values)
    except (KeyError, TypeError, ValueError, OverflowError):  # a value is missing, or no such one
        return str(message)


def kept(words: str) -> Any:
    """Return words as they can be stored as JSON."""
    return words.kept() if isinstance(words, Phrase) else words


def to_text(words: str, *, most: int) -> str:
    """Return words for a column of text of `most` characters; see `from_text`.

    A sentence with values keeps its parts where there is room for them; else it is plain words.
    Plain words that look like a sentence that is kept begin with a space.
    """
    if isinstance(words, Phrase) and words.values:
        told = json.dumps(words.kept(), ensure_ascii=False, separators=(",", ":"))
        if len(told) <= most:
            return told
    return f" {words}"[:most] if words.startswith('["') else words[:most]


def from_text(text: str) -> str:
    """Return the sentence that `to_text` put there; whatever else is there stays as it is."""
    if not text.startswith('["'):
        return text
    try:
        message, told = json.loads(text)
    except (ValueError, TypeError, RecursionError):  # plain words that begin like that
        return text
    return phrase_of([message, told]) if isinstance(told, dict) else text


def in_a_row(parts: Iterable[str], *, most: int | None = None) -> str:
    """Return sentences one after the other, as many whole ones as `most` characters hold."""
    whole: str = ""
    for part in filter(None, parts):
        longer = Phrase("%(first)s%(second)s", first=whole, second=part) if whole else part
        if most is not None and len(longer) > most:
            break
        whole = longer
    return whole


def joined(sign: str, parts: Iterable[str]) -> str:
    """Return sentences in a row with a sign between them that is translated, too."""
    whole: str = ""
    for part in parts:
        whole = Phrase("%(a)s%(sign)s%(b)s", a=whole, sign=Phrase(sign), b=part) if whole else part
    return whole
