"""What triage has learnt, as an administrator watches over it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dianliang.faces.ui.refused import page_again
from dianliang.faces.ui.requests import now, requires
from dianliang.flows import learning as flow
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError


@require_GET
@requires(Role.ADMINISTRATOR)
def learning(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show what is in use, what was measured of it, and the times of learning before."""
    return TemplateResponse(request, "console/learning.html", {"by": by, "page": flow.page()})


@require_POST
@requires(Role.ADMINISTRATOR)
def act(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Learn now, use another model, hold or release updates, or go back to day one."""
    step = STEPS.get(request.POST.get("verb", ""))
    if step is None:
        raise Http404
    try:
        messages.success(request, step(request, by))
    except DomainError as refusal:
        return page_again(request, refusal)
    return redirect("console:learning")


def _start(request: HttpRequest, by: Actor) -> str:
    flow.order(by=by, at=now())
    return _("已开始学习，完成后在本页看到结果。")


def _use(request: HttpRequest, by: Actor) -> str:
    asked = request.POST
    flow.use(number=asked.get("number", ""), reason=asked.get("reason", ""), by=by, at=now())
    return _("已启用，以后的建议按它给出。")


def _stop(request: HttpRequest, by: Actor) -> str:
    flow.back_to_day_one(reason=request.POST.get("reason", ""), by=by, at=now())
    return _("已回到第一天：只按事项目录给建议，不再自动更新。")


def _hold(request: HttpRequest, by: Actor) -> str:
    flow.hold(reason=request.POST.get("reason", ""), by=by, at=now())
    return _("已停止自动更新：仍会学习和比较，但不启用。")


def _release(request: HttpRequest, by: Actor) -> str:
    flow.release(by=by, at=now())
    return _("已恢复自动更新。")


STEPS: dict[str, Callable[[HttpRequest, Actor], str]] = {
    "start": _start,
    "use": _use,
    "stop": _stop,
    "hold": _hold,
    "release": _release,
}
