"""Lists of people from Excel: upload, preview, decide, take in."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.core.sheets import MOST_BYTES
from dianliang.domain.workforce.register import WRITERS
from dianliang.faces.console.paging import paged
from dianliang.faces.console.tables import download, sent_file
from dianliang.faces.ui.requests import now, requires, today
from dianliang.flows.staffing import lists as flow
from dianliang.flows.staffing import sheets
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError

OUTCOMES = {
    "people_new": "新建人员",
    "people_changed": "更新人员",
    "roles": "登记身份",
    "teams_new": "新建队伍",
    "teams_changed": "更新队伍",
    "members_new": "入队",
    "captains": "任队长",
    "certificates_new": "登记证书",
    "left_out": "跳过",
}


@require_http_methods(["GET", "POST"])
@requires(*WRITERS)
def lists(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the lists so far; take a workbook and lead to its preview."""
    refusal = None
    if request.method == "POST":
        try:
            upload = request.FILES.get("table")
            if upload is not None and (upload.size or 0) > MOST_BYTES:
                raise InvalidInputError(_("文件超过 40 MB，请拆分后再导入。"), field="table")
            content = sent_file(request, "table")
            name = upload.name if upload is not None and upload.name else ""
            kept = flow.keep(content=content, name=name[:120], by=by, at=now())
        except DomainError as wrong:
            refusal = wrong
        else:
            return redirect("console:staff_list", kept.number)
    rows, at = paged(request, flow.lists(by=by))
    context = {"by": by, "rows": rows, "pages": at, "refusal": refusal}
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/staff/lists.html", context, status=status)


@require_GET
@requires(*WRITERS)
def template(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Hand out the workbook to fill in."""
    del request, by
    return download(sheets.template(), "people.xlsx")


@require_GET
@requires(*WRITERS)
def one(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show what a list would do, or what came of it."""
    return _page(request, number, by=by)


def _page(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        preview = flow.preview(number=number, by=by, on=today())
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "preview": preview,
        "refusal": refusal,
        "sent": {name: value for name, value in request.POST.items() if name[:4] == "row-"},
        "outcome": [
            (label, preview.outcome[key])
            for key, label in OUTCOMES.items()
            if key in preview.outcome
        ],
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/staff/list.html", context, status=status)


@require_POST
@requires(*WRITERS)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Take a list in, or throw it away."""
    if verb not in {"take_in", "discard"}:
        raise Http404
    try:
        if verb == "discard":
            flow.discard(number=number, by=by, at=now())
            messages.success(request, _("名单已丢弃，没有写入任何内容。"))
            return redirect("console:staff_lists")
        decisions = {
            int(name[4:]): str(value)
            for name, value in request.POST.items()
            if name[:4] == "row-" and name[4:].isdecimal() and len(name) < 12
        }
        flow.take_in(number=number, decisions=decisions, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _page(request, number, by=by, refusal=refusal)
    messages.success(request, _("名单已导入。"))
    return redirect("console:staff_list", number)
