"""Pairings, alliances and secondments."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.branches.access import READERS, WRITERS
from dianliang.domain.branches.queries import links as book
from dianliang.faces.console import list_tables
from dianliang.faces.console.branches.common import Steps, lead_on, press, reason, shown, status_of
from dianliang.faces.console.fields import day
from dianliang.faces.console.paging import paged, sheet_of
from dianliang.faces.ui.keys import made_once, press_once
from dianliang.faces.ui.requests import now, requires, today
from dianliang.flows.branches import linking as flow
from dianliang.flows.branches.choices import choices
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError


@require_GET
@requires(*READERS)
def pairings(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the pairings, by view and by mode."""
    view = request.GET.get("view", "open")
    view = view if view in book.PAIRING_VIEWS else "open"
    mode, branch = shown(request.GET.get("mode", "")), shown(request.GET.get("branch", ""))
    page = book.pairings(view=view, mode=mode, branch=branch, by=by, on=today())
    if file := sheet_of(request, list_tables.PAIRINGS, page.rows, by=by):
        return file
    rows, at = paged(request, page.rows)
    context = {
        "by": by,
        "page": page,
        "rows": rows,
        "pages": at,
        "view": view,
        "mode": mode,
        "branch": branch,
        "tabs": [(code, label, page.counts[code]) for code, label in book.PAIRING_VIEWS.items()],
        "branches": book.branches_at_work(by),
        "may_write": by.role in WRITERS,
    }
    return TemplateResponse(request, "console/branches/pairings.html", context)


@require_http_methods(["GET", "POST"])
@requires(*WRITERS)
def pairing_new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Write down a new pairing."""
    refusal = None
    if request.method == "POST":
        try:
            at = now()
            prepare = partial(flow.prepare, asked=_asked(request.POST), by=by, at=at)
            number = made_once(request, "branches.pairing", prepare, at=at)
        except NotVisibleError as absent:
            raise Http404 from absent
        except DomainError as wrong:
            refusal = wrong
        else:
            messages.success(request, _("已登记，签约后开始。"))
            return redirect("console:pairing", number)
    on = today()
    context = {
        "by": by,
        "choices": choices(by=by),
        "branches": book.branches_at_work(by),
        "alliances": [a for a in book.alliances(by=by, on=on) if a.status in {"DRAFT", "RUNNING"}],
        "names": flow.other_sides(by=by),
        "asked": request.GET,
        "refusal": refusal,
        "today": on,
        "next_year": flow.default_until(on),
    }
    status = status_of(refusal)
    return TemplateResponse(request, "console/branches/pairing_new.html", context, status=status)


def _asked(sent: QueryDict) -> flow.Asked:
    return flow.Asked(
        branch=sent.get("branch", ""),
        mode=sent.get("mode", ""),
        other=sent.get("other", ""),
        goal=sent.get("goal", ""),
        from_on=day(sent.get("from_on", ""), field="from_on", label=_("开始日期")),
        until_on=day(sent.get("until_on", ""), field="until_on", label=_("结束日期")),
        plan=sent.get("plan", ""),
        alliance=sent.get("alliance", ""),
    )


@require_GET
@requires(*READERS)
def pairing(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one pairing with its plan and results."""
    return _pairing(request, number, by=by)


def _pairing(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        file = book.pairing(number, by=by, on=today())
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "file": file,
        "row": file.row,
        "refusal": refusal,
        "today": today(),
    }
    status = status_of(refusal)
    return TemplateResponse(request, "console/branches/pairing.html", context, status=status)


@require_POST
@requires(*WRITERS)
def pairing_act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Lead a pairing one step on."""
    return lead_on(request, number, verb, PAIRING_STEPS, _pairing, "console:pairing", by=by)


def _renewal(sent: QueryDict) -> dict[str, Any]:
    label = _("新的结束日期")
    return {
        **reason(sent),
        "until_on": day(sent.get("until_on", ""), field="until_on", label=label),
    }


def _step(sent: QueryDict) -> dict[str, Any]:
    return {
        "what": sent.get("words", ""),
        "due_on": day(sent.get("due_on", ""), field="due_on", label=_("完成期限")),
    }


def _result(sent: QueryDict) -> dict[str, Any]:
    return {
        "step": sent.get("step", ""),
        "on": day(sent.get("on", ""), field="on", label=_("日期")),
        "what": sent.get("words", ""),
        "record": sent.get("record", ""),
    }


PAIRING_STEPS: Steps = {
    "sign": (flow.sign, lambda _sent: {}),
    "renew": (flow.renew, _renewal),
    "end": (flow.end, lambda _sent: {}),
    "stop": (flow.stop, reason),
    "plan": (flow.plan_step, _step),
    "result": (flow.record_result, _result),
}


@require_GET
@requires(*READERS)
def alliances(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the alliances, and which branch lacks its representative."""
    return _alliances(request, by=by)


def _alliances(
    request: HttpRequest, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    on = today()
    rows = book.alliances(by=by, on=on)
    if file := sheet_of(request, list_tables.ALLIANCES, rows, by=by):
        return file
    shown_rows, at = paged(request, rows)
    modes = book.pairings(view="all", mode="", branch="", by=by, on=on).modes
    context = {
        "by": by,
        "rows": shown_rows,
        "pages": at,
        "modes": modes,
        "represented": sum(bool(row.representative) for row in rows if row.status == "RUNNING"),
        "gaps": book.without_representative(by=by, on=on),
        "branches": book.ordinary_branches(by),
        "refusal": refusal,
        "today": on,
        "may_write": by.role in WRITERS,
    }
    status = status_of(refusal)
    return TemplateResponse(request, "console/branches/alliances.html", context, status=status)


@require_POST
@requires(*WRITERS)
def alliance_new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Set an alliance up."""
    sent, at = request.POST, now()

    def set_up() -> None:
        flow.set_up(
            branch=sent.get("branch", ""),
            title=sent.get("title", ""),
            theme_words=sent.get("theme_words", ""),
            starts_on=day(sent.get("starts_on", ""), field="starts_on", label=_("起始日期")),
            by=by,
            at=at,
        )

    return press(
        lambda: press_once(request, "branches.alliance", set_up, at=at),
        refused=lambda refusal: _alliances(request, by=by, refusal=refusal),
        done=lambda: redirect("console:branch_alliances"),
    )


@require_GET
@requires(*READERS)
def alliance(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one alliance."""
    return _alliance(request, number, by=by)


def _alliance(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        file = book.alliance(number, by=by, on=today())
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "file": file,
        "row": file.row,
        "refusal": refusal,
    }
    status = status_of(refusal)
    return TemplateResponse(request, "console/branches/alliance.html", context, status=status)


@require_POST
@requires(*WRITERS)
def alliance_act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Lead an alliance one step on."""
    to = "console:branch_alliance"
    return lead_on(request, number, verb, ALLIANCE_STEPS, _alliance, to, by=by)


ALLIANCE_STEPS: Steps = {
    "start": (flow.start_alliance, lambda _sent: {}),
    "close": (flow.close_alliance, lambda sent: {"summary": sent.get("summary", "")}),
    "stop": (flow.give_up_alliance, reason),
}


@require_GET
@requires(*READERS)
def secondments(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show who was sent where."""
    return _secondments(request, by=by)


def _secondments(
    request: HttpRequest, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    view = request.GET.get("view", "now")
    view = view if view in book.SECONDMENT_VIEWS else "now"
    on = today()
    kind = shown(request.GET.get("kind", ""))
    page = book.secondments(view=view, branch="", by=by, on=on, way=kind)
    if file := sheet_of(request, list_tables.SECONDMENTS, page.rows, by=by):
        return file
    rows, at = paged(request, page.rows)
    labels = book.SECONDMENT_VIEWS.items()
    context = {
        "by": by,
        "page": page,
        "rows": rows,
        "pages": at,
        "view": view,
        "kind": kind,
        "tabs": [(code, label, page.counts[code]) for code, label in labels],
        "choices": choices(by=by),
        "branches": book.branches_at_work(by),
        "gaps": book.without_representative(by=by, on=on),
        "refusal": refusal,
        "asked": request.GET,
        "today": on,
        "next_year": flow.default_until(on),
        "may_write": by.role in WRITERS,
    }
    status = status_of(refusal)
    return TemplateResponse(request, "console/branches/secondments.html", context, status=status)


@require_POST
@requires(*WRITERS)
def secondment_new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Send somebody to a branch."""
    sent, at = request.POST, now()

    def second() -> None:
        flow.second(
            way=sent.get("way", ""),
            person=sent.get("person", ""),
            branch=sent.get("branch", ""),
            post=sent.get("post", ""),
            from_on=day(sent.get("from_on", ""), field="from_on", label=_("起始日期")),
            until_on=day(sent.get("until_on", ""), field="until_on", label=_("结束日期")),
            by=by,
            at=at,
        )

    return press(
        lambda: press_once(request, "branches.secondment", second, at=at),
        refused=lambda refusal: _secondments(request, by=by, refusal=refusal),
        done=lambda: redirect("console:branch_secondments"),
    )


@require_POST
@requires(*WRITERS)
def secondment_act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Lead a secondment one step on."""
    if verb not in SECONDMENT_STEPS or not book.may_move(number, by=by):
        raise Http404
    step, read = SECONDMENT_STEPS[verb]
    return press(
        lambda: step(number=number, by=by, at=now(), **read(request.POST)),
        refused=lambda refusal: _secondments(request, by=by, refusal=refusal),
        done=lambda: redirect("console:branch_secondments"),
    )


def _ending(sent: QueryDict) -> dict[str, Any]:
    return {
        "on": day(sent.get("on", ""), field="on", label=_("结束日期")),
        "appraisal": sent.get("appraisal", ""),
    }


SECONDMENT_STEPS: Steps = {
    "start": (flow.start_secondment, lambda _sent: {}),
    "end": (flow.end_secondment, _ending),
    "cancel": (flow.cancel_secondment, reason),
}
