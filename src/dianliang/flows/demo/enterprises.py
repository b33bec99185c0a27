"""Firms of the demo county with a year of made curves, analysed once, one finding followed up."""

from datetime import date, datetime, timedelta

from dianliang.domain.customers.models import Customer
from dianliang.domain.enterprises import operations
from dianliang.domain.enterprises.models import AnalysisRun, Finding
from dianliang.engines.loading import Span
from dianliang.flows.enterprises import books, following, made, running, tariff_files
from dianliang.flows.enterprises.analysing import Progress, whole_months
from dianliang.flows.enterprises.days import kinds_of
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError

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
    running.store().add(
        made.batch(supplies[:READ], power[:READ], days[0]), source="演示曲线", at=at
    )
    firms = Customer.objects.filter(kind=Customer.Kind.ENTERPRISE).order_by("number")
    rows = [
        (firm, {**books.contract_values(one), "is_generated": True})
        for firm, one in zip(firms, supplies, strict=False)
    ]
    operations.keep_contracts(rows=rows, by=by, at=at)
    run = running.ask(from_on=span.from_on, until_on=span.until_on, by=by, at=at)
    operations.begin(run=run, by=SYSTEM, at=at)
    running.finish(run=run, progress=Progress(), at=lambda: at)
    AnalysisRun.objects.filter(pk=run.pk).update(is_generated=True)
    _follow(by=by, at=at)


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
    dearest = Finding.objects.filter(is_counted=True).order_by("-high_cny", "pk")
    for finding in dearest[:2]:
        following.decide(number=finding.number, verdict="accepted", words="", by=by, at=at)
    following.visit(number=dearest[0].number, by=by, at=at)
    following.decide(
        number=dearest[2].number, verdict="declined", words="企业已在改造（演示）", by=by, at=at
    )
