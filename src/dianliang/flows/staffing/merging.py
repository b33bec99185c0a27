"""Decide whether two rows are one person: look at both side by side, merge, or tell them apart."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from dianliang.domain.appraisal import folding as appraisal_folding
from dianliang.domain.branches import folding as branch_folding
from dianliang.domain.honours import folding as honour_folding
from dianliang.domain.hours import folding as hour_folding
from dianliang.domain.ledger import folding as ledger_folding
from dianliang.domain.ledger.operations import pass_gate
from dianliang.domain.mobilisation import positions
from dianliang.domain.programs import folding
from dianliang.domain.programs.models import Participation, PresenceDay, PresenceDuty
from dianliang.domain.rosters import folding as roster_folding
from dianliang.domain.talks import folding as talk_folding
from dianliang.domain.venues.models import Keeper
from dianliang.domain.workforce import merging, register
from dianliang.domain.workforce.merging import UnableToMergeError
from dianliang.domain.workforce.models import NotTheSame, Person, PersonMerge
from dianliang.flows.voices import folding as voice_folding
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError
from dianliang.kernel.text import clean_text


@transaction.atomic
def merge(
    *,
    kept_number: str,
    gone_number: str,
    take: Collection[str],
    reason: str,
    by: Actor,
    at: datetime,
) -> PersonMerge:
    """Make two rows one person, in the books too.

    Raises:
        NotVisibleError: one is not of the actor's units.
        InvalidInputError, UnableToMergeError: see the operation.
    """
    kept, gone = _both(kept_number, gone_number, by=by)
    unknown = set(take) - merging.FIELDS.keys()
    if unknown:
        raise UnableToMergeError("请重新选择保留哪一方的内容。", field="take")
    words = clean_text(reason, field="reason", label="认定依据", most=200, least=2)
    return _merged(kept, gone, take=take, reason=words, by=by, at=at)


def _merged(
    kept: Person, gone: Person, *, take: Collection[str], reason: str, by: Actor, at: datetime
) -> PersonMerge:
    pass_gate()  # before people are held: who posts waits for them
    together = folds(by=by, at=at)
    return merging.merge(
        kept=kept, gone=gone, take=take, reason=reason, folds=together, by=by, at=at
    )


def tried(
    *, kept_number: str, gone_number: str, by: Actor, at: datetime
) -> tuple[Mapping[str, int], str]:
    """Return what a merge would move, and why it would be refused; nothing is written.

    Raises:
        NotVisibleError: one is not of the actor's units.
    """
    kept, gone = _both(kept_number, gone_number, by=by)
    try:
        with transaction.atomic():
            row = _merged(kept, gone, take=(), reason="试合并", by=by, at=at)
            transaction.set_rollback(True)
    except DomainError as refusal:
        return {}, refusal.message
    return row.moved, ""


def tell_apart(
    *, first_number: str, second_number: str, reason: str, by: Actor, at: datetime
) -> NotTheSame:
    """Note that two are two.

    Raises:
        NotVisibleError: one is not of the actor's units.
        InvalidInputError, UnableToMergeError: there is no reason, or they are one row.
    """
    first, second = _both(first_number, second_number, by=by)
    words = clean_text(reason, field="reason", label="依据", most=200, least=2)
    return merging.tell_apart(first=first, second=second, reason=words, by=by, at=at)


def _both(first: str, second: str, *, by: Actor) -> tuple[Person, Person]:
    return register.person_to_change(first, by=by), register.person_to_change(second, by=by)


def participations(kept: Person, gone: Person) -> Mapping[str, Any]:
    """Count a person once who was written down twice for one activity."""
    own = Participation.objects.filter(person=kept).values("activity_id")
    twice = Participation.objects.filter(person=gone, activity__in=own).select_related("activity")
    numbers = [row.activity.number for row in twice]
    twice.delete()
    return {"participations": numbers} if numbers else {}


def presence_duties(kept: Person, gone: Person) -> Mapping[str, Any]:
    """Make one duty of two at one service point: its days come together, each once."""
    open_duties = PresenceDuty.objects.filter(valid_until=None)
    own = {duty.site_id: duty for duty in open_duties.filter(person=kept)}
    dropped = []
    for other in open_duties.filter(person=gone).select_related("site"):
        duty = own.get(other.site_id)
        if duty is None:
            continue
        held = {day.on: day for day in PresenceDay.objects.filter(duty=duty)}
        for day in PresenceDay.objects.filter(duty=other):
            known = held.get(day.on)
            if known is not None and (known.checked_in_at or not day.checked_in_at):
                day.delete()
                continue
            if known is not None:
                known.delete()
            PresenceDay.objects.filter(pk=day.pk).update(duty=duty)
        first = min(duty.valid_from, other.valid_from)
        PresenceDuty.objects.filter(pk=duty.pk).update(valid_from=first)
        dropped.append(f"{other.site.code} {other.valid_from}")
        other.delete()
    return {"presence_duties": dropped} if dropped else {}


def keepers(kept: Person, gone: Person) -> Mapping[str, Any]:
    """Let the bases of the one who goes be the kept one's: they name people by number."""
    Keeper.objects.filter(person_number=gone.number).update(person_number=kept.number)
    return {}


FOLDS = (
    keepers,
    participations,
    presence_duties,
    *folding.FOLDS,
    hour_folding.hours,
    *roster_folding.FOLDS,
    *branch_folding.FOLDS,
    *honour_folding.FOLDS,
    *appraisal_folding.FOLDS,
    *talk_folding.FOLDS,
    *voice_folding.FOLDS,
    positions.fold,
)
"""What rooms above that of people put together."""


def folds(*, by: Actor, at: datetime) -> tuple[merging.Fold, ...]:
    """Return all that is put together, with what the ledger enters about it."""
    return (*FOLDS, *ledger_folding.folds(by=by, at=at))
