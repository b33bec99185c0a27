"""Three firms of a small town with contracts, tariffs and curves; the third has no readings."""

from dataclasses import replace
from datetime import UTC, datetime

from dianliang.domain.customers.models import Customer
from dianliang.domain.directory.models import Unit
from dianliang.domain.enterprises.models import AnalysisRun
from dianliang.domain.enterprises.operations import begin, keep_contracts
from dianliang.domain.territory.models import Area
from dianliang.flows.enterprises import books, running, tariff_files
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
