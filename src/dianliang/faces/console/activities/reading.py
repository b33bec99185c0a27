"""Read the forms about activities; what makes no sense is refused in plain words."""

import re
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from dianliang.core import idempotency
from dianliang.core.files import MAX_IMAGE_BYTES
from dianliang.faces.console.fields import FIRST_YEAR, LAST_YEAR, whole
from dianliang.flows.activities.planning import Wanted
from dianliang.kernel.actor import Role
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError

LEADERS = (Role.PARTY_AFFAIRS, Role.DISPATCHER)
READERS = (*LEADERS, Role.COMMANDER, Role.AUDITOR, Role.ADMINISTRATOR)


KEY = re.compile(r"[0-9a-f]{32}", re.ASCII)


def key(request: HttpRequest) -> str:
    """Return the key of a form: that which it was sent with, or a new one."""
    sent = request.POST.get("key", "")
    return sent if KEY.fullmatch(sent) else secrets.token_hex(16)


def once(
    request: HttpRequest, scope: str, act: Callable[[], dict[str, Any]], *, at: datetime
) -> dict[str, Any]:
    """Do what a form asks, once however often it is pressed; one that was changed is another."""
    sent = {name: values for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"}
    return idempotency.once(
        scope=scope,
        key=f"{key(request)}:{idempotency.digest(sent)[:32]}",
        body=sent,
        at=at,
        act=act,
    )


def instant(text: str, field: str, label: str) -> datetime:
    """Return a moment, given in Shanghai time.

    Raises:
        InvalidInputError: it is none, or one that nobody can mean.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInputError(f"请填写{label}。", field=field) from error
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        message = f"{label}的年份应在 {FIRST_YEAR} 到 {LAST_YEAR} 之间。"
        raise InvalidInputError(message, field=field)
    return found.replace(tzinfo=SHANGHAI) if found.tzinfo is None else found


def optional_whole(text: str, field: str, label: str) -> int | None:
    """Return a whole number, or None where nothing was entered.

    Raises:
        InvalidInputError: it is none.
    """
    return whole(text, field=field, label=label) if text else None


def wanted(request: HttpRequest) -> Wanted:
    """Return a session as its form describes it.

    Raises:
        InvalidInputError: a field is none of what it should be; it is named.
    """
    sent = request.POST
    until = sent.get("signup_until", "")
    return Wanted(
        title=sent.get("title", ""),
        kind=sent.get("kind", ""),
        role=sent.get("role", ""),
        unit_code=sent.get("unit", ""),
        team_code=sent.get("team", ""),
        site_code=sent.get("site", ""),
        area_code=sent.get("area", ""),
        place=sent.get("place", ""),
        service_code=sent.get("service", ""),
        skill_codes=tuple(sent.getlist("skills")),
        partner_codes=tuple(sent.getlist("partners")),
        words=sent.get("words", ""),
        contact=sent.get("contact", ""),
        starts_at=instant(sent.get("starts_at", ""), "starts_at", _("开始时间")),
        ends_at=instant(sent.get("ends_at", ""), "ends_at", _("结束时间")),
        signup_until=instant(until, "signup_until", _("报名截止")) if until else None,
        places=optional_whole(sent.get("places", ""), "places", _("名额")),
        radius_m=optional_whole(sent.get("radius_m", ""), "radius_m", _("签到范围")) or 300,
        is_public=sent.get("is_public") == "1",
        is_changing_code=sent.get("is_changing_code") == "1",
        room_code=sent.get("room", ""),
        is_outside_hours=sent.get("is_outside_hours") == "1",
    )


def photos(request: HttpRequest) -> list[bytes]:
    """Return the pictures of a form.

    Raises:
        InvalidInputError: one is larger than any picture that is kept.
    """
    contents = []
    for upload in request.FILES.getlist("photos"):
        if (upload.size or 0) > MAX_IMAGE_BYTES:  # before it is read into memory
            raise InvalidInputError(_("照片超过 12 MB，请压缩后再传。"), field="photos")
        contents.append(upload.read())
    return contents
