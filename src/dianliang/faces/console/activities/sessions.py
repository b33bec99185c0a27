"""Sessions at the desk: the list, a new one, one of them with everybody on its list."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.catalog.queries import services
from dianliang.domain.programs import session_queries
from dianliang.domain.territory.queries import area_rows
from dianliang.faces.console import list_tables
from dianliang.faces.console.activities import reading
from dianliang.faces.console.activities.reading import LEADERS, READERS
from dianliang.faces.console.paging import paged, sheet_of
from dianliang.faces.console.tables import download
from dianliang.faces.ui.codes import drawn
from dianliang.faces.ui.keys import once, press_once
from dianliang.faces.ui.photos import photo_answer
from dianliang.faces.ui.requests import now, requires
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.activities import (
    arriving,
    choices,
    joining,
    pages,
    planning,
    sheets,
)
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError
from dianliang.kernel.text import instant


@require_GET
@requires(*READERS)
def sessions(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """List the sessions of one's units."""
    view = request.GET.get("view", "ahead")
    view = view if view in pages.VIEWS else "ahead"
    kind = request.GET.get("kind", "")
    kind = kind if kind in dict(session_queries.KINDS) else ""
    listed = pages.session_list(view=view, kind=kind, by=by)
    if file := sheet_of(request, list_tables.SESSIONS, listed.rows, by=by):
        return file
    rows, at = paged(request, listed.rows)
    context = {
        "by": by,
        "rows": rows,
        "pages": at,
        "view": view,
        "kind": kind,
        "kinds": session_queries.KINDS,
        "tabs": [(code, label, listed.counts[code]) for code, label in pages.VIEWS.items()],
        "may_lead": by.role in LEADERS,
    }
    return TemplateResponse(request, "console/activities/sessions.html", context)


@require_http_methods(["GET", "POST"])
@requires(*LEADERS)
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Offer the form of a session; keep it as a draft or open it for sign-up."""
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            announces, at = request.POST.get("act") == "announce", now()
            wanted = reading.wanted(request)
            planned = once(
                request,
                "activities.session",
                lambda: {
                    "number": planning.plan(wanted=wanted, by=by, at=at, announces=announces).number
                },
                at=at,
            )
        except DomainError as error:
            refusal = error
        else:
            words = _("已发布，可以报名了。") if announces else _("草稿已保存。")
            messages.success(request, words)
            return redirect("console:activity", planned["number"])
    context = {
        "by": by,
        "chosen": set(request.POST.getlist("skills")) | set(request.POST.getlist("partners")),
        "refusal": refusal,
        "kinds": session_queries.KINDS,
        "roles": session_queries.ROLES,
        "units": choices.units(by),
        "all_units": choices.all_units(),
        "teams": choices.teams(by),
        "sites": choices.sites(),
        "rooms": choices.rooms(by),
        "skills": choices.skills(),
        "services": services(),
        "areas": area_rows(levels=("village",)),
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/activities/session_new.html", context, status=status)


@never_cache
@require_GET
@requires(*READERS)
def session(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show a session with who comes, waits, and was there."""
    return _show(request, number, by=by)


def _show(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        page = pages.session_page(number=number, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "page": page,
        "row": page.row,
        "refusal": refusal,
        "roles": session_queries.ROLES,
        "rooms": choices.rooms(by) if page.may_change else (),
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/activities/session.html", context, status=status)


Act = Callable[[HttpRequest, str, Actor], str]


def _move(verb: str) -> Act:
    def act(request: HttpRequest, number: str, by: Actor) -> str:
        planning.move(number=number, verb=verb, by=by, at=now())
        return _("已更新。")

    return act


def _change(request: HttpRequest, number: str, by: Actor) -> str:
    sent = request.POST
    clashing = planning.change(
        number=number,
        starts_at=instant(sent.get("starts_at", ""), field="starts_at", label=_("开始时间")),
        ends_at=instant(sent.get("ends_at", ""), field="ends_at", label=_("结束时间")),
        place=sent.get("place", ""),
        places=reading.optional_whole(sent.get("places", ""), "places", _("名额")),
        reason=sent.get("reason", ""),
        is_outside_hours=sent.get("is_outside_hours") == "1",
        by=by,
        at=now(),
    )
    words: str = _("已改，报名的人已收到通知。")
    if clashing:
        words += _("这些人同一时间还有别的活动：%(who)s。") % {"who": "、".join(clashing)}
    return words


def _room(request: HttpRequest, number: str, by: Actor) -> str:
    code = request.POST.get("room", "")
    planning.choose_room(number=number, code=code, by=by, at=now())
    return _("场室已订好。") if code else _("场室已退订。")


def _cancel(request: HttpRequest, number: str, by: Actor) -> str:
    reason = request.POST.get("reason", "")
    told = planning.cancel(number=number, reason=reason, by=by, at=now())
    return _("已取消，%(n)d 人收到通知；还没看到的人请电话告知。") % {"n": told}


def _account(request: HttpRequest, number: str, by: Actor) -> str:
    sent = request.POST
    served = reading.optional_whole(sent.get("served_people", ""), "served_people", _("服务人数"))
    held = planning.account(
        number=number, served_people=served or 0, result=sent.get("result", ""), by=by, at=now()
    )
    if held.activity is None:
        return _("已入账。没有队伍或只有学员、来宾，不计志愿行动。")
    return _("已入账为志愿服务行动 %(number)s。") % {"number": held.activity.number}


def _enter(request: HttpRequest, number: str, by: Actor) -> str:
    sent = request.POST
    role = sent.get("role", "")
    if role and role not in dict(session_queries.ROLES):
        raise InvalidInputError(_("请选择身份。"), field="role")
    signup = joining.enter(number=number, who=sent.get("who", ""), role=role, by=by, at=now())
    done = _("%(name)s已报名。") if signup.status == "PLACED" else _("名额已满，%(name)s进入候补。")
    return done % {"name": signup.person.name}


def _note(request: HttpRequest, number: str, by: Actor) -> str:
    sent = request.POST
    came, left = sent.get("came_at", ""), sent.get("left_at", "")
    if not came and not left:
        raise InvalidInputError(_("请填写到场或离场时间。"), field="came_at")
    planning.note(
        number=number,
        person=sent.get("person", ""),
        came_at=instant(came, field="came_at", label=_("到场时间")) if came else None,
        left_at=instant(left, field="left_at", label=_("离场时间")) if left else None,
        by=by,
        at=now(),
    )
    return _("已补登，标记为“未扫码”。")


def _withdraw(request: HttpRequest, number: str, by: Actor) -> str:
    sent = request.POST
    planning.withdraw(
        number=number,
        person=sent.get("person", ""),
        reason=sent.get("reason", ""),
        by=by,
        at=now(),
    )
    return _("已退出，名额按候补顺序递补。")


def _told(request: HttpRequest, number: str, by: Actor) -> str:
    planning.told(number=number, person=request.POST.get("person", ""), by=by, at=now())
    return _("已记为电话告知。")


def _photos(request: HttpRequest, number: str, by: Actor) -> str:
    contents = reading.photos(request)
    words = request.POST.get("words", "")
    at = now()
    press_once(
        request,
        "activities.photos",
        lambda: planning.add_photos(number=number, contents=contents, words=words, by=by, at=at),
        at=at,
    )
    return _("照片已保存。")


ACTS: dict[str, Act] = {
    **{verb: _move(verb) for verb in planning.MOVES},
    "change": _change,
    "room": _room,
    "cancel": _cancel,
    "account": _account,
    "enter": _enter,
    "note": _note,
    "withdraw": _withdraw,
    "told": _told,
    "photos": _photos,
}


@require_POST
@requires(*LEADERS)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Do something with a session; what was entered stays when it is refused."""
    if verb not in ACTS:
        raise Http404
    try:
        words = ACTS[verb](request, number, by)
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _show(request, number, by=by, refusal=refusal)
    messages.success(request, words)
    return redirect("console:activity", number)


@never_cache
@require_GET
@requires(*LEADERS)
def screen(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show the code to check in with, to be printed or left on a screen, and who has come."""
    at = now()
    try:
        page = pages.session_page(number=number, by=by)
        address = request.build_absolute_uri(f"/a/{pages.code_for(number=number, by=by, at=at)}/")
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "page": page,
        "row": page.row,
        "code": drawn(address),
        "address": address,
        "refresh_s": arriving.STEP_S if page.is_changing_code else 0,
        "at": at.astimezone(SHANGHAI),
    }
    return TemplateResponse(request, "console/activities/screen.html", context)


@require_GET
@requires(*READERS)
def export(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Return the attendance list as Excel."""
    try:
        content = sheets.attendance(number=number, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    return download(content, f"{number}.xlsx")


@require_GET
@requires(*READERS)
def photo(request: HttpRequest, number: str, token: str, *, by: Actor) -> HttpResponse:
    """Return a photo of a session that the actor may see."""
    try:
        return photo_answer(planning.photo_of(number=number, token=token, by=by))
    except NotVisibleError as absent:
        raise Http404 from absent
