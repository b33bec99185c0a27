"""What the forms about people and teams say, read field by field."""

from datetime import time
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from dianliang.domain.workforce.register import WEEKDAYS
from dianliang.faces.console.fields import day, optional_day, whole
from dianliang.faces.ui.requests import sent_paper
from dianliang.flows.staffing import people, teams
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase

SLOTS_A_DAY = (1, 2)


def person(sent: QueryDict) -> people.Asked:
    """Return what a form tells of a person.

    Raises:
        InvalidInputError: a day is none.
    """
    return people.Asked(
        name=sent.get("name", ""),
        unit_code=sent.get("unit_code", ""),
        phone=sent.get("phone", ""),
        title=sent.get("title", ""),
        document_kind=sent.get("document_kind", ""),
        document=sent.get("document", ""),
        born_on=optional_day(
            sent.get("born_on", ""), field="born_on", label=_("出生日期"), first_year=1900
        ),
        guardian_name=sent.get("guardian_name", ""),
        guardian_phone=sent.get("guardian_phone", ""),
        guardian_relation=sent.get("guardian_relation", ""),
        agreed_on=optional_day(
            sent.get("agreed_on", ""), field="agreed_on", label=_("监护人同意日期")
        ),
    )


def team(sent: QueryDict) -> teams.Asked:
    """Return what a form tells of a team.

    Raises:
        InvalidInputError: a day, a time or a place is none.
    """
    return teams.Asked(
        name=sent.get("name", ""),
        unit_code=sent.get("unit_code", ""),
        lat=_degrees(sent.get("lat", ""), field="lat", label=_("驻地纬度")),
        lon=_degrees(sent.get("lon", ""), field="lon", label=_("驻地经度")),
        parent_code=sent.get("parent", ""),
        is_volunteer=sent.get("is_volunteer") == "1",
        purpose=sent.get("purpose", ""),
        founded_on=optional_day(
            sent.get("founded_on", ""), field="founded_on", label=_("成立日期")
        ),
        ends_on=optional_day(sent.get("ends_on", ""), field="ends_on", label=_("最后一天")),
        shift_starts=_time(sent.get("shift_starts", ""), field="shift_starts", label=_("上班")),
        shift_ends=_time(sent.get("shift_ends", ""), field="shift_ends", label=_("下班")),
    )


def role(sent: QueryDict) -> dict[str, Any]:
    """Return as what somebody is to serve, and when."""
    return {
        "kind_code": sent.get("kind", ""),
        "valid_from": day(sent.get("valid_from", ""), field="valid_from", label=_("起")),
        "valid_until": optional_day(
            sent.get("valid_until", ""), field="valid_until", label=_("止")
        ),
        "note": sent.get("note", ""),
    }


def certificate(request: HttpRequest) -> dict[str, Any]:
    """Return what a certificate says, with its scan."""
    sent = request.POST
    shown = people.Shown(
        skill_code=sent.get("skill", ""),
        issued_on=day(sent.get("issued_on", ""), field="issued_on", label=_("发证日期")),
        expires_on=day(sent.get("expires_on", ""), field="expires_on", label=_("失效日期")),
        level=whole(sent.get("level", "1"), field="level", label=_("等级")),
        certificate_number=sent.get("certificate_number", ""),
        issuer=sent.get("issuer", ""),
        scan=scan(request),
    )
    return {"shown": shown}


def scan(request: HttpRequest) -> bytes:
    """Return the scan of a form, or nothing.

    Raises:
        InvalidInputError: it is larger than any that is kept.
    """
    return sent_paper(request, "scan") or b""


def slots(sent: QueryDict) -> dict[str, Any]:
    """Return the hours of a week; a line with neither beginning nor end is none.

    Raises:
        InvalidInputError: one of the two is missing, or no time.
    """
    found = []
    for weekday, label in WEEKDAYS:
        for place in SLOTS_A_DAY:
            starts = sent.get(f"from-{weekday}-{place}", "")
            ends = sent.get(f"to-{weekday}-{place}", "")
            if starts or ends:
                found.append(
                    (
                        weekday,
                        _time(
                            starts,
                            field="slots",
                            label=Phrase("%(day)s开始时间", day=Phrase(label)),
                        ),
                        _time(
                            ends, field="slots", label=Phrase("%(day)s结束时间", day=Phrase(label))
                        ),
                    )
                )
    return {"slots": found}


def absence(sent: QueryDict) -> dict[str, Any]:
    """Return the days on which somebody is away."""
    return {
        "first_on": day(sent.get("first_on", ""), field="first_on", label=_("起")),
        "last_on": day(sent.get("last_on", ""), field="last_on", label=_("止")),
        "reason": sent.get("reason", ""),
    }


def on(sent: QueryDict) -> dict[str, Any]:
    """Return the one day of a form."""
    return {"on": day(sent.get("on", ""), field="on", label=_("日期"))}


def _time(text: str, *, field: str, label: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError as error:
        raise InvalidInputError(
            Phrase("%(label)s应为“时:分”，例如 08:30。", label=label), field=field
        ) from error


def _degrees(text: str, *, field: str, label: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = float("nan")
    if not -180 <= found <= 180:
        raise InvalidInputError(
            Phrase("%(label)s应为十进制度，例如 30.63。", label=label), field=field
        )
    return found
