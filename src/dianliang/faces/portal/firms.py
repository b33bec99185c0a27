"""A firm looks at its own figures by the link that it was given, and asks for a visit."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.core import limits
from dianliang.domain.enterprises.shapes import FindingRow
from dianliang.faces.ui.carbon_charts import cumulative_chart
from dianliang.faces.ui.firm_charts import day_chart, demand_chart
from dianliang.faces.ui.keys import press_once
from dianliang.faces.ui.requests import now, source_of
from dianliang.flows.enterprises import measuring, own, words
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase

P = ParamSpec("P")
T = TypeVar("T")
COOKIE = "firm"
MOST_TRIES, PER = 30, timedelta(hours=1)
TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,40}", re.ASCII)
_YEAR = re.compile(r"[0-9]{4}", re.ASCII)


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Lead the firm whose device this is to its page; let another sign in with its link."""
    refusal = None
    kept = request.COOKIES.get(COOKIE, "")
    if request.method == "POST":
        try:
            return redirect("portal:firm", token=_signed_in(request))
        except DomainError as wrong:
            refusal = wrong
    elif _TOKEN.fullmatch(kept) and own.is_open(kept, at=now()):
        return redirect("portal:firm", token=kept)
    answer = _door(request, refusal, status=422 if refusal else 200)
    if kept and request.method == "GET":
        answer.delete_cookie(COOKIE)
    return answer


def _door(request: HttpRequest, refusal: DomainError | None, *, status: int) -> HttpResponse:
    context = {"refusal": refusal, "demo_token": own.DEMO_TOKEN}
    return TemplateResponse(request, "portal/firm_in.html", context, status=status)


def _signed_in(request: HttpRequest) -> str:
    at = now()
    sent = request.POST.get("link", "").strip().rstrip("/").rpartition("/")[2]
    if not _TOKEN.fullmatch(sent) or not own.is_open(sent, at=at):
        _count_wrong(request, at=at)
        raise InvalidInputError(_("链接不对，或已收回、过期。请向供电所要新的链接。"), field="link")
    return sent


def _count_wrong(request: HttpRequest, *, at: datetime) -> None:
    """Count one more link that opens nothing, typed or called.

    Many firms may share one address, so one that opens its page is neither counted nor refused.
    """
    limits.count(what="firm", source=source_of(request), most=MOST_TRIES, per=PER, at=at)


def _by_link(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Answer a link that opens nothing with words, and have the device forget it."""

    @wraps(view)
    def answered(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except own.LinkOverError as over:
            return _over(request, over, token=str(kwargs["token"]))

    return answered


def _over(request: HttpRequest, over: DomainError, *, token: str) -> HttpResponse:
    refusal, status = over, 404
    try:
        _count_wrong(request, at=now())
    except limits.TooManyError as often:
        refusal, status = often, 429
    answer = _door(request, refusal, status=status)
    if request.COOKIES.get(COOKIE) == token:
        answer.delete_cookie(COOKIE)
    return answer


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Have this device forget whose it is."""
    del request
    answer = redirect("portal:firm_in")
    answer.delete_cookie(COOKIE)
    return answer


@never_cache
@require_GET
@_by_link
def firm(request: HttpRequest, token: str) -> HttpResponse:
    """Show a firm what was found of it, and what came of that; the device keeps the link."""
    at = now()
    found = _opened(token, lambda: own.page(token, at=at))
    answer = _firm(request, token, found, at=at)
    over = datetime.combine(found.valid_until + timedelta(days=1), time(), tzinfo=SHANGHAI)
    answer.set_cookie(
        COOKIE,
        token,
        max_age=over - at,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return answer


def _firm(
    request: HttpRequest,
    token: str,
    found: own.OwnPage,
    *,
    at: datetime,
    refusal: DomainError | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {"own": found, "page": found.page, "token": token, "refusal": refusal}
    context |= {"link": request.build_absolute_uri(f"/e/{token}/")}
    page = found.page
    if page is not None and not page.problem:
        first, last = own.days_to_choose(at=at)
        context |= {
            "findings": [_said(row, found) for row in page.findings],
            "day": day_chart(page.body),
            "months": demand_chart(page.body, capacity_kva=page.capacity_kva),
            "periods": words.period_rows(page.body),
            "shape": words.SHAPES[page.body["shape"]],
            "way": words.WAYS[page.way],
            "halves": [(code, half[0]) for code, half in own.HALVES.items()],
            "first": first,
            "last": last,
        }
    return TemplateResponse(request, "portal/firm.html", context, status=422 if refusal else 200)


def _said(row: FindingRow, found: own.OwnPage) -> dict[str, object]:
    body = row.body
    return {
        "row": row,
        "told": words.told(body["kind"], body["rule"], body["facts"]),
        "confidence": words.CONFIDENCES[body["confidence"]],
        "checks": words.TO_CHECK[body["kind"]],
        # Nothing was done yet where the visit is still to come: no effect may be told of it.
        "effect": found.effects.get(measuring.key_of(row.number)) if row.may_have_effect else None,
    }


def _opened(token: str, read: Callable[[], T]) -> T:
    """Return what a link opens; what is not its firm's is absent.

    Raises:
        LinkOverError: the link opens nothing.
    """
    if not _TOKEN.fullmatch(token):
        raise own.LinkOverError(Phrase(own.OVER))
    try:
        return read()
    except own.LinkOverError:
        raise
    except NotVisibleError as absent:
        raise Http404 from absent


@never_cache
@require_GET
@_by_link
def report(request: HttpRequest, token: str, form: str) -> HttpResponse:
    """Hand the firm its report."""
    if form not in TYPES:
        raise Http404
    at = now()
    try:
        made = _opened(token, lambda: own.report(token, form=form, at=at))
    except own.LinkOverError:
        raise
    except DomainError as refusal:
        return _firm(request, token, own.page(token, at=at), at=at, refusal=refusal)
    headers = {"Content-Disposition": f'attachment; filename="{made.name}"'}
    return HttpResponse(made.content, content_type=TYPES[form], headers=headers)


@require_POST
@_by_link
def book(request: HttpRequest, token: str, number: str) -> HttpResponse:
    """Ask for a visit for a finding, on a day that suits the firm."""
    at, sent = now(), request.POST
    found = _opened(token, lambda: own.page(token, at=at))

    def act() -> None:
        try:
            on = date.fromisoformat(sent.get("on", ""))
        except ValueError as wrong:
            raise InvalidInputError(_("请选择日期。"), field="on") from wrong
        own.book(token, finding=number, on=on, half=sent.get("half", ""), at=at)

    try:
        _opened(token, lambda: press_once(request, "portal:firm_book", act, at=at))
    except DomainError as refusal:
        return _firm(request, token, found, at=at, refusal=refusal)
    messages.success(request, _("已约好，供电所会安排人按这个时间上门。"))
    return redirect("portal:firm", token=token)


@never_cache
@require_GET
@_by_link
def account(request: HttpRequest, token: str, number: str) -> HttpResponse:
    """Show a carbon account of the firm with one of its years."""
    asked = request.GET.get("year", "")
    year = int(asked) if _YEAR.fullmatch(asked) else None
    found = _opened(token, lambda: own.account(token, number, year=year, at=now()))
    context = {
        "token": token,
        "page": found,
        "a": found.row,
        "told": found.reckoned,
        "curve": cumulative_chart(found.reckoned.curve) if found.reckoned else None,
    }
    return TemplateResponse(request, "portal/firm_carbon.html", context)
