"""Answers and errors in the standard's two forms."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeAlias
from xml.etree.ElementTree import Element, SubElement, tostring

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.views.decorators.csrf import csrf_exempt

from dianliang.core.limits import TooManyError
from dianliang.kernel.errors import DomainError, KeyReusedError

View = Callable[..., HttpResponse]
Row: TypeAlias = Mapping[str, Any]
ITEMS = {"formats": "format", "attributes": "attribute", "values": "value"}
"""What the standard calls the parts of a list; others drop their s."""


class Open311Error(Exception):
    """An error in the standard's shape."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


def many(root: str, item: str, rows: list[Row], *, form: str, status: int = 200) -> HttpResponse:
    """Write a list of objects as JSON or XML."""
    if form == "json":
        return _json(rows, status=status)
    top = Element(root)
    for row in rows:
        _fill(SubElement(top, item), row)
    return _xml(top, status=status)


def one(root: str, row: Row, *, form: str) -> HttpResponse:
    """Write one object as JSON or XML."""
    if form == "json":
        return _json(row, status=200)
    top = Element(root)
    _fill(top, row)
    return _xml(top, status=200)


def _json(body: Any, *, status: int) -> HttpResponse:
    return JsonResponse(body, safe=False, status=status, json_dumps_params={"ensure_ascii": False})


def _xml(top: Element, *, status: int) -> HttpResponse:
    text = tostring(top, encoding="utf-8", xml_declaration=True)
    return HttpResponse(text, content_type="text/xml; charset=utf-8", status=status)


def _fill(element: Element, values: Row) -> None:
    for key, value in values.items():
        child = SubElement(element, key)
        if isinstance(value, Mapping):
            _fill(child, value)
        elif isinstance(value, list):
            for part in value:
                item = SubElement(child, ITEMS.get(key, key.removesuffix("s")))
                if isinstance(part, Mapping):
                    _fill(item, part)
                else:
                    item.text = str(part)
        elif value is not None:
            child.text = str(value).lower() if isinstance(value, bool) else str(value)


def endpoint(*methods: str) -> Callable[[View], View]:
    """Give a view the standard's errors and allowed methods."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, form: str, **kwargs: Any) -> HttpResponse:
            allowed = {*methods, "HEAD"} if "GET" in methods else {*methods}
            if request.method not in allowed:
                refusal = _refused(405, "不支持这种方法。", form=form)
                refusal["Allow"] = ", ".join(sorted(allowed))
                return refusal
            try:
                return view(request, *args, form=form, **kwargs)
            except Open311Error as error:
                return _refused(error.code, error.description, form=form)
            except TooManyError as error:
                refusal = _refused(429, error.message, form=form)
                refusal["Retry-After"] = str(error.retry_after_s)
                return refusal
            except DomainError as error:
                code = 409 if isinstance(error, KeyReusedError) else 400
                field = f"{error.field}: " if error.field else ""
                return _refused(code, f"{field}{error.message}", form=form)
            except (BadRequest, SuspiciousOperation, MultiPartParserError):
                return _refused(400, "请求内容无法读取，或超过了 12 MB。", form=form)

        return csrf_exempt(wrapped)

    return decorate


def _refused(code: int, words: str, *, form: str) -> HttpResponse:
    rows: list[Row] = [{"code": code, "description": words}]
    return many("errors", "error", rows, form=form, status=code)
