"""What pages about gear and stores read of an address."""

from django.http import HttpRequest, QueryDict


def text_of(sent: QueryDict, name: str, most: int = 60) -> str:
    """Return what an address says, as it may be looked for."""
    return sent.get(name, "").replace("\0", "").strip()[:most]


def others(request: HttpRequest, *names: str) -> str:
    """Return an address without its page and some other parts, for links that set these anew."""
    kept = request.GET.copy()
    for name in ("page", *names):
        kept.pop(name, None)
    return kept.urlencode()
