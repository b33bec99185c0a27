"""Play the days to come and note who is late, and what stood in the way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dianliang.engines.visiting._due import due_on
from dianliang.engines.visiting._model import (
    HORIZON_DAYS,
    LEAD_DAYS,
    Crew,
    Gap,
    Outlook,
    Reason,
    Renewal,
    Ward,
)
from dianliang.kernel.calendar import WorkCalendar

DAY = timedelta(days=1)


@dataclass(slots=True)
class _State:
    """Where a customer stands while the days go by."""

    ward: Ward
    since: date
    due: date
    expires: date | None
    planned: list[tuple[date, str]]
    renewals: list[Renewal]
    obstacle: Reason | None = None

    @property
    def rank(self) -> tuple[date, int, str]:
        """Return whose turn it is: the soonest due, then the closest care."""
        return (self.due, self.ward.level, self.ward.id)

    def lead(self, most_days: int) -> timedelta:
        """Return how early a visit may be made: at most half an interval before its day."""
        return min(most_days, (self.ward.interval_days or 0) // 2) * DAY


def forecast(
    wards: Sequence[Ward],
    crews: Sequence[Crew],
    *,
    on: date,
    calendar: WorkCalendar,
    horizon_days: int = HORIZON_DAYS,
    lead_days: int = LEAD_DAYS,
) -> Outlook:
    """Return who will be overdue from `on` to `on` + `horizon_days`, and why.

    Method: a simulation day by day. In the morning it is noted who is overdue; then planned visits
    are made where their team is there; then each working day the customers who are due within
    `lead_days` (half their interval at most) and have no planned visit are taken on in order of
    due day, level and id, by their own team, or on the due day and later by any able one, as far
    as minutes reach. A level that has expired waits for its renewal. The first lapse of each
    customer is told, with the obstacle on his last possible day. Cost: customers × days.
    """
    gaps = [gap for ward in wards if (gap := _never_due(ward))]
    last = on + (horizon_days + lead_days) * DAY
    started = (_start(ward, calendar=calendar) for ward in wards if _never_due(ward) is None)
    states = [state for state in started if state.due <= last or state.planned]
    by_code = {crew.code: crew for crew in crews}
    told: set[str] = set()
    made: dict[date, int] = {}
    for offset in range(horizon_days + 1):
        day = on + offset * DAY
        for state in states:
            _renew(state, day)
            if state.due < day and state.ward.id not in told:
                told.add(state.ward.id)
                gaps.append(_gap(state, known=by_code, day=day, first=offset == 0))
        made[day] = _keep_plans(states, by_code, day=day, calendar=calendar)
        if calendar.is_working_day(day):
            made[day] += _take_on(states, by_code, day=day, lead_days=lead_days, calendar=calendar)
    gaps.sort(key=lambda gap: (gap.overdue_on or on, gap.level, gap.id))
    return Outlook(gaps=tuple(gaps), made=made)


def _never_due(ward: Ward) -> Gap | None:
    """Return the gap of a customer whom no day reminds of: he is told at once."""
    if ward.since is not None and ward.interval_days:
        return None
    reason = Reason.NO_INTERVAL if ward.has_consent else Reason.NO_CONSENT
    return Gap(id=ward.id, level=ward.level, due_on=None, overdue_on=None, reason=reason)


def _start(ward: Ward, *, calendar: WorkCalendar) -> _State:
    since = ward.since or date.min
    return _State(
        ward=ward,
        since=since,
        due=due_on(since, ward.interval_days or 1, calendar=calendar),
        expires=ward.expires_on,
        planned=sorted(ward.planned),
        renewals=sorted(ward.renewals, key=lambda renewal: renewal.on),
    )


def _renew(state: _State, day: date) -> None:
    while state.renewals and state.renewals[0].on <= day:
        state.expires = state.renewals.pop(0).until


def _visit(state: _State, day: date, *, calendar: WorkCalendar) -> None:
    state.since, state.obstacle = day, None
    state.due = due_on(day, state.ward.interval_days or 1, calendar=calendar)


def _keep_plans(
    states: list[_State], crews: Mapping[str, Crew], *, day: date, calendar: WorkCalendar
) -> int:
    """Make the visits that are planned for a day; those of a team that is away fall through."""
    made = 0
    for state in states:
        if not state.planned:
            continue
        todays = [code for on, code in state.planned if on == day]
        state.planned = [(on, code) for on, code in state.planned if on > day]
        if not todays:
            continue
        if all(code in crews and day in crews[code].absent for code in todays):
            state.obstacle = Reason.TEAM_ABSENT
        elif state.since < day:
            _visit(state, day, calendar=calendar)
            made += 1
    return made


def _take_on(
    states: list[_State],
    crews: Mapping[str, Crew],
    *,
    day: date,
    lead_days: int,
    calendar: WorkCalendar,
) -> int:
    """Let teams take on who is due and has no planned visit, as far as their minutes reach."""
    left = {code: crew.minutes_on(day) for code, crew in crews.items()}
    made = 0
    waiting = [s for s in states if s.since < day and s.due <= day + s.lead(lead_days)]
    for state in sorted(waiting, key=lambda s: s.rank):
        if state.planned or _blocked(state.ward, crews):
            continue
        if state.expires is not None and state.expires < day:
            state.obstacle = Reason.EXPIRED
            continue
        able = [code for code in state.ward.crews if code in crews]
        asked = able if state.due <= day else able[:1]
        taker = next((code for code in asked if left[code] >= state.ward.minutes), None)
        if taker is None:
            is_away = all(day in crews[code].absent for code in asked)
            state.obstacle = Reason.TEAM_ABSENT if is_away else Reason.CAPACITY
            continue
        left[taker] -= state.ward.minutes
        _visit(state, day, calendar=calendar)
        made += 1
    return made


def _blocked(ward: Ward, crews: Mapping[str, Crew]) -> Reason | None:
    """Return what no day can cure."""
    if not ward.has_consent:
        return Reason.NO_CONSENT
    if not ward.has_place:
        return Reason.NO_PLACE
    if not any(code in crews for code in ward.crews):
        return Reason.NO_TEAM
    return None


def _gap(state: _State, *, known: Mapping[str, Crew], day: date, first: bool) -> Gap:
    ward = state.ward
    return Gap(
        id=ward.id,
        level=ward.level,
        due_on=state.due,
        overdue_on=state.due + DAY,
        reason=_reason(state, known=known, day=day, first=first),
    )


def _reason(state: _State, *, known: Mapping[str, Crew], day: date, first: bool) -> Reason:
    """Return the obstacle, the most lasting first."""
    has_expired = state.expires is not None and state.expires < day
    if state.planned:
        return Reason.PLANNED_LATE
    if blocked := _blocked(state.ward, known):
        return blocked
    if first:
        return Reason.EXPIRED if has_expired else Reason.MISSED
    if state.due <= state.since:
        return Reason.TOO_SHORT
    return state.obstacle or Reason.MISSED
