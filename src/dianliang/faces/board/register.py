"""Register what a volunteer team did."""

from collections.abc import Iterator

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from dianliang.domain.catalog.queries import services
from dianliang.domain.territory.queries import area_rows
from dianliang.domain.venues.queries import site_choices
from dianliang.faces.board.matrix import REGISTRARS
from dianliang.faces.ui.requests import now, requires, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows import volunteering as flow
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError
from dianliang.kernel.text import instant

SLOTS = range(1, 4)
"""How many pairs of photos the form takes."""


@require_http_methods(["GET", "POST"])
@requires(*REGISTRARS)
def register(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the form of one team; write down what was filled in."""
    asked = request.POST if request.method == "POST" else request.GET
    teams = flow.teams_to_register_for(by)
    team = asked.get("team", "") or (teams[0][0] if teams else "")
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            held = flow.register(held=_held(request), by=by, at=now())
        except NotVisibleError as absent:
            raise Http404 from absent
        except DomainError as error:
            refusal = error
        else:
            words = _("%(number)s 已登记，共 %(n)d 人次。")
            count = len(set(request.POST.getlist("people")))
            messages.success(request, words % {"number": held.number, "n": count})
            return redirect("board:volunteers")
    try:
        members = flow.members_of(team, by=by, on=today()) if teams else ()
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "teams": teams,
        "team": team,
        "members": members,
        "chosen": set(request.POST.getlist("people")),
        "given": asked,
        "refusal": refusal,
        "sites": site_choices(by),
        "areas": area_rows(levels=("village",)),
        "services": services(),
        "slots": SLOTS,
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "board/register.html", context, status=status)


def _held(request: HttpRequest) -> flow.Held:
    asked = request.POST
    served = asked.get("served_people", "") or "0"
    if not (served.isascii() and served.isdecimal() and len(served) < 7):
        raise InvalidInputError("服务人数应填整数。", field="served_people")
    return flow.Held(
        title=asked.get("title", ""),
        team_code=asked.get("team", ""),
        site_code=asked.get("site", ""),
        area_code=asked.get("area", ""),
        service_code=asked.get("service", ""),
        started_at=instant(asked.get("started_at", ""), field="started_at", label="开始时间"),
        ended_at=instant(asked.get("ended_at", ""), field="ended_at", label="结束时间"),
        people=tuple(dict.fromkeys(asked.getlist("people"))),
        served_people=int(served),
        words=asked.get("words", ""),
        pairs=tuple(_pairs(request)),
    )


def _pairs(request: HttpRequest) -> Iterator[flow.Pictures]:
    """Yield the slots of the form in which anything was chosen."""
    for slot in SLOTS:
        sent = [request.FILES.get(f"{name}_{slot}") for name in ("before", "after")]
        if any(sent):
            before, after = (file.read() if file else b"" for file in sent)
            place = request.POST.get(f"place_{slot}", "")
            yield flow.Pictures(place=place, before=before, after=after)
