"""The week of each camera: hours watched, events, what persons said of them, how soon it was."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Sum

from dianliang.core import audit
from dianliang.domain.linewatch import access
from dianliang.domain.linewatch.models import Camera, Event, WatchDay
from dianliang.domain.linewatch.queries.figures import Counted, Figures, figures
from dianliang.domain.linewatch.spot_models import Miss
from dianliang.integrations.documents.model import Block, Document, Facts, Heading, Paragraph
from dianliang.integrations.documents.model import Table as PaperTable
from dianliang.integrations.documents.pdf import pdf
from dianliang.integrations.documents.word import word
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI

WEEK = timedelta(days=7)
TITLE = "线路守护周报"
PRIVACY = (
    "画面从不识别任何人，存下的画面里每个人头都已打码，到期自动删除并登记。"
    "查准率只算已反馈为属实或误报的事件，区间为 95% Wilson 区间；未反馈的不算在内。"
    "查全率只算有人知道的：属实的事件和有人报告的漏报，没人看见的不在其中，所以是上限。"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraWeek:
    """One camera's week."""

    number: str
    name: str
    line_name: str
    span: str
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """The week of all cameras that an actor may see; `ends_on` is its last day."""

    starts_on: date
    ends_on: date
    rows: tuple[CameraWeek, ...]
    total: Figures
    is_generated: bool

    @property
    def before(self) -> date:
        """Return when the week before starts."""
        return self.starts_on - WEEK

    @property
    def after(self) -> date:
        """Return when the week after starts."""
        return self.starts_on + WEEK


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def week(*, day: date, by: Actor) -> Week:
    """Return the week that a day lies in; four queries however many cameras there are."""
    starts_on = monday_of(day)
    cameras = list(access.cameras(by).order_by("number"))
    events = list(
        Event.objects.filter(
            camera__in=cameras,
            happened_at__gte=_midnight(starts_on),
            happened_at__lt=_midnight(starts_on + WEEK),
        )
    )
    watched = _watched_s(cameras, starts_on)
    missed = Miss.objects.filter(
        camera__in=cameras,
        happened_at__gte=_midnight(starts_on),
        happened_at__lt=_midnight(starts_on + WEEK),
    )
    misses = Counter(missed.values_list("camera", flat=True).order_by())
    return Week(
        starts_on=starts_on,
        ends_on=starts_on + WEEK - timedelta(days=1),
        rows=tuple(
            _row(camera, events, watched.get(camera.pk, 0.0), misses[camera.pk])
            for camera in cameras
        ),
        total=figures(
            [counted(one) for one in events],
            watched_s=sum(watched.values()),
            misses=misses.total(),
        ),
        is_generated=any(camera.is_generated for camera in cameras),
    )


def _row(camera: Camera, events: Sequence[Event], watched_s: float, misses: int) -> CameraWeek:
    own = [counted(one) for one in events if one.camera_id == camera.pk]
    return CameraWeek(
        number=camera.number,
        name=camera.name,
        line_name=camera.line_name,
        span=camera.span,
        figures=figures(own, watched_s=watched_s, misses=misses),
    )


def counted(event: Event) -> Counted:
    """Return of an event what figures need."""
    answered = event.answered_at
    return Counted(
        status=event.status,
        latency_s=event.latency_s,
        answer_s=(answered - event.happened_at).total_seconds() if answered else None,
    )


def _watched_s(cameras: Sequence[Camera], starts_on: date) -> dict[int, float]:
    days = WatchDay.objects.filter(camera__in=cameras, on__gte=starts_on, on__lt=starts_on + WEEK)
    return dict(days.values_list("camera").annotate(n=Sum("watched_s")).order_by())


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(0), SHANGHAI)


def paper(*, day: date, kind: str, by: Actor, at: datetime) -> bytes:
    """Return a week as PDF or Word; the export is on record."""
    found = week(day=day, by=by)
    audit.record_about(
        "linewatch.camera.report",
        target_type="linewatch.camera",
        target_id=f"{found.starts_on}",
        by=by,
        at=at,
        after=kind,
    )
    described = [document(found)]
    title = f"{TITLE} {found.starts_on}"
    if kind == "pdf":
        return pdf(described, title=title, made_at=at)
    return word(described, title=title, made_at=at)


def document(found: Week) -> Document:
    """Describe a week: all cameras in one table, then each with its facts."""
    blocks: list[Block] = [
        Facts(_facts(found.total)),
        Heading("各摄像机"),
        PaperTable(
            columns=(
                "摄像机",
                "线路与档距",
                "看守（时）",
                "事件",
                "属实",
                "误报",
                "未反馈",
                "漏报",
                "查准率",
                "查全率",
            ),
            rows=[_cells(row) for row in found.rows],
            numbers=frozenset({2, 3, 4, 5, 6, 7}),
            widths=(2.8, 2.8, 1.4, 1, 1, 1, 1.2, 1, 2.4, 2.4),
            empty="没有摄像机。",
        ),
    ]
    for row in found.rows:
        blocks += [Heading(f"{row.number} {row.name}", level=2), Facts(_facts(row.figures))]
    blocks.append(Paragraph(PRIVACY, is_note=True))
    if found.is_generated:
        blocks.append(Paragraph("含演示数据：事件由系统生成，不是实际发生。", is_note=True))
    return Document(title=TITLE, subtitle=f"{found.starts_on} 至 {found.ends_on}", blocks=blocks)


def _facts(found: Figures) -> list[tuple[str, str]]:
    return [
        ("看守时长", f"{found.watched_h:.1f} 小时"),
        ("事件", f"{found.events}"),
        ("属实", f"{found.true_count}"),
        ("误报", f"{found.false_count}"),
        ("看不清", f"{found.unclear_count}"),
        ("未反馈", f"{found.waiting_count}"),
        ("漏报", f"{found.miss_count}"),
        ("查准率", _precision(found)),
        ("查全率（上限）", _recall(found)),
        ("每天误报", _number(found.false_a_day, "")),
        ("预警延迟中位数", _number(found.latency_median_s, " 秒")),
        ("预警延迟最长", _number(found.latency_most_s, " 秒")),
        ("反馈用时中位数", _number(found.answer_median_min, " 分钟")),
    ]


def _cells(row: CameraWeek) -> tuple[str, ...]:
    found = row.figures
    return (
        f"{row.number} {row.name}",
        f"{row.line_name} {row.span}",
        f"{found.watched_h:.1f}",
        f"{found.events}",
        f"{found.true_count}",
        f"{found.false_count}",
        f"{found.waiting_count}",
        f"{found.miss_count}",
        _precision(found),
        _recall(found),
    )


def _precision(found: Figures) -> str:
    return _share(found.precision, found.precision_low, found.precision_high)


def _recall(found: Figures) -> str:
    return _share(found.recall, found.recall_low, found.recall_high)


def _share(value: float | None, low: float | None, high: float | None) -> str:
    if value is None or low is None or high is None:
        return "—"
    return f"{value:.0%}（{low:.0%}–{high:.0%}）"


def _number(value: float | None, unit: str) -> str:
    return "—" if value is None else f"{value:.1f}{unit}"
