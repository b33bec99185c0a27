"""What bases lack across a tree, and the standard that says what they must have."""

from itertools import zip_longest

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods

from dianliang.domain.insight.base_checks import WAYS
from dianliang.domain.venues.queries import UNPLACED, matrices
from dianliang.domain.venues.standards import MOST_ITEMS, Item
from dianliang.faces.console.bases.reading import READERS, revision, text
from dianliang.faces.console.fields import whole
from dianliang.faces.console.paging import page_number, pages_of
from dianliang.faces.console.tables import download
from dianliang.faces.ui.requests import now, requires, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.bases import gaps as flow
from dianliang.flows.bases import standard as publishing
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError

NEW_LINES = 2
"""How many empty lines the form of the standard offers beside the items there are."""


def _asked(request: HttpRequest, by: Actor) -> flow.Asked:
    chosen = request.GET.get("in", "")
    if not chosen:
        offered = matrices(by=by)
        chosen = offered[0].code if offered else UNPLACED
    return flow.Asked(
        matrix=chosen,
        node=request.GET.get("at", ""),
        item=request.GET.get("item", ""),
        state=request.GET.get("state", ""),
    )


@require_GET
@requires(*READERS)
def gaps(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show what is missing, expired or soon will be."""
    number = page_number(request.GET)
    try:
        page = flow.page(asked=_asked(request, by), number=number, by=by, on=today())
    except NotVisibleError as absent:
        raise Http404 from absent
    pages = pages_of(request.GET, page.page, page.pages)
    context = {"by": by, "page": page, "pages": pages}
    return TemplateResponse(request, "console/bases/gaps.html", context)


@require_GET
@requires(*READERS)
def gaps_export(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Return the same list as Excel."""
    try:
        content = flow.export(asked=_asked(request, by), by=by, at=now())
    except NotVisibleError as absent:
        raise Http404 from absent
    return download(content, f"dianliang-base-gaps-{today():%Y%m%d}.xlsx")


@require_http_methods(["GET", "POST"])
@requires(*READERS)
def standard(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show every version of the standard; who speaks for all units may publish the next one."""
    may_publish = publishing.may_publish(by)
    refusal: DomainError | None = None
    if request.method == "POST":
        if not may_publish:
            raise Http404
        try:
            publishing.publish(
                name=text(request, "name"),
                items=_items(request),
                seen=revision(request),
                reason=text(request, "reason"),
                by=by,
                at=now(),
            )
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, _("新一版标准已生效。"))
            return redirect("console:base_standard")
    versions = publishing.versions()
    context = {
        "by": by,
        "versions": versions,
        "current": versions[0].standard,
        "may_publish": may_publish,
        "refusal": refusal,
        "lines": _typed(request) if refusal else _lines(versions[0].standard.items),
        "ways": WAYS.items(),
    }
    status = 422 if refusal else 200
    return TemplateResponse(request, "console/bases/standard.html", context, status=status)


FIELDS = ("key", "name", "words", "weight", "way", "target", "days", "valid_days")


def _lines(items: tuple[Item, ...]) -> list[dict[str, object]]:
    """Return the lines of the form: the items there are, and some empty ones."""
    lines: list[dict[str, object]] = [{f: getattr(item, f) for f in FIELDS} for item in items]
    empty = {"way": "proof", "weight": "", "target": 1, "days": 90, "valid_days": 365}
    return lines + [{"key": "", "name": "", "words": "", **empty} for _ in range(NEW_LINES)]


def _typed(request: HttpRequest) -> list[dict[str, object]]:
    """Return the lines of the form as they were sent, so that nothing typed is lost."""
    sent = ("item_name" if name == "name" else name for name in FIELDS)
    columns = (request.POST.getlist(name) for name in sent)
    rows = zip_longest(*columns, fillvalue="")
    return [dict(zip(FIELDS, row, strict=True)) for row, _ in zip(rows, range(40), strict=False)]


def _items(request: HttpRequest) -> list[Item]:
    """Read the lines that have a name; a line without one is left out of the standard."""
    lines = _typed(request)
    named = [line for line in lines if str(line["name"]).strip()]
    if len(named) > MOST_ITEMS:
        words = _("标准最多 %(most)d 个条目。") % {"most": MOST_ITEMS}
        raise InvalidInputError(words, field="items")
    return [_item(line, place) for place, line in enumerate(named, start=1)]


def _item(line: dict[str, object], place: int) -> Item:
    def count(name: str, label: str) -> int:
        told = _("第 %(n)d 条的%(label)s") % {"n": place, "label": label}
        return whole(str(line[name]).strip(), field="items", label=told)

    return Item(
        key=str(line["key"]).replace("\0", "")[:24],
        name=str(line["name"]).replace("\0", "").strip(),
        words=str(line["words"]).replace("\0", "").strip(),
        weight=count("weight", _("分值")),
        way=str(line["way"]),
        target=count("target", _("目标")),
        days=count("days", _("天数")),
        valid_days=count("valid_days", _("有效期")),
    )
