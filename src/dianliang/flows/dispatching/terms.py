"""The terms of a dispatch: lawful shifts of its teams, the gear they take, where they gather."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from dianliang.domain.incidents.models import Incident
from dianliang.domain.mobilisation import stretches, tasks, teams
from dianliang.domain.mobilisation.loading import AROUND_S, Crew, Demand, Piece, load
from dianliang.domain.mobilisation.models import Assignment, Task
from dianliang.domain.mobilisation.stretches import Pace
from dianliang.domain.resources.models import Store
from dianliang.domain.work.models import Plan, Visit
from dianliang.domain.workforce.models import Team
from dianliang.domain.workforce.queries import teams_on_duty
from dianliang.flows.dispatching.fetching import fetching
from dianliang.flows.planning import roads
from dianliang.flows.planning.slowness import learnt
from dianliang.flows.planning.terms import Terms, terms_of
from dianliang.flows.planning.whereabouts import places_now
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import Phrase, joined

SENT = ("ASSIGNED", "STANDBY", "MOBILISED", "IN_ACTION")
"""A request in these states has its gear and its teams for the incident."""
Pieces = Mapping[str, Mapping[str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When the incident is worked on: from, how long, how long on and off, in one or two halves."""

    window: TimeWindow
    pace: Pace
    is_halved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """The gear that is there for an incident, with pieces that only a what-if has.

    `kinds` counts what is really there, by name.
    """

    pieces: tuple[Piece, ...]
    kinds: Mapping[str, int] = field(default_factory=dict[str, int])


def teams_for(incident: Incident) -> list[Team]:
    """Return the teams of an incident: put to it, or sent on a request for it."""
    sent = Assignment.objects.filter(
        request__incident=incident, request__status__in=SENT, team__isnull=False, ended_at=None
    ).values("team")
    rows = Team.objects.filter(pk__in=incident.teams.values("pk")) | Team.objects.filter(
        pk__in=sent
    )
    return list(rows.filter(is_active=True).distinct().select_related("unit").order_by("code"))


def supply_for(incident: Incident) -> Supply:
    """Return the gear that requests for an incident hold now."""
    rows = Assignment.objects.filter(
        request__incident=incident, request__status__in=SENT, resource__isnull=False, ended_at=None
    ).select_related("resource__kind", "request")
    found = [row for row in rows.order_by("pk") if row.resource is not None]
    return Supply(
        pieces=tuple(
            Piece(
                number=row.resource.number,
                kind=row.resource.kind.code,
                capacity=row.resource.capacity,
                at=GeoPoint(row.request.lat, row.request.lon),
                place=row.request.place,
            )
            for row in found
            if row.resource is not None
        ),
        kinds=Counter(row.resource.kind.name for row in found if row.resource is not None),
    )


def terms_for(
    incident: Incident,
    chosen: Sequence[Team],
    hours: Hours,
    *,
    supply: Supply,
    stores: Sequence[Store] = (),
    at: datetime,
) -> Terms:
    """Return the terms of a new dispatch, after what the one in force has already used up."""
    live = tasks.in_force(incident)
    before = terms_of(live.plan.outcome) if live else None
    windows, limited = _windows(chosen, hours, before=before, at=at)
    places = _gathering(chosen, stores)
    working = {code for code, _ in windows}
    days = Terms(incident=incident.number, windows=windows).days_at(at)
    crews = _crews([t for t in chosen if t.code in working], places, days, windows, at)
    used = {*(placed(live.plan) if live else ()), *(before.gone if before else ())}
    free = [piece for piece in supply.pieces if piece.number not in used]
    held = {
        code: sorts
        for code, sorts in without(before.pieces if before else {}, used).items()
        if code in working
    }
    known = {n for sorts in held.values() for own in sorts.values() for n in own}
    loaded = load(
        demands_of(tasks.tasks_of(incident).filter(kind__isnull=False)),
        [piece for piece in free if piece.number not in known],
        crews,
        carried=held,
        shares=before.shares if before else None,
    )
    got = fetching(loaded, free, crews, windows, known=known, at=at)
    return Terms(
        incident=incident.number,
        windows=windows,
        pieces=got.loads,
        places=places,
        fetches=got.fetches,
        shares=got.shares,
        limited=joined_words(limited, got.words),
        gone=tuple(sorted(used)),
        slowness=learnt(incident.number, travel=roads.ways().travel),
    )


def joined_words(words: Mapping[str, str], more: Mapping[str, str]) -> dict[str, str]:
    """Return what is said of teams with what else is said of them."""
    return {
        code: joined("；", filter(None, (words.get(code), more.get(code))))
        for code in [*words, *(code for code in more if code not in words)]
    }


def demands_of(rows: Iterable[Task]) -> list[Demand]:
    """Return what gear the tasks that are still to be done ask for."""
    return [
        Demand(
            sort=tasks.sort_of(row.kind, row.least_capacity),
            kind=row.kind.code,
            least=row.least_capacity,
            quantity=row.quantity,
            at=GeoPoint(row.job.lat, row.job.lon),
            worth=row.worth,
            skills=frozenset({row.job.skill.code} if row.job.skill else ()),
            duration_s=row.job.duration_min * 60,
            is_laid=row.line_id is not None,
        )
        for row in rows
        if row.kind is not None and row.job.status in {"OPEN", "SCHEDULED"}
    ]


def placed(plan: Plan) -> tuple[str, ...]:
    """Return the pieces that teams have set up under a plan: of each team the first of their sort.

    What was done before the plan was made is no job of it, so none counts twice; a visit that was
    accepted under an earlier plan keeps that one, and its job is this one's all the same.
    """
    terms = terms_of(plan.outcome)
    if terms is None:
        return ()
    done = Visit.objects.filter(
        job__in=plan.jobs.all(), job__task__kind__isnull=False, status="DONE"
    )
    counts: dict[tuple[str, str], int] = {}
    for code, gear in done.values_list("team__code", "job__gear"):
        for sort, count in gear.items():
            counts[code, sort] = counts.get((code, sort), 0) + int(count)
    return tuple(
        number
        for (code, sort), count in counts.items()
        for number in terms.pieces.get(code, {}).get(sort, ())[:count]
    )


def without(pieces: Pieces, gone: Iterable[str]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return what teams carry without some pieces."""
    lost = set(gone)
    return {
        code: {sort: tuple(n for n in numbers if n not in lost) for sort, numbers in sorts.items()}
        for code, sorts in pieces.items()
    }


def crews_of(chosen: Sequence[Team], terms: Terms, *, at: datetime) -> list[Crew]:
    """Return the crews that still work after an instant, where they are and from when free."""
    days = terms.days_at(at)
    here = [team for team in chosen if team.code in days]
    return _crews(here, terms.places, days, terms.windows, at)


def _crews(
    chosen: Sequence[Team],
    places: Mapping[str, tuple[str, GeoPoint]],
    days: Mapping[str, date],
    windows: Mapping[tuple[str, date], TimeWindow],
    at: datetime,
) -> list[Crew]:
    """Return crews as they are on the day of the shift that each is in, or comes to next."""
    shifts: dict[str, list[tuple[date, float]]] = {}
    for (code, on), window in sorted(windows.items()):
        if window.end > at:
            left_s = (window.end - max(window.start, at)).total_seconds() - AROUND_S
            shifts.setdefault(code, []).append((on, left_s))
    today = at.astimezone(SHANGHAI).date()
    days = {team.code: min(days[team.code], today) for team in chosen}
    skills: dict[str, frozenset[str]] = {}
    for on in sorted(set(days.values())):
        own = [team for team in chosen if days[team.code] == on]
        duty = teams_on_duty(teams=own, on=on)
        skills |= {row.team.code: frozenset(row.skill_codes) for row in duty}
    of_teams = Visit.objects.filter(team__in=[team.pk for team in chosen])
    now = places_now(of_teams, days=days)
    busy = of_teams.filter(on__in=set(days.values()), status__in=["EN_ROUTE", "ARRIVED"])
    homes = {
        team.code: places.get(team.code, ("", GeoPoint(team.base_lat, team.base_lon)))[1]
        for team in chosen
    }
    until: dict[str, datetime] = dict(busy.values_list("team__code", "depart_at"))
    return [
        Crew(
            code=team.code,
            at=now.get(team.code, homes[team.code]),
            skills=skills.get(team.code, frozenset()),
            free_at=until.get(team.code),
            shifts=tuple(shifts.get(team.code, ())),
            home=homes[team.code],
        )
        for team in chosen
    ]


def _gathering(chosen: Sequence[Team], stores: Sequence[Store]) -> dict[str, tuple[str, GeoPoint]]:
    """Return where teams gather: the nearest of the chosen places, else at their bases."""
    if not stores:
        return {}
    spots = [(store.name, GeoPoint(store.lat, store.lon)) for store in stores]
    return {
        team.code: min(
            spots, key=lambda spot: spot[1].distance_m(GeoPoint(team.base_lat, team.base_lon))
        )
        for team in chosen
    }


def _windows(
    chosen: Sequence[Team], hours: Hours, *, before: Terms | None, at: datetime
) -> tuple[dict[tuple[str, date], TimeWindow], dict[str, str]]:
    """Return the shift of each team on each day, and in words why a team has less than it could."""
    people = teams.members([team.pk for team in chosen], hours.window)
    hands = teams.hands_of({pk for own in people.values() for pk in own}, hours.window)
    had = _had(before, at=at)
    windows: dict[tuple[str, date], TimeWindow] = {}
    limited: dict[str, str] = {}
    for place, team in enumerate(chosen):
        waits = hours.pace.on if hours.is_halved and place % 2 else timedelta(0)
        worked = had.get(team.code)
        is_out = worked is not None and worked.end > hours.window.start
        start = hours.window.start if is_out else hours.window.start + waits
        if start >= hours.window.end:
            limited[team.code] = Phrase("第二班，时段内轮不到")
            continue
        found = stretches.stretches(
            [hands[pk] for pk in people.get(team.pk, ())],
            TimeWindow(start, hours.window.end),
            pace=hours.pace,
            had=worked,
        )
        for day, window in stretches.days_of(found).items():
            windows[team.code, day] = window
        words = _limited(found, start, rest=hours.pace.rest, is_rested=worked is None)
        if words:
            limited[team.code] = words
    return windows, limited


def _had(before: Terms | None, *, at: datetime) -> dict[str, TimeWindow]:
    """Return the last stretch that each team has begun under the dispatch in force."""
    spans: dict[str, list[TimeWindow]] = {}
    for (code, _), window in (before.windows if before else {}).items():
        spans.setdefault(code, []).append(window)
    begun = {
        code: [span for span in stretches.joined(own) if span.start <= at]
        for code, own in spans.items()
    }
    return {code: own[-1] for code, own in begun.items() if own}


def _limited(
    found: Sequence[TimeWindow], start: datetime, *, rest: timedelta, is_rested: bool
) -> str:
    if not found:
        return Phrase("没有人排得出一班：请假、另有值班，或休息时间不够")
    if found[0].start > start:
        told = found[0].start.astimezone(SHANGHAI)
        why = Phrase("另有值班或请假") if is_rested else Phrase("前一班之后要休息")
        return Phrase(
            "%(at)s 起上：%(why)s（休息 %(h)s 小时）",
            at=f"{told:%m-%d %H:%M}",
            why=why,
            h=f"{rest.total_seconds() / 3600:g}",
        )
    return ""
