"""Receipts that channels send by themselves (see docs/api.md)."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from dianliang.api.clock import now
from dianliang.flows.outreach.receipts import called
from dianliang.integrations.messaging.signing import HEADER
from dianliang.kernel.errors import DomainError, NotVisibleError


@csrf_exempt
@require_POST
def receipts(request: HttpRequest, code: str) -> HttpResponse:
    """Take receipts in: signed with the channel's secret, as often as they come."""
    signature = request.headers.get(HEADER, "")
    try:
        taken = called(code=code, body=request.body, signature=signature, at=now())
    except NotVisibleError as absent:
        return JsonResponse({"detail": absent.message}, status=404)
    except DomainError as refusal:
        return JsonResponse({"detail": refusal.message}, status=422)
    answer = {"new": taken.new, "known": taken.known, "unknown": list(taken.strange[:100])}
    return JsonResponse(answer)
