"""Stars of service points and cells: the ranking, the records behind it, the rules."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods

from dianliang.domain.venues import rating
from dianliang.domain.venues.rating import SUBJECTS, Criterion, Rules
from dianliang.faces.board.period import period_of
from dianliang.faces.board.readers import READERS
from dianliang.faces.ui.requests import now, requires
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows import site_ratings as flow
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError

DAYS = 90
LONGEST = 12


@require_GET
@requires(*READERS)
def ratings(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the ranking of service points or of cells."""
    period = period_of(request, days=DAYS)
    subject = request.GET.get("of", "site")
    subject = subject if subject in SUBJECTS else "site"
    span = flow.Period(start=period.start, end=period.end, at=now())
    context = {
        "by": by,
        "found": flow.ranking(subject=subject, period=span, by=by),
        "period": period,
        "subject": subject,
        "subjects": SUBJECTS.items(),
        "method": flow.METHOD,
        "keep": f"&of={subject}",
        "kept": [("of", subject)],
        "five": range(1, 6),
    }
    return TemplateResponse(request, "board/ratings.html", context)


@require_GET
@requires(*READERS)
def behind(
    request: HttpRequest, subject: str, code: str, measure: str, *, by: Actor
) -> HttpResponse:
    """Show the records behind one figure."""
    period = period_of(request, days=DAYS)
    span = flow.Period(start=period.start, end=period.end, at=now())
    try:
        found = flow.behind(subject=subject, code=code, measure_code=measure, period=span, by=by)
    except (NotVisibleError, InvalidInputError) as absent:
        raise Http404 from absent
    context = {
        "by": by,
        "found": found,
        "period": period,
        "subject": subject,
        "most": flow.MOST_RECORDS,
        "opens_needs": by.role in {Role.DISPATCHER, Role.ALLIANCE_UNIT},
    }
    return TemplateResponse(request, "board/rating_records.html", context)


@require_http_methods(["GET", "POST"])
@requires(*READERS)
def rules(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show every version of the rules; an administrator may publish the next one."""
    may_publish = by.role == Role.ADMINISTRATOR
    refusal: DomainError | None = None
    current = rating.in_force()
    if request.method == "POST":
        if not may_publish:
            raise Http404
        try:
            flow.publish(
                criteria=[_criterion(request, c) for c in current.criteria],
                steps=_steps(request, current),
                seen=int(_number(request, "seen", _("版本"))),
                reason=request.POST.get("reason", ""),
                by=by,
                at=now(),
            )
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, _("新一版星级规则已生效。"))
            return redirect("board:rating_rules")
    context = {
        "by": by,
        "current": current,
        "versions": rating.versions(),
        "lines": [(c, flow.MEASURES.get(c.measure)) for c in current.criteria],
        "may_publish": may_publish,
        "refusal": refusal,
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "board/rating_rules.html", context, status=status)


def _criterion(request: HttpRequest, current: Criterion) -> Criterion:
    name = current.measure
    return Criterion(
        measure=name,
        weight=int(_number(request, f"weight_{name}", _("权重"))),
        floor=_number(request, f"floor_{name}", _("起分线")),
        full=_number(request, f"full_{name}", _("满分线")),
        least=int(_number(request, f"least_{name}", _("至少记录数"))),
        subjects=current.subjects,
    )


def _steps(request: HttpRequest, current: Rules) -> list[tuple[int, float]]:
    return [(star, _number(request, f"step_{star}", _("星级线"))) for star, _least in current.steps]


def _number(request: HttpRequest, name: str, label: str) -> float:
    text = request.POST.get(name, "")
    if not (text.isascii() and text.replace(".", "", 1).isdecimal() and len(text) <= LONGEST):
        words = _("%(label)s应填不小于 0 的数字。") % {"label": label}
        raise InvalidInputError(words, field=name)
    return float(text)
