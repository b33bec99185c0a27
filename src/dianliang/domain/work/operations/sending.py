"""Send a team to a job at once, outside of any plan: for what cannot wait for the next one."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from dianliang.core import audit
from dianliang.core.numbers import next_number
from dianliang.domain.work.models import Job, Visit
from dianliang.domain.work.operations import jobs
from dianliang.domain.workforce.models import Team
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI

ON_THE_WAY = timedelta(minutes=30)
"""When a team that is sent at once is expected: nobody has computed it."""


@transaction.atomic
def send_now(*, job: Job, team: Team, by: Actor, at: datetime, reason: str = "") -> Visit:
    """Give a job that waits to a team today, after what the team has already (急派).

    A plan that is made later finds the visit among those that the team has.

    Raises:
        IllegalTransitionError: the job does not wait.
    """
    on = at.astimezone(SHANGHAI).date()
    last = Visit.objects.filter(team=team, on=on).aggregate(n=Max("sequence"))["n"] or 0
    arrive_at = at + ON_THE_WAY
    jobs.schedule(job=job, by=by, at=at)
    visit = Visit.objects.create(
        number=next_number("SM", at=at),
        job=job,
        team=team,
        on=on,
        sequence=last + 1,
        arrive_at=arrive_at,
        depart_at=arrive_at + timedelta(minutes=job.duration_min),
    )
    audit.record(
        "work.visit.send", target=visit, by=by, at=at, after=visit.status, reason=reason[:200]
    )
    return visit
