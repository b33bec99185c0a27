"""Make any text safe to look at: bounded, normalised, without control characters."""

import re
import unicodedata

MAX_CHARS = 4000
_PHONE = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8})(?!\d)")
_CLAUSE_END = re.compile(r"[，。！？；、,.!?;\n\r…~～]+|\s{2,}")


def normalise(text: str) -> str:
    """Return full-width folded to half-width (NFKC), control characters and surrogates dropped."""
    short = unicodedata.normalize("NFKC", text[: 2 * MAX_CHARS])
    kept = (c for c in short if c == "\n" or unicodedata.category(c)[0] != "C")
    return "".join(kept)[:MAX_CHARS]


def clauses(text: str) -> list[str]:
    """Split a text into clauses."""
    return [part.strip() for part in _CLAUSE_END.split(text) if part and part.strip()]


def phones(text: str) -> tuple[str, ...]:
    """Return the phone numbers that the text names."""
    return tuple(_PHONE.findall(text))


def without_phones(text: str) -> str:
    """Blank out phone numbers, keeping every position."""
    return _PHONE.sub(lambda found: " " * len(found.group()), text)
