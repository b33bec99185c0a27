"""Public notices and service standards of bases: the register, one with its versions."""

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.venues.notices import KINDS, rows
from dianliang.faces.console import list_tables
from dianliang.faces.console.bases.reading import READERS, revision, text
from dianliang.faces.console.fields import day, optional_day
from dianliang.faces.console.paging import paged, sheet_of
from dianliang.faces.ui.keys import made_once
from dianliang.faces.ui.photos import photo_answer
from dianliang.faces.ui.refused import refused
from dianliang.faces.ui.requests import now, requires, sent_photo, today
from dianliang.flows.bases import telling as flow
from dianliang.flows.bases.reach import EDITORS, units_of
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError


@require_http_methods(["GET", "POST"])
@requires(*READERS)
def notices(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the register; on a POST, write a notice down."""
    refusal: DomainError | None = None
    may_edit = by.role in EDITORS
    if request.method == "POST":
        if not may_edit:
            raise Http404
        try:
            draft = partial(
                flow.draft,
                kind=text(request, "kind"),
                unit_code=text(request, "unit"),
                scope=text(request, "scope"),
                typed=_typed(request),
                by=by,
                at=now(),
            )
            number = made_once(request, "base-notice", draft, at=now())
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, _("草稿已保存，核对后请点“发布”。"))
            return redirect("console:base_notice", number)
    found = rows(by=by)
    if file := sheet_of(request, list_tables.NOTICES, found, by=by):
        return file
    shown, at = paged(request, found)
    context = {
        "by": by,
        "rows": shown,
        "pages": at,
        "may_edit": may_edit,
        "kinds": KINDS,
        "units": units_of(by) if may_edit else (),
        "scopes": flow.scopes(by=by) if may_edit else (),
        "refusal": refusal,
        "today": today(),
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/bases/notices.html", context, status=status)


def _typed(request: HttpRequest) -> flow.Typed:
    return flow.Typed(
        title=text(request, "title"),
        words=text(request, "words"),
        photo=sent_photo(request),
        keeps_photo="keeps_photo" in request.POST,
        from_on=day(text(request, "from_on"), field="from_on", label=_("开始日期")),
        until_on=optional_day(text(request, "until_on"), field="until_on", label=_("结束日期")),
    )


@require_http_methods(["GET", "POST"])
@requires(*READERS)
def notice(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show a notice with all its versions; on a POST, write the next one."""
    refusal: DomainError | None = None
    if request.method == "POST" and by.role not in EDITORS:
        raise Http404
    try:
        if request.method == "POST":
            try:
                flow.revise(
                    number=number,
                    typed=_typed(request),
                    seen=revision(request),
                    reason=text(request, "reason"),
                    by=by,
                    at=now(),
                )
            except NotVisibleError:
                raise
            except DomainError as error:
                refusal = error
            else:
                messages.success(request, _("新一版已保存。"))
                return redirect("console:base_notice", number)
        return _page(request, number, by=by, refusal=refusal)
    except NotVisibleError as absent:
        raise Http404 from absent


def _page(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> TemplateResponse:
    page = flow.page(number, by=by)
    context = {"by": by, "page": page, "refusal": refusal, "today": today()}
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/bases/notice.html", context, status=status)


@require_POST
@requires(*EDITORS)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Publish or withdraw a notice."""
    if verb not in {"publish", "withdraw"}:
        raise Http404
    try:
        flow.move(number=number, verb=verb, reason=text(request, "reason"), by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return refused(_page(request, number, by=by), refusal)
    messages.success(request, _("已发布。") if verb == "publish" else _("已撤回。"))
    return redirect("console:base_notice", number)


@require_GET
@requires(*READERS)
def photo(request: HttpRequest, number: str, token: str, *, by: Actor) -> HttpResponse:
    """Return the picture of a version."""
    try:
        return photo_answer(flow.photo_of(number=number, token=token, by=by))
    except NotVisibleError as absent:
        raise Http404 from absent
