"""Whose category a person has not decided, who decided what, and how far two people agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery

from dianliang.domain.intake import access
from dianliang.domain.intake.aspects import Aspect
from dianliang.domain.intake.models import Decision, Need
from dianliang.domain.intake.suggesting import of_texts
from dianliang.kernel.actor import Actor

MOST_WAITING = 1000
"""Of more undecided needs the newest are looked at."""
MOST_SECOND = 4000
MOST_DECIDED = 3000
"""So many needs, decided last, are compared for contradictions: a third of a second."""
SECOND_EVERY = 20
"""One decided need in so many is offered to a second person: five in a hundred."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A need whose category nobody has decided; `is_doubted` where triage left it to a person."""

    number: str
    text: str
    is_doubted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A need with the category that a person chose last."""

    number: str
    text: str
    chosen: str
    by_name: str
    at: datetime


def _undecided(by: Actor) -> QuerySet[Need]:
    needs = access.reviewable(by)
    decided = Decision.objects.filter(suggestion__need=OuterRef("pk"), aspect=Aspect.SERVICE)
    proposed = of_texts().filter(need=OuterRef("pk"))
    return needs.filter(Exists(proposed), ~Exists(decided))


def waiting(*, by: Actor) -> tuple[Waiting, ...]:
    """Return the newest needs whose category nobody has decided, newest first."""
    latest = of_texts().filter(need=OuterRef("pk")).order_by("-pk")
    rows = (
        _undecided(by)
        .annotate(is_doubted=Subquery(latest.values("body__none_of_these")[:1]))
        .order_by("-received_at", "-pk")
        .values_list("number", "text", "is_doubted")[:MOST_WAITING]
    )
    return tuple(
        Waiting(number=number, text=text, is_doubted=bool(is_doubted))
        for number, text, is_doubted in rows
    )


def still_waiting(numbers: Sequence[str], *, by: Actor) -> tuple[str, ...]:
    """Return those of some needs that still wait for a decision, in the order given."""
    found = set(_undecided(by).filter(number__in=numbers).values_list("number", flat=True))
    return tuple(number for number in numbers if number in found)


def last_decision(need: Need) -> Decision | None:
    """Return what a person decided last about the category, or None."""
    rows = Decision.objects.filter(suggestion__need=need, aspect=Aspect.SERVICE)
    return rows.order_by("-pk").first()


def are_decided(least: int) -> bool:
    """Tell whether so many decisions about categories have been made, by anybody."""
    return Decision.objects.filter(aspect=Aspect.SERVICE)[:least].count() == least


def is_decided(need: Need) -> bool:
    """Tell whether a person has decided the category."""
    return last_decision(need) is not None


def in_sample(number: str) -> bool:
    """Tell whether a need is one of those that two people decide: always the same ones."""
    return crc32(number.encode()) % SECOND_EVERY == 0


def for_second(*, by: Actor) -> tuple[str, ...]:
    """Return needs of the sample that others decided and nobody twice, decided last first."""
    rows = (
        Decision.objects.filter(
            aspect=Aspect.SERVICE, suggestion__need__in=access.reviewable(by).values("pk")
        )
        .order_by("-pk")
        .values_list("suggestion__need__number", "by_id")[:MOST_SECOND]
    )
    deciders: dict[str, set[str]] = {}
    for number, by_id in rows:
        deciders.setdefault(number, set()).add(by_id)
    sample = [number for number, ids in deciders.items() if in_sample(number) and by.id not in ids]
    twice = set(
        Decision.objects.filter(
            aspect=Aspect.SECOND, suggestion__need__number__in=sample
        ).values_list("suggestion__need__number", flat=True)
    )
    return tuple(number for number in sample if number not in twice)


def chosen_twice(*, by: Actor) -> dict[tuple[str, str], int]:
    """Count needs by what the first and the second person chose.

    Where the first had only accepted the need, nobody but the program chose: that is no pair, and
    who looks at it afterwards makes it none.
    """
    first = Decision.objects.filter(
        suggestion=OuterRef("suggestion"),
        pk__lt=OuterRef("pk"),
        aspect=Aspect.SERVICE,
        is_tacit=False,
    )
    rows = (
        Decision.objects.filter(
            Exists(first),
            aspect=Aspect.SECOND,
            suggestion__need__in=access.reviewable(by).values("pk"),
        )
        .order_by()
        .values_list("proposed", "chosen")
        .annotate(n=Count("pk"))
    )
    return {(first, second): n for first, second, n in rows}


def decided(*, by: Actor) -> tuple[Decided, ...]:
    """Return the needs whose category was decided last, each with the latest choice."""
    rows = (
        Decision.objects.filter(
            aspect=Aspect.SERVICE, suggestion__need__in=access.reviewable(by).values("pk")
        )
        .exclude(chosen="")
        .order_by("-pk")
        .values_list(
            "suggestion__need__number", "suggestion__need__text", "chosen", "by_name", "at"
        )[:MOST_DECIDED]
    )
    found: dict[str, Decided] = {}
    for number, text, chosen, by_name, at in rows:
        found.setdefault(
            number, Decided(number=number, text=text, chosen=chosen, by_name=by_name, at=at)
        )
    return tuple(found.values())
