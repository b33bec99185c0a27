"""How much of the open time was booked and really used: per room or stock, and rolled up.

Open is what opening hours offer, less closures, times the number of pieces. Booked is what was
given away of it, also to somebody who did not come. Used runs from check-in to the end.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby
from typing import NamedTuple

from django.db.models import QuerySet

from dianliang.domain.venues.booking.keeping import TYPES
from dianliang.domain.venues.booking.opening import minutes_within, weeks_of
from dianliang.domain.venues.booking.slots import GRAIN_MIN, slot_of, slots_of
from dianliang.domain.venues.lifecycle import BOOKED
from dianliang.domain.venues.models import Bookable, Booking, Matrix, Node, Site
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.periods import TimeWindow


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Minutes of pieces, and bookings, of one thing or of several together."""

    open_min: int = 0
    booked_min: int = 0
    used_min: int = 0
    bookings: int = 0
    missed: int = 0
    cancelled: int = 0
    of_public: int = 0

    def __add__(self, other: "Use") -> "Use":
        """Return both together."""
        return Use(
            open_min=self.open_min + other.open_min,
            booked_min=self.booked_min + other.booked_min,
            used_min=self.used_min + other.used_min,
            bookings=self.bookings + other.bookings,
            missed=self.missed + other.missed,
            cancelled=self.cancelled + other.cancelled,
            of_public=self.of_public + other.of_public,
        )

    @property
    def booked_share(self) -> float | None:
        """Return which share of the open time was booked; None where nothing was open."""
        return self.booked_min / self.open_min if self.open_min else None

    @property
    def used_share(self) -> float | None:
        """Return which share of the open time was used; None where nothing was open."""
        return self.used_min / self.open_min if self.open_min else None


@dataclass(frozen=True, slots=True, kw_only=True)
class UseRow:
    """A line of the table: a room, a site with all below it, or a unit.

    `part` names it to `use_records`, where the bookings behind its figures are.
    """

    part: str
    code: str
    name: str
    kind_label: str
    depth: int
    use: Use


@dataclass(frozen=True, slots=True, kw_only=True)
class Utilisation:
    """The use of some rooms and gear in a period, three ways."""

    whole: Use
    rooms: tuple[UseRow, ...]
    sites: tuple[UseRow, ...]
    units: tuple[UseRow, ...]
    types: tuple[UseRow, ...]


class Thing(NamedTuple):
    """A room or stock as the table names it; whole rows of thousands cost more than their use."""

    pk: int
    code: str
    name: str
    type: str
    pieces: int
    site_id: int
    site_code: str
    site_name: str
    site_kind: str
    unit_code: str
    unit_name: str


_COLUMNS = (
    "pk",
    "code",
    "name",
    "type",
    "pieces",
    "site_id",
    "site__code",
    "site__name",
    "site__kind",
    "unit__code",
    "unit__name",
)


def utilisation(
    bookables: QuerySet[Bookable], *, since: date, until: date, at: datetime
) -> Utilisation:
    """Return the use on the days [since, until), of the part that is over."""
    rows = [Thing(*row) for row in bookables.order_by("site__code", "code").values_list(*_COLUMNS)]
    period = TimeWindow(
        datetime.combine(since, time(), SHANGHAI), datetime.combine(until, time(), SHANGHAI)
    )
    weeks = weeks_of(rows, first=since, last=until)
    distinct = {id(week): week for week in weeks.values()}
    opened = {key: _opened(week.between(since, until), at=at) for key, week in distinct.items()}
    booked = _bookings(bookables, period, at=at)
    open_of = {pk: opened[id(week)] for pk, week in weeks.items()}
    uses = {
        row.pk: _use(row, open_of.get(row.pk, NEVER), booked.get(row.pk, []), at=at) for row in rows
    }
    return Utilisation(
        whole=sum(uses.values(), Use()),
        rooms=tuple(
            UseRow(
                part=f"room:{row.code}",
                code=row.code,
                name=f"{row.site_name} · {row.name}",
                kind_label=TYPES[row.type],
                depth=0,
                use=uses[row.pk],
            )
            for row in rows
        ),
        sites=_by_site(rows, uses),
        units=_grouped("unit", ((row.unit_code, row.unit_name, uses[row.pk]) for row in rows)),
        types=_grouped("type", ((row.type, TYPES[row.type], uses[row.pk]) for row in rows)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """When something with certain hours was open in the period: many share the same."""

    spans: tuple[TimeWindow, ...] = ()
    starts: tuple[datetime, ...] = ()
    slots: frozenset[int] = frozenset()


NEVER = Opened()


def _opened(spans: Iterable[TimeWindow], *, at: datetime) -> Opened:
    past = tuple(TimeWindow(span.start, min(span.end, at)) for span in spans if span.start < at)
    return Opened(
        spans=past,
        starts=tuple(span.start for span in past),
        slots=frozenset(slot for span in past for slot in _whole_slots(span)),
    )


def _whole_slots(span: TimeWindow) -> range:
    return range(slots_of(span).start, slot_of(span.end))


class Booked(NamedTuple):
    """What a booking tells about use; a whole row would cost ten times as much to read."""

    bookable_id: int
    starts_at: datetime
    ends_at: datetime
    pieces: int
    status: str
    is_closure: bool
    unit_id: int | None
    checked_in_at: datetime | None
    ended_at: datetime | None


def _bookings(
    bookables: QuerySet[Bookable], period: TimeWindow, *, at: datetime
) -> Mapping[int, list[Booked]]:
    found: dict[int, list[Booked]] = {}
    inside = Booking.objects.filter(
        bookable__in=bookables.order_by().values("pk"),
        starts_at__lt=min(period.end, at),
        ends_at__gt=period.start,
    )
    for row in inside.values_list(*Booked._fields):
        found.setdefault(row[0], []).append(Booked(*row))
    return found


def _use(bookable: Thing, opened: Opened, booked: Sequence[Booked], *, at: datetime) -> Use:
    """Add up quarters of hours: time that was freed and given away again counts once."""
    if not booked:
        return Use(open_min=len(opened.slots) * bookable.pieces * GRAIN_MIN)
    open_slots, load = opened.slots, Counter[int]()
    for booking in booked:
        slots = slots_of(TimeWindow(booking.starts_at, booking.ends_at))
        if booking.is_closure and booking.status in BOOKED:
            open_slots = open_slots.difference(slots)
        elif booking.status in BOOKED:
            load.update(dict.fromkeys(slots, booking.pieces))
    given = [booking for booking in booked if not booking.is_closure]
    counted = [booking for booking in given if booking.status in BOOKED]
    booked_slots = sum(min(load[slot], bookable.pieces) for slot in load if slot in open_slots)
    return Use(
        open_min=len(open_slots) * bookable.pieces * GRAIN_MIN,
        booked_min=booked_slots * GRAIN_MIN,
        used_min=sum(_used_min(booking, opened, at=at) for booking in counted),
        bookings=len(counted),
        missed=sum(booking.status == "NO_SHOW" for booking in counted),
        cancelled=sum(booking.status == "CANCELLED" for booking in given),
        of_public=sum(booking.unit_id is None for booking in counted),
    )


def _used_min(booking: Booked, opened: Opened, *, at: datetime) -> int:
    used = _used(booking, at=at)
    if used is None:
        return 0
    first = max(0, bisect_right(opened.starts, used.start) - 1)
    near = opened.spans[first : bisect_right(opened.starts, used.end)]
    return minutes_within(used, near) * booking.pieces


def _used(booking: Booked, *, at: datetime) -> TimeWindow | None:
    """Return from when to when the booker was there, within what he had booked."""
    if booking.checked_in_at is None or booking.status not in {"IN_USE", "ENDED"}:
        return None
    start = max(booking.checked_in_at, booking.starts_at)
    end = min(booking.ended_at or at, booking.ends_at)
    return TimeWindow(start, end) if start < end else None


class Place(NamedTuple):
    """A node of a matrix, with the kind of the base that it stands for, if it does."""

    matrix_code: str
    matrix_name: str
    path: str
    code: str
    name: str
    label: str
    site_id: int | None
    site_kind: str | None


def _by_site(rows: Sequence[Thing], uses: Mapping[int, Use]) -> tuple[UseRow, ...]:
    """Add up each matrix along its tree; a base that stands in two counts in both, once in each."""
    of_site: dict[int, Use] = {}
    for row in rows:
        of_site[row.site_id] = of_site.get(row.site_id, Use()) + uses[row.pk]
    holding = Node.objects.filter(site__in=of_site).values("matrix")
    nodes = Node.objects.filter(matrix__in=holding).values_list(
        "matrix__code", "matrix__name", "path", "code", "name", "label", "site_id", "site__kind"
    )
    found: list[UseRow] = []
    placed: set[int] = set()
    in_order = nodes.order_by("matrix__position", "matrix__code", "path")
    for _, group in groupby((Place(*row) for row in in_order), key=lambda node: node.matrix_code):
        tree = list(group)
        found += _tree(tree, of_site)
        placed |= {node.site_id for node in tree if node.site_id is not None}
    loose = {row.site_id: row for row in rows if row.site_id not in placed}
    found += [
        UseRow(
            part=f"site:{row.site_code}",
            code=row.site_code,
            name=row.site_name,
            kind_label=_KINDS.get(row.site_kind, row.site_kind),
            depth=0,
            use=of_site[pk],
        )
        for pk, row in loose.items()
    ]
    return tuple(found)


_KINDS = {str(value): str(label) for value, label in Site.Kind.choices}


def _tree(nodes: Sequence[Place], of_site: Mapping[int, Use]) -> Iterator[UseRow]:
    """Yield a matrix and those of its nodes that have anything at or below them."""
    first = nodes[0]
    sums: dict[str, Use] = {}
    for node in nodes:
        use = of_site.get(node.site_id) if node.site_id is not None else None
        if use is not None:
            for path in _way_down(node.path):
                sums[path] = sums.get(path, Use()) + use
    yield UseRow(
        part=f"matrix:{first.matrix_code}",
        code=first.matrix_code,
        name=first.matrix_name,
        kind_label=str(Matrix._meta.verbose_name),
        depth=0,
        use=sums["/"],
    )
    for node in nodes:
        if node.path in sums:
            kind = _KINDS.get(node.site_kind, node.site_kind) if node.site_kind else ""
            yield UseRow(
                part=f"node:{node.matrix_code}/{node.code}",
                code=node.code,
                name=node.name,
                kind_label=node.label or kind,
                depth=len(_way_down(node.path)) - 1,
                use=sums[node.path],
            )


def _way_down(path: str) -> tuple[str, ...]:
    """Return the paths above one, and itself: ``/``, ``/A/``, ``/A/B/``."""
    steps = path.strip("/").split("/")
    return ("/", *(f"/{'/'.join(steps[: n + 1])}/" for n in range(len(steps))))


def _grouped(kind: str, parts: Iterable[tuple[str, str, Use]]) -> tuple[UseRow, ...]:
    sums: dict[tuple[str, str], Use] = {}
    for code, name, use in parts:
        sums[code, name] = sums.get((code, name), Use()) + use
    return tuple(
        UseRow(part=f"{kind}:{code}", code=code, name=name, kind_label="", depth=0, use=use)
        for (code, name), use in sorted(sums.items())
    )
