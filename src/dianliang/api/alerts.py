"""Warnings of our own for everybody: a feed (Atom), and each message as CAP 1.2."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from dianliang.api.clock import now
from dianliang.flows.incidents import bulletin_pages as bulletins
from dianliang.integrations.cap.feed import ATOM_TYPE, CAP_TYPE


@require_safe
@cache_control(public=True, max_age=60)
@conditional_page
def feed(request: HttpRequest) -> HttpResponse:
    """Return the real warnings of the last month, newest first."""
    del request
    content = bulletins.public_feed(url=f"{settings.PUBLIC_URL}{reverse('api:alerts')}", at=now())
    return HttpResponse(content, content_type=f"{ATOM_TYPE}; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=60)
@conditional_page
def message(request: HttpRequest, number: str) -> HttpResponse:
    """Return a warning as it was sent; those of drills are not public."""
    del request
    content = bulletins.public_file(number=number)
    if content is None:
        raise Http404
    return HttpResponse(content, content_type=f"{CAP_TYPE}; charset=utf-8")
