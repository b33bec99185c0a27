"""A station with volunteers whose hours the tests take in, review, announce and certify."""

from datetime import UTC, datetime, timedelta

from dianliang.core.files import keep_image
from dianliang.domain.catalog.queries import work_calendar
from dianliang.domain.hours import queries
from dianliang.domain.hours.models import HourNotice, HourRecord
from dianliang.domain.hours.operations import certifying, publishing, reviewing, taking_in
from dianliang.domain.hours.operations.taking_in import Giving
from dianliang.domain.programs.models import Activity, Participation
from dianliang.domain.workforce.models import Person
from dianliang.flows import giving_hours, hours_desk
from dianliang.kernel.actor import SYSTEM, Actor, Role
from tests.core.test_files import photo
from tests.town import NOON, Town

MORNING = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
"""Friday, nine o'clock in Shanghai."""
AFTER_NOTICE = datetime(2026, 11, 28, 1, 0, tzinfo=UTC)
IDENTITY = "330523199001011238"


def officer(town: Town, code: str = "S1", name: str = "o1", *, person: str = "") -> Actor:
    """Return somebody of party affairs."""
    unit = town.units[code]
    return Actor(
        id=f"user:{name}",
        name=f"党建{name}",
        role=Role.PARTY_AFFAIRS,
        unit_path=unit.path,
        unit_code=code,
        person_number=person,
    )


def volunteer(town: Town, number: str = "P1", *, unit: str = "S1", name: str = "王小明") -> Person:
    """Return a volunteer."""
    found, _ = Person.objects.get_or_create(
        number=number, defaults={"name": name, "unit": town.units[unit]}
    )
    return found


def taken(town: Town, number: str = "P1", *, start: datetime = MORNING, minutes: int = 120, **told):
    """Take in one record, verified unless told otherwise."""
    unit = told.pop("unit", "S1")
    values = {
        "source": ("visit", f"SM-{number}-{start:%d%H%M}-{minutes}"),
        "is_verified": True,
        "role": "志愿者",
        "content": "独居老人用电检查",
        "ended_at": start + timedelta(minutes=minutes),
        **told,
    }
    return taking_in.take_in(
        person=volunteer(town, number, unit=unit),
        unit=town.units[unit],
        team=None,
        started_at=start,
        minutes=minutes,
        by=SYSTEM,
        at=max(NOON, values["ended_at"]),
        **values,
    )


def declared(
    town: Town, number: str = "P1", *, start: datetime = MORNING, minutes: int = 60, by=None
):
    """Write one record by hand."""
    giving = Giving(
        person=volunteer(town, number),
        source=("declared", ""),
        unit=town.units["S1"],
        team=None,
        started_at=start,
        ended_at=start + timedelta(minutes=minutes),
        minutes=minutes,
        is_verified=False,
        role="志愿者",
        content="社区宣讲",
    )
    evidence = keep_image(photo(), at=NOON)
    by = by or officer(town, name="clerk")
    return taking_in.declare(giving=giving, words="李书记可证明", evidence=evidence, by=by, at=NOON)


def announced(town: Town, *records: HourRecord, at: datetime = NOON) -> HourNotice:
    """Approve records and put them on notice."""
    by = officer(town)
    for record in records:
        reviewing.approve(record=record, words="已核实", by=by, at=at)
    return publishing.announce(
        unit=town.units["S1"],
        records=records,
        working_days=3,
        calendar=work_calendar(),
        by=by,
        at=at,
    )


def published(town: Town, *records: HourRecord) -> None:
    """Let records go the whole way."""
    announced(town, *records)
    giving_hours.publish_due(at=AFTER_NOTICE)
    for record in records:
        record.refresh_from_db()


def minutes_of(person: Person) -> int:
    """Return what was published of a person, both classes together."""
    return queries.of_person(person.number).totals.total_min


def particulars(**other) -> certifying.Particulars:
    """Return what a person fills in for a certificate."""
    values = {
        "document_kind": "identity_card",
        "document_number": IDENTITY,
        "volunteer_number": "3305230000012345",
        "from_on": datetime(2026, 1, 1).date(),
        "until_on": datetime(2026, 11, 27).date(),
        "content": "用电安全宣讲",
        "issuer": "天荒坪供电所",
        "head": "李某某",
        "handler": "陈某",
        "contact": "0572-5012345",
        "remarks": "",
        **other,
    }
    return certifying.Particulars(**values)


def certified(town: Town, number: str = "P1", **other):
    """Issue a certificate."""
    return certifying.issue(
        person=volunteer(town, number),
        unit=town.units["S1"],
        told=particulars(**other),
        by=officer(town),
        at=AFTER_NOTICE,
    )


def activity(town: Town, number: str = "XD-1", *people: Person, start: datetime = MORNING):
    """Record an activity that ended, with those who took part."""
    team = town.teams.get("ZY") or town.team("ZY", "S1")
    held = Activity.objects.create(
        number=number,
        title="安全用电进课堂",
        team=team,
        area=town.areas["V1"],
        started_at=start,
        ended_at=start + timedelta(hours=2),
        recorded_by="张三",
    )
    Participation.objects.bulk_create(Participation(activity=held, person=p) for p in people)
    return held


def objects(town: Town) -> dict[str, dict[str, str]]:
    """Return one object of each kind, all of station S1, for the table of who may open what."""
    certified_one, shown, loose = taken(town), taken(town, "P2"), declared(town, "P3")
    published(town, certified_one)
    notice = announced(town, shown)
    appeal = hours_desk.appeal_in_public(
        notice=notice.number,
        number=shown.number,
        words="那天他不在",
        name="张三",
        contact="19900001234",
        at=NOON,
    )
    return {
        "hour": {"number": loose.number, "verb": "reject"},
        "hour notice": {"number": notice.number},
        "hour appeal": {"number": appeal.number, "verb": "dismiss"},
        "certificate": {"number": certified(town).number},
    }
