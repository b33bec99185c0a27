"""Of two people who are one: what both have of one thing becomes one record."""

from collections.abc import Mapping
from typing import Any

from dianliang.domain.workforce.models import (
    Absence,
    Attendance,
    Certificate,
    GridWorker,
    Guardian,
    Membership,
    Person,
    PersonRole,
    WeeklySlot,
)
from dianliang.domain.workforce.periods import Span, folded
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase

PROGRESS = ("LEFT", "RECRUITED", "TRAINED", "CERTIFIED", "PLACED")


class UnableToFoldError(DomainError):
    """Both have something that one person cannot have twice, and nobody can tell which is true."""

    code = "workforce.unable-to-fold"


def memberships(kept: Person, gone: Person) -> Mapping[str, Any]:
    """Make one membership of those whose days overlap; he leads when one of them led."""
    both = set(Membership.objects.filter(person=gone).values_list("team_id", flat=True))
    both &= set(Membership.objects.filter(person=kept).values_list("team_id", flat=True))
    dropped = []
    for team_id in sorted(both):
        rows = Membership.objects.filter(team_id=team_id, person__in=[kept, gone])
        before = list(rows.select_related("team").order_by("valid_from", "pk"))
        spans = folded(
            Span(first=row.valid_from, last=row.valid_until, leads=row.is_captain) for row in before
        )
        dropped += [f"{r.team.code} {r.valid_from}–{r.valid_until or ''}" for r in before]
        rows.delete()
        Membership.objects.bulk_create(
            Membership(
                team_id=team_id,
                person=kept,
                is_captain=span.leads,
                valid_from=span.first,
                valid_until=span.last,
            )
            for span in spans
        )
    return {"memberships": dropped} if dropped else {}


def roles(kept: Person, gone: Person) -> Mapping[str, Any]:
    """Make one role of those of a kind whose days overlap."""
    both = set(PersonRole.objects.filter(person=gone).values_list("kind_id", flat=True))
    both &= set(PersonRole.objects.filter(person=kept).values_list("kind_id", flat=True))
    dropped = []
    for kind_id in sorted(both):
        rows = PersonRole.objects.filter(kind_id=kind_id, person__in=[kept, gone])
        before = list(rows.order_by("valid_from", "pk"))
        note = next((row.note for row in before if row.note), "")
        spans = folded(Span(first=row.valid_from, last=row.valid_until) for row in before)
        dropped += [f"{row.kind.code} {row.valid_from}–{row.valid_until or ''}" for row in before]
        rows.delete()
        PersonRole.objects.bulk_create(
            PersonRole(
                person=kept,
                kind_id=kind_id,
                valid_from=span.first,
                valid_until=span.last,
                note=note,
            )
            for span in spans
        )
    return {"roles": dropped} if dropped else {}


def certificates(kept: Person, gone: Person) -> Mapping[str, Any]:
    """Make one certificate of two of a skill and day: the longer one, withdrawn if either was."""
    held = {(row.skill_id, row.issued_on): row for row in Certificate.objects.filter(person=kept)}
    dropped = []
    for other in Certificate.objects.filter(person=gone).select_related("skill"):
        own = held.get((other.skill_id, other.issued_on))
        if own is None:
            continue
        own.expires_on = max(own.expires_on, other.expires_on)
        own.level = max(own.level, other.level)
        own.number, own.issuer = own.number or other.number, own.issuer or other.issuer
        own.evidence = own.evidence or other.evidence
        if own.withdrawn_on is None:
            own.withdrawn_on, own.withdrawn_why = other.withdrawn_on, other.withdrawn_why
        own.save()
        dropped.append(f"{other.skill.code} {other.issued_on}–{other.expires_on} {other.number}")
        other.delete()
    return {"certificates": dropped} if dropped else {}


def attendances(kept: Person, gone: Person) -> Mapping[str, Any]:
    """Keep one check-in a day: one that took place before one that did not, then the earlier."""
    held = {row.on: row for row in Attendance.objects.filter(person=kept).select_related("team")}
    dropped = []
    for other in Attendance.objects.filter(person=gone).select_related("team"):
        own = held.get(other.on)
        if own is None:
            continue
        late = max((own, other), key=_when)
        dropped.append(f"{late.on} {late.team.code} {late.checked_in_at or ''}")
        late.delete()
    rows = Attendance.objects.filter(person__in=[kept, gone], replaces__in=[kept, gone])
    rows.update(replaces=None)
    return {"attendances": dropped} if dropped else {}


def _when(row: Attendance) -> tuple[bool, Any, int]:
    at = row.checked_in_at
    return at is None, at.timestamp() if at else 0, row.pk


def absences(kept: Person, gone: Person) -> Mapping[str, Any]:
    """Drop an absence that both were told of for the same days."""
    held = set(Absence.objects.filter(person=kept).values_list("first_on", "last_on"))
    for other in Absence.objects.filter(person=gone):
        if (other.first_on, other.last_on) in held:
            other.delete()
    return {}


def weekly_hours(kept: Person, gone: Person) -> Mapping[str, Any]:
    """Keep the hours of the kept one; those of the other only where he has told none."""
    rows = WeeklySlot.objects.filter(person=gone)
    if not WeeklySlot.objects.filter(person=kept).exists() or not rows.exists():
        return {}
    dropped = [str(row) for row in rows]
    rows.delete()
    return {"weekly_hours": dropped}


def guardians(kept: Person, gone: Person) -> Mapping[str, Any]:
    """Keep the guardian of the kept one; the other's only where he has none."""
    if Guardian.objects.filter(person=kept).exists():
        Guardian.objects.filter(person=gone).delete()
    return {}


def grid_workers(kept: Person, gone: Person) -> Mapping[str, Any]:
    """Keep the path that has led further.

    Raises:
        UnableToFoldError: both are on a cell.
    """
    own = GridWorker.objects.filter(person=kept).select_related("area").first()
    other = GridWorker.objects.filter(person=gone).select_related("area").first()
    if own is None or other is None:
        return {}
    if own.area is not None and other.area is not None:
        message = Phrase(
            "两人都在格：%(name)s、%(name2)s。请先让其中一个离格，再合并。",
            name=own.area.name,
            name2=other.area.name,
        )
        raise UnableToFoldError(message)
    short, far = sorted((own, other), key=lambda row: PROGRESS.index(row.status))
    recruited_on = min(own.recruited_on, other.recruited_on)
    GridWorker.objects.filter(pk=short.pk).delete()
    GridWorker.objects.filter(pk=far.pk).update(person=kept, recruited_on=recruited_on)
    return {"grid_worker": [f"{short.status} {short.recruited_on}"]}


FOLDS = (
    memberships,
    roles,
    certificates,
    attendances,
    absences,
    weekly_hours,
    guardians,
    grid_workers,
)
"""Run in this order; what is left to the one who goes then moves as it is."""
