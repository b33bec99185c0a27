"""Who will be overdue: the forecast equals a simulation that was written without looking at it."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.visiting import Crew, Reason, Renewal, Ward, due_on, forecast
from dianliang.kernel.calendar import WorkCalendar

MONDAY = date(2026, 11, 23)
PLAIN = WorkCalendar()
HOLIDAYS = WorkCalendar(
    holidays=frozenset(MONDAY + timedelta(days=n) for n in (7, 8, 9)),
    make_up_days=frozenset({MONDAY + timedelta(days=5)}),
)


def at(offset):
    return MONDAY + timedelta(days=offset)


def ward(name="甲", *, last=-20, interval=30, **fields):
    since = None if last is None else at(last)
    known = {"level": 2, "crews": ("A",), **fields}
    return Ward(id=name, since=since, interval_days=interval, **known)


def crew(code="A", minutes=300, **fields):
    return Crew(code=code, minutes_a_day=minutes, **fields)


ONE = (crew(),)


def look(*wards, crews=ONE, calendar=PLAIN):
    return forecast(wards, crews, on=MONDAY, calendar=calendar)


def why(*wards, **world):
    return {gap.id: gap.reason for gap in look(*wards, **world).gaps}


def test_nobody_is_late_where_a_team_has_time():
    outlook = look(ward("甲"), ward("乙", last=-29), ward("丙", last=-2, interval=7))

    assert outlook.gaps == ()
    assert sum(outlook.made.values()) == 5
    assert outlook.made[at(0)] == 1  # the others are not due for a while


ALWAYS = frozenset(at(n) for n in range(15))


@pytest.mark.parametrize(
    ("who", "world", "reason"),
    [
        (ward(has_consent=False), {}, Reason.NO_CONSENT),
        (ward(last=None, has_consent=False), {}, Reason.NO_CONSENT),
        (ward(interval=None), {}, Reason.NO_INTERVAL),
        (ward(has_place=False), {}, Reason.NO_PLACE),
        (ward(crews=()), {}, Reason.NO_TEAM),
        (ward(crews=("没有",)), {}, Reason.NO_TEAM),
        (ward(expires_on=at(0), last=-22), {}, Reason.EXPIRED),
        (ward(planned=((at(12), "A"),)), {}, Reason.PLANNED_LATE),
        (ward(), {"crews": (crew(absent=ALWAYS),)}, Reason.TEAM_ABSENT),
        (
            ward(planned=((at(9), "A"),)),
            {"crews": (crew(absent=ALWAYS),)},
            Reason.TEAM_ABSENT,
        ),
        (ward(), {"crews": (crew(minutes=29),)}, Reason.CAPACITY),
        (ward(last=-40), {}, Reason.MISSED),
        (ward(last=-3, interval=1, planned=((at(5), "A"),)), {}, Reason.PLANNED_LATE),
    ],
)
def test_the_obstacle_is_named(who, world, reason):
    assert why(who, **world) == {"甲": reason}


def test_an_interval_without_a_working_day_cannot_be_kept():
    """Who is to be seen daily is late on Saturday, whatever a team does."""
    gap = look(ward(last=-1, interval=1)).gaps[0]

    assert (gap.reason, gap.due_on, gap.overdue_on) == (Reason.TOO_SHORT, at(4), at(5))


def test_a_renewal_in_time_takes_the_gap_away():
    expired = ward(last=-22, expires_on=at(-1))
    renewed = ward(last=-22, expires_on=at(-1), renewals=(Renewal(on=at(4), until=at(400)),))

    assert why(expired) == {"甲": Reason.EXPIRED}
    assert why(renewed) == {}


def test_his_own_team_comes_and_another_only_when_the_day_has_come():
    away = frozenset(at(n) for n in range(15))
    crews = (crew("A", absent=away), crew("B"))
    outlook = look(ward(crews=("A", "B"), last=-25), crews=crews)

    assert outlook.gaps == ()
    assert [day for day, made in outlook.made.items() if made] == [at(4)]  # due on a Saturday


def test_the_closest_care_goes_first_where_time_is_short():
    tight = (crew(minutes_left={at(n): 30 if n == 0 else 0 for n in range(15)}),)
    near, far = ward("近", level=1, last=-29), ward("远", level=3, last=-29)

    assert why(far, near, crews=tight) == {"远": Reason.CAPACITY}


# One piece, so that it shares no helper and no order of steps with what it judges.
def naive(wards, crews, *, calendar):  # noqa: C901, PLR0912, PLR0915 (see above)
    """Play the days again, plainly: one table of facts, no shared code."""
    teams = {c.code: c for c in crews}
    last = {w.id: w.since for w in wards}
    ends = {w.id: w.expires_on for w in wards}
    tried, late = {}, {}
    plans = {w.id: set(w.planned) for w in wards}

    def deadline(w):
        best = last[w.id]
        for n in range(1, w.interval_days + 1):
            if calendar.is_working_day(last[w.id] + timedelta(days=n)):
                best = last[w.id] + timedelta(days=n)
        return best

    def early(w):
        return timedelta(days=min(7, w.interval_days // 2))

    def hopeless(w):
        if not w.has_consent:
            return Reason.NO_CONSENT
        if not w.has_place:
            return Reason.NO_PLACE
        return None if set(w.crews) & set(teams) else Reason.NO_TEAM

    for w in wards:
        if w.since is None or not w.interval_days:
            late[w.id] = (None, Reason.NO_INTERVAL if w.has_consent else Reason.NO_CONSENT)
    active = [w for w in wards if w.id not in late]
    for n in range(15):
        day = at(n)
        for w in active:
            due_renewals = [r for r in w.renewals if r.on <= day]
            if due_renewals:
                ends[w.id] = max(due_renewals, key=lambda r: r.on).until
            if deadline(w) < day and w.id not in late:
                ended = ends[w.id] is not None and ends[w.id] < day
                if any(on >= day for on, _ in plans[w.id]):
                    reason = Reason.PLANNED_LATE
                elif hopeless(w):
                    reason = hopeless(w)
                elif n == 0:
                    reason = Reason.EXPIRED if ended else Reason.MISSED
                elif deadline(w) == last[w.id]:
                    reason = Reason.TOO_SHORT
                else:
                    reason = tried.get(w.id, Reason.MISSED)
                late[w.id] = (deadline(w) + timedelta(days=1), reason)
        for w in active:
            coming = [code for on, code in plans[w.id] if on == day]
            if coming and last[w.id] < day:
                if any(c not in teams or day not in teams[c].absent for c in coming):
                    last[w.id] = day
                    tried.pop(w.id, None)
                else:
                    tried[w.id] = Reason.TEAM_ABSENT
        if not calendar.is_working_day(day):
            continue
        spare = {c.code: c.minutes_left.get(day, c.minutes_a_day) for c in crews}
        for c in crews:
            if day in c.absent:
                spare[c.code] = 0
        queue = [w for w in active if last[w.id] < day and deadline(w) <= day + early(w)]
        for w in sorted(queue, key=lambda w: (deadline(w), w.level, w.id)):
            if any(on > day for on, _ in plans[w.id]) or hopeless(w):
                continue
            if ends[w.id] and ends[w.id] < day:
                tried[w.id] = Reason.EXPIRED
                continue
            may = [c for c in w.crews if c in teams]
            may = may if deadline(w) <= day else may[:1]
            free = [c for c in may if spare[c] >= w.minutes]
            if free:
                spare[free[0]] -= w.minutes
                last[w.id] = day
                tried.pop(w.id, None)
            elif all(day in teams[c].absent for c in may):
                tried[w.id] = Reason.TEAM_ABSENT
            else:
                tried[w.id] = Reason.CAPACITY
    return late


days = st.integers(-2, 16).map(at)
codes = st.sampled_from(["A", "B", "C"])
wards = st.lists(
    st.builds(
        Ward,
        id=st.uuids().map(str),
        level=st.integers(1, 3),
        since=st.none() | st.integers(-40, 0).map(at),
        interval_days=st.none() | st.integers(1, 40),
        has_consent=st.sampled_from([True, True, True, False]),
        has_place=st.sampled_from([True, True, True, False]),
        expires_on=st.none() | days,
        renewals=st.lists(
            st.builds(Renewal, on=days, until=st.integers(0, 60).map(at)),
            max_size=2,
            unique_by=lambda r: r.on,
        ).map(tuple),
        crews=st.lists(codes, unique=True, max_size=3).map(tuple),
        minutes=st.sampled_from([30, 50, 60]),
        planned=st.lists(st.tuples(st.integers(0, 16).map(at), codes), max_size=2).map(tuple),
    ),
    max_size=7,
    unique_by=lambda w: w.id,
)
teams = st.lists(
    st.builds(
        Crew,
        code=codes,
        minutes_a_day=st.sampled_from([0, 30, 60, 120]),
        minutes_left=st.dictionaries(days, st.sampled_from([0, 30, 60]), max_size=5),
        absent=st.frozensets(days, max_size=10),
    ),
    max_size=3,
    unique_by=lambda c: c.code,
)


@given(wards=wards, crews=teams, calendar=st.sampled_from([PLAIN, HOLIDAYS]))
@settings(max_examples=300, deadline=None)
def test_for_any_visits_absences_and_renewals_it_equals_a_plain_simulation(wards, crews, calendar):
    outlook = forecast(wards, crews, on=MONDAY, calendar=calendar)

    told = {gap.id: (gap.overdue_on, gap.reason) for gap in outlook.gaps}
    assert told == naive(wards, crews, calendar=calendar)
    assert len(outlook.gaps) == len(told)


@given(
    since=st.integers(-60, 60).map(at),
    interval=st.integers(1, 60),
    calendar=st.sampled_from([PLAIN, HOLIDAYS]),
)
def test_a_day_is_due_on_a_working_day_within_the_interval(since, interval, calendar):
    due = due_on(since, interval, calendar=calendar)

    assert since <= due <= since + timedelta(days=interval)
    assert due == since or calendar.is_working_day(due)


@given(wards=wards, crews=teams)
@settings(max_examples=60, deadline=None)
def test_more_time_and_nobody_away_never_makes_a_planless_register_later(wards, crews):
    """A team that is always there with all the time leaves only what no team can cure."""
    bare = [Ward(**{**{f: getattr(w, f) for f in Ward.__slots__}, "planned": ()}) for w in wards]
    plenty = [Crew(code=c.code, minutes_a_day=10_000) for c in crews]
    reasons = {g.reason for g in forecast(bare, plenty, on=MONDAY, calendar=PLAIN).gaps}

    assert not reasons & {Reason.CAPACITY, Reason.TEAM_ABSENT, Reason.PLANNED_LATE}
