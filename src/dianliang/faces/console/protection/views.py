"""Guarded events: the list, one event with its plan, its log and its review."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.protection.access import READERS, WRITERS
from dianliang.faces.console.branches.common import status_of
from dianliang.faces.console.fields import key_in
from dianliang.faces.console.key_customers.charts import moment
from dianliang.faces.console.paging import page_number, pages_of
from dianliang.faces.console.tables import download
from dianliang.faces.ui.keys import key_of, once
from dianliang.faces.ui.requests import now, requires
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.protection import planning, reading, telling, workbooks
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError
from dianliang.kernel.text import instant


@require_http_methods(["GET", "POST"])
@requires(*READERS)
def events(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the events; write a new one down."""
    refusal = None
    if request.method == "POST":
        try:
            made = once(request, "guard_event", lambda: _draft(request.POST, by), at=now())
        except NotVisibleError as absent:
            raise Http404 from absent
        except DomainError as refused:
            refusal = refused
        else:
            messages.success(request, _("已建立，往下把方案排齐。"))
            return redirect("console:guard_event", made["number"])
    view = request.GET.get("view", "")
    view = view if view in reading.VIEWS else "all"
    words = request.GET.get("words", "").replace("\0", "").strip()[:40]
    found = reading.events(view=view, words=words, page=page_number(request.GET), by=by)
    context = {
        "by": by,
        "rows": found.rows,
        "view": view,
        "words": words,
        "tabs": [(code, label, found.counts[code]) for code, label in reading.VIEWS.items()],
        "pages": pages_of(request.GET, found.page, found.pages),
        "levels": reading.LEVELS,
        "may_plan": by.role in WRITERS,
        "key": key_of(request.POST),
        "refusal": refusal,
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/protection/events.html", context, status=status)


def _draft(sent: QueryDict, by: Actor) -> dict[str, Any]:
    asked = planning.Asked(
        title=sent.get("title", ""),
        level=sent.get("level", ""),
        starts_at=instant(sent.get("starts_at", ""), field="starts_at", label=_("开始时间")),
        ends_at=instant(sent.get("ends_at", ""), field="ends_at", label=_("结束时间")),
        demand=sent.get("demand", ""),
        customers=_codes(sent.get("customers", "")),
        sites=_codes(sent.get("sites", "")),
    )
    return {"number": planning.draft(asked=asked, by=by, at=now()).number}


def _codes(text: str) -> list[str]:
    """Return the codes of a field that lists several."""
    for mark in "，,；;、\n\r\t":
        text = text.replace(mark, " ")
    return list(dict.fromkeys(text.replace("\0", "")[:2000].split()))


@require_GET
@requires(*READERS)
def event(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one event."""
    return _event(request, number, by=by)


def _event(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        found = reading.page(number=number, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "page": found,
        "row": found.row,
        "kinds": reading.LOG_KINDS,
        "teams": planning.teams(by=by) if found.may_plan else (),
        "rosters": planning.rosters(by=by) if found.may_plan else (),
        "starts": moment(found.row.starts_at)[:16],
        "ends": moment(found.row.ends_at)[:16],
        "now": moment(now())[:16],
        "key": key_of(request.POST),
        "refusal": refusal,
    }
    return TemplateResponse(
        request, "console/protection/event.html", context, status=status_of(refusal)
    )


@require_GET
@requires(*READERS)
def sheet(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Give an event with its plan, log and figures as Excel."""
    del request
    try:
        return download(workbooks.of_event(number=number, by=by, at=now()), f"{number}.xlsx")
    except NotVisibleError as absent:
        raise Http404 from absent


def _halls(number: str, sent: QueryDict, by: Actor) -> str:
    planning.add_halls(
        number=number,
        customers=_codes(sent.get("customers", "")),
        sites=_codes(sent.get("sites", "")),
        by=by,
        at=now(),
    )
    return _("已加入，供电线路和变压器按台账带出。")


def _equipment(number: str, sent: QueryDict, by: Actor) -> str:
    code = sent.get("code", "").replace("\0", "").strip()
    hall = key_in(sent, "hall")
    planning.add_equipment(number=number, hall=hall, code=code, by=by, at=now())
    return _("已加入设备。")


def _patrols(number: str, sent: QueryDict, by: Actor) -> str:
    opened = planning.order_patrols(
        number=number,
        due_at=instant(sent.get("due_at", ""), field="due_at", label=_("特巡期限")),
        team_code=sent.get("team", ""),
        by=by,
        at=now(),
    )
    return _("已开 %(n)d 张特巡工单，可以和其他工单一起排计划了。") % {"n": opened}


def _standby(number: str, sent: QueryDict, by: Actor) -> str:
    planning.add_standby(
        number=number,
        hall=key_in(sent, "hall"),
        team_code=sent.get("team", ""),
        starts_at=instant(sent.get("starts_at", ""), field="starts_at", label=_("开始时间")),
        ends_at=instant(sent.get("ends_at", ""), field="ends_at", label=_("结束时间")),
        gear=sent.get("gear", ""),
        by=by,
        at=now(),
    )
    return _("驻守已排。")


def _duty(number: str, sent: QueryDict, by: Actor) -> str:
    planning.add_duty(
        number=number, roster=sent.get("roster", ""), post=sent.get("post", ""), by=by, at=now()
    )
    return _("值班表已挂上。")


def _out(number: str, sent: QueryDict, by: Actor) -> str:
    planning.take_out(
        number=number, kind=sent.get("kind", ""), part=key_in(sent, "part"), by=by, at=now()
    )
    return _("已移出方案。")


PLANS: dict[str, Callable[[str, QueryDict, Actor], str]] = {
    "halls": _halls,
    "equipment": _equipment,
    "patrols": _patrols,
    "standby": _standby,
    "duty": _duty,
    "out": _out,
}


@require_POST
@requires(*WRITERS)
def plan(request: HttpRequest, number: str, what: str, *, by: Actor) -> HttpResponse:
    """Change one part of the plan."""
    if what not in PLANS:
        raise Http404
    return _do(request, number, f"guard_{what}", lambda: PLANS[what](number, request.POST, by), by)


def _do(
    request: HttpRequest, number: str, scope: str, act: Callable[[], str], by: Actor
) -> HttpResponse:
    """Do what a form asks once, and go back to the event, or say on it why not."""
    try:
        done = once(request, f"{scope}:{number}", lambda: {"words": act()}, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _event(request, number, by=by, refusal=refusal)
    messages.success(request, done["words"])
    return redirect("console:guard_event", number)


@require_POST
@requires(*WRITERS)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Move the event on, write its log, review it."""
    sent = request.POST

    def log() -> str:
        telling.log(
            number=number,
            kind=sent.get("kind", ""),
            happened_at=instant(
                sent.get("happened_at", ""), field="happened_at", label=_("发生时间")
            ),
            words=sent.get("words", ""),
            hall=key_in(sent, "hall") or None,
            corrects=sent.get("corrects", "").replace("\0", "")[:24],
            by=by,
            at=now(),
        )
        return _("日志已记下。")

    def review() -> str:
        telling.review(number=number, lessons=sent.get("lessons", ""), by=by, at=now())
        return _("已总结归档，数字定格在此刻。")

    def move() -> str:
        planning.move(number=number, verb=verb, reason=sent.get("reason", ""), by=by, at=now())
        return _("已更新。")

    done = {"log": log, "review": review}.get(verb, move)
    return _do(request, number, f"guard_{verb[:12]}", done, by)
