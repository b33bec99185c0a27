"""Let plans that wait have a job in place of another that was done by mistake only."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from dianliang.core import audit
from dianliang.domain.work.models import Job, Plan, PlannedStop, Unplanned
from dianliang.kernel.actor import Actor


@transaction.atomic
def do_again(*, plans: Iterable[Plan], done: Job, again: Job, by: Actor, at: datetime) -> None:
    """Put a job into plans where they have one that turned out not to be done (重新列入).

    It is the same work at the same place, so who, when and which way stay as they are.
    """
    for plan in plans:
        stops = PlannedStop.objects.filter(plan=plan, job=done).update(job=again)
        outs = Unplanned.objects.filter(plan=plan, job=done).update(job=again)
        if not stops + outs:
            continue
        plan.jobs.add(again)
        turned = (plan.outcome or {}).get("turned", [])
        if done.number in turned:
            numbers = [again.number if n == done.number else n for n in turned]
            plan.outcome = {**(plan.outcome or {}), "turned": numbers}
            plan.save(update_fields=["outcome"])
        words = f"{done.number} → {again.number}"
        audit.record("work.plan.do_again", target=plan, by=by, at=at, reason=words)
