"""Who holds a change already: the same kWh of the same meters are stated once."""

from dataclasses import dataclass

from dianliang.domain.energy.lifecycle import CURRENT
from dianliang.domain.energy.models import Claim
from dianliang.domain.energy.shapes import ClaimDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A claim that holds a change already, with its measurement project."""

    number: str
    project: str


def of_whole_meters(draft: ClaimDraft) -> Holder | None:
    """Return the current claim that holds a firm's change in days of the draft under another key.

    Whoever asks: one saving is not stated twice because a neighbour may not read the first.
    """
    claim = (
        Claim.objects.filter(
            subject_kind=draft.subject_kind,
            subject_number=draft.subject_number,
            option=draft.option,
            measure=draft.measure,
            status__in=CURRENT,
            from_on__lt=draft.until_on,
            until_on__gt=draft.from_on,
        )
        .exclude(key=draft.key)
        .first()
    )
    if claim is None:
        return None
    project = claim.evidence.filter(kind="measurement").values_list("number", flat=True).first()
    return Holder(number=claim.number, project=project or "")
