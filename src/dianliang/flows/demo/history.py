"""Two months of needs that were met: each with its trail, its rating and its visit."""

import secrets
from datetime import datetime, timedelta
from random import Random

from dianliang.core.models import AuditEvent
from dianliang.domain.catalog.models import Service
from dianliang.domain.catalog.queries import deadlines, work_calendar
from dianliang.domain.directory.models import Unit
from dianliang.domain.directory.queries import unit_for
from dianliang.domain.intake import search
from dianliang.domain.intake.models import Need, NeedJob, Participant, Rating
from dianliang.domain.intake.tokens import hashed
from dianliang.domain.territory.models import Area
from dianliang.domain.venues.models import Site
from dianliang.domain.work.models import Job, Visit
from dianliang.domain.workforce.models import Team
from dianliang.flows.demo import words
from dianliang.flows.demo.county import County
from dianliang.kernel.actor import Role
from dianliang.kernel.calendar import SHANGHAI, WorkCalendar

PAST_NEEDS = 340
DAYS_BEHIND = 60
CHANNELS = ("portal", "portal", "qr", "phone", "phone", "chat", "chat", "window", "steward")


def short(area: Area) -> str:
    """Return how people call a village or neighbourhood."""
    return area.name.removesuffix("委会").removesuffix("居")


def build_history(county: County, *, rng: Random, at: datetime) -> None:
    """Write the needs of the past with how they went, and the visits behind them."""
    services = list(Service.objects.select_related("skill"))
    sites = list(Site.objects.select_related("area"))
    calendar = work_calendar()
    needs, first, ratings, parts, events = [], [], [], [], []
    routes: dict[tuple[str, str], Unit] = {}
    for number in range(PAST_NEEDS):
        service = rng.choice(services)
        area = rng.choice(county.villages)
        key = (service.code, area.path)
        unit = routes.setdefault(key, unit_for(service=service, area=area)[0])
        need = _past_need(county, rng, number, service, area, unit, calendar, at=at)
        if need.channel == Need.Channel.QR:
            need.site = rng.choice(sites)
            need.area = need.site.area
            need.unit = unit_for(service=service, area=need.area)[0]
        needs.append(need)
        who = Participant(
            need=need,
            token_hash=hashed(secrets.token_urlsafe(16)),
            phone=words.phone(number),
            is_first=True,
            joined_at=need.received_at,
        )
        first.append(who)
        if need.status == "CLOSED":
            ratings.append(_rating(rng, who, need))
        if service.needs_visit and service.skill is not None:
            parts.append(need)
        events += _events(need)
    Need.objects.bulk_create(needs)
    search.index(needs)
    Participant.objects.bulk_create(first)
    Rating.objects.bulk_create(ratings)
    AuditEvent.objects.bulk_create(events)
    _past_visits(county, rng, parts)


def _past_need(
    county: County,
    rng: Random,
    number: int,
    service: Service,
    area: Area,
    unit: Unit,
    calendar: WorkCalendar,
    *,
    at: datetime,
) -> Need:
    received = at - timedelta(minutes=rng.randint(3 * 24 * 60, DAYS_BEHIND * 24 * 60))
    promised = deadlines(
        service=service, area_class=area.area_class, at=received, calendar=calendar
    )
    took = (promised.due_at - received) * rng.choice([0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.2])
    resolved = received + took
    if resolved > at:  # done within the time there was, not all in the same minute
        resolved = received + (at - received) * rng.uniform(0.7, 0.98)
    responded = received + (promised.response_due_at - received) * rng.uniform(0.1, 1.05)
    closed = resolved + timedelta(hours=rng.randint(1, 40))
    is_rated = rng.random() < 0.62 and closed <= at
    text = words.need_text(rng, rng.choice(service.examples), place=short(area))
    return Need(
        number=f"XQ{received.astimezone(SHANGHAI):%y%m%d}-9{number:03d}",
        channel=rng.choice(CHANNELS),
        text=text,
        service=service,
        area=area,
        lat=(area.lat or 30.6) + rng.gauss(0, 0.004),
        lon=(area.lon or 119.6) + rng.gauss(0, 0.004),
        place_source=Need.PlaceSource.VILLAGE,
        unit=unit,
        urgency=Need.Urgency.URGENT if service.is_urgent else Need.Urgency.NORMAL,
        status="CLOSED" if is_rated else "RESOLVED",
        received_at=received,
        response_due_at=promised.response_due_at,
        on_site_due_at=promised.on_site_due_at,
        due_at=promised.due_at,
        first_response_at=min(responded, resolved),
        resolved_at=resolved,
        closed_at=closed if is_rated else None,
        is_public=not service.is_private,
        is_generated=True,
    )


def _rating(rng: Random, who: Participant, need: Need) -> Rating:
    stars = rng.choices([5, 4, 3, 2], [62, 25, 9, 4])[0]
    comment = rng.choice(words.PRAISE if stars > 3 else words.BLAME) if rng.random() < 0.6 else ""
    return Rating(
        participant=who,
        stars=stars,
        words=comment,
        rated_at=need.closed_at or need.received_at,
        unit_code=need.unit.code,
    )


def _events(need: Need) -> list[AuditEvent]:
    steps = [
        (need.received_at, "post", "", "RECEIVED"),
        (need.first_response_at, "accept", "RECEIVED", "ACCEPTED"),
        (need.resolved_at, "resolve", "ACCEPTED", "RESOLVED"),
        (need.closed_at, "rate", "RESOLVED", "CLOSED"),
    ]
    return [
        AuditEvent(
            at=when,
            actor_id="generated",
            actor_name="演示数据",
            role=Role.SYSTEM,
            verb=f"intake.need.{verb}",
            target_type="intake.need",
            target_id=need.number,
            before=before,
            after=after,
        )
        for when, verb, before, after in steps
        if when is not None
    ]


def _past_visits(county: County, rng: Random, needs: list[Need]) -> None:
    """Write the field work behind past needs: one job and one finished visit each."""
    able: dict[str, list[Team]] = {}
    for team in county.teams:
        codes = team.members.values_list("person__certificates__skill__code", flat=True)
        for code in {str(code) for code in codes if code}:
            able.setdefault(code, []).append(team)
    jobs, visits, links = [], [], []
    for number, need in enumerate(needs):
        service = need.service
        if service is None or service.skill is None or need.resolved_at is None:
            continue
        team = rng.choice(able.get(service.skill.code) or county.teams)
        job = Job(
            number=f"GD{need.received_at.astimezone(SHANGHAI):%y%m%d}-9{number:03d}",
            title=service.name,
            service=service,
            skill=service.skill,
            area=need.area,
            lat=need.lat or 30.6,
            lon=need.lon or 119.6,
            duration_min=service.duration_min,
            due_at=need.due_at,
            unit=need.unit,
            status="DONE",
            opened_at=need.received_at,
            done_at=need.resolved_at,
            is_generated=True,
        )
        jobs.append(job)
        links.append(NeedJob(need=need, job=job, element=service.element))
        begun = max(need.received_at, need.resolved_at - timedelta(minutes=service.duration_min))
        visits.append(
            Visit(
                number=f"SM{need.received_at.astimezone(SHANGHAI):%y%m%d}-9{number:03d}",
                job=job,
                team=team,
                on=begun.astimezone(SHANGHAI).date(),
                sequence=1,
                arrive_at=begun,
                depart_at=need.resolved_at,
                arrived_at=begun,
                ended_at=need.resolved_at,
                status="DONE",
                findings=rng.choice(words.FINDINGS),
            )
        )
    Job.objects.bulk_create(jobs)
    NeedJob.objects.bulk_create(links)
    Visit.objects.bulk_create(visits)
