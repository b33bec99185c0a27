"""What a mini-program does for the person who asked: follow, add words and photos, rate, cancel.

The follow token is his secret; the program's own token only says which program it is.
"""

from dataclasses import replace
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Header, Router
from ninja.files import UploadedFile
from ninja.responses import Status

from dianliang.api.clock import now
from dianliang.api.v1 import schemas as s
from dianliang.api.v1.access import HANDLERS, actor
from dianliang.api.v1.problems import REFUSALS
from dianliang.domain.intake.queries.following import FollowPage
from dianliang.flows import following
from dianliang.kernel.actor import Actor, Role

Key = Annotated[s.Key, Header(alias="Idempotency-Key")]
router = Router(tags=["诉求人"])


def _for_the_asker(request: HttpRequest) -> Actor:
    """Return the person who asked as he acts through a program: the trail names the program."""
    by = actor(request, "post", roles=HANDLERS)
    return replace(by, role=Role.RESIDENT, name=f"诉求人（{by.name}）"[:64])


@router.get("/follow/{token}", response={200: FollowPage, **REFUSALS}, summary="跟踪")
def read_followed(request: HttpRequest, token: s.Line) -> Any:
    """Return what the person who asked may see: state, promises, who comes when, messages."""
    _for_the_asker(request)
    return following.followed(token)


@router.get(
    "/follow/{token}/photos/{photo_token}",
    response={200: bytes, **REFUSALS},
    summary="照片",
    openapi_extra={
        "responses": {
            200: {"content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}}
        }
    },
)
def read_photo(request: HttpRequest, token: s.Line, photo_token: s.Line) -> Any:
    """Return one of the photos that the page names, as JPEG."""
    _for_the_asker(request)
    return HttpResponse(following.photo(token, photo_token), content_type="image/jpeg")


@router.post(
    "/follow/{token}/messages", response={201: FollowPage, **REFUSALS}, summary="补充文字或照片"
)
def add_message(
    request: HttpRequest,
    token: s.Line,
    key: Key,
    text: Annotated[str, Form(max_length=4000, pattern=s.PLAIN)] = "",
    photos: Annotated[list[UploadedFile], File()] = [],  # noqa: B006 (ninja copies it)
) -> Any:
    """Add words or up to six photos (multipart/form-data); a need that waited for them goes on."""
    by = _for_the_asker(request)
    page = following.say(
        token=token,
        text=text,
        photos=tuple(photo.read() for photo in photos),
        key=key,
        by=by,
        at=now(),
    )
    return Status(201, page)


@router.post("/follow/{token}/rating", response={201: FollowPage, **REFUSALS}, summary="评价")
def rate(request: HttpRequest, token: s.Line, body: s.RatingIn, key: Key) -> Any:
    """Rate from one to five stars; one or two have it done again by somebody else."""
    by = _for_the_asker(request)
    page = following.rate(token=token, stars=body.stars, words=body.words, key=key, by=by, at=now())
    return Status(201, page)


@router.post("/follow/{token}/cancellation", response={201: FollowPage, **REFUSALS}, summary="取消")
def cancel(request: HttpRequest, token: s.Line, body: s.ReasonIn, key: Key) -> Any:
    """Cancel a need as the person who posted it."""
    by = _for_the_asker(request)
    page = following.cancel(token=token, reason=body.reason, key=key, by=by, at=now())
    return Status(201, page)
