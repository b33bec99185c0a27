"""Where a request comes from, for counting how often."""

from django.conf import settings
from django.http import HttpRequest


def source_of(request: HttpRequest) -> str:
    """Return the sender's address; behind our proxy the one that the proxy itself added."""
    if settings.SECURE_PROXY_SSL_HEADER:
        return request.headers.get("X-Forwarded-For", "").split(",")[-1].strip() or "?"
    return str(request.META.get("REMOTE_ADDR", "?"))
