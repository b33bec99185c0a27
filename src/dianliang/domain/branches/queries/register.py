"""The register of branches, one of them, and the indicators that are counted from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from dianliang.domain.branches import access
from dianliang.domain.branches.models import (
    Attachment,
    Belonging,
    Branch,
    Pairing,
    PairingMode,
    Posting,
    PostKind,
    Secondment,
    Task,
    Topic,
)
from dianliang.domain.branches.rules import (
    away,
    belonging_on,
    holders,
    is_alive,
    of_branches,
    paired,
    representatives,
    unfinished,
)
from dianliang.domain.workforce.models import Person
from dianliang.kernel.actor import Actor

NO_SECRETARY = "secretary"
VIEWS = {
    "ordinary": "党支部",
    "temporary": "临时党支部与专班",
    "dissolved": "已撤销",
    "all": "全部",
}
METHOD = (
    "支部：所选日期在存续期内的党支部；临时党支部和专班另计，不计入。",
    "党员：所选日期组织关系在这些支部的人，一人只属一个支部。",
    "结对：所选日期已签约、未结束的支部结对，按联建模式分。",
    "党建代表：所选日期在岗的下派代表；应有代表而没有的支部列为缺口。",
    "挂职：所选日期在岗的挂职、上挂与下派。",
    "课题：没有终止的课题；已测结果的须有实施前后两个数。",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchRow:
    """A branch as the register shows it on a day."""

    code: str
    name: str
    kind: str
    kind_label: str
    status: str
    status_label: str
    is_alive: bool
    host_name: str
    from_on: date | None
    until_on: date | None
    is_overdue: bool
    secretary: str
    members: int
    representative: str
    lacks_representative: bool
    pairings: int
    topics: int
    open_tasks: int
    overdue_tasks: int
    lacks_posts: tuple[str, ...]

    @property
    def has_gap(self) -> bool:
        """Tell whether a rule is not kept here."""
        return self.lacks_representative or bool(self.lacks_posts) or self.is_overdue


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicators:
    """The figures of the actor's branches on a day, each counted from records."""

    branches: int
    temporary: int
    members: int
    pairings: int
    by_mode: tuple[tuple[str, str, int], ...]
    representatives: int
    without_representative: int
    secondments: int
    by_way: tuple[tuple[str, int], ...]
    topics: int
    measured: int
    open_tasks: int
    overdue_tasks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """The branches, cut by one view, with the counts of all views and the indicators."""

    rows: tuple[BranchRow, ...]
    counts: Mapping[str, int]
    indicators: Indicators
    gaps: tuple[BranchRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    """A person of a branch: since when, until when, and which posts are held."""

    number: str
    name: str
    unit_name: str
    from_on: date
    until_on: date | None
    posts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRow:
    """A post with who holds it on the day, and who held it or will hold it."""

    code: str
    name: str
    holder: str
    since: date | None
    is_required: bool
    history: tuple[tuple[date, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchFile:
    """One branch with everything that is known of it on a day."""

    row: BranchRow
    purpose: str
    needs_representative: bool
    members: tuple[MemberRow, ...]
    posts: tuple[PostRow, ...]
    coming: tuple[tuple[date, str, str], ...]
    may_write: bool
    verbs: tuple[str, ...]


def register(*, view: str, by: Actor, on: date) -> Register:
    """Return the actor's branches on a day. The number of queries does not grow with them."""
    rows = branch_rows(by=by, on=on)
    at_work = [row for row in rows if row.is_alive]
    cuts = {
        "ordinary": tuple(row for row in at_work if row.kind == Branch.Kind.ORDINARY),
        "temporary": tuple(row for row in at_work if row.kind != Branch.Kind.ORDINARY),
        "dissolved": tuple(row for row in rows if not row.is_alive),
        "all": rows,
    }
    return Register(
        rows=cuts.get(view, cuts["ordinary"]),
        counts={name: len(cut) for name, cut in cuts.items()},
        indicators=indicators(rows, by=by, on=on),
        gaps=tuple(row for row in at_work if row.has_gap),
    )


def branch_rows(*, by: Actor, on: date) -> tuple[BranchRow, ...]:
    """Return every branch of the actor with its figures on a day."""
    found = list(access.branches(by).order_by("unit__path"))
    keys = [branch.pk for branch in found]
    counted = _Counted.of(keys, on=on)
    return tuple(_row(branch, counted, on=on) for branch in found)


@dataclass(frozen=True, slots=True)
class _Counted:
    members: Mapping[int, int]
    attached: Mapping[int, int]
    held: Mapping[tuple[int, int], Posting]
    kinds: tuple[PostKind, ...]
    sent: Mapping[int, Secondment]
    pairings: Mapping[int, int]
    topics: Mapping[int, int]
    tasks: Mapping[int, tuple[int, int]]

    @classmethod
    def of(cls, keys: list[int], *, on: date) -> "_Counted":
        members: dict[int, int] = {}
        for branch_id in belonging_on(on=on).values():
            members[branch_id] = members.get(branch_id, 0) + 1
        attached = Attachment.objects.filter(from_on__lte=on, until_on__gte=on)
        running = Pairing.objects.filter(paired(on), branch_id__in=keys)
        topics = Topic.objects.filter(branch_id__in=keys).exclude(status="CANCELLED")
        return cls(
            members=members,
            attached=dict(attached.values_list("branch_id").annotate(Count("pk")).order_by()),
            held=holders(keys, on=on),
            kinds=tuple(PostKind.objects.filter(is_active=True)),
            sent=representatives(on=on),
            pairings=dict(running.values_list("branch_id").annotate(Count("pk")).order_by()),
            topics=dict(topics.values_list("branch_id").annotate(Count("pk")).order_by()),
            tasks=_tasks(keys, on=on),
        )


def _tasks(keys: list[int], *, on: date) -> dict[int, tuple[int, int]]:
    """Return how many tasks of each branch were left on a day, and how many of them overdue."""
    rows = Task.objects.filter(unfinished(on), of_branches(keys))
    counts: dict[int, tuple[int, int]] = {}
    for due_on, *whose in rows.values_list(
        "due_on", "unit_id", "resolution__item__meeting__unit_id"
    ):
        for key in set(whose):
            total, late = counts.get(key, (0, 0))
            counts[key] = (total + 1, late + (due_on < on))
    return counts


def _row(branch: Branch, counted: _Counted, *, on: date) -> BranchRow:
    unit, is_ordinary = branch.unit, branch.kind == Branch.Kind.ORDINARY
    is_active = is_alive(branch, on=on)
    held = {kind.code: counted.held.get((branch.pk, kind.pk)) for kind in counted.kinds}
    secretary = held.get(NO_SECRETARY)
    sent = counted.sent.get(branch.pk)
    lacking = tuple(
        kind.name
        for kind in counted.kinds
        if kind.is_required and held[kind.code] is None and is_ordinary and is_active
    )
    total, overdue = counted.tasks.get(branch.pk, (0, 0))
    people = counted.members if is_ordinary else counted.attached
    return BranchRow(
        code=unit.code,
        name=unit.name,
        kind=branch.kind,
        kind_label=branch.get_kind_display(),
        status=branch.status,
        status_label=branch.get_status_display(),
        is_alive=is_active,
        host_name=unit.parent.name if unit.parent else "",
        from_on=unit.valid_from,
        until_on=unit.valid_until,
        is_overdue=is_active and unit.valid_until is not None and unit.valid_until < on,
        secretary=secretary.person.name if secretary and secretary.person else "",
        members=people.get(branch.pk, 0),
        representative=sent.person.name if sent else "",
        lacks_representative=branch.needs_representative and is_active and sent is None,
        pairings=counted.pairings.get(branch.pk, 0),
        topics=counted.topics.get(branch.pk, 0),
        open_tasks=total,
        overdue_tasks=overdue,
        lacks_posts=lacking,
    )


def indicators(rows: tuple[BranchRow, ...], *, by: Actor, on: date) -> Indicators:
    """Return the figures of the actor's branches on a day; `rows` are all his branches."""
    ordinary = [r for r in rows if r.kind == Branch.Kind.ORDINARY and r.is_alive]
    running = access.pairings(by).filter(paired(on))
    modes = dict(running.values_list("mode__code").annotate(Count("pk")).order_by())
    sent = access.secondments(by).filter(away(on))
    ways = sent.values_list("kind__name").annotate(Count("pk")).order_by("kind__position")
    topics = access.topics(by).exclude(status="CANCELLED")
    tasks = access.tasks(by).filter(unfinished(on))
    return Indicators(
        branches=len(ordinary),
        temporary=sum(r.kind != Branch.Kind.ORDINARY and r.is_alive for r in rows),
        members=sum(row.members for row in ordinary),
        pairings=sum(modes.values()),
        by_mode=tuple(
            (mode.code, mode.name, modes.get(mode.code, 0)) for mode in PairingMode.objects.all()
        ),
        representatives=sum(bool(row.representative) for row in ordinary),
        without_representative=sum(row.lacks_representative for row in ordinary),
        secondments=sent.count(),
        by_way=tuple(ways),
        topics=topics.count(),
        measured=topics.filter(status__in=["MEASURED", "CLOSED"]).count(),
        open_tasks=tasks.count(),
        overdue_tasks=tasks.filter(due_on__lt=on).count(),
    )


def file(code: str, *, by: Actor, on: date) -> BranchFile:
    """Return one branch.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    branch = access.branch_to_see(code, by=by)
    row = _row(branch, _Counted.of([branch.pk], on=on), on=on)
    held = list(holders([branch.pk], on=on).values())
    posts: dict[int, list[str]] = {}
    for posting in held:
        if posting.person_id is not None:
            posts.setdefault(posting.person_id, []).append(posting.kind.name)
    may_write = access.may_write(branch.unit.path, by=by)
    return BranchFile(
        row=row,
        purpose=branch.purpose,
        needs_representative=branch.needs_representative,
        members=_members(branch, posts, on=on),
        posts=_posts(branch, on=on),
        coming=_coming(branch, on=on),
        may_write=may_write and branch.status == "ACTIVE",
        verbs=("dissolve",) if may_write and branch.status == "ACTIVE" else (),
    )


def _members(branch: Branch, posts: Mapping[int, list[str]], *, on: date) -> tuple[MemberRow, ...]:
    if branch.kind != Branch.Kind.ORDINARY:
        rows = Attachment.objects.filter(branch=branch).select_related("person__unit")
        return tuple(
            _member(r.person, r.from_on, r.until_on, posts) for r in rows.order_by("person__number")
        )
    present = {
        person for person, at in belonging_on(on=on, branch=branch).items() if at == branch.pk
    }
    belongings = Belonging.objects.filter(person_id__in=present, from_on__lte=on)
    latest = {r.person_id: r for r in belongings.select_related("person__unit").order_by("from_on")}
    return tuple(
        _member(row.person, row.from_on, None, posts)
        for row in sorted(latest.values(), key=lambda r: r.person.number)
    )


def _member(
    person: Person, from_on: date, until_on: date | None, posts: Mapping[int, list[str]]
) -> MemberRow:
    return MemberRow(
        number=person.number,
        name=person.name,
        unit_name=person.unit.name,
        from_on=from_on,
        until_on=until_on,
        posts=tuple(posts.get(person.pk, ())),
    )


def _posts(branch: Branch, *, on: date) -> tuple[PostRow, ...]:
    told: dict[int, list[Posting]] = {}
    rows = Posting.objects.filter(branch=branch).select_related("person").order_by("from_on")
    for posting in rows:
        told.setdefault(posting.kind_id, []).append(posting)
    found = []
    for kind in PostKind.objects.filter(is_active=True):
        history = told.get(kind.pk, [])
        now = next((p for p in reversed(history) if p.from_on <= on), None)
        found.append(
            PostRow(
                code=kind.code,
                name=kind.name,
                holder=now.person.name if now and now.person else "",
                since=now.from_on if now else None,
                is_required=kind.is_required,
                history=tuple(
                    (p.from_on, p.person.name if p.person else "空缺", p.reason) for p in history
                ),
            )
        )
    return tuple(found)


def _coming(branch: Branch, *, on: date) -> tuple[tuple[date, str, str], ...]:
    """Return who comes to the branch, or leaves it, after the day."""
    rows = Belonging.objects.filter(
        Q(branch=branch) | Q(person__belongings__branch=branch), from_on__gt=on
    )
    return tuple(
        (row.from_on, row.person.name, row.branch.unit.name if row.branch else "转出")
        for row in rows.select_related("person", "branch__unit").distinct().order_by("from_on")
    )
