"""Who could go where, and what a plan says. Seconds, metres, WGS 84, aware instants."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from dianliang.engines.routing._line import Line, Part
from dianliang.engines.routing._priority import Priority
from dianliang.engines.routing.travel import GreatCircle, Travel
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow

VERSION = "routing-2"
WEEK_S = 7 * 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something to be done at one place. No windows means any time of any shift.

    `due_at` is a promise: to start later is priced, not forbidden, at `late_per_s` or else at the
    weight of the problem. `wait_per_s` is the price of each second that the job waits, promise or
    not, from the first moment at which anybody works. `value` replaces the weight of the priority
    as the price of leaving the job out. `gear` is set up and stays; `returns` is collected once
    that is done, and goes on to the next job that asks for its kind, or back to the base: what may
    not go on, as it is broken, is a kind of its own. `levels` are least levels of skills. Work that
    leads somewhere else ends at `ends_at`, and may be done from there to `at` if it goes
    `either_way`. A `part` of a line needs the line's time to set up unless the team comes from the
    part before; it may set up before a window opens.
    """

    id: str
    at: GeoPoint
    duration_s: int
    windows: tuple[TimeWindow, ...] = ()
    skills: frozenset[str] = frozenset()
    levels: Mapping[str, int] = field(default_factory=dict[str, int])
    gear: Mapping[str, int] = field(default_factory=dict[str, int])
    returns: Mapping[str, int] = field(default_factory=dict[str, int])
    priority: Priority = Priority.SHOULD
    value: float | None = None
    due_at: datetime | None = None
    late_per_s: float | None = None
    wait_per_s: float = 0.0
    area: str = ""
    allowed_teams: frozenset[str] | None = None
    forbidden_teams: frozenset[str] = frozenset()
    preferred_team: str | None = None
    ends_at: GeoPoint | None = None
    either_way: bool = False
    part: Part | None = None

    @property
    def exit(self) -> GeoPoint:
        """Return where a team is after the job, done from `at`."""
        return self.ends_at or self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class Lunch:
    """A break of `duration_s` that lies within the window, between two jobs."""

    window: TimeWindow
    duration_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A team's working time on one day, from one place and back to another (or the same).

    `skills` are those of the people who are there that day, `gear` is the most that it sets off
    with; None means the team's. What several shifts share is divided among them, so that no piece
    that stays at a job is taken along again. A shift that was opened `only_for` some jobs serves no
    other.
    """

    window: TimeWindow
    start: GeoPoint
    end: GeoPoint | None = None
    lunch: Lunch | None = None
    overtime_limit_s: int = 0
    skills: frozenset[str] | None = None
    only_for: frozenset[str] | None = None
    gear: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """People who go out together. No areas means everywhere.

    A shift lasts at most `shift_limit_s` from leaving to coming home; all shifts together hold at
    most `total_limit_s` of travel and work;
    `shift_price` is what it costs to go out at all, in weighted seconds.
    `spare` are shifts that could be opened for a job that fits nowhere else; None means the day
    after the last shift, at the same hours.
    """

    id: str
    shifts: tuple[Shift, ...]
    skills: frozenset[str] = frozenset()
    levels: Mapping[str, int] = field(default_factory=dict[str, int])
    gear: Mapping[str, int] = field(default_factory=dict[str, int])
    areas: frozenset[str] | None = None
    shift_limit_s: int | None = None
    total_limit_s: int | None = None
    shift_price: float = 0.0
    spare: tuple[Shift, ...] | None = None

    def skills_on(self, shift: Shift) -> frozenset[str]:
        """Return the skills that are there on a shift."""
        return self.skills if shift.skills is None else shift.skills

    def gear_on(self, shift: Shift) -> Mapping[str, int]:
        """Return the most gear that a shift sets off with."""
        return self.gear if shift.gear is None else shift.gear

    def room_on(self, shift: Shift) -> Mapping[str, int]:
        """Return the most gear that may be aboard: what the team's car holds, or is loaded with."""
        if shift.gear is None:
            return self.gear
        kinds = {**self.gear, **shift.gear}
        return {kind: max(self.gear.get(kind, 0), shift.gear.get(kind, 0)) for kind in kinds}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A job that must stay with a team on a shift, and near a time if one is given.

    The time may shift by `tolerance_s` either way, as a person would still call it kept.
    """

    job_id: str
    team_id: str
    shift: int
    start_at: datetime | None = None
    tolerance_s: int = 15 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Two jobs tied in time: `then` begins between `lag_from_s` and `lag_to_s` after `first`.

    Both zero means two teams at once; zero and a long time means A before B. A job may have several
    links: chains, several teams at once, and what follows them. All that hang together are served,
    or none; where the lags leave time for it, one team may do several of them.
    """

    first: str
    then: str
    lag_from_s: int = 0
    lag_to_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Visits of one customer that are planned together: on which days, if possible by one team.

    `patterns` are the allowed combinations of days, a day for each job. Without them any days in
    the order of the jobs do that lie `gap_from_days` to `gap_to_days` apart. A visit's day is the
    one on which the team's shift begins, also where the night is over when it is made.
    """

    id: str
    job_ids: tuple[str, ...]
    patterns: tuple[tuple[date, ...], ...] = ()
    gap_from_days: int = 1
    gap_to_days: int = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What things cost, in seconds of travel. The objective is their weighted sum.

    Lateness is priced steeply up to `late_most_share` of what leaving the job out costs, and gently
    beyond, up to `late_rest_share` over a week: to come late is always better than never to come.
    What was late before the first shift began cannot be helped and is not priced. All of a wait
    costs at most `wait_most_share` of what leaving the job out does.
    """

    unassigned_must: float = 400_000
    unassigned_should: float = 60_000
    unassigned_may: float = 15_000
    late_per_s: float = 4.0
    late_most_share: float = 0.5
    late_rest_share: float = 0.25
    wait_most_share: float = 0.2
    overtime_per_s: float = 3.0
    travel_per_s: float = 1.0
    other_team: float = 1_200
    """A customer is served by another team than the one he knows."""
    series_team: float = 1_200
    """Each further team that serves one customer's series."""
    balance: float = 0.0
    """Per second of work × share of the team's time on duty: equal shares cost least."""

    def unassigned(self, priority: Priority) -> float:
        """Return what it costs to leave a job out."""
        return {
            Priority.MUST: self.unassigned_must,
            Priority.SHOULD: self.unassigned_should,
            Priority.MAY: self.unassigned_may,
        }[priority]

    def worth(self, job: Job) -> float:
        """Return what it costs to leave a job out: its own value, or its priority's weight."""
        return self.unassigned(job.priority) if job.value is None else job.value

    def wait(self, wait_s: float, job: Job) -> float:
        """Return what it costs to begin a job `wait_s` after anybody could begin anything."""
        return min(wait_s * job.wait_per_s, self.wait_most_share * self.worth(job))

    def late(self, late_s: float, job: Job) -> float:
        """Return what it costs to begin a job `late_s` after its promise."""
        worth = self.worth(job)
        per_s = self.late_per_s if job.late_per_s is None else job.late_per_s
        steep = min(late_s * per_s, self.late_most_share * worth)
        return steep + late_s * self.late_rest_share * worth / WEEK_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """All that a plan is made from; `split_lines` makes the parts of lines jobs."""

    jobs: tuple[Job, ...]
    teams: tuple[Team, ...]
    travel: Travel = field(default_factory=GreatCircle)
    locks: tuple[Lock, ...] = ()
    links: tuple[Link, ...] = ()
    series: tuple[Series, ...] = ()
    weights: Weights = Weights()
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One line of a route. Setting up on a line counts as travel: `arrive_at` is when it is done.

    `is_turned`: the work goes from the job's `ends_at` to its `at`.
    """

    job_id: str
    arrive_at: datetime
    start_at: datetime
    depart_at: datetime
    travel_s: int
    travel_m: int
    late_s: int
    why: str
    is_turned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What a team does on one shift, in order, and the least gear with which it can set off."""

    team_id: str
    shift: int
    stops: tuple[Stop, ...]
    leave_at: datetime
    return_at: datetime
    lunch_at: datetime | None
    travel_s: int
    travel_m: int
    overtime_s: int
    gear: Mapping[str, int] = field(default_factory=dict[str, int])


class ReasonCode(StrEnum):
    """What keeps a job out of every route."""

    NO_TEAM = "no_team"
    NO_SKILL = "no_skill"
    NOT_ALLOWED = "not_allowed"
    NO_GEAR = "no_gear"
    OUTSIDE_SHIFTS = "outside_shifts"
    TOO_LONG = "too_long"
    CUT_OFF = "cut_off"
    FULL = "full"
    GEAR_OUT = "gear_out"
    LUNCH = "lunch"
    HOURS = "hours"
    WINDOW = "window"
    NOT_WORTH = "not_worth"
    LOCK = "lock"
    TIED = "tied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A binding constraint, in words."""

    code: ReasonCode
    words: str


class FixKind(StrEnum):
    """What could be changed to fit a job in."""

    WINDOW = "window"
    OVERTIME = "overtime"
    SKILL = "skill"
    TEAM = "team"
    GEAR = "gear"
    DISPLACE = "displace"
    ANOTHER_DAY = "another_day"
    ANYWAY = "anyway"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A change that was found to fit the job, and its price in weighted seconds.

    `amount` is seconds of overtime; `items` are skills, gear or the displaced job; `opens_at` is
    when the shift begins that another day would open. `effort_s` is the part of the price that is
    for asking; the rest is what the objective grows by.
    """

    kind: FixKind
    words: str
    price_s: float
    team_id: str
    shift: int
    amount: int = 0
    items: tuple[str, ...] = ()
    start_at: datetime | None = None
    opens_at: datetime | None = None
    effort_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Unassigned:
    """A job that the plan leaves out, why, and what would help: the cheapest fix, then others."""

    job_id: str
    reasons: tuple[Reason, ...]
    fix: Fix | None
    others: tuple[Fix, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """The parts of the objective: plain figures first, then the weighted total."""

    unassigned_must: int
    unassigned_should: int
    unassigned_may: int
    late_s: int
    overtime_s: int
    travel_s: int
    other_team: int
    series_teams: int = 0
    balance: float = 0.0
    waiting: float = 0.0
    """What waits cost, in weighted seconds."""
    total: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Routes, what is left out, what it costs, and how it was made."""

    routes: tuple[Route, ...]
    unassigned: tuple[Unassigned, ...]
    objective: Objective
    seed: int
    iterations: int
    version: str = VERSION

    def stop_of(self, job_id: str) -> tuple[Route, Stop] | None:
        """Return where a job stands in the plan, or None."""
        for route in self.routes:
            for stop in route.stops:
                if stop.job_id == job_id:
                    return route, stop
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """What no plan can beat: the weighted objective, and how many musts are left out.

    `methods` say how each was proven: the total, then the musts.
    """

    total: float
    unassigned_must: int
    methods: tuple[str, str]
