"""What triage can learn from, and what it has learnt.

Who only accepts a need agrees tacitly to the service that stands there: nobody may have looked. To
take that for a choice would let the model mark its own work, so a choice is never tacit here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from dianliang.domain.intake.aspects import Aspect
from dianliang.domain.intake.lifecycle import LEARNT_MODEL
from dianliang.domain.intake.models import Decision, LearntModel, Need


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A need's words and the service that a person chose last.

    `first_id` is the first decision about it, tacit or not: a model that had learnt until then may
    have seen its words.
    """

    decision_id: int
    first_id: int
    at: datetime
    text: str
    service_code: str


def decided(*, most: int) -> tuple[Decided, ...]:
    """Return the newest needs that somebody decided, newest first, with what was chosen last."""
    return _newest(_chosen(), most=most)


@dataclass(frozen=True, slots=True, kw_only=True)
class LetPass:
    """Needs that were accepted with the service as it stood, and never looked at by who did.

    `drawn` are those of the sample of which another person chose blind, `others` the newest of the
    rest, both newest first, `needs` how many there are of both kinds.
    """

    drawn: tuple[Decided, ...]
    others: tuple[Decided, ...]
    needs: int


def let_pass(*, most: int) -> LetPass:
    """Return what was only let pass, at most so many of each kind."""
    looked_at = _chosen().values("suggestion__need_id")
    tacit = _about_services().filter(is_tacit=True).exclude(suggestion__need__in=looked_at)
    second = Decision.objects.filter(
        aspect=Aspect.SECOND, suggestion__need__in=tacit.values("suggestion__need_id")
    )
    others = tacit.exclude(suggestion__need__in=second.values("suggestion__need_id"))
    return LetPass(
        drawn=_newest(second, most=most),
        others=_newest(others, most=most),
        needs=tacit.order_by().values("suggestion__need_id").distinct().count(),
    )


def _about_services() -> QuerySet[Decision]:
    return Decision.objects.filter(aspect=Aspect.SERVICE)


def _chosen() -> QuerySet[Decision]:
    return _about_services().filter(is_tacit=False)


def _newest(decisions: QuerySet[Decision], *, most: int) -> tuple[Decided, ...]:
    same_need = Decision.objects.filter(
        aspect=Aspect.SERVICE, suggestion__need=OuterRef("suggestion__need")
    )
    first = Subquery(same_need.order_by("pk").values("pk")[:1])
    rows = decisions.order_by("-pk").values_list(
        "pk", first, "at", "suggestion__need_id", "suggestion__need__text", "chosen"
    )
    return tuple(islice(_newest_of_each(rows.iterator(chunk_size=2000)), most))


def _newest_of_each(rows: Iterator[tuple[Any, ...]]) -> Iterator[Decided]:
    seen: set[int] = set()
    for pk, first_id, at, need_id, text, chosen in rows:
        if need_id in seen:
            continue
        seen.add(need_id)
        if chosen:  # that no service fits teaches none, nor does what was chosen before it
            yield Decided(decision_id=pk, first_id=first_id, at=at, text=text, service_code=chosen)


def undecided_texts(*, most: int) -> tuple[str, ...]:
    """Return the words of the newest needs whose service nobody chose or let pass."""
    sorted_ones = _about_services().values("suggestion__need_id")
    rows = Need.objects.exclude(pk__in=sorted_ones).order_by("-pk")
    return tuple(rows.values_list("text", flat=True)[:most])


def newest_decision() -> int:
    """Return the newest decision about a service, whatever it teaches; 0 if there is none."""
    return _about_services().order_by("-pk").values_list("pk", flat=True).first() or 0


def decisions_since(decision_id: int) -> int:
    """Return how many services people chose after a decision."""
    return _chosen().filter(pk__gt=decision_id).exclude(chosen="").count()


@dataclass(frozen=True, slots=True, kw_only=True)
class LearntRow:
    """One time of learning, as its page shows it."""

    number: int
    status: str
    status_label: str
    made_at: datetime
    made_by: str
    version: str
    decided: int
    history: int
    figures: dict[str, Any]
    reason: str
    used_from: datetime | None
    can_be_used: bool


def learnt(*, most: int = 30) -> tuple[LearntRow, ...]:
    """Return the newest times of learning, newest first."""
    rows = LearntModel.objects.order_by("-pk").defer("unseen")[:most]
    return tuple(
        LearntRow(
            number=row.pk,
            status=row.status,
            status_label=LEARNT_MODEL.labels[row.status],
            made_at=row.made_at,
            made_by=row.made_by,
            version=row.version,
            decided=row.decided,
            history=row.history,
            figures=row.figures,
            reason=row.reason,
            used_from=row.used_from,
            can_be_used=bool(row.body) and row.status != "IN_USE",
        )
        for row in rows
    )


def in_use() -> LearntModel | None:
    """Return the model that suggestions are made with, or None on day one."""
    return LearntModel.objects.filter(status="IN_USE").first()


def newest() -> LearntModel | None:
    """Return what was learnt last, used or not."""
    return LearntModel.objects.order_by("-pk").defer("body", "unseen").first()


def is_held() -> bool:
    """Tell whether a person has stopped new models from being used by themselves."""
    return LearntModel.objects.filter(is_held=True).exists()
