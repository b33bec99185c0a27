"""Two addresses for load balancers: alive, and ready to take requests."""

from django.http import HttpRequest, HttpResponse

from dianliang.core import health


def live(request: HttpRequest) -> HttpResponse:
    """Answer as long as the process runs."""
    del request
    return _plain("ok", 200)


def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers, else 503."""
    del request
    return _plain("ok", 200) if health.is_ready() else _plain("database", 503)


def _plain(words: str, status: int) -> HttpResponse:
    headers = {"Cache-Control": "no-store"}
    return HttpResponse(f"{words}\n", content_type="text/plain", status=status, headers=headers)
