"""What a dispatcher chooses from: jobs, and why each must be done; teams as they are there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dianliang.domain.catalog.models import Skill
from dianliang.domain.intake.models import Need
from dianliang.domain.work.lifecycle import VISIT_OPEN
from dianliang.domain.work.models import Job, Visit
from dianliang.domain.work.operations.plans import LONGEST_PLAN_DAYS
from dianliang.domain.work.queries.plan_page import facts_of
from dianliang.domain.work.queries.plan_rows import JobFacts
from dianliang.domain.workforce.models import Team
from dianliang.domain.workforce.queries import TeamOnDuty, teams_on_duty
from dianliang.kernel.actor import Actor
from dianliang.kernel.phrases import Phrase, joined

MOST_ROWS = 600
RANKS = {"must": 0, "should": 1, "may": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class JobChoice:
    """A job that can be planned, and why it must, should or may be done."""

    facts: JobFacts
    why: str
    unit_name: str
    opened_at: datetime
    preferred_team: str
    forbidden_team: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamChoice:
    """A team over the chosen days: who is there, what they may do, what they have already."""

    code: str
    name: str
    unit_name: str
    is_volunteer: bool
    shift: str
    members: int
    away: tuple[str, ...]
    skills: str
    gear: str
    days_there: int
    days: int
    visits: int

    @property
    def is_there(self) -> bool:
        """Tell whether the team can work on any of the days."""
        return self.days_there > 0


def jobs(*, by: Actor) -> tuple[JobChoice, ...]:
    """Return the jobs of an actor's units that wait, most pressing first."""
    rows = Job.objects.filter(status="OPEN", unit__path__startswith=by.unit_path or "?", task=None)
    related = rows.select_related(
        "area", "unit", "skill", "customer", "preferred_team", "forbidden_team", "need_part__need"
    )
    found = list(related.order_by("due_at", "pk")[:MOST_ROWS])
    found.sort(key=lambda job: (RANKS[job.priority], job.due_at is None))
    return tuple(
        JobChoice(
            facts=facts_of(job),
            why=_why(job),
            unit_name=job.unit.name,
            opened_at=job.opened_at,
            preferred_team=job.preferred_team.name if job.preferred_team else "",
            forbidden_team=job.forbidden_team.name if job.forbidden_team else "",
        )
        for job in found
    )


def _why(job: Job) -> str:
    need: Need | None = job.need_part.need if hasattr(job, "need_part") else None
    if need is not None and need.urgency == Need.Urgency.EMERGENCY:
        return Phrase("诉求判为危险")
    if need is not None and need.urgency == Need.Urgency.URGENT:
        return Phrase("诉求判为紧急")
    if job.customer and job.customer.special_level and need is None:
        return Phrase("%(level)s 级特殊客户走访", level=job.customer.special_level)
    if need is not None:
        return Phrase("一般诉求，有承诺时限") if job.due_at else Phrase("一般诉求")
    return Phrase("开单时定为%(how)s", how=Phrase(job.get_priority_display()))


def teams(*, by: Actor, first_on: date, last_on: date) -> tuple[TeamChoice, ...]:
    """Return an actor's teams as they are over some days; skills count if valid on every day there.

    The number of queries grows with the days, never with the teams.
    """
    rows = Team.objects.filter(is_active=True, unit__path__startswith=by.unit_path or "?")
    found = list(rows.select_related("unit").order_by("code"))
    length = min(LONGEST_PLAN_DAYS, max(1, (last_on - first_on).days + 1))
    days = [first_on + timedelta(days=i) for i in range(length)]
    duty: dict[str, list[TeamOnDuty]] = {team.code: [] for team in found}
    for day in days:
        for row in teams_on_duty(teams=found, on=day):
            duty[row.team.code].append(row)
    names = dict(Skill.objects.values_list("code", "name"))
    taken = list(
        Visit.objects.filter(
            team__in=found, on__range=(days[0], days[-1]), status__in=VISIT_OPEN
        ).values_list("team__code", flat=True)
    )
    return tuple(
        _team(team, duty[team.code], names, visits=taken.count(team.code)) for team in found
    )


def _team(
    team: Team, duty: Iterable[TeamOnDuty], names: dict[str, str], *, visits: int
) -> TeamChoice:
    rows = list(duty)
    there = [row for row in rows if row.is_staffed]
    skills = frozenset[str]().union(*(row.skill_codes for row in there))
    ending = skills - frozenset.intersection(*(row.skill_codes for row in there)) if there else ()
    words = [
        Phrase("%(skill)s（部分日期）", skill=Phrase(names[code]))
        if code in ending
        else Phrase(names[code])
        for code in sorted(skills)
    ]
    return TeamChoice(
        code=team.code,
        name=team.name,
        unit_name=team.unit.name,
        is_volunteer=team.is_volunteer,
        shift=f"{team.shift_starts:%H:%M}–{team.shift_ends:%H:%M}",
        members=max((len(row.member_names) for row in there), default=0),
        away=tuple(sorted({name for row in rows for name in row.absent_names})),
        skills=joined("、", words),
        gear="、".join(f"{kind}×{count}" for kind, count in team.gear.items() if count),
        days_there=len(there),
        days=len(rows),
        visits=visits,
    )
