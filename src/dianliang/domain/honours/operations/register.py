"""The register of honours and of media reports: entered, shown as models, revoked."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.core.models import StoredFile
from dianliang.core.numbers import next_number
from dianliang.domain.directory.models import Unit
from dianliang.domain.honours.lifecycle import HONOUR
from dianliang.domain.honours.models import Honour, MediaReport
from dianliang.domain.honours.operations.nominating import Subject
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase


class UnableToHonourError(DomainError):
    """The honour or the report cannot be entered, or changed, like this."""

    code = "honours.unable-to-honour"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An honour as it is entered."""

    title: str
    level: str
    issuer: str
    on: date
    holder: str
    subject: Subject


@transaction.atomic
def enter(*, entry: Entry, evidence: StoredFile | None = None, by: Actor, at: datetime) -> Honour:
    """Enter an honour that others gave (登记荣誉).

    Raises:
        UnableToHonourError: the day is ahead, or the same stands in the register.
    """
    if entry.on > at.astimezone(SHANGHAI).date():
        raise UnableToHonourError("授予日期不能晚于今天。", field="on")
    if same_as(entry) is not None:
        raise UnableToHonourError("台账里已有同一获得者、同一名称、同一日期的荣誉。", field="title")
    made = Honour.objects.create(
        number=next_number("RY", at=at),
        title=entry.title,
        level=entry.level,
        issuer=entry.issuer,
        on=entry.on,
        holder=entry.holder,
        person=entry.subject.person,
        team=entry.subject.team,
        held_by=entry.subject.held_by,
        unit=entry.subject.unit,
        evidence=evidence,
        created_by=by.name,
        created_at=at,
    )
    audit.record("honours.honour.enter", target=made, by=by, at=at, reason=entry.title)
    return made


def same_as(entry: Entry) -> Honour | None:
    """Return the honour that says the same, or None."""
    subject = entry.subject
    rows = Honour.objects.filter(person=subject.person, team=subject.team, held_by=subject.held_by)
    return rows.filter(title=entry.title, on=entry.on).first()


@transaction.atomic
def show_as_model(*, honour: Honour, story: str, by: Actor, at: datetime) -> Honour:
    """Show an honour with its story among the models, or no more without a story (典型展示).

    Raises:
        UnableToHonourError: it was revoked.
    """
    if honour.status != "VALID":
        raise UnableToHonourError("已撤销的荣誉不能展示。")
    honour.is_model, honour.story = bool(story), story or honour.story
    honour.save(update_fields=["is_model", "story"])
    told = "展示" if story else "不展示"
    audit.record("honours.honour.show", target=honour, by=by, at=at, after=told)
    return honour


@transaction.atomic
def revoke(*, honour: Honour, reason: str, by: Actor, at: datetime) -> Honour:
    """Take an honour back (撤销); it stays in the register with the reason.

    Raises:
        UnableToHonourError: there is no reason.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    if not reason:
        raise UnableToHonourError("请写明撤销原因。", field="reason")
    changes = {
        "revoked_on": at.astimezone(SHANGHAI).date(),
        "revoked_because": reason,
        "is_model": False,
    }
    return transitions.apply(
        honour, "revoke", lifecycle=HONOUR, by=by, at=at, note=reason, changes=changes
    )


@transaction.atomic
def report(
    *,
    outlet: str,
    level: str,
    title: str,
    on: date,
    link: str,
    unit: Unit,
    record: tuple[str, str],
    by: Actor,
    at: datetime,
) -> MediaReport:
    """Enter what a medium reported (登记报道).

    Raises:
        UnableToHonourError: the day is ahead, the link is none, or it stands in the register.
    """
    if on > at.astimezone(SHANGHAI).date():
        raise UnableToHonourError("刊播日期不能晚于今天。", field="on")
    if link and not link.startswith(("http://", "https://")):
        raise UnableToHonourError("链接应以 http:// 或 https:// 开头。", field="link")
    made, is_new = MediaReport.objects.get_or_create(
        outlet=outlet,
        title=title,
        on=on,
        defaults={
            "number": next_number("MT", at=at),
            "level": level,
            "link": link,
            "unit": unit,
            "record_kind": record[0],
            "record_number": record[1],
            "created_by": by.name,
            "created_at": at,
        },
    )
    if not is_new:
        raise UnableToHonourError(
            Phrase("已登记过这篇报道（%(number)s）。", number=made.number), field="title"
        )
    audit.record("honours.mediareport.report", target=made, by=by, at=at, reason=title)
    return made
