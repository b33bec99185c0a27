"""三管 and contests: announced, provisional, shown, appealed, published; each figure's records."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dianliang.core.files import read_token
from dianliang.domain.appraisal.access import READERS, WRITERS
from dianliang.faces.console import party_tables
from dianliang.faces.console.appraisal.common import (
    evidence,
    linked,
    printed,
)
from dianliang.faces.console.branches.common import Steps, lead_on, press, reason, shown, status_of
from dianliang.faces.console.fields import day, whole
from dianliang.faces.console.paging import AS, paged, sheet_of
from dianliang.faces.ui.keys import made_once
from dianliang.faces.ui.requests import now, requires, sent_paper, today
from dianliang.flows.appraisal import papers, ratings, rulebooks
from dianliang.flows.appraisal import rounds as flow
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError

ROWS_A_PAGE = 50
KINDS = {"contest": "竞赛", "three": "三管考评"}


@require_GET
@requires(*READERS)
def rounds(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the rounds, and the form that announces one."""
    if request.GET.get(AS):
        rows = ratings.rounds(kind=_kind(request), by=by)
        return sheet_of(request, party_tables.ROUNDS, rows, by=by) or _rounds(request, by=by)
    return _rounds(request, by=by)


def _kind(request: HttpRequest) -> str:
    kind = request.GET.get("kind", "")
    return kind if kind in KINDS else ""


def _rounds(request: HttpRequest, *, by: Actor, refusal: DomainError | None = None) -> HttpResponse:
    kind, may_write = _kind(request), by.role in WRITERS
    books = [row for row in rulebooks.books(by=by) if row.kind != "tasks" and row.in_force]
    rows, at = paged(request, ratings.rounds(kind=kind, by=by))
    context = {
        "by": by,
        "rows": rows,
        "pages": at,
        "kind": kind,
        "tabs": [("", "全部"), *KINDS.items()],
        "books": books,
        "units": rulebooks.units(by) if may_write else (),
        "may_write": may_write,
        "refusal": refusal,
    }
    status = status_of(refusal)
    return TemplateResponse(request, "console/appraisal/rounds.html", context, status=status)


@require_POST
@requires(*WRITERS)
def announce(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Announce a round."""
    sent = request.POST
    try:
        asked: dict[str, Any] = {
            "book": shown(sent.get("book", "")),
            "title": sent.get("title", ""),
            "unit": sent.get("unit", ""),
            "since": day(sent.get("since", ""), field="since", label=_("起始日期")),
            "until": day(sent.get("until", ""), field="until", label=_("截止日期")),
            "by": by,
            "at": now(),
        }
        number = made_once(
            request, "appraisal.announce", lambda: flow.announce(**asked), at=asked["at"]
        )
    except DomainError as refusal:
        return _rounds(request, by=by, refusal=refusal)
    messages.success(request, _("规则已公布，考评期内的名次随记录更新。"))
    return redirect("console:appraisal_round", number)


def _edition(request: HttpRequest) -> int | None:
    text = request.GET.get("edition", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else None


@require_GET
@requires(*READERS)
def round_(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one round: who stands where."""
    return _round(request, number, by=by)


def _round(
    request: HttpRequest, number: str, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    try:
        page = ratings.round_page(number, edition=_edition(request), by=by, on=today())
    except NotVisibleError as absent:
        raise Http404 from absent
    standings, at = paged(request, page.standings, each=ROWS_A_PAGE)
    context = {
        "by": by,
        "page": page,
        "standings": standings,
        "pages": at,
        "row": page.row,
        "refusal": refusal,
        "may_correct": page.may_lead and page.row.status in {"SHOWN", "PUBLISHED"},
    }
    status = status_of(refusal)
    return TemplateResponse(request, "console/appraisal/round.html", context, status=status)


ROUND_STEPS: Steps = {
    "show": (flow.show, lambda _sent: {}),
    "publish": (flow.publish, lambda _sent: {}),
    "cancel": (flow.cancel, reason),
    "correct": (flow.correct, reason),
}


@require_POST
@requires(*WRITERS)
def round_act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Lead a round on."""
    return lead_on(request, number, verb, ROUND_STEPS, _round, "console:appraisal_round", by=by)


@require_GET
@requires(*READERS)
def round_file(request: HttpRequest, number: str, kind: str, *, by: Actor) -> HttpResponse:
    """Hand a round out as Excel, or its result as Word or PDF."""
    asked: dict[str, Any] = {"edition": _edition(request), "by": by, "on": today(), "at": now()}
    try:
        if kind == "xlsx":
            return printed(papers.round_sheet(number, **asked))
        return printed(papers.bulletin(number, kind=kind, **asked))
    except NotVisibleError as absent:
        raise Http404 from absent


@require_GET
@requires(*READERS)
def subject(request: HttpRequest, number: str, subject: str, *, by: Actor) -> HttpResponse:
    """Show one who is rated with the records behind each figure."""
    return _subject(request, number, subject, by=by)


def _subject(
    request: HttpRequest,
    number: str,
    subject: str,
    *,
    by: Actor,
    refusal: DomainError | None = None,
) -> HttpResponse:
    try:
        page = ratings.subject_page(number, subject, edition=_edition(request), by=by, on=today())
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "page": page.page,
        "about": page,
        "row": page.row,
        "figures": [
            (
                figure,
                linked(figure.records, by=by),
                page.marks.get(figure.indicator.key),
                request.POST.get("indicator") == f"{figure.indicator.position}",
            )
            for figure in page.row.figures
        ],
        "refusal": refusal,
    }
    status = status_of(refusal)
    return TemplateResponse(request, "console/appraisal/subject.html", context, status=status)


def _act(
    request: HttpRequest, number: str, subject: str, verb: str, sent: QueryDict, by: Actor
) -> object:
    if verb == "mark":
        return flow.mark(
            number=number,
            subject=subject,
            indicator=sent.get("indicator", ""),
            points=whole(sent.get("mark", ""), field="mark", label=_("评分")),
            text=sent.get("words", ""),
            content=sent_paper(request, "file"),
            record=sent.get("record", ""),
            by=by,
            at=now(),
        )
    return flow.appeal(
        number=number,
        subject=subject,
        indicator=sent.get("indicator", ""),
        text=sent.get("words", ""),
        by=by,
        at=now(),
    )


@require_POST
@requires(*WRITERS)
def subject_act(
    request: HttpRequest, number: str, subject: str, verb: str, *, by: Actor
) -> HttpResponse:
    """Give a mark, or appeal for a branch."""
    if verb not in {"mark", "appeal"}:
        raise Http404

    def done() -> HttpResponse:
        messages.success(request, _("已登记。"))
        return redirect("console:appraisal_subject", number, subject)

    return press(
        lambda: _act(request, number, subject, verb, request.POST, by),
        refused=lambda refusal: _subject(request, number, subject, by=by, refusal=refusal),
        done=done,
    )


@require_GET
@requires(*READERS)
def mark_file(
    request: HttpRequest, number: str, subject: str, token: str, *, by: Actor
) -> HttpResponse:
    """Hand out what stands behind a mark."""
    del request
    try:
        found, media_type = ratings.mark_file(number, subject, token, by=by, on=today())
    except NotVisibleError as absent:
        raise Http404 from absent
    return evidence(read_token(found), media_type, f"{number}-{found[:6]}")


@require_GET
@requires(*READERS)
def certificate(
    request: HttpRequest, number: str, subject: str, kind: str, *, by: Actor
) -> HttpResponse:
    """Hand a certificate out as Word or PDF."""
    del request
    try:
        file = papers.certificate(number, subject, kind=kind, by=by, on=today(), at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    return printed(file)


@require_GET
@requires(*READERS)
def appeals(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show appeals, open ones first."""
    return _appeals(request, by=by)


def _appeals(
    request: HttpRequest, *, by: Actor, refusal: DomainError | None = None
) -> HttpResponse:
    view = "all" if request.GET.get("view") == "all" else "open"
    context = {
        "by": by,
        "rows": ratings.appeals(view=view, by=by),
        "view": view,
        "refusal": refusal,
        "may_write": by.role in WRITERS,
    }
    status = status_of(refusal)
    return TemplateResponse(request, "console/appraisal/appeals.html", context, status=status)


@require_POST
@requires(*WRITERS)
def decide(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Uphold or reject an appeal."""
    if verb not in {"uphold", "reject"}:
        raise Http404
    sent = request.POST

    def done() -> HttpResponse:
        messages.success(request, _("已裁定。"))
        return redirect("console:appraisal_appeals")

    def act() -> object:
        typed = sent.get("mark", "")
        points = whole(typed, field="mark", label=_("评分")) if typed else None
        because = sent.get("because", "")
        return flow.decide(
            number=number, verb=verb, points=points, because=because, by=by, at=now()
        )

    return press(act, refused=lambda refusal: _appeals(request, by=by, refusal=refusal), done=done)
