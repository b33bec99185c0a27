"""What several operations ask about a branch: who is in it, holds a post, represents it.

A representative is whoever is sent to the branch in a way that represents it (党建代表).
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from dianliang.domain.branches.models import (
    Alliance,
    Belonging,
    Branch,
    Pairing,
    Posting,
    Secondment,
    Topic,
)
from dianliang.domain.workforce.models import Person
from dianliang.kernel.calendar import SHANGHAI

HOLDS_UP: Mapping[str, Callable[[Branch], QuerySet[Any]]] = {
    "结对": lambda branch: Pairing.objects.filter(branch=branch, status__in=["DRAFT", "RUNNING"]),
    "联盟": lambda branch: Alliance.objects.filter(branch=branch, status__in=["DRAFT", "RUNNING"]),
    "挂职": lambda branch: Secondment.objects.filter(
        branch=branch, status__in=["PLANNED", "RUNNING"]
    ),
    "课题": lambda branch: Topic.objects.filter(branch=branch).exclude(
        status__in=["CLOSED", "CANCELLED"]
    ),
}
"""What has to end before a branch does."""


def paired(on: date) -> Q:
    """Return which pairings count on a day: signed by then, and not over."""
    over = Q(status="STOPPED", ended_on__lte=on) | Q(status="ENDED", ended_on__lt=on)
    return Q(signed_on__lte=on, from_on__lte=on) & ~over


def away(on: date) -> Q:
    """Return which secondments count on a day, also those that have ended since."""
    now = Q(status="RUNNING", until_on__gte=on) | Q(status="ENDED", ended_on__gte=on)
    return now & Q(from_on__lte=on)


def unfinished(on: date) -> Q:
    """Return which tasks were handed out by a day and not done then."""
    end = datetime.combine(on + timedelta(days=1), time(), SHANGHAI)
    return Q(opened_at__lt=end) & ~Q(status="CANCELLED") & (Q(closed_on=None) | Q(closed_on__gt=on))


def of_branches(keys: Iterable[int]) -> Q:
    """Return which tasks are some branches': their unit answers for them, or their meeting did."""
    keys = list(keys)
    return Q(unit_id__in=keys) | Q(resolution__item__meeting__unit_id__in=keys)


def is_alive(branch: Branch, *, on: date) -> bool:
    """Tell whether a branch lives on a day; one past its last day lives until it is dissolved."""
    first, last = branch.unit.valid_from, branch.unit.valid_until
    begun = first is None or first <= on
    return begun and (branch.status == "ACTIVE" or (last is not None and on < last))


def belonging_on(*, on: date, branch: Branch | None = None) -> dict[int, int]:
    """Return the branch to which each person belongs on a day, by the row in force."""
    rows = Belonging.objects.filter(from_on__lte=on).order_by("from_on")
    if branch is not None:
        touched = Belonging.objects.filter(branch=branch).values("person_id")
        rows = rows.filter(person_id__in=touched)
    latest = dict(rows.values_list("person_id", "branch_id"))
    return {person: found for person, found in latest.items() if found is not None}


def members_on(branch: Branch, *, on: date) -> tuple[int, ...]:
    """Return the keys of who belongs to a branch on a day."""
    latest = belonging_on(on=on, branch=branch)
    return tuple(person for person, found in latest.items() if found == branch.pk)


def representatives(*, on: date) -> dict[int, Secondment]:
    """Return who represents which branch on a day, by the branch's key."""
    rows = Secondment.objects.filter(away(on), kind__represents=True)
    return {row.branch_id: row for row in rows.select_related("person", "from_unit", "kind")}


def representative_of(branch: Branch, *, on: date) -> Secondment | None:
    """Return who represents a branch on a day, or None."""
    return representatives(on=on).get(branch.pk)


def holders(branches: Iterable[int] | None = None, *, on: date) -> dict[tuple[int, int], Posting]:
    """Return the posting in force on a day for each branch and post; an empty post is left out."""
    rows = Posting.objects.filter(from_on__lte=on).select_related("person", "kind")
    if branches is not None:
        rows = rows.filter(branch_id__in=branches)
    latest = {(row.branch_id, row.kind_id): row for row in rows.order_by("from_on")}
    return {key: row for key, row in latest.items() if row.person_id is not None}


def posts_held(person: Person, *, branch: Branch, on: date) -> tuple[str, ...]:
    """Return the names of the posts that a person holds in a branch on a day."""
    held = holders([branch.pk], on=on).values()
    return tuple(row.kind.name for row in held if row.person_id == person.pk)
