"""What happens to a target when its job, a visit or a volunteer's action moves."""

from collections.abc import Sequence
from datetime import datetime, time

from django.db import transaction
from django.db.models import Max

from dianliang.core.models import StoredFile
from dianliang.domain.programs.models import Activity, Campaign, Participation, Recheck, Target
from dianliang.domain.programs.models.campaigns import Evidence
from dianliang.domain.programs.operations import targets as operations
from dianliang.domain.programs.operations.targets import Piece
from dianliang.domain.safety.models import Inspection
from dianliang.domain.safety.records import ABSENT
from dianliang.domain.work.models import Visit
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.calendar import SHANGHAI

Kind = Evidence.Kind
UNDONE = ("OPEN", "LACKING", "NOT_DONE", "FAILED")
MOST_AT_ONCE = 200


@transaction.atomic
def after_visit(*, visit: Visit, by: Actor, at: datetime) -> Target | None:
    """Count the target of a visit as done with what the visit brought; return it, if there is one.

    What is demanded and missing leaves the target waiting for it.
    """
    target = (
        Target.objects.select_related("campaign")
        .defer("campaign__rows")
        .select_for_update(of=("self",))
        .filter(job=visit.job_id, status="PLANNED")
        .first()
    )
    if target is None:
        return None
    photos = list(visit.photos.order_by("pk"))
    pieces = _pieces(
        photos,
        signature=visit.signature,
        words=visit.findings,
        source=visit.number,
        is_pair=Campaign.Proof.PAIR in target.campaign.proofs,
    )
    pieces += _of_inspection(visit)
    done_at = visit.ended_at or at
    return operations.settle(
        target=target, pieces=pieces, done_at=done_at, visit=visit, by=by, at=at
    )


def _pieces(
    photos: Sequence[StoredFile],
    *,
    signature: StoredFile | None,
    words: str,
    source: str,
    is_pair: bool,
) -> list[Piece]:
    """Return a visit's record as evidence; of a pair the first photo is before, the last after."""
    pieces = [Piece(kind=Kind.PHOTO, file=photo, source=source) for photo in photos]
    if is_pair and len(photos) > 1:
        pieces[0] = Piece(kind=Kind.BEFORE, file=photos[0], source=source)
        pieces[-1] = Piece(kind=Kind.AFTER, file=photos[-1], source=source)
    if signature is not None:
        pieces.append(Piece(kind=Kind.SIGNATURE, file=signature, source=source))
    if words.strip():
        pieces.append(Piece(kind=Kind.WORDS, words=words.strip(), source=source))
    return pieces


def _of_inspection(visit: Visit) -> list[Piece]:
    """Return what was inspected on a visit in words; the record itself stays with the visit."""
    record = Inspection.objects.filter(visit=visit).prefetch_related("hazards").first()
    if record is None:
        return []
    found = "、".join(hazard.number for hazard in record.hazards.all())
    checked = sum(answer["value"] != ABSENT for answer in record.answers)
    words = f"检查记录 {record.number}：查了 {checked} 项，隐患 {found or '0 条'}。"
    return [Piece(kind=Kind.WORDS, words=words, source=visit.number)]


def follow_jobs(*, at: datetime) -> int:
    """Let targets follow jobs that ended in another way than by a visit; return how many moved.

    A job that a dispatcher closed at the desk brings no evidence of its own.
    """
    ended = (
        Target.objects.filter(status="PLANNED", job__status__in=["DONE", "CANCELLED"])
        .select_related("campaign", "job")
        .defer("campaign__rows")
        .order_by("pk")[:MOST_AT_ONCE]
    )
    moved = 0
    for target in ended:
        job = target.job
        if job is None:
            continue
        if job.status == "CANCELLED":
            reason = f"工单 {job.number} 已撤销"
            operations.unplan(target=target, reason=reason, by=SYSTEM, at=at)
        else:
            visit = Visit.objects.filter(job=job, status="DONE").order_by("-pk").first()
            if visit is not None:
                after_visit(visit=visit, by=SYSTEM, at=at)
            else:
                operations.settle(
                    target=target, pieces=[], done_at=job.done_at or at, by=SYSTEM, at=at
                )
        moved += 1
    return moved


@transaction.atomic
def after_activity(*, activity: Activity, by: Actor, at: datetime) -> int:
    """Count each volunteer who took part as done in the campaigns that ask for a deed.

    A deed from before a re-check that failed does not count again.
    """
    people = list(activity.participations.values_list("person_id", flat=True))
    on = activity.started_at.astimezone(SHANGHAI).date()
    rejected_since = Recheck.objects.filter(passed=False, checked_at__gte=activity.ended_at)
    waiting = (
        Target.objects.filter(
            person_id__in=people,
            status__in=UNDONE,
            campaign__status="FROZEN",
            campaign__source=Campaign.Source.PEOPLE,
            campaign__starts_on__lte=on,
            campaign__due_on__gte=on,
        )
        .exclude(pk__in=rejected_since.values("target_id"))
        .select_related("campaign")
        .defer("campaign__rows")
    )
    return sum(_count(target, activity, by=by, at=at) for target in waiting)


@transaction.atomic
def settle_people(*, campaign: Campaign, by: Actor, at: datetime) -> int:
    """Count the deeds that are on record since a campaign began; return how many people have one.

    Each person's first deed counts; after a re-check that failed, the first that came later. Only
    campaigns of people ask for a deed: of party members each hands in something of his own.
    """
    if campaign.source != Campaign.Source.PEOPLE:
        return 0
    waiting = {
        target.person_id: target
        for target in Target.objects.filter(campaign=campaign, status__in=UNDONE)
        .select_related("campaign")
        .defer("campaign__rows")
        if target.person_id is not None
    }
    failed = Recheck.objects.filter(target__campaign=campaign, passed=False)
    rejected = dict(failed.values_list("target__person_id").annotate(at=Max("checked_at")))
    start = datetime.combine(campaign.starts_on, time(), SHANGHAI)
    deeds = (
        Participation.objects.filter(
            person_id__in=waiting,
            activity__started_at__gte=start,
            activity__started_at__date__lte=campaign.due_on,
        )
        .select_related("activity")
        .order_by("activity__started_at", "pk")
    )
    first: dict[int, Activity] = {}
    for deed in deeds:
        rejected_at = rejected.get(deed.person_id)
        if rejected_at is None or rejected_at < deed.activity.ended_at:
            first.setdefault(deed.person_id, deed.activity)
    return sum(
        _count(waiting[person], activity, by=by, at=at) for person, activity in first.items()
    )


def _count(target: Target, activity: Activity, *, by: Actor, at: datetime) -> int:
    """Settle a target with a deed; what the deed brought already is not kept a second time."""
    is_kept = target.evidence.filter(source=activity.number).exists()
    pieces = [] if is_kept else _of_deed(activity)
    settled = operations.settle(
        target=target, pieces=pieces, done_at=activity.ended_at, activity=activity, by=by, at=at
    )
    return int(settled.status == "DONE")


def _of_deed(activity: Activity) -> list[Piece]:
    pieces = []
    if activity.words.strip():
        pieces.append(Piece(kind=Kind.WORDS, words=activity.words, source=activity.number))
    for pair in activity.pairs.select_related("before", "after"):
        pieces.append(Piece(kind=Kind.BEFORE, file=pair.before, source=activity.number))
        pieces.append(Piece(kind=Kind.AFTER, file=pair.after, source=activity.number))
    return pieces
