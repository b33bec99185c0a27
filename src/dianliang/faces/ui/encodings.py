"""Refuse requests that say they are in another encoding than UTF-8.

Django reads a request in whatever encoding its sender names, also in those that make text which
nothing can store, or that are none of text; and it does so before any middleware is asked.
"""

import codecs
from collections.abc import Callable, Iterable
from typing import Any

from django.utils.http import parse_header_parameters

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


def only_utf8(application: Application) -> Application:
    """Answer 400 to what says that it is in another encoding."""

    def guarded(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if _is_utf8(environ.get("CONTENT_TYPE", "")):
            return application(environ, start_response)
        start_response("400 Bad Request", [("Content-Type", "text/plain; charset=utf-8")])
        return ["文字编码应为 UTF-8。\n".encode()]

    return guarded


def _is_utf8(content_type: str) -> bool:
    try:
        charset = parse_header_parameters(content_type)[1].get("charset", "utf-8")
        return codecs.lookup(charset).name == "utf-8"
    except (LookupError, ValueError):
        return False
