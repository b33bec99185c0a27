"""A day for the demo's steward: the nearest jobs of his station, already published to his team."""

from datetime import datetime, timedelta

from dianliang.core.numbers import next_number
from dianliang.domain.work.models import Job, Visit
from dianliang.domain.work.operations import jobs as job_operations
from dianliang.domain.workforce.crews import crew
from dianliang.domain.workforce.models import Team
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.geo import GeoPoint

STOPS = 6
METRES_PER_MINUTE = 500
"""Thirty kilometres an hour on county roads."""
STEP = timedelta(minutes=5)


def publish_route(team: Team, *, by: Actor, at: datetime) -> list[Visit]:
    """Give a team its next stops from now on, each the nearest to the one before."""
    on = at.astimezone(SHANGHAI).date()
    skills = {skill for member in crew(team, on=on) for skill in member.skills}
    waiting = list(
        Job.objects.filter(status="OPEN", unit=team.unit).select_related("skill", "unit")
    )
    able = [job for job in waiting if job.skill is None or job.skill.code in skills]
    here, clock, visits = GeoPoint(team.base_lat, team.base_lon), _start(team, at), []
    for sequence in range(1, min(STOPS, len(able)) + 1):
        job = min(able, key=lambda job: _point(job).distance_m(here))
        able.remove(job)
        arrive_at = _rounded(
            clock + timedelta(minutes=_point(job).distance_m(here) / METRES_PER_MINUTE)
        )
        here, clock = _point(job), arrive_at + timedelta(minutes=job.duration_min)
        job_operations.schedule(job=job, by=by, at=at)
        visits.append(
            Visit.objects.create(
                number=next_number("SM", at=at),
                job=job,
                team=team,
                on=on,
                sequence=sequence,
                arrive_at=arrive_at,
                depart_at=clock,
            )
        )
    return visits


def _point(job: Job) -> GeoPoint:
    return GeoPoint(job.lat, job.lon)


def _start(team: Team, at: datetime) -> datetime:
    local = at.astimezone(SHANGHAI)
    return max(local, datetime.combine(local.date(), team.shift_starts, SHANGHAI))


def _rounded(instant: datetime) -> datetime:
    return instant + (datetime.min.replace(tzinfo=instant.tzinfo) - instant) % STEP
