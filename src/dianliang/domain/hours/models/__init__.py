"""Hours, their notices and appeals; certificates and their keys; the mapping of the exchange."""

from dianliang.domain.hours.models.certificates import ServiceCertificate, SigningKey
from dianliang.domain.hours.models.exchange import ExchangeMapping
from dianliang.domain.hours.models.records import Appeal, HourNotice, HourRecord

__all__ = [
    "Appeal",
    "ExchangeMapping",
    "HourNotice",
    "HourRecord",
    "ServiceCertificate",
    "SigningKey",
]
