"""Keep pages of people who are logged in out of every cache that is shared or outlives a look."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class PrivacyMiddleware:
    """Say that such a page is nobody else's and must be asked for again, unless its view says."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, then mark the answer."""
        answer = self.get_response(request)
        if request.user.is_authenticated and not answer.has_header("Cache-Control"):
            answer["Cache-Control"] = "private, no-cache"
        return answer
