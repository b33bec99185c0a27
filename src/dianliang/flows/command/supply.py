"""How the key customers of an incident are supplied: the curve, and states by grade."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from dianliang.domain.incidents.models import Incident
from dianliang.domain.key_customers import access, curve, following, queries
from dianliang.domain.key_customers.curve import Point, Report
from dianliang.domain.key_customers.models import KeyCustomer, Watch
from dianliang.flows.command.figures import Asked, Figure, Grid, Section, clock
from dianliang.flows.incidents.figures import Record
from dianliang.kernel.actor import Actor
from dianliang.kernel.phrases import Phrase

GRADES = dict(queries.GRADES)
LABELS = following.STATE_LABELS
COLUMNS = ("重要客户", "等级", "供电状态", "从何时起")
METHOD = Phrase(
    "本事件供电跟踪里的客户，按截至时最近一条有效的供电情况计；没有报告的按电网供电计。"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """The watches of an incident together: who is followed, what holds at a moment, the curve."""

    watches: tuple[str, ...]
    customers: Mapping[int, KeyCustomer]
    standing: Mapping[int, Report | None]
    points: tuple[Point, ...]
    hours_lost: float

    @property
    def now(self) -> Point | None:
        """Return how all stand at the moment."""
        return self.points[-1] if self.points else None

    def state_of(self, key: int) -> str:
        """Return the state of a customer."""
        report = self.standing[key]
        return report.state if report else curve.NORMAL


def watches_of(incident: Incident, *, by: Actor) -> list[Watch]:
    """Return what the actor's units follow for an incident, the earliest first."""
    rows = access.watches(by).filter(occasion_kind="incident", occasion_number=incident.number)
    return list(rows.order_by("starts_at", "pk"))


def supply(incident: Incident, *, by: Actor, at: datetime, is_named: bool = True) -> Supply:
    """Return the supply of the key customers that are followed for an incident.

    A customer who is followed by two watches counts once. Without names nobody's row is read.
    """
    watches = watches_of(incident, by=by)
    reports = tuple(report for watch in watches for report in following.holding(watch))
    keys = sorted({key for watch in watches for key in following.followed(watch)})
    begin = min((watch.starts_at for watch in watches), default=at)
    end = max(at, begin)
    return Supply(
        watches=tuple(watch.number for watch in watches),
        customers={
            row.pk: row
            for row in KeyCustomer.objects.filter(watched__watch__in=watches)
            .only("number", "name", "grade")
            .distinct()
        }
        if is_named
        else {},
        standing=curve.standing(reports, customers=keys, at=at),
        points=curve.curve(
            reports, customers=keys, start=begin, end=end, step=curve.step_for(begin, end)
        )
        if keys and end > begin
        else (),
        hours_lost=curve.hours_lost(reports, customers=keys, start=begin, end=end),
    )


def section(asked: Asked) -> Section:
    """Return the key customers by grade and state, with who stands behind each number."""
    found = supply(asked.incident, by=asked.by, at=asked.at)
    if not found.customers:
        words = "本事件还没有开立供电跟踪，没有按状态的户数。"
        return Section(code="supply", title="重要客户供电", note=words)
    groups: dict[tuple[str, str], list[Record]] = {}
    for key, customer in sorted(found.customers.items(), key=lambda item: item[1].number):
        groups.setdefault((customer.grade, found.state_of(key)), []).append(
            _record(customer, found.state_of(key), found.standing[key])
        )
    figures = tuple(
        Figure(
            code=f"supply.{grade}.{state}",
            label=Phrase(
                "%(grade)s重要客户：%(state)s", grade=Phrase(GRADES[grade]), state=Phrase(label)
            ),
            value=len(groups[grade, state]),
            counted_in="户",
            method=METHOD,
            columns=COLUMNS,
            records=tuple(groups[grade, state]),
        )
        for grade in GRADES
        for state, label in LABELS.items()
        if (grade, state) in groups
    )
    return Section(
        code="supply",
        title="重要客户供电",
        facts=(("供电跟踪", "、".join(found.watches)),),
        figures=(*_totals(found), *figures),
        grids=(_grid(groups),),
        note="每户只计一次：在它的等级和截至时的状态里。",
    )


def _record(customer: KeyCustomer, state: str, report: Report | None) -> Record:
    cells = (
        customer.name,
        GRADES[customer.grade],
        LABELS[state],
        clock(report.at if report else None),
    )
    return Record(kind="key", key=customer.number, cells=cells)


def _totals(found: Supply) -> tuple[Figure, ...]:
    every = [
        _record(customer, found.state_of(key), found.standing[key])
        for key, customer in found.customers.items()
    ]
    lost = [row for row in every if row.cells[2] == LABELS[curve.LOST]]
    now = found.now
    return (
        Figure(
            code="supply.followed",
            label="跟踪的重要客户",
            value=len(every),
            counted_in="户",
            method="本事件供电跟踪列入的重要客户，每户计一次。",
            columns=COLUMNS,
            records=tuple(every),
        ),
        Figure(
            code="supply.lost",
            label="失电的重要客户",
            value=len(lost),
            counted_in="户",
            method=METHOD,
            columns=COLUMNS,
            records=tuple(lost),
        ),
        Figure(
            code="supply.restored",
            label="已恢复电网供电",
            value=now.restored if now else 0,
            counted_in="户",
            method="失去过电网供电、截至时又由电网供电的客户。",
        ),
        Figure(
            code="supply.hours_lost",
            label="累计失电",
            value=round(found.hours_lost, 1),
            counted_in="户·小时",
            method="每户没有任何电源的时间之和，从跟踪开始到截至时。",
        ),
    )


def _grid(groups: Mapping[tuple[str, str], list[Record]]) -> Grid:
    rows = []
    for grade, label in GRADES.items():
        counts = [len(groups.get((grade, state), ())) for state in LABELS]
        if any(counts):
            rows.append((label, *map(str, counts), str(sum(counts))))
    columns = ("等级", *LABELS.values(), "合计")
    return Grid(
        caption="按等级和供电状态（户）",
        columns=columns,
        rows=tuple(rows),
        numbers=tuple(range(1, len(columns))),
    )
