"""What every face needs of a request: who asks, and when."""

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from ipaddress import ip_address, ip_network
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from dianliang.core.files import MAX_IMAGE_BYTES
from dianliang.core.papers import MOST_BYTES
from dianliang.flows import identity
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError

ROLE_SESSION_KEY = "role_id"
NOWHERE = "::"
"""The source of requests whose sender no proxy and no socket names: they are counted together."""
View = Callable[..., HttpResponse]


def now() -> datetime:
    """Read the clock, once per request if the caller keeps it."""
    return timezone.now()  # noqa: TID251 (faces read the clock)


def today() -> date:
    """Return the day in Shanghai."""
    return now().astimezone(SHANGHAI).date()


def sent_photo(request: HttpRequest) -> bytes | None:
    """Return the picture of a form, or None without one.

    Raises:
        InvalidInputError: it is larger than any picture that is kept.
    """
    upload = request.FILES.get("photo")
    if upload is None:
        return None
    if (upload.size or 0) > MAX_IMAGE_BYTES:  # before it is read into memory
        raise InvalidInputError(_("照片超过 12 MB，请压缩后再传。"), field="photo")
    return bytes(upload.read())


def sent_paper(request: HttpRequest, field: str) -> bytes | None:
    """Return the paper or picture of a form, or None without one.

    Raises:
        InvalidInputError: it is larger than any paper that is kept.
    """
    sent = request.FILES.get(field)
    if sent is None:
        return None
    if (sent.size or 0) > MOST_BYTES:  # before it is read into memory
        raise InvalidInputError(_("文件超过 20 MB，请压缩或分开上传。"), field=field)
    return bytes(sent.read())


def source_of(request: HttpRequest) -> str:
    """Return the sender's address; behind our proxy the one that the proxy itself added.

    Of IPv6 it is the network of 64 bits: that much is one customer's to choose addresses from.
    """
    added = request.headers.get("X-Forwarded-For", "").split(",")[-1].strip()
    given = added if settings.SECURE_PROXY_SSL_HEADER else ""
    for address in (given, str(request.META.get("REMOTE_ADDR", ""))):
        try:
            bits = 64 if ip_address(address).version == 6 else 32
        except ValueError:
            continue
        return str(ip_network(f"{address}/{bits}", strict=False).network_address)
    return NOWHERE


def actor(request: HttpRequest) -> Actor | None:
    """Return who asks, in the role chosen in this session; None for an anonymous visitor.

    Looked up once in a request: guards, pages and the record of denials all ask.
    """
    if not request.user.is_authenticated:
        return None
    user, role_id = request.user, request.session.get(ROLE_SESSION_KEY)
    kept: dict[tuple[str, object], Actor | None] = vars(request).setdefault("_actors", {})
    asking = (user.username, role_id)
    if asking not in kept:
        kept[asking] = identity.actor_of(user, on=today(), role_id=role_id)
    return kept[asking]


def requires(*roles: Role) -> Callable[[View], View]:
    """Let only these roles in; the view gets the actor as `by`.

    A stranger is sent to log in; a person in another role finds nothing, as if it were absent.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            by = actor(request)
            if by is None and not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if by is None or by.role not in roles:
                raise Http404
            return view(request, *args, by=by, **kwargs)

        guarded.required_roles = roles  # type: ignore[attr-defined]  # read by the access matrix test
        return guarded

    return decorate
