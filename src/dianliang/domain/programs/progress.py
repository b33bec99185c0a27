"""How far a campaign has come: by area, of the real denominator, with what stands against it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from dianliang.domain.programs import access
from dianliang.domain.programs.lifecycle import (
    CAMPAIGN_LABELS,
    COUNTS_AS_DONE,
    SETTLED,
    TARGET_LABELS,
)
from dianliang.domain.programs.models import Campaign, Correction, RecheckRound, Target
from dianliang.domain.programs.sampling import Share, share
from dianliang.domain.territory.queries import AreaRow
from dianliang.kernel.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many targets stand where. What was taken off the list is not in the total."""

    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """Return the denominator: the frozen list with its corrections."""
        return sum(n for status, n in self.counts.items() if status != "EXCLUDED")

    @property
    def done(self) -> int:
        """Return how many are done; what is being re-checked counts."""
        return sum(self.counts.get(status, 0) for status in COUNTS_AS_DONE)

    @property
    def share(self) -> float | None:
        """Return the share that is done; None where there is nothing to do."""
        return self.done / self.total if self.total else None

    def get(self, status: str) -> int:
        """Return how many are in a state."""
        return self.counts.get(status, 0)

    @property
    def waiting(self) -> int:
        """Return how many wait for somebody to do something: open ones and failed re-checks."""
        return self.get("OPEN") + self.get("FAILED")

    @property
    def planned(self) -> int:
        """Return how many have an open job."""
        return self.get("PLANNED")

    @property
    def lacking(self) -> int:
        """Return how many lack a piece of evidence."""
        return self.get("LACKING")

    @property
    def not_done(self) -> int:
        """Return how many are left undone with a reason."""
        return self.get("NOT_DONE")

    @property
    def excluded(self) -> int:
        """Return how many were taken off the list."""
        return self.get("EXCLUDED")


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaProgress:
    """An area with everything at and below it."""

    area: AreaRow
    tally: Tally


def by_area(campaign: Campaign, *, by: Actor) -> dict[int, Counter[str]]:
    """Return how many of the actor's targets stand where, by area. One query."""
    rows = (
        access.targets_of(campaign, by=by)
        .order_by()
        .values_list("area_id", "status")
        .annotate(n=Count("pk"))
    )
    found: dict[int, Counter[str]] = {}
    for area_id, status, n in rows:
        found.setdefault(area_id, Counter())[status] = n
    return found


def whole(counted: Iterable[Counter[str]]) -> Tally:
    """Return the sum of some areas."""
    total: Counter[str] = Counter()
    for counts in counted:
        total.update(counts)
    return Tally(counts=total)


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignRow:
    """A campaign as the list shows it."""

    number: str
    title: str
    status: str
    status_label: str
    source: str
    source_label: str
    unit_name: str
    due_on: date
    frozen_at: datetime | None
    frozen_count: int | None
    tally: Tally

    def is_late(self, on: date) -> bool:
        """Tell whether the day has passed and something is left."""
        return self.status == "FROZEN" and self.due_on < on and self.tally.done < self.tally.total


def campaigns(*, by: Actor) -> tuple[CampaignRow, ...]:
    """Return the campaigns that an actor may see, newest first. Two queries."""
    return _rows(access.visible(by), by=by)


def overseen(source: str, *, by: Actor, on: date) -> tuple[tuple[CampaignRow, int], ...]:
    """Return how far campaigns of a source are, also for who only looks on. Three queries.

    With each goes the number of targets whose own day has passed while the campaign runs.
    """
    rows = _rows(access.overseen(by).filter(source=source), by=by)
    numbers = [row.number for row in rows if row.status == "FROZEN"]
    open_ones = _own(by).filter(campaign__number__in=numbers).exclude(status__in=SETTLED)
    late = Counter(open_ones.filter(due_on__lt=on).values_list("campaign__number", flat=True))
    return tuple((row, late[row.number]) for row in rows)


def _own(by: Actor) -> QuerySet[Target]:
    rows = Target.objects.order_by()
    return rows if by.unit_path == "/" else rows.filter(unit__path__startswith=by.unit_path)


def _rows(chosen: QuerySet[Campaign], *, by: Actor) -> tuple[CampaignRow, ...]:
    listed = list(chosen.select_related("unit").defer("rows"))
    counted = _own(by).filter(campaign__in=[c.pk for c in listed])
    tallies: dict[int, Counter[str]] = {}
    for campaign_id, status, n in counted.values_list("campaign_id", "status").annotate(
        n=Count("pk")
    ):
        tallies.setdefault(campaign_id, Counter())[status] = n
    return tuple(
        CampaignRow(
            number=campaign.number,
            title=campaign.title,
            status=campaign.status,
            status_label=CAMPAIGN_LABELS[campaign.status],
            source=campaign.source,
            source_label=campaign.get_source_display(),
            unit_name=campaign.unit.name,
            due_on=campaign.due_on,
            frozen_at=campaign.frozen_at,
            frozen_count=campaign.frozen_count,
            tally=Tally(counts=tallies.get(campaign.pk, Counter())),
        )
        for campaign in listed
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonCount:
    """Why targets are left undone, and how many."""

    code: str
    label: str
    count: int


def reasons(campaign: Campaign, *, by: Actor) -> tuple[ReasonCount, ...]:
    """Return the reasons of what is not done, most frequent first. One query."""
    labels = dict(Target.Reason.choices)
    rows = (
        access.targets_of(campaign, by=by)
        .filter(status="NOT_DONE")
        .order_by()
        .values_list("reason")
        .annotate(n=Count("pk"))
    )
    found = [ReasonCount(code=r, label=str(labels.get(r, r)), count=n) for r, n in rows]
    return tuple(sorted(found, key=lambda row: (-row.count, row.code)))


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionRow:
    """One dated change of the frozen list."""

    kind: str
    kind_label: str
    target: str
    title: str
    reason: str
    at: datetime
    by_name: str


def corrections(
    campaign: Campaign, *, by: Actor, most: int | None = None
) -> tuple[CorrectionRow, ...]:
    """Return the changes to the actor's targets of the frozen list, newest first. One query."""
    own = access.targets_of(campaign, by=by).order_by()
    rows = Correction.objects.filter(target__in=own).select_related("target").order_by("-pk")
    return tuple(
        CorrectionRow(
            kind=row.kind,
            kind_label=row.get_kind_display(),
            target=row.target.number,
            title=row.target.title,
            reason=row.reason,
            at=row.at,
            by_name=row.by_name,
        )
        for row in rows[:most]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Denominator:
    """Where the total comes from: the frozen list, what was added to it and taken off."""

    frozen: int
    added: int
    removed: int
    restored: int

    @property
    def now(self) -> int:
        """Return what the list counts now."""
        return self.frozen + self.added - self.removed + self.restored


def denominator(campaign: Campaign) -> Denominator:
    """Return how the frozen list became what it is, by the corrections. One query."""
    kinds = Counter(
        dict(
            Correction.objects.filter(campaign=campaign)
            .order_by()
            .values_list("kind")
            .annotate(n=Count("pk"))
        )
    )
    return Denominator(
        frozen=campaign.frozen_count or 0,
        added=kinds[Correction.Kind.ADDED],
        removed=kinds[Correction.Kind.REMOVED],
        restored=kinds[Correction.Kind.RESTORED],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundRow:
    """A sample, what was found so far, and what it tells of the whole."""

    position: int
    seed: int
    population: int
    size: int
    drawn_at: datetime
    drawn_by: str
    checked: int
    failed: int
    share: Share | None


def rounds(campaign: Campaign) -> tuple[RoundRow, ...]:
    """Return the samples, newest first; a share only when all of a sample was looked at."""
    rows = RecheckRound.objects.filter(campaign=campaign).annotate(
        checked=Count("checks", filter=Q(checks__passed__isnull=False)),
        failed=Count("checks", filter=Q(checks__passed=False)),
    )
    return tuple(
        RoundRow(
            position=row.position,
            seed=row.seed,
            population=row.population,
            size=row.size,
            drawn_at=row.drawn_at,
            drawn_by=row.drawn_by,
            checked=row.checked,
            failed=row.failed,
            share=(
                share(passed=row.size - row.failed, size=row.size, population=row.population)
                if row.checked == row.size
                else None
            ),
        )
        for row in rows.order_by("-position")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetRow:
    """A target as lists show it. No name of a customer, no address of one."""

    number: str
    key: str
    title: str
    place: str
    area_name: str
    unit_name: str
    status: str
    status_label: str
    due_on: date
    job_number: str
    source: str
    reason_label: str
    note: str
    done_at: datetime | None
    is_added: bool


def target_row(target: Target) -> TargetRow:
    """Return a target with what it hangs on."""
    origin = target.visit or target.activity
    return TargetRow(
        number=target.number,
        key=target.key,
        title=target.title,
        place=target.place,
        area_name=target.area.name,
        unit_name=target.unit.name,
        status=target.status,
        status_label=TARGET_LABELS[target.status],
        due_on=target.due_on,
        job_number=target.job.number if target.job else "",
        source=origin.number if origin else "",
        reason_label=str(target.get_reason_display()) if target.reason else "",
        note=target.note,
        done_at=target.done_at,
        is_added=target.is_added,
    )
