"""Booking at a desk: once, or again and again after every date was looked at."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from dianliang.domain.venues.booking.free import Offers
from dianliang.domain.venues.booking.recurring import Repeat, Rule
from dianliang.domain.venues.opening import WEEKDAYS
from dianliang.faces.console.booking.reading import BOOKERS, amount, day_of
from dianliang.faces.console.fields import day, whole
from dianliang.faces.ui.keys import required_key
from dianliang.faces.ui.requests import now, requires, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.booking import asking, keeping, repeating
from dianliang.flows.booking.asking import Asked
from dianliang.flows.booking.repeating import Repeated, SeriesConflictError
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError

REPEATS = (("", "不重复"), *((str(code), str(label)) for code, label in Repeat.choices))


@require_http_methods(["GET", "POST"])
@requires(*BOOKERS)
def new(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Book; a series is first shown date by date, and a refusal comes with other times."""
    if request.method == "GET":
        return _show(request, code, by=by)
    try:
        keeping.page(code=code, by=by, at=now())  # what is another's is absent, whatever was sent
        if request.POST.get("repeat"):
            return _again(request, code, by=by)
        asked = _asked(request.POST, code)
        number = asking.book_for_unit(asked=asked, key=required_key(request.POST), by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _refused(request, code, refusal, by=by)
    messages.success(request, _("已登记预约 %(number)s。") % {"number": number})
    return redirect("console:booking_one", number=number)


def _asked(sent: QueryDict, code: str) -> Asked:
    """Read the form; a pressed offer counts more than what was typed."""
    starts = f"{sent.get('on', '')}T{sent.get('from', '')}"
    ends = f"{sent.get('ends_on') or sent.get('on', '')}T{sent.get('to', '')}"
    if "~" in sent.get("offer", ""):
        starts, _sep, ends = sent.get("offer", "").partition("~")
    return Asked(
        code=code,
        starts=starts,
        ends=ends,
        pieces=amount(sent.get("pieces", ""), field="pieces", label=_("件数")) or 1,
        persons_count=amount(sent.get("persons", ""), field="persons", label=_("人数")),
        purpose=sent.get("purpose", ""),
        phone=sent.get("phone", ""),
    )


def _repeated(sent: QueryDict, code: str) -> Repeated:
    rule = Rule(
        repeat=sent.get("repeat", ""),
        first_on=day(sent.get("on", ""), field="on", label=_("日期")),
        last_on=day(sent.get("last_on", ""), field="last_on", label=_("最后一天")),
        every=whole(sent.get("every", "1"), field="every", label=_("间隔")),
        weekdays=frozenset(int(text) for text in sent.getlist("weekdays") if text in {*"1234567"}),
        left_out=frozenset(_days(sent.get("left_out", "").replace("，", ",").split(","))),
    )
    return Repeated(
        asked=_asked(sent, code), rule=rule, skips_holidays=sent.get("skips_holidays") == "1"
    )


def _days(texts: list[str]) -> list[date]:
    return [
        day(text.strip(), field="left_out", label=_("除外日期")) for text in texts if text.strip()
    ]


def _again(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Show every date of a series; once they are confirmed, book them all or none."""
    sent = request.POST
    repeated = _repeated(sent, code)
    if sent.get("confirmed") != "1":
        seen = repeating.occurrences(repeated=repeated, by=by, at=now())
        return _show(request, code, by=by, seen=seen)
    left_out = _days(sent.getlist("skip"))
    try:
        number, count = repeating.book(
            repeated=repeated, left_out=left_out, key=required_key(sent), by=by, at=now()
        )
    except SeriesConflictError as refusal:
        return _show(request, code, by=by, seen=refusal.occurrences, refusal=refusal, status=422)
    messages.success(
        request, _("已登记周期预约 %(number)s，共 %(n)d 次。") % {"number": number, "n": count}
    )
    return redirect("console:booking_room", code=code)


def _refused(request: HttpRequest, code: str, refusal: DomainError, *, by: Actor) -> HttpResponse:
    offers = Offers()
    if refusal.field in {"starts", "ends"} and not request.POST.get("repeat"):
        asked = _asked(request.POST, code)
        offers = asking.offers_to(asked=asked, by=by, at=now())
    return _show(request, code, by=by, refusal=refusal, offers=offers, status=422)


def _show(
    request: HttpRequest,
    code: str,
    *,
    by: Actor,
    refusal: DomainError | None = None,
    offers: Offers | None = None,
    seen: tuple[repeating.Occurrence, ...] = (),
    status: int = 200,
) -> HttpResponse:
    try:
        page = keeping.page(code=code, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    sent: Any = request.POST if request.method == "POST" else request.GET
    on = day_of(sent.get("on", ""), default=today())
    context = {
        "by": by,
        "page": page,
        "busy": keeping.busy(code=code, on=on, by=by),
        "given": sent,
        "on": on,
        "refusal": refusal,
        "offers": offers or Offers(),
        "seen": seen,
        "conflicts": sum(bool(one.problem) for one in seen),
        "skipped": sent.getlist("skip"),
        "repeats": REPEATS,
        "weekdays": list(enumerate(WEEKDAYS, start=1)),
        "chosen_days": sent.getlist("weekdays"),
        "hours": list(zip(WEEKDAYS, page.open_days, strict=True)),
    }
    return TemplateResponse(request, "console/booking/new.html", context, status=status)
