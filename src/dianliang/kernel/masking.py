"""Show as much of a personal detail as its reader needs, and no more."""

import re
from collections.abc import Iterable

_KEPT = re.compile(r"[A-Z]{2}\d{6}-\d{4,6}(?!\d)|(?<!\d)\d{4}-\d{2}-\d{2}(?![\d-])")
"""What looks long and names nobody: numbers of documents, and dates."""
_ADDRESS = re.compile(r"\b([a-z][a-z0-9+.-]*)://([^\s，。；、“”<>\"']+)", re.IGNORECASE)
_DEVICES = frozenset({"rtsp", "rtsps", "rtmp", "mqtt", "mqtts"})
"""Protocols of devices, whose paths hold log-ins as often as not."""
_LONG_NUMBER = re.compile(r"\d(?:[ -]?\d){6,}")


def mask_phone(phone: str) -> str:
    """Return ``138****0000`` for a phone number; shorter numbers keep their last two digits."""
    if len(phone) >= 11:
        return f"{phone[:3]}{'*' * (len(phone) - 7)}{phone[-4:]}"
    return f"{'*' * max(0, len(phone) - 2)}{phone[-2:]}" if phone else ""


def mask_name(name: str) -> str:
    """Return the family name with the rest starred: ``王**``."""
    return name[:1] + "*" * max(1, len(name) - 1) if name else ""


def mask_account(number: str) -> str:
    """Return an account number with all but its last four digits starred."""
    return f"{'*' * max(0, len(number) - 4)}{number[-4:]}" if number else ""


def mask_numbers(text: str) -> str:
    """Return the text with phone, account and identity numbers starred: seven digits and more."""
    return _LONG_NUMBER.sub(lambda found: "*" * len(found.group()), text)


def mask_spans(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return the text with some spans and all long numbers starred; every position is kept."""
    shown = list(text)
    for start, end in spans:
        shown[start:end] = "*" * (end - start)
    return mask_numbers("".join(shown))


def mask_numbers_of_people(text: str) -> str:
    """Return the text with long numbers starred, but for numbers of documents and dates."""
    shown, after = "", 0
    for kept in _KEPT.finditer(text):
        shown += mask_numbers(text[after : kept.start()]) + kept.group()
        after = kept.end()
    return shown + mask_numbers(text[after:])


def mask_logins(text: str) -> str:
    """Return the text with what follows the host of a device, and what stands before an @, hidden.

    Passwords with unescaped signs are common, so all up to the last @ counts as a log-in.
    """
    return _ADDRESS.sub(_without_login, text)


def _without_login(found: re.Match[str]) -> str:
    scheme, rest = found.groups()
    _, at, place = rest.rpartition("@")
    if not (at or scheme.lower() in _DEVICES):
        return found.group()
    host = re.split(r"[/?#]", place, maxsplit=1)[0]
    return f"{scheme}://{'…@' if at else ''}{host}/…"
