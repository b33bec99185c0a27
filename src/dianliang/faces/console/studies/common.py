"""What the pages of all studies share: numbers of forms, documents, who asks."""

from collections.abc import Callable
from math import isfinite

from django.http import Http404, HttpResponse, QueryDict

from dianliang.domain.relief.study_queries import StudyRow
from dianliang.faces.ui.requests import now
from dianliang.flows.studies import keeping
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase

PAPERS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
LONGEST = 12


def may_ask(by: Actor) -> bool:
    """Tell whether the actor asks for studies."""
    return by.role == Role.DISPATCHER


def found_or_404(kind: str, number: str, *, by: Actor) -> StudyRow:
    """Return a study that the actor sees.

    Raises:
        Http404: it is absent or another unit's.
    """
    try:
        return keeping.study(kind, number, by=by)
    except NotVisibleError as absent:
        raise Http404 from absent


def number(sent: QueryDict, name: str, *, label: str, default: float) -> float:
    """Return a number of a form; what was left empty is as before.

    Raises:
        InvalidInputError: it is none.
    """
    text = sent.get(name, "").strip().replace(",", "")
    if not text:
        return default
    try:
        found = float(text) if len(text) <= LONGEST else float("nan")
    except ValueError:
        found = float("nan")
    if not isfinite(found):
        raise InvalidInputError(Phrase("%(label)s应填数字。", label=Phrase(label)), field=name)
    return found


def document(row: StudyRow, kind: str, *, make: Callable[..., bytes]) -> HttpResponse:
    """Answer with a study as Word or PDF.

    Raises:
        Http404: it is asked for as something else.
    """
    if kind not in PAPERS:
        raise Http404
    content = make(row, kind=kind, at=now())
    headers = {"Content-Disposition": f'attachment; filename="{row.number}.{kind}"'}
    return HttpResponse(content, content_type=PAPERS[kind], headers=headers)
