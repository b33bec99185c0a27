"""What others may know about care: numbers, never a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q

from dianliang.domain.catalog.queries import work_calendar
from dianliang.domain.customers.models import Customer
from dianliang.domain.customers.visiting import due_before, expired
from dianliang.domain.territory.models import Area

SOON_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class KindLine:
    """How many special customers of a kind and level there are, and how their visits stand."""

    kind: str
    kind_label: str
    level: int
    count: int
    due: int
    overdue: int
    without_consent: int
    expired: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaCare:
    """Care in an area and all below it on a day. Holds no personal data."""

    lines: tuple[KindLine, ...]

    @property
    def count(self) -> int:
        """Return how many special customers there are."""
        return sum(line.count for line in self.lines)

    @property
    def due(self) -> int:
        """Return to how many somebody should come within a week, or should have come."""
        return sum(line.due for line in self.lines)

    @property
    def overdue(self) -> int:
        """Return to how many nobody came in time."""
        return sum(line.overdue for line in self.lines)

    @property
    def by_level(self) -> Mapping[int, int]:
        """Return how many there are of each level."""
        return {n: sum(line.count for line in self.lines if line.level == n) for n in (1, 2, 3)}


def of_area(*, area: Area, on: date) -> AreaCare:
    """Return how many special customers an area has, by kind and level, and how visits stand."""
    calendar = work_calendar()
    labels = dict(Customer.SpecialKind.choices)
    rows = (
        Customer.objects.filter(special_level__isnull=False, area__path__startswith=area.path)
        .values("special_kind", "special_level")
        .annotate(
            count=Count("pk"),
            due=Count("pk", filter=due_before(on + timedelta(SOON_DAYS + 1), calendar=calendar)),
            overdue=Count("pk", filter=due_before(on, calendar=calendar)),
            without_consent=Count("pk", filter=Q(consented_on=None)),
            expired=Count("pk", filter=expired(on)),
        )
        .order_by("special_level", "special_kind")
    )
    return AreaCare(
        lines=tuple(
            KindLine(
                kind=row["special_kind"],
                kind_label=str(labels[row["special_kind"]]),
                level=row["special_level"] or 0,
                count=row["count"],
                due=row["due"],
                overdue=row["overdue"],
                without_consent=row["without_consent"],
                expired=row["expired"],
            )
            for row in rows
        )
    )
