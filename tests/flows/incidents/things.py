"""An incident of a station, as tests need one."""

from datetime import timedelta

from dianliang.core.numbers import next_number
from dianliang.domain.incidents.models import AlertSource, Incident
from dianliang.domain.mobilisation import lessons
from dianliang.domain.mobilisation.models import Dispatch
from dianliang.domain.work.models import Plan
from dianliang.domain.workforce.models import Person, Team
from dianliang.flows.command import reports
from dianliang.flows.incidents import bulletins, leading, opening
from dianliang.kernel.actor import Role
from tests.town import NOON, TODAY

RING = "30.50,119.55 30.55,119.55 30.55,119.65 30.50,119.65"
"""A corner of the township T1; village V1 lies in it, V2 does not."""


def asked(**changed):
    """What a form says of a flood in the township T1."""
    known = {
        "title": "西苕溪超警戒水位",
        "kind": "flood",
        "is_drill": False,
        "level": "3",
        "because": "水位超警戒",
        "unit": "S1",
        "area_codes": ["T1"],
        "villages": "",
        "shapes": "",
        "commander": "",
        "alert": "",
    }
    return opening.Asked(**{**known, **changed})


def opened(town, *, by=None, at=NOON, **changed):
    """An incident that is watched."""
    return opening.open_incident(asked=asked(**changed), by=by or town.actor("S1"), at=at)


def seen(incident):
    """The revision that a page would show now."""
    return Incident.objects.values_list("revision", flat=True).get(pk=incident.pk)


def led(town, *, at=NOON, **changed):
    """An incident that is answered, with a commander and a first period of eight hours."""
    if not Team.objects.filter(code="YX").exists():
        town.team("YX", "S1")
    by = town.actor("S1")
    incident = opened(town, at=at, commander="YX-0", **changed)
    leading.step(
        number=incident.number,
        verb="respond",
        reason="开始抢险",
        revision=seen(incident),
        by=by,
        at=at,
    )
    period(town, incident, at=at)
    incident.refresh_from_db()
    return incident


def period(town, incident, *, starts_at=None, hours=8, at=NOON):
    """Open the next period."""
    last = incident.periods.order_by("position").last()
    begins = last.ends_at if last else starts_at or at
    leading.open_period(
        number=incident.number,
        starts_at=begins,
        ends_at=begins + timedelta(hours=hours),
        commander="YX-1",
        weather="大雨",
        revision=seen(incident),
        by=town.actor("S1"),
        at=at,
    )
    return incident.periods.order_by("position").last()


def warning(**changed):
    """What a form says of a warning."""
    known = {
        "message_type": "Alert",
        "answers": "",
        "headline": "沿线可能停电",
        "severity": "Severe",
        "urgency": "Expected",
        "certainty": "Likely",
        "description": "",
        "instruction": "请给手机充电",
        "expires_at": NOON + timedelta(hours=12),
    }
    return bulletins.Asked(**{**known, **changed})


def _dispatch(town, incident):
    """A dispatch of an incident as a draft, without a computation behind it."""
    plan = Plan.objects.create(
        number=next_number("JH", at=NOON),
        unit=town.units["S1"],
        first_on=TODAY,
        last_on=TODAY,
        created_by="x",
        created_at=NOON,
    )
    Dispatch.objects.create(incident=incident, plan=plan, words="两队")
    return plan.number


def _team(incident):
    """A team that works on an incident."""
    team = Team.objects.order_by("code")[0]
    incident.teams.add(team)
    return team.code


def incident_things(town):
    """One of each for the table of who may open what."""
    incident = opened(town)
    made = bulletins.issue(number=incident.number, asked=warning(), by=town.actor("S1"), at=NOON)
    source = AlertSource.objects.create(
        number=next_number("LY", at=NOON),
        name="气象",
        url="https://example.cn/cap.xml",
        unit=town.units["S1"],
        created_by="x",
        created_at=NOON,
    )
    by = town.actor("S1", Role.COMMANDER)
    report = reports.make(number=incident.number, by=by, at=NOON)
    lesson = lessons.note(
        incident=incident,
        words="灯塔不够",
        action="汛前调拨",
        owner=Person.objects.order_by("pk")[0],
        due_on=TODAY,
        by=by,
        at=NOON,
    )
    return {
        "incident": {"number": incident.number, "verb": "note", "code": "teams"},
        "led incident": {
            "number": incident.number,
            "verb": "draft",
            "code": _team(incident),
            "kind": "docx",
        },
        "lesson": {"number": incident.number, "lesson": lesson.number, "verb": "settle"},
        "report": {"number": report.number, "kind": "docx", "code": "log"},
        "dispatch": {"number": _dispatch(town, incident), "verb": "discard"},
        "bulletin": {"number": made.number},
        "alert source": {"number": source.number, "verb": "off"},
    }
