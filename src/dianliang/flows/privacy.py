"""What a person may ask of us about his own data (PIPL, articles 45 and 47), and what ends by time.

The trail of who did what stays: it names numbers, not people's details.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from dianliang.core import audit, files
from dianliang.core.models import IdempotencyRecord, StoredFile
from dianliang.domain.care.models import Call
from dianliang.domain.customers import consents
from dianliang.domain.customers.models import Customer
from dianliang.domain.hours.models import Appeal
from dianliang.domain.intake import search
from dianliang.domain.intake.lifecycle import OPEN
from dianliang.domain.intake.models import Message, Need, Participant, Rating
from dianliang.domain.intake.tokens import phone_key
from dianliang.domain.programs.models import Evidence, Target
from dianliang.domain.safety.lifecycle import OPEN as HAZARD_OPEN
from dianliang.domain.safety.models import Hazard, Inspection
from dianliang.domain.work.models import Job, Visit
from dianliang.domain.workforce.keys import phone_key as staff_key
from dianliang.domain.workforce.models import Guardian, Person, PersonMerge
from dianliang.flows import activity_people, confidential, personal_records
from dianliang.flows.booking import persons
from dianliang.flows.key_customers import persons as key_persons
from dianliang.flows.ledgers import personal
from dianliang.flows.outreach import persons as outreach
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase, joined
from dianliang.kernel.text import clean_text

ERASED = "（已应当事人请求或到期删除）"
PLACES_KEPT = 2
"""Decimals of a degree: about a kilometre, enough for figures by village."""


class UnableToEraseError(DomainError):
    """Something is still going on for this person."""

    code = "privacy.unable-to-erase"


@dataclass(frozen=True, slots=True)
class Erased:
    """How much was erased."""

    needs: int
    participations: int
    customers: int
    photos: int
    bookings: int = 0


def export(
    *,
    phone: str = "",
    customer: str = "",
    grant: str = "",
    reason: str,
    by: Actor,
    at: datetime,
) -> Any:
    """Return everything that is kept about a person, as plain data; the export is on record.

    Who was given something from a donation is found by the number of the grant: it knows a name
    only, and names are shared.

    Raises:
        InvalidInputError: no reason is given.
    """
    reason = clean_text(reason, field="reason", label="事由", most=200, least=2)
    asked, customers = _participations(phone), _customers(customer)
    audit.record_about(
        "personal.export",
        target_type="person",
        target_id=_name(phone, customer, grant),
        by=by,
        at=at,
        reason=reason,
    )
    return {
        "exported_at": at.isoformat(),
        "needs": [_need_of(who) for who in asked.select_related("need")],
        "customers": [_customer_of(row) for row in customers],
        "people": [personal_records.person_of(row) for row in _people(phone)],
        "bookings": persons.kept(phone),
        "key_customers": key_persons.kept(phone),
        "activities": activity_people.export(phone) if phone else {},
        "inspections": [
            {
                "number": row.number,
                "inspected_at": row.inspected_at.isoformat(),
                "signer": row.signer,
                "remarks": row.remarks,
                "hazards": [
                    [hazard.number, hazard.item, hazard.words, hazard.claim_words]
                    for hazard in row.hazards.order_by("number")
                ],
            }
            for row in Inspection.objects.filter(customer__in=customers).order_by("pk")
        ],
        "hour_appeals": [
            [row.number, row.made_at.isoformat(), row.name, row.contact, row.words, row.decision]
            for row in _appeals(phone)
        ],
        **confidential.export(phone),
        **personal.given_by(phone_key(phone) if phone else ""),
        "grants": personal.granted(personal.grants_of(grant, customers)),
        "lectures": activity_people.lectures(phone),
        **outreach.kept(phone, customers),
    }


def _participations(phone: str) -> QuerySet[Participant]:
    if not phone:
        return Participant.objects.none()
    return Participant.objects.filter(phone_index=phone_key(phone))


def _people(phone: str) -> QuerySet[Person]:
    return Person.objects.filter(phone_index=staff_key(phone)) if phone else Person.objects.none()


def _customers(number: str) -> QuerySet[Customer]:
    return Customer.objects.filter(number=number) if number else Customer.objects.none()


def _appeals(phone: str) -> list[Appeal]:
    """Return the objections to hours that give a phone; sealed, they are read one by one."""
    if not phone:
        return []
    rows = Appeal.objects.exclude(contact="").order_by("pk")
    return [row for row in rows if phone in "".join(filter(str.isdigit, row.contact))]


def _name(phone: str, customer: str, grant: str) -> str:
    """Name a person in the trail without the details that are to go."""
    return customer or grant or phone_key(phone)[:16]


def _need_of(who: Participant) -> dict[str, Any]:
    need = who.need
    own = need.messages.filter(from_public=True) if who.is_first else Message.objects.none()
    return {
        "number": need.number,
        "received_at": need.received_at.isoformat(),
        "text": need.text if who.is_first else who.text,
        "address": need.address if who.is_first else "",
        "name": who.name,
        "phone": who.phone,
        "on_behalf_of": who.on_behalf_of,
        "firm": who.firm,
        "account_number": who.account_number,
        "messages": [message.text for message in own],
        "ratings": [[rating.stars, rating.words] for rating in who.ratings.all()],
        "photos": need.photos.count() if who.is_first else 0,
    }


def _customer_of(row: Customer) -> dict[str, Any]:
    kept: dict[str, Any] = {
        field.name: str(getattr(row, field.name) or "")
        for field in Customer._meta.concrete_fields
        if field.name not in {"id", "account_index", "visit_due_on"}
    }
    kept["consents"] = [
        [line.purpose_label, line.unit_name, str(line.given_on), str(line.withdrawn_on or "")]
        for line in consents.lines(row)
    ]
    calls = Call.objects.filter(contact__customer=row).order_by("at")
    kept["calls"] = [[call.at.isoformat(), call.outcome, call.note] for call in calls]
    return kept


@transaction.atomic
def erase(
    *,
    phone: str = "",
    customer: str = "",
    grant: str = "",
    reason: str,
    by: Actor,
    at: datetime,
) -> Erased:
    """Erase what is kept about a person; figures and the trail stay.

    Raises:
        InvalidInputError: no reason is given.
        UnableToEraseError: a need, visit, grant or lecture of the person is still open.
    """
    reason = clean_text(reason, field="reason", label="事由", most=200, least=2)
    asked = list(_participations(phone).select_related("need"))
    customers = list(_customers(customer))
    going_on = [who.need.number for who in asked if who.need.status in OPEN]
    jobs = Job.objects.filter(customer__in=customers).exclude(status__in=["DONE", "CANCELLED"])
    going_on += jobs.values_list("number", flat=True)
    going_on += persons.going_on(phone)
    hazards = Hazard.objects.filter(customer__in=customers, status__in=HAZARD_OPEN)
    going_on += hazards.values_list("number", flat=True)
    people = list(_people(phone))
    staff = [row for row in people if row.is_active and not activity_people.is_public(row)]
    going_on += [Phrase("%(number)s（在岗人员）", number=row.number) for row in staff]
    going_on += activity_people.still_coming(phone, at=at) if phone else []
    appeals = _appeals(phone)
    going_on += [row.number for row in appeals if row.status == "OPEN"]
    going_on += confidential.going_on(phone)
    index = phone_key(phone) if phone else ""
    going_on += personal.going_on(index=index, customers=customers)
    grants = personal.grants_of(grant, customers)
    going_on += personal.open_grants(grants)
    if going_on:
        raise UnableToEraseError(Phrase("还有未办结的事项：%(n)s。", n=joined("、", going_on)))
    done = replace(_erase(asked, customers), bookings=persons.erase(phone))
    if phone:
        activity_people.erase(phone)
        key_persons.erase(phone)
    for row in people:
        _erase_person(row)
    _erase_appeals(Appeal.objects.filter(pk__in=[row.pk for row in appeals]))
    personal.forget_grants(grants)
    confidential.erase(phone=phone, people=people, words=ERASED)
    personal_records.forget(people, words=ERASED)
    personal.forget(index=index, customers=customers)
    outreach.forget(phone, customers)
    audit.record_about(
        "personal.erase",
        target_type="person",
        target_id=_name(phone, customer, grant),
        by=by,
        at=at,
        reason=reason,
        after=f"诉求 {done.needs}，参与 {done.participations}，客户 {done.customers}，"
        f"预约 {done.bookings}",
    )
    return done


@transaction.atomic
def expire(*, before: datetime, dry_run: bool, by: Actor, at: datetime) -> Erased:
    """Erase the personal part of needs that ended before a day, and forget old answers."""
    ended = Q(need__closed_at__lt=before) | Q(
        need__status__in=["CANCELLED", "MERGED"], need__received_at__lt=before
    )
    due = Participant.objects.filter(ended).exclude(need__status__in=OPEN)
    kept = list(due.filter(Q(is_first=True) | ~Q(phone_index="")).select_related("need"))
    due_now = [who for who in kept if not (who.need.text == ERASED and not who.phone_index)]
    if dry_run:
        firsts = sum(who.is_first for who in due_now)
        return Erased(firsts, len(due_now), 0, 0, persons.over(before).count())
    done = replace(_erase(due_now, []), bookings=persons.expire(before))
    activity_people.expire(before)
    _erase_appeals(Appeal.objects.filter(decided_at__lt=before))
    confidential.expire(before=before, words=ERASED)
    outreach.expire(before=before, at=at)
    IdempotencyRecord.objects.filter(created_at__lt=before).delete()
    audit.record_about(
        "personal.expire",
        target_type="retention",
        target_id=f"{before.astimezone(SHANGHAI):%Y-%m-%d}",
        by=by,
        at=at,
        after=f"诉求 {done.needs}，参与 {done.participations}，照片 {done.photos}，"
        f"预约 {done.bookings}",
    )
    return done


def _erase(asked: Iterable[Participant], customers: Iterable[Customer]) -> Erased:
    needs, who_count, photos, customer_count = 0, 0, 0, 0
    for who in asked:
        who_count += 1
        Participant.objects.filter(pk=who.pk).update(
            name="",
            phone="",
            phone_index="",
            on_behalf_of="",
            firm="",
            account_number="",
            text="",
        )
        Rating.objects.filter(participant=who).update(words="")
        if who.is_first:
            needs += 1
            photos += _erase_need(who.need)
    for customer in customers:
        customer_count += 1
        _erase_customer(customer)
    return Erased(needs, who_count, customer_count, photos)


def _erase_appeals(appeals: QuerySet[Appeal]) -> None:
    """Forget who objected to hours and in which words; what was decided stays."""
    appeals.update(name="", contact="", words=ERASED)


def _erase_need(need: Need) -> int:
    """Empty a need of what a person said; place, service, clocks and stars stay for figures."""
    messages = Message.objects.filter(need=need)
    tokens = {*need.photos.values_list("pk", flat=True)}
    tokens |= {*messages.values_list("photos", flat=True)} - {None}
    Need.objects.filter(pk=need.pk).update(
        text=ERASED,
        address="",
        lat=None if need.lat is None else round(need.lat, PLACES_KEPT),
        lon=None if need.lon is None else round(need.lon, PLACES_KEPT),
    )
    messages.update(text=ERASED)
    need.suggestions.all().update(body={})
    jobs = Job.objects.filter(need_part__need=need)
    jobs.update(detail="", address="")
    Visit.objects.filter(job__in=jobs).update(findings="")
    need.photos.clear()
    for message in messages:
        message.photos.clear()
    need.refresh_from_db()
    search.index([need])
    return files.drop(StoredFile.objects.filter(pk__in=tokens))


def _erase_customer(customer: Customer) -> None:
    Customer.objects.filter(pk=customer.pk).update(
        name=ERASED,
        phone="",
        account_number="",
        account_index="",
        address="",
        nominee="",
        key_holder="",
        outage_note="",
        formats=[],
        visit_password="",
        lat=None,
        lon=None,
        special_kind="",
        special_level=None,
        visit_interval_days=None,
        consented_on=None,
        renewal_due_on=None,
        renewal_planned_on=None,
    )
    customer.consents.all().delete()
    Call.objects.filter(contact__customer=customer).update(note="")
    customer.unlocks.update(reason=ERASED)
    _erase_inspections(customer)
    Job.objects.filter(customer=customer).update(detail="", address="", customer=None)
    _erase_targets(Target.objects.filter(customer=customer))


def _erase_person(person: Person) -> None:
    """Forget how to reach somebody who has left; what he did keeps the name that it was done in."""
    Person.objects.filter(pk=person.pk).update(
        full_name="",
        phone="",
        phone_index="",
        document_kind="",
        document="",
        document_index="",
        born="",
    )
    Guardian.objects.filter(person=person).delete()
    PersonMerge.objects.filter(person=person).update(gone_record=ERASED)


def _erase_targets(targets: QuerySet[Target]) -> None:
    """Forget what campaigns hold of a person; that the target was counted stays, for figures.

    Photos of a visit belong to the visit; those given at the desk go.
    """
    given = Evidence.objects.filter(target__in=targets)
    own = set(given.filter(source="", file__isnull=False).values_list("file_id", flat=True))
    given.delete()
    files.drop(StoredFile.objects.filter(pk__in=own))
    targets.update(customer=None, note="", place="")


def _erase_inspections(customer: Customer) -> None:
    """Take the person out of his inspections; that a danger was put right stays proved."""
    inspections = Inspection.objects.filter(customer=customer)
    signed = inspections.exclude(signature=None).values_list("signature_id", flat=True)
    files.drop(StoredFile.objects.filter(pk__in=list(signed)))
    for hazard in Hazard.objects.filter(customer=customer):
        Hazard.objects.filter(pk=hazard.pk).update(
            words="",
            claim_words="",
            customer=None,
            lat=round(hazard.lat, PLACES_KEPT),
            lon=round(hazard.lon, PLACES_KEPT),
        )
    for row in inspections:
        row.notices.update(received_how="")
    inspections.update(signer="", remarks="", customer=None)
