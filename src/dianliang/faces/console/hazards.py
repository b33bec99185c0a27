"""Hazards: which are open, where, for whom; one hazard with its photos; papers and inspections."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from dianliang.core.files import read_token
from dianliang.domain.territory.queries import village_choices
from dianliang.faces.console.fields import day
from dianliang.faces.console.tables import not_exported
from dianliang.faces.ui.photos import photo_answer
from dianliang.faces.ui.refused import page_again
from dianliang.faces.ui.requests import now, requires, sent_photo
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows import safety, safety_desk, safety_page, safety_papers
from dianliang.flows.safety_desk import Sent
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NEEDS_PHOTO = frozenset({"rectify", "close"})
NEEDS_DAY = frozenset({"extend"})
OPTIONAL_WORDS = frozenset({"start", "rectify", "close"})
ASKS = {
    "notify": "怎样送达、谁签收",
    "rectify": "整改说明",
    "close": "复查说明",
    "fail": "哪里还不合格",
}
"""What the words of an act are about, where it is no reason."""


@require_GET
@requires(Role.DISPATCHER)
def hazards(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show a cut of the hazards with its map, and how much was looked at."""
    cut = safety_page.cut_of(request.GET.dict())
    page = safety_page.page(cut=cut, by=by, at=now())
    others = {"grade": cut.grade, "party": cut.party, "area": cut.area}
    kept = urlencode({name: value for name, value in others.items() if value})
    tabs = [(code, label, page.counts[code]) for code, label in safety_page.VIEWS.items()]
    context = {
        "by": by,
        "page": page,
        "cut": cut,
        "kept": kept,
        "tabs": tabs,
        "points": list(page.points),
        "grades": safety_page.GRADES.items(),
        "parties": safety_page.PARTIES.items(),
        "towns": village_choices(),
        "most": safety_page.MOST_ROWS,
    }
    return TemplateResponse(request, "console/hazards.html", context)


@require_GET
@requires(Role.DISPATCHER)
def export(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Give a cut of the hazards as Excel."""
    cut = safety_page.cut_of(request.GET.dict())
    try:
        content = safety_page.workbook(cut=cut, by=by, at=now())
    except InvalidInputError as refusal:
        return not_exported(request, refusal)
    return _file(content, "hazards.xlsx", EXCEL)


@require_POST
@requires(Role.DISPATCHER)
def order(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Open a job for an inspection."""
    sent = request.POST
    try:
        job = safety.order_inspection(
            kind=sent.get("kind", ""),
            area_code=sent.get("area_code", ""),
            address=sent.get("address", ""),
            customer=sent.get("customer", ""),
            due_on=day(sent.get("due_on", ""), field="due_on", label=_("完成日期")),
            by=by,
            at=now(),
        )
    except DomainError as refusal:
        return page_again(request, refusal)
    else:
        messages.success(request, _("已开检查工单 %(n)s，可以排计划了。") % {"n": job.number})
    return redirect("console:hazards")


@require_GET
@requires(Role.DISPATCHER)
def hazard(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one hazard with its photos, story and what may be done."""
    return _show(request, number, by=by)


@require_POST
@requires(Role.DISPATCHER)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Do one thing with a hazard; a refusal keeps what was typed."""
    words = {name: request.POST.get(name, "") for name in ("reason", "until")}
    try:
        sent = Sent(words=words, photo=sent_photo(request))
        safety_desk.perform(number=number, verb=verb, sent=sent, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _show(request, number, by=by, refusal=refusal)
    messages.success(request, _("已记下。"))
    return redirect("console:hazard", number=number)


@require_GET
@requires(Role.DISPATCHER)
def photo(request: HttpRequest, number: str, stage: str, *, by: Actor) -> HttpResponse:
    """Return a photo of a hazard."""
    del request
    try:
        token = safety_page.picture(number=number, stage=stage, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    if not token:
        raise Http404
    return photo_answer(read_token(token))


@require_GET
@requires(Role.DISPATCHER)
def notice(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Give a notice as PDF."""
    # The code on paper opens the public page; its secret part is added where the notice is known.
    link = request.build_absolute_uri(reverse("portal:notice", args=["T"])).removesuffix("T/")
    try:
        name, content = safety_papers.notice_pdf(number=number, link=link, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    return _file(content, name, "application/pdf", how="inline")


def _file(content: bytes, name: str, kind: str, *, how: str = "attachment") -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'{how}; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


def _show(
    request: HttpRequest,
    number: str,
    *,
    by: Actor,
    refusal: DomainError | None = None,
) -> HttpResponse:
    try:
        found = safety_page.hazard_page(number=number, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    acts = [
        {
            "verb": verb,
            "label": label,
            "asks": ASKS.get(verb, "原因"),
            "is_optional": verb in OPTIONAL_WORDS,
            "needs_photo": verb in NEEDS_PHOTO,
            "needs_day": verb in NEEDS_DAY,
        }
        for verb, label in found.verbs
    ]
    context = {"by": by, "page": found, "acts": acts, "refusal": refusal}
    status = 422 if refusal else 200
    answer = TemplateResponse(request, "console/hazard.html", context, status=status)
    answer["Cache-Control"] = "no-store"
    return answer
