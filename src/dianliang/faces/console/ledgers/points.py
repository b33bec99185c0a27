"""Points: settlements, appeals, notices, and what everybody of the staff has himself."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.faces.console.fields import day, key_in, whole
from dianliang.faces.console.ledgers.reading import optional_whole
from dianliang.faces.console.paging import paged
from dianliang.faces.console.tables import download
from dianliang.faces.ui.keys import made_once
from dianliang.faces.ui.requests import now, requires, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.ledgers import earning, ruling, sheets
from dianliang.flows.ledgers import points as flow
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, NotVisibleError

READERS = (Role.PARTY_AFFAIRS, Role.AUDITOR, Role.ADMINISTRATOR)
STAFF = (
    Role.PARTY_AFFAIRS,
    Role.DISPATCHER,
    Role.COMMANDER,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
    Role.STEWARD,
    Role.CAPTAIN,
    Role.ALLIANCE_UNIT,
)


@require_http_methods(["GET", "POST"])
@requires(*READERS)
def settlements(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the settlements; on a POST of party affairs, count a period."""
    refusal: DomainError | None = None
    if request.method == "POST" and by.role is Role.PARTY_AFFAIRS:
        try:
            number = _settled(request, by=by)
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, _("已计算，请审核。"))
            return redirect("console:ledger_settlement", number)
    month = today().replace(day=1)
    rows, at = paged(request, flow.settlements(by=by))
    context = {
        "by": by,
        "rows": rows,
        "pages": at,
        "appeals": flow.open_appeals(by=by),
        "books": ruling.point_books(),
        "units": flow.units_of(by),
        "until": month,
        "since": month.replace(month=month.month - 1)
        if month.month > 1
        else month.replace(year=month.year - 1, month=12),
        "refusal": refusal,
        "may_write": by.role is Role.PARTY_AFFAIRS,
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/ledgers/settlements.html", context, status=status)


def _settled(request: HttpRequest, *, by: Actor) -> str:
    sent, at = request.POST, now()
    since = day(sent.get("since", ""), field="since", label=_("起始日期"))
    until = day(sent.get("until", ""), field="until", label=_("截止日期"))
    book, unit = sent.get("book", ""), sent.get("unit", "")
    return made_once(
        request,
        "ledger.settlement",
        lambda: earning.settle(book=book, unit_code=unit, since=since, until=until, by=by, at=at),
        at=at,
    )


@require_GET
@requires(*READERS)
def settlement(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one settlement with people, records and appeals."""
    return _settlement(request, number, by=by)


def _settlement(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        page = flow.settlement_page(number=number, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "page": page,
        "row": page.row,
        "refusal": refusal,
        "may_write": by.role is Role.PARTY_AFFAIRS,
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/ledgers/settlement.html", context, status=status)


@require_POST
@requires(Role.PARTY_AFFAIRS)
def settlement_act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Approve, show, enter or drop a settlement."""
    try:
        words = flow.act(number=number, verb=verb, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _settlement(request, number, by=by, refusal=refusal)
    messages.success(request, words)
    if verb == "drop":
        return redirect("console:ledger_points")
    return redirect("console:ledger_settlement", number)


@require_POST
@requires(Role.PARTY_AFFAIRS)
def refuse(request: HttpRequest, number: str, award: int, *, by: Actor) -> HttpResponse:
    """Give no points for one record."""
    because = request.POST.get("because", "")
    try:
        flow.refuse(number=number, award=award, because=because, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _settlement(request, number, by=by, refusal=refusal)
    messages.success(request, _("该条不予计分。"))
    return redirect("console:ledger_settlement", number)


@require_GET
@requires(*READERS)
def settlement_sheet(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Answer with a settlement as Excel."""
    try:
        content = sheets.settlement_sheet(number=number, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    return download(content, sheets.name_of("points", at=now()))


@require_GET
@requires(*STAFF)
def mine(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show what somebody has himself, and what is being shown to all."""
    return _mine(request, by=by)


def _mine(request: HttpRequest, *, by: Actor, refusal: DomainError | None = None) -> HttpResponse:
    page = flow.mine(by=by, is_whole=request.GET.get("all") == "1")
    awards, at = paged(request, page.awards)
    context = {
        "by": by,
        "page": page,
        "more": page.more_notices,
        "awards": awards,
        "pages": at,
        "refusal": refusal,
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/ledgers/mine.html", context, status=status)


@require_GET
@requires(*STAFF)
def notice(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show to all of the staff what each person gets."""
    try:
        row, people = flow.notice(number=number, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {"by": by, "row": row, "people": people}
    return TemplateResponse(request, "console/ledgers/notice.html", context)


@require_POST
@requires(*STAFF)
def appeal(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Appeal against points of one's own, or for somebody of one's units."""
    sent, at = request.POST, now()
    back = sent.get("back", "") if by.role is Role.PARTY_AFFAIRS else ""
    back = back if back.replace("-", "").isalnum() else ""
    try:
        award = key_in(sent, "award")
        wanted = whole(sent.get("wanted", ""), field="wanted", label=_("主张得分"))
        made = made_once(
            request,
            "ledger.appeal",
            lambda: flow.appeal(
                award=award, wanted=wanted, words=sent.get("words", ""), by=by, at=at
            ),
            at=at,
        )
    except DomainError as refusal:
        if back:
            return _settlement(request, back, by=by, refusal=refusal)
        return _mine(request, by=by, refusal=refusal)
    messages.success(request, _("申诉已提交，编号 %(number)s。") % {"number": made})
    if back:
        return redirect("console:ledger_settlement", back)
    return redirect("console:ledger_mine")


@require_GET
@requires(*READERS)
def appeals(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the appeals, open ones first."""
    return _appeals(request, by=by)


def _appeals(
    request: HttpRequest, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    rows, at = paged(request, flow.appeals(by=by))
    context = {
        "by": by,
        "rows": rows,
        "pages": at,
        "refusal": refusal,
        "may_write": by.role is Role.PARTY_AFFAIRS,
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/ledgers/appeals.html", context, status=status)


@require_POST
@requires(Role.PARTY_AFFAIRS)
def decide(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Uphold an appeal or reject it."""
    sent = request.POST
    try:
        flow.decide(
            number=number,
            verb=sent.get("verb", ""),
            granted=optional_whole(sent.get("granted", ""), field="granted", label=_("裁定得分")),
            because=sent.get("because", ""),
            by=by,
            at=now(),
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _appeals(request, by=by, refusal=refusal)
    messages.success(request, _("已裁定。"))
    return redirect("console:ledger_appeals")
