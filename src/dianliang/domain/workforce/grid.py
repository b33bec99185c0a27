"""Who is on which grid cell, whose certificate ends, and which cells have nobody (001-04)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Q, QuerySet

from dianliang.domain.directory.models import Unit
from dianliang.domain.directory.scope import areas_of
from dianliang.domain.territory.models import Area
from dianliang.domain.workforce.lifecycle import GRID_WORKER, GRID_WORKER_LABELS
from dianliang.domain.workforce.models import GridWorker
from dianliang.domain.workforce.operations import GRID_SKILL
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.masking import mask_phone

READERS = frozenset({Role.DISPATCHER, Role.ADMINISTRATOR})
NOTICE_DAYS = 90
CELL_LEVELS = (Area.Level.VILLAGE, Area.Level.GRID)
NEXT_STEP = {"RECRUITED": "train", "TRAINED": "certify", "CERTIFIED": "place"}
VIEWS = {**GRID_WORKER_LABELS, "expiring": "证书将到期", "expired": "证书已过期"}


@dataclass(frozen=True, slots=True, kw_only=True)
class GridWorkerRow:
    """A grid worker as the list shows him."""

    number: str
    name: str
    phone: str
    unit_name: str
    status: str
    status_label: str
    area_code: str
    area_name: str
    recruited_on: date
    certified_until: date | None
    days_left: int | None
    verbs: tuple[tuple[str, str], ...]

    @property
    def may_be_sent(self) -> bool:
        """Tell whether he may be sent out today: an expired certificate blocks it."""
        return self.days_left is not None and self.days_left > 0

    @property
    def next_steps(self) -> tuple[tuple[str, str], ...]:
        """Return what is to be done with him now: a certificate that ends comes before all else."""
        is_ending = self.days_left is not None and self.days_left <= NOTICE_DAYS
        verb = "renew" if is_ending else NEXT_STEP.get(self.status)
        return tuple(step for step in self.verbs if step[0] == verb)

    @property
    def other_steps(self) -> tuple[tuple[str, str], ...]:
        """Return what else may be done with him."""
        return tuple(step for step in self.verbs if step not in self.next_steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A grid cell on the map."""

    code: str
    name: str
    lat: float | None
    lon: float | None
    worker_name: str
    may_be_sent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GridPage:
    """The path of all grid workers in scope, and the cells they cover."""

    rows: tuple[GridWorkerRow, ...]
    counts: Mapping[str, int]
    cells: tuple[Cell, ...]

    @property
    def free_cells(self) -> tuple[Cell, ...]:
        """Return the cells that nobody looks after."""
        return tuple(cell for cell in self.cells if not cell.worker_name)

    @property
    def covered(self) -> int:
        """Return how many cells have somebody who may be sent out."""
        return sum(cell.may_be_sent for cell in self.cells)


def grid_page(*, view: str, by: Actor, on: date) -> GridPage:
    """Return the workers of the actor's units, cut by a state or by how long they are certified."""
    workers = _visible(by).annotate(
        until=Max(
            "person__certificates__expires_on",
            filter=Q(
                person__certificates__skill__code=GRID_SKILL,
                person__certificates__withdrawn_on=None,
            ),
        )
    )
    rows = tuple(
        _row(worker, by=by, on=on)
        for worker in workers.select_related("person__unit", "area").order_by("person__number")
    )
    cuts = {status: tuple(r for r in rows if r.status == status) for status in GRID_WORKER_LABELS}
    active = [row for row in rows if row.status != "LEFT" and row.days_left is not None]
    cuts["expiring"] = tuple(r for r in active if 0 < (r.days_left or 0) <= NOTICE_DAYS)
    cuts["expired"] = tuple(r for r in active if (r.days_left or 0) <= 0)
    return GridPage(
        rows=cuts.get(view, cuts["PLACED"]),
        counts={name: len(cut) for name, cut in cuts.items()},
        cells=_cells(rows, by=by),
    )


def worker_to_move(number: str, *, by: Actor) -> GridWorker:
    """Return a grid worker of the actor's units.

    Raises:
        NotVisibleError: absent, or another station's.
    """
    found = _visible(by).select_related("person__unit", "area").filter(person__number=number)
    worker = found.first()
    if worker is None:
        raise NotVisibleError("没有找到这位网协员。")
    return worker


def cells_of(by: Actor) -> QuerySet[Area]:
    """Return the grid cells of the areas that the actor's units serve."""
    return areas_of(by).filter(level__in=CELL_LEVELS)


def stations_of(by: Actor) -> tuple[tuple[str, str], ...]:
    """Return the power stations that an actor may recruit for."""
    units = Unit.objects.filter(path__startswith=by.unit_path, kind=Unit.Kind.STATION)
    return tuple(units.values_list("code", "name"))


def _visible(by: Actor) -> QuerySet[GridWorker]:
    if by.role not in READERS or not by.unit_path:
        return GridWorker.objects.none()
    return GridWorker.objects.filter(person__unit__path__startswith=by.unit_path)


def _row(worker: GridWorker, *, by: Actor, on: date) -> GridWorkerRow:
    until: date | None = worker.until  # type: ignore[attr-defined]  # annotated above
    return GridWorkerRow(
        number=worker.number,
        name=worker.person.name,
        phone=mask_phone(worker.person.phone),
        unit_name=worker.person.unit.name,
        status=worker.status,
        status_label=worker.get_status_display(),
        area_code=worker.area.code if worker.area else "",
        area_name=worker.area.name if worker.area else "",
        recruited_on=worker.recruited_on,
        certified_until=until,
        days_left=(until - on).days if until else None,
        verbs=tuple((r.verb, r.label) for r in GRID_WORKER.verbs(worker.status, role=by.role)),
    )


def _cells(rows: tuple[GridWorkerRow, ...], *, by: Actor) -> tuple[Cell, ...]:
    placed = {row.area_code: row for row in rows if row.status == "PLACED"}
    return tuple(
        Cell(
            code=area.code,
            name=area.name,
            lat=area.lat,
            lon=area.lon,
            worker_name=placed[area.code].name if area.code in placed else "",
            may_be_sent=area.code in placed and placed[area.code].may_be_sent,
        )
        for area in cells_of(by)
    )
