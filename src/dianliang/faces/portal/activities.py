"""Activities that anybody may come to: the list, one of them, signing up. No account needed."""

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from dianliang.core import limits
from dianliang.domain.programs import session_queries
from dianliang.domain.territory.queries import area_of, village_choices
from dianliang.faces.portal import volunteers
from dianliang.faces.portal.links import volunteer_token
from dianliang.faces.ui.keys import required_key
from dianliang.faces.ui.requests import actor, now, source_of
from dianliang.flows.activities import joining, personal
from dianliang.flows.activities.joining import Joining
from dianliang.flows.activities.pages import PublicPage, public_page
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError

ROWS_A_PAGE = 60
MOST_SIGNUPS, PER = 60, timedelta(hours=1)
"""Sign-ups per source and hour: a village hall behind one address signs up together."""


@require_GET
def activities(request: HttpRequest) -> HttpResponse:
    """List what one may sign up for, soonest first."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in dict(session_queries.KINDS) else ""
    town = area_of(request.GET.get("town", "").replace("\0", "")[:20])
    found = session_queries.open_to_public(at=now(), kind=kind, under=town.path if town else "")
    context = {
        "rows": Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "kinds": session_queries.KINDS,
        "kind": kind,
        "towns": village_choices(),
        "town": town.code if town else "",
        "me": personal.name_of(volunteers.held_token(request)),
    }
    return TemplateResponse(request, "portal/activities.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def activity(request: HttpRequest, number: str) -> HttpResponse:
    """Show one activity; take a sign-up."""
    try:
        page = public_page(number=number, at=now())
        if request.method == "GET":
            return _show(request, page)
        return _sign_up(request, page)
    except NotVisibleError as absent:
        raise Http404 from absent


def _sign_up(request: HttpRequest, page: PublicPage) -> HttpResponse:
    at, sent = now(), request.POST
    if sent.get("as") == "staff":
        return _sign_up_staff(request, page)
    own = volunteers.held_token(request) if sent.get("as") == "me" else ""
    try:
        key = required_key(sent)
        token = volunteer_token(key)
        limits.count(what="join", source=source_of(request), most=MOST_SIGNUPS, per=PER, at=at)
        joined = joining.join(
            number=page.row.number, joining=asked(request), key=key, token=token, own=own, at=at
        )
    except NotVisibleError as absent:
        if not own:
            raise Http404 from absent
        answer = _show(
            request, page, refusal=InvalidInputError(_("这台手机上的个人链接已停用，请重新填写。"))
        )
        answer.delete_cookie(volunteers.COOKIE)
        return answer
    except DomainError as refusal:
        return _show(request, page, refusal=refusal)
    words = {
        "PLACED": _("报名成功。请保存这个个人页，签到、退出、评价都在这里。"),
        "WAITING": _("名额已满，已为您排候补。有人退出会自动递补，请留意本页。"),
    }
    messages.success(request, words.get(joined.status, _("已登记。")))
    shown = token if joined.is_new_link else own
    return volunteers.remember(redirect("portal:volunteer", token=shown), shown)


def asked(request: HttpRequest) -> Joining:
    """Return what a form says of who signs up."""
    sent = request.POST
    return Joining(
        name=sent.get("name", ""),
        phone=sent.get("phone", ""),
        has_agreed=sent.get("agreed") == "1",
    )


def _sign_up_staff(request: HttpRequest, page: PublicPage) -> HttpResponse:
    by = actor(request)
    if by is None:
        raise Http404
    try:
        signup = joining.join_as_staff(number=page.row.number, by=by, at=now())
    except DomainError as refusal:
        return _show(request, page, refusal=refusal)
    words = {"PLACED": _("报名成功。"), "WAITING": _("名额已满，已为您排候补。")}
    messages.success(request, words.get(signup.status, _("已登记。")))
    return redirect("portal:activity", number=page.row.number)


def _show(
    request: HttpRequest, page: PublicPage, *, refusal: DomainError | None = None
) -> HttpResponse:
    by = actor(request)
    context = {
        "page": page,
        "me": personal.name_of(volunteers.held_token(request)),
        "staff": by if by and by.person_number else None,
        "refusal": refusal,
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "portal/activity.html", context, status=status)
