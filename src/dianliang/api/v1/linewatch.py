"""Cameras under lines and what they saw, for programs: no pictures, no sources."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from dianliang.api.v1 import schemas as s
from dianliang.api.v1.access import actor
from dianliang.api.v1.needs import Page
from dianliang.api.v1.problems import REFUSALS
from dianliang.domain.linewatch.access import READERS
from dianliang.domain.linewatch.queries.cameras import CameraRow
from dianliang.domain.linewatch.queries.events import EventRow
from dianliang.flows.linewatch import reading

router = Router(tags=["线路守护"])


class CameraList(Schema):
    """A page of cameras."""

    rows: list[CameraRow]
    total: int
    page: int
    pages: int


class EventList(Schema):
    """A page of events."""

    rows: list[EventRow]
    total: int
    page: int
    pages: int


@router.get("/cameras", response={200: CameraList, **REFUSALS}, summary="摄像机")
def list_cameras(request: HttpRequest, page: Page = 1) -> Any:
    """List the cameras in the actor's scope with how they are; a source never has its password."""
    found = reading.overview(by=actor(request, "read", roles=READERS))
    return s.paged(found.rows, page)


@router.get("/watch-events", response={200: EventList, **REFUSALS}, summary="守护事件")
def list_watch_events(
    request: HttpRequest, view: s.Code = "all", camera: s.Code = "", page: Page = 1
) -> Any:
    """List what cameras saw, the latest first; `view` is waiting, true, false, unclear or all."""
    by = actor(request, "read", roles=READERS)
    return s.paged(
        reading.event_rows(cut=reading.cut_of({"view": view, "camera": camera}), by=by), page
    )
