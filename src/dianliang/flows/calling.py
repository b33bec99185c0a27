"""Whom a team may call about a visit: masked on the phone, a number only when asked, on record."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch

from dianliang.core import audit
from dianliang.core.models import AuditEvent
from dianliang.domain.customers import consents
from dianliang.domain.customers.access import MINORS
from dianliang.domain.directory.models import Unit
from dianliang.domain.intake.models import NeedJob, Participant
from dianliang.domain.work import access
from dianliang.domain.work.lifecycle import VISIT_OPEN
from dianliang.domain.work.models import Job
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError
from dianliang.kernel.masking import mask_name, mask_phone
from dianliang.kernel.phrases import Phrase

ASKERS_MAX = 3
CONTACTS = {"customer": "客户", "nominee": "联系人"}
PHONE = re.compile(r"[0-9][0-9-]{5,22}[0-9]", re.ASCII)
Askers = dict[int, list[Participant]]


class UnableToCallError(DomainError):
    """The visit is over, or nobody left a number."""

    code = "work.unable-to-call"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Somebody to call; the number stays on the server."""

    slot: str
    who: str
    name: str
    phone: str


def kept_back(jobs: Iterable[Job]) -> frozenset[int]:
    """Return the jobs of alliance units whose special customer did not let us tell that unit."""
    foreign = [
        job
        for job in jobs
        if job.customer and job.customer.special_kind and job.unit.kind == Unit.Kind.ALLIANCE
    ]
    if not foreign:
        return frozenset()
    shared = consents.shared([job.customer_id for job in foreign if job.customer_id])
    return frozenset(job.pk for job in foreign if (job.customer_id, job.unit_id) not in shared)


def contacts(job: Job, askers: Askers, held: frozenset[int]) -> tuple[Contact, ...]:
    """Return the masked contacts of a job; `held` are the jobs whose customer is kept back."""
    return tuple(
        Contact(slot=slot, who=who, name=mask_name(name), phone=mask_phone(phone))
        for slot, who, name, phone in _phones(job, askers.get(job.pk, []), job.pk in held)
    )


def _phones(job: Job, asked: list[Participant], is_held: bool) -> list[tuple[str, str, str, str]]:
    """Return slot, capacity, name and number of everybody who may be called about a job.

    A child is not called: its nominee is. What is held back is not told to this unit.
    """
    found = []
    customer = None if is_held else job.customer
    if customer and customer.phone and customer.special_kind not in MINORS:
        found.append(("customer", CONTACTS["customer"], customer.name, customer.phone))
    if customer and (nominee := PHONE.search(customer.nominee)):
        name = customer.nominee.replace(nominee[0], "").strip()
        found.append(("nominee", CONTACTS["nominee"], name, nominee[0]))
    for place, row in enumerate(asked[:ASKERS_MAX], start=1):
        if row.phone and row.phone not in {phone for *_, phone in found}:
            found.append((f"asker-{place}", row.get_kind_display(), row.name, row.phone))
    return found


def askers(job_ids: list[int]) -> Askers:
    """Return who asked for each job, the first to report first."""
    found: Askers = {}
    parts = NeedJob.objects.filter(job__in=job_ids).prefetch_related(
        Prefetch("need__participants", Participant.objects.order_by("-is_first", "pk"))
    )
    for part in parts:
        found.setdefault(part.job_id, []).extend(part.need.participants.all())
    return found


def reveal_phone(*, number: str, slot: str, by: Actor, at: datetime) -> str:
    """Return the phone number behind a masked contact of an open visit, and log that it was read.

    Raises:
        NotVisibleError: not the actor's visit, or no such contact; the attempt is logged too.
        UnableToCallError: the visit is over, or nobody left a number.
    """
    try:
        visit = access.visit_of_own_team(number, by=by)
        asked = askers([visit.job_id]).get(visit.job_id, [])
        is_held = visit.job_id in kept_back([visit.job])
        found = {key: phone for key, _, _, phone in _phones(visit.job, asked, is_held)}
        if slot not in found:
            raise NotVisibleError(Phrase("上门单 %(number)s 没有这位联系人。", number=number))
    except NotVisibleError:
        _log_call(number, slot, by=by, at=at, outcome=AuditEvent.Outcome.DENIED)
        raise
    if visit.status not in VISIT_OPEN:
        _log_call(number, slot, by=by, at=at, outcome=AuditEvent.Outcome.DENIED)
        raise UnableToCallError("该上门单已结束，不再提供电话。请联系调度员。")
    _log_call(number, slot, by=by, at=at, outcome=AuditEvent.Outcome.OK)
    return found[slot]


def _log_call(number: str, slot: str, *, by: Actor, at: datetime, outcome: str) -> None:
    audit.record_about(
        "work.visit.reveal_phone",
        target_type="work.visit",
        target_id=number,
        by=by,
        at=at,
        reason=slot,
        outcome=outcome,
    )
