"""Hot issues as somebody may see them: every figure counts only the needs that are his to see."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dianliang.core import reference
from dianliang.domain.insight import hot as insight
from dianliang.domain.intake.queries import reports as intake
from dianliang.domain.intake.queries.reports import NeedLine
from dianliang.engines import triage as engine
from dianliang.flows import hot, triage
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.text import clean_text

MOST_ISSUES = 30
MOST_NEEDS = 8
LEAST_REPORTERS = 2
DAYS = 14
COLD_BELOW = 0.5
"""Half of what one ordinary report of this moment is worth: no longer hot."""
TITLE_CHARS = 40
AGAIN = 2.0
"""What a person took note of comes back when it is so many times as hot as it was then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An issue for one reader. `total` is how many of its needs he may see, `needs` the latest."""

    code: str
    title: str
    place: str
    reporters: int
    total: int
    open: int
    grave: int
    heat: float
    trend: str
    trend_label: str
    recent: int
    earlier: int
    first_at: datetime
    last_at: datetime
    past: tuple[float, ...]
    point: GeoPoint | None
    needs: tuple[NeedLine, ...]
    numbers: tuple[str, ...]
    mark: insight.Mark | None
    is_again: bool

    @property
    def is_marked(self) -> bool:
        """Tell whether somebody looks after it and it has not become much hotter since."""
        return self.mark is not None and not self.is_again

    @property
    def more(self) -> int:
        """Return how many needs are not listed."""
        return self.total - len(self.needs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a reader sees of the latest run; `at` is None before the first."""

    at: datetime | None
    reports: int
    waiting: tuple[Seen, ...]
    marked: tuple[Seen, ...]
    cold: int
    is_looking: bool
    may_order: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """An issue in one line for those who lead: masked, and no nearer than its village."""

    code: str
    title: str
    place: str
    reporters: int
    trend_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mine:
    """An issue with the reports of it that are the reader's to see, and their figures."""

    issue: insight.Issue
    reports: tuple[insight.IssueReport, ...]
    warmth: engine.Warmth


def page(*, by: Actor, at: datetime) -> Page:
    """Return the hot issues that an actor may see, hottest first; those looked after apart."""
    run = insight.latest()
    every = _mine(run, by=by, at=at)
    mine = [one for one in every if one.warmth.heat >= COLD_BELOW][:MOST_ISSUES]
    lines = intake.need_lines(_numbers(mine), by=by)
    marks = insight.marks([one.issue.code for one in mine], by=by)
    with reference.steady():
        seen = [_seen(one, lines, marks.get(one.issue.code), at=at) for one in mine]
    return Page(
        at=run.at if run else None,
        reports=run.reports if run else 0,
        waiting=tuple(one for one in seen if not one.is_marked),
        marked=tuple(one for one in seen if one.is_marked),
        cold=sum(one.warmth.heat < COLD_BELOW for one in every),
        is_looking=hot.is_looking(),
        may_order=by.role == Role.DISPATCHER,
    )


def headlines(*, by: Actor, at: datetime, most: int) -> tuple[Headline, ...]:
    """Return the hottest issues that an actor may see and that public needs speak of."""
    run = insight.latest()
    every = _mine(run, by=by, at=at)
    mine = [one for one in every if one.warmth.heat >= COLD_BELOW][:MOST_ISSUES]
    lines = intake.need_lines(_numbers(mine), by=by)
    public = {number: line for number, line in lines.items() if line.is_public}
    told = [one for one in mine if any(number in public for number in _numbers([one]))][:most]
    with reference.steady():
        return tuple(_headline(one, public) for one in told)


def _headline(one: _Mine, public: Mapping[str, NeedLine]) -> Headline:
    shown = {number: public[number] for number in _numbers([one]) if number in public}
    return Headline(
        code=one.issue.code,
        title=_title(one.issue, shown),
        place=_village(shown),
        reporters=one.warmth.reporters,
        trend_label=insight.TRENDS[one.warmth.trend],
    )


def mark(*, code: str, state: str, note: str, by: Actor, at: datetime) -> None:
    """Write down that an actor knows of an issue that he may see, or works on it.

    Raises:
        NotVisibleError: it is absent, or he may not see what it is about.
        InvalidInputError: the note is missing, or there is no such mark.
    """
    run = insight.latest()
    issue = next((m.issue for m in _mine(run, by=by, at=at) if m.issue.code == code), None)
    if issue is None:
        raise NotVisibleError("没有找到这个热点，可能已经降温。")
    note = clean_text(note, field="note", label="说明", most=200, least=1)
    heat = _warmth(issue.reports, at=at).heat
    insight.mark(code=code, state=state, note=note, heat=heat, by=by, at=at)


def _mine(run: insight.Run | None, *, by: Actor, at: datetime) -> list[_Mine]:
    """Return the issues that several people speak of in needs the actor may see."""
    issues = run.issues if run else ()
    every = {intake.number_of(r.id) for issue in issues for r in issue.reports}
    visible = intake.visible_numbers(every, by=by)
    found: list[_Mine] = []
    for issue in issues:
        own = tuple(r for r in issue.reports if intake.number_of(r.id) in visible)
        told = _warmth(own, at=at)
        if told.reporters >= LEAST_REPORTERS:
            found.append(_Mine(issue=issue, reports=own, warmth=told))
    return sorted(found, key=lambda one: (-one.warmth.heat, one.issue.code))


def _warmth(reports: Sequence[insight.IssueReport], *, at: datetime) -> engine.Warmth:
    needs = [
        engine.ReportedNeed(
            id=report.id,
            text="",
            at=report.at,
            area_code="",
            reporter=str(report.reporter),
            severity=report.severity,
        )
        for report in reports
    ]
    return engine.warmth(needs, at=at)


def _numbers(mine: Sequence[_Mine]) -> list[str]:
    """Return the numbers of the needs, newest report first."""
    told = [report for one in mine for report in reversed(one.reports)]
    return list(dict.fromkeys(intake.number_of(report.id) for report in told))


def _seen(
    one: _Mine, lines: Mapping[str, NeedLine], mark: insight.Mark | None, *, at: datetime
) -> Seen:
    issue, told = one.issue, one.warmth
    own = {number: lines[number] for number in _numbers([one]) if number in lines}
    heat_of_all = _warmth(issue.reports, at=at).heat
    ordinary = hot.SEVERITY["normal"]
    grave = {intake.number_of(r.id) for r in one.reports if r.severity > ordinary}
    return Seen(
        code=issue.code,
        title=_title(issue, own),
        place=_place(issue, own),
        reporters=told.reporters,
        total=len(own),
        open=sum(line.is_open for line in own.values()),
        grave=len(grave),
        heat=told.heat,
        trend=told.trend.value,
        trend_label=insight.TRENDS[told.trend],
        recent=told.recent,
        earlier=told.earlier,
        first_at=min(report.at for report in one.reports),
        last_at=max(report.at for report in one.reports),
        past=tuple(
            _warmth(one.reports, at=at - timedelta(days=days)).heat for days in range(DAYS, -1, -1)
        ),
        point=_middle(own),
        needs=tuple(own.values())[:MOST_NEEDS],
        numbers=tuple(own),
        mark=mark,
        is_again=mark is not None and heat_of_all >= AGAIN * mark.heat,
    )


def _title(issue: insight.Issue, own: Mapping[str, NeedLine]) -> str:
    """Quote the need most like all of them, or the newest that the reader may see; masked."""
    line = own.get(issue.central) or next(iter(own.values()))
    shown = triage.nameless(line.text)  # whole: a number that is cut is not known for one
    return shown.partition("。")[0][:TITLE_CHARS].strip()


def _village(own: Mapping[str, NeedLine]) -> str:
    return Counter(line.area_name for line in own.values()).most_common(1)[0][0]


def _place(issue: insight.Issue, own: Mapping[str, NeedLine]) -> str:
    """Name the village, and the estate or street that is named if all of it is the reader's."""
    named = issue.place if issue.central in own else ""
    return f"{_village(own)} {named}".strip()


def _middle(own: Mapping[str, NeedLine]) -> GeoPoint | None:
    at = [(line.lat, line.lon) for line in own.values() if line.lat is not None]
    places = [(lat, lon) for lat, lon in at if lat is not None and lon is not None]
    if not places:
        return None
    return GeoPoint(
        sum(lat for lat, _ in places) / len(places), sum(lon for _, lon in places) / len(places)
    )
