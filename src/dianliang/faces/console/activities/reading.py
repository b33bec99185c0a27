"""Read the forms about activities; what makes no sense is refused in plain words."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from dianliang.core.files import MAX_IMAGE_BYTES
from dianliang.faces.console.fields import whole
from dianliang.flows.activities.planning import Wanted
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.text import instant

LEADERS = (Role.PARTY_AFFAIRS, Role.DISPATCHER)
READERS = (*LEADERS, Role.COMMANDER, Role.AUDITOR, Role.ADMINISTRATOR)


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
        starts_at=instant(sent.get("starts_at", ""), field="starts_at", label=_("开始时间")),
        ends_at=instant(sent.get("ends_at", ""), field="ends_at", label=_("结束时间")),
        signup_until=instant(until, field="signup_until", label=_("报名截止")) if until else None,
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
