"""One need on the dispatcher's screen: what is known, what was proposed, what may be done."""

import json

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from dianliang.core.files import read_token
from dianliang.domain.catalog.queries import services
from dianliang.domain.directory.owners import Owner
from dianliang.domain.directory.queries import units
from dianliang.domain.intake.queries import board as queries
from dianliang.domain.intake.queries.detail import NeedPage, need_page, need_row, shows_photo
from dianliang.faces.console import links
from dianliang.faces.console.forms import URGENCIES, filters_of
from dianliang.faces.ui.requests import now, requires
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows import chat, deciding, handling, mood, need_jobs, teaming
from dianliang.flows.grid_projects import needs as local_issues
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import (
    DomainError,
    InvalidInputError,
    NotVisibleError,
    StaleStateError,
)

HANDLERS = (Role.DISPATCHER, Role.ALLIANCE_UNIT)
MOST_PARTS = 10


@require_GET
@requires(*HANDLERS)
def need(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one need with everything that is known about it."""
    return _need(request, number, by=by)


def _need(
    request: HttpRequest,
    number: str,
    *,
    by: Actor,
    status: int = 200,
    refusal: DomainError | None = None,
    revealed: tuple[int, str] | None = None,
) -> HttpResponse:
    at = now()
    back = filters_of(QueryDict(_back(request)))
    try:
        page = mood.on_page(need_page(number, by=by, at=at))
        duplicates = deciding.duplicates(number=number, by=by, at=at)
        team = teaming.team_of(number=number, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    before, after = queries.neighbours(number, by=by, filters=back, at=at)
    names = {unit.code: unit.name for unit in units()}
    context = {
        "by": by,
        "page": page,
        "verbs": dict(page.verbs),
        "duplicates": duplicates,
        "team": team,
        "owners": [(owner.value, str(owner.label)) for owner in Owner],
        "services": services(),
        "units": units(),
        "urgencies": URGENCIES,
        "decided": {row.aspect: row for row in page.decided if row.aspect != "duplicate"},
        "proposed_unit_name": names.get(page.proposed_unit, ""),
        "answer": _answer(request, page, by=by),
        "building": local_issues.offer_of(number, by=by),
        "refusal": refusal,
        "revealed": revealed,
        "back": back.query(),
        "before": before,
        "after": after,
    }
    return TemplateResponse(request, "console/need.html", context, status=status)


def _back(request: HttpRequest) -> str:
    """Return the view of the queue from which the person came."""
    return str(request.POST.get("back") or request.GET.get("back") or "")


def _answer(request: HttpRequest, page: NeedPage, *, by: Actor) -> str:
    said = [m.text for m in page.messages if not m.is_internal and not m.from_public]
    return chat.answer(
        number=page.row.number,
        text=page.text,
        status_label=page.row.status_label,
        words=said[-1] if said else "",
        link=links.kept(request, page.row.number, by=by),
    )


@require_POST
@requires(*HANDLERS)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Do one thing with a need; if somebody was quicker, show what it is like now."""
    if verb not in handling.ACTS:
        raise Http404
    in_list = request.POST.get("stay") == "row"
    try:
        handling.perform(
            verb=verb,
            number=number,
            fields={name: request.POST.get(name, "") for name in handling.ACTS[verb][1]},
            seen=request.POST.get("seen", ""),
            by=by,
            at=now(),
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        code = 409 if isinstance(refusal, StaleStateError) else 422
        if in_list:
            return _row(request, number, by=by, status=code, said=refusal.message)
        return _need(request, number, by=by, status=code, refusal=refusal)
    said = _("%(number)s 已更新。") % {"number": number}
    if in_list:
        return _row(request, number, by=by, said=said)
    messages.success(request, said)
    return _again(request, number)


def _row(
    request: HttpRequest, number: str, *, by: Actor, said: str, status: int = 200
) -> HttpResponse:
    """Answer with the line of the queue as it is now, and say aloud what happened."""
    try:
        (row,) = mood.on_rows((need_row(number, by=by, at=now()),))
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {"row": row, "query": filters_of(QueryDict(_back(request))).query()}
    answer = TemplateResponse(request, "console/board.html#row", context, status=status)
    answer["HX-Trigger"] = json.dumps({"said": {"text": said, "bad": status != 200}})
    return answer


def _again(request: HttpRequest, number: str) -> HttpResponse:
    """Show the need again, remembering where in the queue the person came from."""
    query = QueryDict(mutable=True)
    query["back"] = filters_of(QueryDict(_back(request))).query()
    return redirect(f"{reverse('console:need', args=[number])}?{query.urlencode()}")


@require_POST
@requires(*HANDLERS)
def split(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Split a need into jobs, one per chosen service."""
    sent = request.POST
    columns = [sent.getlist(f"part_{name}") for name in ("service", "unit", "detail")]
    if len({len(column) for column in columns}) > 1 or len(columns[0]) > MOST_PARTS:
        words = _("派工单的各行没有对齐，或超过 10 行，请重新填写。")
        return _need(request, number, by=by, status=422, refusal=InvalidInputError(words))
    parts = tuple(
        handling.Part(service_code=service, unit_code=unit, detail=detail)
        for service, unit, detail in zip(*columns, strict=True)
        if service
    )
    try:
        made = handling.split(
            number=number, parts=parts, seen=request.POST.get("seen", ""), by=by, at=now()
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        code = 409 if isinstance(refusal, StaleStateError) else 422
        return _need(request, number, by=by, status=code, refusal=refusal)
    messages.success(request, _("已开 %(n)d 张工单。") % {"n": len(made)})
    return _again(request, number)


@require_POST
@requires(*HANDLERS)
def job(
    request: HttpRequest, number: str, job_number: str, verb: str, *, by: Actor
) -> HttpResponse:
    """Do one thing with a job of a need: take it, hand it over, finish it."""
    if verb not in need_jobs.ACTS:
        raise Http404
    try:
        need_jobs.perform(
            verb=verb,
            number=number,
            job_number=job_number,
            fields={name: request.POST.get(name, "") for name in need_jobs.ACTS[verb][1]},
            by=by,
            at=now(),
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        code = 409 if isinstance(refusal, StaleStateError) else 422
        return _need(request, number, by=by, status=code, refusal=refusal)
    messages.success(request, _("%(number)s 已更新。") % {"number": job_number})
    return _again(request, number)


@require_POST
@requires(*HANDLERS)
def tell(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Write to the person who asked, or a note for colleagues."""
    try:
        handling.tell(
            number=number,
            text=request.POST.get("text", ""),
            is_internal=request.POST.get("internal") == "1",
            by=by,
            at=now(),
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _need(request, number, by=by, status=422, refusal=refusal)
    return _again(request, number)


@require_POST
@requires(*HANDLERS)
def reveal(request: HttpRequest, number: str, participant_id: int, *, by: Actor) -> HttpResponse:
    """Show a phone number in full, for a reason that is logged."""
    try:
        phone = handling.reveal_phone(
            number=number,
            participant_id=participant_id,
            reason=request.POST.get("reason", ""),
            by=by,
            at=now(),
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return _need(request, number, by=by, status=422, refusal=refusal)
    answer = _need(request, number, by=by, revealed=(participant_id, phone))
    answer["Cache-Control"] = "no-store"
    return answer


@require_GET
@requires(*HANDLERS)
def photo(request: HttpRequest, number: str, token: str, *, by: Actor) -> HttpResponse:
    """Return a photo of a need that the actor may see."""
    del request
    try:
        is_shown = shows_photo(number, token, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent
    if not is_shown:
        raise Http404
    answer = HttpResponse(read_token(token), content_type="image/jpeg")
    answer["Cache-Control"] = "private, max-age=86400"
    return answer
