"""Three firms of a small town with contracts, tariffs and curves; the third has no readings."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from dianliang.domain.customers.models import Customer
from dianliang.domain.directory.models import Unit
from dianliang.domain.enterprises.models import AnalysisRun, Finding, FirmAnalysis
from dianliang.domain.enterprises.operations import begin, keep_contracts
from dianliang.domain.territory.models import Area
from dianliang.faces.ui.requests import now
from dianliang.flows.enterprises import books, own, running, tariff_files
from dianliang.flows.enterprises.analysing import Progress
from dianliang.kernel.actor import SYSTEM
from tests.flows.enterprises.county import SPAN, stored

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
UNITS = ("S1", "S1", "S2")


def firms_of(town, home):
    """Write the firms, their contracts and curves under a home; return the customers."""
    by = town.actor()
    books.bring_tariffs(
        content=tariff_files.told(tariff_files.demo()).encode(), name="电价", by=by, at=NOW
    )
    supplies, _, _ = stored(home, count=2)
    supplies = [*supplies, replace(supplies[0], meters=("NO-SUCH",))]
    rows = []
    for n, (one, code) in enumerate(zip(supplies, UNITS, strict=True), start=1):
        customer = Customer.objects.create(
            number=f"QY-{n}",
            kind="enterprise",
            name=f"演示第 {n} 厂",
            area=Area.objects.get(code="V1"),
            unit=Unit.objects.get(code=code),
            is_generated=True,
        )
        rows.append((customer, books.contract_values(one)))
    keep_contracts(rows=rows, by=by, at=NOW)
    return [customer for customer, _ in rows]


def run_of(town):
    """Analyse them at once; return the finished run."""
    run = running.ask(from_on=SPAN.from_on, until_on=SPAN.until_on, by=town.actor(), at=NOW)
    begin(run=run, by=SYSTEM, at=NOW)
    running.finish(run=run, progress=Progress(), at=lambda: NOW)
    return AnalysisRun.objects.get(pk=run.pk)


def objects(town):
    """Return a firm of station S1 with a finding, and a tariff, without reading a curve."""
    unit, area = Unit.objects.get(code="S1"), Area.objects.get(code="V1")
    firm = Customer.objects.create(
        number="QY-S1", kind="enterprise", name="所属厂", area=area, unit=unit
    )
    run = AnalysisRun.objects.create(
        number="QN-1",
        unit=unit,
        from_on=SPAN.from_on,
        until_on=SPAN.until_on,
        status="DONE",
        engine_version="1",
        asked_by="x",
        asked_at=NOW,
        finished_at=NOW,
    )
    analysis = FirmAnalysis.objects.create(
        run=run,
        customer=firm,
        tariff_code="YS-10KV",
        way="none",
        capacity_kva=100,
        problem="没有读数",
    )
    finding = Finding.objects.create(
        number="QF-1",
        analysis=analysis,
        place=1,
        kind="stuck",
        low_cny=0,
        high_cny=0,
        rule="one-power-for-a-day",
        group="readings",
        is_counted=False,
        confidence="high",
        standing="engineering-estimate",
        facts={"hours": 48.0, "kw": 5.0},
        points=[],
    )
    books.bring_tariffs(
        content=tariff_files.told(tariff_files.demo()).encode(),
        name="电价",
        by=town.actor(),
        at=NOW,
    )
    link = own.issue(
        number=firm.number,
        post="能源管理岗",
        valid_until=now().date() + timedelta(days=30),
        by=town.actor("S1"),
        at=now(),
    )
    return {
        "firm": {"number": firm.number, "form": "pdf"},
        "firm link": {"number": link.number},
        "finding": {"number": finding.number, "verb": "decide"},
        "tariff": {"number": "YS-10KV.1"},
        "tariff check": {"number": "YS-10KV.1"},
    }
