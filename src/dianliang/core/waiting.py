"""Say of work that waits in the queue how much is before it, and when it will begin."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from statistics import median

from django.db.models import Q

from dianliang.core.models import BackgroundJob
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.phrases import Phrase, from_text

PAST, MOST_AHEAD = 60, 200
"""Ended jobs from which is learnt how long one takes; jobs ahead that are looked at."""
MINUTES_FROM_S = 90
Status = BackgroundJob.Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a job stands: jobs before it, and seconds until it begins, if that can be told.

    `has_more`: there are more ahead than are looked at. `not_before`: it was put off until then.
    """

    ahead: int
    wait_s: int | None
    has_more: bool = False
    not_before: datetime | None = None


def place_of(job: BackgroundJob | None) -> Place | None:
    """Return where a job stands in the queue; None once it runs or has ended.

    What is ahead takes as long as was expected of it, or as the like of it took (the median), less
    what is done of it; as many workers as are busy now share it. Two queries, and none if it runs.
    """
    if job is None or job.status != Status.QUEUED:
        return None
    before = Q(run_after__lt=job.run_after) | Q(run_after=job.run_after, pk__lt=job.pk)
    waiting = Q(status=Status.QUEUED) & before
    rows = BackgroundJob.objects.filter(Q(status=Status.RUNNING) | waiting)
    found = list(rows.order_by("run_after", "pk")[: MOST_AHEAD + 1])
    ahead, has_more = found[:MOST_AHEAD], len(found) > MOST_AHEAD
    usual = _usual({one.kind for one in ahead if one.expected_s is None})
    told = [_left_s(one, usual) for one in ahead]
    left = [one for one in told if one is not None]
    busy = max(1, sum(one.status == Status.RUNNING for one in ahead))
    not_before = job.run_after if job.run_after > job.created_at else None
    is_known = len(left) == len(told) and not has_more and not_before is None
    return Place(
        ahead=len(ahead),
        wait_s=ceil(sum(left) / busy) if is_known else None,
        has_more=has_more,
        not_before=not_before,
    )


def note_of(job: BackgroundJob | None) -> str:
    """Return what a page says of work that goes on: how far it is, or how long it waits."""
    place = place_of(job)
    if job is None or place is None:
        return from_text(job.progress_note) if job else ""
    return _waiting(place)


def _waiting(place: Place) -> str:
    if place.not_before is not None:
        at = place.not_before.astimezone(SHANGHAI)
        return Phrase("排队等待，最早 %(at)s 开始", at=f"{at:%m-%d %H:%M}")
    if not place.ahead:
        return Phrase("排队等待，马上开始")
    if place.has_more:
        return Phrase("排队等待：前面还有 %(n)d 多项，要等多久还说不准", n=place.ahead)
    if place.wait_s is None:
        return Phrase("排队等待：前面还有 %(n)d 项，要等多久还说不准", n=place.ahead)
    if place.wait_s < MINUTES_FROM_S:
        return Phrase(
            "排队等待：前面还有 %(n)d 项，约 %(s)d 秒后开始", n=place.ahead, s=place.wait_s
        )
    minutes = ceil(place.wait_s / 60)
    return Phrase("排队等待：前面还有 %(n)d 项，约 %(m)d 分钟后开始", n=place.ahead, m=minutes)


def _usual(kinds: Iterable[str]) -> dict[str, float]:
    """Return how many seconds jobs of some kinds took lately, where any has ended."""
    told = BackgroundJob.objects.filter(
        kind__in=kinds, status=Status.DONE, started_at__isnull=False, finished_at__isnull=False
    ).order_by("-pk")[:PAST]
    found: dict[str, list[float]] = {}
    for one in told:
        if one.started_at and one.finished_at:
            found.setdefault(one.kind, []).append(
                (one.finished_at - one.started_at).total_seconds()
            )
    return {kind: median(took) for kind, took in found.items()}


def _left_s(job: BackgroundJob, usual: Mapping[str, float]) -> float | None:
    """Return how many seconds a job that is ahead will still take; None if nobody knows."""
    whole = job.expected_s if job.expected_s is not None else usual.get(job.kind)
    return None if whole is None else whole * (1 - job.progress_share)
