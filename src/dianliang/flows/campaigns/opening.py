"""Open jobs for targets, in batches per area, so that plans route them with all other work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import QuerySet

from dianliang.core import audit, jobs
from dianliang.core.models import BackgroundJob
from dianliang.core.waiting import note_of
from dianliang.domain.programs import access
from dianliang.domain.programs.lifecycle import MAY_GET_A_JOB
from dianliang.domain.programs.models import Campaign, Target
from dianliang.domain.programs.operations import targets as operations
from dianliang.domain.territory.queries import area_of
from dianliang.domain.work.models import Job
from dianliang.domain.work.operations.jobs import open_job
from dianliang.flows.campaigns.listing import FREEZE
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, InvalidInputError
from dianliang.kernel.geo import EARTH_RADIUS_M, GeoPoint
from dianliang.kernel.phrases import Phrase

OPEN_JOBS = "campaigns.open_jobs"
AT_ONCE = 200
"""Up to so many jobs are opened while the person waits."""
MOST = 10_000
CHUNK = 100
ENDS_AT = time(17, 30)
PRESSING = timedelta(days=14)
NEIGHBOURS = 1000
"""So many jobs that wait or are planned are looked at for what lies near them."""


class UnableToOpenError(DomainError):
    """These targets get no jobs."""

    code = "campaigns.unable-to-open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a press on "open jobs" did: now, or in the background."""

    opened: int
    without_place: int
    is_queued: bool


@transaction.atomic
def open_batch(
    *, number: str, area_code: str, most: int, is_nearby: bool, by: Actor, at: datetime
) -> Opened:
    """Open jobs for up to `most` waiting targets of an area; a long batch goes to the background.

    `is_nearby` takes those first that lie nearest to jobs which wait or are planned already.

    Raises:
        NotVisibleError: the campaign is absent or not the actor's to see.
        InvalidInputError: the area or the number makes no sense.
        UnableToOpenError: the campaign is not running, or its targets are people.
    """
    campaign = access.campaign_to_see(number, by=by)
    if campaign.status != "FROZEN":
        raise UnableToOpenError("名单冻结后、行动结束前才能开工单。")
    if campaign.source == Campaign.Source.PEOPLE:
        raise UnableToOpenError("以人为目标的行动按志愿行动记录自动完成，不开工单。")
    if campaign.source == Campaign.Source.MEMBERS:
        raise UnableToOpenError("党员的任务由本人交证据完成，不开工单。")
    if not 0 < most <= MOST:
        raise InvalidInputError(Phrase("一次可开 1 到 %(most)s 张工单。", most=MOST), field="most")
    if area_code and area_of(area_code) is None:
        raise InvalidInputError("没有这个区域，请重新选择。", field="area")
    chosen = _chosen(campaign, area_code=area_code, most=most, is_nearby=is_nearby, by=by)
    words = f"{area_code or '全部区域'}，{len(chosen)} 个"
    audit.record("programs.campaign.open_jobs", target=campaign, by=by, at=at, reason=words)
    if len(chosen) > AT_ONCE:
        jobs.enqueue(OPEN_JOBS, {"number": number, "targets": chosen}, by=by, at=at)
        return Opened(opened=0, without_place=0, is_queued=True)
    return _open_all(campaign, chosen, by=by, at=at)


def _chosen(
    campaign: Campaign, *, area_code: str, most: int, is_nearby: bool, by: Actor
) -> list[int]:
    waiting = access.targets_of(campaign, by=by).filter(status__in=MAY_GET_A_JOB)
    area = area_of(area_code)
    if area is not None:
        waiting = waiting.filter(area__path__startswith=area.path)
    if is_nearby:
        return _nearest_first(waiting, by=by)[:most]
    return list(waiting.order_by("due_on", "area__path", "pk").values_list("pk", flat=True)[:most])


def _nearest_first(waiting: QuerySet[Target], *, by: Actor) -> list[int]:
    """Return targets by their distance to the nearest job that is still to be done."""
    rows = list(
        waiting.values_list(
            "pk", "lat", "lon", "customer__lat", "customer__lon", "area__lat", "area__lon"
        ).order_by("pk")
    )
    still = Job.objects.filter(
        status__in=["OPEN", "SCHEDULED"], unit__path__startswith=by.unit_path
    )
    around = list(still.order_by("due_at", "pk").values_list("lat", "lon")[:NEIGHBOURS])
    if not rows or not around:
        return [row[0] for row in rows]
    own = np.radians([_place(row[1:]) or (90.0, 0.0) for row in rows])
    near = np.radians(around)
    distance = np.full(len(rows), np.inf)
    for lat, lon in near:
        half = np.sin((own[:, 0] - lat) / 2) ** 2
        half += np.cos(own[:, 0]) * np.cos(lat) * np.sin((own[:, 1] - lon) / 2) ** 2
        distance = np.minimum(distance, half)
    metres = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(1.0, distance)))
    order = np.argsort(metres, kind="stable")
    return [rows[place][0] for place in order]


def _place(positions: Sequence[float | None]) -> tuple[float, float] | None:
    """Return the first known of some positions, given as latitude and longitude in turn."""
    pairs = zip(positions[::2], positions[1::2], strict=True)
    return next(((lat, lon) for lat, lon in pairs if lat is not None and lon is not None), None)


def _open_all(campaign: Campaign, chosen: Sequence[int], *, by: Actor, at: datetime) -> Opened:
    opened = without_place = 0
    rows = (
        Target.objects.filter(pk__in=chosen, status__in=MAY_GET_A_JOB)
        .select_related("area", "unit", "customer", "key_customer__checklist")
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    for target in rows:
        point = _point(target)
        if point is None:
            without_place += 1
            continue
        job = _open(campaign, target, point, by=by, at=at)
        operations.plan(target=target, job=job, by=by, at=at)
        opened += 1
    return Opened(opened=opened, without_place=without_place, is_queued=False)


def _point(target: Target) -> GeoPoint | None:
    customer = target.customer
    at_home = (customer.lat, customer.lon) if customer else (None, None)
    found = _place((target.lat, target.lon, *at_home, target.area.lat, target.area.lon))
    return GeoPoint(*found) if found else None


def _open(campaign: Campaign, target: Target, point: GeoPoint, *, by: Actor, at: datetime) -> Job:
    due_at = datetime.combine(target.due_on, ENDS_AT, SHANGHAI)
    labels = "、".join(str(Campaign.Proof(proof).label) for proof in campaign.proofs)
    proof = f"须留证：{labels}。" if labels else ""
    pair = "第一张拍整治前，最后一张拍整治后。" if Campaign.Proof.PAIR in campaign.proofs else ""
    return open_job(
        title=f"{campaign.title}：{target.title}",
        detail=f"{campaign.action}。{proof}{pair}",
        service=campaign.service,
        checklist=campaign.checklist,
        inspects=target.key_customer.checklist if target.key_customer else None,
        area=target.area,
        point=point,
        unit=target.unit,
        customer=target.customer,
        address=target.place,
        duration_min=campaign.duration_min,
        priority=Job.Priority.SHOULD if due_at - at < PRESSING else Job.Priority.MAY,
        due_at=due_at,
        by=by,
        at=at,
    )


@jobs.handler(OPEN_JOBS)
def open_in_background(context: jobs.JobContext) -> dict[str, Any] | None:
    """Open a long batch in pieces; what has a job by now, or was taken off the list, is passed.

    It ends when the campaign does.
    """
    campaign = Campaign.objects.select_related("service", "unit").get(
        number=context.payload["number"]
    )
    chosen: list[int] = context.payload["targets"]
    opened = without_place = 0
    for start in range(0, len(chosen), CHUNK):
        with transaction.atomic():
            running_still = Campaign.objects.select_for_update().filter(
                pk=campaign.pk, status="FROZEN"
            )
            if not running_still.exists():
                break
            done = _open_all(campaign, chosen[start : start + CHUNK], by=SYSTEM, at=context.clock())
        opened += done.opened
        without_place += done.without_place
        if not context.progress((start + CHUNK) / len(chosen), f"已开 {opened} 张"):
            break
    return {"opened": opened, "without_place": without_place}


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A batch that is being opened."""

    share: float
    note: str


def running(campaign: Campaign) -> Running | None:
    """Return how far the list or the batch that is being written has come, if there is one."""
    kinds = (OPEN_JOBS, FREEZE)
    going = BackgroundJob.objects.filter(
        kind__in=kinds, status__in=jobs.GOING_ON, payload__number=campaign.number
    ).order_by("-pk")
    job = going.first()
    return Running(share=job.progress_share, note=note_of(job)) if job else None
