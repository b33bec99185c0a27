"""Needs: posting, reading, handling, and what has changed."""

import hashlib
import hmac
from datetime import timedelta
from functools import partial
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Field, Header, Query, Router
from ninja.responses import Status

from dianliang.api.clock import now
from dianliang.api.v1 import schemas as s
from dianliang.api.v1.access import HANDLERS, actor
from dianliang.api.v1.problems import REFUSALS, ChangedError
from dianliang.core import limits
from dianliang.domain.intake.queries.board import TABS, Board, Filters, board
from dianliang.domain.intake.queries.changes import Changes, changes, revision
from dianliang.domain.intake.queries.detail import NeedPage, need_page
from dianliang.flows import deciding, handling, posting
from dianliang.flows.triage import LikelyDuplicate
from dianliang.kernel.errors import InvalidInputError, NotVisibleError

MOST_POSTS, PER = 3000, timedelta(hours=1)
"""Posts per program and hour. Danger is never held back, nor is a repetition."""
Page = Annotated[int, Field(ge=1, le=10_000)]
Cursor = Annotated[int, Field(ge=0, le=2**53)]


def _tag(alias: str) -> Any:
    """Declare an optional header with the tag of a version."""
    return Header("", alias=alias)  # type: ignore[type-arg]  # the stubs take it for a class


IF_MATCH, IF_NONE_MATCH = _tag("If-Match"), _tag("If-None-Match")
router = Router(tags=["需求"])


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
    by = actor(request, "read")
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


@router.get("/changes", response={200: Changes, **REFUSALS}, summary="需求的变化")
def list_changes(request: HttpRequest, after: Cursor = 0) -> Any:
    """List what happened to needs after a cursor, oldest first; ask again with `next_cursor`.

    An event appears ten seconds after it happened, so that none is missed.
    """
    return changes(by=actor(request, "read"), after=after, at=now())


@router.post("/needs", response={201: s.NeedOut, **REFUSALS}, throttle=[], summary="提出需求")
def post_need(
    request: HttpRequest,
    need: s.NeedIn,
    key: Annotated[s.Key, Header(alias="Idempotency-Key")],
) -> Any:
    """Take in a need; the same key gets the same answer and stores it once.

    `follow_token` is the secret of the person who asked: it opens /follow/… and the web page.
    """
    by, at = actor(request, "post", roles=HANDLERS), now()
    unique = hmac.new(settings.SECRET_KEY.encode(), f"{by.id}:{key}".encode(), hashlib.sha256)
    follow = unique.hexdigest()[:36]
    once = hashlib.sha256(f"{by.id}:{key}".encode()).hexdigest()
    admit = partial(limits.count, what="v1-post", source=by.id, most=MOST_POSTS, per=PER, at=at)
    kept = posting.post_need(
        asked=posting.Asked(**need.dict()),
        key=once,
        follow_token=follow,
        by=by,
        admit=admit,
        at=at,
    )
    path = reverse("portal:follow", args=[follow])
    return Status(201, {**kept, "follow_token": follow, "follow_path": path})


@router.get("/needs/{number}", response={200: NeedPage, 304: None, **REFUSALS}, summary="一条需求")
def read_need(
    request: HttpRequest,
    response: HttpResponse,
    number: s.Code,
    if_none_match: s.ETag = IF_NONE_MATCH,
) -> Any:
    """Return one need with all that is known of it; personal details are masked.

    Its ETag changes with everything that happens to it; clocks and forecasts do not count.
    """
    page = need_page(number, by=actor(request, "read"), at=now())
    response["ETag"] = _etag(number)
    return Status(304, None) if if_none_match == response["ETag"] else page


@router.get(
    "/needs/{number}/duplicates",
    response={200: list[LikelyDuplicate], **REFUSALS},
    summary="可能重复",
)
def list_duplicates(request: HttpRequest, number: s.Code) -> Any:
    """List open needs that this one may repeat, with reasons; a person merges."""
    # Ninja takes a tuple of two for a status and a body.
    return list(deciding.duplicates(number=number, by=actor(request, "read"), at=now()))


@router.post("/needs/{number}/jobs", response={201: s.JobsOut, **REFUSALS}, summary="派工单")
def split_need(
    request: HttpRequest, number: s.Code, body: s.SplitIn, if_match: s.ETag = IF_MATCH
) -> Any:
    """Open jobs for a need, one per part; none means one job for its own service and unit."""
    by = actor(request, "handle", roles=HANDLERS)
    _require_unchanged(number, if_match)
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
    )
    + "。带 If-Match 时，需求在此期间有变化则答 412，什么也不做。",
)
def act_on_need(
    request: HttpRequest,
    response: HttpResponse,
    number: s.Code,
    verb: s.Code,
    body: s.ActIn,
    if_match: s.ETag = IF_MATCH,
) -> Any:
    """Do one thing with a need; what may follow what is the lifecycle's to say."""
    by = actor(request, "handle", roles=HANDLERS)
    if verb not in handling.ACTS:
        raise NotVisibleError("没有这种操作。")
    _require_unchanged(number, if_match)
    function, fields = handling.ACTS[verb]
    at = now()
    function(number=number, by=by, at=at, **{name: getattr(body, name) for name in fields})
    response["ETag"] = _etag(number)
    return need_page(number, by=by, at=at)


def _etag(number: str) -> str:
    return f'"{revision(number)}"'


def _require_unchanged(number: str, if_match: str) -> None:
    """Refuse to act on a version that is no longer there; the lifecycle settles real races.

    Raises:
        ChangedError: something happened to the need since the program looked.
    """
    if if_match and if_match not in {"*", _etag(number)}:
        raise ChangedError("这条需求在您查看之后有了变化，请重新读取。")
