"""A roster of the demo county: a station keeps watch round the clock for some days next week."""

from datetime import date, datetime, time, timedelta

from dianliang.domain.rosters import operations
from dianliang.domain.rosters.models import Roster
from dianliang.domain.workforce.models import Membership, Person
from dianliang.engines import rostering
from dianliang.flows.demo.county import County
from dianliang.flows.rosters import changing, making
from dianliang.flows.rosters.building import build
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.calendar import SHANGHAI

BEGINS, DAYS, SIZE = 7, 4, 2
PEOPLE = 16
CHANGES = (time(0), time(8), time(16))
EFFORT = 0.5


def build_roster(county: County, *, at: datetime) -> None:
    """Arrange and publish one for some days next week."""
    first = at.astimezone(SHANGHAI).date() + timedelta(days=BEGINS)
    arrange_watch(county, title="节日保电值守（演示）", first=first, days=DAYS, at=at)


def arrange_watch(county: County, *, title: str, first: date, days: int, at: datetime) -> Roster:
    """Arrange a watch and publish it, with the captain and the steward who have accounts on it."""
    team = county.teams[0]
    unit = team.unit
    by = Actor(
        id="user:station",
        name="所调度员",
        role=Role.DISPATCHER,
        unit_path=unit.path,
        area_path="/",
        unit_code=unit.code,
    )
    asked = making.Asked(
        title=title,
        purpose=Roster.Purpose.EVENT,
        site_code="",
        starts_at=making.at_hour(first, CHANGES[1]),
        ends_at=making.at_hour(first + timedelta(days=days), CHANGES[1]),
        changes=CHANGES,
        size=SIZE,
        skills={},
        rest_h=11,
        week_h=40,
        days_in_row=None,
        nights_in_row=2,
        people=_people(county),
    )
    roster = making.make(asked=asked, by=by, at=at)
    Roster.objects.filter(pk=roster.pk).update(is_generated=True)
    operations.begin(roster=roster, revision=roster.revision, job_id=0, by=by, at=at)
    built = build(roster, at=at)
    result = rostering.solve(built.problem, rostering.Params(effort=EFFORT))
    making.keep(roster, built, result, at=at)
    roster.refresh_from_db()
    changing.publish(
        number=roster.number,
        revision=roster.revision,
        because="个别班次由站长机动补位（演示）",
        by=by,
        at=at,
    )
    roster.refresh_from_db()
    return roster


def _people(county: County) -> list[str]:
    """Return the crew with accounts first, then others of the station."""
    team = county.teams[0]
    crew = Membership.objects.filter(team=team, person__is_active=True).order_by("pk")
    first = list(crew.values_list("person__number", flat=True))
    others = Person.objects.filter(
        unit__path__startswith=team.unit.path, is_active=True, minor_until=None
    ).exclude(number__in=first)
    return [*first, *others.order_by("number").values_list("number", flat=True)][:PEOPLE]
