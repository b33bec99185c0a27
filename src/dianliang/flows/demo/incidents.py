"""An exercise of the demo county: an alert comes in, a drill answers it in two periods."""

from dataclasses import replace
from datetime import datetime, timedelta

from dianliang.domain.incidents.models import Incident, Objective
from dianliang.domain.rosters.models import Roster
from dianliang.domain.territory.models import Area
from dianliang.domain.workforce.models import Person
from dianliang.flows.alerts import taking
from dianliang.flows.demo.county import County
from dianliang.flows.incidents import bulletins, leading, opening
from dianliang.integrations import cap
from dianliang.integrations.cap.model import (
    Alert,
    Category,
    Certainty,
    Circle,
    Info,
    MessageType,
    Scope,
    Severity,
    Status,
    Urgency,
)
from dianliang.integrations.cap.model import Area as AlertArea
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.geo import GeoPoint

TOWN = "梅溪镇"
"""Where the river of the county leaves it."""
CORNERS = ((-0.05, -0.07), (0.06, -0.05), (0.05, 0.07), (-0.04, 0.06), (-0.05, -0.07))
"""Of the area of the alert, in degrees from the town."""
SENT_H, PERIOD_H = 20, 12
"""Hours ago that the alert was sent; length of a period."""
TEAMS = 6
AIMS = (
    ("圩堤照明架设", "架设照明线路", "6", "公里"),
    ("排涝泵站双电源", "接入应急电源的泵站", "5", "座"),
    ("低洼配电箱抬升", "抬升配电箱", "4", "台"),
)


def build_drill(county: County, *, by: Actor, at: datetime) -> None:
    """Take the alert in, open the drill from it, lead it through two periods, warn."""
    desk = replace(by, unit_code=county.company.code)
    sent_at = (at - timedelta(hours=SENT_H)).astimezone(SHANGHAI).replace(microsecond=0)
    content = cap.write(_alert(sent_at, at=_town(county)))
    taken = taking.take_one(content=content, by=desk, at=sent_at + timedelta(minutes=2))
    opened_at = sent_at + timedelta(minutes=30)
    incident = _open(county, taken.number, by=desk, at=opened_at)
    Incident.objects.filter(pk=incident.pk).update(is_generated=True)
    _lead(county, incident, by=desk, at=opened_at, until=at + timedelta(hours=PERIOD_H))


def _town(county: County) -> GeoPoint:
    """Return where the town is; the demo makes up positions that no register has."""
    town = next((a for a in county.areas if a.name == TOWN and a.lat is not None), None)
    if town is None or town.lat is None or town.lon is None:
        return GeoPoint(30.79, 119.74)
    return GeoPoint(town.lat, town.lon)


def _alert(sent_at: datetime, *, at: GeoPoint) -> Alert:
    ring = tuple(GeoPoint(round(at.lat + up, 4), round(at.lon + right, 4)) for up, right in CORNERS)
    return Alert(
        identifier=f"DRILL-{sent_at:%Y%m%d%H%M}",
        sender="drill@example.cn",
        sent_at=sent_at,
        status=Status.EXERCISE,
        message_type=MessageType.ALERT,
        scope=Scope.RESTRICTED,
        restriction="参加演练的单位",
        note="演练，不是真实预警",
        infos=(
            Info(
                language="zh-CN",
                categories=(Category.MET,),
                event="洪水",
                urgency=Urgency.EXPECTED,
                severity=Severity.SEVERE,
                certainty=Certainty.LIKELY,
                effective_at=sent_at,
                expires_at=sent_at + timedelta(hours=48),
                sender_name="县防汛演练指挥部（演示）",
                headline="【演练】西苕溪洪水橙色预警",
                description="演练：假定上游连续强降雨，梅溪段将超过警戒水位。",
                instruction="演练：请做好圩堤、泵站、医院的供电保障。",
                areas=(
                    AlertArea(
                        description="西苕溪梅溪段",
                        polygons=(ring,),
                        circles=(Circle(centre=at, radius_km=4.0),),
                    ),
                ),
            ),
        ),
    )


def _open(county: County, alert: str, *, by: Actor, at: datetime) -> Incident:
    suggested = opening.suggest(alert=alert, by=by)
    towns = [a.code for a in county.areas if a.level == Area.Level.TOWNSHIP and a.name == TOWN]
    asked = opening.Asked(
        title="西苕溪防汛抢险演练",
        kind=suggested.kind,
        is_drill=True,
        level="3",
        because="县防汛指挥部组织年度演练",
        unit=county.company.code,
        area_codes=towns,
        villages="",
        shapes=suggested.shapes,
        commander=_people(county)[0].number,
        alert=alert,
    )
    return opening.open_incident(asked=asked, by=by, at=at)


def _lead(county: County, incident: Incident, *, by: Actor, at: datetime, until: datetime) -> None:
    number, people = incident.number, _people(county)

    def seen() -> int:
        return Incident.objects.values_list("revision", flat=True).get(pk=incident.pk)

    leading.assign(
        number=number,
        teams=[team.code for team in county.teams[:TEAMS]],
        rosters=list(
            Roster.objects.filter(status="PUBLISHED").values_list("number", flat=True)[:1]
        ),
        revision=seen(),
        by=by,
        at=at + timedelta(minutes=10),
    )
    leading.step(
        number=number,
        verb="respond",
        reason="预计水位超警戒，启动 III 级响应",
        revision=seen(),
        by=by,
        at=at + timedelta(minutes=15),
    )
    _warn(incident, until=until, by=by, at=at + timedelta(minutes=20))
    begins = at + timedelta(minutes=30)
    for turn, weather in enumerate(("大雨，水位 4.9 米并上涨", "小雨，水位 5.1 米转平")):
        leading.open_period(
            number=number,
            starts_at=begins,
            ends_at=begins + (turn + 1) * timedelta(hours=PERIOD_H),
            commander=people[turn + 1].number,
            weather=weather,
            revision=seen(),
            by=by,
            at=begins + turn * timedelta(hours=PERIOD_H),
        )
        if turn == 0:
            _aims(county, number, by=by, at=begins)
    leading.note_once(
        key=f"demo-{number}-note",
        number=number,
        words="梅溪泵站应急电源接入，试运行正常",
        happened_at=None,
        by=by,
        at=begins + timedelta(hours=PERIOD_H + 1),
    )


def _warn(incident: Incident, *, until: datetime, by: Actor, at: datetime) -> None:
    bulletins.issue(
        number=incident.number,
        asked=bulletins.Asked(
            message_type=MessageType.ALERT,
            answers="",
            headline="西苕溪沿线可能短时停电",
            severity=Severity.MODERATE,
            urgency=Urgency.EXPECTED,
            certainty=Certainty.POSSIBLE,
            description="演练：假定西苕溪超警戒水位，沿线低洼台区可能避险停电。",
            instruction="演练：请提前给手机和照明充电，远离落地电线。",
            expires_at=until,
        ),
        by=by,
        at=at,
    )


def _aims(county: County, number: str, *, by: Actor, at: datetime) -> None:
    for place, (words, measure, target, counted_in) in enumerate(AIMS):
        leading.set_objective(
            key=f"demo-{number}-{place}",
            number=number,
            words=words,
            measure=measure,
            target=target,
            counted_in=counted_in,
            unit=county.company.code,
            by=by,
            at=at,
        )
    done = dict(zip(("圩堤照明架设", "排涝泵站双电源"), ("2.5", "5"), strict=True))
    for one in Objective.objects.filter(period__incident__number=number, words__in=done):
        later = at + timedelta(hours=5)
        leading.report(
            number=number,
            objective=one.number,
            done=done[one.words],
            revision=0,
            by=by,
            at=later,
        )
        if one.words == "排涝泵站双电源":
            leading.settle(
                number=number,
                objective=one.number,
                verb="reach",
                reason="",
                revision=1,
                by=by,
                at=later + timedelta(hours=1),
            )


def _people(county: County) -> list[Person]:
    """Return who commands: people of the company and its stations, by their numbers."""
    rows = Person.objects.filter(
        unit__path__startswith=county.company.path, is_active=True, minor_until=None
    )
    return list(rows.order_by("number")[:3])
