"""Files of readings (读数导入): sent in, looked at, confirmed or let go."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dianliang.faces.console.claims.numbers import named_file, number_in
from dianliang.faces.console.fields import whole
from dianliang.faces.console.loading.navigation import READERS
from dianliang.faces.ui.refused import page_again
from dianliang.faces.ui.requests import now, requires
from dianliang.flows.readings import intake
from dianliang.integrations.meter_files import Hints
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, InvalidInputError
from dianliang.kernel.phrases import Phrase

UNITS = ("kW", "W", "MW")
SIDES = ("start", "end")
FEWEST_DIGITS, MOST_DIGITS = 3, 9


@require_GET
@requires(*READERS)
def readings(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show what was taken in; to a dispatcher the form, and the file that waits to be confirmed."""
    context = {
        "by": by,
        "page": intake.desk(by=by),
        "units": UNITS,
        "may_write": by.role in intake.WRITERS,
    }
    return TemplateResponse(request, "console/readings/readings.html", context)


@require_POST
@requires(Role.DISPATCHER)
def look(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Take a file and have it looked at; nothing is stored yet."""
    try:
        sent, hints = named_file(request, "file"), _hints(request)
        intake.order_look(**sent, hints=hints, by=by, at=now())
    except DomainError as refusal:
        return page_again(request, refusal)
    messages.success(request, _("已收到，正在读文件；还没有写入。"))
    return redirect("console:readings")


@require_POST
@requires(Role.DISPATCHER)
def confirm(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Have the file that was looked at stored."""
    try:
        intake.confirm(number=request.POST.get("number", ""), by=by, at=now())
    except DomainError as refusal:
        return page_again(request, refusal)
    messages.success(request, _("正在写入曲线库，完成后在这里显示。"))
    return redirect("console:readings")


@require_POST
@requires(Role.DISPATCHER)
def discard(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Let the file that was looked at go."""
    try:
        intake.discard(number=request.POST.get("number", ""), by=by, at=now())
    except DomainError as refusal:
        return page_again(request, refusal)
    messages.success(request, _("已放弃，没有写入。"))
    return redirect("console:readings")


def _hints(request: HttpRequest) -> Hints:
    sent = request.POST
    digits = whole(sent.get("digits", "") or "6", field="digits", label="示数整数位数")
    if not FEWEST_DIGITS <= digits <= MOST_DIGITS:
        words = Phrase("示数整数位数应在 3 到 9 之间。")
        raise InvalidInputError(words, field="digits")
    unit, side = sent.get("unit", ""), sent.get("label", "")
    return Hints(
        unit=unit if unit in UNITS else "",
        label=side if side in SIDES else "",
        is_secondary="is_secondary" in sent,
        digits=digits,
        accepts_lost_hours="accepts_lost_hours" in sent,
        multiplier=number_in(sent, "multiplier", "倍率") or 0.0,
    )
