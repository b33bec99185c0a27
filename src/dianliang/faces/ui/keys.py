"""Forms that are pressed twice: each is shown with a key of its own, and acts once for it."""

import hashlib
import json
import re
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from dianliang.core import idempotency
from dianliang.core.fields import blind_index
from dianliang.kernel.errors import InvalidInputError

KEY = re.compile(r"[A-Za-z0-9_-]{16,60}", re.ASCII)


def fresh_key() -> str:
    """Return a new key; pages put it into a form by the tag `form_key`."""
    return secrets.token_hex(16)


def key_of(sent: QueryDict) -> str:
    """Return the key that a form was sent with, or a new one: it then acts each time."""
    key = sent.get("key", "")
    return key if KEY.fullmatch(key) else fresh_key()


def required_key(sent: QueryDict) -> str:
    """Return the key that a form was sent with.

    Raises:
        InvalidInputError: there is none.
    """
    key = sent.get("key", "")
    if not KEY.fullmatch(key):
        raise InvalidInputError(_("页面不完整，请刷新后再提交。"), field="key")
    return key


def once(
    request: HttpRequest, scope: str, act: Callable[[], dict[str, Any]], *, at: datetime
) -> dict[str, Any]:
    """Do what a form asks, once however often it is pressed; one that was changed is another.

    So is one with another file: a page that a browser goes back to still has its key. All that is
    kept of it is a keyed fingerprint, which nobody can guess at without the keys. A form without a
    key acts as often as it is sent.
    """
    if not KEY.fullmatch(request.POST.get("key", "")):
        return act()
    sent = {name: values for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"}
    files = {name: [*map(_content, some)] for name, some in request.FILES.lists()}
    told = json.dumps([request.user.pk, request.path, sent, files], sort_keys=True)
    key = blind_index(told, context=f"form.{scope}")
    return idempotency.once(scope=scope, key=key, body="", at=at, act=act)


def _content(file: "UploadedFile[Any]") -> str:
    """Return a fingerprint of what a file holds, and leave the file to be read."""
    told = hashlib.sha256()
    for part in file.chunks():
        told.update(part)
    file.seek(0)
    return told.hexdigest()


def made_once(request: HttpRequest, scope: str, make: Callable[[], Any], *, at: datetime) -> str:
    """Make a numbered record, once however often its form is pressed; return its number."""
    return str(once(request, scope, lambda: {"number": make().number}, at=at)["number"])


def press_once(
    request: HttpRequest, scope: str, act: Callable[[], object], *, at: datetime
) -> None:
    """Do what a form asks, once however often it is pressed, where nothing is told of it."""

    def acted() -> dict[str, Any]:
        act()
        return {}

    once(request, scope, acted, at=at)
