"""Templates to fill in, wishes of those who call, and the ways out."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.outreach.access import KEEPERS, READERS, WRITERS
from dianliang.domain.outreach.queries import people as book
from dianliang.faces.console.branches.common import status_of
from dianliang.faces.console.fields import whole
from dianliang.faces.console.paging import paged
from dianliang.faces.console.tables import download
from dianliang.faces.ui.requests import now, requires
from dianliang.flows.outreach import contacts as contact_table
from dianliang.flows.outreach import leading, ways
from dianliang.flows.outreach import receipts as receipt_table
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError


@require_GET
@requires(*READERS)
def contacts(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Hand out the table of contacts to fill in."""
    del request, by
    return download(contact_table.template(), "contacts.xlsx")


@require_GET
@requires(*READERS)
def receipts(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Hand out the table of receipts to fill in."""
    del request, by
    return download(receipt_table.template(), "receipts.xlsx")


@require_http_methods(["GET", "POST"])
@requires(*WRITERS)
def wishes(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Write down that somebody wants no more messages, or does again."""
    refusal, sent = None, request.POST
    if request.method == "POST":
        try:
            leading.wish(
                phone=sent.get("phone", ""),
                agrees=sent.get("agrees") == "1",
                how=sent.get("how", ""),
                words=sent.get("words", ""),
                by=by,
                at=now(),
            )
        except DomainError as wrong:
            refusal = wrong
        else:
            messages.success(request, _("已登记，从现在起照办。"))
            return redirect("console:outreach_wishes")
    rows, pages = paged(request, book.wishes())
    standing = book.standing()
    context = {
        "by": by,
        "rows": [book.wish_row(row, by=by) for row in rows],
        "refusing": standing[False],
        "agreeing": standing[True],
        "pages": pages,
        "hows": leading.HOWS.items(),
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/outreach/wishes.html", context, status=status_of(refusal)
    )


@require_http_methods(["GET", "POST"])
@requires(*KEEPERS)
def channels(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the ways out, and set one up."""
    refusal, sent = None, request.POST
    if request.method == "POST":
        try:
            asked = ways.Asked(
                code=sent.get("code", ""),
                name=sent.get("name", ""),
                kind=sent.get("kind", ""),
                address=sent.get("address", ""),
                secret=sent.get("secret", ""),
                per_minute=whole(
                    sent.get("per_minute", ""), field="per_minute", label=_("每分钟条数")
                ),
                batch_size=whole(
                    sent.get("batch_size", ""), field="batch_size", label=_("每批条数")
                ),
            )
            ways.set_up(asked=asked, by=by, at=now())
        except DomainError as wrong:
            refusal = wrong
        else:
            messages.success(request, _("通道已设置。"))
            return redirect("console:outreach_channels")
    context = {
        "by": by,
        "rows": book.channels(),
        "kinds": leading.WAYS.items(),
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/outreach/channels.html", context, status=status_of(refusal)
    )


@require_POST
@requires(*KEEPERS)
def switch(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Take a channel out of use, or into it again."""
    code = request.POST.get("code", "")
    try:
        ways.switch(code=code, is_active=request.POST.get("is_active") == "1", by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    return redirect("console:outreach_channels")
