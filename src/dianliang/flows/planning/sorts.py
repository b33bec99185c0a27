"""Name gear so that a page can say it in the reader's language."""

import re

from dianliang.kernel.phrases import Phrase

SORT = re.compile(r"(?P<size>\d[\d.]* \S+ )?(?P<kind>[^\s×]+)(?P<count>×\d+)?")
"""Gear as jobs and plans name it: what each piece must be able to do, the kind, how many."""


def sort_words(sort: str) -> str:
    """Return gear as a sentence whose kind can be translated: `400 kVA 临时变压器×2`."""
    found = SORT.fullmatch(sort)
    if found is None:
        return sort
    size, kind, count = (found[part] or "" for part in ("size", "kind", "count"))
    return Phrase("%(size)s%(kind)s%(count)s", size=size, kind=Phrase(kind), count=count)


def gear_in(text: str) -> str:
    """Return a word of a sentence, named if size or count show that it is gear."""
    found = SORT.fullmatch(text)
    is_gear = found is not None and (found["size"] or found["count"])
    return sort_words(text) if is_gear else text
