"""Care in the demo county: consents, gaps that the forecast finds, an outage with calls."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from dianliang.domain.care.models import Alert
from dianliang.domain.customers.access import MINORS
from dianliang.domain.customers.models import Consent, Customer
from dianliang.flows import care_contacts, care_files
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI

NOTES = ("家里有发电机", "邻居在旁照看", "充电宝够用", "已转到女儿家")
OUTAGE_NOTES = (
    "制氧机电池约两小时，备用氧气在床头柜。",
    "停电先打联系人电话。",
    "轮椅在一楼充电。",
)


def build_care(special: list[Customer], *, by: Actor, rng: Random, at: datetime) -> None:
    """Let some consents be missing, some levels be over, and call whom an outage hits."""
    on = at.astimezone(SHANGHAI).date()
    for number, customer in enumerate(special):
        customer.formats = rng.sample(list(Customer.Format.values), rng.choice([0, 1, 1, 2]))
        customer.outage_note = rng.choice(["", *OUTAGE_NOTES])
        if number % 60 == 7:
            customer.consented_on = None
        if number % 60 == 17:
            customer.renewal_due_on = on - timedelta(days=rng.randint(1, 20))
    fields = ["formats", "outage_note", "consented_on", "renewal_due_on"]
    Customer.objects.bulk_update(special, fields, batch_size=200)
    Consent.objects.bulk_create(
        Consent(
            customer=customer,
            purpose=purpose,
            given_on=customer.consented_on,
            given_how="guardian"
            if customer.special_kind in MINORS
            else rng.choice(["signed", "signed", "verbal", "phone"]),
        )
        for customer in special
        if customer.consented_on
        for purpose in ("visits", "outage")[: rng.choice([1, 2, 2])]
    )
    colleague = replace(by, id="user:colleague", name="值班调度员")
    _ask_for_a_child(special, by=colleague, at=at)
    _outage(special, by=by, rng=rng, at=at)


def _ask_for_a_child(special: list[Customer], *, by: Actor, at: datetime) -> None:
    kind = Customer.SpecialKind.LEFT_BEHIND_CHILD
    child = next((c for c in special if c.special_kind == kind and c.unit), None)
    if child is not None:
        care_files.ask_for_minor(number=child.number, reason="核对监护人电话", by=by, at=at)


def _outage(special: list[Customer], *, by: Actor, rng: Random, at: datetime) -> None:
    """Open a list for the villages of those with life support, and make some of the calls."""
    kind = Customer.SpecialKind.LIFE_SUPPORT
    hit = [c.area.code for c in special if c.special_kind == kind][:6] or [special[0].area.code]
    began = at - timedelta(hours=1)
    alert = care_contacts.open_alert(
        kind=Alert.Kind.FAULT,
        title="10 千伏线路故障（演示）",
        starts_at=began,
        ends_at=at + timedelta(hours=3),
        area_codes=sorted({*hit}),
        villages="",
        by=by,
        at=began,
    )
    Alert.objects.filter(pk=alert.pk).update(is_generated=True)
    contacts = alert.contacts.select_related("customer").order_by("pk")
    for minutes, contact in enumerate(contacts[: max(1, contacts.count() * 2 // 3)], start=1):
        verb = "need_help" if minutes == 2 else rng.choice(["reach", "reach", "no_answer"])
        care_contacts.note_call(
            number=alert.number,
            customer=contact.customer.number,
            verb=verb,
            note="" if verb == "no_answer" else rng.choice(NOTES),
            by=by,
            at=began + timedelta(minutes=3 * minutes),
        )
