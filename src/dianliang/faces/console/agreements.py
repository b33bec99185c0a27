"""Agreements with townships and villages (共建协议): register, coverage, one agreement, annexes."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.core.files import read_token
from dianliang.core.papers import PDF
from dianliang.domain.directory import agreement_book as book
from dianliang.faces.console.fields import day, optional_day, whole
from dianliang.faces.console.tables import sent_file
from dianliang.faces.ui.requests import now, requires, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows import agreeing as flow
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError


@require_GET
@requires(Role.DISPATCHER)
def register(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the agreements, and which townships have none."""
    view = request.GET.get("view", "open")
    view = view if view in book.VIEWS else "open"
    page = book.register(view=view, by=by, on=today())
    context = {
        "by": by,
        "page": page,
        "view": view,
        "tabs": [(code, label, page.counts[code]) for code, label in book.VIEWS.items()],
        "soon_days": book.SOON_DAYS,
    }
    return TemplateResponse(request, "console/agreements.html", context)


@require_http_methods(["GET", "POST"])
@requires(Role.DISPATCHER)
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Write a new draft."""
    return _edit(request, "", by=by)


@require_POST
@requires(Role.DISPATCHER)
def amend(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Change a draft."""
    return _edit(request, number, by=by)


def _edit(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    refusal = None
    if request.method == "POST":
        try:
            kept = flow.keep_draft(number=number, asked=_asked(request.POST), by=by, at=now())
        except NotVisibleError as absent:
            raise Http404 from absent
        except DomainError as wrong:
            refusal = wrong
        else:
            messages.success(request, _("协议已保存。"))
            return redirect("console:agreement", kept.number)
    if number:
        return _file(request, number, by=by, refusal=refusal)
    context = {
        "by": by,
        "choices": flow.choices(by=by),
        "refusal": refusal,
        "form": _form(request.POST),
        "action": request.path,
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/agreement_new.html", context, status=status)


def _asked(sent: QueryDict) -> flow.Asked:
    return flow.Asked(
        title=sent.get("title", ""),
        kind=sent.get("kind", ""),
        scope=sent.get("scope", ""),
        unit_codes=sent.getlist("units"),
        area_codes=sent.getlist("areas"),
        valid_from=day(sent.get("valid_from", ""), field="valid_from", label=_("生效日期")),
        valid_until=optional_day(
            sent.get("valid_until", ""), field="valid_until", label=_("届满日期")
        ),
        remind_days=whole(
            sent.get("remind_days", ""), field="remind_days", label=_("提前提醒天数")
        ),
    )


def _form(sent: QueryDict) -> dict[str, Any]:
    """Return what was typed, so that nobody types it twice."""
    names = ("title", "kind", "scope", "valid_from", "valid_until")
    return {
        **{name: sent.get(name, "") for name in names},
        "remind_days": sent.get("remind_days", str(book.SOON_DAYS)),
        "units": sent.getlist("units"),
        "areas": sent.getlist("areas"),
    }


@require_GET
@requires(Role.DISPATCHER)
def agreement(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one agreement."""
    return _file(request, number, by=by)


def _file(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        file = book.file(number, by=by, on=today())
    except NotVisibleError as absent:
        raise Http404 from absent
    stored = {
        "title": file.row.title,
        "kind": file.kind,
        "scope": file.scope,
        "valid_from": file.row.valid_from.isoformat(),
        "valid_until": file.row.valid_until.isoformat() if file.row.valid_until else "",
        "remind_days": file.remind_days,
        "units": file.unit_codes,
        "areas": file.area_codes,
    }
    context = {
        "by": by,
        "file": file,
        "choices": flow.choices(by=by) if file.row.status == "DRAFT" and file.may_change else None,
        "refusal": refusal,
        "form": _form(request.POST) if "title" in request.POST and refusal else stored,
        "today": today(),
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/agreement.html", context, status=status)


@require_POST
@requires(Role.DISPATCHER)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Lead an agreement one step on."""
    if verb not in STEPS:
        raise Http404
    step, read = STEPS[verb]
    try:
        step(number=number, by=by, at=now(), **read(request.POST))
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _file(request, number, by=by, refusal=refusal)
    messages.success(request, _("%(number)s 已更新。") % {"number": number})
    return redirect("console:agreement", number)


def _signing(sent: QueryDict) -> dict[str, Any]:
    return {"signed_on": day(sent.get("signed_on", ""), field="signed_on", label=_("签订日期"))}


def _renewal(sent: QueryDict) -> dict[str, Any]:
    until = optional_day(sent.get("valid_until", ""), field="valid_until", label=_("届满日期"))
    if until is None and sent.get("forever") != "1":
        message = _("请填写新的届满日期，或勾选“长期有效”。")
        raise InvalidInputError(message, field="valid_until")
    return {**_signing(sent), "valid_until": until}


def _termination(sent: QueryDict) -> dict[str, Any]:
    return {
        "on": day(sent.get("ended_on", ""), field="ended_on", label=_("终止日期")),
        "reason": sent.get("reason", ""),
    }


STEPS: dict[str, tuple[Callable[..., Any], Callable[[QueryDict], dict[str, Any]]]] = {
    "sign": (flow.sign, _signing),
    "renew": (flow.renew, _renewal),
    "end": (flow.end, lambda _sent: {}),
    "terminate": (flow.terminate, _termination),
}
"""Each verb with what it reads from its form."""


@require_POST
@requires(Role.DISPATCHER)
def attach(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Add an annex."""
    try:
        content = sent_file(request, "annex")
        title = request.POST.get("title", "")
        flow.attach(number=number, title=title, content=content, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _file(request, number, by=by, refusal=refusal)
    messages.success(request, _("附件已保存。"))
    return redirect("console:agreement", number)


@require_GET
@requires(Role.DISPATCHER)
def annex(request: HttpRequest, number: str, token: str, *, by: Actor) -> HttpResponse:
    """Hand an annex out: always as a download, never to be run by the browser."""
    del request
    try:
        file = book.file(number, by=by, on=today())
    except NotVisibleError as absent:
        raise Http404 from absent
    found = next((annex for annex in file.annexes if annex.token == token), None)
    if found is None:
        raise Http404
    ending = "pdf" if found.media_type == PDF else "jpg"
    name = f"{number}-{token[:6]}.{ending}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(read_token(token), content_type=found.media_type, headers=headers)
