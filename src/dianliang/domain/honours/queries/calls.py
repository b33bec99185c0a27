"""Calls and nominees as pages show them. Nobody reads sums before the count."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Prefetch, Q, QuerySet

from dianliang.domain.honours import access, ballots
from dianliang.domain.honours.lifecycle import CALL, CALL_LABELS, NOMINEE_LABELS
from dianliang.domain.honours.models import Call, Category, Nominee, Objection, Voter
from dianliang.domain.honours.operations.nominating import faults, lost_an_honour
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError

VIEWS = {"open": "进行中", "published": "已公布", "all": "全部"}
OVER = frozenset({"PUBLISHED", "CANCELLED"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """A call as lists need it."""

    number: str
    title: str
    unit_name: str
    level_label: str
    nominate_until: date
    vote_until: date
    nominees: int
    status: str
    status_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedRow:
    """A record that speaks for a nominee."""

    kind: str
    number: str
    words: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionRow:
    """An objection as those who decide see it."""

    number: str
    words: str
    name: str
    contact: str
    made_at: datetime
    status: str
    status_label: str
    decision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NomineeRow:
    """Somebody who stands. `votes` and `place` are known after the count."""

    number: str
    name: str
    unit_name: str
    by_self: bool
    nominated_by: str
    words: str
    hours: int
    deeds: tuple[DeedRow, ...]
    faults: tuple[str, ...]
    refused_because: str
    votes: int | None
    place: int | None
    is_chosen: bool
    status: str
    status_label: str
    objections: tuple[ObjectionRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryRow:
    """A category with who stands in it."""

    key: int
    name: str
    holder: str
    holder_label: str
    seats: int
    conditions: tuple[str, ...]
    nominees: tuple[NomineeRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFile:
    """A whole call."""

    row: CallRow
    rules: str
    since: date
    until: date
    electorate_label: str
    quorum_percent: int
    ties_label: str
    notice_working_days: int
    notice_ends_at: datetime | None
    round: int
    voted: int | None
    entitled: int | None
    categories: tuple[CategoryRow, ...]
    may_write: bool
    verbs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCall:
    """A call as one of its voters sees it."""

    file: CallFile
    may_nominate: bool
    may_vote: bool
    has_voted: bool
    own_numbers: frozenset[str]


def calls(*, view: str, by: Actor) -> tuple[tuple[CallRow, ...], dict[str, int]]:
    """Return the calls of the actor's units cut by a view, and the counts of all views."""
    rows = _rows(access.calls(by))
    cuts = {
        "open": tuple(row for row in rows if row.status not in OVER),
        "published": tuple(row for row in rows if row.status == "PUBLISHED"),
        "all": rows,
    }
    return cuts.get(view, rows), {name: len(cut) for name, cut in cuts.items()}


def own_calls(*, by: Actor) -> tuple[CallRow, ...]:
    """Return the calls in which the actor may put forward or vote."""
    return _rows(access.calls_for(by))


def _rows(found: QuerySet[Call]) -> tuple[CallRow, ...]:
    standing = ~Q(categories__nominees__status="WITHDRAWN")
    counted = found.annotate(n=Count("categories__nominees", filter=standing, distinct=True))
    latest = counted.order_by("-created_at", "number")  # with sums it has no order of its own
    return tuple(_row(call, nominees=vars(call)["n"]) for call in latest)


def _row(call: Call, *, nominees: int) -> CallRow:
    return CallRow(
        number=call.number,
        title=call.title,
        unit_name=call.unit.name,
        level_label=call.get_level_display(),
        nominate_until=call.nominate_until,
        vote_until=call.vote_until,
        nominees=nominees,
        status=call.status,
        status_label=CALL_LABELS[call.status],
    )


def call(number: str, *, by: Actor) -> CallFile:
    """Return a call of the actor's units, with objections for who decides them.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    found = access.call_to_see(number, by=by)
    may_write = access.may_write(found.unit.path, by=by)
    return file_of(found, may_write=may_write, by=by)


def own_call(number: str, *, by: Actor, on: date) -> OwnCall:
    """Return a call to one of its voters.

    Raises:
        NotVisibleError: it is absent, or he has nothing to do with it.
    """
    found = access.call_to_join(number, by=by)
    ticks = Voter.objects.filter(
        call=found, round=found.round, person__number=by.person_number or "-"
    ).values_list("has_voted", flat=True)
    tick = next(iter(ticks), None)
    own = Nominee.objects.filter(category__call=found, status__in=["NOMINATED", "ELIGIBLE"])
    own = own.filter(Q(nominated_by_id=by.id) | Q(person__number=by.person_number))
    is_voting = found.status == "VOTING" and on <= found.vote_until
    return OwnCall(
        file=file_of(found, may_write=False, by=by),
        may_nominate=found.status == "NOMINATING" and on <= found.nominate_until,
        may_vote=is_voting and tick is False,
        has_voted=bool(tick),
        own_numbers=frozenset(own.values_list("number", flat=True)),
    )


def file_of(found: Call, *, may_write: bool, by: Actor) -> CallFile:
    """Return a whole call; objections, faults and refusals only for who may write."""
    categories = _categories(found, may_write=may_write)
    verbs = CALL.verbs(found.status, role=by.role) if may_write else ()
    voted, entitled = found.voted, found.entitled
    if found.status == "VOTING":
        voted, entitled = ballots.turnout(found)
    return CallFile(
        row=_row(found, nominees=sum(len(one.nominees) for one in categories)),
        rules=found.rules,
        since=found.since,
        until=found.until,
        electorate_label=found.get_electorate_display(),
        quorum_percent=found.quorum_percent,
        ties_label=found.get_ties_display(),
        notice_working_days=found.notice_working_days,
        notice_ends_at=found.notice_ends_at,
        round=found.round,
        voted=voted,
        entitled=entitled,
        categories=categories,
        may_write=may_write,
        verbs=tuple((r.verb, r.label) for r in verbs if r.verb != "fail"),
    )


def _categories(found: Call, *, may_write: bool) -> tuple[CategoryRow, ...]:
    """Return the categories with who stands; as many queries for ten as for one."""
    shown = Nominee.objects.exclude(status="WITHDRAWN").prefetch_related("deeds")
    shown = shown.select_related("person__unit", "team__unit", "held_by")
    if may_write:
        shown = shown.prefetch_related("objections")
    else:
        shown = shown.exclude(status__in=["REFUSED", "STRUCK"])
    rows = list(found.categories.prefetch_related(Prefetch("nominees", shown)))
    lost: frozenset[int] = frozenset()
    if may_write:
        everybody = [nominee for one in rows for nominee in one.nominees.all()]
        lost = lost_an_honour(everybody, since=found.since)
    return tuple(_category(one, may_write=may_write, lost=lost) for one in rows)


def _category(one: Category, *, may_write: bool, lost: Collection[int]) -> CategoryRow:
    return CategoryRow(
        key=one.pk,
        name=one.name,
        holder=one.holder,
        holder_label=one.get_holder_display(),
        seats=one.seats,
        conditions=conditions(one),
        nominees=tuple(
            nominee_row(row, may_write=may_write, lost=lost) for row in one.nominees.all()
        ),
    )


def conditions(one: Category) -> tuple[str, ...]:
    """Return the conditions of a category in words."""
    found = []
    if one.members_only:
        found.append("限党员")
    if one.least_deeds:
        found.append(f"期内事迹记录至少 {one.least_deeds} 条")
    if one.least_hours:
        found.append(f"期内志愿时长至少 {one.least_hours} 小时")
    return tuple(found)


def nominee_row(row: Nominee, *, may_write: bool, lost: Collection[int] = ()) -> NomineeRow:
    """Return a nominee as pages show him; `lost` is who lost an honour in the call's period."""
    return NomineeRow(
        number=row.number,
        name=name_of(row),
        unit_name=_home(row),
        by_self=row.by_self,
        nominated_by=row.nominated_by,
        words=row.words,
        hours=row.hours,
        deeds=tuple(
            DeedRow(kind=d.kind, number=d.number, words=d.words, on=d.on) for d in row.deeds.all()
        ),
        faults=faults(row, lost=lost) if may_write and row.status == "NOMINATED" else (),
        refused_because=row.refused_because if may_write else "",
        votes=row.votes,
        place=row.place,
        is_chosen=row.is_chosen,
        status=row.status,
        status_label=NOMINEE_LABELS[row.status],
        objections=_objections(row.objections.all()) if may_write else (),
    )


def _objections(rows: Sequence[Objection] | QuerySet[Objection]) -> tuple[ObjectionRow, ...]:
    return tuple(
        ObjectionRow(
            number=row.number,
            words=row.words,
            name=row.name,
            contact=row.contact,
            made_at=row.made_at,
            status=row.status,
            status_label=row.get_status_display(),
            decision=row.decision,
        )
        for row in rows
    )


def name_of(row: Nominee) -> str:
    """Return the name of who stands."""
    return str(row.person or row.team or row.held_by)


def _home(row: Nominee) -> str:
    if row.person is not None:
        return row.person.unit.name
    return row.team.unit.name if row.team is not None else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What the public sees of a call on notice: who was chosen in each category."""

    number: str
    title: str
    unit_name: str
    rules: str
    ends_at: datetime | None
    is_open: bool
    voted: int | None
    entitled: int | None
    rows: tuple[tuple[str, NomineeRow], ...]


def notices() -> tuple[tuple[str, str, datetime | None], ...]:
    """Return number, title and last instant of the calls that are on public notice."""
    rows = Call.objects.filter(status="NOTICE")
    return tuple(rows.values_list("number", "title", "notice_ends_at"))


def notice(number: str, *, at: datetime) -> Notice:
    """Return a call on public notice, or one that was published.

    Raises:
        NotVisibleError: there is none with this number.
    """
    rows = Call.objects.filter(status__in=["NOTICE", "PUBLISHED"]).select_related("unit")
    found = None if "\0" in number else rows.filter(number=number).first()
    if found is None:
        raise NotVisibleError("没有找到这次公示。")
    return _notice(found, at=at)


def _notice(found: Call, *, at: datetime) -> Notice:
    chosen = Nominee.objects.filter(category__call=found, is_chosen=True)
    chosen = chosen.select_related("category", "person__unit", "team__unit", "held_by")
    ends = found.notice_ends_at
    return Notice(
        number=found.number,
        title=found.title,
        unit_name=found.unit.name,
        rules=found.rules,
        ends_at=ends,
        is_open=found.status == "NOTICE" and ends is not None and at < ends,
        voted=found.voted,
        entitled=found.entitled,
        rows=tuple(
            (row.category.name, nominee_row(row, may_write=False))
            for row in chosen.prefetch_related("deeds").order_by("category__position", "place")
        ),
    )


def register_of_votes(number: str, *, by: Actor) -> tuple[tuple[str, bool], ...]:
    """Return who may vote in the present round and who has, for who leads the call: no moments.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    found = access.call_to_see(number, by=by)
    rows = Voter.objects.filter(call=found, round=found.round).select_related("person")
    rows = rows.order_by("person__number")  # as stored they may lie in the order of the votes
    return tuple((f"{v.person.name}（{v.person.number}）", v.has_voted) for v in rows)
