"""The rebuilding of villages (千村改造): the board, one village, Excel."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST

from dianliang.domain.renewal import board as table
from dianliang.faces.console.fields import day, optional_day
from dianliang.faces.console.tables import download, sent_file
from dianliang.faces.ui.requests import now, requires, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.renewing import moving as flow
from dianliang.flows.renewing import reading, sheets
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError

MOST_ROWS = 400
MOST_DIGITS = 12


@require_GET
@requires(Role.DISPATCHER)
def renewal(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show villages × stages, late ones first."""
    return _board(request, by=by)


def _board(request: HttpRequest, *, by: Actor, refusal: DomainError | None = None) -> HttpResponse:
    asked = request.GET
    view = asked.get("view", "all")
    filters = table.Filters(
        view=view if view in table.VIEWS else "all",
        town=asked.get("town", "").replace("\0", "")[:60],
        stage=asked.get("stage", "").replace("\0", "")[:16],
        q=asked.get("q", "").replace("\0", "").strip()[:40],
    )
    page = table.board(filters=filters, by=by, on=today())
    others = asked.copy()
    others.pop("view", None)
    context = {
        "by": by,
        "page": page,
        "rows": page.rows[:MOST_ROWS],
        "filters": filters,
        "others": others.urlencode(),
        "tabs": [(code, label, page.counts[code]) for code, label in table.VIEWS.items()],
        "left_out": flow.left_out(by=by),
        "refusal": refusal,
        "ticked": request.POST.getlist("villages"),
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/renewal.html", context, status=status)


@require_POST
@requires(Role.DISPATCHER)
def take_in(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Take villages in."""
    sent = request.POST
    try:
        starts_on = optional_day(sent.get("starts_on", ""), field="starts_on", label=_("开工日期"))
        count = flow.take_in(
            codes=sent.getlist("villages"),
            batch=sent.get("batch", ""),
            starts_on=starts_on,
            by=by,
            at=now(),
        )
    except DomainError as refusal:
        return _board(request, by=by, refusal=refusal)
    messages.success(request, _("已列入 %(n)d 个村。") % {"n": count})
    return redirect("console:renewal")


@require_POST
@requires(Role.DISPATCHER)
def upload(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Take in what an Excel file says."""
    try:
        count = reading.read(content=sent_file(request, "table"), by=by, at=now())
    except DomainError as refusal:
        return _board(request, by=by, refusal=refusal)
    words = _("已按表更新 %(n)d 处。") % {"n": count}
    messages.success(request, words if count else _("表中内容与系统一致，没有变化。"))
    return redirect("console:renewal")


@require_GET
@requires(Role.DISPATCHER)
def sheet(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Answer with the workbook: empty, or as it stands."""
    if request.GET.get("which") == "blank":
        return download(sheets.blank(), "renewal-blank.xlsx")
    return download(sheets.filled(by=by, on=today(), at=now()), f"renewal-{today()}.xlsx")


@require_GET
@requires(Role.DISPATCHER)
def village(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Show one village with its stages and indicators."""
    return _village(request, code, by=by)


def _village(
    request: HttpRequest, code: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        page = flow.village_page(code=code, by=by, on=today())
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "page": page,
        "file": page.file,
        "row": page.file.row,
        "causes": flow.CAUSES,
        "parties": flow.PARTIES,
        "moments": flow.MOMENTS.items(),
        "refusal": refusal,
        "today": today(),
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/renewal_village.html", context, status=status)


@require_POST
@requires(Role.DISPATCHER)
def step(request: HttpRequest, code: str, stage: str, verb: str, *, by: Actor) -> HttpResponse:
    """Plan a stage, begin it, end it, or send it back."""
    if verb not in STEPS:
        raise Http404
    act, read = STEPS[verb]
    try:
        act(code=code, stage=stage, by=by, at=now(), **read(request.POST))
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _village(request, code, by=by, refusal=refusal)
    messages.success(request, _("进度已更新。"))
    return redirect("console:renewal_village", code)


@require_POST
@requires(Role.DISPATCHER)
def measure(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Write down indicators before or after the work."""
    sent = request.POST
    try:
        count = flow.measure(
            code=code,
            moment=sent.get("moment", ""),
            values=_values(sent),
            on=day(sent.get("on", ""), field="on", label=_("测量日期")),
            by=by,
            at=now(),
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _village(request, code, by=by, refusal=refusal)
    messages.success(request, _("已保存 %(n)d 项指标。") % {"n": count})
    return redirect("console:renewal_village", code)


def _values(sent: QueryDict) -> dict[str, float]:
    """Return the indicators that were filled in.

    Raises:
        InvalidInputError: one is no number; its name is told.
    """
    found = {}
    for key, text in sent.items():
        prefix, _dot, code = key.partition("value-")
        given = str(text).strip()
        if prefix or not code or not given:
            continue
        plain = given.replace(".", "", 1)
        if not (plain.isascii() and plain.isdecimal() and len(given) <= MOST_DIGITS):
            message = _("指标应填不小于 0 的数字，现为“%(text)s”。") % {"text": given[:20]}
            raise InvalidInputError(message, field=key)
        found[code] = float(given)
    return found


def _planning(sent: QueryDict) -> dict[str, Any]:
    return {
        "planned_on": day(sent.get("planned_on", ""), field="planned_on", label=_("计划完成日期")),
        "party": sent.get("party", ""),
        "responsible": sent.get("responsible", ""),
        **_delay(sent),
    }


def _delay(sent: QueryDict) -> dict[str, Any]:
    return {"cause": sent.get("cause", ""), "words": sent.get("words", "")}


def _day(sent: QueryDict) -> dict[str, Any]:
    return {"on": day(sent.get("on", ""), field="on", label=_("日期"))}


STEPS: dict[str, tuple[Callable[..., Any], Callable[[QueryDict], dict[str, Any]]]] = {
    "plan": (flow.plan, _planning),
    "begin": (flow.begin, _day),
    "finish": (flow.finish, lambda sent: {**_day(sent), **_delay(sent)}),
    "send_back": (flow.send_back, lambda sent: {"reason": sent.get("reason", "")}),
}
"""Each verb with what it reads from its form."""
