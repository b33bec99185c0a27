"""Talks as pages show them: whole to who may read, bare facts and counts to who may know."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from dianliang.domain.branches.models import Branch
from dianliang.domain.branches.rules import belonging_on
from dianliang.domain.talks import access
from dianliang.domain.talks.lifecycle import LABELS, LEADERS, OPEN, STEPS, TALK
from dianliang.domain.talks.models import Promise, Talk
from dianliang.kernel.actor import Actor

VIEWS = {"open": "进行中", "overdue": "逾期", "closed": "已回访", "all": "全部"}
BOOK_VIEWS = {**VIEWS, "held": "期内面谈", "ended": "期内回访"}
Days = tuple[date, date]
"""First and last day, both included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkFact:
    """That a talk took place, and how far it has come; nothing of what was said."""

    number: str
    branch_code: str
    branch_name: str
    leader: str
    person: str
    planned_on: date
    held_on: date | None
    closed_on: date | None
    due_on: date | None
    status: str
    status_label: str
    is_late: bool
    promises: int
    kept: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseRow:
    """A promise as the readers of its talk see it."""

    position: int
    words: str
    is_leaders: bool
    due_on: date
    done_on: date | None
    done_words: str
    is_late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkFile:
    """A whole talk, for one who may read it. `steps` are label and whether it was reached."""

    fact: TalkFact
    occasion: str
    purpose: str
    notes: str
    outcome: str
    promises: tuple[PromiseRow, ...]
    readers: tuple[str, ...]
    steps: tuple[tuple[str, bool], ...]
    is_leader: bool
    may_keep: bool
    verbs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkList:
    """Talks cut by one view, with the counts of all views."""

    rows: tuple[TalkFact, ...]
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchFigure:
    """What a branch did in a period: talks held and closed, members, and how many were met."""

    code: str
    name: str
    members: int
    met: int
    held: int
    closed: int
    overdue: int

    @property
    def share(self) -> float | None:
        """Return which share of the members was met."""
        return self.met / self.members if self.members else None


def own(*, by: Actor, on: date, view: str = "all") -> TalkList:
    """Return the talks that the actor may read."""
    return _list(access.to_read(by).defer(*access.SEALED), view=view, on=on)


def book(
    *, by: Actor, on: date, view: str, branch: str = "", within: Days | None = None
) -> TalkList:
    """Return the facts of the talks of the actor's branches; `within` is what a period counts."""
    rows = access.to_know(by)
    found = rows.filter(branch__unit__code=branch) if branch else rows
    return _list(found, view=view, on=on, within=within)


def _list(rows: QuerySet[Talk], *, view: str, on: date, within: Days | None = None) -> TalkList:
    counted = rows.annotate(
        n_promises=Count("promises", distinct=True),
        n_kept=Count("promises", filter=Q(promises__done_on__isnull=False), distinct=True),
    )
    facts = tuple(
        _fact(row, promises=vars(row)["n_promises"], kept=vars(row)["n_kept"], on=on)
        for row in counted.order_by("-planned_on", "number")  # with sums it has none of its own
    )
    cuts = {
        "open": tuple(fact for fact in facts if fact.status in OPEN),
        "overdue": tuple(fact for fact in facts if fact.is_late),
        "closed": tuple(fact for fact in facts if fact.status == "CLOSED"),
        "all": facts,
    }
    if within is not None:
        since, until = within
        cuts["held"] = tuple(f for f in facts if f.held_on and since <= f.held_on <= until)
        cuts["ended"] = tuple(f for f in facts if f.closed_on and since <= f.closed_on <= until)
    return TalkList(
        rows=cuts.get(view, facts), counts={name: len(cut) for name, cut in cuts.items()}
    )


def _fact(row: Talk, *, promises: int, kept: int, on: date) -> TalkFact:
    return TalkFact(
        number=row.number,
        branch_code=row.branch.unit.code,
        branch_name=row.branch.unit.name,
        leader=row.leader.name,
        person=row.person.name,
        planned_on=row.planned_on,
        held_on=row.held_on,
        closed_on=row.closed_on,
        due_on=row.due_on,
        status=row.status,
        status_label=LABELS[row.status],
        is_late=row.due_on is not None and row.due_on < on,
        promises=promises,
        kept=kept,
    )


def talk(number: str, *, by: Actor, on: date) -> TalkFile:
    """Return a whole talk.

    Raises:
        NotVisibleError: it is absent or not the actor's to read.
    """
    found = access.talk_to_read(number, by=by)
    promises = tuple(_promise(row, on=on) for row in found.promises.all())
    mine = by.person_number
    is_leader = found.leader.number == mine and by.role in LEADERS
    verbs = TALK.verbs(found.status, role=by.role) if is_leader else ()
    reached = [state for state, _ in STEPS]
    so_far = reached.index(found.status) if found.status in reached else -1
    return TalkFile(
        fact=_fact(
            found,
            promises=len(promises),
            kept=sum(row.done_on is not None for row in promises),
            on=on,
        ),
        occasion=str(dict(Talk.Occasion.choices).get(found.occasion, "")),
        purpose=found.purpose,
        notes=found.notes,
        outcome=found.outcome,
        promises=promises,
        readers=tuple(row.person.name for row in found.readers.select_related("person")),
        steps=tuple((label, place <= so_far) for place, (_, label) in enumerate(STEPS)),
        is_leader=is_leader,
        may_keep=mine in {found.leader.number, found.person.number},
        verbs=tuple((r.verb, r.label) for r in verbs),
    )


def _promise(row: Promise, *, on: date) -> PromiseRow:
    return PromiseRow(
        position=row.position,
        words=row.words,
        is_leaders=row.is_leaders,
        due_on=row.due_on,
        done_on=row.done_on,
        done_words=row.done_words,
        is_late=row.done_on is None and row.due_on < on,
    )


def figures(*, since: date, until: date, by: Actor, on: date) -> tuple[BranchFigure, ...]:
    """Return what each branch of the actor did in a period, counted from the talks.

    Held and closed count by their own days; overdue is as of `on`. As many queries for ten
    branches as for a hundred.
    """
    rows = access.to_know(by)
    branches = Branch.objects.filter(unit__path__startswith=by.unit_path or "-", status="ACTIVE")
    if by.role not in access.KNOWERS:
        branches = branches.none()
    members: dict[int, int] = {}
    for branch_id in belonging_on(on=until).values():
        members[branch_id] = members.get(branch_id, 0) + 1
    held = rows.filter(held_on__range=(since, until))
    counts = {
        name: dict(found.order_by().values_list("branch_id").annotate(n=what))
        for name, found, what in (
            ("held", held, Count("pk")),
            ("met", held, Count("person_id", distinct=True)),
            ("closed", rows.filter(closed_on__range=(since, until)), Count("pk")),
            ("overdue", rows.filter(due_on__lt=on), Count("pk")),
        )
    }
    return tuple(
        BranchFigure(
            code=branch.unit.code,
            name=branch.unit.name,
            members=members.get(branch.pk, 0),
            **{name: found.get(branch.pk, 0) for name, found in counts.items()},
        )
        for branch in branches.select_related("unit")
    )
