"""Dispatch the teams of an incident: tasks, drafts beside the one in force, what happened."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST

from dianliang.domain.incidents import access
from dianliang.domain.mobilisation.lifecycle import RANKS
from dianliang.domain.resources.queries import things
from dianliang.faces.console.branches.common import shown, status_of
from dianliang.faces.console.dispatch import reading as read
from dianliang.faces.console.dispatch.tables import CHANGES, CREWS, LEFT
from dianliang.faces.console.incidents.common import revision_of
from dianliang.faces.console.paging import paged, sheet_of
from dianliang.faces.ui.keys import fresh_key, required_key
from dianliang.faces.ui.requests import now, requires
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.dispatching import (
    board,
    correcting,
    drafting,
    events,
    forcing,
    lining,
    reading,
    tasking,
)
from dianliang.flows.planning.repairing import MOST_CHANGES
from dianliang.flows.resources.fields import stores
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, NotVisibleError

FORM = "%Y-%m-%dT%H:%M"
VIEWS = {"left": "没排上的", "crews": "队伍与装备", "changes": "会改变什么", "curve": "完成曲线"}


@require_GET
@requires(*access.FOLLOWERS)
def overview(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show the tasks of an incident and its dispatches side by side."""
    return _overview(request, number, by=by)


def _overview(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    at = now()
    try:
        page = board.overview(number=number, by=by, at=at)
    except NotVisibleError as absent:
        raise Http404 from absent
    sent = request.POST
    context = {
        "by": by,
        "page": page,
        "row": page.incident,
        "ticked": set(sent.getlist("teams"))
        if "hours" in sent
        else {code for code, *_ in page.teams} - page.lost,
        "grades": set(sent.getlist("grades")) if "what" in sent else {"special", "first", "second"},
        "kinds_ticked": set(sent.getlist("kinds")),
        "stores_ticked": set(sent.getlist("stores")),
        "ranks": RANKS[:-1],
        "all_ranks": RANKS,
        "rate": lining.RATE,
        "day_h": lining.DAY_H,
        "kinds": tasking.KINDS.items(),
        "gear_kinds": things.kinds(),
        "skills": tasking.skills(),
        "stores": stores(by),
        "lengths": drafting.LENGTHS_H,
        "ons": drafting.ON_H,
        "rests": drafting.REST_H,
        "starts_at": sent.get("starts_at") or _soon(),
        "shapes": sent.get("shapes", page.cuts),
        "key": fresh_key(),
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/dispatch/overview.html", context, status=status_of(refusal)
    )


def _soon() -> str:
    """Return the next five minutes, as a form writes an instant."""
    at = now().astimezone(SHANGHAI)
    return (at + timedelta(minutes=5 - at.minute % 5)).strftime(FORM)


@require_POST
@requires(*access.WRITERS)
def begin(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Open tasks or work along a line, correct it, or draft a dispatch or a what-if."""
    sent = request.POST
    asked: dict[str, Any] = {"number": number, "by": by, "at": now()}
    try:
        if verb == "tasks":
            key = required_key(sent)
            made = tasking.open_batch_once(key=key, asked=read.batch(sent), **asked)
            messages.success(request, _("已开 %(n)d 项任务。") % {"n": made})
            return redirect("console:incident_dispatches", number)
        if verb == "line":
            key = required_key(sent)
            line = lining.open_line_once(key=key, asked=read.line(sent), **asked)
            messages.success(request, _("线路作业 %(number)s 已登记。") % {"number": line})
            return redirect("console:incident_dispatches", number)
        if verb == "take_back":
            report, reason = sent.get("report", ""), shown(sent.get("reason", ""))
            told = correcting.take_back(report=report, reason=reason, **asked)
            done = _("已撤回 %(team)s 报的里程，这些里程重新待排。") % {"team": told.team.name}
            messages.success(request, done)
            return redirect("console:incident_dispatches", number)
        if verb == "cancel_line":
            line, reason = shown(sent.get("line", "")), shown(sent.get("reason", ""))
            work = correcting.cancel_line(line=line, reason=reason, **asked)
            done = _("线路作业 %(number)s 已撤销，已完成的保留。") % {"number": work.number}
            messages.success(request, done)
            return redirect("console:incident_dispatches", number)
        if verb == "draft":
            key = required_key(sent)
            plan = drafting.draft_once(key=key, asked=read.asked(sent), **asked)
            return redirect("console:incident_dispatch", plan)
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _overview(request, number, by=by, refusal=refusal)
    raise Http404


@require_GET
@requires(*access.FOLLOWERS)
def dispatch(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one dispatch: what it does, what it leaves out and why, what it would change."""
    return _dispatch(request, number, by=by)


def _dispatch(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        page = reading.page(number=number, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    view = request.GET.get("view", "")
    if view not in VIEWS:
        view = "changes" if page.happened and page.row.status == "READY" else "left"
    words, rank = shown(request.GET.get("q", "")).strip(), request.GET.get("rank", "")
    rows, table = _rows(page, view, words=words, rank=rank, by=by)
    sheet = sheet_of(request, table, rows, by=by) if table else None
    if sheet is not None:
        return sheet
    listed, pages = paged(request, rows)
    context = {
        "by": by,
        "page": page,
        "row": page.incident,
        "view": view,
        "tally": Counter(row.label for row in rows).most_common() if view == "changes" else (),
        "views": VIEWS.items(),
        "listed": listed,
        "pages": pages,
        "words": words,
        "rank": rank,
        "ranks": RANKS,
        "teams": [(crew.code, crew.name) for crew in page.crews if crew.shifts],
        "skills": tasking.skills(),
        "gear_kinds": things.kinds(),
        "most_changes": request.POST.get("most_changes", MOST_CHANGES),
        "key": fresh_key(),
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/dispatch/dispatch.html", context, status=status_of(refusal)
    )


def _rows(page: reading.Page, view: str, *, words: str, rank: str, by: Actor) -> tuple[Any, Any]:
    """Return the rows of a view that its filter leaves, and how they are taken out."""
    if view == "left":
        left = [row for row in page.left if not rank or row.rank == rank]
        return [r for r in left if words in f"{r.number}{r.title}{r.area_name}{r.reasons}"], LEFT
    if view == "crews":
        return [row for row in page.crews if words in f"{row.code}{row.name}"], CREWS
    if view == "changes":
        is_open = page.row.status == "READY"
        found = reading.changes(number=page.row.number, by=by) if is_open else ()
        return [r for r in found if words in f"{r.job_number}{r.title}{r.before}{r.after}"], CHANGES
    return page.curve, None


@require_GET
@requires(*access.FOLLOWERS)
def progress(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show how far the computation is; when it is done the page comes anew."""
    try:
        page = reading.page(number=number, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    if page.row.status != "SOLVING" and not page.forcing.is_going_on:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return TemplateResponse(request, "console/dispatch/dispatch.html#progress", {"page": page})


@require_POST
@requires(*access.WRITERS)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Put in force, throw away, end the computation, or say what happened."""
    sent = request.POST
    asked: dict[str, Any] = {"number": number, "by": by, "at": now()}
    steps: dict[str, Callable[[], Any]] = {
        "force": lambda: forcing.force(revision=revision_of(sent), **asked),
        "discard": lambda: drafting.discard(**asked),
        "stop": lambda: drafting.stop(**asked),
        "tell": lambda: events.tell_once(
            key=required_key(sent), said=read.happening(sent), **asked
        ),
    }
    if verb not in steps:
        raise Http404
    try:
        made = steps[verb]()
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _dispatch(request, number, by=by, refusal=refusal)
    if verb == "discard":
        messages.success(request, _("方案 %(number)s 已作废。") % {"number": number})
        incident = drafting.dispatch_of(number, by=by).incident.number
        return redirect("console:incident_dispatches", incident)
    if verb == "force" and made.told is not None:
        messages.success(request, _("已生效，%(n)d 处已通知队伍。") % {"n": made.told})
    if verb == "force" and not made.is_first:
        messages.info(request, _("已经有人按过“生效”，方案正在生效，不用再按。"))
    return redirect("console:incident_dispatch", made if verb == "tell" else number)
