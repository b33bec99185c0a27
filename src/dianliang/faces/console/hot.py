"""Hot issues: what many people speak of at once, where, how it moves, and who looks after it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dianliang.domain.insight.hot import STATES
from dianliang.faces.console.forms import MOST_NUMBERS
from dianliang.faces.ui.refused import page_again
from dianliang.faces.ui.requests import now, requires
from dianliang.flows import hot as ordering
from dianliang.flows import hot_page as flow
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, NotVisibleError

HANDLERS = (Role.DISPATCHER, Role.ALLIANCE_UNIT)
ARROWS = {"new": "✦", "rising": "▲", "steady": "＝", "falling": "▼"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An issue with what its card shows and links; `hottest` is the most heat of the days drawn."""

    issue: flow.Seen
    hottest: float
    arrow: str
    queue: str


@require_GET
@requires(*HANDLERS)
def hot(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the issues that the reader may see, hottest first, with their map."""
    page = flow.page(by=by, at=now())
    waiting = [_card(issue) for issue in page.waiting]
    marked = [_card(issue) for issue in page.marked]
    context = {
        "by": by,
        "page": page,
        "waiting": waiting,
        "marked": marked,
        "states": STATES,
        "days": flow.DAYS,
        "points": [_point(card) for card in (*waiting, *marked) if card.issue.point],
    }
    return TemplateResponse(request, "console/hot.html", context)


def _card(issue: flow.Seen) -> Card:
    numbers = ",".join(issue.numbers[:MOST_NUMBERS])
    return Card(
        issue=issue,
        hottest=max(issue.past),
        arrow=ARROWS[issue.trend],
        queue=urlencode({"tab": "all", "numbers": numbers}),
    )


def _point(card: Card) -> dict[str, Any]:
    issue = card.issue
    is_growing = issue.trend in {"new", "rising"}
    return {
        "lat": issue.point.lat if issue.point else None,
        "lon": issue.point.lon if issue.point else None,
        "number": issue.code,
        "title": issue.title,
        "area": issue.place,
        "tone": "done" if issue.is_marked else "danger" if is_growing else "soon",
        "exact": True,
    }


@require_POST
@requires(Role.DISPATCHER)
def start(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Look for hot issues now."""
    try:
        ordering.order(by=by, at=now())
    except DomainError as refusal:
        return page_again(request, refusal)
    messages.success(request, _("已开始分析，完成后刷新本页即可看到结果。"))
    return redirect("console:hot")


@require_POST
@requires(*HANDLERS)
def mark(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Say that one knows of an issue, or works on it."""
    sent = request.POST
    try:
        flow.mark(
            code=code, state=sent.get("state", ""), note=sent.get("note", ""), by=by, at=now()
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return page_again(request, refusal)
    messages.success(request, _("已记下，上级和下级都看得到是谁、什么时候、怎么说的。"))
    return redirect("console:hot")
