"""What reads about firms return: frozen, without the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """A run as its list shows it."""

    number: str
    from_on: date
    until_on: date
    status: str
    status_label: str
    share_percent: int
    words: str
    firms: int
    analysed: int
    low_cny: float
    high_cny: float
    asked_by: str
    asked_at: datetime
    finished_at: datetime | None
    engine_version: str

    @property
    def last_on(self) -> date:
        """The last day that was analysed."""
        return self.until_on - timedelta(days=1)

    @property
    def is_going_on(self) -> bool:
        """Tell whether it has not ended."""
        return self.status in {"WAITING", "RUNNING"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmRow:
    """A firm of a run, as the list shows it."""

    number: str
    name: str
    area_name: str
    unit_name: str
    tariff_code: str
    shape: str
    total_cny: float
    low_cny: float
    high_cny: float
    findings: tuple[str, ...]
    problem: str

    @property
    def share(self) -> float:
        """What could be saved at most, as a share of what is paid."""
        return self.high_cny / self.total_cny if self.total_cny else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """What somebody made of a finding."""

    verdict: str
    label: str
    words: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """A finding with what people made of it; `body` is what the engine said.

    The visit's job waits to be planned (`job_waits`), or stands in a plan that the reader may see,
    or is done (`job_is_done`).
    """

    number: str
    body: Mapping[str, Any]
    decisions: tuple[DecisionRow, ...]
    job_number: str
    job_status: str
    job_waits: bool
    job_is_done: bool
    plan_number: str

    @property
    def decision(self) -> DecisionRow | None:
        """The decision that holds, if there is one."""
        return self.decisions[0] if self.decisions else None

    @property
    def may_have_effect(self) -> bool:
        """Tell whether something may have been done: not while its visit is still to come."""
        return self.job_is_done or not self.job_number

    @property
    def is_declined(self) -> bool:
        """Tell whether the decision that holds leaves it out of all sums."""
        return self.decision is not None and self.decision.verdict == "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmPage:
    """What a run says of one firm."""

    number: str
    name: str
    address: str
    area_name: str
    unit_name: str
    run: RunRow
    tariff_code: str
    way: str
    capacity_kva: float
    body: Mapping[str, Any]
    problem: str
    findings: tuple[FindingRow, ...]
    has_demo_tariff: bool
    is_generated: bool
    may_write: bool
