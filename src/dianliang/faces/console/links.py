"""The link by which a person follows a need that the desk took in for him.

Only its hash is stored, so that nobody can look it up later and rate in that person's name. The
desk that took the need in keeps for its own session from which key it was made, to send the answer
back where it came from; sessions lie in the database, so the link itself is not in them.
"""

import hashlib
import hmac

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from dianliang.kernel.actor import Actor

SESSION_KEY = "follow_links"
MOST_KEPT = 40


def token_for(key: str, *, by: Actor) -> str:
    """Return the follow token of what is posted under a key: a repeated post gets the same."""
    secret = settings.SECRET_KEY.encode()
    return hmac.new(secret, f"follow:{by.id}:{key}".encode(), hashlib.sha256).hexdigest()[:36]


def keep(request: HttpRequest, number: str, key: str, *, by: Actor) -> str:
    """Remember for this session under which key a need was posted, and return its link."""
    known = dict(request.session.get(SESSION_KEY, {}))
    known[number] = key
    request.session[SESSION_KEY] = dict(list(known.items())[-MOST_KEPT:])
    return _absolute(request, token_for(key, by=by))


def kept(request: HttpRequest, number: str, *, by: Actor) -> str:
    """Return the link that this session knows of a need, or nothing."""
    key = request.session.get(SESSION_KEY, {}).get(number, "")
    return _absolute(request, token_for(key, by=by)) if key else ""


def _absolute(request: HttpRequest, token: str) -> str:
    return request.build_absolute_uri(reverse("portal:follow", args=[token]))
