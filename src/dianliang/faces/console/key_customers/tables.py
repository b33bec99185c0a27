"""Key customers as Excel: empty, as they stand, and brought back."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods

from dianliang.domain.key_customers.access import READERS, WRITERS
from dianliang.faces.console.key_customers.reading import filters_of
from dianliang.faces.console.paging import paged
from dianliang.faces.console.tables import download, sent_file
from dianliang.faces.ui.requests import now, requires, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.key_customers import importing, sheets
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError

ROWS_A_PAGE = 20


@require_GET
@requires(*READERS)
def sheet(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Answer with the workbook: empty, or what the filters name."""
    if request.GET.get("which") == "blank":
        return download(sheets.blank(), "key-customers-blank.xlsx")
    content = sheets.filled(filters=filters_of(request), by=by, at=now())
    return download(content, f"key-customers-{today()}.xlsx")


@require_http_methods(["GET", "POST"])
@requires(*WRITERS)
def bring(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Take a table and lead to how far its work has come."""
    refusal = None
    if request.method == "POST":
        upload = request.FILES.get("table")
        try:
            if upload is not None and (upload.size or 0) > importing.MOST_BYTES:
                raise InvalidInputError(_("文件超过 10 MB，请拆分后再导入。"), field="table")
            row = importing.bring(
                content=sent_file(request, "table"),
                name=(upload.name or "")[:120] if upload else "",
                only_check=request.POST.get("act") == "check",
                by=by,
                at=now(),
            )
        except NotVisibleError as absent:
            raise Http404 from absent
        except DomainError as refused:
            refusal = refused
        else:
            messages.success(request, _("已收下 %(name)s，正在处理。") % {"name": row.name})
            return redirect("console:key_customer_table", row.number)
    tables, pages = paged(request, importing.brought(by=by), each=ROWS_A_PAGE)
    context = {"by": by, "tables": tables, "pages": pages, "refusal": refusal}
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/key_customers/tables.html", context, status=status)


@require_GET
@requires(*WRITERS)
def going(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Answer with how the latest tables stand."""
    tables, pages = paged(request, importing.brought(by=by), each=ROWS_A_PAGE)
    context = {"by": by, "tables": tables, "pages": pages}
    return TemplateResponse(request, "console/key_customers/tables.html#going", context)


@require_GET
@requires(*WRITERS)
def one(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one table: how far it is, or what came of it."""
    try:
        found = importing.one(number, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {"by": by, "one": found, "row": found.row}
    name = "console/key_customers/table.html"
    is_part = "HX-Request" in request.headers
    return TemplateResponse(request, f"{name}#state" if is_part else name, context)
