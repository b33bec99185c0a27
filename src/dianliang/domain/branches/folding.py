"""Of two people who are one: one history of branches, one attachment to a temporary branch."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from dianliang.domain.branches.models import Attachment, Belonging
from dianliang.domain.workforce.folding import UnableToFoldError
from dianliang.domain.workforce.models import Person
from dianliang.domain.workforce.periods import Span, folded
from dianliang.kernel.phrases import Phrase


def belongings(kept: Person, gone: Person) -> Mapping[str, Any]:
    """Make one history of two that agree: on a day that only one tells of, he is right.

    Raises:
        UnableToFoldError: on some day they belong to different branches; both are named.
    """
    mine, others = _history(kept), _history(gone)
    if not mine or not others:
        return {}
    here: int | None = None
    keep: list[tuple[date, Belonging]] = []
    for day in sorted({row.from_on for row in (*mine, *others)}):
        own, other = _on(mine, day), _on(others, day)
        if own and other and own.branch_id != other.branch_id and own.branch and other.branch:
            message = Phrase(
                "两人在 %(day)s 分属“%(own_branch)s”和“%(other_branch)s”，组织关系"
                "只能有一个。请先办理其中一人的转出或更正，再合并。",
                day=day,
                own_branch=own.branch,
                other_branch=other.branch,
            )
            raise UnableToFoldError(message)
        chosen = own if own and own.branch_id else other or own
        branch = chosen.branch_id if chosen else None
        if chosen is not None and (branch != here or not keep):
            here = branch
            keep.append((day, chosen))
    dropped = [f"{row.from_on} {row.branch or ''}" for row in others]
    rows = [_copy(row, kept, from_on=day) for day, row in keep]
    Belonging.objects.filter(person__in=[kept, gone]).delete()
    Belonging.objects.bulk_create(rows)
    return {"belongings": dropped}


def _history(person: Person) -> list[Belonging]:
    rows = Belonging.objects.filter(person=person).select_related("branch__unit")
    return list(rows.order_by("from_on"))


def _on(rows: Sequence[Belonging], day: date) -> Belonging | None:
    begun = [row for row in rows if row.from_on <= day]
    return begun[-1] if begun else None


def _copy(row: Belonging, kept: Person, *, from_on: date) -> Belonging:
    return Belonging(
        person=kept,
        from_on=from_on,
        branch_id=row.branch_id,
        reason=row.reason,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        is_generated=row.is_generated,
    )


def attachments(kept: Person, gone: Person) -> Mapping[str, Any]:
    """Make one attachment of those to one branch whose days overlap."""
    both = set(Attachment.objects.filter(person=gone).values_list("branch_id", flat=True))
    both &= set(Attachment.objects.filter(person=kept).values_list("branch_id", flat=True))
    dropped = []
    for branch_id in sorted(both):
        rows = Attachment.objects.filter(branch_id=branch_id, person__in=[kept, gone])
        before = list(rows.order_by("from_on", "pk"))
        spans = folded(Span(first=row.from_on, last=row.until_on) for row in before)
        dropped += [f"{row.branch} {row.from_on}–{row.until_on}" for row in before]
        is_generated = all(row.is_generated for row in before)
        rows.delete()
        Attachment.objects.bulk_create(
            Attachment(
                branch_id=branch_id,
                person=kept,
                from_on=span.first,
                until_on=span.last or span.first,
                is_generated=is_generated,
            )
            for span in spans
        )
    return {"attachments": dropped} if dropped else {}


FOLDS = (belongings, attachments)
