"""Who is there on which day of a plan, which visits they have, and where they stand now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from dianliang.domain.work.lifecycle import VISIT_COMMITTED, VISIT_OPEN
from dianliang.domain.work.models import Job, Visit
from dianliang.domain.workforce.models import Team
from dianliang.domain.workforce.queries import TeamOnDuty, teams_on_duty
from dianliang.engines import routing
from dianliang.flows.planning.happened import NOTHING, Happened
from dianliang.flows.planning.relaxing import Lane, opened_days
from dianliang.flows.planning.terms import ORDINARY, Fetch, Terms, first_open
from dianliang.flows.planning.whereabouts import arrivals, places_now
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow

SPARE_DAYS = 2
"""How many days after the plan may be offered for what fits nowhere."""
ROUND_S = 5 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be planned: jobs, teams, days, what was decided, what is locked, what happened.

    Confirmed visits of jobs in `eased` may move; nobody comes to a job before its floor.
    """

    jobs: Sequence[Job]
    teams: Sequence[Team]
    first_on: date
    last_on: date
    relaxations: Sequence[dict[str, Any]] = ()
    locked: dict[str, tuple[str, date, datetime]] = field(default_factory=dict)
    happened: Happened = NOTHING
    eased: frozenset[str] = frozenset()
    floors: dict[str, datetime] = field(default_factory=dict)
    lunched: dict[Lane, datetime] = field(default_factory=dict)
    """Until when teams have, or had, the lunch that has begun."""
    terms: Terms | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Who is there on which day, which visits they have, and where they stand now."""

    at: datetime
    days: tuple[date, ...]
    last_on: date
    opened: dict[Lane, frozenset[str]]
    duty: dict[Lane, TeamOnDuty]
    busy: frozenset[Lane]
    committed: dict[str, Visit]
    lost: Mapping[Lane, datetime]
    lunched: Mapping[Lane, datetime]
    day_now: dict[str, date]
    """The day of the shift that each team is in, or comes to next."""
    place_now: dict[str, GeoPoint]
    arrives_at: dict[str, datetime]
    """When a team that is on the way can be where it is going."""
    terms: Terms | None

    @classmethod
    def of(
        cls,
        asked: Asked,
        jobs: dict[str, Job],
        teams: dict[str, Team],
        *,
        travel: routing.Travel,
        at: datetime,
    ) -> "Scene":
        """Read the duty and the visits of the teams in few queries per day."""
        first = first_open(asked.terms, at=at)
        now = dict.fromkeys(teams, at.astimezone(SHANGHAI).date())
        now |= asked.terms.days_at(at) if asked.terms else {}
        length = (asked.last_on - asked.first_on).days + 1
        whole = [asked.first_on + timedelta(days=i) for i in range(length + SPARE_DAYS)]
        opened = opened_days(asked.relaxations)
        around = sorted({day for day in whole if day >= first} | {day for _, day in opened})
        duty = {
            (row.team.code, day): row
            for day in around
            for row in teams_on_duty(teams=list(teams.values()), on=day)
        }
        visits = Visit.objects.filter(team__in=teams.values(), on__in=around)
        taken = visits.filter(status__in=VISIT_OPEN).values_list("team__code", "on")
        committed = Visit.objects.filter(
            job__in=[job.pk for job in jobs.values()], status__in=VISIT_COMMITTED
        ).select_related("job", "team")
        terms = asked.terms or ORDINARY
        homes = {
            code: terms.sets_off_from(code, now[code], GeoPoint(team.base_lat, team.base_lon))
            for code, team in teams.items()
        }
        return cls(
            at=at,
            days=tuple(day for day in whole[:length] if day >= first),
            last_on=asked.last_on,
            opened=opened,
            duty=duty,
            busy=frozenset(taken),
            committed={v.job.number: v for v in committed if not is_eased(v, asked)},
            lost=asked.happened.lost,
            lunched=asked.lunched,
            day_now=now,
            place_now=places_now(visits, days=now),
            arrives_at=arrivals(visits, days=now, homes=homes, travel=travel),
            terms=asked.terms,
        )

    def present(self, code: str) -> tuple[date, ...]:
        """Return the days of the plan, and opened ones, on which a team can still start."""
        wanted = {*self.days, *(day for team, day in self.opened if team == code)}
        return tuple(day for day in sorted(wanted) if self._can_start(code, day))

    def spare(self, code: str) -> tuple[date, ...]:
        """Return days after the plan on which a team is there and has nothing yet."""
        after = sorted(day for team, day in self.duty if team == code and day > self.last_on)
        return tuple(
            day
            for day in after
            if self._can_start(code, day) and (code, day) not in self.opened.keys() | self.busy
        )

    def starts_at(self, team: Team, day: date) -> datetime:
        """Return when a team can start: with its shift, never in the past or on its way."""
        begin = self._shift(team, day).start
        begin = max(begin, self.lunched.get((team.code, day), begin))
        fetch = self._fetch(team, day)
        begin = max(begin, fetch.until) if fetch else begin
        if day == self.day_now[team.code]:
            begin = max(begin, self.arrives_at.get(team.code, begin))
        late_s = (self.at - begin).total_seconds()
        if late_s <= 0:
            return begin
        return begin + timedelta(seconds=-(-late_s // ROUND_S) * ROUND_S)

    def start_of(self, team: Team, day: date, base: GeoPoint) -> GeoPoint:
        """Return where a team starts: where it gets its gear, where it is now, or at its base."""
        fetch = self._fetch(team, day)
        if fetch and self.at < fetch.until:
            return fetch.at
        is_now = day == self.day_now[team.code]
        return self.place_now.get(team.code, fetch.at if fetch else base) if is_now else base

    def _fetch(self, team: Team, day: date) -> Fetch | None:
        return self.terms.fetch_on(team.code, day) if self.terms else None

    def ends_at(self, team: Team, day: date) -> datetime:
        """Return when a team must be back: at the end of its shift, or when it is lost."""
        ends = self._shift(team, day).end
        return min(ends, self.lost.get((team.code, day), ends))

    def _shift(self, team: Team, day: date) -> TimeWindow:
        if self.terms:
            return self.terms.windows[team.code, day]
        begin, end = (
            datetime.combine(day, at, SHANGHAI) for at in (team.shift_starts, team.shift_ends)
        )
        return TimeWindow(begin, end)

    @property
    def spent_s(self) -> dict[str, int]:
        """Return how long the visits that teams are at have been under way."""
        return {
            number: max(0, round((self.at - visit.arrived_at).total_seconds()))
            for number, visit in self.committed.items()
            if visit.status == "ARRIVED" and visit.arrived_at
        }

    def _can_start(self, code: str, day: date) -> bool:
        duty = self.duty.get((code, day))
        if duty is None or not duty.is_staffed:
            return False
        if self.terms and (code, day) not in self.terms.windows:
            return False
        return self.starts_at(duty.team, day) < self.ends_at(duty.team, day)


def is_eased(visit: Visit, asked: Asked) -> bool:
    """Tell whether a confirmed visit may move: begun ones may only if their team is lost."""
    if visit.job.number not in asked.eased:
        return False
    lane = (visit.team.code, visit.on)
    is_stranded = visit.status == "EN_ROUTE" and lane in asked.happened.lost
    return visit.status == "ACCEPTED" or is_stranded
