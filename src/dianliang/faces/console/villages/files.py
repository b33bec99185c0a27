"""The files of villages: list, one file as of a day, comparison, printing (001-07, 000-18)."""

from typing import Any
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.network import access
from dianliang.faces.console.forms import MOST_NUMBERS
from dianliang.faces.console.tables import SHEET_TYPE
from dianliang.faces.console.villages.links import opened_by
from dianliang.faces.console.villages.reading import as_of, code
from dianliang.faces.ui.photos import photo_answer
from dianliang.faces.ui.requests import now, requires, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.village_file import editing, exporting, paper, records, sheets, versions
from dianliang.flows.village_file import page as pages
from dianliang.flows.village_file.model import VillageFile
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError

READERS = (Role.DISPATCHER, Role.PARTY_AFFAIRS, Role.COMMANDER, Role.ADMINISTRATOR)
NOTHING = "XQ000000-0"
"""A number that no need has: the queue then shows that there is none."""
MEDIA = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": SHEET_TYPE,
}


@require_GET
@requires(*READERS)
def villages(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the villages, with what is heavy, late, or never kept."""
    return _list(request, by=by)


def _list(
    request: HttpRequest, *, by: Actor, refusal: DomainError | None = None, status: int = 200
) -> HttpResponse:
    asked = {name: code(request, name) for name in ("q", "township", "hard")}
    found = pages.village_list(
        by=by,
        at=now(),
        words=asked["q"],
        township=asked["township"],
        only_hard=asked["hard"] == "1",
    )
    context = {
        "by": by,
        "found": found,
        "asked": asked,
        "exports": exporting.exports(by=by),
        "kinds": exporting.KINDS.items(),
        "today": today(),
        "refusal": refusal,
        "may_keep": by.role == Role.DISPATCHER,
    }
    return TemplateResponse(request, "console/villages/list.html", context, status=status)


@require_GET
@requires(*READERS)
def village(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Show the file of a village, as of a day or as it is."""
    try:
        on = as_of(request.GET.get("on", ""))
        return _file(request, pages.file_page(code=code, on=on, by=by, at=now()), by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    except InvalidInputError as refusal:
        return _present(request, code, by=by, refusal=refusal)


def _present(request: HttpRequest, code: str, *, by: Actor, refusal: DomainError) -> HttpResponse:
    """Show the present file with the words of a refusal."""
    try:
        found = pages.file_page(code=code, on=None, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    return _file(request, found, by=by, refusal=refusal, status=422)


def _file(
    request: HttpRequest,
    found: pages.FilePage,
    *,
    by: Actor,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    may_keep = by.role == Role.DISPATCHER and found.is_present
    context = {
        "by": by,
        "page": found,
        "sections": _sections(found, by=by) if found.file else (),
        "desk": pages.desk(code=found.code, by=by, at=now()) if may_keep else None,
        "today": today(),
        "refusal": refusal,
        "query": "" if found.is_present else f"?on={found.on.isoformat()}",
    }
    return TemplateResponse(request, "console/villages/file.html", context, status=status)


def _sections(found: pages.FilePage, *, by: Actor) -> list[dict[str, Any]]:
    """Put beside each fact where its records are; those of an old version have no page."""
    file: VillageFile | None = found.file
    if file is None:
        return []
    return [
        {
            "it": section,
            "facts": [
                (fact, opened_by(file, section, fact.key, role=by.role) if found.is_present else "")
                for fact in section.facts
            ],
        }
        for section in file.sections
    ]


@require_GET
@requires(*READERS)
def compare(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Show what changed from one version to another, or to the present file."""
    before, after = (_number(request.GET.get(name, "")) for name in ("before", "after"))
    try:
        found = pages.compare(code=code, before=before or 1, after=after, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    return TemplateResponse(request, "console/villages/compare.html", {"by": by, "found": found})


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 8 else None


@require_GET
@requires(Role.DISPATCHER)
def behind(request: HttpRequest, code: str, fact: str, *, by: Actor) -> HttpResponse:
    """Lead to the needs behind a figure, as the queue shows them."""
    try:
        numbers = records.needs_behind(code=code, fact=fact, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    if len(numbers) > MOST_NUMBERS:
        name = access.village_to_see(code, by=by).name
        return redirect(f"{reverse('console:board')}?{urlencode({'tab': 'all', 'q': name})}")
    return redirect(f"{reverse('console:board')}?tab=all&numbers={','.join(numbers) or NOTHING}")


@require_POST
@requires(Role.DISPATCHER)
def keep(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Keep the present file as a version, for a reason."""
    try:
        made = versions.keep_one(code=code, reason=request.POST.get("reason", ""), by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _present(request, code, by=by, refusal=refusal)
    messages.success(request, _("已存为第 %(n)d 版。") % {"n": made.number})
    return redirect("console:village", code)


@require_GET
@requires(*READERS)
def printed(request: HttpRequest, code: str, kind: str, *, by: Actor) -> HttpResponse:
    """Return the file of a village as PDF or Word, as of a day or as it is."""
    if kind not in paper.PRINTERS:
        raise Http404
    try:
        on = as_of(request.GET.get("on", ""))
        made = paper.print_one(code=code, kind=kind, on=on, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except InvalidInputError as refusal:
        return _present(request, code, by=by, refusal=refusal)
    return attachment(made.content, name=made.name, kind=kind)


def attachment(content: bytes, *, name: str, kind: str) -> HttpResponse:
    """Answer with a file to be kept under a Chinese name (RFC 6266)."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return HttpResponse(content, content_type=MEDIA[kind], headers=headers)


@require_POST
@requires(*READERS)
def export(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Have all files printed in the background."""
    try:
        on = as_of(request.POST.get("on", ""))
        exporting.order(kind=request.POST.get("kind", ""), on=on, by=by, at=now())
    except DomainError as refusal:
        return _list(request, by=by, refusal=refusal, status=422)
    return redirect(f"{reverse('console:villages')}#exports")


@require_GET
@requires(*READERS)
def exports(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Answer with how the actor's exports stand."""
    context = {"by": by, "exports": exporting.exports(by=by)}
    return TemplateResponse(request, "console/villages/list.html#exports", context)


@require_GET
@requires(*READERS)
def exported(request: HttpRequest, number: int, *, by: Actor) -> Any:
    """Return the file of a finished export."""
    try:
        found = exporting.fetch(number, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    return FileResponse(
        found.path.open("rb"),
        as_attachment=True,
        filename=found.name,
        content_type=found.media_type,
    )


@require_GET
@requires(*READERS)
def photo(request: HttpRequest, code: str, token: str, *, by: Actor) -> HttpResponse:
    """Return a photo of a village."""
    try:
        content = editing.photo(code=code, token=token, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    return photo_answer(content)


@require_http_methods(["GET", "POST"])
@requires(Role.DISPATCHER)
def sheet(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Return what people keep in the files as Excel; by POST, take it back filled in."""
    if request.method == "GET":
        return attachment(sheets.workbook(by=by, at=now()), name=sheets.NAME, kind="xlsx")
    sent = request.FILES.get("table")
    try:
        done = sheets.load(sent.read() if sent else b"", by=by, at=now())
    except DomainError as refusal:
        return _list(request, by=by, refusal=refusal, status=422)
    words = _("已写入：概况 %(villages)d 村，计划事项新增 %(fresh)d 项、更新 %(changed)d 项。")
    messages.success(
        request,
        words % {"villages": done.villages, "fresh": done.fresh, "changed": done.changed},
    )
    return redirect("console:villages")
