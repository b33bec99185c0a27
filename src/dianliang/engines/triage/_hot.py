"""What many people speak of at once (热点问题): needs grouped by matter, hottest first.

Method: cosine of character 2–3-gram TF-IDF, the mean of how alike the openings and the whole texts
are; pairs that are too far apart, or name different estates or streets, count as less alike or not
at all; average linkage, cut at `LEAST_ALIKE`, then once more between the middles of the groups, in
which what is said of a big event in many ways stands out (cut at `LEAST_ALIKE_GROUPS`). A group of
a cut is connected by pairs as alike, so that linking each connected part alone gives the same
groups. Cost at 10 000 long needs: 9 s over a county, 11 s when all are in one village.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from dianliang.engines.triage._columns import COLUMNS, Matrix, bare, counts
from dianliang.engines.triage._duplicates import (
    NEAR_M,
    OTHER_NAME_FACTOR,
    SAME_VILLAGE_M,
    KnownNeed,
    named_places,
)
from dianliang.engines.triage._text import normalise, without_phones
from dianliang.kernel.geo import EARTH_RADIUS_M, GeoPoint

WITHIN_DAYS: Final = 60
HALF_LIFE_DAYS: Final = 7.0
LEAST_ALIKE: Final = 0.20
LEAST_ALIKE_GROUPS: Final = 0.24
OPENING_CHARS, READ_CHARS, TITLE_CHARS = 40, 440, 40
_BLOCK: Final = 1000
_MOST_LINKED: Final = 3000
"""A connected part of more needs than this is cut by a stricter likeness first: memory."""
Floats = NDArray[np.floating]
Rows = NDArray[np.intp]


class Trend(StrEnum):
    """How many people speak of it in the last half-life, beside the one before."""

    NEW = "new"
    RISING = "rising"
    STEADY = "steady"
    FALLING = "falling"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedNeed(KnownNeed):
    """A need, who reported it (any stable token; empty: someone unknown), and how grave it is."""

    reporter: str = ""
    severity: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HotIssue:
    """A matter that several people speak of. `title` quotes a need: mask it before it is shown."""

    id: str
    title: str
    central_id: str
    need_ids: tuple[str, ...]
    reporters: int
    heat: float
    trend: Trend
    area_code: str
    place: str
    point: GeoPoint | None
    first_at: datetime
    last_at: datetime
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Warmth:
    """How much is said of one matter at an instant: by how many people, and how it moves."""

    reporters: int
    heat: float
    trend: Trend
    recent: int
    earlier: int


def hot_issues(
    needs: Iterable[ReportedNeed],
    *,
    at: datetime,
    before: Sequence[HotIssue] = (),
    within_days: float = WITHIN_DAYS,
    half_life_days: float = HALF_LIFE_DAYS,
    least_reporters: int = 2,
) -> tuple[HotIssue, ...]:
    """Return the matters that several people reported in the last days, hottest first.

    Heat is the sum over distinct reporters of severity × 0.5^(age / half-life), each by his
    weightiest need: how many ordinary reports of this very moment it is worth. `before` is an
    earlier answer: an issue that shares most needs with one of it keeps its id, else its first
    need's id names it. The order of `needs` makes no difference; needs after `at` are not read.

    Raises:
        ValueError: a period or the number of reporters is not positive.
    """
    if within_days <= 0 or half_life_days <= 0 or least_reporters < 1:
        raise ValueError("within_days, half_life_days and least_reporters must be positive")
    since = at - timedelta(days=within_days)
    once = {need.id: need for need in needs if since < need.at <= at}
    read = sorted(once.values(), key=lambda need: (need.at, need.id))
    if not read:
        return ()
    alike = _Alike(read)
    found: list[HotIssue] = []
    for rows in alike.groups():
        members = [read[row] for row in rows.tolist()]
        if len({_who(need) for need in members}) >= least_reporters:
            central = members[alike.central(rows)]
            names = Counter(name for row in rows.tolist() for name in alike.places[row])
            issue = _issue(members, central, at=at, half_life_days=half_life_days)
            found.append(replace(issue, place=_most(names)))
    found.sort(key=lambda issue: (-issue.heat, issue.id))
    return _with_kept_ids(found, before)


def warmth(
    needs: Iterable[ReportedNeed], *, at: datetime, half_life_days: float = HALF_LIFE_DAYS
) -> Warmth:
    """Measure one matter by some of its needs, as `hot_issues` does by all of them.

    So that each reader gets the figures of what he may see, and a line of past days can be drawn.
    Needs after `at` are not read; none at all are steady and cold.

    Raises:
        ValueError: the half-life is not positive.
    """
    if half_life_days <= 0:
        raise ValueError("half_life_days must be positive")
    told = [need for need in needs if need.at <= at]
    span = timedelta(days=half_life_days)
    weight: dict[tuple[str, str], float] = {}
    for need in told:
        worth = need.severity * 0.5 ** ((at - need.at) / span)
        weight[_who(need)] = max(worth, weight.get(_who(need), 0.0))
    recent = len({_who(need) for need in told if need.at > at - span})
    earlier = len({_who(need) for need in told if at - 2 * span < need.at <= at - span})
    is_new = bool(told) and min(need.at for need in told) > at - span
    return Warmth(
        reporters=len(weight),
        heat=round(sum(weight.values()), 4),
        trend=_trend(recent, earlier, is_new=is_new),
        recent=recent,
        earlier=earlier,
    )


class _Alike:
    """How alike any two of some needs are, between 0 and 1, computed where it is asked for."""

    def __init__(self, needs: Sequence[ReportedNeed]) -> None:
        told = [without_phones(normalise(need.text[:READ_CHARS])) for need in needs]
        self.words: Matrix = sparse.hstack(
            [
                _weighed(counts([bare(text) for text in told])),
                _weighed(counts([bare(_opening(text)) for text in told])),
            ],
            format="csr",
            dtype=np.float32,
        )
        self.places = places = [named_places(text) for text in told]
        column = {name: at for at, name in enumerate(sorted(set().union(*places)))}
        self.named: Matrix = sparse.csr_matrix(
            (
                np.ones(sum(len(names) for names in places)),
                [column[name] for names in places for name in sorted(names)],
                np.cumsum([0, *(len(names) for names in places)]),
            ),
            shape=(len(needs), len(column)),
        )
        self.names = np.diff(self.named.indptr) > 0
        codes = {code: at for at, code in enumerate(sorted({n.area_code for n in needs}))}
        self.area = np.array([codes[n.area_code] if n.area_code else -1 for n in needs], np.intp)
        self.lat = np.radians([n.point.lat if n.point else np.nan for n in needs])
        self.lon = np.radians([n.point.lon if n.point else np.nan for n in needs])

    def between(self, rows: Rows, others: Rows) -> Floats:
        """Return rows × others: how alike they are; 0 where they are too far apart."""
        likeness: Floats = 0.5 * (self.words[rows] @ self.words[others].T).toarray()
        one, two = np.nonzero(likeness)
        likeness[one, two] *= self._in_place(rows[one], others[two])
        return likeness

    def groups(self) -> list[Rows]:
        """Return the rows of each group of two or more: linked twice, the second time as groups."""
        every = np.arange(len(self.area), dtype=np.intp)
        linked = self.split(every, LEAST_ALIKE, LEAST_ALIKE)
        alone = np.setdiff1d(every, np.concatenate([every[:0], *linked]))
        units = [*linked, *(alone[at : at + 1] for at in range(len(alone)))]
        units.sort(key=lambda rows: int(rows[0]))
        joined = self._of_groups(units).split(
            np.arange(len(units), dtype=np.intp), LEAST_ALIKE_GROUPS, LEAST_ALIKE_GROUPS
        )
        inside = {int(unit) for units_of_one in joined for unit in units_of_one}
        found = [np.sort(np.concatenate([units[unit] for unit in one])) for one in joined]
        found += [rows for at, rows in enumerate(units) if at not in inside and len(rows) > 1]
        return found

    def _of_groups(self, groups: Sequence[Rows]) -> "_Alike":
        """Return the middles of groups: what their needs share stands out, each one's own fades."""
        sizes = [len(rows) for rows in groups]
        sums: Matrix = sparse.csr_matrix(
            (np.ones(sum(sizes)), np.concatenate(groups), np.cumsum([0, *sizes])),
            shape=(len(groups), len(self.area)),
        )
        middle = copy(self)
        middle.words = sparse.hstack(
            [
                _of_length_one(sums @ self.words[:, :COLUMNS]),
                _of_length_one(sums @ self.words[:, COLUMNS:]),
            ],
            format="csr",
            dtype=np.float32,
        )
        middle.named = sums @ self.named
        middle.names = np.diff(middle.named.indptr) > 0
        centres = np.array([rows[self.central(rows)] for rows in groups], dtype=np.intp)
        middle.area, middle.lat, middle.lon = (
            column[centres] for column in (self.area, self.lat, self.lon)
        )
        return middle

    def central(self, rows: Rows) -> int:
        """Return which of the rows is most like all of them; the earliest where several are."""
        if len(rows) == 1:
            return 0
        return int(np.argmax(np.round(self.between(rows, rows).sum(axis=1), 4)))

    def split(self, rows: Rows, least: float, cut: float) -> list[Rows]:
        """Return the groups among rows, linking each part that pairs `least` alike connect."""
        found: list[Rows] = []
        for part in self._parts(rows, least):
            if len(part) > _MOST_LINKED:
                found += self.split(part, least * 1.25, cut)
            else:
                found += self._linked(part, cut)
        return found

    def _parts(self, rows: Rows, least: float) -> list[Rows]:
        """Return the parts of two or more that pairs at least so alike connect."""
        edges: list[tuple[Rows, Rows]] = []
        for start in range(0, len(rows), _BLOCK):
            block = rows[start : start + _BLOCK]
            likeness = self.words[block] @ self.words[rows].T
            kept = np.flatnonzero(likeness.data >= 2 * least)
            one, two = np.searchsorted(likeness.indptr, kept, "right") - 1, likeness.indices[kept]
            weight = self._in_place(block[one], rows[two])
            is_edge = likeness.data[kept] * weight >= 2 * least
            edges.append((one[is_edge] + start, two[is_edge]))
        one = np.concatenate([np.empty(0, np.intp), *(edge[0] for edge in edges)])
        two = np.concatenate([np.empty(0, np.intp), *(edge[1] for edge in edges)])
        graph = sparse.csr_matrix((np.ones(len(one)), (one, two)), shape=(len(rows), len(rows)))
        return _gathered(rows, connected_components(graph, directed=False)[1])

    def _linked(self, rows: Rows, cut: float) -> list[Rows]:
        # Imported here: it takes a while, and only looking for hot issues needs it.
        from scipy.cluster.hierarchy import fcluster, linkage  # noqa: PLC0415 (slow to import)

        apart = 1.0 - np.round(self.between(rows, rows).astype(np.float64), 6)
        upper = np.maximum(apart[np.triu_indices(len(rows), k=1)], 0.0)
        labels = fcluster(linkage(upper, "average"), 1.0 - cut, "distance")
        return _gathered(rows, labels)

    def _in_place(self, one: Rows, two: Rows) -> Floats:
        """Weigh pairs of rows: 0 when far apart, less than 1 when they name different places.

        Near is the same village, or within `NEAR_M`.
        """
        same = (self.area[one] == self.area[two]) & (self.area[one] >= 0)
        half = (
            np.sin((self.lat[one] - self.lat[two]) / 2) ** 2
            + np.cos(self.lat[one])
            * np.cos(self.lat[two])
            * np.sin((self.lon[one] - self.lon[two]) / 2) ** 2
        )
        metres = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
        reach = np.where(same, SAME_VILLAGE_M, NEAR_M)
        near = np.where(np.isnan(metres), same, metres <= reach)
        shared = np.asarray(self.named[one].multiply(self.named[two]).sum(axis=1)).ravel() > 0
        differ = self.names[one] & self.names[two] & ~shared
        factor: Floats = near * np.where(differ, OTHER_NAME_FACTOR, 1.0)
        return factor


def _weighed(rows: Matrix) -> Matrix:
    """Weigh counts by how rare each column is, each row to length one."""
    users = np.bincount(rows.indices, minlength=COLUMNS)
    rarity = np.log((1 + rows.shape[0]) / (1 + users)) + 1.0
    rows.data *= rarity[rows.indices]
    return _of_length_one(rows)


def _of_length_one(rows: Matrix) -> Matrix:
    lengths = np.sqrt(np.asarray(rows.power(2).sum(axis=1)).ravel())
    rows.data /= np.repeat(np.maximum(lengths, 1e-12), np.diff(rows.indptr))
    return rows


def _gathered(rows: Rows, labels: NDArray[np.int32]) -> list[Rows]:
    order = np.argsort(labels, kind="stable")
    parts = np.split(rows[order], np.flatnonzero(np.diff(labels[order])) + 1)
    return [part for part in parts if len(part) > 1]


def _opening(text: str) -> str:
    return text.split("。", 1)[0][:OPENING_CHARS]


def _who(need: ReportedNeed) -> tuple[str, str]:
    return ("", need.id) if not need.reporter else ("reporter", need.reporter)


def _issue(
    members: Sequence[ReportedNeed],
    central: ReportedNeed,
    *,
    at: datetime,
    half_life_days: float,
) -> HotIssue:
    told = warmth(members, at=at, half_life_days=half_life_days)
    areas = Counter(need.area_code for need in members if need.area_code)
    days = f"{half_life_days:g} 天"
    return HotIssue(
        id=members[0].id,
        title=without_phones(_opening(central.text)).strip(),
        central_id=central.id,
        need_ids=tuple(need.id for need in members),
        reporters=told.reporters,
        heat=told.heat,
        trend=told.trend,
        area_code=_most(areas),
        place="",
        point=central.point or next((need.point for need in members if need.point), None),
        first_at=members[0].at,
        last_at=members[-1].at,
        reasons=(
            f"{told.reporters} 人反映，共 {len(members)} 条",
            f"近 {days} {told.recent} 人，之前 {days} {told.earlier} 人",
        ),
    )


def _trend(recent: int, earlier: int, *, is_new: bool) -> Trend:
    if is_new:
        return Trend.NEW
    if recent == earlier:
        return Trend.STEADY
    return Trend.RISING if recent > earlier else Trend.FALLING


def _most(counted: Counter[str]) -> str:
    return min(counted, key=lambda name: (-counted[name], name), default="")


def _with_kept_ids(issues: Sequence[HotIssue], before: Sequence[HotIssue]) -> tuple[HotIssue, ...]:
    """Give each issue the id of the earlier one that it shares most needs with, one to one."""
    earlier_of = {number: old.id for old in before for number in old.need_ids}
    shared = Counter(
        (at, earlier_of[number])
        for at, issue in enumerate(issues)
        for number in issue.need_ids
        if number in earlier_of
    )
    kept: dict[int, str] = {}
    for at, old in sorted(shared, key=lambda pair: (-shared[pair], pair)):
        if at not in kept and old not in kept.values():
            kept[at] = old
    taken = {old.id for old in before} | set(kept.values())
    named: list[HotIssue] = []
    for at, issue in enumerate(issues):
        number = kept.get(at) or _free(issue.need_ids, taken)
        taken.add(number)
        named.append(replace(issue, id=number))
    return tuple(named)


def _free(numbers: Sequence[str], taken: set[str]) -> str:
    for number in numbers:
        if number not in taken:
            return number
    return _free([f"{number}+" for number in numbers], taken)
