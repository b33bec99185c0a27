"""What the desk sees: records to look at with their doubts, one record, notices, appeals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Count, Q, QuerySet, Sum, When

from dianliang.domain.hours import access
from dianliang.domain.hours.anomalies import RULES, Doubt
from dianliang.domain.hours.doubting import doubts_of
from dianliang.domain.hours.lifecycle import (
    APPEAL_LABELS,
    HOUR,
    NOTICE_LABELS,
)
from dianliang.domain.hours.models import Appeal, HourNotice, HourRecord
from dianliang.domain.hours.operations.appealing import AGAINST_WHAT
from dianliang.domain.hours.queries import HourRow, Totals, counts, row_of, totals
from dianliang.kernel.actor import Actor
from dianliang.kernel.masking import mask_name

PAGE_ROWS = 50
MOST_LOOKED_AT = 3000
"""Pending records whose doubts are computed for the counts; a station has some hundred a month."""
VIEWS = {
    "doubts": "有疑点",
    "clean": "无疑点",
    "approved": "待公示",
    "notice": "公示中",
    "published": "已公布",
    "rejected": "不予认定",
}
_STATES = {
    "approved": ("APPROVED",),
    "notice": ("ON_NOTICE", "DISPUTED"),
    "published": ("PUBLISHED",),
    "rejected": ("REJECTED",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubted:
    """A record with what looks wrong with it."""

    row: HourRow
    doubts: tuple[Doubt, ...]

    @property
    def is_blocked(self) -> bool:
        """Tell whether it cannot be approved as it is."""
        return any(doubt.blocks for doubt in self.doubts)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskPage:
    """One page of the queue, cut by one view and perhaps one rule, with the counts of all.

    `beyond` is how many pending records come after those that are looked at.
    """

    rows: tuple[Doubted, ...]
    counts: Mapping[str, int]
    rules: tuple[tuple[str, str, int], ...]
    totals: Totals
    appeals: int
    next_after: int
    beyond: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealRow:
    """An appeal as the desk sees it."""

    number: str
    record_number: str
    person_name: str
    side_label: str
    words: str
    name: str
    contact: str
    made_at: datetime
    status: str
    status_label: str
    decision: str
    decided_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HourFile:
    """One record with everything that is known of it, and what may be done with it."""

    row: HourRow
    doubts: tuple[Doubt, ...]
    words: str
    evidence_token: str
    evidence_type: str
    entered_by: str
    entered_at: datetime
    reviewed_by: str
    away_m: int | None
    notice_number: str
    counter_number: str
    kin: tuple[HourRow, ...]
    appeals: tuple[AppealRow, ...]
    verbs: tuple[str, ...]
    may_correct: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow:
    """A notice as lists show it."""

    number: str
    unit_name: str
    opened_at: datetime
    ends_at: datetime
    working_days: int
    status: str
    status_label: str
    records: int
    disputed: int
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRow:
    """A record as everybody may see it: the name masked, no number of the person."""

    number: str
    name: str
    team_name: str
    content: str
    started_at: datetime
    minutes: int
    is_verified: bool
    source_label: str
    status: str
    status_label: str
    may_object: bool


def page(*, view: str, rule: str, by: Actor, after: int = 0) -> DeskPage:
    """Return the records of the actor's units in one view, with doubts where they are pending."""
    mine = access.visible(by)
    pending = list(
        mine.filter(status="PENDING")
        .select_related("person", "team", "unit", "reverses", "reversal")
        .order_by("started_at", "pk")[:MOST_LOOKED_AT]
    )
    found = doubts_of(pending)
    doubted = [record for record in pending if found[record.pk]]
    clean = [record for record in pending if not found[record.pk]]
    by_state = counts(mine)
    cut = doubted if view == "doubts" else clean
    if view == "doubts" and rule:
        cut = [r for r in doubted if any(doubt.code == rule for doubt in found[r.pk])]
    if view in _STATES:
        told = mine.filter(status__in=_STATES[view]).order_by("-started_at", "-pk")
        told = told.select_related("person", "team", "unit", "reverses", "reversal")
        cut = list(told[after : after + PAGE_ROWS + 1])
        after_next = after + PAGE_ROWS if len(cut) > PAGE_ROWS else 0
        shown: Sequence[HourRecord] = cut[:PAGE_ROWS]
    else:
        shown = cut[after : after + PAGE_ROWS]
        after_next = after + PAGE_ROWS if len(cut) > after + PAGE_ROWS else 0
    return DeskPage(
        rows=tuple(Doubted(row=row_of(r), doubts=found.get(r.pk, ())) for r in shown),
        counts={
            "doubts": len(doubted),
            "clean": len(clean),
            **{name: sum(by_state[s] for s in states) for name, states in _STATES.items()},
        },
        rules=_by_rule(found),
        totals=totals(mine),
        appeals=access.appeals(by).filter(status="OPEN").count(),
        next_after=after_next,
        beyond=by_state["PENDING"] - len(pending),
    )


def _by_rule(found: Mapping[int, tuple[Doubt, ...]]) -> tuple[tuple[str, str, int], ...]:
    numbers = {
        code: sum(any(doubt.code == code for doubt in doubts) for doubts in found.values())
        for code in RULES
    }
    return tuple((code, RULES[code][0], n) for code, n in numbers.items() if n)


def file(number: str, *, by: Actor) -> HourFile:
    """Return one record.

    Raises:
        NotVisibleError: absent, or another unit's.
    """
    record = access.record_to_see(number, by=by)
    pending = record.status == "PENDING"
    kin = HourRecord.objects.filter(
        person=record.person,
        source_kind=record.source_kind,
        source_number=record.source_number,
    ).exclude(pk=record.pk)
    kin = kin.select_related("person", "team", "unit", "reverses", "reversal")
    counter = HourRecord.objects.filter(reverses=record).first()
    decides = by.role in access.REVIEWERS
    return HourFile(
        row=row_of(record),
        doubts=doubts_of([record])[record.pk] if pending else (),
        words=record.words,
        evidence_token=record.evidence.token if record.evidence else "",
        evidence_type=record.evidence.media_type if record.evidence else "",
        entered_by=record.entered_by_name,
        entered_at=record.entered_at,
        reviewed_by=record.reviewed_by_name,
        away_m=record.away_m,
        notice_number=record.notice.number if record.notice else "",
        counter_number=counter.number if counter else "",
        kin=tuple(row_of(other) for other in kin.order_by("pk")),
        appeals=tuple(
            appeal_row(a) for a in record.appeals.select_related("record__person").order_by("-pk")
        ),
        verbs=tuple(r.verb for r in HOUR.verbs(record.status, role=by.role)),
        may_correct=decides
        and record.status == "PUBLISHED"
        and record.reverses is None
        and counter is None,
    )


def appeal_row(appeal: Appeal) -> AppealRow:
    """Return an appeal as the desk sees it."""
    return AppealRow(
        number=appeal.number,
        record_number=appeal.record.number,
        person_name=appeal.record.person.name,
        side_label=str(Appeal.Side(appeal.side).label),
        words=appeal.words,
        name=appeal.name,
        contact=appeal.contact,
        made_at=appeal.made_at,
        status=appeal.status,
        status_label=APPEAL_LABELS[appeal.status],
        decision=appeal.decision,
        decided_by=appeal.decided_by_name,
    )


def appeals(*, by: Actor, after: int = 0) -> tuple[tuple[AppealRow, ...], int]:
    """Return a page of the appeals about records of the actor's units, open ones first.

    The number is where the next page begins, or 0.
    """
    is_decided = Case(When(status="OPEN", then=0), default=1)
    found = access.appeals(by).select_related("record__person").order_by(is_decided, "-pk")
    rows = [appeal_row(a) for a in found[after : after + PAGE_ROWS + 1]]
    return tuple(rows[:PAGE_ROWS]), after + PAGE_ROWS if len(rows) > PAGE_ROWS else 0


def notices(*, by: Actor, after: int = 0) -> tuple[tuple[NoticeRow, ...], int]:
    """Return a page of the notices of an actor's units, newest first, and where the next begins."""
    found = access.notices(by).order_by("-opened_at", "-pk")
    rows = notice_rows(found[after : after + PAGE_ROWS + 1])
    return rows[:PAGE_ROWS], after + PAGE_ROWS if len(rows) > PAGE_ROWS else 0


def open_notices() -> tuple[NoticeRow, ...]:
    """Return every notice that is open, newest first: all of them are public."""
    return notice_rows(HourNotice.objects.filter(status="OPEN").order_by("-opened_at", "-pk"))


def notice_rows(found: QuerySet[HourNotice]) -> tuple[NoticeRow, ...]:
    """Return notices as lists show them, in their order. Takes one query."""
    counted = found.select_related("unit").annotate(
        shown=Count("records"),
        disputed=Count("records", filter=Q(records__status="DISPUTED")),
        minutes=Sum("records__minutes", default=0),
    )
    return tuple(
        NoticeRow(
            number=row.number,
            unit_name=row.unit.name,
            opened_at=row.opened_at,
            ends_at=row.ends_at,
            working_days=row.working_days,
            status=row.status,
            status_label=NOTICE_LABELS[row.status],
            records=row.shown,
            disputed=row.disputed,
            minutes=row.minutes,
        )
        for row in counted
    )


def shown(notice: HourNotice) -> tuple[ShownRow, ...]:
    """Return what everybody may see of a notice's records."""
    records = notice.records.select_related("person", "team").order_by("person__number", "pk")
    return tuple(
        ShownRow(
            number=record.number,
            name=mask_name(record.person.name),
            team_name=record.team.name if record.team else "",
            content=record.content,
            started_at=record.started_at,
            minutes=record.minutes,
            is_verified=record.is_verified,
            source_label=str(HourRecord.Source(record.source_kind).label),
            status=record.status,
            status_label=HOUR.labels[record.status],
            may_object=record.status in AGAINST_WHAT,
        )
        for record in records
    )
