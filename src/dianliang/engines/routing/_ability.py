"""Who may do what at all: allowed, skilled, equipped. Time is not asked about here."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.routing._model import Job, Shift, Team

Routes = tuple[tuple[Team, int], ...]


def may_serve(team: Team, shift: Shift, job: Job, collected: frozenset[str]) -> bool:
    """Tell whether rules let a team do a job on a shift: allowed, skilled, equipped.

    `collected` are the kinds of gear that some job collects.
    """
    return (
        (shift.only_for is None or job.id in shift.only_for)
        and is_allowed(team, job)
        and is_skilled(team, shift, job)
        and is_equipped(team, shift, job, collected)
    )


def is_allowed(team: Team, job: Job) -> bool:
    """Tell whether a team may come to a customer at all: not excluded, and in its area."""
    return (
        (job.allowed_teams is None or team.id in job.allowed_teams)
        and team.id not in job.forbidden_teams
        and (team.areas is None or not job.area or job.area in team.areas)
    )


def is_skilled(team: Team, shift: Shift, job: Job) -> bool:
    """Tell whether every skill of a job is there on a shift, at the level asked for."""
    return job.skills <= team.skills_on(shift) and all(
        team.levels.get(skill, 0) >= level for skill, level in job.levels.items()
    )


def is_equipped(team: Team, shift: Shift, job: Job, collected: frozenset[str]) -> bool:
    """Tell whether the gear of a shift can be enough for one job: taken along, or collected."""
    return not short_of(team, shift, job, collected)


def short_of(team: Team, shift: Shift, job: Job, collected: frozenset[str]) -> tuple[str, ...]:
    """Return the kinds of gear of which a shift can never have enough for a job."""
    taken, room = team.gear_on(shift), team.room_on(shift)
    return tuple(
        kind
        for kind in sorted({*job.gear, *job.returns})
        if room.get(kind, 0) < max(job.gear.get(kind, 0), job.returns.get(kind, 0))
        or (kind not in collected and taken.get(kind, 0) < job.gear.get(kind, 0))
    )


def collected_by(jobs: Iterable[Job]) -> frozenset[str]:
    """Return the kinds of gear that some job collects."""
    return frozenset(kind for job in jobs for kind, count in job.returns.items() if count)


def able_of(
    jobs: Sequence[Job], routes: Routes, locked: dict[int, int], collected: frozenset[str]
) -> NDArray[np.bool_]:
    """Return which routes may serve which jobs, time aside; of locked ones only theirs."""
    able = np.zeros((len(jobs), len(routes)), dtype=np.bool_)
    alike: dict[tuple[object, ...], list[int]] = {}
    for route, (team, index) in enumerate(routes):
        shift = team.shifts[index]
        own = None if shift.gear is None else tuple(sorted(shift.gear.items()))
        alike.setdefault((team.id, shift.skills, shift.only_for, own), []).append(route)
    heads = [(*routes[rows[0]], rows) for rows in alike.values()]
    named = {job_id for team, i in routes for job_id in team.shifts[i].only_for or ()}
    known: dict[tuple[object, ...], NDArray[np.bool_]] = {}
    for number, job in enumerate(jobs):
        if number in locked:
            able[number, locked[number]] = True
            continue
        key = _needs(job, is_named=job.id in named)
        row = known.get(key)
        if row is None:
            row = known[key] = np.zeros(len(routes), dtype=np.bool_)
            for team, index, rows in heads:
                if may_serve(team, team.shifts[index], job, collected):
                    row[rows] = True
        able[number] = row
    return able


def _needs(job: Job, *, is_named: bool) -> tuple[object, ...]:
    """Return all that `may_serve` asks about a job: a flood day has few kinds of job."""
    return (
        job.id if is_named else "",
        job.skills,
        job.area,
        job.allowed_teams,
        job.forbidden_teams,
        *(frozenset(needs.items()) for needs in (job.levels, job.gear, job.returns)),
    )
