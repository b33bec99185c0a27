"""Presence at service points: the month, its gaps, a proposal, the codes to print."""

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from dianliang.domain.programs.queries import DUTY_KINDS
from dianliang.faces.console.fields import day, whole
from dianliang.faces.ui.codes import drawn
from dianliang.faces.ui.refused import page_again
from dianliang.faces.ui.requests import now, requires, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows import presence as flow
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError


@require_GET
@requires(Role.DISPATCHER)
def presence(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show a month: planned, kept and missed per person, gaps first."""
    page = flow.page(
        month=_month(request.GET.get("month", "")),
        by=by,
        on=today(),
        is_proposing="propose" in request.GET,
    )
    context = {
        "by": by,
        "page": page,
        "kinds": DUTY_KINDS,
        "people": flow.people_to_assign(by),
        "points": flow.points_to_assign(by),
        "today": today(),
        "is_proposing": "propose" in request.GET,
    }
    return TemplateResponse(request, "console/presence.html", context)


def _month(text: str) -> date:
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today().replace(day=1)
    return found if 2000 <= found.year <= 2100 else today().replace(day=1)


def _accept(sent: QueryDict, by: Actor) -> str:
    days: dict[int, list[date]] = {}
    for line in sent.getlist("days"):
        duty, _sep, on = line.partition(":")
        days.setdefault(_duty(duty), []).append(day(on, field="days", label=_("日期")))
    if not days:
        raise InvalidInputError(_("没有勾选任何日期。"), field="days")
    month = _month(sent.get("month", ""))
    planned = flow.accept(days=days, month=month, by=by, at=now())
    return _("已排 %(n)d 个驻点日。") % {"n": planned}


def _duty(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise InvalidInputError(_("请选择驻点职责。"), field="duty")
    return int(text)


def _drop(sent: QueryDict, by: Actor) -> str:
    on = day(sent.get("on", ""), field="on", label=_("日期"))
    flow.drop_day(duty_id=_duty(sent.get("duty", "")), on=on, by=by, at=now())
    return _("已撤掉这一天。")


def _assign(sent: QueryDict, by: Actor) -> str:
    flow.assign(
        person_number=sent.get("person", ""),
        site_code=sent.get("site", ""),
        kind=sent.get("kind", ""),
        days_a_month=whole(sent.get("days_a_month", ""), field="days_a_month", label=_("天数")),
        by=by,
        at=now(),
    )
    return _("驻点职责已登记。")


def _assign_all(sent: QueryDict, by: Actor) -> str:
    assigned = flow.assign_grid_workers(by=by, at=now())
    return _("已为 %(n)d 名在格网协员登记最近的站点。") % {"n": assigned}


def _end(sent: QueryDict, by: Actor) -> str:
    flow.end(duty_id=_duty(sent.get("duty", "")), by=by, at=now())
    return _("驻点职责已结束。")


ACTS: dict[str, Callable[[QueryDict, Actor], str]] = {
    "accept": _accept,
    "drop": _drop,
    "assign": _assign,
    "assign_all": _assign_all,
    "end": _end,
}


@require_POST
@requires(Role.DISPATCHER)
def act(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Change duties or planned days."""
    verb = request.POST.get("act", "")
    try:
        if verb not in ACTS:
            raise InvalidInputError(_("不认识这个操作，请刷新后再试。"), field="act")
        messages.success(request, ACTS[verb](request.POST, by))
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return page_again(request, refusal, query=_seen(request))
    return redirect(f"{reverse('console:presence')}?{_seen(request)}")


def _seen(request: HttpRequest) -> str:
    return f"month={_month(request.POST.get('month', '')):%Y-%m}"


@require_GET
@requires(Role.DISPATCHER)
def codes(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the codes of the service points, to print and to hang up."""
    cards = []
    for _code, name, address, secret in flow.codes(by):
        link = request.build_absolute_uri(reverse("field:presence", args=[secret]))
        cards.append((name, address, drawn(link)))
    return TemplateResponse(request, "console/presence_codes.html", {"by": by, "cards": cards})
