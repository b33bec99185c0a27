"""Pick the factor of a row of activity data: the one that it names, else the official one."""

from dataclasses import dataclass, field

from dianliang.core.checks import Checks
from dianliang.core.sheets import SheetRow
from dianliang.domain.energy.models import Factor
from dianliang.domain.energy.queries.factors import NATIONWIDE, province
from dianliang.kernel.phrases import Phrase

POWER = "电力"


@dataclass(slots=True, kw_only=True)
class Picker:
    """Look each factor up once, however many rows ask for it."""

    heading: str
    checks: Checks
    known: dict[tuple[str, str, str, int], Factor | None] = field(default_factory=dict)
    regions: tuple[str, ...] = ()

    def pick(
        self, row: SheetRow, *, carrier: str, unit: str, scope: str, year: int
    ) -> Factor | None:
        """Return the factor of a row; complain where there is none, or it is of something else."""
        series = self.checks.text(row, self.heading, 80)
        key = (series, carrier, unit, year)
        if key not in self.known:
            named = _named(series) if series else self._official(carrier, unit, year)
            self.known[key] = named
        found = self.known[key]
        if found is None:
            words = Phrase(
                "因子库里没有%(carrier)s每 %(unit)s 的因子", carrier=carrier, unit=unit
            ) + (Phrase("“%(series)s”", series=series) if series else "")
            self.checks.add(
                row,
                Phrase("%(words)s，请先由管理员登记，或改正品种和单位。", words=words),
                self.heading,
            )
            return None
        wrongs = _contradictions(found, carrier=carrier, unit=unit, scope=scope)
        for words in wrongs:
            self.checks.add(row, words, self.heading)
        return None if wrongs else found

    def _official(self, carrier: str, unit: str, year: int) -> Factor | None:
        rows = Factor.objects.filter(carrier=carrier, unit=f"kgCO2/{unit}")
        if carrier != POWER:
            return rows.order_by("-year", "-edition").first()
        self.regions = self.regions or (province(), NATIONWIDE)
        for region in self.regions:
            own = rows.filter(kind=Factor.Kind.AVERAGE, region=region)
            found = own.filter(year__lte=year).order_by("-year", "-edition").first()
            found = found or own.order_by("year", "-edition").first()
            if found is not None:
                return found
        return None


def _named(series: str) -> Factor | None:
    rows = Factor.objects.filter(series=series.partition("@")[0])
    rows = rows.filter(code=series) if "@" in series else rows
    return rows.order_by("-edition").first()


def _contradictions(found: Factor, *, carrier: str, unit: str, scope: str) -> list[str]:
    """Say what a factor has against the row that it is for."""
    wrongs: list[str] = []
    if found.carrier != carrier:
        words = Phrase(
            "因子“%(series)s”是%(of)s的，这一行却是%(carrier)s。",
            series=found.series,
            of=found.carrier,
            carrier=carrier,
        )
        wrongs.append(words)
    if found.unit != f"kgCO2/{unit}":
        wrongs.append(
            Phrase(
                "因子“%(series)s”的单位是 %(unit)s，用量却按 %(unit2)s。",
                series=found.series,
                unit=found.unit,
                unit2=unit,
            )
        )
    if found.kind == Factor.Kind.FUEL and scope == "2":
        words = Phrase(
            "%(carrier)s是燃料，自己燃烧应记范围 1；范围 2 只记外购的电和热。", carrier=carrier
        )
        wrongs.append(words)
    if carrier == POWER and scope == "1":
        wrongs.append(Phrase("电力不是自己燃烧的，外购应记范围 2。"))
    return wrongs
