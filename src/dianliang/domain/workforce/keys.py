"""By what people are looked up though their details are sealed, and what a document number says."""

import re
import unicodedata
from datetime import date

from dianliang.core.fields import blind_index
from dianliang.domain.workforce.models.people import Person
from dianliang.kernel.errors import InvalidInputError

_IDENTITY_CARD = re.compile(r"\d{17}[\dX]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
"""GB 11643-1999, clause 4.2.3: ISO 7064 MOD 11-2."""
_COUNTRY = re.compile(r"^(?:\+|00)86")
OF_AGE = 18


def phone_digits(phone: str) -> str:
    """Return the digits of a phone number, without our country's, however it was written."""
    plain = unicodedata.normalize("NFKC", phone).strip()
    return re.sub(r"\D", "", _COUNTRY.sub("", plain))


def phone_key(phone: str) -> str:
    """Return by what a phone number is looked up; nothing for none."""
    digits = phone_digits(phone)
    return blind_index(digits, context="workforce.person.phone") if digits else ""


def document_key(kind: str, number: str) -> str:
    """Return by what a document is looked up; nothing for none."""
    plain = plain_document(number)
    return blind_index(f"{kind}:{plain}", context="workforce.person.document") if plain else ""


def plain_document(number: str) -> str:
    """Return a document number as it is kept: half-width, upper case, without space."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", number)).upper()


def checked_document(kind: str, number: str) -> str:
    """Return a document number as it is kept.

    Raises:
        InvalidInputError: its kind is not said, or it cannot be an identity card's.
    """
    plain = plain_document(number)
    if not plain:
        return ""
    if kind not in Person.DocumentKind:
        raise InvalidInputError("填了证件号码，请选择证件类型。", field="document_kind")
    if kind == Person.DocumentKind.IDENTITY_CARD and born_of(kind, plain) is None:
        message = "身份证号码应为 18 位且校验位正确，请核对后重新填写。"
        raise InvalidInputError(message, field="document")
    if len(plain) > 40:
        raise InvalidInputError("证件号码最多 40 位，请核对。", field="document")
    return plain


def born_of(kind: str, number: str) -> date | None:
    """Return the birthday that an identity card tells, or None where the number cannot be one."""
    if kind != Person.DocumentKind.IDENTITY_CARD or not _IDENTITY_CARD.fullmatch(number):
        return None
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    if _CHECK[total % 11] != number[17]:
        return None
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def protected_until(born: date) -> date:
    """Return the first of the month after the eighteenth birthday."""
    year, month = born.year + OF_AGE, born.month
    return date(year + month // 12, month % 12 + 1, 1)
