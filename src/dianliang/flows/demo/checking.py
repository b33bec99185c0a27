"""The demo's checks of key customers before the winter peak: under way, with findings, one late."""

from datetime import datetime, timedelta
from random import Random

from dianliang.domain.catalog import inspecting as checklists
from dianliang.domain.directory.models import Unit
from dianliang.domain.programs.models import Campaign, Target
from dianliang.domain.safety.models import Hazard, Inspection
from dianliang.domain.safety.operations import inspecting
from dianliang.domain.work.models import Job, Visit
from dianliang.domain.work.operations import visits
from dianliang.domain.workforce.models import Team
from dianliang.flows.campaigns import following, listing, opening
from dianliang.flows.campaigns.listing import Wanted
from dianliang.flows.demo.inspections import drawn_record
from dianliang.kernel.actor import SYSTEM, Actor, Role
from dianliang.kernel.calendar import SHANGHAI

TITLE = "迎峰度冬前重要客户检查（演示）"
SENT, DONE = 8, 6
"""Customers whose check has a job, and those of them that were checked."""
BEGUN, LATE, LEFT = timedelta(days=20), timedelta(days=2), timedelta(days=10)
"""How long ago it began, how late one check is, how long there is for the others."""


def build_checks(company: Unit, team: Team, *, rng: Random, by: Actor, at: datetime) -> None:
    """Check some key customers, find hazards at every other one, be late with one."""
    begun, on = at - BEGUN, at.astimezone(SHANGHAI).date()
    wanted = Wanted(
        title=TITLE,
        source=Campaign.Source.KEY_CUSTOMERS,
        query={"grades": ["special", "first", "second"]},
        table=None,
        action="查电源、自备应急电源和接口，隐患当场告知",
        service_code="",
        checklist="",
        proofs=(),
        duration_min=60,
        unit_code=company.code,
        starts_on=begun.astimezone(SHANGHAI).date(),
        due_on=on + LEFT,
    )
    draft = listing.draft(wanted=wanted, by=by, at=begun)
    campaign = listing.freeze(number=draft.number, by=by, at=begun)
    late = Target.objects.filter(campaign=campaign).earliest("pk")
    Target.objects.filter(pk=late.pk).update(due_on=on - LATE)
    opening.open_batch(
        number=campaign.number, area_code="", most=SENT, is_nearby=False, by=by, at=begun
    )
    sent = Target.objects.filter(campaign=campaign, status="PLANNED", due_on__gt=on)
    for number, target in enumerate(sent.select_related("job__inspects").order_by("pk")[:DONE]):
        if target.job is not None:
            _check(target.job, team, number, rng=rng, at=at - timedelta(days=2 * number + 2))
    Campaign.objects.filter(pk=campaign.pk).update(is_generated=True)
    Job.objects.filter(title__startswith=TITLE).update(is_generated=True)
    Inspection.objects.update(is_generated=True)
    Hazard.objects.update(is_generated=True)


def _check(job: Job, team: Team, number: int, *, rng: Random, at: datetime) -> None:
    """Check one customer as a steward would have: what was found is on record, the job is done."""
    kind = job.inspects.code if job.inspects else ""
    sheet = checklists.current(kind)
    if sheet is None:
        return
    steward = Actor(
        id=SYSTEM.id, name=SYSTEM.name, role=Role.STEWARD, team_codes=frozenset({team.code})
    )
    visit = Visit.objects.create(
        number=f"SM-ZJ-{number:04d}",
        job=job,
        team=team,
        on=at.astimezone(SHANGHAI).date(),
        sequence=110 + number,
        arrive_at=at,
        depart_at=at,
        arrived_at=at,
        status="ARRIVED",
    )
    items = [item.code for item in sheet.items if item.kind == "check"]
    wrong = rng.sample(items, number % 2)
    record = drawn_record(sheet, wrong, number, rng=rng, at=at)
    inspecting.record(visit=visit, sheet=sheet, record=record, by=steward, at=at)
    visits.complete(visit=visit, record=visits.Record(), by=steward, at=at)
    following.after_visit(visit=visit, by=SYSTEM, at=at)
