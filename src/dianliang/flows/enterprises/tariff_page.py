"""A version of a tariff as a page says it: prices, charges, hours by month, what changed."""

from dataclasses import dataclass

from dianliang.domain.enterprises.models import TariffVersion
from dianliang.domain.enterprises.tariff_queries import CheckRow, check_of, checks_of
from dianliang.engines.tariffs import (
    CERTAINTY_WORDS,
    DAY_WORDS,
    PERIOD_WORDS,
    Certainty,
    Change,
    DayKind,
    Tariff,
    changes,
    hours_of,
)
from dianliang.flows.enterprises.tariff_files import of_body
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.phrases import Phrase

ABSENT = "没有找到这个电价版本。"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the day, ``08:00–11:00``, and the name of its period."""

    clock: str
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What a version says otherwise: figures and names as they are, hours stretch by stretch."""

    name: str
    before: str | tuple[Stretch, ...]
    after: str | tuple[Stretch, ...]
    is_hours: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """The periods of a kind of day in some months."""

    months: str
    day: str
    periods: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TariffPage:
    """A version, the one before it if there is one, and what changed."""

    tariff: Tariff
    certainty: str
    check: CheckRow | None
    withdrawn: tuple[CheckRow, ...]
    prices: tuple[tuple[str, float], ...]
    hours: tuple[Hours, ...]
    before: int | None
    changes: tuple[Changed, ...]


def page_of(name: str) -> TariffPage:
    """Return the page of a version named ``code.version``.

    Raises:
        NotVisibleError: it is not in the library.
    """
    code, _, version = name.rpartition(".")
    if not (version.isdecimal() and len(version) < 5 and "\0" not in code):
        raise NotVisibleError(ABSENT)
    kept = TariffVersion.objects.filter(code=code).prefetch_related("checks")
    rows = {row.version: of_body(row.body) for row in kept}
    checks = {row.version: check_of(row) for row in kept}
    here = rows.get(int(version))
    if here is None:
        raise NotVisibleError(ABSENT)
    earlier = [number for number in rows if number < here.version]
    before = max(earlier) if earlier else None
    return TariffPage(
        tariff=here,
        certainty=CERTAINTY_WORDS[Certainty.PUBLISHED if checks[here.version] else here.certainty],
        check=checks[here.version],
        withdrawn=tuple(
            told
            for row in kept
            if row.version == here.version
            for told in checks_of(row)
            if told.withdrawn_at
        ),
        prices=tuple((PERIOD_WORDS[period], price) for period, price in here.prices.items()),
        hours=tuple(_hours(here)),
        before=before,
        changes=tuple(map(_changed, changes(rows[before], here))) if before else (),
    )


def _hours(tariff: Tariff) -> list[Hours]:
    """Return the hours, months and days that are alike in one row."""
    told: dict[tuple[DayKind, str], list[int]] = {}
    for day in DayKind:
        for month in range(1, 13):
            told.setdefault((day, hours_of(tariff, month, day)), []).append(month)
    return [
        Hours(months="、".join(map(str, months)), day=DAY_WORDS[day], periods=_stretches(said))
        for (day, said), months in told.items()
    ]


def _changed(one: Change) -> Changed:
    if one.day is None:
        return Changed(name=one.name, before=one.before, after=one.after, is_hours=False)
    name = Phrase(
        "%(months)s 月%(day)s时段",
        months="、".join(map(str, one.months)),
        day=Phrase(DAY_WORDS[one.day]),
    )
    before, after = _stretches(one.before), _stretches(one.after)
    return Changed(name=name, before=before, after=after, is_hours=True)


def _stretches(said: str) -> tuple[Stretch, ...]:
    """Take apart what `hours_of` says, so that a page can say the periods in its language."""
    return tuple(Stretch(*part.split(" ", 1)) for part in said.split("；") if part)
