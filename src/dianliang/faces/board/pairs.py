"""The same place before and after (前后对照), side by side."""

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from dianliang.faces.board.period import period_of
from dianliang.faces.board.readers import READERS
from dianliang.faces.ui.photos import photo_answer
from dianliang.faces.ui.requests import requires
from dianliang.flows.volunteering import photo_of, photo_pairs
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError

DAYS = 365
MOST = 60


@require_GET
@requires(*READERS)
def pairs(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the newest pairs of a period."""
    period = period_of(request, days=DAYS)
    rows = photo_pairs(by=by, start=period.start, end=period.end, most=MOST)
    context = {"by": by, "rows": rows, "period": period}
    return TemplateResponse(request, "board/pairs.html", context)


@require_GET
@requires(*READERS)
def photo(request: HttpRequest, activity: str, token: str, *, by: Actor) -> HttpResponse:
    """Return a photo of a pair that the reader may see."""
    try:
        return photo_answer(photo_of(activity=activity, token=token, by=by))
    except NotVisibleError as absent:
        raise Http404 from absent
