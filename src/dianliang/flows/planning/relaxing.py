"""Rules that dispatchers relaxed for a job: the fixes of the engine, stored and made again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from dianliang.engines import routing
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.phrases import phrase_of

Lane = tuple[str, date]


def opened_days(relaxations: Sequence[dict[str, Any]]) -> dict[Lane, frozenset[str]]:
    """Return the team days that were opened for jobs which fit nowhere else."""
    opened: dict[Lane, frozenset[str]] = {}
    for one in relaxations:
        if one["fix"].get("opens_at"):
            lane = (one["fix"]["team_id"], date.fromisoformat(one["fix"]["on"]))
            opened[lane] = opened.get(lane, frozenset()) | {one["job"]}
    return opened


def relaxed(
    problem: routing.Problem, relaxations: Sequence[dict[str, Any]]
) -> tuple[routing.Problem, dict[str, str]]:
    """Make the changes that a dispatcher has accepted; return who gave way to whom, too.

    A change that is to bring a visit in time makes its promise a rule.
    """
    displaced: dict[str, str] = {}
    for one in relaxations:
        fix = fix_from(one["fix"])
        here = {job.id for job in problem.jobs}
        team = next((team for team in problem.teams if team.id == fix.team_id), None)
        if one["job"] not in here or team is None:
            continue
        number = _shift_of(team, one["fix"], fix)
        if number is None:
            continue
        if one.get("is_promised"):
            problem = routing.promised(problem, job_id=one["job"])
        problem = routing.apply_fix(problem, replace(fix, shift=number), job_id=one["job"])
        if fix.kind is routing.FixKind.DISPLACE:
            displaced |= dict.fromkeys(fix.items, one["job"])
    return problem, displaced


def _shift_of(team: routing.Team, body: dict[str, Any], fix: routing.Fix) -> int | None:
    """Return the number of the shift that a fix is about; its day may stand elsewhere by now."""
    days = [shift.window.start.astimezone(SHANGHAI).date().isoformat() for shift in team.shifts]
    if "on" in body:
        return days.index(body["on"]) if body["on"] in days else None
    return fix.shift if fix.shift < len(days) else None


def fix_from(body: dict[str, Any]) -> routing.Fix:
    """Return a stored fix as the engine's."""
    instants = {
        name: datetime.fromisoformat(body[name]) if body.get(name) else None
        for name in ("start_at", "opens_at")
    }
    return routing.Fix(
        kind=routing.FixKind(body["kind"]),
        words=phrase_of(body["words"]),
        price_s=body["price_s"],
        team_id=body["team_id"],
        shift=body["shift"],
        amount=body["amount"],
        items=tuple(body["items"]),
        start_at=instants["start_at"],
        opens_at=instants["opens_at"],
        effort_s=body.get("effort_s", 0.0),
    )
