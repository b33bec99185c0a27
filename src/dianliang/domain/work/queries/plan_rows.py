"""What the page of a plan is made of: its hours, lanes, stops, and what is left out."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dianliang.domain.work.queries.plans import PlanRow, TeamRow
from dianliang.kernel.calendar import SHANGHAI


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """The hours that lanes show, and where an instant lies on them in percent."""

    first_h: int
    last_h: int

    def x(self, at: datetime, on: date) -> float:
        """Return where an instant lies on the line of a day."""
        midnight = datetime(on.year, on.month, on.day, tzinfo=SHANGHAI)
        hour = (at - midnight).total_seconds() / 3600
        share = (hour - self.first_h) / (self.last_h - self.first_h)
        return round(100 * min(1.0, max(0.0, share)), 2)

    @property
    def hours(self) -> tuple[tuple[int, float], ...]:
        """Return the whole hours with their places."""
        span = self.last_h - self.first_h
        return tuple(
            (hour % 24, round(100 * (hour - self.first_h) / span, 2))
            for hour in range(self.first_h, self.last_h)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFacts:
    """What a planner must know of a job, planned or not."""

    job_number: str
    title: str
    area_name: str
    address: str
    priority: str
    priority_label: str
    skill_name: str
    gear: str
    due_at: datetime | None
    duration_min: int
    windows: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRow:
    """One visit of a plan, with its place on the day's line in percent."""

    facts: JobFacts
    sequence: int
    arrive_at: datetime
    start_at: datetime
    depart_at: datetime
    travel_s: int
    travel_m: int
    late_s: int
    is_locked: bool
    is_frozen: bool
    visit_label: str
    why: str
    x: float
    width: float
    travel_x: float
    travel_width: float
    due_x: float | None

    @property
    def travel_end_x(self) -> float:
        """Return where the way to this stop ends."""
        return self.travel_x + self.travel_width


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One team on one day."""

    team_code: str
    team_name: str
    on: date
    stops: tuple[StopRow, ...]
    base_lat: float
    base_lon: float
    shift: str
    shift_x: float
    shift_width: float
    lunch_at: datetime | None
    lunch_x: float
    lunch_width: float
    return_at: datetime | None
    return_x: float
    return_width: float
    travel_s: int
    travel_m: int
    overtime_s: int
    skills: str
    gear: str
    late: int

    @property
    def shift_end_x(self) -> float:
        """Return where the shift ends."""
        return self.shift_x + self.shift_width

    @property
    def return_end_x(self) -> float:
        """Return where the way home ends."""
        return self.return_x + self.return_width

    @property
    def key(self) -> str:
        """Return what names this lane in a form."""
        return f"{self.team_code}@{self.on.isoformat()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FixRow:
    """One way to fit a job in, and what it costs."""

    choice: int
    kind_label: str
    words: str
    price_s: float

    @property
    def saved_s(self) -> float:
        """Return what it saves, where it costs less than nothing."""
        return max(0.0, -self.price_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A job that the plan leaves out."""

    facts: JobFacts
    reasons: tuple[str, ...]
    fixes: tuple[FixRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxed:
    """A rule that a dispatcher relaxed for a job."""

    job_number: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """What a plan was fitted to, and how many visits that changes."""

    words: tuple[str, ...]
    replaces: str
    most_changes: int
    forced: int
    chosen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPage:
    """All that the page of a plan shows."""

    row: PlanRow
    revision: int
    lanes: tuple[Lane, ...]
    absent: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    objective: dict[str, Any]
    weights: dict[str, Any]
    bound: dict[str, Any]
    solver: str
    seed: int
    seconds: int
    solved_s: float
    iterations: int
    ways: str
    relaxations: tuple[Relaxed, ...]
    error: str
    progress_share: float
    progress_note: str
    is_interrupted: bool
    verbs: frozenset[str]
    teams: tuple[TeamRow, ...]
    hours: tuple[tuple[int, float], ...]
    repair: Repair | None
    incident: str = ""
    """The incident whose dispatch it is."""
