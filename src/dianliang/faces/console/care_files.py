"""The file of one special customer."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST

from dianliang.domain.customers.consents import HOWS, PURPOSES
from dianliang.domain.customers.visiting import Care
from dianliang.faces.console.fields import day, optional_day, whole
from dianliang.faces.ui.refused import page_again
from dianliang.faces.ui.requests import now, requires, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows import care_files as flow
from dianliang.flows import care_unlocks
from dianliang.flows.care_forecast import RENEWED_DAYS
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, NotVisibleError

LONGEST_ID = 12


@require_GET
@requires(Role.DISPATCHER)
def file(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Open one file; personal details stay masked."""
    try:
        return _show(request, flow.open_file(number=number, by=by, at=now()), by=by)
    except NotVisibleError as absent:
        raise Http404 from absent


@require_POST
@requires(Role.DISPATCHER)
def reveal(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show personal details, for a reason that is kept."""
    try:
        found = flow.reveal(number=number, reason=request.POST.get("reason", ""), by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _refuse(request, number, refusal, by=by)
    return _show(request, found, by=by)


def _do(
    request: HttpRequest, number: str, act: Callable[[], Any], done: str, *, by: Actor
) -> HttpResponse:
    """Do something to a file and go back to it, or say on it why not."""
    try:
        act()
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _refuse(request, number, refusal, by=by)
    messages.success(request, done)
    return redirect("console:care_file", number)


@require_POST
@requires(Role.DISPATCHER)
def ask(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Ask a second person to unlock a minor's file."""
    reason = request.POST.get("reason", "")
    words = _("已提出申请，请另一位调度员批准。")
    return _do(
        request,
        number,
        lambda: flow.ask_for_minor(number=number, reason=reason, by=by, at=now()),
        words,
        by=by,
    )


@require_POST
@requires(Role.DISPATCHER)
def agree(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Write down what is agreed."""
    return _do(
        request,
        number,
        lambda: flow.agree(number=number, care=_care(request.POST), by=by, at=now()),
        _("档案已保存。"),
        by=by,
    )


def _care(asked: QueryDict) -> Care:
    return Care(
        level=whole(asked.get("level", ""), field="level", label="关爱等级"),
        interval_days=whole(
            asked.get("interval_days", ""), field="interval_days", label="走访间隔"
        ),
        renewal_planned_on=optional_day(
            asked.get("renewal_planned_on", ""), field="renewal_planned_on", label="约定复核日"
        ),
        nominee=asked.get("nominee", ""),
        key_holder=asked.get("key_holder", ""),
        visit_password=asked.get("visit_password", ""),
        outage_note=asked.get("outage_note", ""),
        formats=tuple(asked.getlist("formats")),
        team_code=asked.get("team_code", ""),
    )


@require_POST
@requires(Role.DISPATCHER)
def consent(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Write down a consent."""
    asked = request.POST

    def act() -> None:
        flow.give_consent(
            number=number,
            purpose=asked.get("purpose", ""),
            unit_code=asked.get("unit", ""),
            how=asked.get("how", ""),
            given_on=day(asked.get("given_on", ""), field="given_on", label="同意日期"),
            by=by,
            at=now(),
        )

    return _do(request, number, act, _("同意已登记。"), by=by)


@require_POST
@requires(Role.DISPATCHER)
def withdraw(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Write down that a consent was taken back."""
    asked = request.POST

    def act() -> None:
        flow.withdraw_consent(
            number=number,
            consent_id=_id(asked.get("consent", "")) or 0,
            how=asked.get("how", ""),
            by=by,
            at=now(),
        )

    return _do(request, number, act, _("已登记撤回，从今天起不再使用。"), by=by)


@require_POST
@requires(Role.DISPATCHER)
def renew(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Confirm a level for a time."""
    until = request.POST.get("until", "")
    return _do(
        request,
        number,
        lambda: flow.renew(
            number=number, until=day(until, field="until", label="有效期"), by=by, at=now()
        ),
        _("已复核，有效期已更新。"),
        by=by,
    )


@require_POST
@requires(Role.DISPATCHER)
def end(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """End special care."""
    try:
        flow.end_care(number=number, reason=request.POST.get("reason", ""), by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _refuse(request, number, refusal, by=by)
    messages.success(request, _("已结束 %(number)s 的特殊关爱。") % {"number": number})
    return redirect("console:care")


@require_GET
@requires(Role.DISPATCHER)
def log(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show who read, revealed or changed a file."""
    before = _id(request.GET.get("before", ""))
    try:
        found = flow.access_log(number=number, before=before, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    return TemplateResponse(request, "console/care_log.html", {"by": by, "log": found})


@require_POST
@requires(Role.DISPATCHER)
def decide(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Grant or refuse what somebody else asked for."""
    try:
        care_unlocks.decide(number=number, verb=verb, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return page_again(request, refusal)
    granted = _("已批准，30 分钟内有效。")
    messages.success(request, granted if verb == "grant" else _("已登记不批准。"))
    return redirect("console:care_approvals")


def _id(text: str) -> int | None:
    is_id = text.isascii() and text.isdecimal() and len(text) <= LONGEST_ID
    return int(text) if is_id else None


def _refuse(request: HttpRequest, number: str, refusal: DomainError, *, by: Actor) -> HttpResponse:
    try:
        found = flow.open_file(number=number, by=by, at=now())
    except NotVisibleError as absent:  # the form was read before anyone looked whose file it is
        raise Http404 from absent
    return _show(request, found, by=by, refusal=refusal, status=422)


def _show(
    request: HttpRequest,
    found: flow.CareFile,
    *,
    by: Actor,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "by": by,
        "file": found,
        "refusal": refusal,
        "today": today(),
        "until": today() + timedelta(days=RENEWED_DAYS),
        "hows": HOWS,
        "purposes": PURPOSES,
        "share_units": flow.share_units(),
    }
    answer = TemplateResponse(request, "console/care_file.html", context, status=status)
    answer["Cache-Control"] = "no-store"
    return answer
