"""Lead from an address that only takes what is sent back to the page that its forms stand on.

After a refusal the browser shows the page under the address of the form: whoever loads it again,
changes the language or follows a link of that page asks for an address that shows nothing.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse

STAND_ELSEWHERE = {
    "portal:join": ("portal:post", ()),
    "console:village_unphoto": ("console:village", ("code",)),
}
"""Forms whose page is not the nearest address above them, with what that page asks for."""
READS = frozenset({"GET", "HEAD"})
SEE_OTHER = 303
NOT_ALLOWED = 405


class WaysBackMiddleware:
    """Answer whoever looks at the address of a form with the way to its page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; only what nobody can look at is led on."""
        answer = self.get_response(request)
        if answer.status_code != NOT_ALLOWED or request.method not in READS:
            return answer
        if "POST" not in answer.get("Allow", "") or request.path.startswith("/api/"):
            return answer
        asked = request.META.get("QUERY_STRING", "")
        to = page_of(request.path) + (f"?{asked}" if asked else "")
        return HttpResponseRedirect(to, status=SEE_OTHER)


def page_of(path: str) -> str:
    """Return the address of the page that shows the forms sent to `path`, itself if it is one.

    It is the nearest address above that shows something and asks for nothing that `path` does not
    tell.
    """
    try:
        sent = resolve(path)
    except Resolver404:
        return path
    if is_shown(sent.func):
        return path
    if sent.view_name in STAND_ELSEWHERE:
        name, asked = STAND_ELSEWHERE[sent.view_name]
        return reverse(name, kwargs={key: sent.kwargs[key] for key in asked})
    while path.strip("/"):
        path = path.rstrip("/").rpartition("/")[0] + "/"
        try:
            found = resolve(path)
        except Resolver404:
            continue
        if is_shown(found.func) and found.kwargs.items() <= sent.kwargs.items():
            return path
    return reverse("home")


def is_shown(view: Callable[..., Any] | None) -> bool:
    """Tell whether a view shows a page, by what `require_POST` and its kin let through."""
    while view is not None:
        names = getattr(getattr(view, "__code__", None), "co_freevars", ())
        if "request_method_list" in names:
            closure = view.__closure__ or ()
            return "GET" in closure[names.index("request_method_list")].cell_contents
        view = getattr(view, "__wrapped__", None)
    return True
