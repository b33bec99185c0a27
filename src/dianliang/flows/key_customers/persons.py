"""What the register keeps of a contact: handed out and forgotten when he asks, by his phone."""

from typing import Any

from django.db.models import QuerySet

from dianliang.domain.key_customers.keys import phone_key
from dianliang.domain.key_customers.models import KeyCustomer, SupplyReport


def _of(phone: str) -> QuerySet[KeyCustomer]:
    if not phone:
        return KeyCustomer.objects.none()
    return KeyCustomer.objects.filter(phone_index=phone_key(phone)).order_by("number")


def _told_by(customer: KeyCustomer) -> list[SupplyReport]:
    """Return what a contact reported; sealed, the names are read one by one."""
    rows = SupplyReport.objects.filter(watched__customer=customer).exclude(reporter="")
    return [row for row in rows if customer.contact and customer.contact in row.reporter]


def kept(phone: str) -> list[dict[str, Any]]:
    """Return where somebody is the contact, and what he reported."""
    return [
        {
            "number": row.number,
            "name": row.name,
            "contact": row.contact,
            "phone": row.phone,
            "reports": [
                [told.number, told.happened_at.isoformat(), told.reporter] for told in _told_by(row)
            ],
        }
        for row in _of(phone)
    ]


def erase(phone: str) -> int:
    """Forget somebody as a contact and as who reported; return for how many customers."""
    found = list(_of(phone))
    for row in found:
        pks = [told.pk for told in _told_by(row)]
        SupplyReport.objects.filter(pk__in=pks).update(reporter="")
        KeyCustomer.objects.filter(pk=row.pk).update(contact="", phone="", phone_index="")
    return len(found)
