"""Courses at the desk: the list, one with its learners, who lacks what."""

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.faces.console import list_tables
from dianliang.faces.console.activities import reading
from dianliang.faces.console.activities.reading import LEADERS, READERS
from dianliang.faces.console.paging import paged, sheet_of
from dianliang.faces.ui.keys import once
from dianliang.faces.ui.requests import now, requires, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.activities import choices, teaching
from dianliang.flows.activities.planning import Wanted
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError
from dianliang.kernel.text import instant


@require_GET
@requires(*READERS)
def courses(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """List the courses of one's units."""
    found = teaching.course_list(by=by)
    if file := sheet_of(request, list_tables.COURSES, found, by=by):
        return file
    rows, at = paged(request, found)
    context = {
        "by": by,
        "rows": rows,
        "pages": at,
        "may_lead": by.role in LEADERS,
    }
    return TemplateResponse(request, "console/activities/courses.html", context)


@require_http_methods(["GET", "POST"])
@requires(*LEADERS)
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Open a course."""
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            offered, at = _offered(request), now()
            opened = once(
                request,
                "activities.course",
                lambda: {"number": teaching.open_course(offered=offered, by=by, at=at).number},
                at=at,
            )
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, _("课程已开，接下来加课和学员。"))
            return redirect("console:course", opened["number"])
    context = {
        "by": by,
        "refusal": refusal,
        "units": choices.units(by),
        "skills": choices.skills(),
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/activities/course_new.html", context, status=status)


def _offered(request: HttpRequest) -> teaching.Offered:
    sent = request.POST
    least = reading.optional_whole(sent.get("least_percent", ""), "least_percent", _("最低出勤"))
    return teaching.Offered(
        title=sent.get("title", ""),
        unit_code=sent.get("unit", ""),
        words=sent.get("words", ""),
        skill_code=sent.get("skill", ""),
        valid_months=reading.optional_whole(
            sent.get("valid_months", ""), "valid_months", _("证书有效期")
        )
        or 12,
        least_percent=80 if least is None else least,
        pass_mark=reading.optional_whole(sent.get("pass_mark", ""), "pass_mark", _("及格分")),
    )


@require_GET
@requires(*READERS)
def course(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show a course with its sessions and learners."""
    return _show(request, number, by=by)


def _show(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        page = teaching.course_page(number=number, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "page": page,
        "row": page.row,
        "refusal": refusal,
        "sites": choices.sites(),
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/activities/course.html", context, status=status)


def _with_refused(words: str, refused: Sequence[str]) -> str:
    return words + (_("未能报上：") + "；".join(refused) if refused else "")


def _enrol(request: HttpRequest, number: str, by: Actor) -> str:
    refused = teaching.enrol(number=number, who=request.POST.get("who", ""), by=by, at=now())
    return _with_refused(_("已报名课程，并报上了各次课。"), refused)


def _session(request: HttpRequest, number: str, by: Actor) -> str:
    sent = request.POST
    wanted = Wanted(
        title=sent.get("title", ""),
        kind="class",
        role="learner",
        site_code=sent.get("site", ""),
        place=sent.get("place", ""),
        starts_at=instant(sent.get("starts_at", ""), field="starts_at", label=_("开始时间")),
        ends_at=instant(sent.get("ends_at", ""), field="ends_at", label=_("结束时间")),
    )
    at = now()
    added = once(
        request,
        "activities.course.session",
        lambda: {"refused": list(teaching.add_session(number=number, wanted=wanted, by=by, at=at))},
        at=at,
    )
    return _with_refused(_("已加课，学员都已报上。"), added["refused"])


def _mark(request: HttpRequest, number: str, by: Actor) -> str:
    sent = request.POST
    mark = reading.optional_whole(sent.get("mark", "") or "x", "mark", _("成绩"))
    teaching.mark(number=number, person=sent.get("person", ""), mark=mark or 0, by=by, at=now())
    return _("成绩已登记。")


def _withdraw(request: HttpRequest, number: str, by: Actor) -> str:
    sent = request.POST
    teaching.withdraw(
        number=number,
        person=sent.get("person", ""),
        reason=sent.get("reason", ""),
        by=by,
        at=now(),
    )
    return _("已退学，后面的课也已退出。")


def _conclude(request: HttpRequest, number: str, by: Actor) -> str:
    done = teaching.conclude(number=number, by=by, at=now())
    words = _("已结业：合格 %(passed)d 人，不合格 %(failed)d 人，发证 %(n)d 张。")
    return words % {"passed": done.passed, "failed": done.failed, "n": done.certificates}


def _cancel(request: HttpRequest, number: str, by: Actor) -> str:
    reason = request.POST.get("reason", "")
    n = teaching.cancel(number=number, reason=reason, by=by, at=now())
    return _("课程已取消，%(n)d 次课一并取消并通知。") % {"n": n}


ACTS: dict[str, Callable[[HttpRequest, str, Actor], str]] = {
    "enrol": _enrol,
    "session": _session,
    "mark": _mark,
    "withdraw": _withdraw,
    "conclude": _conclude,
    "cancel": _cancel,
}


@require_POST
@requires(*LEADERS)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Do something with a course."""
    if verb not in ACTS:
        raise Http404
    try:
        words = ACTS[verb](request, number, by)
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _show(request, number, by=by, refusal=refusal)
    messages.success(request, words)
    return redirect("console:course", number)


@require_GET
@requires(*READERS)
def lacking(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """List who lacks a certificate, or will soon."""
    skills = choices.skills()
    chosen = request.GET.get("skill", "")
    chosen = chosen if chosen in dict(skills) else (skills[0][0] if skills else "")
    found = teaching.lacking(skill_code=chosen, by=by, on=today())
    if file := sheet_of(request, list_tables.LACKING, found, by=by):
        return file
    rows, at = paged(request, found)
    context = {"by": by, "rows": rows, "pages": at, "skills": skills, "skill": chosen}
    return TemplateResponse(request, "console/activities/lacking.html", context)
