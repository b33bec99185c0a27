"""What may be claimed of a project that was energised early, against what, and what is not known.

A day before a plan says how good the plan was as much as how quick the work: the claim names what
it is measured against. Whether the task force had a share in it is told only where enough projects
with and without one allow an interval, and then as a difference, not as its effect.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from statistics import median

from dianliang.domain.grid_projects.models import Member, NormDuration, Project
from dianliang.domain.grid_projects.queries.timing import first_of, in_force, told
from dianliang.engines.scheduling import Comparison, compare
from dianliang.kernel.phrases import Phrase

DAYS_A_MONTH = 30.44
"""Mean length of a month of the Gregorian calendar, in days."""
LEAST_WITH_TASK_FORCE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """One reference: days and months are signed, negative where the project was sooner."""

    words: str
    days: int

    @property
    def months(self) -> float:
        """Return the difference in months of 30.44 days."""
        return round(self.days / DAYS_A_MONTH, 1)

    @property
    def early_days(self) -> int:
        """Return by how many days it was sooner."""
        return max(0, -self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What is known of one energised project's time, and what is not.

    `effect` is empty while nothing may be said of the task force; `refusal` then says why.
    """

    energised_on: date | None
    built_days: int | None
    against: tuple[Against, ...]
    unknown: tuple[str, ...]
    effect: str
    refusal: str
    comparison: Comparison | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """How long a finished project took from start to energising."""

    number: str
    days: int
    has_task_force: bool


def claim_of(number: str, *, reach: str) -> Claim:
    """Return what may be claimed of a project, compared with others of units below `reach`."""
    project = told(Project.objects.filter(number=number)).get()
    energised, started = _reached(project, "energise"), _reached(project, "start")
    days = (energised - started).days if energised and started else None
    built = _built(project, reach=reach)
    others = [one for one in built if one.number != number and not one.has_task_force]
    against = [*_plans(project, energised), *_norms(project, started, days)]
    if days is not None and others:
        against.append(_past(days, others))
    effect, refusal, comparison = _effect(project, built)
    return Claim(
        energised_on=energised,
        built_days=days,
        against=tuple(against),
        unknown=tuple(_unknown(project, energised, others, against)),
        effect=effect,
        refusal=refusal,
        comparison=comparison,
    )


def _reached(project: Project, gate: str) -> date | None:
    return next((row.actual_on for row in project.milestones.all() if row.gate == gate), None)


def _planned(project: Project, which: str) -> date | None:
    baseline = first_of(project) if which == "first" else in_force(project)
    gate = next((row.pk for row in project.milestones.all() if row.gate == "energise"), None)
    days = baseline.days.all() if baseline else ()
    return next((day.planned_on for day in days if day.milestone_id == gate), None)


def _plans(project: Project, energised: date | None) -> Iterable[Against]:
    first, current = first_of(project), in_force(project)
    planned, now = _planned(project, "first"), _planned(project, "now")
    if energised is None or first is None or planned is None or current is None:
        return
    words = Phrase("最初基准计划（V%(version)s）投运日 %(on)s", version=first.version, on=planned)
    yield Against(words=words, days=(energised - planned).days)
    if current.version != first.version and now is not None:
        words = Phrase("现行基准计划（V%(version)s）投运日 %(on)s", version=current.version, on=now)
        yield Against(words=words, days=(energised - now).days)


def _norms(project: Project, started: date | None, days: int | None) -> Iterable[Against]:
    if started is None or days is None:
        return
    asked = NormDuration.objects.filter(
        kind=project.kind, voltage=project.voltage, from_on__lte=started
    )
    norm = asked.order_by("-from_on").first()
    if norm is not None:
        words = Phrase("参照工期 %(days)s 天（%(source)s）", days=norm.days, source=norm.source)
        yield Against(words=words, days=days - norm.days)


def _past(days: int, others: list[Built]) -> Against:
    lengths = sorted(one.days for one in others)
    middle = round(median(lengths))
    words = Phrase(
        "%(n)s 个未设专班的同类工程开工至投运的中位数 %(days)s 天（%(low)s~%(high)s 天）",
        n=len(lengths),
        days=middle,
        low=lengths[0],
        high=lengths[-1],
    )
    return Against(words=words, days=days - middle)


def _built(project: Project, *, reach: str) -> list[Built]:
    """Return the finished projects of the same kind and voltage, generated or not like it."""
    asked = Project.objects.filter(
        kind=project.kind,
        voltage=project.voltage,
        status__in=["ENERGISED", "CLOSED"],
        is_generated=project.is_generated,
        unit__path__startswith=reach or "-",
    )
    found = []
    for row in asked.prefetch_related("milestones", "members").order_by("number"):
        energised, started = _reached(row, "energise"), _reached(row, "start")
        if energised is None or started is None:
            continue
        led = any(_led_before(member, energised) for member in row.members.all())
        days = (energised - started).days
        found.append(Built(number=row.number, days=days, has_task_force=led))
    return found


def _led_before(member: Member, energised: date) -> bool:
    return member.post == Member.Post.LEADER and member.from_on <= energised


def _effect(project: Project, built: list[Built]) -> tuple[str, str, Comparison | None]:
    first = [one.days for one in built if one.has_task_force]
    second = [one.days for one in built if not one.has_task_force]
    found = compare(first=first, second=second)
    if len(first) < LEAST_WITH_TASK_FORCE or found is None or not found.is_known:
        refusal = Phrase(
            "不能说是专班的作用：同类已投运工程中设专班的 %(a)s 个、未设的 %(b)s 个，"
            "数量不足以算出 90%% 区间。",
            a=len(first),
            b=len(second),
        )
        return "", refusal, found
    effect = Phrase(
        "设专班的 %(a)s 个工程与未设的 %(b)s 个相比，工期相差 %(shift)s 天，90%% 区间 "
        "%(low)s 至 %(high)s 天。这是差别，不等于专班的作用：哪些工程设专班不是抽签决定的。",
        a=len(first),
        b=len(second),
        shift=round(found.shift_days),
        low=round(found.low_days or 0),
        high=round(found.high_days or 0),
    )
    return effect, "", found


def _unknown(
    project: Project, energised: date | None, others: list[Built], against: list[Against]
) -> Iterable[str]:
    if energised is None:
        yield Phrase("工程还没有投运，只有预测，没有结果。")
    first = first_of(project)
    if first is None:
        yield Phrase("没有复核通过的基准计划，提前或推迟都无从谈起。")
    else:
        yield Phrase("计划本身是否留有余量不知道：提前量也可能来自宽松的计划。")
    if first is not None and in_force(project) != first:
        yield Phrase("基准计划改过版，请两个数一起看，不要只报对自己有利的一个。")
    if not any("参照工期" in one.words for one in against):
        yield Phrase("没有登记这类工程的参照工期。")
    if not others:
        yield Phrase("没有已投运的同类工程可比。")
