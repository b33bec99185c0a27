"""Duty (值班): the register, one roster, one shift with those who could be put on it."""

from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.rosters.queries import MAKERS, READERS
from dianliang.faces.console import list_tables
from dianliang.faces.console.branches.common import status_of
from dianliang.faces.console.fields import day, whole
from dianliang.faces.console.paging import paged, sheet_of
from dianliang.faces.ui.keys import key_of
from dianliang.faces.ui.refused import refused
from dianliang.faces.ui.requests import now, requires, today
from dianliang.flows.rosters import changing, making, reading
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError, StaleStateError

MOST_DIGITS = 9
LIMITS: dict[str, dict[str, Any]] = {
    "watch": {"rest_h": 11, "week_h": 44, "days_in_row": 6, "nights_in_row": 3},
    "event": {"rest_h": 11, "week_h": 44, "days_in_row": 6, "nights_in_row": 3},
    "emergency": {"rest_h": 8, "week_h": "", "days_in_row": "", "nights_in_row": ""},
}

WANTED = {"title": "", "starts_on": "", "starts_time": "08:00", "ends_on": "", "ends_time": "08:00"}
"""What a page that leads to a new roster may fill in beforehand, with what stands there else."""


@require_GET
@requires(*READERS)
def rosters(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the register and who is on duty now."""
    register = reading.register(by=by, at=now())
    if file := sheet_of(request, list_tables.ROSTERS, register.rows, by=by):
        return file
    rows, at = paged(request, register.rows)
    context = {
        "by": by,
        "register": register,
        "rows": rows,
        "pages": at,
        "can_make": _makes(by),
    }
    return TemplateResponse(request, "console/rosters/rosters.html", context)


@require_http_methods(["GET", "POST"])
@requires(*MAKERS)
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Make a roster."""
    refusal, sent = None, request.POST
    if request.method == "POST":
        try:
            number = making.make_once(key=key_of(sent), asked=_asked(sent), by=by, at=now())
        except DomainError as wrong:
            refusal = wrong
        else:
            messages.success(request, _("值班表已编好，可以排班了。"))
            return redirect("console:roster", number)
    asked = request.GET
    purpose = sent.get("purpose") or asked.get("purpose", "watch")
    limits = LIMITS.get(purpose, LIMITS["watch"])
    choices = making.choices(by=by)
    context = {
        "by": by,
        "choices": choices,
        "purposes": making.PURPOSES,
        "purpose": purpose,
        "usual": {**limits, "size": 1, "changes": "08:00 16:00 00:00"}
        | {name: asked.get(name, value) for name, value in WANTED.items()},
        "today": today(),
        "refusal": refusal,
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/rosters/new.html", context, status=status)


@require_GET
@requires(*READERS)
def roster(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one roster."""
    return _roster(request, number, by=by)


def _roster(request: HttpRequest, number: str, *, by: Actor) -> TemplateResponse:
    try:
        page = reading.page(number=number, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {"by": by, "page": page, "row": page.row, "can_make": _makes(by)}
    return TemplateResponse(request, "console/rosters/roster.html", context)


@require_POST
@requires(*MAKERS)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Arrange, publish or cancel a roster."""
    sent = request.POST
    try:
        if verb == "arrange":
            making.arrange(number=number, revision=_revision(sent), by=by, at=now())
        elif verb == "publish":
            because = sent.get("because", "")
            changing.publish(
                number=number, revision=_revision(sent), because=because, by=by, at=now()
            )
            messages.success(request, _("值班表已发布。"))
        elif verb == "cancel":
            changing.cancel(number=number, reason=sent.get("reason", ""), by=by, at=now())
        else:
            raise Http404
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return refused(_roster(request, number, by=by), refusal, status=status_of(refusal))
    return redirect("console:roster", number)


@require_http_methods(["GET", "POST"])
@requires(*MAKERS)
def shift(request: HttpRequest, number: str, shift: int, *, by: Actor) -> HttpResponse:
    """Show one shift with those who could be put on it, and change it."""
    refusal, sent = None, request.POST
    try:
        if request.method == "POST":
            refusal = _changed(sent, number, shift, by=by)
            if refusal is None:
                return redirect("console:roster_shift", number, shift)
        page = reading.page(number=number, by=by, at=now())
        found = reading.candidates(number=number, shift=shift, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    cells = [cell for row in page.days for cell in row.cells if cell.position == shift]
    if not cells:
        raise Http404
    context = {
        "by": by,
        "page": page,
        "row": page.row,
        "cell": cells[0],
        "candidates": found,
        "short": [each for each in page.short if each["shift"] == shift],
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/rosters/shift.html", context, status=status_of(refusal)
    )


def _changed(sent: QueryDict, number: str, shift: int, *, by: Actor) -> DomainError | None:
    whom = sent.get("person", "")
    try:
        if sent.get("do") == "off":
            changing.take_off(
                number=number, revision=_revision(sent), shift=shift, person=whom, by=by, at=now()
            )
        else:
            changing.put_on(
                number=number,
                revision=_revision(sent),
                shift=shift,
                person=whom,
                because=sent.get("because", ""),
                by=by,
                at=now(),
            )
    except NotVisibleError:
        raise
    except DomainError as refusal:
        return refusal
    return None


@require_POST
@requires(*MAKERS)
def swap(request: HttpRequest, number: str, swap: str, verb: str, *, by: Actor) -> HttpResponse:
    """Approve or refuse an exchange of turns."""
    if verb not in {"approve", "refuse"}:
        raise Http404
    try:
        note = request.POST.get("note", "")
        changing.settle_swap(number=swap, verb=verb, note=note, by=by, at=now(), of=number)
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return refused(_roster(request, number, by=by), refusal, status=status_of(refusal))
    return redirect("console:roster", number)


def _makes(by: Actor) -> bool:
    return by.role in MAKERS


def _revision(sent: QueryDict) -> int:
    text = sent.get("revision", "")
    if not (text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS):
        raise StaleStateError(_("页面已过期，请刷新后再试。"))
    return int(text)


def _asked(sent: QueryDict) -> making.Asked:
    skills = {
        name.removeprefix("skill-"): whole(wanted, field="skills", label=_("所需人数"))
        for name in sent
        if name.startswith("skill-") and (wanted := sent.get(name, "").strip())
    }
    begins, ends = (_instant(sent, end) for end in ("starts", "ends"))
    return making.Asked(
        title=sent.get("title", ""),
        purpose=sent.get("purpose", ""),
        site_code=sent.get("site_code", ""),
        starts_at=begins,
        ends_at=ends,
        changes=making.hours(sent.get("changes", "")[:120]),
        size=whole(sent.get("size", "").strip(), field="size", label=_("每班人数")),
        skills=skills,
        rest_h=whole(sent.get("rest_h", "").strip(), field="rest_h", label=_("班间休息")),
        week_h=_optional(sent, "week_h", label=_("每周最多小时")),
        days_in_row=_optional(sent, "days_in_row", label=_("最多连续天数")),
        nights_in_row=_optional(sent, "nights_in_row", label=_("最多连续夜班")),
        people=sent.getlist("people"),
    )


def _instant(sent: QueryDict, end: str) -> datetime:
    label = _("开始日期") if end == "starts" else _("结束日期")
    on = day(sent.get(f"{end}_on", ""), field=f"{end}_at", label=label)
    hours = making.hours(sent.get(f"{end}_time", "")[:5]) or (time(),)
    return making.at_hour(on, hours[0])


def _optional(sent: QueryDict, name: str, *, label: str) -> int | None:
    text = sent.get(name, "").strip()
    return whole(text, field=name, label=label) if text else None
