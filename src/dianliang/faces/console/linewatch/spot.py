"""What is on the spot: loudspeakers beside a camera, and what somebody saw that it missed."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from dianliang.faces.console.fields import whole
from dianliang.faces.ui.refused import or_page_again
from dianliang.faces.ui.requests import now, requires
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.linewatch import missing, speakers
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.text import instant


@require_POST
@requires(Role.DISPATCHER)
@or_page_again
def add_speaker(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Put a loudspeaker beside a camera."""
    sent = request.POST
    speakers.add(
        number=number,
        name=sent.get("name", ""),
        address=sent.get("address", ""),
        secret=sent.get("secret", ""),
        by=by,
        at=now(),
    )
    messages.success(request, _("喇叭已登记，半分钟内生效。请试播一次。"))
    return redirect("console:watch_camera", number=number)


@require_POST
@requires(Role.DISPATCHER)
@or_page_again
def act_on_speaker(
    request: HttpRequest, number: str, serial: int, verb: str, *, by: Actor
) -> HttpResponse:
    """Try a loudspeaker, or take it out of use."""
    acts = {"try": speakers.try_out, "remove": speakers.remove}
    if verb not in acts:
        raise Http404
    acts[verb](number=number, serial=serial, by=by, at=now())
    said = _("正在试播，请听现场并刷新看应答。") if verb == "try" else _("喇叭已停用。")
    messages.success(request, said)
    return redirect("console:watch_camera", number=number)


@require_POST
@requires(Role.DISPATCHER)
@or_page_again
def report_miss(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Keep that a camera missed something."""
    sent = request.POST
    made = missing.report(
        number=number,
        kind=sent.get("kind", ""),
        people=whole(sent.get("people", ""), field="people", label="人数", digits=2),
        happened_at=instant(sent.get("happened_at", ""), field="happened_at", label="发生时间"),
        words=sent.get("words", ""),
        by=by,
        at=now(),
    )
    messages.success(request, _("已记下漏报 %(n)s。") % {"n": made.number})
    return redirect("console:watch_camera", number=number)
