"""Every refusal in one shape: RFC 9457 problem details, with words that a person can act on."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import get_language
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError
from ninja.openapi.schema import OpenAPISchema

from dianliang.api.v1.access import ScopeError, put_on_record
from dianliang.core.limits import TooManyError
from dianliang.flows.alerts.taking import NameReusedError
from dianliang.integrations.cap import BadAlertError
from dianliang.kernel.errors import (
    DomainError,
    IllegalTransitionError,
    InvalidInputError,
    KeyReusedError,
    NotVisibleError,
    NotYourTurnError,
    StaleStateError,
)


class ChangedError(DomainError):
    """What the program looked at has changed since."""

    code = "state.changed"


class NotXmlError(DomainError):
    """The body claims to be something else than an alert."""

    code = "input.not-xml"


class TooLargeError(DomainError):
    """The body is larger than any alert."""

    code = "input.too-large"


DENIALS = (NotVisibleError, NotYourTurnError, ScopeError)
STATUS: tuple[tuple[type[DomainError], int], ...] = (
    (NotVisibleError, 404),
    (NotYourTurnError, 403),
    (ScopeError, 403),
    (ChangedError, 412),
    (StaleStateError, 409),
    (IllegalTransitionError, 409),
    (KeyReusedError, 409),
    (NameReusedError, 409),
    (NotXmlError, 415),
    (TooLargeError, 413),
    (TooManyError, 429),
    (InvalidInputError, 422),
)
TITLES = {
    400: "请求无法读取",
    401: "需要有效的令牌",
    403: "没有权限",
    404: "没有找到",
    405: "不支持这种方法",
    409: "与当前状态冲突",
    412: "已有新的变化",
    413: "内容太大",
    415: "不支持这种内容",
    422: "内容有误",
    429: "太频繁",
}


PROBLEM_TYPE = "application/problem+json"


class Api(NinjaAPI):
    """An interface whose document says that refusals are problem details."""

    def __init__(self, **settings: Any) -> None:
        """Take what Ninja takes."""
        super().__init__(**settings)
        self._documents = dict[tuple[str, str | None], OpenAPISchema]()

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """Return the OpenAPI document, written once for each place and language."""
        place = path_prefix or self.get_root_path(path_params or {})
        key = (place, get_language())
        if key not in self._documents:
            # To describe all operations takes seconds of a core; none changes while we run.
            self._documents[key] = self._described(place)
        return self._documents[key]

    def _described(self, place: str) -> OpenAPISchema:
        document = super().get_openapi_schema(path_prefix=place)
        for operations in document["paths"].values():
            for operation in operations.values():
                for status, answer in operation["responses"].items():
                    if int(status) >= 400:
                        answer["content"] = {PROBLEM_TYPE: answer["content"]["application/json"]}
        return document


class FieldProblem(Schema):
    """What is wrong with one field."""

    field: str
    detail: str


class Problem(Schema):
    """Why a request was refused (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    fields: list[FieldProblem] = []


REFUSALS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 409, 412, 422, 429), Problem)
"""What any operation may answer besides what it is for."""


def problem(
    status: int, *, code: str, detail: str, fields: list[dict[str, str]] | None = None
) -> HttpResponse:
    """Answer with a problem."""
    body = {
        "type": f"urn:dianliang:{code}",
        "title": TITLES.get(status, "出错了"),
        "status": status,
        "detail": detail,
        "fields": fields or [],
    }
    return JsonResponse(
        body,
        status=status,
        content_type=PROBLEM_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )


def install(api: NinjaAPI) -> None:
    """Give an API these answers."""

    @api.exception_handler(DomainError)
    def refused(request: HttpRequest, error: DomainError) -> HttpResponse:
        if isinstance(error, DENIALS):
            put_on_record(request, reason=error.code)
        status = next((code for kind, code in STATUS if isinstance(error, kind)), 422)
        fields = [{"field": error.field, "detail": error.message}] if error.field else None
        if isinstance(error, BadAlertError):
            fields = [{"field": one.path, "detail": one.words} for one in error.faults]
        answer = problem(status, code=error.code, detail=error.message, fields=fields)
        if isinstance(error, TooManyError):
            answer["Retry-After"] = str(error.retry_after_s)
        return answer

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        del request
        fields = [
            {"field": ".".join(str(step) for step in found["loc"][1:]), "detail": found["msg"]}
            for found in error.errors
        ]
        detail = "；".join(f"{found['field']}：{found['detail']}" for found in fields[:3])
        return problem(422, code="input.invalid", detail=detail, fields=fields)

    @api.exception_handler(AuthenticationError)
    def unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        del error
        put_on_record(request, reason="access.no-token")
        answer = problem(401, code="access.no-token", detail="请在 Authorization 头中提供令牌。")
        answer["WWW-Authenticate"] = 'Bearer realm="dianliang"'
        return answer

    @api.exception_handler(HttpError)
    def unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
        del request
        if isinstance(error, Throttled):
            answer = problem(429, code="limits.too-many", detail="请求太频繁，请稍后再试。")
            answer["Retry-After"] = str(max(1, round(error.wait or 1)))
            return answer
        return problem(error.status_code, code="http.error", detail=str(error))

    @api.exception_handler(Http404)
    def absent(request: HttpRequest, error: Http404) -> HttpResponse:
        del request, error
        return problem(404, code="access.not-visible", detail="没有找到。")
