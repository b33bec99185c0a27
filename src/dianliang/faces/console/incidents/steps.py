"""What may be pressed on an incident: each verb with who does it and what is read of the form."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from dianliang.domain.incidents import access
from dianliang.faces.console.fields import whole
from dianliang.faces.console.incidents.common import moment, revision_of
from dianliang.faces.console.incidents.views import editing, one
from dianliang.faces.ui.keys import key_of
from dianliang.faces.ui.requests import now, requires
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.incidents import leading, situation
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, NotVisibleError
from dianliang.kernel.text import instant

Read = Callable[[QueryDict], dict[str, Any]]


def _seen(sent: QueryDict) -> dict[str, Any]:
    return {"revision": revision_of(sent)}


def _reason(sent: QueryDict) -> dict[str, Any]:
    return {"reason": sent.get("reason", ""), **_seen(sent)}


def _note(sent: QueryDict) -> dict[str, Any]:
    corrects, label = sent.get("corrects", "").strip(), _("更正第几条（不填为新的一条）")
    return {
        "key": key_of(sent),
        "words": sent.get("words", ""),
        "happened_at": moment(sent, "happened_at", label=_("发生时间")),
        "corrects": whole(corrects, field="corrects", label=label) if corrects else None,
    }


def _period(sent: QueryDict) -> dict[str, Any]:
    return {
        "starts_at": moment(sent, "starts_at", label=_("开始")) or now(),
        **_ends(sent),
        "commander": sent.get("commander", ""),
        "weather": sent.get("weather", ""),
        **_seen(sent),
    }


def _extend(sent: QueryDict) -> dict[str, Any]:
    return {**_ends(sent), **_reason(sent)}


def _ends(sent: QueryDict) -> dict[str, Any]:
    return {"ends_at": instant(sent.get("ends_at", ""), field="ends_at", label=_("结束"))}


def _objective(sent: QueryDict) -> dict[str, Any]:
    names = ("words", "measure", "target", "counted_in", "unit")
    return {"key": key_of(sent), **{name: sent.get(name, "") for name in names}}


def _report(sent: QueryDict) -> dict[str, Any]:
    return {"objective": sent.get("objective", ""), "done": sent.get("done", ""), **_seen(sent)}


def _settle(sent: QueryDict) -> dict[str, Any]:
    return {"objective": sent.get("objective", ""), **_reason(sent)}


def _answer(sent: QueryDict) -> dict[str, Any]:
    return {"alert": sent.get("alert", ""), **_reason(sent)}


def _redraw(sent: QueryDict) -> dict[str, Any]:
    return {
        "area_codes": sent.getlist("areas"),
        "villages": sent.get("villages", ""),
        "shapes": sent.get("shapes", ""),
        **_reason(sent),
    }


def _assign(sent: QueryDict) -> dict[str, Any]:
    return {
        "teams": sent.getlist("teams"),
        "rosters": sent.getlist("rosters"),
        **_seen(sent),
    }


STEPS: dict[str, tuple[Callable[..., Any], Read]] = {
    **{
        verb: (partial(leading.step, verb=verb), _reason)
        for verb in ("respond", "demobilise", "resume", "close", "cancel")
    },
    "level": (leading.set_level, lambda sent: {"level": sent.get("level", ""), **_reason(sent)}),
    "hand_over": (
        leading.hand_over,
        lambda sent: {"commander": sent.get("commander", ""), **_reason(sent)},
    ),
    "redraw": (leading.redraw, _redraw),
    "assign": (leading.assign, _assign),
    "note": (leading.note_once, _note),
    "period": (leading.open_period, _period),
    "extend": (leading.extend_period, _extend),
    "objective": (leading.set_objective, _objective),
    "report": (leading.report, _report),
    **{verb: (partial(leading.settle, verb=verb), _settle) for verb in ("reach", "drop", "reopen")},
    **{verb: (partial(leading.answer_alert, verb=verb), _answer) for verb in ("follow", "keep")},
}
ON_THE_FORMS = {"redraw", "assign"}
"""What is pressed on the page of forms, and refused there."""


@require_POST
@requires(*access.WRITERS)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Do what was pressed, and show the incident again."""
    if verb == "call":
        return _call(request, number, by=by)
    if verb not in STEPS:
        raise Http404
    step, read = STEPS[verb]
    try:
        step(number=number, by=by, at=now(), **read(request.POST))
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refused:
        again = editing if verb in ON_THE_FORMS else one
        return again(request, number, by=by, refusal=refused)
    messages.success(request, _("%(number)s 已更新。") % {"number": number})
    return redirect("console:incident", number)


def _call(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    if by.role != Role.DISPATCHER:
        raise Http404
    try:
        made = situation.call_once(key=key_of(request.POST), number=number, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refused:
        return one(request, number, by=by, refusal=refused)
    messages.success(request, _("联系清单已生成，生命支持客户排在最前。"))
    return redirect("console:care_alert", made)
