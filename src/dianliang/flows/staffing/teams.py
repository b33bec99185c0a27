"""Keep teams: found them, put them below each other, end them when nothing is left to do."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction
from django.db.models import Q, QuerySet

from dianliang.core import audit
from dianliang.domain.customers.models import Customer
from dianliang.domain.work.lifecycle import VISIT_OPEN
from dianliang.domain.work.models import Job, Plan, Visit
from dianliang.domain.work.operations import visits
from dianliang.domain.workforce import crews, register, teaming, trees
from dianliang.domain.workforce.models import Membership, Person, Team
from dianliang.domain.workforce.teaming import TeamDetails, UnableToTeamError
from dianliang.flows import need_follow
from dianliang.kernel.actor import SYSTEM, Actor, Role
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError, NotVisibleError, NotYourTurnError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_key, clean_text

MOST_NAMED = 8
WITHDRAWABLE = ("SCHEDULED", "ACCEPTED", "EN_ROUTE")
ENDED_JOBS = ("DONE", "CANCELLED")
OPEN_PLANS = ("DRAFT", "SOLVING", "READY")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A team as a form or a table tells of it. Codes and texts are checked here."""

    name: str
    unit_code: str
    lat: float
    lon: float
    parent_code: str = ""
    is_volunteer: bool = False
    purpose: str = ""
    founded_on: date | None = None
    ends_on: date | None = None
    shift_starts: time = time(8, 30)
    shift_ends: time = time(17, 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOver:
    """What a team still has to do, and must hand over before it ends."""

    visits: tuple[tuple[str, str, date], ...]
    jobs: tuple[tuple[str, str], ...]
    plans: tuple[str, ...]
    customers: int

    @property
    def is_nothing(self) -> bool:
        """Tell whether the team may end."""
        return not (self.visits or self.jobs or self.plans or self.customers)

    @property
    def words(self) -> str:
        """Say what it is, by number."""
        told = []
        if self.visits:
            told.append(f"上门单 {_some([number for number, _, _ in self.visits])}")
        if self.jobs:
            told.append(f"指定本队的工单 {_some([number for number, _ in self.jobs])}")
        if self.plans:
            told.append(f"未发布的计划 {_some(self.plans)}")
        if self.customers:
            told.append(f"固定由本队走访的客户 {self.customers} 户")
        return "；".join(told)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLine:
    """Somebody who belongs to a team."""

    number: str
    name: str
    unit_name: str
    title: str
    leads: bool
    valid_from: date
    skills: tuple[str, ...]
    is_away: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamFile:
    """One team with its members, the teams below it, and what it still has to do."""

    line: trees.TeamLine
    below: tuple[trees.TeamLine, ...]
    parent_code: str
    parent_name: str
    unit_code: str
    purpose: str
    founded_on: date | None
    ended_why: str
    lat: float
    lon: float
    shift_starts: time
    shift_ends: time
    members: tuple[MemberLine, ...]
    former: int
    left_over: LeftOver
    candidates: tuple[tuple[str, str], ...]
    heirs: tuple[tuple[str, str], ...]


def found(*, code: str, asked: Asked, by: Actor, at: datetime) -> Team:
    """Found a team of the actor's units.

    Raises:
        InvalidInputError, UnableToTeamError: a field makes no sense; it is named.
    """
    code = clean_key(code, field="code", label="队伍编码")
    return teaming.found_team(code=code, details=details_of(asked, by=by), by=by, at=at)


def amend(*, code: str, asked: Asked, by: Actor, at: datetime) -> Team:
    """Change a team, or put it below another one.

    Raises:
        NotVisibleError, InvalidInputError, UnableToTeamError: see the operation.
    """
    team = team_to_change(code, by=by)
    return teaming.amend_team(team=team, details=details_of(asked, by=by), by=by, at=at)


def details_of(asked: Asked, *, by: Actor) -> TeamDetails:
    """Return what a form says as it can be kept.

    Raises:
        InvalidInputError: a field is missing or cannot be kept; it is named.
    """
    unit = register.units_of(by).filter(code=asked.unit_code).first()
    if unit is None:
        raise InvalidInputError("请选择本单位范围内的单位。", field="unit_code")
    parent = None
    if asked.parent_code:
        parent = Team.objects.filter(code=asked.parent_code).first()
        if parent is None or not by.reaches_unit(parent.unit.path):
            raise InvalidInputError("没有这支上级队伍，请重新选择。", field="parent")
    if not (-90 <= asked.lat <= 90 and -180 <= asked.lon <= 180):
        raise InvalidInputError("驻地的纬度、经度不在范围内，请核对。", field="lat")
    return TeamDetails(
        name=clean_text(asked.name, field="name", label="队伍名称", most=40, least=2),
        unit=unit,
        base=GeoPoint(asked.lat, asked.lon),
        parent=parent,
        is_volunteer=asked.is_volunteer,
        purpose=clean_text(asked.purpose, field="purpose", label="任务", most=200),
        founded_on=asked.founded_on,
        ends_on=asked.ends_on,
        shift_starts=asked.shift_starts,
        shift_ends=asked.shift_ends,
    )


def join(
    *, code: str, person_number: str, on: date, is_captain: bool, by: Actor, at: datetime
) -> Membership:
    """Let a person of the actor's units belong to a team.

    Raises:
        NotVisibleError, UnableToTeamError: see the operation.
    """
    team = team_to_change(code, by=by)
    person = _person(person_number, by=by)
    return teaming.join(team=team, person=person, on=on, is_captain=is_captain, by=by, at=at)


@transaction.atomic
def leave(*, code: str, person_number: str, on: date, by: Actor, at: datetime) -> Membership:
    """Note a person's last day in a team.

    Raises:
        NotVisibleError, UnableToTeamError: see the operation.
    """
    team = team_to_change(code, by=by)
    person = _person(person_number, by=by)
    return teaming.leave(team=team, person=person, on=on, by=by, at=at)


@transaction.atomic
def appoint(*, code: str, person_number: str, on: date, by: Actor, at: datetime) -> Membership:
    """Let a member lead a team.

    Raises:
        NotVisibleError, UnableToTeamError: see the operation.
    """
    team = team_to_change(code, by=by)
    person = _person(person_number, by=by)
    return teaming.appoint(team=team, person=person, on=on, by=by, at=at)


def _person(number: str, *, by: Actor) -> Person:
    """Return somebody whom a form names; the team stands, so this is a field and no address.

    Raises:
        InvalidInputError: absent, or another's.
    """
    try:
        return register.person_to_change(number, by=by)
    except NotVisibleError as absent:
        message = "没有这个人，或不在本单位范围内，请核对人员编号。"
        raise InvalidInputError(message, field="person") from absent


@transaction.atomic
def end(*, code: str, on: date, reason: str, by: Actor, at: datetime) -> int:
    """End a team that has nothing left to do; return how many memberships end with it.

    Raises:
        NotVisibleError, InvalidInputError: see the operation.
        UnableToTeamError: it still has jobs; they are named, and must be handed over first.
    """
    team = team_to_change(code, by=by)
    words = clean_text(reason, field="reason", label="结束原因", most=200, least=2)
    left = left_over(team, last_on=on, today=_day(at))
    if not left.is_nothing:
        message = Phrase(
            "%(team)s在 %(on)s 之后还有事未了：%(words)s。请先移交，再结束队伍。",
            team=team.name,
            on=on,
            words=left.words,
        )
        raise UnableToTeamError(message, field="team")
    return teaming.end_team(team=team, on=on, reason=words, by=by, at=at)


@transaction.atomic
def hand_over(*, code: str, to_code: str, by: Actor, at: datetime) -> tuple[str, ...]:
    """Give what a team still has to do to another one, or back to the desk (an empty code).

    Visits that have not begun go back to be planned; jobs and customers that ask for this team ask
    for the other one from now on. Returns the numbers of the visits.

    Raises:
        NotVisibleError: absent, or another's.
        NotYourTurnError: the actor is no dispatcher.
        InvalidInputError: the other team has ended or is not the actor's.
    """
    if by.role is not Role.DISPATCHER:
        raise NotYourTurnError("移交工单由调度员办理，请告知调度员。")
    team = team_to_change(code, by=by)
    heir = Team.objects.filter(code=to_code, is_active=True).first() if to_code else None
    if to_code and (heir is None or heir.pk == team.pk or not by.reaches_unit(heir.unit.path)):
        raise InvalidInputError("请选择另一支在岗的队伍。", field="to")
    name = heir.name if heir else "调度"
    why = f"{team.name}移交给{name}"
    returned = []
    waiting = Visit.objects.filter(team=team, status__in=WITHDRAWABLE).select_related("job")
    for visit in list(waiting.order_by("on", "sequence")):
        visits.withdraw(visit=visit, reason=why, by=by, at=at)
        need_follow.tell(visit.job, f"上门单 {visit.number} 退回：{why}", by=by, at=at)
        returned.append(visit.number)
    jobs = Job.objects.filter(preferred_team=team).exclude(status__in=ENDED_JOBS)
    count = jobs.update(preferred_team=heir)
    customers = Customer.objects.filter(preferred_team_code=team.code)
    homes = customers.update(preferred_team_code=heir.code if heir else "")
    audit.record(
        "workforce.team.hand_over",
        target=team,
        by=by,
        at=at,
        before=team.code,
        after=heir.code if heir else "",
        reason=f"上门 {len(returned)}、工单 {count}、客户 {homes}",
    )
    return tuple(returned)


def end_due(*, at: datetime) -> int:
    """End the teams whose last day has passed and that have nothing left to do; return how many."""
    today, count = _day(at), 0
    due = Team.objects.filter(is_active=True, ends_on__lt=today).select_related("unit")
    for team in sorted(due, key=lambda team: -len(trees.chain_of(team))):
        last_on = team.ends_on or today
        below = Team.objects.filter(parent=team, is_active=True)
        if below.exists() or not left_over(team, last_on=last_on, today=today).is_nothing:
            continue
        why = team.ended_why or "到期自动结束"
        teaming.end_team(team=team, on=last_on, reason=why, by=SYSTEM, at=at)
        count += 1
    return count


def left_over(team: Team, *, last_on: date, today: date) -> LeftOver:
    """Return what a team still has after its last day, or should have done before today."""
    after = Visit.objects.filter(Q(on__gt=last_on) | Q(on__lt=today) | Q(status="ARRIVED"))
    mine = after.filter(team=team, status__in=VISIT_OPEN).select_related("job")
    jobs = Job.objects.filter(preferred_team=team).exclude(status__in=ENDED_JOBS)
    plans: QuerySet[Plan] = Plan.objects.filter(teams=team, status__in=OPEN_PLANS)
    return LeftOver(
        visits=tuple((v.number, v.job.title, v.on) for v in mine.order_by("on", "sequence")),
        jobs=tuple(jobs.order_by("number").values_list("number", "title")),
        plans=tuple(plans.order_by("number").values_list("number", flat=True)),
        customers=Customer.objects.filter(preferred_team_code=team.code).count(),
    )


def file(*, code: str, by: Actor, on: date) -> TeamFile:
    """Return one team.

    Raises:
        NotVisibleError: absent, or another's.
    """
    team = trees.team_to_see(code, by=by)
    lines = trees.tree(by=by, on=on, with_ended=True).lines
    place = next(n for n, line in enumerate(lines) if line.code == code)
    own = lines[place]
    below = []
    for line in lines[place + 1 :]:
        if line.depth <= own.depth:
            break
        below.append(line)
    others = Team.objects.filter(unit__path__startswith=by.unit_path, is_active=True)
    members = _members(team, on=on)
    inside = {member.number for member in members}
    people = register.visible(by).filter(is_active=True).exclude(number__in=inside)
    return TeamFile(
        line=own,
        below=tuple(below),
        parent_code=team.parent.code if team.parent else "",
        parent_name=team.parent.name if team.parent else "",
        unit_code=team.unit.code,
        purpose=team.purpose,
        founded_on=team.founded_on,
        ended_why=team.ended_why,
        lat=team.base_lat,
        lon=team.base_lon,
        shift_starts=team.shift_starts,
        shift_ends=team.shift_ends,
        members=members,
        former=Membership.objects.filter(team=team, valid_until__lt=on).count(),
        left_over=left_over(team, last_on=on, today=on),
        candidates=tuple(people.order_by("number").values_list("number", "name")),
        heirs=tuple(others.exclude(pk=team.pk).order_by("code").values_list("code", "name")),
    )


def team_to_change(code: str, *, by: Actor) -> Team:
    """Return a team that the actor may change.

    Raises:
        NotVisibleError: absent, another's, or the actor only reads.
    """
    if by.role not in register.WRITERS:
        raise NotVisibleError("没有找到这支队伍。")
    return trees.team_to_see(code, by=by)


def _members(team: Team, *, on: date) -> tuple[MemberLine, ...]:
    rows = Membership.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=on), team=team, person__is_active=True
    ).select_related("person__unit")
    people = [row.person for row in rows]
    shown = dict(
        zip((person.pk for person in people), register.rows_of(people, on=on), strict=True)
    )
    reasons = {line.number: line.reason for line in crews.away(team, on=on)}
    return tuple(
        MemberLine(
            number=row.person.number,
            name=row.person.name,
            unit_name=row.person.unit.name,
            title=row.person.title,
            leads=row.is_captain,
            valid_from=row.valid_from,
            skills=tuple(
                held.skill_name
                for held in shown[row.person_id].certificates
                if held.tone != "danger"
            ),
            is_away=reasons.get(row.person.number, ""),
        )
        for row in rows.order_by("-is_captain", "person__number")
    )


def _some(numbers: list[str] | tuple[str, ...]) -> str:
    more = f"等 {len(numbers)} 项" if len(numbers) > MOST_NAMED else ""
    return "、".join(numbers[:MOST_NAMED]) + more


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()
