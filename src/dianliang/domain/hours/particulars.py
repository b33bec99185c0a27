"""What a person fills in for a certificate, and how the number of his document is shown."""

import re
from dataclasses import dataclass
from datetime import date

from dianliang.domain.hours.models import ServiceCertificate
from dianliang.kernel.errors import DomainError

IDENTITY = re.compile(r"\d{17}[\dX]")
OTHER_DOCUMENT = re.compile(r"[A-Z0-9]{5,24}")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK = "10X98765432"
"""GB 11643—1999: the eighteenth character of an identity number checks the seventeen before it."""


class UnableToCertifyError(DomainError):
    """This cannot be certified."""

    code = "hours.unable-to-certify"


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """What a person fills in for a certificate; `document_number` is whole, and only shown to us.

    `remarks` may stay empty.
    """

    document_kind: str
    document_number: str
    volunteer_number: str
    from_on: date
    until_on: date
    content: str
    issuer: str
    head: str
    handler: str
    contact: str
    remarks: str


def mask_document(kind: str, number: str) -> str:
    """Return a document's number as it is printed: the beginning, stars, the last characters.

    Raises:
        UnableToCertifyError: the kind is unknown, or the number cannot be one of its kind.
    """
    if kind not in ServiceCertificate.Document.values:
        raise UnableToCertifyError("请选择证件类型。", field="document_kind")
    number = number.strip().upper()
    if kind == ServiceCertificate.Document.IDENTITY_CARD:
        if not IDENTITY.fullmatch(number) or number[17] != _check_character(number):
            message = "居民身份证号码应为 18 位且校验正确，请核对证件。"
            raise UnableToCertifyError(message, field="document_number")
        return f"{number[:4]}{'*' * 10}{number[-4:]}"
    if not OTHER_DOCUMENT.fullmatch(number):
        message = "证件号码应为 5 到 24 位字母或数字，请核对证件。"
        raise UnableToCertifyError(message, field="document_number")
    return f"{number[:1]}{'*' * (len(number) - 3)}{number[-2:]}"


def _check_character(number: str) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False))
    return CHECK[total % 11]
