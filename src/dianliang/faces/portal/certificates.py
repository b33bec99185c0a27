"""Verify a certificate of hours, and hand out what verifying without us needs."""

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from dianliang.faces.ui.requests import now
from dianliang.flows import certificate_proof as flow
from dianliang.kernel.errors import DomainError

LONGEST = 20_000
"""Of what is pasted: a whole page of a document with the text somewhere in it."""
JSON = "application/json; charset=utf-8"


@never_cache
@require_http_methods(["GET", "POST"])
def certificates(request: HttpRequest) -> HttpResponse:
    """Verify what was scanned or pasted; without anything, say how.

    What stands behind the # of the code's address is put into the form by a script: it goes into
    no log of addresses.
    """
    at = now()
    text = request.POST.get("text", "")[:LONGEST]
    refusal: DomainError | None = None
    verdict = None
    if text.strip():
        try:
            verdict = flow.verify(text, at=at)
        except DomainError as wrong:
            refusal = wrong
    context = {
        "text": text,
        "verdict": verdict,
        "refusal": refusal,
        "keys": flow.published(at=at),
        "at": at,
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "portal/certificates.html", context, status=status)


@never_cache
@require_GET
def keys(_request: HttpRequest) -> HttpResponse:
    """Hand out the public keys, old ones included."""
    return _file(flow.keys_file(at=now()), "keys.json")


@never_cache
@require_GET
def revoked(_request: HttpRequest) -> HttpResponse:
    """Hand out the signed list of revoked certificates."""
    try:
        text = flow.revocations_file(at=now())
    except DomainError as refusal:
        return HttpResponse(refusal.message, status=503, content_type="text/plain; charset=utf-8")
    return _file(text, "revoked.json")


def _file(text: str, name: str) -> HttpResponse:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Access-Control-Allow-Origin": "*",
    }
    return HttpResponse(text, content_type=JSON, headers=headers)
