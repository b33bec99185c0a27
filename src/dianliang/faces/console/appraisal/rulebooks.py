"""Rules: begun from a sample, written row by row, published as editions that stay."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST

from dianliang.domain.appraisal.access import READERS, WRITERS
from dianliang.faces.console.branches.common import press, shown, status_of
from dianliang.faces.console.fields import whole
from dianliang.faces.ui.keys import made_once
from dianliang.faces.ui.requests import now, requires
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.appraisal import rulebooks as flow
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError

FIELDS = (
    *("title", "post", "measure", "whose", "least", "weight", "due_day"),
    *("dimension", "per", "full_at"),
)


@require_GET
@requires(*READERS)
def books(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the rules, and the form that begins one."""
    return _books(request, by=by)


def _books(request: HttpRequest, *, by: Actor, refusal: DomainError | None = None) -> HttpResponse:
    may_write = by.role in WRITERS
    context = {
        "by": by,
        "rows": flow.books(by=by),
        "starters": flow.starters(),
        "units": flow.units(by) if may_write else (),
        "may_write": may_write,
        "refusal": refusal,
    }
    status = status_of(refusal)
    return TemplateResponse(request, "console/appraisal/books.html", context, status=status)


@require_POST
@requires(*WRITERS)
def begin(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Begin a rule from a sample."""
    sent = request.POST
    try:
        asked = {name: sent.get(name, "") for name in ("starter", "name", "unit")}
        at = now()
        number = made_once(
            request, "appraisal.begin", lambda: flow.begin(**asked, by=by, at=at), at=at
        )
    except DomainError as refusal:
        return _books(request, by=by, refusal=refusal)
    messages.success(request, _("已由样本起草，核对后发布。"))
    return redirect("console:appraisal_book", number)


@require_GET
@requires(*READERS)
def book(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one rule with its draft and its editions."""
    return _book(request, number, by=by)


def _book(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        page = flow.book(number, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    draft = page.draft if page.may_write else None
    typed = rows_of(request.POST) if refusal else []
    rows = typed or ([dict(r) for r in draft.items or draft.aims] if draft else [])
    context = {
        "by": by,
        "page": page,
        "row": page.row,
        "draft": draft,
        "rows": [*rows, *({} for _spare in range(flow.SPARE_ROWS))] if draft else [],
        "bands": request.POST.get("bands", "")
        or "\n".join(f"{name}｜{least}" for name, least in (draft.bands if draft else ())),
        "offered": flow.offered(),
        "refusal": refusal,
    }
    status = status_of(refusal)
    return TemplateResponse(request, "console/appraisal/book.html", context, status=status)


def rows_of(sent: QueryDict) -> list[dict[str, str]]:
    """Return the rows of a form whose fields come once for each row."""
    columns = {name: sent.getlist(name) for name in FIELDS}
    count = len(columns["title"])
    return [
        {name: values[place] for name, values in columns.items() if place < len(values)}
        for place in range(count)
    ]


def _seen(sent: QueryDict) -> int:
    return whole(sent.get("seen", ""), field="seen", label=_("版本标记"))


def _keep(number: str, sent: QueryDict, by: Actor) -> object:
    facts = {name: sent.get(name, "") for name in ("reason", "late_percent", "most_special")}
    filled = {name: value for name, value in facts.items() if value or name == "reason"}
    return flow.keep(
        number=number,
        seen=_seen(sent),
        facts=filled,
        rows=rows_of(sent),
        bands=sent.get("bands", ""),
        by=by,
        at=now(),
    )


STEPS: dict[str, Callable[[str, QueryDict, Actor], object]] = {
    "draft": lambda number, _sent, by: flow.draft(number=number, by=by, at=now()),
    "keep": _keep,
    "enact": lambda number, sent, by: flow.enact(number=number, seen=_seen(sent), by=by, at=now()),
    "drop": lambda number, _sent, by: flow.drop(number=number, by=by, at=now()),
}


@require_POST
@requires(*WRITERS)
def book_act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Draft, keep, publish or drop an edition."""
    if verb not in STEPS:
        raise Http404

    def done() -> HttpResponse:
        messages.success(request, _("%(number)s 已更新。") % {"number": number})
        return redirect("console:appraisal_book", number)

    return press(
        lambda: STEPS[verb](shown(number), request.POST, by),
        refused=lambda refusal: _book(request, number, by=by, refusal=refusal),
        done=done,
    )
