"""A version of a tariff as a page says it: prices, charges, hours by month, what changed."""

from dataclasses import dataclass

from dianliang.domain.enterprises.models import TariffVersion
from dianliang.engines.tariffs import (
    CERTAINTY_WORDS,
    DAY_WORDS,
    PERIOD_WORDS,
    Change,
    DayKind,
    Tariff,
    changes,
    hours_of,
)
from dianliang.flows.enterprises.tariff_files import of_body
from dianliang.kernel.errors import NotVisibleError

ABSENT = "没有找到这个电价版本。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """The periods of a kind of day in some months."""

    months: str
    day: str
    periods: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TariffPage:
    """A version, the one before it if there is one, and what changed."""

    tariff: Tariff
    certainty: str
    prices: tuple[tuple[str, float], ...]
    hours: tuple[Hours, ...]
    before: int | None
    changes: tuple[Change, ...]


def page_of(name: str) -> TariffPage:
    """Return the page of a version named ``code.version``.

    Raises:
        NotVisibleError: it is not in the library.
    """
    code, _, version = name.rpartition(".")
    if not (version.isdecimal() and len(version) < 5 and "\0" not in code):
        raise NotVisibleError(ABSENT)
    rows = {row.version: of_body(row.body) for row in TariffVersion.objects.filter(code=code)}
    here = rows.get(int(version))
    if here is None:
        raise NotVisibleError(ABSENT)
    earlier = [number for number in rows if number < here.version]
    before = max(earlier) if earlier else None
    return TariffPage(
        tariff=here,
        certainty=CERTAINTY_WORDS[here.certainty],
        prices=tuple((PERIOD_WORDS[period], price) for period, price in here.prices.items()),
        hours=tuple(_hours(here)),
        before=before,
        changes=tuple(changes(rows[before], here)) if before else (),
    )


def _hours(tariff: Tariff) -> list[Hours]:
    """Return the hours, months and days that are alike in one row."""
    told: dict[tuple[DayKind, str], list[int]] = {}
    for day in DayKind:
        for month in range(1, 13):
            told.setdefault((day, hours_of(tariff, month, day)), []).append(month)
    return [
        Hours(
            months="、".join(map(str, months)), day=DAY_WORDS[day], periods=tuple(said.split("；"))
        )
        for (day, said), months in told.items()
    ]
