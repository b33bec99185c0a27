"""Topics as pages show them: figures before and after, actions, and who leads at which tier."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q

from dianliang.domain.branches import access
from dianliang.domain.branches.lifecycle import TOPIC
from dianliang.domain.branches.models import Topic, TopicAction, TopicLead
from dianliang.kernel.actor import Actor

VIEWS = {
    "open": "进行中",
    "measured": "已有结果",
    "kept": "未终止",
    "cancelled": "已终止",
    "all": "全部",
}
OPEN = frozenset({"PROPOSED", "BASELINED", "ACTING", "MEASURED"})
Tier = tuple[str, str, tuple[tuple[str, str, int], ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicRow:
    """A topic as lists need it. `change` is after − before in the measure's unit."""

    number: str
    title: str
    kind: str
    kind_label: str
    branch_code: str
    branch_name: str
    measure: str
    measure_unit: str
    better: str
    better_label: str
    before: Decimal | None
    before_on: date | None
    before_source: str
    after: Decimal | None
    after_on: date | None
    after_source: str
    change: Decimal | None
    change_share: float | None
    is_better: bool | None
    due_on: date
    is_late: bool
    status: str
    status_label: str
    actions: int
    done: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadRow:
    """Who leads at a tier."""

    tier: str
    tier_label: str
    unit_code: str
    unit_name: str
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRow:
    """Something that is done for a topic."""

    position: int
    words: str
    person: str
    due_on: date
    done_on: date | None
    done_words: str
    record_kind: str
    record_number: str
    is_late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicFile:
    """One topic with everything that is known of it."""

    row: TopicRow
    goal: str
    leads: tuple[LeadRow, ...]
    actions: tuple[ActionRow, ...]
    created_by: str
    may_write: bool
    verbs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicList:
    """Topics cut by one view, with the counts of all views and who leads how many at each tier.

    A tier is its code, its label, and code, name and count of each unit that leads there; those
    that were given up are not counted.
    """

    rows: tuple[TopicRow, ...]
    counts: Mapping[str, int]
    tiers: tuple[Tier, ...]


def topics(
    *, view: str, by: Actor, on: date, branch: str = "", tier: str = "", lead: str = ""
) -> TopicList:
    """Return the topics of the actor's branches, of one of them, or those a unit leads at a tier.

    `branch` and `lead` are codes of units.
    """
    chosen = access.topics(by)
    if branch:
        chosen = chosen.filter(branch__unit__code=branch)
    if tier:
        leads = TopicLead.objects.filter(tier=tier, unit__code=lead)
        chosen = chosen.filter(pk__in=leads.values("topic_id"))
    found = chosen.annotate(
        n_actions=Count("actions", distinct=True),
        n_done=Count("actions", filter=Q(actions__done_on__isnull=False), distinct=True),
    )
    rows = tuple(
        _row(row, actions=vars(row)["n_actions"], done=vars(row)["n_done"], on=on)
        for row in found.order_by("number")
    )
    cuts = {
        "open": tuple(r for r in rows if r.status in OPEN),
        "measured": tuple(r for r in rows if r.after is not None),
        "kept": tuple(r for r in rows if r.status != "CANCELLED"),
        "cancelled": tuple(r for r in rows if r.status == "CANCELLED"),
        "all": rows,
    }
    return TopicList(
        rows=cuts.get(view, cuts["open"]),
        counts={name: len(cut) for name, cut in cuts.items()},
        tiers=_tiers(by),
    )


def _tiers(by: Actor) -> tuple[Tier, ...]:
    shown = access.topics(by).exclude(status="CANCELLED").values("pk")
    leads = TopicLead.objects.filter(topic_id__in=shown)
    counts: dict[str, list[tuple[str, str, int]]] = {}
    grouped = leads.values_list("tier", "unit__code", "unit__name").annotate(n=Count("pk"))
    for tier, code, name, count in grouped.order_by("tier", "-n", "unit__name"):
        counts.setdefault(tier, []).append((code, name, count))
    return tuple(
        (tier, str(label), tuple(counts.get(tier, ()))) for tier, label in TopicLead.Tier.choices
    )


def _row(row: Topic, *, actions: int, done: int, on: date) -> TopicRow:
    change = None if row.before is None or row.after is None else row.after - row.before
    share = float(change / abs(row.before)) if change is not None and row.before else None
    is_better = None
    if change is not None:
        is_better = change > 0 if row.better == Topic.Better.UP else change < 0
    return TopicRow(
        number=row.number,
        title=row.title,
        kind=row.kind,
        kind_label=row.get_kind_display(),
        branch_code=row.branch.unit.code,
        branch_name=row.branch.unit.name,
        measure=row.measure,
        measure_unit=row.measure_unit,
        better=row.better,
        better_label=row.get_better_display(),
        before=_plain(row.before),
        before_on=row.before_on,
        before_source=row.before_source,
        after=_plain(row.after),
        after_on=row.after_on,
        after_source=row.after_source,
        change=_plain(change),
        change_share=share,
        is_better=is_better,
        due_on=row.due_on,
        is_late=row.status in OPEN and row.due_on < on,
        status=row.status,
        status_label=row.get_status_display(),
        actions=actions,
        done=done,
    )


def _plain(value: Decimal | None) -> Decimal | None:
    """Return a figure without the noughts that its column keeps: 36, not 36.000."""
    if value is None:
        return None
    whole = value.to_integral_value()
    return whole if value == whole else value.normalize()


def topic(number: str, *, by: Actor, on: date) -> TopicFile:
    """Return one topic.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    found = access.topic_to_see(number, by=by)
    actions = tuple(_action(row, on=on) for row in found.actions.select_related("person"))
    may_write = access.may_write(found.branch.unit.path, by=by)
    verbs = TOPIC.verbs(found.status, role=by.role) if may_write else ()
    done = sum(action.done_on is not None for action in actions)
    return TopicFile(
        row=_row(found, actions=len(actions), done=done, on=on),
        goal=found.goal,
        leads=_leads(found),
        actions=actions,
        created_by=found.created_by,
        may_write=may_write,
        verbs=tuple((r.verb, r.label) for r in verbs),
    )


def _leads(found: Topic) -> tuple[LeadRow, ...]:
    rows = {row.tier: row for row in found.leads.select_related("unit", "person")}
    return tuple(
        LeadRow(
            tier=tier,
            tier_label=str(label),
            unit_code=rows[tier].unit.code,
            unit_name=rows[tier].unit.name,
            person=_name(rows[tier]),
        )
        for tier, label in TopicLead.Tier.choices
        if tier in rows
    )


def _name(lead: TopicLead) -> str:
    return lead.person.name if lead.person else ""


def _action(row: TopicAction, *, on: date) -> ActionRow:
    return ActionRow(
        position=row.position,
        words=row.words,
        person=row.person.name,
        due_on=row.due_on,
        done_on=row.done_on,
        done_words=row.done_words,
        record_kind=row.record_kind,
        record_number=row.record_number,
        is_late=row.done_on is None and row.due_on < on,
    )
