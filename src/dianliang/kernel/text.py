"""Text from outside: refused when no database and no reader could keep it."""

import re
import unicodedata
from datetime import datetime

from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase

FIRST_YEAR, LAST_YEAR = 2000, 2100
"""Between them lies every instant that a form of ours is about."""
DASHES = re.compile("[\u2010-\u2015\u2212]+|--+")
"""What is typed, pasted or printed where a code has a hyphen; a Chinese dash is two of them."""


def decoded(content: bytes) -> str | None:
    """Return bytes as text: UTF-8 with or without a mark, else GB 18030; None if neither fits."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def clean_text(text: str, *, field: str, label: str, most: int, least: int = 0) -> str:
    """Return the text without surrounding space.

    Raises:
        InvalidInputError: it is too short or too long, or holds NUL, surrogates or other
            control characters than line breaks and tabs.
    """
    text = text.strip()
    for position, character in enumerate(text, start=1):
        code = ord(character)
        if (code < 32 and character not in "\n\r\t") or code == 127 or is_surrogate(character):
            message = Phrase(
                "%(label)s第 %(position)s 个字符无法保存（编码 %(code)s），请删除后再提交。",
                label=Phrase(label),
                position=position,
                code=f"{code:#06x}",
            )
            raise InvalidInputError(message, field=field)
    if len(text) < least:
        raise InvalidInputError(Phrase("请填写%(label)s。", label=Phrase(label)), field=field)
    if len(text) > most:
        message = Phrase(
            "%(label)s最多 %(most)s 字，现在有 %(n)s 字，请精简。",
            label=Phrase(label),
            most=most,
            n=len(text),
        )
        raise InvalidInputError(message, field=field)
    return text


def spelling_free(text: str) -> str:
    """Return a code as it is when width, case, dashes and spaces do not count.

    ``gec—Ａ 1`` and ``GEC-A1`` are one code (Unicode Standard Annex 15, form KC).
    """
    plain = unicodedata.normalize("NFKC", text)
    return "".join(DASHES.sub("-", plain).split()).upper()


def clean_key(text: str, *, field: str, label: str, most: int = 24) -> str:
    """Return a code by which something is found, such as a team's: it stands in addresses.

    Raises:
        InvalidInputError: it is none that can be kept, or no address could hold it.
    """
    key = clean_text(text, field=field, label=label, most=most, least=1)
    if "/" in key or not key.strip("."):
        message = Phrase("%(label)s会用在网址里，不能含“/”，也不能只有点。", label=Phrase(label))
        raise InvalidInputError(message, field=field)
    return key


def instant(text: str, *, field: str, label: str) -> datetime:
    """Return an instant such as ``2026-11-25T09:00``; without an offset it is Shanghai's.

    Raises:
        InvalidInputError: it is none, or one that nobody can mean.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInputError(
            Phrase("请填写%(label)s。", label=Phrase(label)), field=field
        ) from error
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        message = Phrase(
            "%(label)s的年份应在 %(first_year)s 到 %(last_year)s 之间。",
            label=Phrase(label),
            first_year=FIRST_YEAR,
            last_year=LAST_YEAR,
        )
        raise InvalidInputError(message, field=field)
    return found.replace(tzinfo=SHANGHAI) if found.tzinfo is None else found


def without_controls(text: str) -> str:
    """Return the text without the characters that XML cannot carry (XML 1.0, clause 2.2)."""
    return "".join(
        c
        for c in text
        if (ord(c) >= 32 or c in "\n\t") and not is_surrogate(c) and c not in "\ufffe\uffff"
    )


def is_surrogate(character: str) -> bool:
    """Tell whether it is half a character, which no encoding can write."""
    return 0xD800 <= ord(character) <= 0xDFFF
