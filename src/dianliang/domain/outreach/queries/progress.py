"""How far an outreach has come: firms and messages counted apart, by unit and by round."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db.models import Count, Q, QuerySet

from dianliang.domain.outreach import access
from dianliang.domain.outreach.lifecycle import (
    ACKNOWLEDGED,
    CLAIMED,
    DELIVERED,
    FAILED,
    HANDED,
    LABELS,
    OUTREACH,
    PLANNED,
    READ,
    STAGES,
)
from dianliang.domain.outreach.models import Batch, Channel, Delivery, Outreach, Recipient
from dianliang.kernel.actor import Actor

VIEWS = {"open": "进行中", "ended": "已结束", "all": "全部"}
ENDED = frozenset({"CLOSED", "DROPPED"})
ALL, REACHED, EXCLUDED = "all", "reached", "excluded"
ORDER = (PLANNED, CLAIMED, HANDED, DELIVERED, READ, ACKNOWLEDGED, FAILED)
UNIT_HEADS = ("对象", "已送达以上", "已阅读以上", "已确认", "失败")
UNIT_STATES = ("", "reached", "read", str(ACKNOWLEDGED), str(FAILED))
"""Which list opens behind each of them; see `people.STATES`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An outreach as lists need it."""

    number: str
    title: str
    unit_name: str
    source_label: str
    status: str
    status_label: str
    created_by: str
    created_at: datetime
    people: int
    reached: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """How many stand at a rung: firms or persons, and messages of the latest round each."""

    code: str
    label: str
    firms: int
    messages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRow:
    """What belongs to one unit."""

    code: str
    name: str
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRow:
    """A batch as the page shows it."""

    number: str
    size: int
    attempts: int
    claimed_at: datetime
    handed_at: datetime | None
    fetched: int
    trouble: str
    is_void: bool
    is_file: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundRow:
    """One time of sending."""

    serial: int
    channel_name: str
    wording: str
    words: str
    started_by: str
    started_at: datetime
    planned: int
    counts: tuple[tuple[str, int], ...]
    batches: tuple[BatchRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WordingRow:
    """A version of what is said."""

    kind: str
    kind_label: str
    edition: int
    text: str
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A whole outreach; `about` is the number of the incident that it is told for."""

    row: Row
    about: str
    purpose: str
    basis_label: str
    query: Mapping[str, str]
    quiet_from: time
    quiet_until: time
    trouble: str
    released_by: str
    is_contacts: bool
    phones: int
    excluded: tuple[tuple[str, str, int], ...]
    figures: tuple[Figure, ...]
    unit_heads: tuple[str, ...]
    units: tuple[UnitRow, ...]
    rounds: tuple[RoundRow, ...]
    wordings: tuple[WordingRow, ...]
    channels: tuple[tuple[str, str], ...]
    verbs: tuple[tuple[str, str], ...]
    may_write: bool
    may_release: bool


def outreaches(*, view: str, by: Actor) -> tuple[tuple[Row, ...], dict[str, int]]:
    """Return the outreach of the actor's units cut by a view, and the counts of all views."""
    rows = _counted(list(access.outreaches(by)))
    cuts = {
        "open": tuple(row for row in rows if row.status not in ENDED),
        "ended": tuple(row for row in rows if row.status in ENDED),
        "all": rows,
    }
    return cuts.get(view, rows), {name: len(cut) for name, cut in cuts.items()}


def about(number: str, *, by: Actor) -> tuple[Row, ...]:
    """Return what the actor's units have sent out for an incident, the oldest first."""
    released = access.outreaches(by).filter(about=number).exclude(released_by="")
    return _counted(list(released.order_by("created_at", "pk")))


def _counted(found: Sequence[Outreach]) -> tuple[Row, ...]:
    """Return outreach with how many people each has, and has reached; one query."""
    counted = {
        row["outreach"]: (row["people"], row["reached"])
        for row in Recipient.objects.filter(outreach__in=[one.pk for one in found])
        .values("outreach")
        .annotate(people=Count("pk"), reached=Count("pk", filter=Q(stage__gte=DELIVERED)))
    }
    return tuple(_row(one, *counted.get(one.pk, (0, 0))) for one in found)


def _row(found: Outreach, people: int, reached: int) -> Row:
    return Row(
        number=found.number,
        title=found.title,
        unit_name=found.unit.name,
        source_label=found.get_source_display(),
        status=found.status,
        status_label=LABELS[found.status],
        created_by=found.created_by,
        created_at=found.created_at,
        people=people,
        reached=reached,
    )


def page(number: str, *, by: Actor) -> Page:
    """Return one outreach with its figures; every figure has a list behind it.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    found = access.to_see(number, by=by)
    people = Recipient.objects.filter(outreach=found)
    states = _states(people.filter(excluded=""))
    messages = _states(Delivery.objects.filter(round__outreach=found))
    excluded: Counter[str] = Counter(
        dict(
            people.exclude(excluded="")
            .order_by()
            .values_list("excluded")
            .annotate(there=Count("pk"))
        )
    )
    reached = sum(states[stage] for stage in ORDER if stage >= DELIVERED)
    may_write = by.role in access.WRITERS
    return Page(
        row=_row(found, sum(states.values()) + sum(excluded.values()), reached),
        about=found.about,
        purpose=found.purpose,
        basis_label=found.get_basis_display(),
        query=found.query,
        quiet_from=found.quiet_from,
        quiet_until=found.quiet_until,
        trouble=found.trouble,
        released_by=found.released_by,
        is_contacts=found.source == Outreach.Source.CONTACTS,
        phones=people.filter(excluded="", lead=None).count(),
        excluded=tuple(
            (code, str(label), excluded[code])
            for code, label in Recipient.Excluded.choices
            if excluded[code]
        ),
        figures=tuple(
            Figure(
                code=str(stage), label=STAGES[stage], firms=states[stage], messages=messages[stage]
            )
            for stage in ORDER
        ),
        unit_heads=UNIT_HEADS,
        units=_units(found),
        rounds=_rounds(found),
        wordings=_wordings(found),
        channels=tuple(
            (row.code, f"{row} · {row.get_kind_display()}") for row in access.channels()
        ),
        verbs=tuple((r.verb, r.label) for r in OUTREACH.verbs(found.status, role=by.role))
        if may_write
        else (),
        may_write=may_write,
        may_release=may_write and found.status == "READY" and found.created_by_id != by.id,
    )


def _states(rows: QuerySet[Any]) -> Counter[int]:
    counted: Counter[int] = Counter()
    grouped = (
        rows.order_by()
        .values_list("stage")
        .annotate(there=Count("pk"), failed=Count("pk", filter=~Q(failure="")))
    )
    for stage, there, failed in grouped:
        gone = failed if stage < DELIVERED else 0
        counted[FAILED] += gone
        counted[stage] += there - gone
    return counted


def _units(found: Outreach) -> tuple[UnitRow, ...]:
    rows = (
        Recipient.objects.filter(outreach=found)
        .values_list("unit__path", "unit__code", "unit__name")
        .annotate(
            there=Count("pk"),
            reached=Count("pk", filter=Q(stage__gte=DELIVERED)),
            read=Count("pk", filter=Q(stage__gte=READ)),
            acknowledged=Count("pk", filter=Q(stage=ACKNOWLEDGED)),
            failed=Count("pk", filter=~Q(failure="") & Q(stage__lt=DELIVERED)),
        )
        .order_by("unit__path")
    )
    return tuple(
        UnitRow(code=r[1], name=r[2], counts=tuple(zip(UNIT_STATES, r[3:], strict=True)))
        for r in rows
    )


def _rounds(found: Outreach) -> tuple[RoundRow, ...]:
    rows = found.rounds.select_related("channel", "wording").order_by("-serial")
    shown = []
    for one in rows:
        states = _states(one.deliveries.all())
        batches = tuple(_batch(row) for row in one.batches.select_related("channel"))
        shown.append(
            RoundRow(
                serial=one.serial,
                channel_name=str(one.channel),
                wording=str(one.wording.edition),
                words=one.words,
                started_by=one.started_by,
                started_at=one.started_at,
                planned=sum(states.values()),
                counts=tuple((STAGES[s], states[s]) for s in ORDER if states[s]),
                batches=batches,
            )
        )
    return tuple(shown)


def _batch(row: Batch) -> BatchRow:
    return BatchRow(
        number=row.number,
        size=row.size,
        attempts=row.attempts,
        claimed_at=row.claimed_at,
        handed_at=row.handed_at,
        fetched=row.fetched,
        trouble=row.trouble,
        is_void=row.is_void,
        is_file=row.channel.kind == Channel.Kind.FILE,
    )


def _wordings(found: Outreach) -> tuple[WordingRow, ...]:
    return tuple(
        WordingRow(
            kind=row.kind,
            kind_label=row.get_kind_display(),
            edition=row.edition,
            text=row.text,
            made_by=row.made_by,
            made_at=row.made_at,
        )
        for row in found.wordings.all()
    )
