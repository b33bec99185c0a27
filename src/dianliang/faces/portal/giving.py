"""What everybody may read of donations, and what a donor reads of the child by whom he stands."""

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from dianliang.flows.ledgers import donation_rows, pairings
from dianliang.kernel.errors import NotVisibleError


@require_GET
def donations(request: HttpRequest) -> HttpResponse:
    """Show the drives with what came, what went out, and what is left."""
    context = {"rows": donation_rows.public_drives()}
    return TemplateResponse(request, "portal/donations.html", context)


@require_GET
def donation(request: HttpRequest, number: str) -> HttpResponse:
    """Show one drive line by line, givers as they wished to be named."""
    try:
        page = donation_rows.public_drive(number=number)
    except NotVisibleError as absent:
        raise Http404 from absent
    context = {"page": page, "row": page.row}
    return TemplateResponse(request, "portal/donation.html", context)


@never_cache
@require_GET
def pairing(request: HttpRequest, token: str) -> HttpResponse:
    """Show a donor an alias, what was agreed, and what was given and received."""
    try:
        page = pairings.donor_page(token=token)
    except NotVisibleError as absent:
        raise Http404 from absent
    return TemplateResponse(request, "portal/pairing.html", {"page": page})
