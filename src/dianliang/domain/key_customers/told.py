"""What people tell of key customers, of their grade and of their supply, before it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dianliang.core.models import StoredFile
from dianliang.domain.catalog.models import Checklist
from dianliang.domain.directory.models import Unit
from dianliang.domain.key_customers.models import KeyCustomer
from dianliang.domain.territory.models import Area
from dianliang.kernel.geo import GeoPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What feeds a key customer: a line or a transformer, by database key."""

    feeder_id: int | None = None
    transformer_id: int | None = None
    is_main: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """A supply of the customer's own."""

    kind: str
    power_kva: float | None = None
    power_kw: float | None = None
    autonomy_h: float | None = None
    tested_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """A grade with the half-open period of a temporary one, and who says so."""

    grade: str
    begins_on: date | None = None
    ends_on: date | None = None
    decided_on: date | None = None
    document: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldCustomer:
    """What is to be kept of a key customer. A contact left empty stays as it is.

    `sources` and `supplies` replace what there is; None leaves it.
    """

    name: str
    kind: str
    unit: Unit
    area: Area
    checklist: Checklist
    address: str = ""
    point: GeoPoint | None = None
    tie_in: str = KeyCustomer.TieIn.UNKNOWN
    cable_m: int | None = None
    plug: str = ""
    contact: str = ""
    phone: str = ""
    note: str = ""
    sources: Sequence[Source] | None = None
    supplies: Sequence[Supply] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What is followed, as other rooms name it: a kind, and a number if it has one."""

    kind: str
    number: str = ""
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldReport:
    """What somebody tells of a customer's supply. A generator is named when it is tied in."""

    state: str
    happened_at: datetime
    generator: str = ""
    reporter: str = ""
    words: str = ""
    evidence: StoredFile | None = None
