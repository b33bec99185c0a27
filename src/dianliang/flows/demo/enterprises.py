"""Firms of the demo county with a year of made curves, analysed once, one finding followed up."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from dianliang.domain.customers.models import Customer
from dianliang.domain.directory.models import Unit
from dianliang.domain.enterprises import operations, passes
from dianliang.domain.enterprises.models import AnalysisRun, Finding
from dianliang.engines.enterprise import Kind
from dianliang.engines.loading import Span
from dianliang.flows.carbon import keeping, reading
from dianliang.flows.enterprises import (
    books,
    following,
    made,
    measuring,
    own,
    running,
    tariff_files,
)
from dianliang.flows.enterprises.analysing import Progress, whole_months
from dianliang.flows.enterprises.days import kinds_of
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError

SAVER, SAVED, AFTER_DAYS = 1, 0.08, 75
"""The firm that saves a share of what it draws in the last days, so that there is an effect."""
READ, UNREAD = 8, 1
"""Firms with curves, and firms whose curves nobody has imported yet."""
SEED = 330523


def build_enterprises(*, by: Actor, at: datetime) -> None:
    """Bring tariffs and contracts, store the curves, analyse, and open one visit."""
    span = _last_year(at.astimezone(SHANGHAI).date())
    days = whole_months(span)
    content = tariff_files.told(tariff_files.demo()).encode()
    books.bring_tariffs(content=content, name="演示电价", by=by, at=at)
    supplies, power = made.made_firms(count=READ + UNREAD, days=days, seed=SEED)
    acted = len(days) - AFTER_DAYS
    power[SAVER, acted:] = power[SAVER, acted:] * (1 - SAVED)
    running.store().add(
        made.batch(supplies[:READ], power[:READ], days[0]), source="演示曲线", at=at
    )
    firms = list(Customer.objects.filter(kind=Customer.Kind.ENTERPRISE).order_by("number"))
    rows = [
        (firm, {**books.contract_values(one), "is_generated": True})
        for firm, one in zip(firms, supplies, strict=False)
    ]
    operations.keep_contracts(rows=rows, by=by, at=at)
    run = running.ask(from_on=span.from_on, until_on=span.until_on, by=by, at=at)
    operations.begin(run=run, by=SYSTEM, at=at)
    running.finish(run=run, progress=Progress(), at=lambda: at)
    AnalysisRun.objects.filter(pk=run.pk).update(is_generated=True)
    _measured(firms[SAVER], acted_on=days[acted], by=by, at=at)
    _follow(by=by, at=at)
    _own_account(firms[SAVER], supplies[SAVER].meters[0], power[SAVER], days, by=by, at=at)
    passes.issue(
        firm=firms[SAVER],
        post="能源管理岗（演示）",
        valid_until=at.astimezone(SHANGHAI).date() + timedelta(days=365),
        token=own.DEMO_TOKEN,
        by=by,
        at=at,
    )


def _measured(firm: Customer, *, acted_on: date, by: Actor, at: datetime) -> None:
    """Take up what changes the firm's energy: it acts by itself, and the effect is measured."""
    rows = Finding.objects.filter(
        analysis__customer=firm, kind__in=[*measuring.MEASURED_IN_KWH]
    ).exclude(decisions__verdict="declined")
    for finding in rows.exclude(kind=Kind.SUN).order_by("place")[:1]:
        following.decide(number=finding.number, verdict="accepted", words="", by=by, at=at)
        measuring.measure(number=finding.number, acted_on=acted_on, by=by, at=at)


def _own_account(
    firm: Customer,
    meter: str,
    power: made.Watts,
    days: Sequence[date],
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Keep the firm's carbon by its own meter, month by month."""
    account = keeping.open_account(
        name=f"{firm.number} 碳账户（演示）",
        kind="firm",
        boundary="厂区总表的外购电力；不含自有车辆和供应链。",
        unit_code=firm.unit.code if firm.unit else Unit.objects.order_by("path")[0].code,
        subject_number=firm.number,
        by=by,
        at=at,
        is_generated=True,
    )
    months = sorted({day.replace(day=1) for day in days})
    rows: list[tuple[str, ...]] = [(*reading.NEEDED, *reading.OPTIONAL)]
    for first in months:
        until = (first + timedelta(days=31)).replace(day=1)
        kwh = sum(power[n].sum() for n, day in enumerate(days) if first <= day < until) / 4000
        told = (meter, "电力", 2, first, until, round(kwh, 1), "kWh", 1, "", "", "演示抄表", "")
        rows.append(tuple(map(str, told)))
    content = "\n".join(",".join(row) for row in rows).encode()
    keeping.take_in(number=account.number, content=content, name="演示.csv", by=by, at=at)


def _last_year(today: date) -> Span:
    """Return the last twelve whole months whose holidays are known."""
    until = today.replace(day=1)
    while True:
        first = until.replace(year=until.year - 1)
        try:
            kinds_of([first, until - timedelta(days=1)])
        except InvalidInputError:
            until = first
        else:
            return Span(first, until)


def _follow(*, by: Actor, at: datetime) -> None:
    rows = Finding.objects.filter(is_counted=True, decisions=None)
    dearest = list(rows.order_by("-high_cny", "pk")[:3])
    for finding in dearest[:2]:
        following.decide(number=finding.number, verdict="accepted", words="", by=by, at=at)
    following.visit(number=dearest[0].number, by=by, at=at)
    following.decide(
        number=dearest[2].number, verdict="declined", words="企业已在改造（演示）", by=by, at=at
    )
