"""What cameras saw in the cells that one answers for: pictures and answers; needs a network."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from dianliang.faces.field.requests import FIELD_ROLES
from dianliang.faces.ui.photos import photo_answer
from dianliang.faces.ui.refused import refused
from dianliang.faces.ui.requests import now, requires
from dianliang.flows.linewatch import own_cells
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError


@never_cache
@require_GET
@requires(*FIELD_ROLES)
def guarded(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the events that nobody has answered."""
    return _page(request, by)


@require_POST
@requires(*FIELD_ROLES)
def answer(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Say whether an event was true."""
    sent = request.POST
    try:
        own_cells.answer(
            number=number,
            verdict=sent.get("verdict", ""),
            note=sent.get("note", ""),
            by=by,
            at=now(),
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return refused(_page(request, by), refusal)
    messages.success(request, _("已记下。"))
    return redirect("field:guarded")


@require_GET
@requires(*FIELD_ROLES)
def picture(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Give a small picture of what a camera saw, heads covered."""
    del request
    try:
        return photo_answer(own_cells.picture(number=number, by=by, at=now()))
    except NotVisibleError as absent:
        raise Http404 from absent


def _page(request: HttpRequest, by: Actor) -> TemplateResponse:
    page = own_cells.waiting(by=by, at=now())
    return TemplateResponse(request, "field/guarded.html", {"page": page})
