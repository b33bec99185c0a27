"""What others may know about lines, transformers and outages."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet, Sum

from dianliang.domain.network.loading import STRAIN_LABELS, Strain, load_share, strain
from dianliang.domain.network.models import Feeder, Outage, Transformer
from dianliang.domain.territory.models import Area


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformerRow:
    """A transformer as lists show it."""

    number: str
    name: str
    capacity_kva: int
    use_label: str
    is_public: bool
    area_id: int
    village_code: str
    village_name: str
    feeder_id: int
    feeder_code: str
    feeder_name: str
    lat: float | None
    lon: float | None
    installed_on: date | None
    households: int
    peak_kw: float | None
    peak_on: date | None

    @property
    def load_share(self) -> float | None:
        """Return the peak as a share of the capacity."""
        return load_share(peak_kw=self.peak_kw, capacity_kva=self.capacity_kva)

    @property
    def strain(self) -> Strain:
        """Tell what the peak means."""
        return strain(self.load_share)

    @property
    def strain_label(self) -> str:
        """Say what the peak means."""
        return STRAIN_LABELS[self.strain]


def transformers(*, areas: Collection[int], on: date) -> tuple[TransformerRow, ...]:
    """Return the transformers that stand in areas and are in service on a day. One query."""
    rows = in_service(on=on).filter(area_id__in=areas).select_related("area__parent", "feeder")
    return tuple(_transformer_row(row) for row in rows)


def in_service(*, on: date) -> QuerySet[Transformer]:
    """Return the transformers in service on a day; one without a date always was."""
    return Transformer.objects.filter(
        Q(installed_on=None) | Q(installed_on__lte=on), Q(retired_on=None) | Q(retired_on__gt=on)
    )


def _village(area: Area) -> Area:
    """Return the village that an area is, or lies in: only villages have a file to open."""
    return area.parent if area.level == Area.Level.GRID and area.parent else area


def _transformer_row(row: Transformer) -> TransformerRow:
    village = _village(row.area)
    return TransformerRow(
        number=row.number,
        name=row.name,
        capacity_kva=row.capacity_kva,
        use_label=row.get_use_display(),
        is_public=row.use == Transformer.Use.PUBLIC,
        area_id=row.area_id,
        village_code=village.code,
        village_name=village.name,
        feeder_id=row.feeder_id,
        feeder_code=row.feeder.code,
        feeder_name=row.feeder.name,
        lat=row.lat,
        lon=row.lon,
        installed_on=row.installed_on,
        households=row.households,
        peak_kw=row.peak_kw,
        peak_on=row.peak_on,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FeederRow:
    """A line as lists show it; `area_ids` are the villages on its way and at its transformers."""

    code: str
    name: str
    voltage_label: str
    kind_label: str
    length_m: int
    starts_at: str
    ends_at: str
    unit_name: str
    transformers: int
    capacity_kva: int
    area_ids: frozenset[int]


def feeders(*, areas: Collection[int], on: date) -> tuple[FeederRow, ...]:
    """Return the lines that pass through areas or feed transformers there. Four queries."""
    wanted = set(areas)
    passing = set(
        Feeder.areas.through.objects.filter(area_id__in=wanted).values_list("feeder_id", flat=True)
    )
    fed = set(
        in_service(on=on).filter(area_id__in=wanted).values_list("feeder_id", flat=True).distinct()
    )
    lines = Feeder.objects.filter(pk__in=passing | fed).select_related("unit")
    ways: dict[int, set[int]] = {}
    through = Feeder.areas.through.objects.filter(feeder_id__in=passing)
    for feeder_id, area_id in through.values_list("feeder_id", "area_id"):
        ways.setdefault(feeder_id, set()).add(area_id)
    sums: dict[int, tuple[int, int]] = {}
    hanging = in_service(on=on).filter(feeder_id__in=passing | fed)
    counted = hanging.order_by().values_list("feeder_id", "area_id")
    for feeder_id, area_id, count, kva in counted.annotate(n=Count("pk"), kva=Sum("capacity_kva")):
        ways.setdefault(feeder_id, set()).add(area_id)
        before = sums.get(feeder_id, (0, 0))
        sums[feeder_id] = (before[0] + count, before[1] + kva)
    return tuple(
        FeederRow(
            code=line.code,
            name=line.name,
            voltage_label=line.get_voltage_display(),
            kind_label=line.get_kind_display(),
            length_m=line.length_m,
            starts_at=line.starts_at,
            ends_at=line.ends_at,
            unit_name=line.unit.name if line.unit else "",
            transformers=sums.get(line.pk, (0, 0))[0],
            capacity_kva=sums.get(line.pk, (0, 0))[1],
            area_ids=frozenset(ways.get(line.pk, ())),
        )
        for line in lines
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageRow:
    """An outage as lists show it."""

    number: str
    kind_label: str
    thing: str
    reason: str
    started_at: datetime
    ended_at: datetime | None
    households: int
    area_ids: frozenset[int]
    village_names: tuple[str, ...]

    @property
    def duration_h(self) -> float | None:
        """Return how many hours it lasted; None while it goes on."""
        if self.ended_at is None:
            return None
        return (self.ended_at - self.started_at) / timedelta(hours=1)


def outages(*, areas: Collection[int], since: datetime, until: datetime) -> tuple[OutageRow, ...]:
    """Return the outages of areas that began in [since, until), newest first. Three queries."""
    rows = Outage.objects.filter(
        pk__in=Outage.areas.through.objects.filter(area_id__in=areas).values("outage_id"),
        started_at__gte=since,
        started_at__lt=until,
    )
    found = rows.select_related("feeder", "transformer").prefetch_related("areas__parent")
    return tuple(_outage_row(row) for row in found)


def _outage_row(row: Outage) -> OutageRow:
    hit: list[Area] = list(row.areas.all())
    return OutageRow(
        number=row.number,
        kind_label=row.get_kind_display(),
        thing=str(row.feeder or row.transformer),
        reason=row.reason,
        started_at=row.started_at,
        ended_at=row.ended_at,
        households=row.households,
        area_ids=frozenset(area.pk for area in hit),
        village_names=tuple(dict.fromkeys(_village(area).name for area in hit)),
    )
