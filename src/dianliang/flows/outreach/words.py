"""Fill in what is said to one reader."""

from collections.abc import Iterable, Sequence

from django.conf import settings

from dianliang.domain.customers.models import Customer
from dianliang.domain.outreach.models import Batch, Delivery, Recipient
from dianliang.domain.outreach.operations import preferences
from dianliang.domain.outreach.phones import index_of, mobile, token_of
from dianliang.integrations.messaging.model import Message

PLACES = ("名称", "单位", "链接")
"""What a wording may leave open."""
UNREAD = ("account_number", "address", "nominee", "key_holder", "visit_password", "outage_note")


def link_of(number: str, serial: int) -> str:
    """Return the address of a recipient's own page."""
    return f"{settings.PUBLIC_URL}/t/{token_of(number, serial)}/"


def filled(text: str, *, name: str, unit: str, link: str) -> str:
    """Return a text with its places filled; what is filled in is not looked through again."""
    parts = {"名称": name, "单位": unit, "链接": link}
    pieces = text.split("{")
    out = pieces[:1]
    for piece in pieces[1:]:
        place, closed, rest = piece.partition("}")
        out.append(parts[place] + rest if closed and place in parts else "{" + piece)
    return "".join(out)


def said_to(recipient: Recipient) -> tuple[str, str]:
    """Return name and mobile number of a recipient: a customer's are those of his file today."""
    customer: Customer | None = recipient.customer
    if customer is not None:
        return customer.name, mobile(customer.phone)
    return recipient.name, mobile(recipient.phone)


def letters(batch: Batch) -> tuple[list[Message], dict[str, str]]:
    """Return the messages of a batch, and those that must not leave, with why.

    Who has opted out, changed his number away or been erased since the list was fixed gets none.
    """
    rows = list(_waiting(batch))
    found = [(row, *said_to(row.recipient)) for row in rows]
    said = preferences.standing([index_of(phone) for _row, _name, phone in found])
    outreach, wording = batch.round.outreach, batch.round.wording
    messages, refused = list[Message](), dict[str, str]()
    for row, name, phone in found:
        why = _against(phone, said, basis=outreach.basis)
        if why:
            refused[row.number] = why
            continue
        link = link_of(outreach.number, row.recipient.serial)
        text = filled(wording.text, name=name, unit=outreach.unit.name, link=link)
        messages.append(Message(number=row.number, phone=phone, text=text, link=link))
    return messages, refused


def opted_out(messages: Sequence[Message], *, basis: str) -> dict[str, str]:
    """Return the messages whose readers must not be written to as of now, with why."""
    said = preferences.standing([index_of(one.phone) for one in messages])
    found = ((one.number, _against(one.phone, said, basis=basis)) for one in messages)
    return {number: why for number, why in found if why}


def _waiting(batch: Batch) -> Iterable[Delivery]:
    rows = batch.deliveries.filter(failure="").order_by("pk")
    unread = [f"recipient__customer__{name}" for name in UNREAD]
    return rows.select_related("recipient__customer").defer(*unread)


def _against(phone: str, said: dict[str, bool], *, basis: str) -> str:
    why = preferences.excluded_for(index_of(phone), basis=basis, said=said)
    return dict(Recipient.Excluded.choices)[why] if why else ""


def segments(text: str) -> int:
    """Return in how many parts a short message travels: 70 characters, or 67 each of several.

    3GPP TS 23.038, clause 6.1 (UCS-2: 140 octets) and TS 23.040, clause 9.2.3.24.1.
    """
    units = len(text.encode("utf-16-be")) // 2
    return 1 if units <= 70 else -(-units // 67)
