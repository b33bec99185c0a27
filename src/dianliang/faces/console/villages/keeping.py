"""What a dispatcher changes in the file of a village: words, plan, photos."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dianliang.domain.network import access
from dianliang.faces.console.fields import day
from dianliang.faces.console.villages.reading import count
from dianliang.faces.ui.refused import page_again
from dianliang.faces.ui.requests import now, requires
from dianliang.flows.village_file import editing
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, NotVisibleError


def _done(
    request: HttpRequest,
    code: str,
    part: str,
    act: Callable[[], object],
    words: str,
    *,
    by: Actor,
) -> HttpResponse:
    """Do it and go back to its part of the page; say why not where it cannot be.

    Whose village it is comes before what was entered: a stranger learns nothing from a refusal.
    """
    try:
        access.village_to_see(code, by=by)
        act()
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return page_again(request, refusal)
    messages.success(request, words)
    return redirect(f"{reverse('console:village', args=[code])}#{part}")


@require_POST
@requires(Role.DISPATCHER)
def describe(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Write down households, people, station and a summary."""
    sent = request.POST

    def act() -> object:
        return editing.describe(
            code=code,
            households=count(sent.get("households", ""), field="households", label="总户数"),
            population=count(sent.get("population", ""), field="population", label="常住人口"),
            station_code=sent.get("station", ""),
            summary=sent.get("summary", ""),
            by=by,
            at=now(),
        )

    return _done(request, code, "overview", act, _("概况已保存。"), by=by)


@require_POST
@requires(Role.DISPATCHER)
def plan(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Add something to the plan."""
    sent = request.POST

    def act() -> object:
        return editing.plan(
            code=code,
            title=sent.get("title", ""),
            owner=sent.get("owner", ""),
            due_on=day(sent.get("due_on", ""), field="due_on", label="完成期限"),
            by=by,
            at=now(),
        )

    return _done(request, code, "plan", act, _("已加入年度计划。"), by=by)


@require_POST
@requires(Role.DISPATCHER)
def step(request: HttpRequest, code: str, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Move an item of the plan along."""

    def act() -> object:
        return editing.move(code=code, number=number, verb=verb, by=by, at=now())

    return _done(request, code, "plan", act, _("计划事项已更新。"), by=by)


@require_POST
@requires(Role.DISPATCHER)
def add_photo(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Put a photo into the file."""
    sent, photo = request.POST, request.FILES.get("photo")

    def act() -> object:
        return editing.add_photo(
            code=code,
            raw=photo.read() if photo else b"",
            caption=sent.get("caption", ""),
            taken_on=day(sent.get("taken_on", ""), field="taken_on", label="拍摄日期"),
            by=by,
            at=now(),
        )

    return _done(request, code, "photos", act, _("照片已加入。"), by=by)


@require_POST
@requires(Role.DISPATCHER)
def remove_photo(request: HttpRequest, code: str, token: str, *, by: Actor) -> HttpResponse:
    """Take a photo out of the present file."""

    def act() -> None:
        editing.remove_photo(code=code, token=token, by=by, at=now())

    return _done(request, code, "photos", act, _("照片已移出。"), by=by)
