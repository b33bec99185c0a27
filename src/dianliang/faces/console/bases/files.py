"""The file of one base: everything about it on one page, and every change to it."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.core.papers import PDF
from dianliang.domain.territory.queries import area_rows
from dianliang.domain.venues.opening import ON_HOLIDAYS, ON_MAKE_UP
from dianliang.domain.venues.sites import KINDS, VENUE_TYPES
from dianliang.faces.console.bases.reading import (
    READERS,
    described,
    number,
    text,
)
from dianliang.faces.console.fields import day, optional_day
from dianliang.faces.ui.keys import made_once
from dianliang.faces.ui.photos import photo_answer
from dianliang.faces.ui.refused import refused
from dianliang.faces.ui.requests import now, requires, sent_paper, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.bases import closing, proving
from dianliang.flows.bases import file as flow
from dianliang.flows.bases.reach import EDITORS, site_to_change, units_of
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError


@require_GET
@requires(*READERS)
def base(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Show a base."""
    return _page(request, code, by=by)


def _page(request: HttpRequest, code: str, *, by: Actor) -> TemplateResponse:
    try:
        found = flow.file(code, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    site = found.site
    context = {
        "by": by,
        "file": found,
        "site": site,
        "today": today(),
        "kinds": KINDS,
        "venue_types": VENUE_TYPES,
        "on_holidays": ON_HOLIDAYS,
        "on_make_up": ON_MAKE_UP,
        "units": units_of(by) if found.may_edit else (),
        "areas": area_rows(levels=("village",)) if found.may_edit else (),
        "points": [
            {
                "number": site.code,
                "title": site.name,
                "lat": site.lat,
                "lon": site.lon,
                "tone": "open",
            }
        ],
    }
    return TemplateResponse(request, "console/bases/base.html", context)


def _change(request: HttpRequest, code: str, by: Actor) -> str:
    flow.change(
        code=code, described=described(request), seen=text(request, "seen"), by=by, at=now()
    )
    return _("资料已修改。")


def _hours(request: HttpRequest, code: str, by: Actor) -> str:
    typed = flow.HoursTyped(
        from_on=day(text(request, "from_on"), field="from_on", label=_("起始日期")),
        week=[text(request, f"day{n}") for n in range(7)],
        on_holidays=text(request, "on_holidays"),
        holiday=text(request, "holiday"),
        on_make_up=text(request, "on_make_up"),
    )
    flow.set_hours(code=code, typed=typed, seen=text(request, "seen"), by=by, at=now())
    return _("开放时间已登记。")


def _days(request: HttpRequest, code: str, by: Actor) -> str:
    first = day(text(request, "first_on"), field="first_on", label=_("开始日期"))
    last = optional_day(text(request, "last_on"), field="last_on", label=_("结束日期"))
    count = flow.set_days(
        code=code,
        first=first,
        last=last or first,
        text=text(request, "spans"),
        reason=text(request, "reason"),
        by=by,
        at=now(),
    )
    return _("已登记 %(n)d 天的特别安排。") % {"n": count}


def _drop_day(request: HttpRequest, code: str, by: Actor) -> str:
    on = day(text(request, "on"), field="on", label=_("日期"))
    flow.drop_day(code=code, on=on, by=by, at=now())
    return _("已撤掉这一天的特别安排。")


def _offer(request: HttpRequest, code: str, by: Actor) -> str:
    chosen = dict.fromkeys(request.POST.getlist("services"), "")
    words = {service: text(request, f"words_{service}") for service in chosen}
    count = flow.offer(code=code, words=words, by=by, at=now())
    return _("已开通 %(n)d 项服务。") % {"n": count}


def _hand_over(request: HttpRequest, code: str, by: Actor) -> str:
    flow.hand_over(
        code=code,
        person_number=text(request, "person"),
        from_on=day(text(request, "from_on"), field="from_on", label=_("起始日期")),
        reason=text(request, "reason"),
        by=by,
        at=now(),
    )
    return _("责任人已登记。")


def _take_back(request: HttpRequest, code: str, by: Actor) -> str:
    from_on = day(text(request, "from_on"), field="from_on", label=_("起始日期"))
    flow.take_back(code=code, from_on=from_on, by=by, at=now())
    return _("交接已撤回。")


def _prove(request: HttpRequest, code: str, by: Actor) -> str:
    give = partial(
        proving.give,
        code=code,
        item_key=text(request, "item"),
        paper=sent_paper(request, "paper"),
        record=text(request, "record"),
        words=text(request, "words"),
        from_on=optional_day(text(request, "from_on"), field="from_on", label=_("起始日期")),
        expires_on=optional_day(
            text(request, "expires_on"), field="expires_on", label=_("失效日期")
        ),
        by=by,
        at=now(),
    )
    made_once(request, "base-proof", give, at=now())
    return _("佐证已提交，待另一位同事核验。")


ACTS: dict[str, Callable[[HttpRequest, str, Actor], str]] = {
    "change": _change,
    "hours": _hours,
    "days": _days,
    "drop_day": _drop_day,
    "offer": _offer,
    "hand_over": _hand_over,
    "take_back": _take_back,
    "prove": _prove,
}


@require_POST
@requires(*EDITORS)
def act(request: HttpRequest, code: str, verb: str, *, by: Actor) -> HttpResponse:
    """Change something about a base."""
    if verb not in ACTS:
        raise Http404
    try:
        site_to_change(code, by=by)  # first: what is wrong with a form tells nobody what exists
        messages.success(request, ACTS[verb](request, code, by))
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return refused(_page(request, code, by=by), refusal)
    return redirect("console:base", code)


@require_http_methods(["GET", "POST"])
@requires(*EDITORS)
def close(request: HttpRequest, code: str, *, by: Actor) -> HttpResponse:
    """Show what is ahead at a base; on a POST, close it and call that off."""
    refusal: DomainError | None = None
    try:
        if request.method == "POST":
            count = closing.close(
                code=code,
                reason=text(request, "reason"),
                seen_site=text(request, "seen_site"),
                seen=text(request, "seen"),
                calls_off=request.POST.get("calls_off") == "1",
                by=by,
                at=now(),
            )
            words = _("阵地已停用，记录保留；取消了 %(n)d 项安排，有关的人能看到原因。")
            messages.success(request, words % {"n": count})
            return redirect("console:base", code)
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as error:
        refusal = error
    try:
        ahead = closing.ahead(code, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {"by": by, "ahead": ahead, "refusal": refusal}
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/bases/close.html", context, status=status)


def _accept(request: HttpRequest, proof: str, by: Actor) -> None:
    proving.accept(
        number=proof,
        share_percent=number(request, "share", label=_("得分率")),
        verdict=text(request, "verdict"),
        by=by,
        at=now(),
    )


def _refuse(request: HttpRequest, proof: str, by: Actor) -> None:
    proving.refuse(number=proof, verdict=text(request, "verdict"), by=by, at=now())


def _withdraw(request: HttpRequest, proof: str, by: Actor) -> None:
    proving.withdraw(number=proof, verdict=text(request, "verdict"), by=by, at=now())


CHECKS: dict[str, Callable[[HttpRequest, str, Actor], None]] = {
    "accept": _accept,
    "refuse": _refuse,
    "withdraw": _withdraw,
}


@require_POST
@requires(*EDITORS)
def proof_act(request: HttpRequest, proof: str, verb: str, *, by: Actor) -> HttpResponse:
    """Accept, refuse or withdraw a proof."""
    if verb not in CHECKS:
        raise Http404
    try:
        code = proving.base_of(number=proof, by=by)
        CHECKS[verb](request, proof, by)
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return refused(_page(request, code, by=by), refusal)
    messages.success(request, _("已处理佐证。"))
    return redirect("console:base", code)


@require_GET
@requires(*READERS)
def paper(request: HttpRequest, proof: str, *, by: Actor) -> HttpResponse:
    """Return the file of a proof: a photo to look at, a PDF to keep."""
    try:
        stored, content = proving.paper_of(number=proof, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    if stored.media_type == PDF:
        headers = {"Content-Disposition": f'attachment; filename="{proof}.pdf"'}
        return HttpResponse(content, content_type="application/octet-stream", headers=headers)
    return photo_answer(content)
