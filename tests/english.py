"""Whether what is told can be told in English."""

from collections.abc import Iterable, Iterator

from django.utils import translation

from dianliang.kernel.phrases import Phrase

WORDS = frozenset({"words", "message", "place", "complaint"})
"""Values of a sentence that are sentences themselves; a label is what a table calls a column."""


def left_in_chinese(told: Iterable[str]) -> list[str]:
    """Return the sentences, and parts of sentences, that a reader of English gets in Chinese."""
    with translation.override("en"):
        return [words for one in told for words in _left(one)]


def _left(words: str) -> Iterator[str]:
    if not isinstance(words, Phrase):
        yield words
        return
    if _is_chinese(words.message) and translation.gettext(words.message) == words.message:
        yield words.message
    for name, value in words.values.items():
        if (isinstance(value, Phrase) and name != "label") or (
            name in WORDS and isinstance(value, str)
        ):
            yield from _left(value)


def _is_chinese(words: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in words)
