"""Goods for points: articles and prices, stock, handing out, taking back."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST

from dianliang.faces.console.fields import day, whole
from dianliang.faces.console.ledgers.reading import optional_whole
from dianliang.faces.console.paging import paged
from dianliang.faces.ui.keys import required_key
from dianliang.faces.ui.requests import now, requires, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.ledgers import earning
from dianliang.flows.ledgers import exchange as flow
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, NotVisibleError


@require_GET
@requires(Role.PARTY_AFFAIRS)
def exchange(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show articles, stock and what was handed out."""
    return _exchange(request, by=by)


def _exchange(
    request: HttpRequest, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    page = flow.shop(by=by)
    redemptions, at = paged(request, page.redemptions)
    context = {
        "by": by,
        "page": page,
        "redemptions": redemptions,
        "may_price": earning.may_rule(by),
        "pages": at,
        "refusal": refusal,
        "today": today(),
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/ledgers/exchange.html", context, status=status)


def _done(
    request: HttpRequest, act: Callable[[QueryDict, Actor], str], *, by: Actor
) -> HttpResponse:
    try:
        words = act(request.POST, by)
    except DomainError as refusal:
        return _exchange(request, by=by, refusal=refusal)
    messages.success(request, words)
    return redirect("console:ledger_exchange")


def _price(sent: QueryDict, by: Actor) -> str:
    flow.price(
        code=sent.get("code", "")[:24],
        name=sent.get("name", ""),
        measure=sent.get("measure", "") or "件",
        points=optional_whole(sent.get("points", ""), field="points", label=_("兑换积分")),
        by=by,
        at=now(),
    )
    return _("已保存。")


def _stock(sent: QueryDict, by: Actor) -> str:
    flow.stock_up(
        article=sent.get("article", "")[:24],
        unit=sent.get("unit", "")[:24],
        pieces=whole(sent.get("pieces", ""), field="pieces", label=_("数量")),
        words=sent.get("words", ""),
        on=day(sent.get("on", ""), field="on", label=_("日期")),
        key=required_key(sent),
        by=by,
        at=now(),
    )
    return _("已入库。")


def _redeem(sent: QueryDict, by: Actor) -> str:
    article, _colon, price_seen = sent.get("article", "").partition(":")
    done = flow.redeem(
        person=sent.get("person", "")[:24],
        article=article[:24],
        seen=optional_whole(price_seen, field="article", label=_("兑换积分")),
        unit=sent.get("unit", "")[:24],
        pieces=whole(sent.get("pieces", ""), field="pieces", label=_("数量")),
        key=required_key(sent),
        by=by,
        at=now(),
    )
    return _("已兑换，编号 %(number)s。") % {"number": done.number}


@require_POST
@requires(Role.PARTY_AFFAIRS)
def price(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Add an article, or change its price."""
    return _done(request, _price, by=by)


@require_POST
@requires(Role.PARTY_AFFAIRS)
def stock(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Take goods into stock."""
    return _done(request, _stock, by=by)


@require_POST
@requires(Role.PARTY_AFFAIRS)
def redeem(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Hand goods out for points."""
    return _done(request, _redeem, by=by)


@require_POST
@requires(Role.PARTY_AFFAIRS)
def take_back(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Take goods back and give the points back."""
    because = request.POST.get("because", "")
    try:
        flow.take_back(number=number, because=because, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _exchange(request, by=by, refusal=refusal)
    messages.success(request, _("已退回，积分和库存均已恢复。"))
    return redirect("console:ledger_exchange")
