"""Certificates of hours: the register, a new one, one of them, its paper."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.hours.access import ISSUERS, READERS
from dianliang.domain.hours.particulars import Particulars
from dianliang.faces.console.fields import day
from dianliang.faces.console.hours.desk import place
from dianliang.faces.console.paging import paged
from dianliang.faces.console.tables import download
from dianliang.faces.ui.codes import drawn
from dianliang.faces.ui.keys import made_once
from dianliang.faces.ui.requests import now, requires, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows import certificate_papers
from dianliang.flows import certifying as flow
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError

LONGEST_QUERY = 40
TYPED = (
    "document_kind",
    "document_number",
    "volunteer_number",
    "content",
    "issuer",
    "head",
    "handler",
    "contact",
    "remarks",
)


@require_GET
@requires(*READERS)
def register(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the certificates that the actor's units issued."""
    query = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    status = request.GET.get("status", "")
    after = place(request.GET.get("after", ""))
    rows, next_after = flow.register(query=query, status=status, by=by, after=after)
    context = {
        "by": by,
        "rows": rows,
        "next_after": next_after,
        "query": query,
        "status": status,
        "statuses": flow.STATUSES.items(),
        "issues": by.role in ISSUERS,
    }
    return TemplateResponse(request, "console/hours/certificates.html", context)


@require_GET
@requires(*ISSUERS)
def table(_request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Hand the register out as Excel."""
    return download(flow.register_book(by=by, at=now()), "certificates.xlsx")


@require_http_methods(["GET", "POST"])
@requires(*ISSUERS)
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Find a person, then certify what he gave."""
    person = (request.POST.get("person") or request.GET.get("person", ""))[:LONGEST_QUERY]
    query = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    refusal = None
    if request.method == "POST":
        try:
            told, at = _particulars(request.POST), now()
            number = made_once(
                request,
                "hours.certificate",
                lambda: flow.issue(person=person, told=told, by=by, at=at),
                at=at,
            )
        except DomainError as wrong:
            refusal = wrong
        else:
            messages.success(request, _("%(number)s 已出具。") % {"number": number})
            return redirect("console:certificate", number)
    try:
        offer = flow.offer(person=person, by=by) if person else None
    except DomainError as wrong:
        refusal, offer = wrong, None
    typed = request.POST.dict() if request.method == "POST" else {}
    people, pages = paged(request, flow.people(query=query, by=by))
    context = {
        "by": by,
        "query": query,
        "people": people,
        "pages": pages,
        "offer": offer,
        "form": {**(offer.form if offer else {}), **typed},
        "refusal": refusal,
        "today": today(),
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/hours/certificate_new.html", context, status=status)


def _particulars(sent: QueryDict) -> Particulars:
    return Particulars(
        **{name: sent.get(name, "") for name in TYPED},
        from_on=day(sent.get("from_on", ""), field="from_on", label=_("服务起")),
        until_on=day(sent.get("until_on", ""), field="until_on", label=_("服务止")),
    )


@require_GET
@requires(*READERS)
def certificate(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one certificate."""
    return _file(request, number, by=by)


def _file(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        file = flow.file(number, by=by, at=now(), is_whole=request.GET.get("all") == "1")
    except NotVisibleError as absent:
        raise Http404 from absent
    address = request.build_absolute_uri(reverse("portal:certificates"))
    context = {
        "by": by,
        "file": file,
        "refusal": refusal,
        "code": drawn(f"{address}#", file.payload, error="m"),
        "issues": by.role in ISSUERS,
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/hours/certificate.html", context, status=status)


@require_GET
@requires(*ISSUERS)
def paper(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Give a certificate as PDF."""
    address = request.build_absolute_uri(reverse("portal:certificates"))
    try:
        name, content = certificate_papers.paper(number=number, address=address, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _file(request, number, by=by, refusal=refusal)
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@requires(*ISSUERS)
def revoke(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Take a certificate back."""
    sent = request.POST
    try:
        flow.file(number, by=by, at=now())
        cause, words = sent.get("cause", ""), sent.get("words", "")
        flow.revoke(number=number, cause=cause, words=words, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _file(request, number, by=by, refusal=refusal)
    messages.success(request, _("%(number)s 已撤销，撤销名单已更新。") % {"number": number})
    return redirect("console:certificate", number)
