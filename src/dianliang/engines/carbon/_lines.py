"""What an account is made of: activity data, factors, and certificates that cover electricity."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dianliang.engines.carbon._checks import BadAccountError, within
from dianliang.kernel.phrases import Phrase

MOST_UNCERTAIN = 5.0
SCOPES = (1, 2, 3)


class Basis(StrEnum):
    """How electricity that was bought is counted (GHG Protocol Scope 2 Guidance, chapter 4)."""

    LOCATION = "location"
    MARKET = "market"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmissionFactor:
    """Kilograms of CO2 per `unit` of activity; `low` and `high` are a 95 % interval.

    `code` names it: errors of lines that share a factor are the same error.

    Raises:
        BadAccountError: it is below zero, no number, or outside its interval.
    """

    code: str
    kg_per_unit: float
    unit: str
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        name, english = Phrase("因子“%(code)s”", code=self.code), f"factor {self.code}"
        within(self.kg_per_unit, name, english, low=0, high=1e6)
        low, high = self.low, self.high
        if (low is None) is not (high is None):
            raise BadAccountError(
                Phrase("%(name)s的区间缺一端。", name=name), f"{english}: one end is missing"
            )
        if low is not None and high is not None and not 0 <= low <= self.kg_per_unit <= high:
            raise BadAccountError(
                Phrase("%(name)s不在自己的区间里。", name=name),
                f"{english} is outside its interval",
            )

    @property
    def half_kg(self) -> float:
        """Return half of the 95 % interval: the mean of both arms, 0 where none is known."""
        return 0.0 if self.low is None or self.high is None else (self.high - self.low) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """A quantity that somebody used somewhere in some days, `until_on` excluded.

    `number` identifies the line; `account` is whose book it stands in, `place` where it was used
    (a meter, a tank), `carrier` of what; `share` is half of its 95 % interval as a share of the
    quantity (0.02 for a meter of class 2). `category` is that of scope 3, 0 for none.

    Raises:
        BadAccountError: a figure cannot be; the line is named.
    """

    number: str
    account: str
    place: str
    carrier: str
    scope: int
    from_on: date
    until_on: date
    quantity: float
    factor: EmissionFactor
    share: float = 0.0
    category: int = 0

    def __post_init__(self) -> None:
        name, english = f"“{self.number}”", f"line {self.number}"
        if self.scope not in SCOPES:
            raise BadAccountError(
                Phrase("%(name)s的范围应为 1、2、3。", name=name), f"{english}: no such scope"
            )
        if self.until_on <= self.from_on:
            raise BadAccountError(
                Phrase("%(name)s的止日应在起日之后。", name=name), f"{english}: ends too early"
            )
        within(
            self.quantity, Phrase("%(name)s的数量", name=name), f"{english}: the quantity", low=0
        )
        what = f"{english}: the uncertainty"
        within(
            self.share, Phrase("%(name)s的不确定度", name=name), what, low=0, high=MOST_UNCERTAIN
        )

    @property
    def co2_kg(self) -> float:
        """Return quantity × factor."""
        return self.quantity * self.factor.kg_per_unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """Electricity covered by a certificate (绿证、绿电) and redeemed for an account.

    Raises:
        BadAccountError: it covers nothing.
    """

    number: str
    account: str
    from_on: date
    until_on: date
    kwh: float

    def __post_init__(self) -> None:
        within(
            self.kwh,
            Phrase("绿证“%(number)s”的电量", number=self.number),
            f"certificate {self.number}",
            low=1e-9,
        )
