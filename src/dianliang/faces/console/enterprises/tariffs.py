"""The library of tariffs: import, versions, hours and prices, what changed."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.enterprises import tariff_queries
from dianliang.domain.enterprises.access import CHECKERS, READERS, checks_tariffs, keeps_tariffs
from dianliang.engines.tariffs import CERTAINTY_WORDS, Certainty
from dianliang.faces.console.branches.common import status_of
from dianliang.faces.console.tables import download, sent_file
from dianliang.faces.ui.requests import now, requires
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.enterprises import books, comparing, tariff_files
from dianliang.flows.enterprises.tariff_page import page_of
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError


@require_http_methods(["GET", "POST"])
@requires(*READERS)
def library(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show all versions of all tariffs; take a file of tariffs in."""
    refusal = None
    if request.method == "POST":
        if not keeps_tariffs(by):
            raise Http404
        try:
            content = sent_file(request, "table")
            done = books.bring_tariffs(content=content, name=_("电价文件"), by=by, at=now())
        except DomainError as wrong:
            refusal = wrong
        else:
            told = {"new": done.new, "ended": done.ended, "same": done.same}
            words = _("新增 %(new)d 个版本，%(ended)d 个写上了失效日，%(same)d 个没有变化。")
            messages.success(request, words % told)
            return redirect("console:enterprise_tariffs")
    rows = [(one, _certainty(one)) for one in tariff_queries.tariffs()]
    context = {"by": by, "rows": rows, "may_write": keeps_tariffs(by), "refusal": refusal}
    return TemplateResponse(
        request, "console/enterprises/tariffs.html", context, status=status_of(refusal)
    )


@require_GET
@requires(*READERS)
def template(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Hand out the table of tariffs to fill in."""
    del request, by
    return download(tariff_files.template(), "tariffs.xlsx")


def _certainty(one: tariff_queries.TariffRow) -> str:
    """Say how far a version may be relied upon; a second person's check goes before all else."""
    return CERTAINTY_WORDS[Certainty.PUBLISHED if one.check else Certainty(one.certainty)]


@require_GET
@requires(*READERS)
def tariff(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show a version of a tariff, ``code.version``, and what changed since the one before.

    Asked to compare, show what the firms pay by it and by another version.
    """
    return _tariff(request, number, by=by)


def _tariff(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    compared = None
    try:
        page = page_of(number)
        if against := request.GET.get("against", ""):
            compared = comparing.compared(old=against, new=number, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as wrong:
        refusal = wrong
    context = {
        "by": by,
        "page": page,
        "number": number,
        "others": [one for one in tariff_queries.tariffs() if one.name != number],
        "against": against,
        "compared": compared,
        "may_check": checks_tariffs(by),
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/enterprises/tariff.html", context, status=status_of(refusal)
    )


@require_POST
@requires(*CHECKERS)
def check(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Confirm a version against its document, as another than who imported it."""
    sent = request.POST
    try:
        books.check_tariff(
            name=number,
            document=sent.get("document", ""),
            words=sent.get("words", ""),
            by=by,
            at=now(),
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _tariff(request, number, by=by, refusal=refusal)
    messages.success(request, _("已记下核对。"))
    return redirect("console:enterprise_tariff", number)


@require_POST
@requires(*CHECKERS)
def uncheck(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Take a check back that was wrong."""
    try:
        books.withdraw_check(name=number, words=request.POST.get("reason", ""), by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _tariff(request, number, by=by, refusal=refusal)
    messages.success(request, _("已撤回核对，可以重新核对。"))
    return redirect("console:enterprise_tariff", number)
