"""Campaigns: the list, one campaign by area, its targets, and what is done with each."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.catalog.queries import services
from dianliang.domain.programs.progress import AreaProgress, campaigns
from dianliang.domain.territory.queries import area_rows
from dianliang.faces.console.fields import day, whole
from dianliang.faces.console.paging import page_number, paged, pages_of
from dianliang.faces.console.tables import download
from dianliang.faces.ui.keys import made_once
from dianliang.faces.ui.photos import photo_answer
from dianliang.faces.ui.refused import page_again
from dianliang.faces.ui.requests import now, requires, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.campaigns import choices, doing, listing, opening, pages, tables, workbooks
from dianliang.flows.campaigns.listing import Added, Wanted
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError

BATCH = 50


@require_GET
@requires(Role.DISPATCHER)
def register(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show every campaign with how far it has come."""
    on = today()
    shown, at = paged(request, campaigns(by=by))
    rows = [(row, row.is_late(on)) for row in shown]
    context = {"by": by, "rows": rows, "pages": at}
    return TemplateResponse(request, "console/campaigns.html", context)


@require_http_methods(["GET", "POST"])
@requires(Role.DISPATCHER)
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Offer the form of a campaign; keep it as a draft."""
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            wanted, at = _wanted(request), now()
            number = made_once(
                request,
                "campaigns.draft",
                lambda: listing.draft(wanted=wanted, by=by, at=at),
                at=at,
            )
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, _("草稿已保存。核对目标数后冻结名单。"))
            return redirect("console:campaign", number)
    given = request.GET
    context = {
        "by": by,
        "given": given,
        "chosen": set(given.getlist("kinds")) | set(given.getlist("proofs")),
        "chosen_keys": set(given.getlist("grades")) | set(given.getlist("key_kinds")),
        "grades": choices.GRADES,
        "key_kinds": choices.KEY_KINDS,
        "refusal": refusal,
        "sources": choices.SOURCES,
        "proofs": choices.PROOFS,
        "special_kinds": choices.SPECIAL_KINDS,
        "site_kinds": choices.SITE_KINDS,
        "who": choices.WHO,
        "units": listing.units_to_lead(by),
        "services": services(),
        "areas": area_rows(levels=("township", "village")),
        "today": today(),
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/campaign_new.html", context, status=status)


def _wanted(request: HttpRequest) -> Wanted:
    sent = request.POST
    table = request.FILES.get("table")
    source = sent.get("source", "")
    return Wanted(
        title=sent.get("title", ""),
        source=source,
        query={
            "years": sent.get("years", ""),
            "kinds": sent.getlist("kinds"),
            "grades": sent.getlist("grades"),
            "key_kinds": sent.getlist("key_kinds"),
            "who": sent.get("who", ""),
            "area": sent.get("area", ""),
        },
        table=table.read() if table else None,
        action=sent.get("action", ""),
        service_code=sent.get("service", ""),
        checklist=sent.get("checklist", ""),
        proofs=sent.getlist("proofs"),
        duration_min=whole(
            sent.get("duration_min", ""), field="duration_min", label=_("每个预计时长")
        ),
        unit_code=sent.get("unit", ""),
        starts_on=day(sent.get("starts_on", ""), field="starts_on", label=_("开始日期")),
        due_on=day(sent.get("due_on", ""), field="due_on", label=_("完成期限")),
    )


@require_GET
@requires(Role.DISPATCHER)
def template(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Return the table of targets to fill in."""
    return download(tables.template(), "dianliang-campaign-template.xlsx")


@require_GET
@requires(Role.DISPATCHER)
def campaign(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one campaign: by area on map and table, of the real denominator."""
    area = request.GET.get("area", "")
    try:
        page = pages.campaign_page(number=number, area_code=area, by=by)
        is_draft = page.head.status == "DRAFT" and page.head.may_lead
        expected = listing.preview(number=number, by=by, on=today()) if is_draft else None
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "page": page,
        "area": area,
        "expected": expected,
        "points": [_point(part) for part in page.points],
        "areas": area_rows(levels=("village",)) if page.head.may_lead else (),
        "batch": BATCH,
        "seed": now().microsecond + 1,
    }
    return TemplateResponse(request, "console/campaign.html", context)


def _point(part: AreaProgress) -> dict[str, Any]:
    tally = part.tally
    share = tally.share or 0.0
    return {
        "lat": part.area.lat,
        "lon": part.area.lon,
        "number": f"{tally.done}/{tally.total}",
        "title": part.area.name,
        "area": f"{share:.0%}",
        "tone": "done"
        if share >= 1
        else "late"
        if tally.get("FAILED")
        else "soon"
        if tally.done
        else "open",
        "exact": True,
    }


@require_GET
@requires(Role.DISPATCHER)
def targets(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """List the targets of an area in a state."""
    asked = request.GET
    wanted = {name: asked.get(name, "").replace("\0", "") for name in ("area", "status", "reason")}
    try:
        listed = pages.target_list(
            number=number,
            area_code=wanted["area"],
            status=wanted["status"],
            reason=wanted["reason"],
            page=page_number(asked),
            by=by,
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "number": number,
        "listed": listed,
        "status": wanted["status"],
        "area": wanted["area"],
        "pages": pages_of(asked, listed.page, listed.pages),
        "of_area": urlencode({"area": wanted["area"]} if wanted["area"] else {}),
    }
    return TemplateResponse(request, "console/campaign_targets.html", context)


@require_GET
@requires(Role.DISPATCHER)
def export(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Return a campaign as Excel."""
    try:
        content = workbooks.workbook(number=number, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    return download(content, f"{number}.xlsx")


Acted = Callable[[str, QueryDict, Actor], str]


def _freeze(number: str, sent: QueryDict, by: Actor) -> str:
    frozen = listing.freeze(number=number, by=by, at=now())
    if frozen.status == "FREEZING":
        return _("名单很长，正在后台冻结，完成后刷新本页即可看到。")
    return _("名单已冻结：%(n)d 个目标。") % {"n": frozen.frozen_count or 0}


def _open(number: str, sent: QueryDict, by: Actor) -> str:
    batch = opening.open_batch(
        number=number,
        area_code=sent.get("area", ""),
        most=whole(sent.get("most", ""), field="most", label=_("张数")),
        is_nearby=bool(sent.get("nearby")),
        by=by,
        at=now(),
    )
    if batch.is_queued:
        return _("这一批较多，正在后台开工单，可刷新本页看进度。")
    words = _("已开 %(n)d 张工单，可以和其他工单一起排计划了。") % {"n": batch.opened}
    if batch.without_place:
        words += _("%(n)d 个没有坐标，未开。") % {"n": batch.without_place}
    return words


def _add(number: str, sent: QueryDict, by: Actor) -> str:
    added = Added(
        key=sent.get("key", ""),
        title=sent.get("title", ""),
        area_code=sent.get("area", ""),
        place=sent.get("place", ""),
        reason=sent.get("reason", ""),
    )
    listing.add(number=number, added=added, by=by, at=now())
    return _("已补入名单，日期和原因已记下。")


def _draw(number: str, sent: QueryDict, by: Actor) -> str:
    made = doing.draw(
        number=number,
        size=whole(sent.get("size", ""), field="size", label=_("样本量")),
        seed=_seed(sent.get("seed", "")),
        by=by,
        at=now(),
    )
    return _("从 %(of)d 个已完成中随机抽了 %(n)d 个。") % {"of": made.population, "n": made.size}


def _seed(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 11):
        raise InvalidInputError(_("随机种子应填整数。"), field="seed")
    return int(text)


def _deeds(number: str, sent: QueryDict, by: Actor) -> str:
    counted = doing.count_deeds(number=number, by=by, at=now())
    return _("按志愿行动记录核对，新完成 %(n)d 人。") % {"n": counted}


def _move(verb: str) -> Acted:
    def act(number: str, sent: QueryDict, by: Actor) -> str:
        listing.move(number=number, verb=verb, reason=sent.get("reason", ""), by=by, at=now())
        return _("已更新。")

    return act


ACTS: dict[str, Acted] = {
    "freeze": _freeze,
    "open": _open,
    "add": _add,
    "draw": _draw,
    "deeds": _deeds,
    "close": _move("close"),
    "reopen": _move("reopen"),
    "discard": _move("discard"),
}


@require_POST
@requires(Role.DISPATCHER)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Do something with a campaign as a whole."""
    if verb not in ACTS:
        raise Http404
    try:
        messages.success(request, ACTS[verb](number, request.POST, by))
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return page_again(request, refusal)
    return redirect("console:campaign", number)


@require_GET
@requires(Role.DISPATCHER)
def target(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one target with its evidence."""
    return _target(request, number, by=by)


def _target(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        page = pages.target_page(number=number, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "page": page,
        "refusal": refusal,
        "reasons": choices.REASONS,
        "photo_kinds": choices.PHOTO_KINDS,
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/campaign_target.html", context, status=status)


@require_POST
@requires(Role.DISPATCHER)
def target_act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Do something with one target; what was entered stays when it is refused."""
    if verb not in TARGET_ACTS:
        raise Http404
    try:
        TARGET_ACTS[verb](request, number, by)
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _target(request, number, by=by, refusal=refusal)
    messages.success(request, _("%(number)s 已更新。") % {"number": number})
    return redirect("console:campaign_target", number)


def _complete(request: HttpRequest, number: str, by: Actor) -> None:
    photos = [
        (kind, file.read())
        for kind, _label in choices.PHOTO_KINDS
        for file in request.FILES.getlist(kind)
    ]
    words = request.POST.get("words", "")
    doing.complete(number=number, photos=photos, words=words, by=by, at=now())


def _give_up(request: HttpRequest, number: str, by: Actor) -> None:
    sent = request.POST
    doing.give_up(
        number=number, reason=sent.get("reason", ""), note=sent.get("note", ""), by=by, at=now()
    )


def _try_again(request: HttpRequest, number: str, by: Actor) -> None:
    doing.try_again(number=number, by=by, at=now())


def _correct(*, is_back: bool) -> Callable[[HttpRequest, str, Actor], None]:
    def correct(request: HttpRequest, number: str, by: Actor) -> None:
        reason = request.POST.get("reason", "")
        doing.correct(number=number, is_back=is_back, reason=reason, by=by, at=now())

    return correct


def _judge(*, passed: bool) -> Callable[[HttpRequest, str, Actor], None]:
    def judge(request: HttpRequest, number: str, by: Actor) -> None:
        words = request.POST.get("words", "")
        doing.judge(number=number, passed=passed, words=words, by=by, at=now())

    return judge


TARGET_ACTS: dict[str, Callable[[HttpRequest, str, Actor], None]] = {
    "complete": _complete,
    "give_up": _give_up,
    "try_again": _try_again,
    "exclude": _correct(is_back=False),
    "include": _correct(is_back=True),
    "pass_check": _judge(passed=True),
    "fail_check": _judge(passed=False),
}


@require_GET
@requires(Role.DISPATCHER)
def photo(request: HttpRequest, number: str, token: str, *, by: Actor) -> HttpResponse:
    """Return a photo of a target that the actor may see."""
    try:
        return photo_answer(doing.photo_of(number=number, token=token, by=by))
    except NotVisibleError as absent:
        raise Http404 from absent
