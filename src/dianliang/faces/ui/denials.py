"""Put on record what people asked for and did not get.

Absent and forbidden look the same to whoever asks, and they are the same here: somebody who tries
numbers one after the other leaves a row of denials. Visitors without an account leave none, or
anybody could fill the trail.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from dianliang.faces.ui.requests import actor, now
from dianliang.flows import identity
from dianliang.kernel.actor import Actor

REFUSED = frozenset({403, 404})
SECRET = frozenset({"token", "photo_token", "value"})
"""Parts of an address that open something: never written down."""


class DenialsMiddleware:
    """Write one audit event for each refusal to somebody who is known."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, then look at what was answered."""
        answer = self.get_response(request)
        match = request.resolver_match
        if answer.status_code in REFUSED and match is not None:
            by = _asker(request)
            if by is not None:
                parts = [str(v) for k, v in match.kwargs.items() if k not in SECRET]
                target = " ".join([request.method or "", *parts])
                identity.record_denial(by, route=match.view_name, target=target, at=now())
        return answer


def _asker(request: HttpRequest) -> Actor | None:
    """Return who asked: by session, or by an API token."""
    by_token = getattr(request, "auth", None)
    if isinstance(by_token, Actor):
        return by_token
    if not request.user.is_authenticated:
        return None
    return actor(request) or identity.without_role(request.user)
