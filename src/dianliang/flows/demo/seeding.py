"""Write the demo world: two months behind, a full queue today. Deterministic for a seed."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random

from django.db import transaction

from dianliang.core import audit
from dianliang.core.models import AuditEvent
from dianliang.domain.catalog.inspecting import checklist
from dianliang.domain.catalog.models import Service
from dianliang.domain.catalog.operations import load_calendar, load_catalogue
from dianliang.domain.customers.models import Customer
from dianliang.domain.directory.models import RoleAssignment, Unit
from dianliang.domain.intake.models import Need
from dianliang.domain.territory.models import Area
from dianliang.domain.work.models import Job
from dianliang.domain.work.operations.jobs import open_job
from dianliang.flows import care, handling
from dianliang.flows.demo import words
from dianliang.flows.demo.campaigning import build_campaigns
from dianliang.flows.demo.care import build_care
from dianliang.flows.demo.checking import build_checks
from dianliang.flows.demo.claiming import build_claims
from dianliang.flows.demo.county import County, build_county
from dianliang.flows.demo.enterprises import build_enterprises
from dianliang.flows.demo.happening import build_happening
from dianliang.flows.demo.history import CHANNELS, build_history, short
from dianliang.flows.demo.inspections import build_inspections
from dianliang.flows.demo.key_customers import build_key_customers
from dianliang.flows.demo.line_cameras import build_linewatch
from dianliang.flows.demo.loading import order_curves
from dianliang.flows.demo.logins import Login
from dianliang.flows.demo.network import build_network, keep_present_files
from dianliang.flows.demo.organising import build_organisation, build_people_at_work
from dianliang.flows.demo.people import build_customers
from dianliang.flows.demo.projects import build_projects
from dianliang.flows.demo.renewing import build_renewal
from dianliang.flows.demo.route import publish_route
from dianliang.flows.demo.together import build_together
from dianliang.flows.demo.volunteers import build_actions
from dianliang.flows.posting import Asked, prepare, store
from dianliang.kernel.actor import SYSTEM, Actor, Role
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.geo import GeoPoint

SEED = 330523
OPEN_NEEDS, DUE_VISITS = 46, 90
LATELY = 20
"""What nobody has taken up yet came in so many times more lately than what is being worked on."""
DISPATCHER = Actor(
    id="user:dispatcher", name="县调度员", role=Role.DISPATCHER, unit_path="/", area_path="/"
)
SEEDED = "demo.seed"
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Seeded:
    """What the demo world holds."""

    logins: tuple[Login, ...]
    areas: int
    needs: int
    jobs: int
    customers: int


def is_seeded() -> bool:
    """Tell whether the database holds anything that a demo would overwrite."""
    return Area.objects.exists() or Unit.objects.exists() or RoleAssignment.objects.exists()


def is_generated() -> bool:
    """Tell whether nothing but a demo county is there, so that it may be thrown away."""
    return not Unit.objects.filter(is_generated=False).exists()


def age_days(*, at: datetime) -> int:
    """Return how many days ago the demo county was made: its routes and clocks are of that day."""
    made = AuditEvent.objects.filter(verb=SEEDED).order_by("-id").first()
    if made is None:
        return 0
    return (at.astimezone(SHANGHAI).date() - made.at.astimezone(SHANGHAI).date()).days


def _dice() -> Random:
    """Return the same chances for each part, so that one part more changes no other."""
    return Random(SEED)  # noqa: S311 (a demo world, not a secret)


@transaction.atomic
def seed_demo(*, at: datetime, tell: Tell = lambda _: None) -> Seeded:
    """Fill an empty database with the demo county as of `at`."""
    rng = _dice()
    today = at.astimezone(SHANGHAI).date()
    tell("服务目录与节假日")
    load_catalogue()
    load_calendar(years=range(today.year - 1, today.year + 2))
    tell("安吉县的区域、单位、队伍与阵地")
    county = build_county(rng=rng, today=today)
    tell("客户")
    special = build_customers(county, rng=rng, today=today)
    tell("过去两个月的需求")
    build_history(county, rng=rng, at=at)
    tell("今天的需求与工单")
    _today(county, rng=rng, at=at)
    happening = _dice()
    build_happening(county.villages, by=DISPATCHER, rng=happening, at=at)
    _visits_due(county, special, at=at)
    desk = replace(DISPATCHER, unit_code=county.company.code)
    build_care(special, by=desk, rng=_dice(), at=at)
    build_actions(rng=_dice(), at=at)
    build_people_at_work(county, dice=_dice, by=desk, at=at)
    tell("责任区、共建协议、执法权限与千村改造")
    together = _dice()
    build_together(county, rng=together, by=DISPATCHER, at=at)
    build_renewal(county, rng=together, by=DISPATCHER, at=at)
    tell("专项行动、驻点与亮点")
    campaigning = _dice()
    build_campaigns(county.villages, county.company, by=DISPATCHER, rng=campaigning, at=at)
    tell("线路、变压器与一村一档")
    build_network(county, rng=_dice(), by=DISPATCHER, at=at)
    # A proposal belongs to the unit of who asks for it: "/" is above every unit, so of none.
    order_curves(by=replace(desk, unit_path=county.company.path), at=at)
    tell("重要客户")
    build_key_customers(county, rng=_dice(), by=DISPATCHER, at=at)
    tell("电管家今天的路线")
    publish_route(county.teams[0], by=DISPATCHER, at=at)
    tell("用电检查与隐患")
    build_inspections(county, rng=_dice(), by=DISPATCHER, at=at)
    build_checks(county.company, county.teams[0], rng=_dice(), by=DISPATCHER, at=at)
    tell("阵地、积分、捐赠与党支部")
    build_organisation(county, dice=_dice, by=DISPATCHER, at=at)
    tell("电网工程、专班与属地问题")
    build_projects(county, rng=_dice(), by=desk, at=at)
    keep_present_files(county, by=DISPATCHER, at=at)
    tell("量化声明、碳账户、节能测量与企业用电")
    build_claims(county, rng=_dice(), by=DISPATCHER, at=at)
    build_enterprises(by=DISPATCHER, at=at)
    tell("线路守护的摄像机")
    build_linewatch(county, rng=_dice(), at=at)
    audit.record_about(SEEDED, target_type="county", target_id="330523", by=SYSTEM, at=at)
    return Seeded(
        logins=county.logins,
        areas=Area.objects.count(),
        needs=Need.objects.count(),
        jobs=Job.objects.count(),
        customers=Customer.objects.count(),
    )


def _today(county: County, *, rng: Random, at: datetime) -> None:
    """Take today's needs in through the front door, and split some of them into jobs."""
    services = {service.code: service for service in Service.objects.all()}
    codes = sorted(services)
    for number in range(OPEN_NEEDS):
        service = services[codes[number % len(codes)]]
        area = rng.choice(county.villages)
        minutes = rng.randint(4, 240) if service.is_urgent else rng.randint(20, 2200)
        is_new = number % 3 == 0
        received = at - timedelta(minutes=minutes / LATELY if is_new else minutes)
        text = words.need_text(rng, rng.choice(service.examples), place=short(area))
        asked = Asked(
            text=text,
            channel=rng.choice(CHANNELS),
            area_code=area.code,
            lat=(area.lat or 30.6) + rng.gauss(0, 0.004),
            lon=(area.lon or 119.6) + rng.gauss(0, 0.004),
            phone=words.phone(8000 + number),
        )
        secret = secrets.token_urlsafe(18)
        need = store(prepare(asked, at=received), follow_token=secret, by=SYSTEM, at=received)
        Need.objects.filter(pk=need.pk).update(is_generated=True)
        if not is_new and need.service is not None:
            when = min(at, received + timedelta(minutes=rng.randint(2, 30)))
            handling.accept(number=need.number, by=DISPATCHER, at=when)
            if need.service.needs_visit:
                parts = _with_water() if need.service.code == "PWR-OUTAGE" else ()
                handling.split(number=need.number, parts=parts, by=DISPATCHER, at=when)


def _with_water() -> tuple[handling.Part, ...]:
    """Return two parts: one for the station, one for the water works' queue."""
    own = handling.Part(service_code="PWR-OUTAGE")
    return own, handling.Part(service_code="WTR-OUTAGE", detail="水泵没电，家里也停水，请一并查看")


def _visits_due(county: County, special: list[Customer], *, at: datetime) -> None:
    """Open the regular visits that fall due next, most overdue first."""
    today: date = at.astimezone(SHANGHAI).date()
    services = {service.code: service for service in Service.objects.all()}
    farm = checklist(care.FARM)
    teams = {team.code: team for team in county.teams}

    def due_on(customer: Customer) -> date:
        last = customer.last_visited_on or today
        return last + timedelta(days=customer.visit_interval_days or 90)

    agreed = [customer for customer in special if customer.consented_on]
    for customer in sorted(agreed, key=lambda c: (due_on(c), c.number))[:DUE_VISITS]:
        due = datetime.combine(due_on(customer), time(18), SHANGHAI)
        open_job(
            title=f"定期走访：{customer.get_special_kind_display()}",
            service=services[care.VISIT_SERVICE[customer.special_kind]],
            inspects=farm if customer.special_kind == Customer.SpecialKind.LARGE_BREEDER else None,
            area=customer.area,
            point=GeoPoint(customer.lat or 30.6, customer.lon or 119.6),
            unit=customer.unit or county.company,
            customer=customer,
            duration_min=40 if customer.special_level == 1 else 30,
            priority=Job.Priority.MUST if customer.special_level == 1 else Job.Priority.SHOULD,
            due_at=due,
            preferred_team=teams.get(customer.preferred_team_code),
            by=SYSTEM,
            at=at,
        )
    Job.objects.filter(is_generated=False).update(is_generated=True)
