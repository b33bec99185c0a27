"""A captain's day: who is on duty, who stands in, and what goes back to the dispatcher."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dianliang.domain.work.models import Visit
from dianliang.domain.work.operations import visits
from dianliang.domain.work.queries.visits import needed_skills
from dianliang.domain.workforce import crews
from dianliang.domain.workforce import operations as workforce
from dianliang.domain.workforce.models import Person, Team
from dianliang.flows import need_follow
from dianliang.flows.dispatching.shiftday import shift_day
from dianliang.flows.phone_operations import Spot
from dianliang.flows.rosters import leaving
from dianliang.kernel.actor import SYSTEM, Actor, Role
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.phrases import Phrase

WITHDRAWABLE = ("SCHEDULED", "ACCEPTED", "EN_ROUTE")


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamDay:
    """A team on a day as its captain sees it."""

    code: str
    name: str
    on: date
    shift_starts: str
    shift_ends: str
    lunch_min: int
    gear: dict[str, int]
    base_lat: float
    base_lon: float
    unit_name: str
    unit_phone: str
    crew: tuple[crews.CrewMember, ...]
    away: tuple[crews.Away, ...]
    stand_ins: tuple[crews.StandIn, ...]


def team_days(*, by: Actor, on: date) -> tuple[TeamDay, ...]:
    """Return the day of each team that the actor belongs to or stands in for.

    Only a captain is shown who could stand in.
    """
    codes = crews.teams_of(by.person_number, on=on)
    led = _led(by, on=on)
    teams = Team.objects.filter(code__in=codes).select_related("unit")
    return tuple(_team_day(team, on=on, is_captain=team.code in led) for team in teams)


@transaction.atomic
def check_in(
    *,
    team_code: str,
    person_number: str,
    on: date,
    by: Actor,
    at: datetime,
    device_at: datetime | None = None,
    place: Spot | None = None,
) -> None:
    """Check a member in for a day: a captain anyone of the team, everyone else himself.

    `place` is where the phone says that it was; a check-in without one counts as well.

    Raises:
        NotVisibleError: not the actor's team, or not himself.
        UnableToCheckInError: the person is away, belongs elsewhere, or the crew lacks a
            certificate that its visits of the day need.
    """
    team = _own_team(team_code, on=on, by=by)
    person = _person(person_number)
    if person_number != by.person_number:
        _require_leads(team_code, on=on, by=by)
    workforce.check_in(
        team=team,
        person=person,
        on=on,
        by=by,
        at=at,
        device_at=device_at,
        point=place.point if place else None,
        accuracy_m=place.accuracy_m if place else None,
        needed_skills=needed_skills(team.code, on=on),
    )


@transaction.atomic
def swap(
    *,
    team_code: str,
    leaving: str,
    coming: str,
    on: date,
    by: Actor,
    at: datetime,
    device_at: datetime | None = None,
) -> TeamDay:
    """Let somebody of the unit stand in for a member, skills re-checked against the day's visits.

    Raises:
        NotVisibleError: not the captain's team, or nobody of its unit.
        UnableToSwapError: one is not available, or a needed skill would be missing.
    """
    team = _own_team(team_code, on=on, by=by)
    _require_leads(team_code, on=on, by=by)
    comer = _person(coming)
    if not comer.unit.path.startswith(team.unit.path):
        raise NotVisibleError(
            Phrase("%(name)s没有编号为 %(coming)s 的人员。", name=team.unit.name, coming=coming)
        )
    workforce.swap(
        team=team,
        leaving=_person(leaving),
        coming=comer,
        on=on,
        needed_skills=needed_skills(team.code, on=on),
        by=by,
        at=at,
        device_at=device_at,
    )
    return _team_day(team, on=on, is_captain=True)


@transaction.atomic
def report_absence(
    *,
    person_number: str,
    first_on: date,
    last_on: date,
    reason: str,
    by: Actor,
    at: datetime,
    device_at: datetime | None = None,
) -> tuple[str, ...]:
    """Note an absence; visits that the rest of the crew cannot do go back to the dispatcher.

    Returns the numbers of those visits.

    Raises:
        NotVisibleError: not himself, nor a member of the captain's teams.
        UnableToReportAbsenceError: no reason, or the days make no sense.
    """
    person = _person(person_number)
    theirs = crews.teams_of(person_number, on=first_on)
    if person_number != by.person_number and not theirs & _led(by, on=first_on):
        raise NotVisibleError(
            Phrase("您带的队伍里没有编号为 %(person_number)s 的人员。", person_number=person_number)
        )
    workforce.report_absence(
        person=person,
        first_on=first_on,
        last_on=last_on,
        reason=reason,
        by=by,
        at=at,
        device_at=device_at,
    )
    leaving.after_absence(person=person, first_on=first_on, last_on=last_on, by=by, at=at)
    why = f"{person.name}缺勤：{reason}"
    return hand_back(theirs, first_on=first_on, last_on=last_on, why=why, by=by, at=at)


def hand_back(
    team_codes: Collection[str], *, first_on: date, last_on: date, why: str, by: Actor, at: datetime
) -> tuple[str, ...]:
    """Give back to the dispatcher what the crews of teams can no longer do on some days.

    Returns the numbers of those visits.
    """
    first = max(first_on, shift_day(by=by, at=at).on)
    concerned = Visit.objects.filter(
        team__code__in=team_codes, on__range=(first, last_on), status__in=WITHDRAWABLE
    )
    days = concerned.order_by("on", "team__code").values_list("on", "team__code").distinct()
    return tuple(
        number
        for on, code in list(days)
        for number in _hand_back(code, on=on, why=why, by=by, at=at)
    )


@transaction.atomic
def report_team_absence(
    *,
    team_code: str,
    on: date,
    reason: str,
    by: Actor,
    at: datetime,
    device_at: datetime | None = None,
) -> tuple[str, ...]:
    """Take a whole team off duty for a day; all it has not begun goes back to the dispatcher.

    Raises:
        NotVisibleError: not the captain's team.
        UnableToReportAbsenceError: no reason.
    """
    team = _own_team(team_code, on=on, by=by)
    _require_leads(team_code, on=on, by=by)
    for member in crews.crew(team, on=on):
        person = _person(member.number)
        workforce.report_absence(
            person=person,
            first_on=on,
            last_on=on,
            reason=reason,
            by=by,
            at=at,
            device_at=device_at,
        )
        leaving.after_absence(person=person, first_on=on, last_on=on, by=by, at=at)
    return tuple(_hand_back(team.code, on=on, why=f"{team.name}停勤：{reason}", by=by, at=at))


def _hand_back(team_code: str, *, on: date, why: str, by: Actor, at: datetime) -> list[str]:
    """Withdraw what the present crew of a team cannot do on a day."""
    team = Team.objects.get(code=team_code)
    crew = crews.crew(team, on=on)
    held = {skill for member in crew for skill in member.skills}
    waiting = Visit.objects.filter(team=team, on=on, status__in=WITHDRAWABLE)
    returned = []
    for visit in waiting.select_related("job__skill").order_by("sequence"):
        skill = visit.job.skill.code if visit.job.skill else None
        if crew and (skill is None or skill in held):
            continue
        withdrawer = by if by.role is Role.CAPTAIN else SYSTEM
        visits.withdraw(visit=visit, reason=why[: visits.REASON_MAX], by=withdrawer, at=at)
        need_follow.tell(visit.job, f"上门单 {visit.number} 退回：{why}", by=by, at=at)
        returned.append(visit.number)
    return returned


def _team_day(team: Team, *, on: date, is_captain: bool) -> TeamDay:
    return TeamDay(
        code=team.code,
        name=team.name,
        on=on,
        shift_starts=f"{team.shift_starts:%H:%M}",
        shift_ends=f"{team.shift_ends:%H:%M}",
        lunch_min=team.lunch_min,
        gear=team.gear,
        base_lat=team.base_lat,
        base_lon=team.base_lon,
        unit_name=team.unit.name,
        unit_phone=team.unit.public_phone,
        crew=crews.crew(team, on=on),
        away=crews.away(team, on=on),
        stand_ins=crews.stand_ins(team, on=on) if is_captain else (),
    )


def _own_team(code: str, *, on: date, by: Actor) -> Team:
    team = Team.objects.select_related("unit").filter(code=code).first()
    if team is None or code not in crews.teams_of(by.person_number, on=on):
        raise NotVisibleError(Phrase("没有队伍 %(code)s，或它不是您的队伍。", code=code))
    return team


def _person(number: str) -> Person:
    person = Person.objects.select_related("unit").filter(number=number).first()
    if person is None:
        raise NotVisibleError(Phrase("没有编号为 %(number)s 的人员。", number=number))
    return person


def _led(by: Actor, *, on: date) -> frozenset[str]:
    return crews.led_by(by.person_number, on=on) if by.role is Role.CAPTAIN else frozenset()


def _require_leads(team_code: str, *, on: date, by: Actor) -> None:
    if team_code not in _led(by, on=on):
        raise NotVisibleError("这项操作由本队队长办理。")
