"""What accounts come to: the engine's inventory, curve and doubles of stored entries.

An entry that nothing can be made of is left out of the sums and told, so that it can be reversed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dianliang.domain.energy.queries import carbon as queries
from dianliang.domain.energy.queries import claims, factors
from dianliang.domain.energy.queries.carbon import AccountRow, EntryRow
from dianliang.domain.energy.queries.factors import FactorRow
from dianliang.domain.energy.shapes import ClaimRow
from dianliang.engines import carbon
from dianliang.engines.carbon import Basis
from dianliang.flows.carbon.categories import CATEGORIES
from dianliang.kernel.actor import Actor
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.quantities import Quantity
from dianliang.kernel.text import spelling_free

KG_PER_T = 1000.0
BASES = {Basis.LOCATION: "位置法", Basis.MARKET: "市场法"}
BARE_FACTOR = "因子没有公布误差，未计入区间。"
BARE_DATA = "有的活动数据没有给出不确定度，区间只含其余部分。"
OTHER_YEAR = "因子年份与活动年份不同，由此的误差未计入区间。"
UNSORTED = Phrase("没有写类别")
CAVEATS = (BARE_DATA, BARE_FACTOR, OTHER_YEAR)
SCOPES = {1: "范围 1：自己燃烧", 2: "范围 2：外购电和热", 3: "范围 3：上下游"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Emissions of a scope, or of all of them (`label`), by place and by market."""

    label: str
    location: Quantity
    market: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A month of the curve, in tonnes of CO2 by place.

    `low_t` and `high_t` are the 95 % interval of what was emitted from the first month to its end.
    """

    first_on: date
    co2_t: float
    cumulative_t: float
    low_t: float
    high_t: float

    @property
    def month(self) -> str:
        """Return the month as charts name it."""
        return f"{self.first_on:%Y-%m}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoned:
    """A year of an account: sums, curve, factors in use, what is counted twice.

    `categories` are those of scope 3 that have activity, `silent` the names of the others: what is
    not entered is not nothing. `first_on` and `last_on` are the first and last day with activity;
    `caveats` say what the intervals leave out; `refused` says of entries why they stand in no sum:
    they have to be reversed.
    """

    year: int
    lines: tuple[Line, ...]
    categories: tuple[tuple[str, Quantity], ...]
    silent: tuple[str, ...]
    curve: tuple[Point, ...]
    factors: tuple[FactorRow, ...]
    residual: FactorRow | None
    certified: Quantity
    left: Quantity
    has_uncertainty: bool
    caveats: tuple[str, ...]
    doubles: tuple[str, ...]
    refused: tuple[str, ...]
    first_on: date
    last_on: date

    @property
    def is_whole(self) -> bool:
        """Tell whether activity reaches from the first day of the year to the last."""
        return (self.first_on, self.last_on) == (date(self.year, 1, 1), date(self.year, 12, 31))

    @property
    def period(self) -> str:
        """Return the year, with the months that it covers where it is not whole."""
        if self.is_whole:
            return Phrase("%(year)s 年", year=self.year)
        first, last = self.first_on.month, self.last_on.month
        months = first if first == last else f"{first}–{last}"
        return Phrase("%(year)s 年 %(months)s 月", year=self.year, months=months)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPage:
    """All of a carbon account in a year; `stale` are claims stated of other entries."""

    row: AccountRow
    years: tuple[int, ...]
    reckoned: Reckoned | None
    entries: tuple[EntryRow, ...]
    claims: dict[str, ClaimRow]
    stale: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """An account of a list, with what its year comes to in the days that it covers.

    `refused` is how many of its entries stand in no sum.
    """

    row: AccountRow
    location: Quantity
    market: Quantity
    entries: int
    refused: int
    first_on: date | None
    last_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Entries as the engine takes them, and by number why it does not take the others."""

    activities: list[carbon.Activity]
    certificates: list[carbon.Certificate]
    refused: dict[str, str]


def page(*, number: str, year: int | None, by: Actor) -> AccountPage:
    """Return an account with one of its years, the latest where none is asked for.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    row = queries.account(number, by=by)
    years = queries.years(number, by=by)
    shown = year if year in years else next(iter(years), None)
    listed = queries.entries(by=by, year=shown, account=number) if shown else ()
    keys = [claim_key(number, shown, basis) for basis in Basis] if shown else []
    stated = claims.by_key(keys, by=by)
    return AccountPage(
        row=row,
        years=years,
        reckoned=reckoned(listed, year=shown, by=by) if shown and listed else None,
        entries=listed,
        claims=stated,
        stale=claims.stale(row.number for row in stated.values()),
    )


def overview(*, year: int, by: Actor) -> tuple[Overview, ...]:
    """Return all accounts of the actor's units with a year's sums."""
    counted = queries.counted(year=year, by=by)
    lines = _taken(counted)
    found = carbon.inventory(
        lines.activities, certificates=lines.certificates, residual=_factor(residual())
    ).accounts
    rows = queries.accounts(by=by)
    own = {row.number: [one for one in _of(counted) if one.account == row.number] for row in rows}
    totals = {row.number: getattr(found.get(row.number), "totals", {}) for row in rows}
    return tuple(
        Overview(
            row=row,
            location=_tonnes(totals[row.number].get(Basis.LOCATION)),
            market=_tonnes(totals[row.number].get(Basis.MARKET)),
            entries=sum(one.account == row.number for one in counted),
            refused=sum(
                one.account == row.number and one.number in lines.refused for one in counted
            ),
            first_on=min((one.from_on for one in own[row.number]), default=None),
            last_on=max((_last(one) for one in own[row.number]), default=None),
        )
        for row in rows
    )


def reckoned(entries: Sequence[EntryRow], *, year: int, by: Actor) -> Reckoned:
    """Reckon a year of one account; doubles are sought in every account that the actor sees."""
    counted = [row for row in entries if row.is_counted]
    lines, mix = _taken(counted), residual()
    found = carbon.inventory(
        lines.activities, certificates=lines.certificates, residual=_factor(mix)
    )
    account = next(iter(found.accounts.values()), None)
    return Reckoned(
        year=year,
        lines=tuple(_lines(account)) if account else (),
        categories=tuple(_categories(lines.activities)),
        silent=tuple(
            name
            for number, name in CATEGORIES.items()
            if number not in {line.category for line in lines.activities}
        ),
        curve=tuple(
            Point(
                first_on=month.first_on,
                co2_t=month.co2_kg / KG_PER_T,
                cumulative_t=month.cumulative_kg / KG_PER_T,
                low_t=month.low_kg / KG_PER_T,
                high_t=month.high_kg / KG_PER_T,
            )
            for month in carbon.curve(lines.activities)
        ),
        factors=tuple({row.factor.code: row.factor for row in counted if row.factor}.values()),
        residual=mix,
        certified=Quantity(value=account.certified_kwh if account else 0.0, unit="kWh"),
        left=Quantity(value=account.left_kwh if account else 0.0, unit="kWh"),
        has_uncertainty=bool(lines.activities)
        and all(row.share is not None for row in _of(counted)),
        caveats=tuple(_caveats(_of(counted), mix)),
        doubles=_doubles(counted, year=year, by=by),
        refused=tuple(f"{number}：{words}" for number, words in lines.refused.items()),
        first_on=min((row.from_on for row in _of(counted)), default=date(year, 1, 1)),
        last_on=max(map(_last, _of(counted)), default=date(year, 12, 31)),
    )


def _last(row: EntryRow) -> date:
    return row.until_on - timedelta(days=1)


def _caveats(rows: Sequence[EntryRow], mix: FactorRow | None) -> Iterable[str]:
    """Say what the intervals leave out."""
    used = [row.factor for row in rows if row.factor]
    asked = [*used, mix] if mix and any(row.carrier == "电力" for row in rows) else used
    if any(row.share is None for row in rows):
        yield BARE_DATA
    if any(factor.low is None for factor in asked):
        yield BARE_FACTOR
    # What a fuel gives off does not change from year to year; what a grid does is of one year.
    if any(
        row.factor and row.carrier == "电力" and row.factor.year != row.from_on.year for row in rows
    ):
        yield OTHER_YEAR


def residual() -> FactorRow | None:
    """Return the latest residual mix of the country."""
    return factors.latest("电力", kind="residual")


def claim_key(number: str, year: int | None, basis: Basis) -> str:
    """Return the key under which a year of an account is stated."""
    return f"carbon:{number}:{year}:{basis}"


def _taken(rows: Iterable[EntryRow]) -> Lines:
    """Return entries as the engine takes them: one bad entry spoils no sum of the others."""
    lines = Lines(activities=[], certificates=[], refused={})
    redeemed: dict[str, str] = {}
    for row in rows:
        key = spelling_free(row.certificate)
        if key in redeemed:
            lines.refused[row.number] = Phrase(
                "绿证“%(certificate)s”已在 %(redeemed)s 核销。",
                certificate=row.certificate,
                redeemed=redeemed[key],
            )
            continue
        try:
            if row.certificate:
                lines.certificates.append(_certificate(row))
                redeemed[key] = row.number
            else:
                lines.activities.append(_activity(row))
        except carbon.BadAccountError as wrong:
            lines.refused[row.number] = wrong.words
    return lines


def _of(rows: Iterable[EntryRow]) -> list[EntryRow]:
    return [row for row in rows if not row.certificate]


def _doubles(counted: Sequence[EntryRow], *, year: int, by: Actor) -> tuple[str, ...]:
    """Say which of these lines stand in another account too."""
    own = {row.number for row in counted}
    places = {spelling_free(row.place) for row in counted}
    every = _of(queries.counted(year=year, by=by))
    lines = _taken(row for row in every if spelling_free(row.place) in places).activities
    names = {row.number: row.name for row in queries.accounts(by=by)}
    told = []
    for double in carbon.doubles(lines):
        if {double.first, double.second} & own:
            words = double.words
            for number, name in names.items():
                words = words.replace(f"“{number}”", f"“{name}”")
            told.append(words)
    return tuple(told)


def _lines(account: carbon.Account) -> Iterable[Line]:
    for scope, label in SCOPES.items():
        if (scope, Basis.LOCATION) in account.scopes:
            yield Line(
                label=label,
                location=_tonnes(account.scopes[scope, Basis.LOCATION]),
                market=_tonnes(account.scopes[scope, Basis.MARKET]),
            )
    yield Line(
        label="合计",
        location=_tonnes(account.totals[Basis.LOCATION]),
        market=_tonnes(account.totals[Basis.MARKET]),
    )


def _categories(lines: Sequence[carbon.Activity]) -> Iterable[tuple[str, Quantity]]:
    """Yield scope 3 by category; entries of before there were categories come last."""
    indirect = [line for line in lines if line.scope == 3]
    for number, name in (*CATEGORIES.items(), (0, UNSORTED)):
        own = [line for line in indirect if line.category == number]
        if own:
            yield name, _tonnes(carbon.summed(own))


def _tonnes(found: carbon.Sum | None) -> Quantity:
    if found is None:
        return Quantity(value=0.0, unit="tCO2")
    is_sure = found.low_kg == found.high_kg
    return Quantity(
        value=found.co2_kg / KG_PER_T,
        unit="tCO2",
        low=None if is_sure else found.low_kg / KG_PER_T,
        high=None if is_sure else found.high_kg / KG_PER_T,
        confidence=None if is_sure else 0.95,
    )


def _factor(row: FactorRow | None) -> carbon.EmissionFactor | None:
    if row is None:
        return None
    return carbon.EmissionFactor(
        code=row.code,
        kg_per_unit=float(row.value),
        unit=row.unit.partition("/")[2],
        low=None if row.low is None else float(row.low),
        high=None if row.high is None else float(row.high),
    )


def _activity(row: EntryRow) -> carbon.Activity:
    factor = _factor(row.factor)
    assert factor is not None  # noqa: S101 (a constraint of the table: no certificate, a factor)
    return carbon.Activity(
        number=row.number,
        account=row.account,
        place=row.place,
        carrier=row.carrier,
        scope=row.scope,
        from_on=row.from_on,
        until_on=row.until_on,
        quantity=row.quantity,
        factor=factor,
        share=row.share or 0.0,
        category=row.category or 0,
    )


def _certificate(row: EntryRow) -> carbon.Certificate:
    return carbon.Certificate(
        number=row.certificate,
        account=row.account,
        from_on=row.from_on,
        until_on=row.until_on,
        kwh=row.quantity,
    )
