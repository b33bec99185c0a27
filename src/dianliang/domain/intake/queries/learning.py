"""What triage can learn from, and what it has learnt."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from dianliang.domain.intake.aspects import Aspect
from dianliang.domain.intake.lifecycle import LEARNT_MODEL
from dianliang.domain.intake.models import Decision, LearntModel, Need


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A need's words and the service that a person chose last."""

    decision_id: int
    at: datetime
    text: str
    service_code: str


def decided(*, most: int) -> tuple[Decided, ...]:
    """Return the newest decided needs, newest first: of each need what was chosen last."""
    rows = (
        Decision.objects.filter(aspect=Aspect.SERVICE)
        .order_by("-pk")
        .values_list("pk", "at", "suggestion__need_id", "suggestion__need__text", "chosen")
    )
    return tuple(islice(_newest_of_each(rows.iterator(chunk_size=2000)), most))


def _newest_of_each(rows: Iterator[tuple[Any, ...]]) -> Iterator[Decided]:
    seen: set[int] = set()
    for pk, at, need_id, text, chosen in rows:
        if need_id in seen:
            continue
        seen.add(need_id)
        if chosen:  # that no service fits teaches none, nor does what was chosen before it
            yield Decided(decision_id=pk, at=at, text=text, service_code=chosen)


def undecided_texts(*, most: int) -> tuple[str, ...]:
    """Return the words of the newest needs whose service no person has chosen."""
    sorted_ones = Decision.objects.filter(aspect=Aspect.SERVICE).values("suggestion__need_id")
    rows = Need.objects.exclude(pk__in=sorted_ones).order_by("-pk")
    return tuple(rows.values_list("text", flat=True)[:most])


def newest_decision() -> int:
    """Return the newest decision about a service, whatever it teaches; 0 if there is none."""
    rows = Decision.objects.filter(aspect=Aspect.SERVICE).order_by("-pk")
    return rows.values_list("pk", flat=True).first() or 0


def decisions_since(decision_id: int) -> int:
    """Return how many services were chosen after a decision."""
    newer = Decision.objects.filter(aspect=Aspect.SERVICE, pk__gt=decision_id)
    return newer.exclude(chosen="").count()


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
