"""Who has a charging station within reach, and where the next ones do most (充电覆盖)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dianliang.engines import covering
from dianliang.engines.covering import Choice, Outcome, Place, Problem, Site
from dianliang.flows.energy.inputs import Field, Kind, Row, Sheet, UnusableInputError
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.phrases import Phrase

DETOUR = 1.3
"""Roads are longer than the line as the crow flies; in hills by about a third (a usual figure)."""
DEFAULT = covering.Params()
MOST_PLACES, MOST_SITES = 5_000, 5_000
SHEETS = (
    Sheet(
        key="settings",
        title="设置",
        is_one=True,
        fields=(
            Field(name="within_km", heading="范围（公里）", kind=Kind.NUMBER, example="5"),
            Field(name="within_min", heading="范围（分钟）", kind=Kind.NUMBER),
            Field(name="speed_kmh", heading="车速（公里每小时）", kind=Kind.NUMBER, default=40.0),
            Field(name="detour", heading="绕行系数", kind=Kind.NUMBER, default=DETOUR),
            Field(name="most_new", heading="新建上限（座）", kind=Kind.WHOLE, example="1"),
            Field(name="budget_cny", heading="预算（元）", kind=Kind.NUMBER),
        ),
    ),
    Sheet(
        key="places",
        title="地点",
        fields=(
            Field(name="id", heading="编号", is_needed=True, example="V1|V2|V3"),
            Field(name="name", heading="名称", example="余村|大溪村|石龙村"),
            Field(
                name="lat",
                heading="纬度",
                kind=Kind.NUMBER,
                is_needed=True,
                example="30.51|30.46|30.77",
            ),
            Field(
                name="lon",
                heading="经度",
                kind=Kind.NUMBER,
                is_needed=True,
                example="119.61|119.59|119.76",
            ),
            Field(
                name="weight",
                heading="权重（户）",
                kind=Kind.WHOLE,
                default=1,
                example="420|310|560",
            ),
        ),
    ),
    Sheet(
        key="sites",
        title="站点",
        fields=(
            Field(name="id", heading="编号", is_needed=True, example="S1|S2"),
            Field(name="name", heading="名称", example="镇政府充电站|石龙候选"),
            Field(
                name="lat", heading="纬度", kind=Kind.NUMBER, is_needed=True, example="30.50|30.76"
            ),
            Field(
                name="lon",
                heading="经度",
                kind=Kind.NUMBER,
                is_needed=True,
                example="119.60|119.75",
            ),
            Field(name="is_open", heading="已建", kind=Kind.YES, default=False, example="是|否"),
            Field(
                name="cost_cny",
                heading="费用（元）",
                kind=Kind.NUMBER,
                default=0.0,
                example="|600000",
            ),
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A village or a station with its place; `weight` counts households, `cost_cny` building."""

    id: str
    name: str
    at: GeoPoint
    weight: int = 1
    is_open: bool = False
    cost_cny: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is near enough, in km by road or in minutes, and what may be built."""

    within_km: float | None = None
    within_min: float | None = None
    speed_kmh: float = 40.0
    detour: float = DETOUR
    most_new: int | None = None
    budget_cny: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """A site to open: what it adds to those before it, in households, and which places."""

    id: str
    name: str
    gain: int
    places: tuple[str, ...]
    cost_cny: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Who is reached now and with the new sites; distances by road in km."""

    choice: Choice
    next: tuple[Next, ...]
    before_km: Mapping[str, float]
    after_km: Mapping[str, float]
    outcome: Mapping[str, Outcome]
    nearest: Mapping[str, str]

    @property
    def total(self) -> int:
        """Return the weight of all places."""
        return self.choice.total


def reach(
    places: Sequence[Spot],
    sites: Sequence[Spot],
    limits: Limits,
    params: covering.Params = DEFAULT,
) -> Reach:
    """Choose the new sites that bring most households within reach, best first with its gain.

    Distances are great circles times `detour`; minutes are those at `speed_kmh`. Maximal covering
    (Church and ReVelle 1974), proven.

    Raises:
        UnusableInputError: there is nothing to reach, or a limit or a row cannot be; all are named.
    """
    problem = _problem(places, sites, limits)
    try:
        choice = covering.solve(problem, params)
    except covering.InvalidProblemError as refusal:
        raise UnusableInputError("\n".join(refusal.errors)) from refusal
    names = {site.id: site.name for site in sites}
    return Reach(
        choice=choice,
        next=_in_order(choice, places, sites),
        before_km={one.place_id: one.before for one in choice.findings},
        after_km={one.place_id: one.after for one in choice.findings},
        outcome={one.place_id: one.outcome for one in choice.findings},
        nearest={one.place_id: names.get(one.after_id or "", "") for one in choice.findings},
    )


def checked(places: Sequence[Spot], sites: Sequence[Spot], limits: Limits) -> None:
    """Say what is wrong without choosing any site.

    Raises:
        UnusableInputError: everything that is wrong is named.
    """
    errors = covering.validate(_problem(places, sites, limits))
    if errors:
        raise UnusableInputError("\n".join(errors))


def _problem(places: Sequence[Spot], sites: Sequence[Spot], limits: Limits) -> Problem:
    within_km = _within_km(limits)
    if not places or not sites:
        raise UnusableInputError("至少要有一个地点和一个站点（已建或候选）。")
    if len(places) > MOST_PLACES or len(sites) > MOST_SITES:
        raise UnusableInputError(
            Phrase("地点和站点各最多 %(most)d 个，请按乡镇分开算。", most=MOST_PLACES)
        )
    km = np.array([[one.at.distance_m(site.at) for site in sites] for one in places])
    km *= limits.detour / 1000
    return Problem(
        places=tuple(Place(id=one.id, weight=one.weight) for one in places),
        sites=tuple(Site(id=one.id, is_open=one.is_open, cost_cny=one.cost_cny) for one in sites),
        away=km,
        within=within_km,
        most_new=limits.most_new,
        budget_cny=limits.budget_cny,
    )


def _within_km(limits: Limits) -> float:
    wrong = []
    if limits.within_km is None and limits.within_min is None:
        wrong.append("请填范围：公里或分钟。")
    for value, label in (
        (limits.within_km, "范围（公里）"),
        (limits.within_min, "范围（分钟）"),
        (limits.speed_kmh, "车速"),
    ):
        if value is not None and not 0 < value <= 1000:
            wrong.append(f"{label}应在 0 与 1000 之间。")
    if not 1 <= limits.detour <= 10:
        wrong.append("绕行系数应在 1 与 10 之间。")
    if limits.budget_cny is not None and limits.budget_cny < 0:
        wrong.append("预算应是不小于 0 的数（元）。")
    if wrong:
        raise UnusableInputError("\n".join(wrong))
    by_time = np.inf if limits.within_min is None else limits.within_min / 60 * limits.speed_kmh
    return float(min(np.inf if limits.within_km is None else limits.within_km, by_time))


def _in_order(choice: Choice, places: Sequence[Spot], sites: Sequence[Spot]) -> tuple[Next, ...]:
    """Put the opened sites in the order of what each adds to those before it."""
    weight = {one.id: one.weight for one in places}
    known = {site.id: site for site in sites}
    newly = {one.place_id for one in choice.findings if one.outcome is Outcome.NEWLY}
    left = {one.site_id: newly & set(one.covers) for one in choice.opened}
    found = []
    while left:
        best = max(left, key=lambda site: (sum(weight[one] for one in left[site]), site))
        own = left.pop(best)
        found.append(
            Next(
                id=best,
                name=known[best].name,
                gain=sum(weight[one] for one in own),
                places=tuple(sorted(own)),
                cost_cny=known[best].cost_cny,
            )
        )
        left = {site: rest - own for site, rest in left.items()}
    return tuple(found)


def asked(rows: Mapping[str, list[Row]]) -> tuple[list[Spot], list[Spot], Limits]:
    """Return what a file asks for.

    Raises:
        UnusableInputError: a place is not on this globe; its row is named.
    """
    settings = dict((rows["settings"] or [{}])[0])
    settings.pop("place", None)
    told = {name: value for name, value in settings.items() if value is not None}
    return _spots(rows["places"]), _spots(rows["sites"]), Limits(**told)


def _spots(rows: Sequence[Row]) -> list[Spot]:
    found, wrong = [], []
    for row in rows:
        fields = {name: value for name, value in row.items() if name not in {"place", "lat", "lon"}}
        fields["name"] = fields.get("name") or row["id"]
        try:
            found.append(Spot(at=GeoPoint(row["lat"], row["lon"]), **fields))
        except InvalidInputError as refusal:
            wrong.append(f"{row['place']}：{refusal.message}")
    if wrong:
        raise UnusableInputError("\n".join(wrong))
    return found


def told(found: Reach, places: Sequence[Spot]) -> dict[str, Any]:
    """Return the answer as JSON and workbooks hold it."""
    choice = found.choice
    return {
        "summary": {
            "households": choice.total,
            "reached_before": choice.before,
            "reached_after": choice.covered,
            "reached_at_most": choice.bound,
            "is_proven": choice.is_proven,
            "cost_cny": choice.cost_cny,
        },
        "next": [
            {
                "id": one.id,
                "name": one.name,
                "gain_households": one.gain,
                "places": list(one.places),
                "cost_cny": one.cost_cny,
            }
            for one in found.next
        ],
        "places": [
            {
                "id": one.id,
                "name": one.name,
                "outcome": found.outcome[one.id].value,
                "before_km": _km(found.before_km[one.id]),
                "after_km": _km(found.after_km[one.id]),
                "nearest": found.nearest[one.id],
            }
            for one in places
        ],
    }


def _km(value: float) -> float | None:
    return round(value, 2) if np.isfinite(value) else None
