"""Alerts: an authority's system sends each as CAP 1.2."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from ninja import Router, Schema
from ninja.responses import Status

from dianliang.api.clock import now
from dianliang.api.v1.access import actor
from dianliang.api.v1.problems import REFUSALS, NotXmlError, Problem, TooLargeError
from dianliang.flows.alerts import taking
from dianliang.integrations.cap.reading import MOST_BYTES
from dianliang.kernel.actor import Role

SENDERS = frozenset({Role.DISPATCHER, Role.COMMANDER})
TYPES = ("application/cap+xml", "application/xml", "text/xml")
BODY = {
    "requestBody": {
        "required": True,
        "content": {kind: {"schema": {"type": "string"}} for kind in TYPES},
    }
}
router = Router(tags=["预警"])


class AlertOut(Schema):
    """What an alert is called here; sent again it is the same one."""

    number: str
    is_new: bool
    path: str


@router.post(
    "/alerts",
    response={202: AlertOut, **REFUSALS, 413: Problem, 415: Problem},
    summary="送一条预警（CAP 1.2）",
    openapi_extra=BODY,
)
def send_alert(request: HttpRequest) -> Any:
    """Take in an alert as CAP 1.2 XML, at most 4 MB; 202 means that it is kept.

    Its name in the protocol (sender, identifier, sent) makes it the same one when it comes again;
    the same name with another text is a conflict. A refusal names every fault with its place.
    """
    by = actor(request, "alert", roles=SENDERS)
    kind = (request.content_type or "").strip().lower()
    if kind not in TYPES:
        raise NotXmlError(f"请以 {TYPES[0]} 发送 CAP 1.2 的 XML，现在是“{kind[:60]}”。")
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        raise TooLargeError(f"预警最大 {MOST_BYTES // 1024 // 1024} MB。")
    taken = taking.take_one(content=request.body, by=by, at=now())
    path = reverse("console:public_alert", args=[taken.number])
    return Status(202, {"number": taken.number, "is_new": taken.is_new, "path": path})
