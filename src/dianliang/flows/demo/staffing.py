"""People with several roles, weekly hours, a temporary team, and some who are there twice."""

from datetime import date, datetime, time, timedelta
from random import Random

from dianliang.domain.workforce import teaming
from dianliang.domain.workforce.keys import phone_key
from dianliang.domain.workforce.models import (
    Certificate,
    Membership,
    Person,
    PersonRole,
    RoleKind,
    Team,
    WeeklySlot,
)
from dianliang.domain.workforce.registering import Details, GuardianDetails, register_person
from dianliang.domain.workforce.teaming import TeamDetails
from dianliang.flows.demo import words
from dianliang.flows.demo.county import County
from dianliang.flows.staffing import merging
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.geo import GeoPoint

ROLES_OF = {
    "电管家": ("employee", "steward"),
    "志愿者": ("volunteer",),
    "网协员": ("grid_worker", "volunteer"),
    "联盟队员": ("employee",),
}
ALSO = ("publicist", "attendant", "informant")
EVERY = 9
TWICE = 5
TEMPORARY_DAYS = 25


def build_staff(county: County, *, rng: Random, by: Actor, at: datetime) -> None:
    """Give everybody roles, some hours; found a temporary team; let some be there twice."""
    today = at.astimezone(SHANGHAI).date()
    people = list(Person.objects.filter(is_generated=True).select_related("unit"))
    _roles(people, rng=rng, today=today)
    volunteers = [person for person in people if person.title == "志愿者"]
    _hours(volunteers[3:40:6])
    _in_two_teams(volunteers[5:400:20], today=today)
    _doubles(volunteers[50 : 50 + TWICE], by=by, at=at)
    _minor(county, by=by, at=at)
    _temporary(county, rng=rng, by=by, at=at)


def _roles(people: list[Person], *, rng: Random, today: date) -> None:
    kinds = {kind.code: kind for kind in RoleKind.objects.all()}
    teaches = set(
        Certificate.objects.filter(skill__code="lecture").values_list("person_id", flat=True)
    )
    rows = []
    for place, person in enumerate(people):
        codes = list(ROLES_OF.get(person.title, ("employee",)))
        codes += ["party_member"] if person.is_party_member else []
        codes += ["lecturer"] if person.pk in teaches else []
        codes += [ALSO[place % 3]] if place % EVERY == 0 else []
        since = today - timedelta(days=rng.randint(60, 900))
        rows += [PersonRole(person=person, kind=kinds[code], valid_from=since) for code in codes]
    PersonRole.objects.bulk_create(rows)


def _hours(people: list[Person]) -> None:
    WeeklySlot.objects.bulk_create(
        WeeklySlot(person=person, weekday=day, starts=starts, ends=ends)
        for person in people
        for day, starts, ends in ((2, time(18), time(21)), (5, time(8), time(18)))
    )


def _in_two_teams(people: list[Person], *, today: date) -> None:
    """Let some help a second volunteer team, so that people and places differ."""
    teams = list(Team.objects.filter(is_volunteer=True).order_by("code"))
    own = dict(Membership.objects.filter(person__in=people).values_list("person_id", "team_id"))
    Membership.objects.bulk_create(
        Membership(team=team, person=person, valid_from=today - timedelta(days=90))
        for place, person in enumerate(people)
        if (team := teams[place % len(teams)]).pk != own.get(person.pk)
    )


def _doubles(people: list[Person], *, by: Actor, at: datetime) -> None:
    """Let some stand in the register twice, as two spreadsheets do; one pair is merged."""
    again = Person.objects.bulk_create(
        Person(
            number=f"ZY{place:04d}",
            name=person.name,
            phone=person.phone if place % 2 == 0 else "",
            phone_index=phone_key(person.phone) if place % 2 == 0 else "",
            unit=person.unit,
            title="志愿者",
            is_generated=True,
        )
        for place, person in enumerate(people, start=1)
    )
    today = at.astimezone(SHANGHAI).date()
    volunteer, team = RoleKind.objects.get(code="volunteer"), Team.objects.get(code="V1")
    since = today - timedelta(days=40)
    PersonRole.objects.bulk_create(
        PersonRole(person=person, kind=volunteer, valid_from=since) for person in again
    )
    Membership.objects.bulk_create(
        Membership(team=team, person=person, valid_from=since) for person in again
    )
    merging.merge(
        kept_number=people[0].number,
        gone_number=again[0].number,
        take=(),
        reason="电话核实为同一人",
        by=by,
        at=at,
    )


def _minor(county: County, *, by: Actor, at: datetime) -> None:
    today = at.astimezone(SHANGHAI).date()
    details = Details(
        name="演小苗",
        unit=county.stations[0],
        title="小小志愿者",
        born_on=today - timedelta(days=15 * 365),
        guardian=GuardianDetails(
            name="演大苗", phone=words.phone(9700), relation="母亲", agreed_on=today
        ),
    )
    person = register_person(details=details, by=by, at=at, is_generated=True)
    volunteer = RoleKind.objects.get(code="volunteer")
    PersonRole.objects.create(person=person, kind=volunteer, valid_from=today)


def _temporary(county: County, *, rng: Random, by: Actor, at: datetime) -> None:
    today, unit = at.astimezone(SHANGHAI).date(), county.stations[0]
    home, since = rng.choice(county.villages), today - timedelta(days=10)
    details = TeamDetails(
        name="迎峰度冬保电突击队",
        unit=unit,
        base=GeoPoint(home.lat or 30.6, home.lon or 119.6),
        purpose="迎峰度冬期间重要客户保电",
        founded_on=since,
        ends_on=today + timedelta(days=TEMPORARY_DAYS),
    )
    team = teaming.found_team(code="LS01", details=details, by=by, at=at)
    Team.objects.filter(pk=team.pk).update(is_generated=True)
    people = Person.objects.bulk_create(
        Person(
            number=f"ZG{place:04d}",
            name=words.name(rng),
            unit=unit,
            title="供电所职工",
            is_generated=True,
        )
        for place in range(1, 5)
    )
    Membership.objects.bulk_create(
        Membership(team=team, person=person, is_captain=place == 0, valid_from=since)
        for place, person in enumerate(people)
    )
