"""Put a dispatch in force: a small one at once, that of a province by the worker.

Thousands of visits are checked once more and written in one transaction: longer than a browser
should wait.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from dianliang.core import jobs as background
from dianliang.core.models import BackgroundJob
from dianliang.domain.work.models import Plan
from dianliang.flows.dispatching.drafting import dispatch_of, put_in_force
from dianliang.flows.identity import actor_today
from dianliang.flows.planning import drafting
from dianliang.flows.planning.chosen import scope_of
from dianliang.flows.planning.terms import refuse_if_what_if
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError

FORCE = "dispatch.force"
MOST_AT_ONCE = 400
"""Visits up to which somebody waits for it: a few seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forcing:
    """Whether a dispatch is being put in force, and why the last try failed."""

    is_going_on: bool
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Forced:
    """What a press came to: places told, or none yet as the worker does it; was it the first."""

    told: int | None
    is_first: bool = True


def force(*, number: str, revision: int, by: Actor, at: datetime) -> Forced:
    """Put a dispatch in force, at once or by the worker; who presses second is told so.

    Raises:
        NotVisibleError, UnableToMobiliseError, StaleStateError, UnableToPlanError: see
            `put_in_force`; of a large dispatch what can be seen at once.
    """
    plan = dispatch_of(number, by=by).plan
    if scope_of(plan) is not None or plan.stops.count() <= MOST_AT_ONCE or plan.status != "READY":
        return Forced(told=len(put_in_force(number=number, revision=revision, by=by, at=at)))
    return _ask_worker(number=number, revision=revision, by=by, at=at)


@transaction.atomic
def _ask_worker(*, number: str, revision: int, by: Actor, at: datetime) -> Forced:
    """Have the worker put a plan in force; its row is held, so that of two who press one does."""
    Plan.objects.select_for_update(no_key=True).get(number=number)
    refuse_if_what_if(drafting.fresh_plan(number, revision=revision, by=by))
    if forcing(number).is_going_on:
        return Forced(told=None, is_first=False)
    asked = {
        "plan": number,
        "revision": revision,
        "by": {**asdict(by), "team_codes": sorted(by.team_codes)},
    }
    background.enqueue(FORCE, asked, by=by, at=at, max_attempts=3)
    return Forced(told=None)


@background.handler(FORCE)
def force_in_background(context: background.JobContext) -> dict[str, Any]:
    """Put a dispatch in force; what refuses it is kept for who asked.

    The rights are those of now: who was relieved since he pressed puts nothing in force.
    """
    told = context.payload
    who = told["by"]
    asked = Actor(**{**who, "role": Role(who["role"]), "team_codes": frozenset(who["team_codes"])})
    by = actor_today(asked, on=context.clock().astimezone(SHANGHAI).date())
    if by is None:
        words = "下令的人已不再担任这一职务，方案没有生效。请由现任指挥人员核对后再按“生效”。"
        return {"error": words}
    try:
        visits = put_in_force(
            number=told["plan"], revision=told["revision"], by=by, at=context.clock()
        )
    except DomainError as refusal:
        return {"error": refusal.message}
    return {"visits": len(visits)}


def forcing(number: str) -> Forcing:
    """Return how the putting in force of a dispatch stands."""
    last = BackgroundJob.objects.filter(kind=FORCE, payload__plan=number).order_by("-pk").first()
    if last is None:
        return Forcing(is_going_on=False, error="")
    words = (last.result or {}).get("error", "")
    if last.status == BackgroundJob.Status.FAILED:
        words = "生效时中断了，请再按一次；仍不行请联系管理员查看后台任务。"
    return Forcing(is_going_on=last.status in background.GOING_ON, error=words)
