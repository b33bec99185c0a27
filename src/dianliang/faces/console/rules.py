"""The table that says which unit gets which need: administrators change it as a whole."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST

from dianliang.domain.directory import rules as table
from dianliang.domain.directory.rules import RuleRow
from dianliang.faces.console.fields import whole
from dianliang.faces.ui.requests import now, requires, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.rules import editing, sheets, trial
from dianliang.flows.rules.page import RulesPage, choices, line_of, rules_page
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, InvalidInputError, StaleStateError

SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_SEARCHED, LONGEST_NUMBER = 40, 6


@require_GET
@requires(Role.ADMINISTRATOR)
def rules(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the draft, or the table in force; `edit` opens one rule, `edit=new` an empty one."""
    return _page(request, by=by)


def _page(
    request: HttpRequest,
    *,
    by: Actor,
    refusal: DomainError | None = None,
    form: dict[str, Any] | None = None,
) -> HttpResponse:
    search = request.GET.get("q", "").strip()[:MOST_SEARCHED]
    page = rules_page(search=search, on=today())
    form = form or _form(page, request.GET.get("edit", ""))
    context = {
        "by": by,
        "page": page,
        "search": search,
        "form": form,
        "choices": choices() if form else None,
        "refusal": refusal,
        "days": trial.DAYS,
    }
    status = 200
    if refusal is not None:
        status = 409 if isinstance(refusal, StaleStateError) else 422
    return TemplateResponse(request, "console/rules.html", context, status=status)


def _form(page: RulesPage, place: str) -> dict[str, Any] | None:
    """Return what the form of one rule shows, or None where none is open."""
    if place == "new":
        return {"place": "", "row": RuleRow(service_code="", area_code="", unit_code="")}
    is_number = place.isascii() and place.isdecimal() and len(place) <= LONGEST_NUMBER
    if not is_number or int(place) >= len(page.draft.rows):
        return None
    row = page.draft.rows[int(place)]
    return {"place": place, "row": row, "line": line_of(row)}


def _row(sent: QueryDict) -> RuleRow:
    return RuleRow(
        service_code=sent.get("service_code", ""),
        area_code=sent.get("area_code", ""),
        owner=sent.get("owner", ""),
        unit_code=sent.get("unit_code", ""),
        assisting=tuple(sorted(sent.getlist("assisting"))),
    )


def _place(sent: QueryDict) -> int | None:
    text = sent.get("place", "")
    return whole(text, field="place", label=_("规则")) if text else None


def _number(sent: QueryDict, field: str, label: str) -> int:
    return whole(sent.get(field, ""), field=field, label=label)


@require_POST
@requires(Role.ADMINISTRATOR)
def row(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Save one rule of the draft, or remove it; what was entered stays when it is refused."""
    sent = request.POST
    wanted = _row(sent)
    try:
        place, seen = _place(sent), _number(sent, "revision", _("稿次"))
        if sent.get("act") == "remove":
            if place is None:
                raise InvalidInputError(_("请先选择要删去的规则。"), field="place")
            editing.remove_row(place=place, seen=seen, by=by, at=now())
        else:
            editing.save_row(place=place, row=wanted, seen=seen, by=by, at=now())
    except DomainError as refusal:
        stale = isinstance(refusal, StaleStateError)
        # The place may belong to another rule by now: offered again, it is a new one.
        form = {"place": "" if stale else sent.get("place", ""), "row": wanted}
        return _page(request, by=by, refusal=refusal, form=form)
    messages.success(request, _("草稿已保存。现行规则没有变，试算后再生效。"))
    return redirect("console:rules")


@require_POST
@requires(Role.ADMINISTRATOR)
def upload(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Make an Excel file the draft."""
    try:
        sent = request.FILES.get("table")
        if sent is None:
            raise InvalidInputError(_("请先选择文件。"), field="table")
        seen = _number(request.POST, "revision", _("稿次"))
        count = editing.upload(content=sent.read(), seen=seen, by=by, at=now())
    except DomainError as refusal:
        return _page(request, by=by, refusal=refusal)
    messages.success(request, _("草稿里现在是文件中的 %(n)d 条规则。") % {"n": count})
    return redirect("console:rules")


def _press(request: HttpRequest, act: Callable[[], None], said: str, *, by: Actor) -> HttpResponse:
    try:
        act()
    except DomainError as refusal:
        return _page(request, by=by, refusal=refusal)
    messages.success(request, said)
    return redirect("console:rules")


@require_POST
@requires(Role.ADMINISTRATOR)
def discard(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Give the draft up."""

    def act() -> None:
        seen = _number(request.POST, "revision", _("稿次"))
        editing.discard(seen=seen, by=by, at=now())

    return _press(request, act, _("草稿已放弃，现行规则没有变。"), by=by)


@require_POST
@requires(Role.ADMINISTRATOR)
def restore(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Return to an earlier version."""

    def act() -> None:
        editing.restore(
            number=_number(request.POST, "number", _("版本")),
            seen=_number(request.POST, "revision", _("稿次")),
            version=_number(request.POST, "version", _("版本")),
            reason=request.POST.get("reason", ""),
            by=by,
            at=now(),
        )

    return _press(request, act, _("已恢复，立即生效。"), by=by)


@require_GET
@requires(Role.ADMINISTRATOR)
def try_out(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show what the draft would have changed for past needs, and offer to let it take effect."""
    return _trial(request, by=by, days=request.GET.get("days", str(trial.DAYS)))


def _trial(
    request: HttpRequest,
    *,
    by: Actor,
    days: str,
    refusal: DomainError | None = None,
    reason: str = "",
) -> HttpResponse:
    page = rules_page(on=today())
    if not page.draft.is_open:
        if refusal is None:
            messages.info(request, _("现在没有草稿，没有什么可以试算。"))
            return redirect("console:rules")
        return _page(request, by=by, refusal=refusal)
    tried = None
    try:
        days_asked = whole(days, field="days", label=_("试算天数"))
        tried = trial.run(page.draft.rows, days=days_asked, by=by, at=now())
    except InvalidInputError as wrong:
        refusal = refusal or wrong
    context = {
        "by": by,
        "page": page,
        "trial": tried,
        "days": days,
        "refusal": refusal,
        "reason": reason,
        "wrong": [line for line in page.lines if line.errors],
        "doubtful": [line for line in page.lines if line.warnings],
    }
    status = 200
    if refusal is not None:
        status = 409 if isinstance(refusal, StaleStateError) else 422
    return TemplateResponse(request, "console/rules_trial.html", context, status=status)


@require_POST
@requires(Role.ADMINISTRATOR)
def apply(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Let the draft that was tried take effect."""
    sent = request.POST
    try:
        made = editing.apply(
            seen=_number(sent, "revision", _("稿次")),
            version=_number(sent, "version", _("版本")),
            read=sent.get("read", ""),
            reason=sent.get("reason", ""),
            by=by,
            at=now(),
        )
    except DomainError as refusal:
        days, reason = sent.get("days", str(trial.DAYS)), sent.get("reason", "")
        return _trial(request, by=by, days=days, refusal=refusal, reason=reason)
    messages.success(request, _("派单规则第 %(n)d 版已生效。") % {"n": made.number})
    return redirect("console:rules")


@require_GET
@requires(Role.ADMINISTRATOR)
def sheet(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Answer with the table as an Excel file: empty, in force, the draft, or an earlier version."""
    del by
    which = request.GET.get("which", "current")
    is_number = which.isascii() and which.isdecimal() and len(which) <= LONGEST_NUMBER
    kept = table.version(int(which)) if is_number else None
    if which == "blank":
        content = sheets.blank()
    elif which == "current":
        content = sheets.filled(table.in_force())
    elif which == "draft":
        content = sheets.filled(table.draft().rows)
    elif kept is not None:
        content = sheets.filled(kept.rows)
    else:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="rules-{which}.xlsx"'}
    return HttpResponse(content, content_type=SHEET_TYPE, headers=headers)
