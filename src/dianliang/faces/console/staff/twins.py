"""People who seem to be there twice: pairs, side by side, and what was merged."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods

from dianliang.domain.workforce import register, twin_book
from dianliang.domain.workforce.register import READERS, WRITERS
from dianliang.faces.console import list_tables
from dianliang.faces.console.paging import paged, sheet_of
from dianliang.faces.ui.requests import now, requires, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.staffing import merging as flow
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError

TAKEN, KEPT = "second", "first"
"""What a choice between the two columns says; the first column is the one that stays."""


@require_GET
@requires(*WRITERS)
def twins(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the pairs who seem to be one person, the surest first."""
    pairs, at = paged(request, twin_book.pairs(by=by, on=today()))
    context = {"by": by, "pairs": pairs, "pages": at}
    return TemplateResponse(request, "console/staff/twins.html", context)


@require_GET
@requires(*READERS)
def merges(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show what was merged, by whom, and why."""
    found = twin_book.merges(by=by)
    if file := sheet_of(request, list_tables.MERGES, found, by=by):
        return file
    rows, at = paged(request, found)
    context = {"by": by, "rows": rows, "pages": at}
    return TemplateResponse(request, "console/staff/merges.html", context)


@require_http_methods(["GET", "POST"])
@requires(*WRITERS)
def twin(request: HttpRequest, first: str, second: str, *, by: Actor) -> HttpResponse:
    """Show two people side by side; merge them, or note that they are two."""
    refusal = None
    try:
        if request.method == "POST":
            answer, refusal = _decide(request, first, second, by=by)
            if answer is not None:
                return answer
        one = register.person_to_change(first, by=by)
        other = register.person_to_change(second, by=by)
        if one.pk == other.pk:
            return redirect("console:staff_person", one.number)
        moved, blocked = flow.tried(
            kept_number=one.number, gone_number=other.number, by=by, at=now()
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "pair": twin_book.side_by_side(one, other, on=today()),
        "moved": sorted(moved.items()),
        "blocked": blocked,
        "refusal": refusal,
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/staff/twin.html", context, status=status)


def _decide(
    request: HttpRequest, first: str, second: str, *, by: Actor
) -> tuple[HttpResponse | None, DomainError | None]:
    sent = request.POST
    take = [name[5:] for name, value in sent.items() if name[:5] == "take-" and value == TAKEN]
    reason = sent.get("reason", "")
    try:
        if sent.get("act") == "apart":
            flow.tell_apart(
                first_number=first, second_number=second, reason=reason, by=by, at=now()
            )
            messages.success(request, _("已记为两个人，不再列出。"))
            return redirect("console:staff_twins"), None
        row = flow.merge(
            kept_number=first, gone_number=second, take=take, reason=reason, by=by, at=now()
        )
    except NotVisibleError:
        raise
    except DomainError as refusal:
        return None, refusal
    messages.success(
        request,
        _("已合并：%(old)s 今后指向 %(kept)s。")
        % {"old": row.gone_number, "kept": row.into_number},
    )
    return redirect("console:staff_person", row.into_number), None
