"""What comes out of a file: a problem, how to show it, and where each part of it was written."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from dianliang.engines import routing
from dianliang.engines.routing import (
    Bound,
    ErrorCode,
    InvalidProblemError,
    Plan,
    Problem,
    ProblemError,
)
from dianliang.kernel.coordinates import from_gcj02
from dianliang.kernel.geo import GeoPoint

PROBLEM_SCHEMA, PLAN_SCHEMA = "dianliang-problem/1", "dianliang-plan/1"
"""Name and version: a field that is added keeps the version, one that changes meaning does not."""

Spot = Callable[[str], str]
"""Says where a field of something was written: a row and column, or a JSON pointer."""
JOB, TEAM, SHIFT, LOCK, LINK, SERIES = "job", "team", "shift", "lock", "link", "series"
LINE = "line"
KINDS = {"工单": JOB, "队伍": TEAM, "系列": SERIES, "线路": LINE}
"""How the engine's sentences begin."""
ABOUT: Mapping[str, tuple[tuple[str, str], ...]] = {
    ErrorCode.DUPLICATE_ID: ((JOB, "id"), (TEAM, "id"), (LINE, "id")),
    ErrorCode.BAD_DURATION: ((JOB, "duration_s"),),
    ErrorCode.BAD_VALUE: ((JOB, "value"), (TEAM, "shift_price")),
    ErrorCode.BAD_GEAR: ((JOB, "gear"), (TEAM, "gear")),
    ErrorCode.EMPTY_SHIFTS: ((TEAM, "shifts"),),
    ErrorCode.OVERLAPPING_SHIFTS: ((TEAM, "shifts"),),
    ErrorCode.BAD_LUNCH: ((TEAM, "shifts"),),
    ErrorCode.BAD_OVERTIME: ((TEAM, "shifts"),),
    ErrorCode.BAD_LIMIT: ((TEAM, "shift_limit_s"),),
    ErrorCode.UNKNOWN_JOB: ((LOCK, "job_id"), (LINK, "first"), (SERIES, "job_ids")),
    ErrorCode.UNKNOWN_TEAM: ((LOCK, "team_id"),),
    ErrorCode.UNKNOWN_SHIFT: ((LOCK, "shift"),),
    ErrorCode.LOCKED_TWICE: ((LOCK, "job_id"),),
    ErrorCode.BAD_LINK: ((LINK, "first"),),
    ErrorCode.BAD_SERIES: ((SERIES, "job_ids"),),
    ErrorCode.BAD_TRAVEL: ((JOB, "at"), (TEAM, "shifts")),
    ErrorCode.BAD_LINE: ((LINE, ""),),
    ErrorCode.UNKNOWN_LINE: ((JOB, "part"),),
    ErrorCode.BAD_WEIGHT: (),  # written once in a file, and named in words
}
UNCERTAIN = {
    ErrorCode.UNKNOWN_JOB: JOB,
    ErrorCode.UNKNOWN_TEAM: TEAM,
    ErrorCode.EMPTY_SHIFTS: SHIFT,
    ErrorCode.UNKNOWN_SHIFT: LOCK,
    ErrorCode.UNKNOWN_LINE: LINE,
}
"""What may be said to be missing only because it was refused itself."""
MOST_PLACES = 5
LONGEST_CODE = 100


class Coordinates(StrEnum):
    """What the positions of a file mean."""

    WGS84 = "WGS 84"
    GCJ02 = "GCJ-02"


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a dispatcher calls a job."""

    title: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemFile:
    """The whole of a JSON file with a problem."""

    schema: str
    problem: Problem
    coordinates: Coordinates = Coordinates.WGS84
    labels: Mapping[str, Label] = field(default_factory=dict[str, Label])


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFile:
    """The whole of a JSON file with a plan; `gap` is by which share it could be better at most."""

    schema: str
    plan: Plan
    bound: Bound | None = None
    gap: float | None = None


@dataclass(slots=True)
class Spots:
    """Where the parts of a problem were written, by kind and id."""

    found: dict[tuple[str, str], list[Spot]] = field(default_factory=dict)

    def add(self, kind: str, ids: Iterable[str], spot: Spot) -> None:
        """Remember where something was written that an error may be told about."""
        for id_ in {*ids}:
            self.found.setdefault((kind, id_), []).append(spot)

    def of(self, kind: str, id_: str, name: str) -> str:
        """Say where a field was written, or nothing."""
        spots = self.found.get((kind, id_), [])
        more = f" 等 {len(spots)} 处" if len(spots) > MOST_PLACES else ""
        return "、".join(spot(name) for spot in spots[:MOST_PLACES]) + more

    def told(self, error: ProblemError) -> str:
        """Say where an error of the engine was written, and what it is."""
        about = ABOUT.get(error.code, tuple((kind, "") for kind in (JOB, TEAM, LOCK, LINK, SERIES)))
        named = KINDS.get(error.words[:2])
        about = tuple(sorted(about, key=lambda pair: pair[0] != named))
        places = (self.of(kind, error.id, name) for kind, name in about)
        place = next((place for place in places if place), "")
        return f"{place}：{error.words}" if place else error.words


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A problem that can be solved; `notices` are what a person should look at."""

    problem: Problem
    labels: Mapping[str, Label]
    notices: tuple[str, ...] = ()

    def title(self, job_id: str) -> str:
        """Return what a job is called, or nothing."""
        label = self.labels.get(job_id)
        return label.title if label else ""


def in_parts(problem: Problem) -> Problem:
    """Return a problem with its lines in parts; if a line makes no sense, as it is.

    What is wrong is told with all else that is: see `errors_of`.
    """
    try:
        return routing.split_lines(problem)
    except InvalidProblemError:
        return problem


def with_metres(problem: Problem, labels: Mapping[str, Label]) -> Mapping[str, Label]:
    """Return labels that also say of each part of a line which metres it is."""
    made = dict[str, Label]()
    for job in problem.jobs:
        if job.part:
            line = labels.get(job.part.line_id, Label(title=job.part.line_id))
            metres = f"{job.part.from_m:.0f}–{job.part.to_m:.0f} 米"
            made[job.id] = Label(title=f"{line.title} {metres}", address=line.address)
    return {**made, **labels}


def mover(coordinates: Coordinates) -> Callable[[GeoPoint], GeoPoint]:
    """Return what turns a position of a file into WGS 84."""
    return from_gcj02 if coordinates is Coordinates.GCJ02 else _unmoved


def _unmoved(point: GeoPoint) -> GeoPoint:
    return point


def errors_of(problem: Problem, spots: Spots, *, is_partial: bool) -> list[str]:
    """Return the engine's errors with their places; of a part, only those that are certain.

    What was refused on its own account is no unknown job or team.
    """
    return [
        spots.told(error)
        for error in routing.validate(problem)
        if not is_partial
        or error.code not in UNCERTAIN
        or (UNCERTAIN[error.code], error.id) not in spots.found
    ]
