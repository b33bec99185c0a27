"""What the pages of a campaign show: progress by area, targets, the evidence of one."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from dianliang.domain.programs import access, progress
from dianliang.domain.programs.lifecycle import TARGET, TARGET_LABELS
from dianliang.domain.programs.models import Campaign, Recheck, Target
from dianliang.domain.programs.progress import (
    AreaProgress,
    CorrectionRow,
    Denominator,
    ReasonCount,
    RoundRow,
    Tally,
    TargetRow,
    target_row,
)
from dianliang.domain.programs.sampling import suggested_size
from dianliang.domain.territory.models import Area
from dianliang.domain.territory.queries import AreaRow, ancestors, area_of, area_row, county
from dianliang.flows.campaigns.opening import Running, running
from dianliang.flows.campaigns.sources import OF_PEOPLE
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError

PAGE_ROWS = 50
MOST_CORRECTIONS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a campaign is about."""

    number: str
    title: str
    status: str
    status_label: str
    source_label: str
    is_of_people: bool
    takes_jobs: bool
    action: str
    service_name: str
    proofs: tuple[tuple[str, str], ...]
    duration_min: int
    unit_name: str
    starts_on: str
    due_on: str
    frozen_at: datetime | None
    digest: str
    may_lead: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignPage:
    """A campaign with its figures for one area and what lies directly below it."""

    head: Head
    tally: Tally
    here: AreaRow | None
    way_up: tuple[tuple[str, str], ...]
    parts: tuple[AreaProgress, ...]
    points: tuple[AreaProgress, ...]
    denominator: Denominator
    reasons: tuple[ReasonCount, ...]
    corrections: tuple[CorrectionRow, ...]
    rounds: tuple[RoundRow, ...]
    suggested: int
    running: Running | None


def campaign_page(*, number: str, area_code: str, by: Actor) -> CampaignPage:
    """Return a campaign's page; as many queries for ten targets as for ten thousand.

    Raises:
        NotVisibleError: the campaign or the area is absent, or not the actor's to see.
    """
    campaign = access.campaign_to_see(number, by=by)
    counted = progress.by_area(campaign, by=by)
    areas = {area.pk: area for area in Area.objects.select_related("parent")}
    here = area_of(area_code) if area_code else county()
    if area_code and here is None:
        raise NotVisibleError("没有找到这个区域。")
    inside = {
        pk: counts
        for pk, counts in counted.items()
        if not area_code or (here and areas[pk].path.startswith(here.path))
    }
    tally = progress.whole(inside.values())
    everything = progress.whole(counted.values())
    return CampaignPage(
        head=_head(campaign, by=by),
        tally=tally,
        here=area_row(here) if area_code and here else None,
        way_up=_way_up(here, areas) if area_code and here else (),
        parts=_parts(inside, areas, here),
        points=tuple(
            AreaProgress(area=area_row(areas[pk]), tally=Tally(counts=counts))
            for pk, counts in inside.items()
            if areas[pk].lat is not None
        ),
        denominator=progress.denominator(campaign),
        reasons=progress.reasons(campaign, by=by),
        corrections=progress.corrections(campaign, by=by, most=MOST_CORRECTIONS),
        rounds=progress.rounds(campaign),
        suggested=suggested_size(everything.get("DONE")),
        running=running(campaign),
    )


def _head(campaign: Campaign, *, by: Actor) -> Head:
    return Head(
        number=campaign.number,
        title=campaign.title,
        status=campaign.status,
        status_label=campaign.get_status_display(),
        source_label=campaign.get_source_display(),
        is_of_people=campaign.source == Campaign.Source.PEOPLE,
        takes_jobs=campaign.source not in OF_PEOPLE,
        action=campaign.action,
        service_name=campaign.service.name if campaign.service else "",
        proofs=tuple((proof, str(Campaign.Proof(proof).label)) for proof in campaign.proofs),
        duration_min=campaign.duration_min,
        unit_name=campaign.unit.name,
        starts_on=campaign.starts_on.isoformat(),
        due_on=campaign.due_on.isoformat(),
        frozen_at=campaign.frozen_at,
        digest=campaign.frozen_digest,
        may_lead=by.reaches_unit(campaign.unit.path),
    )


def _parts(
    counted: Mapping[int, Counter[str]], areas: Mapping[int, Area], here: Area | None
) -> tuple[AreaProgress, ...]:
    """Sum up by what lies directly below an area; what lies in the area itself is a row too."""
    by_path = {area.path: area for area in areas.values()}
    sums: dict[str, Counter[str]] = {}
    for pk, counts in counted.items():
        path = _step_below(areas[pk].path, here.path if here else "/")
        sums.setdefault(path, Counter()).update(counts)
    return tuple(
        AreaProgress(area=area_row(by_path[path]), tally=Tally(counts=counts))
        for path, counts in sorted(sums.items())
        if path in by_path
    )


def _step_below(path: str, above: str) -> str:
    """Return the ancestor of a path that lies one step below another; itself where it is not."""
    if not path.startswith(above) or path == above:
        return path
    return above + path[len(above) :].split("/", maxsplit=1)[0] + "/"


def _way_up(here: Area, areas: Mapping[int, Area]) -> tuple[tuple[str, str], ...]:
    by_path = {area.path: area for area in areas.values()}
    top = county()
    least = len(top.path) if top else 0
    above = [by_path[p] for p in ancestors(here)[:-1] if p in by_path and len(p) > least]
    return tuple((area.code, area.name) for area in above)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One page of targets."""

    rows: tuple[TargetRow, ...]
    counts: tuple[tuple[str, str, int], ...]
    total: int
    page: int
    pages: int


def target_list(
    *, number: str, area_code: str, status: str, reason: str, page: int, by: Actor
) -> Listed:
    """Return the targets of an area in a state, fifty at a time, with the count of each state.

    Raises:
        NotVisibleError: the campaign is absent or not the actor's to see.
    """
    campaign = access.campaign_to_see(number, by=by)
    listed = access.targets_of(campaign, by=by)
    area = area_of(area_code)
    if area is not None:
        listed = listed.filter(area__path__startswith=area.path)
    grouped = listed.order_by().values_list("status").annotate(n=Count("pk"))
    counts = Counter(dict(grouped))
    if status in TARGET_LABELS:
        listed = listed.filter(status=status)
    if reason in Target.Reason.values:
        listed = listed.filter(reason=reason)
    total = listed.count()
    pages = max(1, -(-total // PAGE_ROWS))
    page = min(max(1, page), pages)
    start = (page - 1) * PAGE_ROWS
    return Listed(
        rows=tuple(target_row(target) for target in with_origin(listed)[start : start + PAGE_ROWS]),
        counts=tuple((code, label, counts[code]) for code, label in TARGET_LABELS.items()),
        total=total,
        page=page,
        pages=pages,
    )


def with_origin(listed: QuerySet[Target]) -> QuerySet[Target]:
    """Return targets with what their rows name, in the order of their numbers."""
    joined = listed.select_related("area", "unit", "job", "visit", "activity")
    return joined.order_by("number")


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRow:
    """One piece of evidence."""

    kind: str
    kind_label: str
    token: str
    words: str
    source: str
    given_at: datetime
    given_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRow:
    """One look at a target that was drawn."""

    position: int
    passed: bool | None
    words: str
    checked_at: datetime | None
    checked_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetPage:
    """A target with its evidence, its re-checks, and what may be done with it."""

    campaign: Head
    row: TargetRow
    reason: str
    evidence: tuple[EvidenceRow, ...]
    checks: tuple[CheckRow, ...]
    corrections: tuple[tuple[str, str, datetime, str], ...]
    verbs: frozenset[str]

    @property
    def before(self) -> tuple[EvidenceRow, ...]:
        """Return the photos of before."""
        return tuple(piece for piece in self.evidence if piece.kind == "before")

    @property
    def after(self) -> tuple[EvidenceRow, ...]:
        """Return the photos of after."""
        return tuple(piece for piece in self.evidence if piece.kind == "after")


def target_page(*, number: str, by: Actor) -> TargetPage:
    """Return one target.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    target = access.target_to_move(number, by=by)
    head = _head(target.campaign, by=by)
    is_running = target.campaign.status == "FROZEN"
    verbs = {row.verb for row in TARGET.verbs(target.status, role=by.role)} if is_running else set()
    if not head.may_lead:
        verbs -= {"exclude", "include", "sample"}
    checks = Recheck.objects.filter(target=target).select_related("round").order_by("pk")
    return TargetPage(
        campaign=head,
        row=target_row(target),
        reason=target.reason,
        evidence=_evidence(target),
        checks=tuple(
            CheckRow(
                position=check.round.position,
                passed=check.passed,
                words=check.words,
                checked_at=check.checked_at,
                checked_by=check.checked_by,
            )
            for check in checks
        ),
        corrections=tuple(
            (row.get_kind_display(), row.reason, row.at, row.by_name)
            for row in target.corrections.all()
        ),
        verbs=frozenset(verbs),
    )


def _evidence(target: Target) -> tuple[EvidenceRow, ...]:
    return tuple(
        EvidenceRow(
            kind=piece.kind,
            kind_label=piece.get_kind_display(),
            token=piece.file.token if piece.file else "",
            words=piece.words,
            source=piece.source,
            given_at=piece.given_at,
            given_by=piece.given_by,
        )
        for piece in target.evidence.select_related("file")
    )
