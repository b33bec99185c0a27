"""What the phone app needs of a request: JSON in, JSON out, and words when something is wrong."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, is_dataclass
from functools import wraps
from typing import Any, NoReturn

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from dianliang.faces.ui.requests import actor
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase

FIELD_ROLES = (Role.STEWARD, Role.CAPTAIN)
View = Callable[..., HttpResponse]


class Encoder(DjangoJSONEncoder):
    """Write dataclasses and sets too."""

    def default(self, o: Any) -> Any:
        """Turn what JSON does not know into what it knows."""
        if is_dataclass(o) and not isinstance(o, type):
            return spoken(asdict(o))
        if isinstance(o, frozenset):
            return sorted(o)
        return super().default(o)


def spoken(content: Any) -> Any:
    """Return content with its sentences in the reader's language."""
    if isinstance(content, Phrase):
        return content.said(_)
    if isinstance(content, Mapping):
        return {name: spoken(value) for name, value in content.items()}
    return [spoken(one) for one in content] if isinstance(content, list | tuple) else content


def answer(content: Any, *, status: int = 200) -> JsonResponse:
    """Answer with JSON that nobody but the phone keeps."""
    response = JsonResponse(spoken(content), encoder=Encoder, status=status, safe=False)
    response["Cache-Control"] = "no-store"
    return response


def answers_json(*roles: Role) -> Callable[[View], View]:
    """Let only these roles in, and answer every refusal as JSON: the phone must not be redirected.

    401 asks to log in again, 404 is absent or forbidden alike, 422 carries words for the person.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            by = actor(request)
            if by is None and not request.user.is_authenticated:
                return answer({"words": _("请重新登录；未发送的记录还在手机上。")}, status=401)
            if by is None or by.role not in roles:
                return answer({"words": _("没有找到。")}, status=404)
            try:
                return view(request, *args, by=by, **kwargs)
            except NotVisibleError as refusal:
                return answer({"words": refusal.message}, status=404)
            except DomainError as refusal:
                return answer({"words": refusal.message, "field": refusal.field}, status=422)

        guarded.required_roles = roles  # type: ignore[attr-defined]  # read by the access matrix test
        return guarded

    return decorate


def json_body(request: HttpRequest) -> dict[str, Any]:
    """Return the JSON object that was posted.

    Raises:
        InvalidInputError: not JSON, not an object, or with numbers that are none.
    """
    try:
        body = json.loads(request.body, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise InvalidInputError("发来的内容不是有效的 JSON。") from error
    if not isinstance(body, dict):
        raise InvalidInputError("发来的内容应是一个对象。")
    return body


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
