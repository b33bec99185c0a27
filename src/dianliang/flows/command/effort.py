"""What was to be done and was, and with which gear: dispatch and requests of an incident."""

from collections import Counter
from collections.abc import Mapping

from django.db.models import QuerySet

from dianliang.domain.mobilisation import lines as written
from dianliang.domain.mobilisation import tasks
from dianliang.domain.mobilisation.lifecycle import HELD, LABELS, RANKS
from dianliang.domain.mobilisation.lines import words_of
from dianliang.domain.mobilisation.models import Assignment, LineReport, ResourceRequest, Task
from dianliang.domain.work.lifecycle import JOB_LABELS
from dianliang.domain.work.models import Unplanned
from dianliang.flows.command.figures import Asked, Figure, Grid, Section, clock
from dianliang.flows.incidents.figures import Record
from dianliang.kernel.phrases import Phrase, joined, phrase_of

REASONS: Mapping[str, str] = {
    "no_team": "没有可派的队伍",
    "no_skill": "没有具备技能的队伍",
    "not_allowed": "能做的队伍被排除",
    "no_gear": "没有所需的装备",
    "gear_out": "装备已全部派出",
    "outside_shifts": "不在当班时间内",
    "too_long": "一班做不完",
    "cut_off": "道路不通",
    "full": "队伍已排满",
    "lunch": "排不出休息",
    "hours": "超过工时",
    "window": "约定时段冲突",
    "not_worth": "代价过大，让位给更重要的任务",
    "lock": "与锁定的安排冲突",
    "tied": "与关联任务冲突",
}
"""Why a plan leaves something out, in a word: what the reports count by."""
OTHER = "其他原因"
RANK_LABELS = dict(RANKS)
COLUMNS = ("任务", "等级", "所在", "承诺时限", "状态")


def rows_of(rows: QuerySet[Task]) -> tuple[Record, ...]:
    """Return tasks as the records behind a figure."""
    return tuple(
        Record(
            kind="task",
            key=row.job.number,
            cells=(
                row.job.title,
                RANK_LABELS[row.rank],
                row.job.area.name,
                clock(row.job.due_at),
                JOB_LABELS[row.job.status],
            ),
        )
        for row in rows.order_by("job__due_at", "pk")
    )


def dispatch(asked: Asked) -> Section:
    """Return the tasks by how far they are, and what nobody is sent to, with the reasons."""
    live = tasks.in_force(asked.incident)
    left = unserved(asked)
    reasons = Counter(record.cells[-1] for record in left)
    unplanned = Figure(
        code="tasks.unserved",
        label="方案没有排上",
        value=len(left),
        counted_in="项任务",
        method="生效的调度方案没有排上、至今没做的任务，原因取方案给出的第一条。",
        columns=("任务", "等级", "所在", "说明", "原因"),
        records=left,
    )
    grid = Grid(
        caption="没有排上的原因（项）",
        columns=("原因", "任务"),
        rows=tuple((words, str(n)) for words, n in reasons.most_common()),
        numbers=(1,),
    )
    return Section(
        code="dispatch",
        title="抢险调度",
        facts=((Phrase("生效的方案"), f"{live.plan.number} {live.words}"),) if live else (),
        figures=(*_progress(asked), *_lines(asked), unplanned),
        grids=(grid,) if left else (),
        note="" if live else Phrase("本事件还没有生效的调度方案。"),
    )


def _progress(asked: Asked) -> list[Figure]:
    found = tasks.places_of(asked.incident)
    waiting = found.filter(job__status__in=["OPEN", "HANDED_OVER"])
    sent, done = (found.filter(job__status=state) for state in ("SCHEDULED", "DONE"))
    late = found.exclude(job__status="DONE").filter(job__due_at__lt=asked.at)
    groups = (
        ("all", "任务", found, Phrase("本事件开出的任务，不含撤销的。")),
        ("scheduled", Phrase("已排给队伍"), sent, Phrase("有队伍去、还没做完。")),
        ("done", "已完成", done, Phrase("队伍在现场报完成的。")),
        ("waiting", Phrase("还没有排"), waiting, Phrase("没有队伍去的任务。")),
        ("late", Phrase("超过承诺时限"), late, Phrase("过了时限还没做完的任务。")),
    )
    return [
        Figure(
            code=f"tasks.{code}",
            label=label,
            value=len(rows),
            counted_in="项任务",
            method=method,
            columns=COLUMNS,
            records=rows,
        )
        for code, label, chosen, method in groups
        for rows in [rows_of(chosen)]
    ]


def _lines(asked: Asked) -> list[Figure]:
    """Return how many kilometres of each line crews have reported."""
    rows = LineReport.objects.filter(line__incident=asked.incident, told_at__lt=asked.at)
    told: dict[int, list[LineReport]] = {}
    for one in rows.select_related("team"):
        told.setdefault(one.line_id, []).append(one)
    return [
        Figure(
            code=f"lines.{line.number}",
            label=Phrase(
                "%(title)s（全长 %(km)s 公里）", title=line.title, km=f"{line.length_m / 1000:.2f}"
            ),
            value=round(sum(one.new_m for one in told.get(line.pk, ())) / 1000, 2),
            counted_in="公里",
            method=Phrase("队伍在现场按里程报完成的长度，重复报的只算一次。"),
            columns=("里程", "队伍", "报告时间", "新增公里"),
            records=tuple(
                Record(
                    kind="line",
                    key=line.number,
                    cells=(
                        words_of(one.from_m, one.to_m),
                        one.team.name,
                        clock(one.told_at),
                        f"{one.new_m / 1000:.2f}",
                    ),
                )
                for one in told.get(line.pk, ())
            ),
        )
        for line in written.of(asked.incident)
    ]


def unserved(asked: Asked) -> tuple[Record, ...]:
    """Return what the dispatch in force leaves out and nobody has done since, with the reason.

    Not what lies along lines: that is counted in kilometres.
    """
    live = tasks.in_force(asked.incident)
    if live is None:
        return ()
    rows = Unplanned.objects.filter(
        plan=live.plan, job__status__in=["OPEN", "HANDED_OVER"], job__task__line=None
    )
    return tuple(left_record(row) for row in rows.select_related("job__area", "job__task"))


def left_record(row: Unplanned) -> Record:
    """Return a job that a plan leaves out: what, how grave, where, the words, the reason."""
    task: Task | None = getattr(row.job, "task", None)
    first = row.reasons[0] if row.reasons else {}
    return Record(
        kind="task",
        key=row.job.number,
        cells=(
            row.job.title,
            RANK_LABELS[task.rank if task else "other"],
            row.job.area.name,
            joined("；", (phrase_of(one.get("words", "")) for one in row.reasons)),
            REASONS.get(first.get("code", ""), OTHER),
        ),
    )


def resources(asked: Asked) -> Section:
    """Return requests and gear by the state of the ladder."""
    requests = ResourceRequest.objects.filter(incident=asked.incident).select_related(
        "kind", "unit"
    )
    by_state: dict[str, list[Record]] = {}
    for row in requests.order_by("number"):
        wanted = row.kind.name if row.kind else "队伍"
        cells = (f"{wanted} × {row.quantity}", row.place, clock(row.needed_by_at))
        by_state.setdefault(row.status, []).append(
            Record(kind="request", key=row.number, cells=cells)
        )
    held: dict[str, list[Record]] = {}
    rows = Assignment.objects.filter(
        request__incident=asked.incident, ended_at=None, resource__isnull=False
    ).select_related("resource__kind", "request")
    for one in rows.order_by("resource__number"):
        if one.resource is not None:
            cells = (one.resource.name, one.resource.kind.name, one.request.place)
            held.setdefault(one.request.status, []).append(
                Record(kind="gear", key=one.resource.number, cells=cells)
            )
    asked_for = tuple(
        Figure(
            code=f"requests.{state.lower()}",
            label=Phrase("资源请求：%(state)s", state=Phrase(label)),
            value=len(by_state[state]),
            counted_in="张请求",
            method="为本事件提出的资源请求，按现在的状态。",
            columns=("请求", "送到何处", "最迟到位"),
            records=tuple(by_state[state]),
        )
        for state, label in LABELS.items()
        if state in by_state
    )
    pieces = tuple(
        Figure(
            code=f"gear.{state.lower()}",
            label=Phrase("装备：%(state)s", state=Phrase(LABELS[state])),
            value=len(held[state]),
            counted_in="件",
            method="指派给本事件的请求、还没有归还的装备，按请求的状态。",
            columns=("装备", "类别", "送到何处"),
            records=tuple(held[state]),
        )
        for state in HELD
        if state in held
    )
    note = "" if by_state else Phrase("本事件还没有资源请求。")
    return Section(code="resources", title="资源", figures=(*asked_for, *pieces), note=note)
