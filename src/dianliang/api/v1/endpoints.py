"""What programs may ask for and do: the loop from a need to a published plan."""

import hashlib
import hmac
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from ninja import Field, Header, NinjaAPI, Query, Router
from ninja.renderers import JSONRenderer
from ninja.responses import NinjaJSONEncoder, Status
from ninja.security import HttpBearer

from dianliang.api.clock import now
from dianliang.api.v1 import schemas as s
from dianliang.api.v1.problems import REFUSALS, install
from dianliang.domain.catalog.queries import ServiceRow, services
from dianliang.domain.directory.queries import UnitRow, units
from dianliang.domain.insight import queries as insight
from dianliang.domain.intake.queries.board import TABS, Board, Filters, board
from dianliang.domain.intake.queries.detail import NeedPage, need_page
from dianliang.domain.territory.queries import AreaRow, area_rows
from dianliang.domain.work.queries import jobs as work
from dianliang.domain.work.queries import plan_page as plan_pages
from dianliang.domain.work.queries import plans as planned
from dianliang.domain.work.queries.plan_rows import PlanPage
from dianliang.flows import handling, posting, tokens
from dianliang.flows.planning import drafting
from dianliang.flows.triage import LikelyDuplicate
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError, NotVisibleError

HANDLERS = frozenset({Role.DISPATCHER, Role.ALLIANCE_UNIT})
READERS = HANDLERS | {Role.PARTY_AFFAIRS, Role.COMMANDER, Role.AUDITOR, Role.ADMINISTRATOR}
LONGEST = timedelta(days=400)
Page = Annotated[int, Field(ge=1, le=10_000)]


class Encoder(NinjaJSONEncoder):
    """JSON of our frozen answers; a set has no order, so it gets one."""

    def default(self, o: Any) -> Any:
        """Write sets in order."""
        return sorted(o) if isinstance(o, frozenset) else super().default(o)


class Renderer(JSONRenderer):
    """JSON as people read it: Chinese as it is."""

    encoder_class: type[NinjaJSONEncoder] = Encoder
    json_dumps_params = {"ensure_ascii": False}


class TokenAuth(HttpBearer):
    """Who acts, by the token in the Authorization header."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """Return the actor, or nothing for a token that is unknown, ended or revoked."""
        del request
        return tokens.actor_of(token, on=now().astimezone(SHANGHAI).date())


api = NinjaAPI(
    title="点亮 Dianliang",
    version="1.0.0",
    description="社区服务闭环的程序接口。令牌由管理员用 `dianliang token issue` 发放。",
    auth=TokenAuth(),
    docs_url=None,
    renderer=Renderer(),
    urls_namespace="v1",
)
install(api)
router = Router()


def actor(request: HttpRequest, *, roles: frozenset[Role] = READERS) -> Actor:
    """Return who asks; for a role that has no business here nothing is there.

    Raises:
        NotVisibleError: the role is another one.
    """
    by: Actor = request.auth  # type: ignore[attr-defined]  # set by TokenAuth
    if by.role not in roles:
        raise NotVisibleError("没有找到。")
    return by


@router.get("/services", response={200: list[ServiceRow], **REFUSALS}, summary="服务事项")
def list_services(request: HttpRequest) -> Any:
    """List what can be asked for."""
    actor(request)
    return services()


@router.get("/areas", response={200: list[AreaRow], **REFUSALS}, summary="区域")
def list_areas(request: HttpRequest, level: s.Code = "") -> Any:
    """List areas in tree order, of one level if asked."""
    actor(request)
    return area_rows(levels=(level,) if level else ())


@router.get("/units", response={200: list[UnitRow], **REFUSALS}, summary="单位")
def list_units(request: HttpRequest) -> Any:
    """List the units in the actor's scope."""
    by = actor(request)
    return units(within=by.unit_path or "-")


@router.get("/needs", response={200: Board, **REFUSALS}, summary="需求列表")
def list_needs(
    request: HttpRequest,
    tab: s.Code = "todo",
    q: Annotated[str, Query(max_length=60, pattern=s.PLAIN)] = "",
    service: s.Code = "",
    unit: s.Code = "",
    urgency: s.Code = "",
    channel: s.Code = "",
    overdue: bool = False,
    page: Page = 1,
) -> Any:
    """List the needs in the actor's scope, a page at a time."""
    by = actor(request)
    if tab not in TABS:
        raise InvalidInputError(f"tab 应为 {'、'.join(TABS)} 之一。", field="tab")
    filters = Filters(
        tab=tab,
        q=q,
        service=service,
        unit=unit,
        urgency=urgency,
        channel=channel,
        overdue=overdue,
        page=page,
    )
    return board(by=by, filters=filters, at=now())


@router.post("/needs", response={201: s.NeedOut, **REFUSALS}, summary="提出需求")
def post_need(
    request: HttpRequest,
    need: s.NeedIn,
    key: Annotated[s.Key, Header(alias="Idempotency-Key")],
) -> Any:
    """Take in a need; the same key gets the same answer and stores it once."""
    by = actor(request, roles=HANDLERS)
    unique = hmac.new(settings.SECRET_KEY.encode(), f"{by.id}:{key}".encode(), hashlib.sha256)
    follow = unique.hexdigest()[:36]
    kept = posting.post_need(
        asked=posting.Asked(channel="open311", **need.dict()),
        key=hashlib.sha256(f"{by.id}:{key}".encode()).hexdigest(),
        follow_token=follow,
        by=by,
        at=now(),
    )
    path = reverse("portal:follow", args=[follow])
    return Status(201, {**kept, "follow_path": path})


@router.get("/needs/{number}", response={200: NeedPage, **REFUSALS}, summary="一条需求")
def read_need(request: HttpRequest, number: s.Code) -> Any:
    """Return one need with all that is known of it; personal details are masked."""
    return need_page(number, by=actor(request), at=now())


@router.get(
    "/needs/{number}/duplicates",
    response={200: list[LikelyDuplicate], **REFUSALS},
    summary="可能重复",
)
def list_duplicates(request: HttpRequest, number: s.Code) -> Any:
    """List open needs that this one may repeat, with reasons; a person merges."""
    return handling.duplicates(number=number, by=actor(request), at=now())


@router.post("/needs/{number}/jobs", response={201: s.JobsOut, **REFUSALS}, summary="派工单")
def split_need(request: HttpRequest, number: s.Code, body: s.SplitIn) -> Any:
    """Open jobs for a need, one per part."""
    by = actor(request, roles=HANDLERS)
    parts = tuple(handling.Part(**part.dict()) for part in body.parts)
    made = handling.split(number=number, parts=parts, by=by, at=now())
    return Status(201, {"numbers": [job.number for job in made]})


@router.post(
    "/needs/{number}/{verb}",
    response={200: NeedPage, **REFUSALS},
    summary="办理需求",
    description="verb 与所需字段："
    + "；".join(
        f"{verb}（{'、'.join(fields) or '无'}）" for verb, (_, fields) in handling.ACTS.items()
    ),
)
def act_on_need(request: HttpRequest, number: s.Code, verb: s.Code, body: s.ActIn) -> Any:
    """Do one thing with a need; what may follow what is the lifecycle's to say."""
    by = actor(request, roles=HANDLERS)
    if verb not in handling.ACTS:
        raise NotVisibleError("没有这种操作。")
    function, fields = handling.ACTS[verb]
    at = now()
    function(number=number, by=by, at=at, **{name: getattr(body, name) for name in fields})
    return need_page(number, by=by, at=at)


@router.get("/jobs", response={200: list[work.JobRow], **REFUSALS}, summary="待安排的工单")
def list_jobs(request: HttpRequest, skill: s.Code = "", unit: s.Code = "") -> Any:
    """List jobs that wait to be planned."""
    return work.waiting(by=actor(request, roles=HANDLERS), skill=skill, unit=unit)


@router.get("/plans", response={200: list[planned.PlanRow], **REFUSALS}, summary="计划列表")
def list_plans(request: HttpRequest) -> Any:
    """List the newest plans in the actor's scope."""
    return planned.plans(by=actor(request, roles=HANDLERS))


@router.post("/plans", response={202: s.PlanOut, **REFUSALS}, summary="排计划")
def start_plan(request: HttpRequest, body: s.PlanIn) -> Any:
    """Start a plan in the background; read it until its status is READY."""
    by = actor(request, roles=HANDLERS)
    plan = drafting.draft_plan(**body.dict(), by=by, at=now())
    return Status(202, {"number": plan.number, "status": plan.status})


@router.get("/plans/{number}", response={200: PlanPage, **REFUSALS}, summary="一个计划")
def read_plan(request: HttpRequest, number: s.Code) -> Any:
    """Return a plan: routes, why each stop, and for each job left out why and what would help."""
    return plan_pages.plan_page(number, by=actor(request, roles=HANDLERS))


@router.post(
    "/plans/{number}/publish", response={200: s.PublishedOut, **REFUSALS}, summary="发布计划"
)
def publish_plan(request: HttpRequest, number: s.Code, body: s.RevisionIn) -> Any:
    """Publish the version of a plan that was looked at."""
    by = actor(request, roles=HANDLERS)
    visits = drafting.publish(number=number, revision=body.revision, by=by, at=now())
    return {"visits": [visit.number for visit in visits]}


@router.get("/figures", response={200: insight.Overview, **REFUSALS}, summary="指标")
def read_figures(request: HttpRequest, first: date, last: date, by: s.Code = "unit") -> Any:
    """Return the figures of a period, whole and by one dimension, with their samples."""
    who = actor(request)
    if by not in insight.DIMENSIONS:
        raise InvalidInputError(f"by 应为 {'、'.join(insight.DIMENSIONS)} 之一。", field="by")
    if not (date(2000, 1, 1) <= first <= last <= date(2100, 1, 1) and last - first <= LONGEST):
        message = f"期间应在 2000 到 2100 年之间，先起后止，最长 {LONGEST.days} 天。"
        raise InvalidInputError(message, field="last")
    start = datetime.combine(first, time(), SHANGHAI).astimezone(UTC)
    end = (datetime.combine(last, time(), SHANGHAI) + timedelta(days=1)).astimezone(UTC)
    return insight.overview(by=who, dimension=by, start=start, end=end)


api.add_router("", router)
