"""Records of a period, sorted by who they count for: each person, each branch."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dianliang.domain.appraisal.measures import MEASURES
from dianliang.domain.branches.models import Belonging
from dianliang.flows.appraisal.sources import FINDERS, Found, Span


@dataclass(frozen=True, slots=True)
class Collected:
    """Records by measure and person, and by measure and branch; each list in order of days."""

    of_people: Mapping[tuple[str, int], Sequence[Found]]
    of_branches: Mapping[tuple[str, int], Sequence[Found]]

    def own(self, measure: str, person_id: int) -> Sequence[Found]:
        """Return a person's records."""
        return self.of_people.get((measure, person_id), ())

    def branch(self, measure: str, branch_id: int) -> Sequence[Found]:
        """Return a branch's records."""
        return self.of_branches.get((measure, branch_id), ())


class Whereabouts:
    """In which branch somebody was on a day; one query for all."""

    def __init__(self, path: str) -> None:
        touched = Belonging.objects.filter(branch__unit__path__startswith=path)
        rows = Belonging.objects.filter(person_id__in=touched.values("person_id"))
        self._days: dict[int, list[date]] = defaultdict(list)
        self._branches: dict[int, list[int | None]] = defaultdict(list)
        told = rows.order_by("person_id", "from_on")
        for person, on, branch in told.values_list("person_id", "from_on", "branch_id"):
            self._days[person].append(on)
            self._branches[person].append(branch)

    def of(self, person_id: int, *, on: date) -> int | None:
        """Return the key of the branch, or None."""
        place = bisect_right(self._days.get(person_id, []), on)
        return self._branches[person_id][place - 1] if place else None


def collect(measures: Iterable[str], *, span: Span) -> Collected:
    """Return the records of some measures. The number of queries does not grow with people.

    A person's record counts for the branch that he belonged to on its day, and there once,
    however many of its people are in it, unless the measure adds quantities up.
    """
    wanted = [code for code in FINDERS if code in set(measures)]
    where = Whereabouts(span.path) if wanted else None
    people: dict[tuple[str, int], list[Found]] = defaultdict(list)
    branches: dict[tuple[str, int], dict[object, Found]] = defaultdict(dict)
    for code in wanted:
        for found in FINDERS[code](span):
            unit = found.unit_id
            if found.person_id is not None and where is not None:
                people[code, found.person_id].append(found)
                unit = where.of(found.person_id, on=found.on)
            if unit is not None:
                once: object = found.number
                if MEASURES[code].adds_up:
                    once = (found.number, found.person_id)
                branches[code, unit].setdefault(once, found)
    return Collected(
        of_people={key: _ordered(rows) for key, rows in people.items()},
        of_branches={key: _ordered(rows.values()) for key, rows in branches.items()},
    )


def _ordered(rows: Iterable[Found]) -> tuple[Found, ...]:
    return tuple(sorted(rows, key=lambda row: (row.on, row.kind, row.number, row.person_id or 0)))
