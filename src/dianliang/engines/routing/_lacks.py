"""What keeps a team from a job by rule, and what it takes to ask for an exception."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dianliang.engines.routing._ability import Routes, is_allowed, short_of
from dianliang.engines.routing._kernel import Floats
from dianliang.engines.routing._model import FixKind, Job, Shift, Team
from dianliang.engines.routing._ties import date_of
from dianliang.kernel.phrases import Phrase, joined

EFFORTS_S = {
    FixKind.WINDOW: 600.0,
    FixKind.OVERTIME: 900.0,
    FixKind.TEAM: 1_800.0,
    FixKind.DISPLACE: 0.0,
    FixKind.GEAR: 3_600.0,
    FixKind.SKILL: 7_200.0,
    FixKind.ANOTHER_DAY: 14_400.0,
    FixKind.ANYWAY: 0.0,
}
"""What a change costs by itself, in weighted seconds: the effort of asking for it.

A skill is lent, not learnt: the price is that of a person from outside the plan's teams.
"""
SENIOR_S = 3_600.0
"""A more senior person comes along: the trade is there, only the level is not."""
COLLEAGUE_S = 5_400.0
"""A person of another team that is out on the same day comes along."""
STRANGE_S = 1_800.0
"""Surcharge for a team that shares no skill with those who have the one that is wanted."""


@dataclass(frozen=True, slots=True)
class Lack:
    """What a team lacks for a job on a shift, and the effort of helping it to that."""

    skills: tuple[str, ...]
    levels: tuple[str, ...]
    gear: tuple[str, ...]
    is_barred: bool
    lender: str
    effort_s: float

    @property
    def items(self) -> tuple[str, ...]:
        """Return the names of what is lacking."""
        return (*self.skills, *self.levels, *self.gear)

    @property
    def kind(self) -> FixKind:
        """Return the dearest part."""
        if self.skills or self.levels:
            return FixKind.SKILL
        return FixKind.GEAR if self.gear else FixKind.TEAM

    def words(self, team_id: str) -> str:
        """Say what to ask for so that a team may take the job."""
        parts: list[str] = []
        if self.skills:
            parts.append(
                Phrase(
                    "从 %(source)s 借调会“%(skills)s”的人，跟班 %(team)s",
                    source=self.lender or Phrase("外单位"),
                    skills=joined("、", self.skills),
                    team=team_id,
                )
            )
        if self.levels:
            levels = joined("、", self.levels)
            parts.append(
                Phrase("请“%(skills)s”等级更高的人带班 %(team)s", skills=levels, team=team_id)
            )
        if self.gear:
            parts.append(more_gear(team_id, self.gear))
        if self.is_barred:
            parts.append(Phrase("允许 %(team)s 承接", team=team_id))
        return joined(Phrase("，并"), parts)


def more_gear(team_id: str, kinds: Sequence[str]) -> str:
    """Say that a team needs more gear of some kinds."""
    return Phrase("给 %(team)s 增配：%(gear)s", team=team_id, gear=joined("、", kinds))


def lacks_of(
    job: Job, routes: Routes, teams: Sequence[Team], *, collected: frozenset[str] = frozenset()
) -> list[Lack | None]:
    """Return what each route lacks for a job; None where nothing can make it come.

    Gear of the kinds that are `collected` somewhere need not be taken along.
    """
    holders = [
        team for team in teams if any(job.skills <= team.skills_on(shift) for shift in team.shifts)
    ]
    kin = frozenset[str]().union(*(team.skills for team in holders)) - job.skills
    shifts = [(team, team.shifts[number]) for team, number in routes]
    return [
        _lack(job, team, shift, holders, kin, gear=short_of(team, shift, job, collected))
        for team, shift in shifts
    ]


def _lack(
    job: Job,
    team: Team,
    shift: Shift,
    holders: Sequence[Team],
    kin: frozenset[str],
    *,
    gear: tuple[str, ...],
) -> Lack | None:
    if shift.only_for is not None and job.id not in shift.only_for:
        return None
    present = team.skills_on(shift)
    skills = tuple(sorted(job.skills - present))
    levels = tuple(
        sorted(
            skill
            for skill, level in job.levels.items()
            if team.levels.get(skill, 0) < level and skill not in skills
        )
    )
    is_barred, lender, effort = not is_allowed(team, job), "", 0.0
    if skills:
        lender = next((other.id for other in holders if _is_out(other, job, shift, team)), "")
        effort += COLLEAGUE_S if lender else EFFORTS_S[FixKind.SKILL]
        effort += round(STRANGE_S * (1 - len(kin & present) / len(kin))) if kin else 0
    if levels:
        effort += SENIOR_S
    if gear:
        effort += EFFORTS_S[FixKind.GEAR]
    if is_barred:
        effort += EFFORTS_S[FixKind.TEAM]
    return Lack(skills, levels, gear, is_barred, lender, effort)


def _is_out(other: Team, job: Job, shift: Shift, team: Team) -> bool:
    """Tell whether somebody of another team who could be lent is at work on the day."""
    return other.id != team.id and any(
        date_of(own) == date_of(shift) and job.skills <= other.skills_on(own)
        for own in other.shifts
    )


def efforts_of(lacks: Sequence[Lack | None]) -> Floats:
    """Return the effort for each route in whole seconds; infinite where none would help."""
    return np.array([np.inf if lack is None else lack.effort_s for lack in lacks])
