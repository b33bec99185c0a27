"""The register of people, one person, and the certificates that end."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.core.papers import PDF
from dianliang.domain.workforce import person_file, register
from dianliang.domain.workforce.register import READERS, WRITERS
from dianliang.faces.console import list_tables
from dianliang.faces.console.paging import paged, sheet_of
from dianliang.faces.console.staff import forms
from dianliang.faces.ui.keys import key_of
from dianliang.faces.ui.refused import refused
from dianliang.faces.ui.requests import now, requires, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.staffing import doings, revealing
from dianliang.flows.staffing import people as flow
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, NotVisibleError

DAYS = (30, 90, 180, 365)


@require_GET
@requires(*READERS)
def people(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the register, cut as the address says."""
    search = _search(request)
    page = register.people(search, by=by, on=today())
    if file := sheet_of(request, list_tables.PEOPLE, page.rows, by=by):
        return file
    rows, at = paged(request, page.rows)
    context = {
        "by": by,
        "rows": rows,
        "pages": at,
        "search": search,
        "tabs": [(code, label, page.counts[code]) for code, label in register.VIEWS.items()],
        "choices": register.choices(by=by, on=today()),
        "days": DAYS,
        "query": _query(request),
        "may_write": by.role in WRITERS,
    }
    return TemplateResponse(request, "console/staff/people.html", context)


def _search(request: HttpRequest) -> register.Search:
    asked = request.GET
    view, days = asked.get("view", ""), asked.get("days", "")
    return register.Search(
        view=view if view in register.VIEWS else "here",
        words=asked.get("q", "").strip()[:40].replace("\0", ""),
        role=asked.get("role", "")[:24],
        team=asked.get("team", "")[:24],
        unit=asked.get("unit", "")[:24],
        skill=asked.get("skill", "")[:24],
        days=int(days) if days in map(str, DAYS) else register.NOTICE_DAYS,
    )


def _query(request: HttpRequest) -> str:
    """Return the address without page and view, so that tabs and pages keep what was chosen."""
    kept = request.GET.copy()
    for name in ("page", "view"):
        kept.pop(name, None)
    return kept.urlencode()


@require_GET
@requires(*READERS)
def expiring(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the certificates that end within some days, and those that have ended."""
    asked = request.GET.get("days", "")
    days = int(asked) if asked in map(str, DAYS) else register.NOTICE_DAYS
    rows = register.ending(days=days, by=by, on=today())
    if file := sheet_of(request, list_tables.ENDING, rows, by=by):
        return file
    shown, at = paged(request, rows)
    context = {
        "by": by,
        "rows": shown,
        "pages": at,
        "over": sum(row.days_left <= 0 for row in rows),
        "asked": days,
        "days": DAYS,
    }
    return TemplateResponse(request, "console/staff/expiring.html", context)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@requires(*WRITERS)
def new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Write a new person down."""
    refusal = None
    if request.method == "POST":
        try:
            number = flow.take_in_once(
                key=key_of(request.POST),
                asked=forms.person(request.POST),
                role_codes=request.POST.getlist("roles"),
                by=by,
                at=now(),
            )
        except DomainError as wrong:
            refusal = wrong
        else:
            messages.success(request, _("已登记，编号 %(number)s。") % {"number": number})
            return redirect("console:staff_person", number)
    context = {
        "by": by,
        "refusal": refusal,
        "sent_roles": request.POST.getlist("roles"),
        "choices": register.choices(by=by, on=today()),
        "documents": register.DOCUMENTS,
        "unit_code": request.POST.get("unit_code", by.unit_code),
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/staff/new.html", context, status=status)


@require_GET
@requires(*READERS)
def person(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show one person; a number that was merged away leads to who was kept."""
    found = _kept(number, by=by)
    if found != number:
        return redirect("console:staff_person", found)
    return _page(request, found, by=by)


def _kept(number: str, *, by: Actor) -> str:
    """Return the number of the person to whom a number leads."""
    try:
        return register.person_to_see(number, by=by).number
    except NotVisibleError as absent:
        raise Http404 from absent


def _page(
    request: HttpRequest,
    number: str,
    *,
    by: Actor,
    revealed: revealing.Revealed | None = None,
) -> TemplateResponse:
    is_whole = request.GET.get("all") == "1"
    file = person_file.file(number, by=by, on=today(), is_whole=is_whole)
    slots = {(slot.weekday, n): slot for slot, n in _numbered(file.slots)}
    context = {
        "by": by,
        "file": file,
        "number": number,
        "unit_code": file.unit_code,
        "choices": register.choices(by=by, on=today()),
        "documents": register.DOCUMENTS,
        "doings": doings.doings(number, is_whole=is_whole),
        "week": [
            (weekday, label, [(n, slots.get((weekday, n))) for n in forms.SLOTS_A_DAY])
            for weekday, label in register.WEEKDAYS
        ],
        "may_reveal": file.may_change
        and (not file.row.is_minor or by.role in revealing.MINORS_REVEALED_TO),
        "revealed": revealed,
        "today": today(),
    }
    answer = TemplateResponse(request, "console/staff/person.html", context)
    answer["Cache-Control"] = "private, no-store"
    return answer


def _numbered(
    slots: tuple[person_file.SlotLine, ...],
) -> list[tuple[person_file.SlotLine, int]]:
    seen: dict[int, int] = {}
    found = []
    for slot in slots:
        seen[slot.weekday] = seen.get(slot.weekday, 0) + 1
        found.append((slot, seen[slot.weekday]))
    return found


@sensitive_post_parameters()
@require_POST
@requires(*WRITERS)
def act(request: HttpRequest, number: str, verb: str, *, by: Actor) -> HttpResponse:
    """Change one thing about a person."""
    if verb not in STEPS:
        raise Http404
    found = _kept(number, by=by)
    step, read_form = STEPS[verb]
    try:
        told = step(number=found, by=by, at=now(), **read_form(request))
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return refused(_page(request, found, by=by), refusal)
    words: str = _("已保存。")
    if verb == "away" and told:
        words = _("已登记；%(n)s 个上门单因人手不足退回调度。") % {"n": len(told)}
    messages.success(request, words)
    return redirect("console:staff_person", found)


@require_POST
@requires(*WRITERS)
def reveal(request: HttpRequest, number: str, *, by: Actor) -> HttpResponse:
    """Show what is sealed of a person once, for a reason that is kept."""
    found = _kept(number, by=by)
    try:
        shown = revealing.reveal(
            number=found, reason=request.POST.get("reason", ""), by=by, at=now()
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return refused(_page(request, found, by=by), refusal)
    return _page(request, found, by=by, revealed=shown)


@require_GET
@requires(*READERS)
def evidence(request: HttpRequest, number: str, token: str, *, by: Actor) -> HttpResponse:
    """Hand the scan of a certificate out: always as a download, never to be run by the browser."""
    del request
    try:
        body, media_type = revealing.evidence(number=number, token=token, by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    ending = "pdf" if media_type == PDF else "jpg"
    headers = {
        "Content-Disposition": f'attachment; filename="{number}-{token[:6]}.{ending}"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(body, content_type=media_type, headers=headers)


def _reason(request: HttpRequest) -> dict[str, Any]:
    return {**forms.on(request.POST), "reason": request.POST.get("reason", "")}


Read = Callable[[HttpRequest], dict[str, Any]]
STEPS: dict[str, tuple[Callable[..., Any], Read]] = {
    "amend": (flow.amend, lambda request: {"asked": forms.person(request.POST)}),
    "role": (flow.give_role, lambda request: forms.role(request.POST)),
    "end_role": (
        flow.end_role,
        lambda request: {"role_id": request.POST.get("role", ""), **forms.on(request.POST)},
    ),
    "certify": (flow.certify, forms.certificate),
    "withdraw": (
        flow.withdraw,
        lambda request: {
            "certificate_id": request.POST.get("certificate", ""),
            **_reason(request),
        },
    ),
    "attach": (
        flow.attach,
        lambda request: {
            "certificate_id": request.POST.get("certificate", ""),
            "scan": forms.scan(request),
        },
    ),
    "hours": (flow.tell_hours, lambda request: forms.slots(request.POST)),
    "away": (flow.report_absence, lambda request: forms.absence(request.POST)),
    "back": (
        flow.cancel_absence,
        lambda request: {"absence_id": request.POST.get("absence", "")},
    ),
    "leave": (flow.leave_office, _reason),
}
"""Each verb with what it reads from its form."""
