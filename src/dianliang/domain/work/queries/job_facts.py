"""What a planner must know of a job, planned or not, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dianliang.domain.work.models import Job
from dianliang.kernel.calendar import SHANGHAI


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFacts:
    """What a planner must know of a job, planned or not."""

    job_number: str
    title: str
    area_name: str
    address: str
    priority: str
    priority_label: str
    skill_name: str
    gear: str
    due_at: datetime | None
    duration_min: int
    windows: str
    lat: float
    lon: float


def facts_of(job: Job) -> JobFacts:
    """Return what a planner must know of a job."""
    return JobFacts(
        job_number=job.number,
        title=job.title,
        area_name=job.area.name,
        address=job.address,
        priority=job.priority,
        priority_label=job.get_priority_display(),
        skill_name=job.skill.name if job.skill else "",
        gear=gear_in_words(job.gear),
        due_at=job.due_at,
        duration_min=job.duration_min,
        windows=windows_in_words(job.windows),
        lat=job.lat,
        lon=job.lon,
    )


def gear_in_words(gear: Mapping[str, Any]) -> str:
    """Return gear with its numbers."""
    return "、".join(f"{kind}×{count}" for kind, count in gear.items() if count)


def windows_in_words(windows: Iterable[tuple[str, str]]) -> str:
    """Return the times at which a customer can be visited; empty for any time."""
    spans = []
    for start, end in windows:
        begin = datetime.fromisoformat(start).astimezone(SHANGHAI)
        spans.append(f"{begin:%m-%d %H:%M}–{clock_of(datetime.fromisoformat(end))}")
    return "、".join(spans)


def clock_of(at: datetime) -> str:
    """Return the time of day as the county's clocks show it."""
    return f"{at.astimezone(SHANGHAI):%H:%M}"
