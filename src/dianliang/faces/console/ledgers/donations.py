"""Donations at the desk: drives, gifts, grants, their publication."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.faces.console.fields import day, optional_day
from dianliang.faces.console.ledgers.reading import sent_of
from dianliang.faces.console.tables import download
from dianliang.faces.ui.keys import made_once, required_key
from dianliang.faces.ui.requests import now, requires, sent_photo, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.ledgers import donation_rows, pairings, points, sheets
from dianliang.flows.ledgers import donations as flow
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, NotVisibleError

READERS = (Role.PARTY_AFFAIRS, Role.COMMANDER, Role.AUDITOR, Role.ADMINISTRATOR)


@require_http_methods(["GET", "POST"])
@requires(*READERS)
def donations(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the drives; on a POST of party affairs, prepare one."""
    refusal: DomainError | None = None
    if request.method == "POST" and by.role is Role.PARTY_AFFAIRS:
        try:
            number = _planned(request, by=by)
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, _("项目已建立，开始募捐后可登记捐赠。"))
            return redirect("console:donation", number)
    context = {
        "by": by,
        "rows": donation_rows.drives(by=by),
        "summary": flow.summary(by=by),
        "units": points.units_of(by),
        "refusal": refusal,
        "today": today(),
        "may_write": by.role is Role.PARTY_AFFAIRS,
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/ledgers/donations.html", context, status=status)


def _planned(request: HttpRequest, *, by: Actor) -> str:
    sent, at = request.POST, now()
    opens_on = day(sent.get("opens_on", ""), field="opens_on", label=_("开始日期"))
    closes_on = optional_day(sent.get("closes_on", ""), field="closes_on", label=_("截止日期"))
    return made_once(
        request,
        "ledger.drive",
        lambda: flow.plan(
            title=sent.get("title", ""),
            purpose=sent.get("purpose", ""),
            unit_code=sent.get("unit", ""),
            opens_on=opens_on,
            closes_on=closes_on,
            is_for_pairings=sent.get("is_for_pairings") == "1",
            by=by,
            at=at,
        ),
        at=at,
    )


@require_GET
@requires(*READERS)
def donation(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one drive with what it received and gave."""
    return _donation(request, number, by=by)


def _donation(
    request: HttpRequest,
    number: str,
    *,
    by: Actor,
    refusal: DomainError | None = None,
    revealed: tuple[str, str] | None = None,
) -> HttpResponse:
    try:
        page = flow.drive_page(number=number, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "page": page,
        "row": page.row,
        "things": flow.things(),
        "givers": flow.GIVERS,
        "pairings": pairings.standing(by=by) if page.row.is_for_pairings else (),
        "refusal": refusal,
        "revealed": revealed,
        "today": today(),
        "may_write": by.role is Role.PARTY_AFFAIRS,
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/ledgers/donation.html", context, status=status)


@require_POST
@requires(Role.PARTY_AFFAIRS)
def move(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Open a drive, close it, or open it again."""
    if verb not in ("open", "close", "reopen"):
        raise Http404
    try:
        flow.move(number=number, verb=verb, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _donation(request, number, by=by, refusal=refusal)
    messages.success(request, _("项目状态已更新。"))
    return redirect("console:donation", number)


@require_POST
@requires(Role.PARTY_AFFAIRS)
def receive(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Take in a gift."""
    try:
        sent = sent_of(request)
        gift = flow.receive(
            number=number, sent=sent, key=required_key(request.POST), by=by, at=now()
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _donation(request, number, by=by, refusal=refusal)
    messages.success(request, _("已登记，编号 %(number)s。") % {"number": gift.number})
    return redirect("console:donation", number)


@require_POST
@requires(Role.PARTY_AFFAIRS)
def ask(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Ask that a drive gives somebody something."""
    try:
        sent, at = sent_of(request), now()
        made = made_once(
            request, "ledger.grant", lambda: flow.ask(number=number, sent=sent, by=by, at=at), at=at
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _donation(request, number, by=by, refusal=refusal)
    words = _("已申请，编号 %(number)s，请另一人批准。") % {"number": made}
    messages.success(request, words)
    return redirect("console:donation", number)


@require_POST
@requires(Role.PARTY_AFFAIRS)
def grant_act(
    request: HttpRequest, number: str, grant: str, verb: str, *, by: Actor
) -> HttpResponse:
    """Decide about a grant, hand it out, or take it back."""
    sent = request.POST
    try:
        flow.act(
            number=grant,
            verb=verb,
            because=sent.get("because", ""),
            on=day(sent.get("on", "") or today().isoformat(), field="on", label=_("发放日期")),
            photo=sent_photo(request),
            by=by,
            at=now(),
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _donation(request, number, by=by, refusal=refusal)
    messages.success(request, _("已办理。"))
    return redirect("console:donation", number)


@require_POST
@requires(Role.PARTY_AFFAIRS)
def gift_act(request: HttpRequest, number: str, gift: str, verb: str, *, by: Actor) -> HttpResponse:
    """Show who gave, for a reason, or undo a gift."""
    sent = request.POST
    try:
        if verb == "reveal":
            found, name = flow.reveal(number=gift, reason=sent.get("reason", ""), by=by, at=now())
            return _donation(request, number, by=by, revealed=(found.number, name))
        if verb != "undo":
            raise Http404
        flow.undo(number=gift, because=sent.get("because", ""), by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _donation(request, number, by=by, refusal=refusal)
    messages.success(request, _("已冲正。"))
    return redirect("console:donation", number)


@require_GET
@requires(*READERS)
def photo(request: HttpRequest, token: str, *, by: Actor) -> HttpResponse:
    """Return a receipt or the proof of a grant."""
    try:
        content = flow.photo_of(token=token, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    return HttpResponse(content, content_type="image/jpeg")


@require_GET
@requires(*READERS)
def sheet(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Answer with a drive as Excel."""
    try:
        content = sheets.donation_sheet(number=number, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    return download(content, sheets.name_of("donation", at=now()))
