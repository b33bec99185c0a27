"""The register of branches and the page of one."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.branches.access import READERS, WRITERS
from dianliang.domain.branches.queries import register as book
from dianliang.domain.branches.queries.links import pairings, secondments
from dianliang.domain.branches.queries.meetings import tasks
from dianliang.faces.console.branches.common import day_of, press, shown, status_of
from dianliang.faces.console.fields import day, optional_day
from dianliang.faces.console.tables import download, sent_file
from dianliang.faces.ui.requests import now, requires, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.branches import registering as flow
from dianliang.flows.branches import sheets
from dianliang.flows.branches.choices import choices
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError


@require_GET
@requires(*READERS)
def branches(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the branches with their indicators and gaps."""
    return _register(request, by=by)


def _register(
    request: HttpRequest, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    view = request.GET.get("view", "ordinary")
    view = view if view in book.VIEWS else "ordinary"
    on = day_of(request.GET.get("on", "")) or today()
    page = book.register(view=view, by=by, on=on)
    context = {
        "by": by,
        "page": page,
        "figures": page.indicators,
        "view": view,
        "on": on,
        "tabs": [(code, label, page.counts[code]) for code, label in book.VIEWS.items()],
        "method": book.METHOD,
        "may_write": by.role in WRITERS,
        "refusal": refusal,
    }
    status = status_of(refusal)
    return TemplateResponse(request, "console/branches/branches.html", context, status=status)


@require_GET
@requires(*WRITERS)
def sheet(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Answer with the workbook of members: empty, or as it stands."""
    if request.GET.get("which") == "blank":
        return download(sheets.blank(), "members-blank.xlsx")
    return download(sheets.filled(by=by, on=today(), at=now()), f"members-{today()}.xlsx")


@require_POST
@requires(*WRITERS)
def upload(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Take in what an Excel file says about members and posts."""
    try:
        count = sheets.read(content=sent_file(request, "table"), by=by, at=now())
    except DomainError as refusal:
        return _register(request, by=by, refusal=refusal)
    words = _("已按表更新 %(n)d 处。") % {"n": count}
    messages.success(request, words if count else _("表中内容与系统一致，没有变化。"))
    return redirect("console:branches")


@require_http_methods(["GET", "POST"])
@requires(*WRITERS)
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Found a branch, a temporary one or a task force."""
    if request.method == "POST":
        sent = request.POST
        return press(
            lambda: flow.found_branch(asked=_asked(sent), by=by, at=now()),
            refused=lambda refusal: _new(request, by=by, refusal=refusal),
            done=lambda: redirect("console:branch", sent.get("code", "").strip()),
        )
    return _new(request, by=by)


def _new(request: HttpRequest, *, by: Actor, refusal: DomainError | None = None) -> HttpResponse:
    context = {
        "by": by,
        "choices": choices(by=by),
        "refusal": refusal,
        "today": today(),
    }
    status = status_of(refusal)
    return TemplateResponse(request, "console/branches/branch_new.html", context, status=status)


def _asked(sent: QueryDict) -> flow.Asked:
    return flow.Asked(
        code=sent.get("code", ""),
        name=sent.get("name", ""),
        kind=sent.get("kind", ""),
        host_code=sent.get("host", ""),
        purpose=sent.get("purpose", ""),
        from_on=day(sent.get("from_on", ""), field="from_on", label=_("成立日期")),
        until_on=optional_day(sent.get("until_on", ""), field="until_on", label=_("撤销日期")),
        needs_representative=sent.get("needs_representative") == "1",
    )


@require_GET
@requires(*READERS)
def branch(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Show one branch: members, posts, pairings, who is sent to it, its tasks."""
    return _file(request, code, by=by)


def _file(
    request: HttpRequest, code: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    on = today()
    try:
        file = book.file(code, by=by, on=on)
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "file": file,
        "row": file.row,
        "pairings": pairings(view="open", mode="", branch=code, by=by, on=on).rows,
        "sent_here": secondments(view="now", branch=code, by=by, on=on).rows,
        "tasks": tasks(view="open", branch=code, by=by, on=on).rows,
        "choices": choices(by=by) if file.may_write else None,
        "others": [row for row in book.branch_rows(by=by, on=on) if _may_receive(row, code)],
        "refusal": refusal,
        "today": on,
    }
    status = status_of(refusal)
    return TemplateResponse(request, "console/branches/branch.html", context, status=status)


def _may_receive(row: book.BranchRow, code: str) -> bool:
    return row.code != code and row.kind == "ordinary" and row.status == "ACTIVE"


@require_POST
@requires(*WRITERS)
def act(request: HttpRequest, code: str, verb: str, *, by: Actor) -> HttpResponse:
    """Change something of a branch."""
    if verb not in STEPS:
        raise Http404
    step, read = STEPS[verb]

    def done() -> HttpResponse:
        messages.success(request, _("已登记。"))
        return redirect("console:branch", code)

    return press(
        lambda: step(code=shown(code), by=by, at=now(), **read(request.POST)),
        refused=lambda refusal: _file(request, code, by=by, refusal=refusal),
        done=done,
    )


def _taking_in(sent: QueryDict) -> dict[str, Any]:
    return {
        "person": sent.get("person", ""),
        "from_on": day(sent.get("from_on", ""), field="from_on", label=_("起始日期")),
        "until_on": optional_day(sent.get("until_on", ""), field="until_on", label=_("结束日期")),
        "reason": sent.get("reason", ""),
    }


def _transfer(sent: QueryDict) -> dict[str, Any]:
    return {
        "person": sent.get("person", ""),
        "to": sent.get("to", ""),
        "from_on": day(sent.get("from_on", ""), field="from_on", label=_("生效日期")),
        "reason": sent.get("reason", ""),
    }


def _appointment(sent: QueryDict) -> dict[str, Any]:
    return {
        "post": sent.get("post", ""),
        "person": sent.get("person", ""),
        "from_on": day(sent.get("from_on", ""), field="from_on", label=_("任免日期")),
        "reason": sent.get("reason", ""),
    }


def _extension(sent: QueryDict) -> dict[str, Any]:
    return {
        "until_on": day(sent.get("until_on", ""), field="until_on", label=_("撤销日期")),
        "reason": sent.get("reason", ""),
    }


def _dissolution(sent: QueryDict) -> dict[str, Any]:
    return {
        "on": day(sent.get("on", ""), field="on", label=_("撤销日期")),
        "reason": sent.get("reason", ""),
    }


STEPS: dict[str, tuple[Callable[..., Any], Callable[[QueryDict], dict[str, Any]]]] = {
    "take_in": (flow.take_in, _taking_in),
    "transfer_out": (flow.transfer_out, _transfer),
    "appoint": (flow.appoint, _appointment),
    "extend": (flow.extend, _extension),
    "dissolve": (flow.dissolve, _dissolution),
}
"""Each verb with what it reads from its form."""
