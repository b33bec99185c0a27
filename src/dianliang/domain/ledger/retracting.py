"""A record that earned points was itself taken back: its points follow by counter-entries."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from dianliang.core import audit
from dianliang.domain.ledger.models import Award, Entry
from dianliang.domain.ledger.operations import OverdrawnError, reverse
from dianliang.kernel.actor import Actor


@transaction.atomic
def retract(*, kind: str, number: str, because: str, by: Actor, at: datetime) -> int:
    """Take back the points that a record gave, by every rule (来源冲销).

    What has not been entered will not be. What has been is undone by a counter-entry. Points that
    were spent meanwhile cannot be taken yet: call it again. Returns from how many entries.

    Raises:
        OwnBenefitError: it concerns the actor's own account.
    """
    awards = Award.objects.filter(source_kind=kind, source_number=number)
    left = 0
    for award in awards.select_related("settlement", "entry", "person").order_by("pk"):
        if award.settlement.status != "POSTED":
            _refuse(award, because, by=by, at=at)
            continue
        standing = standing_entry(award)
        if standing is None:
            continue
        try:
            reverse(standing.number, because=because, by=by, at=at)
        except OverdrawnError:
            left += 1
    return left


def last_entry(award: Award) -> Entry | None:
    """Return the latest entry of an award's points: its own, or that of the last correction."""
    # An appeal upheld before the entering left none of its own: the award's entry is as it said.
    corrected = Q(counter_entry__isnull=False) | Q(new_entry__isnull=False)
    appeal = award.appeals.filter(corrected).order_by("-pk").first()
    return appeal.new_entry if appeal else award.entry


def standing_entry(award: Award) -> Entry | None:
    """Return the entry that gives the points of an award as it stands; None where none does."""
    entry = last_entry(award)
    if entry is None or Entry.objects.filter(reverses=entry).exists():
        return None
    return entry


def _refuse(award: Award, because: str, *, by: Actor, at: datetime) -> None:
    if award.refused_because:
        return
    decided = {"decided_by": by.id, "decided_name": by.name, "decided_at": at}
    values = {} if award.decided_by else decided
    Award.objects.filter(pk=award.pk).update(**values, refused_because=because[:200])
    audit.record(
        "ledger.settlement.refuse",
        target=award.settlement,
        by=by,
        at=at,
        after=f"{award.person.number} {award.source_number}",
        reason=because[:200],
    )
