"""By what a contact of a key customer is found again without his number being readable."""

from dianliang.core.fields import blind_index
from dianliang.domain.workforce.keys import phone_digits


def phone_key(phone: str) -> str:
    """Return the fingerprint of a contact's phone, however it was written; nothing for none."""
    digits = phone_digits(phone)
    return blind_index(digits, context="key_customer.phone") if digits else ""
