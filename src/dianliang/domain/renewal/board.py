"""The board of the rebuilding of villages (千村改造): villages × stages, late ones first."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from dianliang.domain.directory.scope import areas_of
from dianliang.domain.renewal.models import IndicatorKind, Reading, Stage
from dianliang.domain.renewal.queries import StepRow, VillageRow, told, village_row, visible
from dianliang.domain.territory.models import Area
from dianliang.kernel.actor import Actor

VIEWS = {"late": "延期", "running": "在改", "done": "已完成", "all": "全部"}


@dataclass(frozen=True, slots=True, kw_only=True)
class StageFigure:
    """How many villages stand where in one stage."""

    code: str
    name: str
    done: int
    running: int
    late: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorFigure:
    """An indicator over all villages that have both values: means, and how many villages."""

    name: str
    unit: str
    better_label: str
    before: float | None
    after: float | None
    villages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Villages × stages, late ones first, cut by a view, a township, a stage and words."""

    rows: tuple[VillageRow, ...]
    counts: Mapping[str, int]
    stages: tuple[StageFigure, ...]
    towns: tuple[str, ...]
    causes: tuple[tuple[str, int], ...]
    indicators: tuple[IndicatorFigure, ...]
    without: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """How the board is cut."""

    view: str = "all"
    town: str = ""
    stage: str = ""
    q: str = ""


def board(*, filters: Filters, by: Actor, on: date) -> Board:
    """Return the board of the actor's villages; the number of queries is fixed."""
    projects = list(told(visible(by)))
    everything = [village_row(project, on=on, role=by.role) for project in projects]
    everything.sort(key=lambda row: (-row.late_days, row.is_done, row.area_path))
    cut = [row for row in everything if _fits(row, filters)]
    cuts = {view: [row for row in cut if _in_view(row, view)] for view in VIEWS}
    villages = areas_of(by).filter(level=Area.Level.VILLAGE).count()
    return Board(
        rows=tuple(cuts.get(filters.view, cut)),
        counts={view: len(rows) for view, rows in cuts.items()},
        stages=_stage_figures(cut),
        towns=tuple(dict.fromkeys(sorted(row.town_name for row in everything))),
        causes=_causes(cut),
        indicators=_indicator_figures([project.pk for project in projects]),
        without=villages - len(projects),
    )


def _in_view(row: VillageRow, view: str) -> bool:
    return {
        "late": row.late_days > 0,
        "running": not row.is_done,
        "done": row.is_done,
        "all": True,
    }[view]


def _fits(row: VillageRow, filters: Filters) -> bool:
    if filters.town and row.town_name != filters.town:
        return False
    if filters.stage and (row.current is None or row.current.code != filters.stage):
        return False
    text = f"{row.name}{row.town_name}{row.unit_name}{row.batch}{row.number}"
    return filters.q.lower() in text.lower()


def _stage_figures(rows: Iterable[VillageRow]) -> tuple[StageFigure, ...]:
    steps: dict[str, list[StepRow]] = {}
    for row in rows:
        for step in row.steps:
            steps.setdefault(step.code, []).append(step)
    return tuple(
        StageFigure(
            code=stage.code,
            name=stage.name,
            done=sum(step.status == "DONE" for step in steps.get(stage.code, [])),
            running=sum(step.status == "RUNNING" for step in steps.get(stage.code, [])),
            late=sum(step.is_late for step in steps.get(stage.code, [])),
            total=len(steps.get(stage.code, [])),
        )
        for stage in Stage.objects.filter(is_active=True)
    )


def _causes(rows: Iterable[VillageRow]) -> tuple[tuple[str, int], ...]:
    told = (delay.cause_label for row in rows for step in row.steps for delay in step.delays)
    return tuple(Counter(told).most_common())


def _indicator_figures(projects: list[int]) -> tuple[IndicatorFigure, ...]:
    values: dict[int, list[tuple[float, float]]] = {}
    known = Reading.objects.filter(
        project__in=projects, before__isnull=False, after__isnull=False
    ).values_list("kind_id", "before", "after")
    for kind_id, before, after in known:
        if before is not None and after is not None:
            values.setdefault(kind_id, []).append((before, after))
    return tuple(
        IndicatorFigure(
            name=kind.name,
            unit=kind.unit,
            better_label=kind.get_better_display(),
            before=_mean([before for before, _ in values.get(kind.pk, [])]),
            after=_mean([after for _, after in values.get(kind.pk, [])]),
            villages=len(values.get(kind.pk, [])),
        )
        for kind in IndicatorKind.objects.filter(is_active=True)
    )


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None
