"""The pages of village files: the list, one file as of a day, two versions side by side."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q

from dianliang.domain.insight import villages
from dianliang.domain.insight.lifecycle import PLAN_ITEM, PLAN_ITEM_OPEN
from dianliang.domain.insight.models import PlanItem, VillageProfile
from dianliang.domain.insight.villages import VersionRow
from dianliang.domain.network import access
from dianliang.domain.network import queries as network
from dianliang.domain.network.loading import Strain
from dianliang.domain.territory.models import Area
from dianliang.domain.venues.models import Site
from dianliang.domain.work.models import Job
from dianliang.flows.village_file.compiling import compile_files
from dianliang.flows.village_file.difference import Change, differences
from dianliang.flows.village_file.model import VillageFile, from_body
from dianliang.flows.village_file.sections.work import OPEN
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageRow:
    """A village as the list shows it."""

    code: str
    name: str
    township: str
    transformers: int
    capacity_kva: int
    over: int
    heavy: int
    jobs: int
    plan_late: int
    versions: int
    last_made_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageList:
    """The villages asked for, and the sums over all of the actor's."""

    rows: tuple[VillageRow, ...]
    townships: tuple[str, ...]
    villages: int
    transformers: int
    over: int
    heavy: int
    never_kept: int


def village_list(
    *, by: Actor, at: datetime, words: str = "", township: str = "", only_hard: bool = False
) -> VillageList:
    """Return the actor's villages, in tree order. Takes seven queries, however many there are."""
    rows = _rows(list(access.villages_of(by).select_related("parent")), at=at)
    shown = tuple(
        row
        for row in rows
        if words in row.name
        and (not township or row.township == township)
        and (not only_hard or row.over + row.heavy)
    )
    return VillageList(
        rows=shown,
        townships=tuple(dict.fromkeys(row.township for row in rows)),
        villages=len(rows),
        transformers=sum(row.transformers for row in rows),
        over=sum(row.over for row in rows),
        heavy=sum(row.heavy for row in rows),
        never_kept=sum(row.versions == 0 for row in rows),
    )


def _rows(own: list[Area], *, at: datetime) -> list[VillageRow]:
    on, pks = at.astimezone(SHANGHAI).date(), [village.pk for village in own]
    standing: dict[int, list[network.TransformerRow]] = {}
    homes = access.with_cells(pks)
    for row in network.transformers(areas=homes, on=on):
        standing.setdefault(homes[row.area_id], []).append(row)
    jobs: Counter[int] = Counter()
    open_jobs = Job.objects.filter(area_id__in=homes, status__in=OPEN).order_by()
    for area_id, count in open_jobs.values_list("area_id").annotate(n=Count("pk")):
        jobs[homes[area_id]] += count
    late = dict(
        PlanItem.objects.filter(area_id__in=pks, status__in=PLAN_ITEM_OPEN, due_on__lt=on)
        .order_by()
        .values_list("area_id")
        .annotate(n=Count("pk"))
    )
    kept = villages.last_kept(pks)
    return [
        VillageRow(
            code=village.code,
            name=village.name,
            township=village.parent.name if village.parent else "",
            transformers=len(standing.get(village.pk, ())),
            capacity_kva=sum(row.capacity_kva for row in standing.get(village.pk, ())),
            over=sum(row.strain is Strain.OVER for row in standing.get(village.pk, ())),
            heavy=sum(row.strain is Strain.HEAVY for row in standing.get(village.pk, ())),
            jobs=jobs[village.pk],
            plan_late=late.get(village.pk, 0),
            versions=kept.get(village.pk, (0, None))[0],
            last_made_at=kept.get(village.pk, (0, None))[1],
        )
        for village in own
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePage:
    """A file as of a day: the present one from records, an earlier one from its version.

    `file` is None where nothing had been kept by that day. `since` says what changed between the
    last version and the present file.
    """

    code: str
    name: str
    on: date
    is_present: bool
    file: VillageFile | None
    version: VersionRow | None
    is_sound: bool
    versions: tuple[VersionRow, ...]
    since: tuple[Change, ...]


def file_page(*, code: str, on: date | None, by: Actor, at: datetime) -> FilePage:
    """Return the file of a village as of a day; without a day, the present one.

    Raises:
        NotVisibleError: it is absent or somebody else's village.
        InvalidInputError: the day lies in the future.
    """
    village, today = access.village_to_see(code, by=by), at.astimezone(SHANGHAI).date()
    if on is not None and on > today:
        raise InvalidInputError("日期不能晚于今天。", field="on")
    kept = villages.versions(village)
    if on is None or on == today:
        file = compile_files([village], at=at)[village.pk]
        last = villages.version(village, kept[0].number) if kept else None
        return FilePage(
            code=village.code,
            name=village.name,
            on=today,
            is_present=True,
            file=file,
            version=None,
            is_sound=True,
            versions=kept,
            since=differences(from_body(last.body), file) if last else (),
        )
    found = villages.as_of(village, on)
    return FilePage(
        code=village.code,
        name=village.name,
        on=on,
        is_present=False,
        file=from_body(found.body) if found else None,
        version=found.row if found else None,
        is_sound=found.is_sound if found else True,
        versions=kept,
        since=(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """An item of the plan with what may be done with it."""

    number: str
    title: str
    owner: str
    due_on: date
    status: str
    status_label: str
    is_late: bool
    verbs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What somebody who keeps the file can change in it."""

    items: tuple[PlanRow, ...]
    households: int | None
    population: int | None
    station_code: str
    summary: str
    stations: tuple[tuple[str, str], ...]


def desk(*, code: str, by: Actor, at: datetime) -> Desk:
    """Return the parts of a village's file that people keep, ready to be changed.

    Raises:
        NotVisibleError: it is absent or somebody else's village.
    """
    village, on = access.village_to_see(code, by=by), at.astimezone(SHANGHAI).date()
    profile = VillageProfile.objects.select_related("station").filter(area=village).first()
    shown = Q(year__gte=on.year) | Q(status__in=PLAN_ITEM_OPEN)
    stations = Site.objects.filter(kind=Site.Kind.STATION).order_by("code")
    return Desk(
        items=tuple(
            _plan_row(item, by=by, on=on) for item in PlanItem.objects.filter(shown, area=village)
        ),
        households=profile.households if profile else None,
        population=profile.population if profile else None,
        station_code=profile.station.code if profile and profile.station else "",
        summary=profile.summary if profile else "",
        stations=tuple(stations.values_list("code", "name")),
    )


def _plan_row(item: PlanItem, *, by: Actor, on: date) -> PlanRow:
    return PlanRow(
        number=item.number,
        title=item.title,
        owner=item.owner,
        due_on=item.due_on,
        status=item.status,
        status_label=item.get_status_display(),
        is_late=item.status in PLAN_ITEM_OPEN and item.due_on < on,
        verbs=tuple((row.verb, row.label) for row in PLAN_ITEM.verbs(item.status, role=by.role)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two versions, or a version and the present file, and what differs."""

    code: str
    name: str
    before: VersionRow
    after: VersionRow | None
    changes: tuple[Change, ...]
    versions: tuple[VersionRow, ...]


def compare(*, code: str, before: int, after: int | None, by: Actor, at: datetime) -> Comparison:
    """Return what changed from one version to another; without a second, to the present file.

    Raises:
        NotVisibleError: the village or a version is absent or somebody else's.
    """
    village = access.village_to_see(code, by=by)
    old = villages.version(village, before)
    new = villages.version(village, after) if after is not None else None
    file = from_body(new.body) if new else compile_files([village], at=at)[village.pk]
    return Comparison(
        code=village.code,
        name=village.name,
        before=old.row,
        after=new.row if new else None,
        changes=differences(from_body(old.body), file),
        versions=villages.versions(village),
    )
