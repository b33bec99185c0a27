"""A team's day as the phone keeps it: the route, each visit's sheet, and no more than it needs."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from urllib.parse import quote, urlencode

from dianliang.domain.catalog import inspecting
from dianliang.domain.catalog.models import HazardClass, Party
from dianliang.domain.customers.advice import outage_advice
from dianliang.domain.customers.models import Customer
from dianliang.domain.intake.models import NeedJob
from dianliang.domain.key_customers.following import STATE_LABELS
from dianliang.domain.linewatch.queries import events as watch_queries
from dianliang.domain.linewatch.queries.events import OnSite
from dianliang.domain.safety import queries as safety_queries
from dianliang.domain.safety.queries import ToCheck
from dianliang.domain.territory.models import Area
from dianliang.domain.work import phone_keys
from dianliang.domain.work.models import Job, Visit
from dianliang.domain.work.queries import visits as visit_queries
from dianliang.domain.work.queries.visits import Stop
from dianliang.flows import briefing, calling, crewday
from dianliang.flows.briefing import Past, Why
from dianliang.flows.command import closing, positions
from dianliang.flows.command.closing import TaskNote
from dianliang.flows.command.positions import Tracking
from dianliang.flows.crewday import TeamDay
from dianliang.flows.dispatching.shiftday import shift_day
from dianliang.flows.phone_activities import SessionSheet, sessions_of_day
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.coordinates import to_gcj02
from dianliang.kernel.geo import GeoPoint

LEFT_OVER_DAYS = 3
KEPT_ON_PHONE = phone_keys.LIFE
PLACES_MAX = 60
GROUND_MAX = 1500
MEALS_H = ((10.5, 14.5), (22.5, 26.5))
"""Around noon, and around midnight for a shift through the night."""
MARGIN_DEG = 0.03
"""About three kilometres around the route, for names on the map."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Care:
    """What is due to a special customer, for the team that is on its way to him only.

    The password is there on the day of the visit alone: a visit left over from another day has
    none until it is planned anew.
    """

    kind: str
    level: int
    password: str
    key_holder: str
    formats: tuple[str, ...]
    outage_note: str
    advice: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedNote:
    """What somebody asked for, in his own words."""

    number: str
    text: str
    is_danger: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Navigation:
    """Links that open a map app: AutoNavi takes GCJ-02, the geo URI of RFC 5870 WGS 84."""

    amap: str
    geo: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One visit with all that its team may see of it."""

    stop: Stop
    is_open: bool
    has_lunch_before: bool
    contacts: tuple[calling.Contact, ...]
    care: Care | None
    needs: tuple[NeedNote, ...]
    navigation: Navigation
    why: tuple[Why, ...]
    past: tuple[Past, ...]
    inspection: str
    is_inspected: bool
    hazards: tuple[ToCheck, ...]
    watched: tuple[OnSite, ...]
    task: TaskNote | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A name on the map."""

    code: str
    name: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """All that a phone keeps until `expires_at`: of tomorrow only where and when, and no person.

    `on` is the day of the shift; where an incident says so, `until` is when the shift ends.
    `ground` is where the county's villages are: its map is drawn from them, without a network.
    `tracking` says for which incident the phone tells where it is, if its owner agrees.
    """

    on: date
    until: datetime | None
    read_at: datetime
    expires_at: datetime
    actor_id: str
    actor_name: str
    role: str
    person_number: str
    teams: tuple[TeamDay, ...]
    sheets: tuple[Sheet, ...]
    places: tuple[Place, ...]
    ground: tuple[tuple[float, float], ...]
    verbs: dict[str, list[dict[str, str]]]
    sessions: tuple[SessionSheet, ...]
    checklists: dict[str, inspecting.Sheet]
    parties: dict[str, str]
    classes: dict[str, str]
    supplies: dict[str, str]
    tracking: Tracking | None


def day(*, by: Actor, at: datetime) -> Day:
    """Return what the actor's teams have before them on the day of their shift and the next."""
    shift = shift_day(by=by, at=at)
    on = shift.on
    tomorrow = on + timedelta(days=1)
    today_codes = shift.codes
    stops = visit_queries.route(
        today_codes,
        first_on=on,
        last_on=tomorrow,
        left_over_since=on - timedelta(days=LEFT_OVER_DAYS),
    )
    teams = crewday.team_days(by=by, on=on)
    bases = [GeoPoint(team.base_lat, team.base_lon) for team in teams]
    sheets = _sheets(stops, teams=teams, on=on)
    return Day(
        on=on,
        until=shift.until,
        read_at=at,
        expires_at=at + KEPT_ON_PHONE,
        actor_id=by.id,
        actor_name=by.name,
        role=by.role,
        person_number=by.person_number,
        teams=teams,
        sheets=sheets,
        places=_places([*bases, *(GeoPoint(stop.lat, stop.lon) for stop in stops)]),
        ground=_ground(),
        verbs=visit_queries.verbs(),
        sessions=sessions_of_day(team_codes=today_codes, on=on, by=by),
        checklists=_checklists(sheets),
        parties={value: str(label) for value, label in Party.choices},
        classes={value: str(label) for value, label in HazardClass.choices},
        supplies=dict(STATE_LABELS),
        tracking=positions.tracking_of(codes=today_codes, by=by),
    )


def _checklists(sheets: tuple[Sheet, ...]) -> dict[str, inspecting.Sheet]:
    """Return the checklists that the day's visits fill in, each in the version in force."""
    codes = sorted({sheet.inspection for sheet in sheets if sheet.inspection})
    found = {code: inspecting.current(code) for code in codes}
    return {code: sheet for code, sheet in found.items() if sheet is not None}


def _sheets(stops: tuple[Stop, ...], *, teams: tuple[TeamDay, ...], on: date) -> tuple[Sheet, ...]:
    visits = Visit.objects.filter(number__in=[stop.number for stop in stops])
    rows = {
        row.number: row
        for row in visits.select_related("job__customer", "job__unit", "job__inspects")
    }
    jobs = {number: row.job for number, row in rows.items()}
    inspected = safety_queries.inspected([row.pk for row in rows.values()])
    lunches = {number for team in teams for number in _lunch(stops, team=team)}
    job_ids = [job.pk for job in jobs.values()]
    notes, askers = _needs(job_ids), calling.askers(job_ids)
    held = calling.kept_back(jobs.values())
    whys = briefing.reasons(stops)
    to_check = safety_queries.to_check(job_ids)
    watched = watch_queries.on_site(job_ids)
    tasks = closing.notes(rows.values())
    here = {stop.number for stop in stops if stop.is_open and stop.on <= on}
    past = briefing.past([jobs[number] for number in sorted(here)], on=on)
    stops = tuple(_at_entry(stop, tasks.get(jobs[stop.number].pk)) for stop in stops)
    return tuple(
        Sheet(
            stop=stop,
            is_open=stop.is_open,
            has_lunch_before=stop.number in lunches,
            contacts=calling.contacts(jobs[stop.number], askers, held)
            if stop.number in here
            else (),
            care=_care(jobs[stop.number], is_today=stop.on == on)
            if stop.number in here and jobs[stop.number].pk not in held
            else None,
            needs=notes.get(jobs[stop.number].pk, ()) if stop.on <= on else (),
            navigation=_navigation(stop),
            why=whys[stop.number] if stop.is_open else (),
            past=past.get(jobs[stop.number].pk, ()) if stop.number in here else (),
            inspection=_inspection(jobs[stop.number]) if stop.on <= on else "",
            is_inspected=rows[stop.number].pk in inspected,
            hazards=to_check.get(jobs[stop.number].pk, ()) if stop.number in here else (),
            watched=watched.get(jobs[stop.number].pk, ()) if stop.number in here else (),
            task=tasks.get(jobs[stop.number].pk),
        )
        for stop in stops
    )


def _at_entry(stop: Stop, task: TaskNote | None) -> Stop:
    """Return a stop where its crew begins: with a part of a line, at that end of it."""
    if task is None or task.line is None:
        return stop
    start = task.line.starts_at
    return replace(stop, lat=start.lat, lon=start.lon)


def _inspection(job: Job) -> str:
    return job.inspects.code if job.inspects else ""


def _lunch(stops: Iterable[Stop], *, team: TeamDay) -> Iterable[str]:
    """Name the stops that a meal lies before: the longest wait at its time that is long enough."""
    for on in (team.on, team.on + timedelta(days=1)):
        own = [stop for stop in stops if stop.team_code == team.code and stop.on == on]
        midnight = datetime(on.year, on.month, on.day, tzinfo=SHANGHAI)
        waits = {
            later.number: (later.arrive_at - earlier.depart_at).total_seconds() - later.travel_s
            for earlier, later in pairwise(own)
            for begins, ends in MEALS_H
            if earlier.depart_at < midnight + timedelta(hours=ends)
            and later.arrive_at > midnight + timedelta(hours=begins)
        }
        if waits and max(waits.values()) >= team.lunch_min * 60 > 0:
            yield max(waits, key=lambda number: waits[number])


def _care(job: Job, *, is_today: bool) -> Care | None:
    customer: Customer | None = job.customer
    if customer is None or not customer.special_kind:
        return None
    return Care(
        kind=customer.get_special_kind_display(),
        level=customer.special_level or 1,
        password=customer.visit_password if is_today else "",
        key_holder=customer.key_holder if is_today else "",
        formats=tuple(
            str(label) for code, label in Customer.Format.choices if code in customer.formats
        ),
        outage_note=customer.outage_note,
        advice=outage_advice(customer.special_kind),
    )


def _needs(job_ids: list[int]) -> dict[int, tuple[NeedNote, ...]]:
    found: dict[int, tuple[NeedNote, ...]] = {}
    for part in NeedJob.objects.filter(job__in=job_ids).select_related("need"):
        need = part.need
        note = NeedNote(number=need.number, text=need.text, is_danger=need.is_danger)
        found[part.job_id] = (*found.get(part.job_id, ()), note)
    return found


def _navigation(stop: Stop) -> Navigation:
    shifted = to_gcj02(GeoPoint(stop.lat, stop.lon))
    name = (stop.address or stop.title).replace(",", "，")
    query = {
        "to": f"{shifted.lon:.6f},{shifted.lat:.6f},{name}",
        "mode": "car",
        "coordinate": "gaode",
        "callnative": "1",
    }
    here = f"{stop.lat:.6f},{stop.lon:.6f}"
    return Navigation(
        amap=f"https://uri.amap.com/navigation?{urlencode(query, safe=',')}",
        geo=f"geo:{here}?q={here}({quote(name)})",
    )


def _places(points: list[GeoPoint]) -> tuple[Place, ...]:
    """Return villages and townships around a route, so that its map has names without tiles."""
    if not points:
        return ()
    lats, lons = [p.lat for p in points], [p.lon for p in points]
    around = Area.objects.filter(
        level__in=["township", "village"],
        lat__range=(min(lats) - MARGIN_DEG, max(lats) + MARGIN_DEG),
        lon__range=(min(lons) - MARGIN_DEG, max(lons) + MARGIN_DEG),
    ).order_by("level", "code")
    return tuple(
        Place(code=area.code, name=area.name, lat=area.lat, lon=area.lon)
        for area in around[:PLACES_MAX]
        if area.lat is not None and area.lon is not None
    )


def _ground() -> tuple[tuple[float, float], ...]:
    points = (
        Area.objects.filter(level=Area.Level.VILLAGE).order_by("code").values_list("lat", "lon")
    )
    return tuple(
        (round(lat, 4), round(lon, 4))
        for lat, lon in points[:GROUND_MAX]
        if lat is not None and lon is not None
    )
