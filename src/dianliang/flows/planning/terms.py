"""What holds in an emergency in place of the teams' ordinary day: kept with the plan."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from dianliang.domain.mobilisation.models import Dispatch, Task
from dianliang.domain.mobilisation.tasks import LATE_PER_S, WAIT_PER_S
from dianliang.domain.work.models import Job, Plan
from dianliang.domain.work.operations.plans import UnableToPlanError
from dianliang.flows.planning.relaxing import Lane
from dianliang.flows.planning.slowness import AS_PLANNED, Slowness
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import Phrase, kept, phrase_of

MOST_DISPATCHED = 10_000
"""Tasks of one incident that are planned together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """A team gets its gear before anything else: on which day, and when it has the last of it."""

    on: date
    at: GeoPoint
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The shifts, gear and gathering places of the teams of an incident.

    `windows` is when a team works on a day: the shift that begins on it, also where it lasts until
    the next; without one it rests. `pieces` are numbers of gear by
    team and kind, besides what a team has on its car. `places` is where teams begin and end, if
    not at their base; `fetches` where they go for gear before a shift. `shares` is the day of the
    shift that takes a piece along: what is not in it is the first shift's. `limited` says in words
    why a team works less than it could. `gone` are pieces that failed or are set up: they are not
    handed out again. `slowness` is how slow ways and work were reckoned with.
    """

    incident: str
    windows: Mapping[Lane, TimeWindow]
    pieces: Mapping[str, Mapping[str, tuple[str, ...]]] = field(
        default_factory=dict[str, Mapping[str, tuple[str, ...]]]
    )
    places: Mapping[str, tuple[str, GeoPoint]] = field(
        default_factory=dict[str, tuple[str, GeoPoint]]
    )
    fetches: Mapping[str, tuple[Fetch, ...]] = field(default_factory=dict[str, tuple[Fetch, ...]])
    shares: Mapping[str, date] = field(default_factory=dict[str, date])
    limited: Mapping[str, str] = field(default_factory=dict[str, str])
    gone: tuple[str, ...] = ()
    slowness: Slowness = AS_PLANNED

    def days_at(self, at: datetime) -> dict[str, date]:
        """Return the day of the shift that each team is in at an instant, or comes to next."""
        found: dict[str, tuple[datetime, date]] = {}
        for (code, on), window in self.windows.items():
            if window.end > at:
                found[code] = min(found.get(code, (window.start, on)), (window.start, on))
        return {code: on for code, (_, on) in found.items()}

    def fetch_on(self, code: str, on: date) -> Fetch | None:
        """Return what a team fetches before its shift of a day, if anything."""
        return next((fetch for fetch in self.fetches.get(code, ()) if fetch.on == on), None)

    def sets_off_from(self, code: str, on: date, base: GeoPoint) -> GeoPoint:
        """Return where a team begins its shift: where it gets gear, where it gathers, its base."""
        fetch = self.fetch_on(code, on)
        return fetch.at if fetch else self.places.get(code, ("", base))[1]

    def gear_on(
        self, code: str, on: date, own: Mapping[str, Any], *, at: datetime
    ) -> dict[str, int]:
        """Return how much of which gear a shift takes along, with what the team has on its car.

        What an earlier shift did not set up the first shift that is not over has with it.
        """
        taken = {kind: int(count) for kind, count in own.items()}
        ahead = sorted(
            d for (team, d), span in self.windows.items() if team == code and span.end > at
        )
        for kind, numbers in self.pieces.get(code, {}).items():
            days = [self.shares.get(number) for number in numbers]
            count = days.count(on)
            if ahead and on == ahead[0]:
                count += sum(day not in ahead for day in days)
            taken[kind] = taken.get(kind, 0) + count
        return taken

    def stored(self) -> dict[str, Any]:
        """Return it as it is kept with a plan."""
        return {
            "incident": self.incident,
            "windows": [
                [code, on.isoformat(), window.start.isoformat(), window.end.isoformat()]
                for (code, on), window in self.windows.items()
            ],
            "pieces": {
                code: {kind: list(numbers) for kind, numbers in kinds.items()}
                for code, kinds in self.pieces.items()
            },
            "places": {code: [name, at.lat, at.lon] for code, (name, at) in self.places.items()},
            "fetches": {
                code: [
                    [one.on.isoformat(), one.at.lat, one.at.lon, one.until.isoformat()]
                    for one in own
                ]
                for code, own in self.fetches.items()
            },
            "shares": {number: on.isoformat() for number, on in self.shares.items()},
            "limited": {code: kept(words) for code, words in self.limited.items()},
            "gone": list(self.gone),
            "slowness": [self.slowness.ways, self.slowness.work],
        }


ORDINARY = Terms(incident="", windows={})
"""What holds where nothing special does: gear on the car, bases."""


def terms_of(outcome: Mapping[str, Any] | None) -> Terms | None:
    """Return the terms that are kept with a plan; None for an ordinary one."""
    body = (outcome or {}).get("terms")
    if not body:
        return None
    return Terms(
        incident=body["incident"],
        windows={
            (code, date.fromisoformat(on)): TimeWindow(
                datetime.fromisoformat(start), datetime.fromisoformat(end)
            )
            for code, on, start, end in body["windows"]
        },
        pieces={
            code: {kind: tuple(numbers) for kind, numbers in kinds.items()}
            for code, kinds in body["pieces"].items()
        },
        places={
            code: (name, GeoPoint(lat, lon)) for code, (name, lat, lon) in body["places"].items()
        },
        fetches={
            code: tuple(_fetch(*one) for one in (own if isinstance(own[0], list) else [own]))
            for code, own in body.get("fetches", {}).items()
        },
        shares={n: date.fromisoformat(on) for n, on in body.get("shares", {}).items()},
        limited={code: phrase_of(words) for code, words in body["limited"].items()},
        gone=tuple(body["gone"]),
        slowness=Slowness(*body.get("slowness", ())),
    )


def _fetch(on: str, lat: float, lon: float, until: str) -> Fetch:
    return Fetch(
        on=date.fromisoformat(on), at=GeoPoint(lat, lon), until=datetime.fromisoformat(until)
    )


def first_open(terms: Terms | None, *, at: datetime) -> date:
    """Return the first day that is not over: yesterday, while a shift that began then goes on."""
    today = at.astimezone(SHANGHAI).date()
    found: date = min([today, *(terms.days_at(at).values() if terms else ())])
    return found


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What it costs to leave a job out, and each second of lateness and of its wait.

    None means what its priority says. Its work takes `slower` times as long as its figure.
    """

    worth: float | None = None
    late_per_s: float | None = None
    wait_per_s: float = 0.0
    slower: float = 1.0

    def lasts(self, job: Job) -> timedelta:
        """Return how long a job is reckoned to take, in whole seconds."""
        return timedelta(seconds=round(60 * job.duration_min * self.slower))


def reckonings(terms: Terms | None, jobs: Mapping[str, Job]) -> dict[str, Reckoning]:
    """Return how an incident reckons with its jobs; of others their priority says it.

    Parts of a line wait for no price, who works along it does one after the other in any order,
    and a line's rate is the crew's.
    """
    if terms is None:
        return {}
    rows = Task.objects.filter(incident__number=terms.incident)
    return {
        number: _reckoned(worth, rank, terms.slowness, is_line=line is not None)
        for number, worth, rank, line in rows.values_list("job__number", "worth", "rank", "line")
        if number in jobs
    }


def _reckoned(worth: float, rank: str, slowness: Slowness, *, is_line: bool) -> Reckoning:
    late_per_s = LATE_PER_S[rank]
    if is_line:
        return Reckoning(worth, late_per_s)
    wait_per_s = WAIT_PER_S[rank]
    return Reckoning(worth, late_per_s - wait_per_s, wait_per_s, slowness.work)


def refuse_if_dispatch(plan: Plan) -> None:
    """Check that a plan is an ordinary one.

    Raises:
        UnableToPlanError: it is the plan of an incident, which is changed on its own page.
    """
    terms = terms_of(plan.outcome)
    if terms is not None:
        raise UnableToPlanError(
            Phrase(
                "这是事件 %(incident)s 的抢险调度，请到“应急 → 事件 → 抢险调度”里报情况。",
                incident=terms.incident,
            )
        )


def refuse_if_what_if(plan: Plan) -> None:
    """Check that a plan may be put in force.

    Raises:
        UnableToPlanError: it only asks what if.
    """
    if Dispatch.objects.filter(plan=plan, is_what_if=True).exists():
        raise UnableToPlanError("这是推演，不能生效。条件成真后，请另拟一份方案。")
