"""Triage learns from what people decided: in the background, measured before it is used.

A new model is made from data every time, compared with the one in use on decided needs that
neither has seen, and used only if it is not worse, over all of them and over the last 30 days.
Who accepts a need and lets the proposal pass has decided nothing: such needs teach little, and
nothing is measured on them but through the sample of which another person chose blind.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillAtItError
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from dianliang.core import jobs
from dianliang.core.models import BackgroundJob
from dianliang.domain.intake.models import LearntModel
from dianliang.domain.intake.operations import learning as operations
from dianliang.domain.intake.queries import learning as queries
from dianliang.domain.intake.queries.learning import Decided
from dianliang.engines import triage as engine
from dianliang.flows import triage
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError
from dianliang.kernel.text import clean_text

LEARN = "triage.learn"
MOST_EXAMPLES = MOST_HISTORY = 6000
MOST_LET_PASS = 4
"""So many needs that were let pass teach beside each that somebody decided."""
MOST_STOOD_FOR = 20
"""A need of the blind sample speaks for so many at most: one in twenty is drawn. Where fewer have
been looked at yet, the difficult needs that people decided weigh more: a doubt on the safe side."""
HISTORY_HELPS_UNTIL = 1500
"""From so many decisions on, a guess about an unsorted need counts a thirteenth of one: it is not
worth learning twice as long."""
REPLAYED = timedelta(days=30)
FEWEST_NEW, NEW_SHARE = 20, 0.05
"""So many new decisions, and such a share of what is known, do not wait for the night."""
NIGHT = range(1, 5)
AFTER_FAILURE = timedelta(hours=6)
REPORT_EVERY_S = 10.0
LONGEST_NUMBER = 9
NOTHING_TO_COMPARE = "确认还太少，没有可比的；目录的判断仍占多数"
Report = Callable[[float, str], object]


class UnableToLearnError(DomainError):
    """There is nothing to learn from yet, or it is being learnt right now."""

    code = "triage.unable-to-learn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What there is to learn from; decided needs newest first, of services in the catalogue."""

    knowledge: engine.Knowledge
    decided: tuple[Decided, ...]
    let_pass: int
    newest_decision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """All that an administrator sees of learning; `new` decisions came since the last time."""

    rows: tuple[queries.LearntRow, ...]
    used: queries.LearntRow | None
    is_held: bool
    is_learning: bool
    note: str
    new: int


def page() -> Page:
    """Return what is in use, what was tried, and how much is new since."""
    rows = queries.learnt()
    last = BackgroundJob.objects.filter(kind=LEARN).order_by("-pk").first()
    note = ""
    if last is not None and last.status == BackgroundJob.Status.FAILED:
        note = "上次学习没有完成，请看服务日志；现用的不受影响。"
    elif last is not None:
        note = (last.result or {}).get("said", "")
    known = queries.newest()
    return Page(
        rows=rows,
        used=next((row for row in rows if row.status == "IN_USE"), None),
        is_held=queries.is_held(),
        is_learning=jobs.is_going_on(LEARN),
        note=note,
        new=queries.decisions_since(known.newest_decision if known else 0),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the public is told of how good suggestions are: of unseen needs, in percent."""

    decided: int
    since: datetime | None
    texts: int
    right_percent: int
    auto_percent: int
    auto_right_percent: int


def told() -> Told | None:
    """Return the figures of the model in use, or None on day one."""
    row = queries.in_use()
    if row is None:
        return None
    found, auto = row.figures["all"], row.figures["bands"]["auto"]
    return Told(
        decided=row.decided,
        since=row.used_from,
        texts=found["texts"],
        right_percent=_percent(found["after_right"], found["texts"]),
        auto_percent=round(100 * auto["coverage"]),
        auto_right_percent=_percent(auto["right"], auto["texts"]),
    )


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0


def use(*, number: str, reason: str, by: Actor, at: datetime) -> LearntModel:
    """Use one of the kept models instead of the present one.

    Raises:
        NotVisibleError: there is no such model.
        DomainError: see the operation.
    """
    is_number = number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER
    row = LearntModel.objects.filter(pk=int(number)).first() if is_number else None
    if row is None:
        raise NotVisibleError("没有这一次学习，请刷新后再试。")
    return operations.use(row, reason=_reason(reason), by=by, at=at)


def back_to_day_one(*, reason: str, by: Actor, at: datetime) -> None:
    """Stop using anything that was learnt. Raises: see the operation."""
    operations.back_to_day_one(reason=_reason(reason), by=by, at=at)


def hold(*, reason: str, by: Actor, at: datetime) -> None:
    """Keep what is in use now.

    Raises:
        InvalidInputError: there is no reason.
        UnableToLearnError: nothing was learnt yet.
    """
    reason = _reason(reason)
    if not reason:
        raise InvalidInputError("请写明停止的原因。", field="reason")
    if queries.newest() is None:
        raise UnableToLearnError("还没有学习过，没有可停的。")
    operations.hold(reason=reason, by=by, at=at)


def release(*, by: Actor, at: datetime) -> None:
    """Let new models be used again by themselves."""
    operations.release(by=by, at=at)


def _reason(reason: str) -> str:
    return clean_text(reason, field="reason", label="原因", most=200)


@transaction.atomic
def order(*, by: Actor, at: datetime) -> None:
    """Have it learnt in the background.

    Raises:
        UnableToLearnError: it is being learnt already.
    """
    if jobs.enqueue_alone(LEARN, {}, by=by, at=at, max_attempts=2) is None:
        raise UnableToLearnError("正在学习，完成后可在本页看到结果。")


def order_if_due(*, at: datetime) -> None:
    """Have it learnt when much is new, and at night when anything is."""
    if jobs.is_going_on(LEARN):
        return
    last = BackgroundJob.objects.filter(kind=LEARN).order_by("-pk").first()
    has_learnt = last is not None and "number" in (last.result or {})
    if last is not None and not has_learnt and at - last.created_at < AFTER_FAILURE:
        return
    known = queries.newest()
    new = queries.decisions_since(known.newest_decision if known else 0)
    enough = max(FEWEST_NEW, NEW_SHARE * (known.decided if known else 0))
    local = at.astimezone(SHANGHAI)
    is_night = local.hour in NIGHT
    not_today = known is None or known.made_at.astimezone(SHANGHAI).date() < local.date()
    if new >= enough or (new and is_night and not_today):
        jobs.enqueue_alone(LEARN, {}, by=SYSTEM, at=at, max_attempts=2)


@jobs.handler(LEARN)
def learn_in_background(context: jobs.JobContext) -> dict[str, Any]:
    """Learn beside a thread that renews the lease; say what came of it."""

    def report(share: float, note: str) -> None:
        context.progress(share, note)

    try:
        row = learn(by=SYSTEM, at=context.clock(), report=report)
    except UnableToLearnError as refusal:
        return {"said": refusal.message}
    return {"number": row.pk, "status": row.status}


def learn(*, by: Actor, at: datetime, report: Report | None = None) -> LearntModel:
    """Learn from all that is decided now, compare, keep, and use it if it is not worse.

    Raises:
        UnableToLearnError: too little is decided, or all for one service.
    """
    lesson = _lesson()
    knowledge = lesson.knowledge
    taught = _patiently(
        lambda: engine.teach(knowledge.services, knowledge.examples, knowledge.history), report
    )
    if taught.learned is None:
        raise UnableToLearnError("可学的还太少：至少要有两个事项、几条经人工确认的需求。")
    compared = _compared(lesson, taught, at=at)
    learnt = operations.Learnt(
        version=engine.VERSION,
        newest_decision=lesson.newest_decision,
        decided=taught.decided,
        history=taught.history,
        body=engine.to_bytes(taught),
        unseen=tuple(
            (row.decision_id, code)
            for row, code in zip(lesson.decided, taught.unseen, strict=False)
        ),
        figures={"bands": _bands(taught.bands), "let_pass": lesson.let_pass, **compared},
    )
    note = "" if compared["all"]["texts"] else NOTHING_TO_COMPARE
    return operations.keep(learnt, worse=_why_worse(compared), note=note, by=by, at=at)


def _lesson() -> Lesson:
    known, newest = triage.knowledge(), queries.newest_decision()
    codes = {service.code for service in known.services}
    chosen = [row for row in queries.decided(most=MOST_EXAMPLES) if row.service_code in codes]
    found = queries.let_pass(most=MOST_EXAMPLES)
    drawn = [row for row in found.drawn if row.service_code in codes]
    decided = (*drawn, *chosen)[:MOST_EXAMPLES]
    most = min(MOST_LET_PASS * len(decided), MOST_EXAMPLES - len(decided))
    let_pass = [row for row in found.others if row.service_code in codes][:most]
    stands_for = min(MOST_STOOD_FOR, found.needs / len(drawn)) if drawn else 1.0
    history: tuple[str, ...] = ()
    if len(decided) < HISTORY_HELPS_UNTIL:
        history = queries.undecided_texts(most=MOST_HISTORY)
    examples = (
        *(_example(row, stands_for=stands_for) for row in drawn[:MOST_EXAMPLES]),
        *(_example(row) for row in decided[len(drawn) :]),
        *(_example(row, is_tacit=True) for row in let_pass),
    )
    return Lesson(
        knowledge=replace(known, examples=examples, history=history),
        decided=decided,
        let_pass=len(let_pass),
        newest_decision=newest,
    )


def _example(row: Decided, *, is_tacit: bool = False, stands_for: float = 1.0) -> engine.Example:
    return engine.Example(
        text=row.text, service_code=row.service_code, is_tacit=is_tacit, stands_for=stands_for
    )


def _patiently(work: Callable[[], engine.Taught], report: Report | None) -> engine.Taught:
    with ThreadPoolExecutor(max_workers=1) as pool:
        future = pool.submit(work)
        while True:
            try:
                return future.result(timeout=REPORT_EVERY_S)
            except StillAtItError:
                if report is not None:
                    report(0.3, "正在学习")


def _compared(lesson: Lesson, taught: engine.Taught, *, at: datetime) -> dict[str, Any]:
    """Compare on decided needs that neither model has seen: all, and those of the last days."""
    before = _said_before(lesson)
    both = [
        (row, before[row.decision_id], code)
        for row, code in zip(lesson.decided, taught.unseen, strict=False)
        if row.decision_id in before
    ]
    lately = [found for found in both if at - found[0].at <= REPLAYED]
    return {"all": _comparison(both), "lately": _comparison(lately)}


def _said_before(lesson: Lesson) -> dict[int, str]:
    """Return what the model in use says, or said before it had seen them, of decided needs."""
    present = queries.in_use()
    unseen = {int(pk): str(code) for pk, code in present.unseen} if present else {}
    learnt_until = present.newest_decision if present else 0
    made = triage.prepared()
    said = {}
    for row in lesson.decided:
        if row.decision_id in unseen:
            said[row.decision_id] = unseen[row.decision_id]
        elif row.first_id > learnt_until:
            said[row.decision_id] = made.first(row.text)
    return said


def _comparison(rows: Sequence[tuple[Decided, str, str]]) -> dict[str, Any]:
    found = engine.compare_models(
        [row.service_code for row, _, _ in rows],
        before=[before for _, before, _ in rows],
        after=[after for _, _, after in rows],
    )
    return {**asdict(found), "is_worse": found.is_worse}


def _why_worse(compared: dict[str, Any]) -> str:
    for name, words in (("all", "全部已确认需求"), ("lately", "近 30 天的需求")):
        found = compared[name]
        if found["is_worse"]:
            return (
                f"在{words}上不如现用的：{found['texts']} 条中对 {found['after_right']} 条，"
                f"现用的对 {found['before_right']} 条"
            )
    return ""


def _bands(bands: engine.Bands) -> dict[str, Any]:
    """Return what was measured; a limit that no text can reach is none (JSON has no infinity)."""
    told: dict[str, Any] = {"measured_on": bands.measured_on}
    for name in ("auto", "suggest"):
        promise: engine.Promise | None = getattr(bands, name)
        limit: float = getattr(bands, f"{name}_from")
        told[name] = {
            "from": limit if limit <= 1 else None,
            "texts": promise.texts if promise else 0,
            "right": promise.right if promise else 0,
            "coverage": promise.coverage if promise else 0.0,
        }
    return told
