"""What a steward saw under a line that no camera told; needs a network."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dianliang.faces.field.requests import FIELD_ROLES
from dianliang.faces.ui.refused import refused
from dianliang.faces.ui.requests import now, requires
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.linewatch import missing
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError
from dianliang.kernel.text import instant


@never_cache
@require_http_methods(["GET", "POST"])
@requires(*FIELD_ROLES)
def missed(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the form to report what a camera missed; keep what was sent."""
    page = TemplateResponse(request, "field/missed.html", {"cameras": missing.choices(by=by)})
    if request.method == "GET":
        return page
    try:
        number = _report(request, by)
    except NotVisibleError as absent:
        raise Http404 from absent
    except DomainError as refusal:
        return refused(page, refusal)
    messages.success(request, _("已记下漏报 %(n)s。") % {"n": number})
    return redirect("field:missed")


def _report(request: HttpRequest, by: Actor) -> str:
    sent = request.POST
    people = sent.get("people", "")
    if not (people.isascii() and people.isdecimal() and len(people) <= 2):
        raise InvalidInputError("人数应在 1 到 99 之间。", field="people")
    return missing.report(
        number=sent.get("camera", ""),
        kind=sent.get("kind", ""),
        people=int(people),
        happened_at=instant(sent.get("happened_at", ""), field="happened_at", label="发生时间"),
        words=sent.get("words", ""),
        by=by,
        at=now(),
    ).number
