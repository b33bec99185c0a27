"""Who answers for which area (责任区): the tree, the gaps, hand-overs, Excel."""

from collections.abc import Sequence
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from dianliang.domain.workforce.charging import kinds
from dianliang.faces.console.fields import day, optional_day
from dianliang.faces.console.paging import paged
from dianliang.faces.console.tables import download, sent_file
from dianliang.faces.ui.requests import now, requires, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.charging import handing, sheets
from dianliang.flows.charging import page as flow
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError

TONES = {"held": "open", "away": "soon", "left": "late", "vacant": "late", "never": "late"}
GAPS_A_PAGE = 100


@require_GET
@requires(Role.DISPATCHER)
def charge(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the tree with its people on a day, what is missing and what is to come."""
    return _page(request, by=by)


def _page(request: HttpRequest, *, by: Actor, refusal: DomainError | None = None) -> HttpResponse:
    try:
        on = optional_day(request.GET.get("on", ""), field="on", label=_("日期")) or today()
    except DomainError as wrong:
        on, refusal = today(), refusal or wrong
    view = request.GET.get("view", "tree")
    view = view if view in flow.VIEWS else "tree"
    page, all_kinds = flow.page(by=by, on=on), kinds()
    chosen = request.GET.get("kind", "")
    kind = next((k for k in all_kinds if k.code == chosen), all_kinds[0] if all_kinds else None)
    town = request.GET.get("town", "")
    gaps, at = paged(request, page.gaps, each=GAPS_A_PAGE)
    context = {
        "by": by,
        "page": page,
        "view": view,
        "town": town,
        "towns": [(each, page.opens(each, town)) for each in page.towns],
        "gaps": gaps,
        "pages": at,
        "tabs": [(code, label, page.counts[code]) for code, label in flow.VIEWS.items()],
        "on": on,
        "is_today": on == today(),
        "kinds": all_kinds,
        "kind": kind,
        "people": flow.people(by=by),
        "points": _points(page.unfolded(town), kind.code if kind else ""),
        "refusal": refusal,
        "ticked": request.POST.getlist("cells"),
        "sent_towns": request.POST.getlist("towns"),
    }
    status = 422 if refusal is not None else 200
    return TemplateResponse(request, "console/charge.html", context, status=status)


def _points(rows: Sequence[flow.CellRow], kind: str) -> list[dict[str, object]]:
    return [
        {
            "lat": row.lat,
            "lon": row.lon,
            "number": row.code,
            "title": f"{row.name} {holder.person_name} {_(holder.state_label)}",
            "tone": TONES[holder.state],
        }
        for row in rows
        for holder in row.holders
        if holder.kind_code == kind and holder.is_due and row.lat is not None
    ]


@require_POST
@requires(Role.DISPATCHER)
def hand_over(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Hand the ticked areas over from a day on."""
    sent = request.POST
    try:
        person = sent.get("person", "").strip()
        _require_choice(person, nobody=sent.get("nobody") == "1")
        count = handing.hand_over(
            meant=handing.Meant(
                codes=sent.getlist("cells"),
                towns=sent.getlist("towns"),
                of_person=sent.get("of_person", "").strip(),
            ),
            kind_code=sent.get("kind", ""),
            person_number=person,
            from_on=day(sent.get("from_on", ""), field="from_on", label=_("交接日期")),
            reason=sent.get("reason", ""),
            by=by,
            at=now(),
        )
    except DomainError as refusal:
        return _page(request, by=by, refusal=refusal)
    messages.success(request, _("已登记 %(n)d 个区域的交接。") % {"n": count})
    town = request.GET.get("town", "")
    return redirect(reverse("console:charge", query={"town": town} if town else None))


def _require_choice(person: str, *, nobody: bool) -> None:
    """Leave no doubt whether nobody is meant.

    Raises:
        InvalidInputError: neither a person nor nobody was chosen, or both.
    """
    if bool(person) == nobody:
        raise InvalidInputError(_("请填写接手人编号，或勾选“空缺”，二者选一。"), field="person")


@require_POST
@requires(Role.DISPATCHER)
def take_back(request: HttpRequest, code: str, kind: str, on: str, *, by: Actor) -> HttpResponse:
    """Take back a hand-over that is to come."""
    try:
        name = handing.take_back(
            code=code,
            kind_code=kind,
            from_on=_day_of_address(on),
            reason=request.POST.get("reason", ""),
            by=by,
            at=now(),
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _page(request, by=by, refusal=refusal)
    messages.success(request, _("%(name)s的交接已撤回。") % {"name": name})
    return redirect("console:charge")


@require_POST
@requires(Role.DISPATCHER)
def leave(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Note that somebody serves no longer."""
    sent = request.POST
    try:
        person = handing.leave_office(
            person_number=sent.get("leaving", "").strip(),
            on=day(sent.get("left_on", ""), field="left_on", label=_("离岗日期")),
            reason=sent.get("why", ""),
            by=by,
            at=now(),
        )
    except DomainError as refusal:
        return _page(request, by=by, refusal=refusal)
    messages.success(request, _("%(name)s已登记离岗，请安排交接。") % {"name": person.name})
    return redirect(reverse("console:charge", query={"view": "gaps"}))


def _day_of_address(text: str) -> date:
    try:
        return day(text, field="on", label=_("日期"))
    except DomainError as wrong:
        raise NotVisibleError(wrong.message) from wrong


@require_GET
@requires(Role.DISPATCHER)
def cell(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Show one area with everybody who answered for it."""
    try:
        file = flow.cell_file(code=code, by=by, on=today())
    except NotVisibleError as absent:
        raise Http404 from absent
    return TemplateResponse(request, "console/charge_cell.html", {"by": by, "file": file})


@require_POST
@requires(Role.DISPATCHER)
def upload(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Hand over what an Excel file says."""
    try:
        count = sheets.read(content=sent_file(request, "table"), by=by, at=now())
    except DomainError as refusal:
        return _page(request, by=by, refusal=refusal)
    words = _("已按表登记 %(n)d 次交接。") % {"n": count}
    messages.success(request, words if count else _("表中内容与系统一致，没有变化。"))
    return redirect("console:charge")


@require_GET
@requires(Role.DISPATCHER)
def sheet(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Answer with the table: empty, or as it stands on a day."""
    if request.GET.get("which") == "blank":
        return download(sheets.blank(), "charges-blank.xlsx")
    on = _day_or_today(request)
    return download(sheets.filled(by=by, on=on, at=now()), f"charges-{on}.xlsx")


def _day_or_today(request: HttpRequest) -> date:
    try:
        return optional_day(request.GET.get("on", ""), field="on", label=_("日期")) or today()
    except DomainError:
        return today()
