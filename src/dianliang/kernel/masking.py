"""Show as much of a personal detail as its reader needs, and no more."""

import re

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
