"""Hours of the demo county: a year of actions taken in, most of it published, some in question."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db.models import F

from dianliang.domain.catalog.queries import work_calendar
from dianliang.domain.directory.models import Unit
from dianliang.domain.hours.models import HourNotice, HourRecord
from dianliang.domain.hours.operations import appealing, certifying, posting, taking_in
from dianliang.domain.hours.particulars import Particulars
from dianliang.domain.workforce.models import Person
from dianliang.flows import giving_hours
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.calendar import SHANGHAI, TimeUnit

PUBLISHED_BEFORE = timedelta(days=30)
ON_NOTICE_BEFORE = timedelta(days=10)
CLERK = Actor(
    id="user:party", name="党建专责", role=Role.PARTY_AFFAIRS, unit_path="/", area_path="/"
)
CERTIFICATES = 3
KINDS = (
    {"is_verified": True, "away_m": 35, "lacks_check_out": False},
    {"is_verified": True, "away_m": 110, "lacks_check_out": False},
    {"is_verified": False, "away_m": 60, "lacks_check_out": False},
    {"is_verified": False, "away_m": 80, "lacks_check_out": True},
    {"is_verified": False, "away_m": 1900, "lacks_check_out": False},
)
WEIGHTS = (50, 32, 11, 4, 3)
DOCUMENTS = ("330523199001010008", "330523198802020017", "330523197903030025")
"""Numbers that a machine made: valid by their check character, of nobody."""


def build_hours(company: Unit, *, rng: Random, at: datetime) -> None:
    """Take in what the volunteer teams did, publish what is old, leave the rest to be decided."""
    giving_hours.take_in_everything(by=CLERK, at=at)
    records = list(
        HourRecord.objects.select_related("person", "team", "unit").order_by("started_at", "pk")
    )
    HourRecord.objects.update(is_generated=True)
    _verify_some(records, rng)
    old = [r for r in records if r.started_at < at - PUBLISHED_BEFORE]
    _publish(company, _once(old), at=at - PUBLISHED_BEFORE + timedelta(days=8))
    lately = [r for r in records if at - PUBLISHED_BEFORE <= r.started_at < at - ON_NOTICE_BEFORE]
    shown = _once(lately)
    _announce(company, shown, at=at - timedelta(days=1))
    _question(shown[:2], at=at)
    _certify(company, at=at)


def _verify_some(records: list[HourRecord], rng: Random) -> None:
    """Let most of the year have been checked in and out, some of it far away or without an end."""
    groups: dict[int, list[HourRecord]] = {}
    for record in records:
        (kind,) = rng.choices(range(len(KINDS)), WEIGHTS)
        groups.setdefault(kind, []).append(record)
    for kind, rows in groups.items():
        values = KINDS[kind]
        HourRecord.objects.filter(pk__in=[row.pk for row in rows]).update(
            **values, words="", entered_at=F("ended_at") + timedelta(hours=1)
        )
        for row in rows:
            row.is_verified = bool(values["is_verified"])
            row.away_m = int(values["away_m"])
            row.lacks_check_out = bool(values["lacks_check_out"])


def _once(records: list[HourRecord]) -> list[HourRecord]:
    """Leave out what overlaps earlier time of the same person: it stays in question."""
    taken: dict[int, list[HourRecord]] = {}
    kept = []
    for record in records:
        mine = taken.setdefault(record.person_id, [])
        overlaps = any(
            other.started_at < record.ended_at and record.started_at < other.ended_at
            for other in mine
        )
        if not overlaps and not record.lacks_check_out and (record.away_m or 0) < 500:
            mine.append(record)
            kept.append(record)
    return kept


def _notice(company: Unit, *, at: datetime, is_over: bool) -> HourNotice:
    return HourNotice.objects.create(
        number=f"GS{at.astimezone(SHANGHAI):%y%m%d}-9001",
        unit=company,
        working_days=3,
        opened_at=at,
        ends_at=work_calendar().add(at, 3, TimeUnit.WORKING_DAYS),
        opened_by=CLERK.name,
        status="CLOSED" if is_over else "OPEN",
    )


def _publish(company: Unit, records: list[HourRecord], *, at: datetime) -> None:
    notice = _notice(company, at=at - timedelta(days=7), is_over=True)
    _move(records, notice=notice, status="PUBLISHED", published_at=at)
    posting.post(records=records, by=CLERK, at=at)


def _announce(company: Unit, records: list[HourRecord], *, at: datetime) -> None:
    notice = _notice(company, at=at, is_over=False)
    _move(records, notice=notice, status="ON_NOTICE")


def _move(records: list[HourRecord], **values: Any) -> None:
    moved = HourRecord.objects.filter(pk__in=[record.pk for record in records])
    moved.update(reviewed_by=CLERK.id, reviewed_by_name=CLERK.name, **values)


def _question(shown: list[HourRecord], *, at: datetime) -> None:
    """Let somebody object to one record, and another come in a second time from elsewhere."""
    for record in shown[:1]:
        appealing.appeal(
            record=HourRecord.objects.get(pk=record.pk),
            side="against",
            words="当天下午没有看到他在现场，请核实。（演示数据）",
            name="演示居民",
            contact="0572-0000000",
            by=None,
            at=at,
        )
    for record in shown[1:]:
        taking_in.take_in(
            person=record.person,
            source=(HourRecord.Source.JOB, "GD-演示"),
            unit=record.unit,
            team=record.team,
            started_at=record.started_at + timedelta(minutes=30),
            ended_at=record.ended_at + timedelta(minutes=30),
            minutes=record.minutes,
            is_verified=True,
            role=record.role,
            content="上门更换节能灯",
            by=CLERK,
            at=at,
        )


def _certify(company: Unit, *, at: datetime) -> None:
    served = Person.objects.filter(hour_records__status="PUBLISHED").distinct().order_by("number")
    for person, document in zip(served[:CERTIFICATES], DOCUMENTS, strict=False):
        told = Particulars(
            document_kind="identity_card",
            document_number=document,
            volunteer_number=person.number,
            from_on=(at - timedelta(days=400)).astimezone(SHANGHAI).date(),
            until_on=at.astimezone(SHANGHAI).date(),
            content="用电安全宣讲、独居老人用电检查",
            issuer=company.name,
            head="演示负责人",
            handler=CLERK.name,
            contact="0572-0000000",
            remarks="演示数据",
        )
        made = certifying.issue(person=person, unit=company, told=told, by=CLERK, at=at)
        made.is_generated = True
        made.save(update_fields=["is_generated"])
