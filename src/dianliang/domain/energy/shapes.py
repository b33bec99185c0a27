"""What is handed in to be recorded, and what comes back: frozen, without the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dianliang.kernel.quantities import Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceDraft:
    """Something that a number rests on: a record (`kind`, `number`) or data (`digest`)."""

    kind: str
    words: str
    number: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimDraft:
    """A number to be stated, in `measure` (``kWh``, ``tCO2``, ``CNY``, ``%``, ``kVA`` …).

    Give `low`, `high` and `confidence`, or say in `no_interval` why there is none (`low` and
    `high` are then the range that was seen). `factor` is the code of a factor version, applied to
    `activity` in `activity_unit`. Periods are half-open. `unit_code` is whose number it is, the
    actor's unit when left out. `part_of` is the number of a claim that this one is already counted
    in. `held_back` says what has to be explained before anybody may verify it. `key` names where it
    comes from, so that it is stated once at a time.
    """

    title: str
    kind: str
    value: float
    measure: str
    option: str
    method: str
    boundary: str
    subject_name: str
    status: str = "ESTIMATED"
    subject_kind: str = ""
    subject_number: str = ""
    low: float | None = None
    high: float | None = None
    confidence: float | None = None
    no_interval: str = ""
    engine: str = ""
    engine_version: str = ""
    base_from_on: date | None = None
    base_until_on: date | None = None
    from_on: date | None = None
    until_on: date | None = None
    factor: str = ""
    activity: float | None = None
    activity_unit: str = ""
    findings: Sequence[str] = ()
    held_back: str = ""
    evidence: Sequence[EvidenceDraft] = ()
    unit_code: str = ""
    part_of: str = ""
    key: str = ""
    is_generated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRow:
    """A claim as lists and links need it; `quantity` knows how it reads."""

    number: str
    title: str
    kind: str
    kind_label: str
    quantity: Quantity
    measure_label: str
    no_interval: str
    status: str
    status_label: str
    subject_kind: str
    subject_number: str
    subject_name: str
    unit_name: str
    recorded_at: datetime
    recorder: str
    is_generated: bool

    @property
    def value(self) -> float:
        """Return the number alone, in its unit of measure."""
        return self.quantity.value

    @property
    def words(self) -> str:
        """Return the number with its unit and interval."""
        return self.quantity.words()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectDraft:
    """A measure to be measured; efficiencies and `part_share` as shares."""

    title: str
    subject_name: str
    boundary: str
    design: str
    measure_on: date
    efficiency_before: float | None = None
    efficiency_after: float | None = None
    part_share: float = 1.0
    subject_number: str = ""
    finding_number: str = ""
    is_generated: bool = False
