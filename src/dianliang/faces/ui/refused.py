"""Show a refused form again as it was sent: what was typed, chosen and ticked stays.

A page with many small forms need not tell each of its fields twice: the form that was sent is
found in the page as it now is, and filled in again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.utils.html import escape, format_html, linebreaks
from django.utils.translation import gettext as _

from dianliang.faces.ui.templatetags.ui import translated
from dianliang.kernel.errors import DomainError

OF_THE_PAGE = frozenset({"csrfmiddlewaretoken", "key"})
"""Hidden fields that the page makes anew."""
SEEN = frozenset({"seen", "revision"})
"""What the person saw stays, so that nobody writes over a change that he has not read."""
NEVER_TOLD = frozenset({"file", "password", "submit", "button", "image", "reset"})
TICKED = frozenset({"checkbox", "radio"})
Attributes = Sequence[tuple[str, str | None]]


@dataclass(slots=True)
class _Tag:
    name: str
    attributes: dict[str, str | None]
    start: int
    end: int
    inside_until: int = 0


@dataclass(slots=True)
class _Form:
    tag: _Tag
    around: tuple[_Tag, ...]
    fields: list[_Tag] = field(default_factory=list)


class _Forms(HTMLParser):
    """Finds the forms of a page, their fields, and the folds around them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[_Form] = []
        self._lines = [0]
        for line in page.split("\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)
        self._open: _Form | None = None
        self._folds: list[_Tag] = []
        self._select = ""
        self.feed(page)

    def _here(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        start = self._here()
        found = _Tag(tag, dict(attrs), start, start + len(self.get_starttag_text() or ""))
        if tag == "details":
            self._folds.append(found)
        elif tag == "form":
            self._open = _Form(found, tuple(self._folds))
            self.forms.append(self._open)
        elif self._open is None:
            return
        elif tag == "select":
            self._select = found.attributes.get("name") or ""
        elif tag == "option":
            found.attributes["name"] = self._select
            self._open.fields.append(found)
        elif tag in {"input", "textarea"}:
            self._open.fields.append(found)

    def handle_endtag(self, tag: str) -> None:
        if tag == "details" and self._folds:
            self._folds.pop()
        elif tag == "form":
            self._open = None
        elif tag == "textarea" and self._open is not None:
            self._open.fields[-1].inside_until = self._here()


def refused(
    answer: TemplateResponse, request: HttpRequest, refusal: DomainError, *, status: int = 422
) -> HttpResponse:
    """Return a page with the form that was sent to this address filled in, and why it was refused.

    Files cannot be given back to a browser: they are named, so that they are chosen again.
    """
    answer.status_code = status
    vars(request)["is_given_back"] = True  # no script need put it back
    page = str(answer.render().content, "utf-8")
    form = _sent_form(page, request)
    words = linebreaks(translated(refusal.message), autoescape=True)
    files = (file for name in request.FILES for file in request.FILES.getlist(name))
    names = "、".join(sorted(file.name or "" for file in files))
    if names:
        again = _("请重新选择文件：%(names)s") % {"names": names}
        words += format_html('<p class="hint">{}</p>', again)
    told = f'<div class="notice danger" role="alert" tabindex="-1" autofocus>{words}</div>'
    edits = [*_edits(form, request.POST)] if form else []
    at = form.tag.end if form else page.find("</h1>") + len("</h1>")
    for start, end, new in sorted([*edits, (at, at, told)], reverse=True):
        page = page[:start] + new + page[end:]
    answer.content = page.encode()
    return answer


def _sent_form(page: str, request: HttpRequest) -> _Form | None:
    """Return the form that was sent; of several to one address that with the same hidden fields."""
    for form in _Forms(page).forms:
        if (form.tag.attributes.get("action") or request.path) != request.path:
            continue
        hidden = [
            tag.attributes
            for tag in form.fields
            if tag.attributes.get("type") == "hidden"
            and tag.attributes.get("name") not in OF_THE_PAGE | SEEN
        ]
        if all(
            (told.get("value") or "") in request.POST.getlist(told.get("name") or "")
            for told in hidden
        ):
            return form
    return None


def _edits(form: _Form, sent: QueryDict) -> Iterator[tuple[int, int, str]]:
    for fold in form.around:
        yield fold.start, fold.end, _written(fold.name, fold.attributes | {"open": None})
    left = {name: sent.getlist(name) for name in sent}
    for tag in form.fields:
        told, name = dict(tag.attributes), tag.attributes.get("name") or ""
        kind = (told.get("type") or "text").lower() if tag.name == "input" else tag.name
        is_hidden = kind == "hidden" and name not in SEEN
        if not name or name in OF_THE_PAGE or is_hidden or kind in NEVER_TOLD:
            continue
        if kind == "option" or kind in TICKED:
            mark = "selected" if kind == "option" else "checked"
            told.pop(mark, None)
            value = told.get("value")
            if ("on" if value is None else value) in sent.getlist(name):
                told[mark] = None
            if kind == "option":
                del told["name"]
            yield tag.start, tag.end, _written(tag.name, told)
            continue
        if not left.get(name):
            continue
        typed = left[name].pop(0).replace("\0", "")  # no page can hold a NUL
        if kind == "textarea":
            yield tag.end, tag.inside_until, "\n" + escape(typed)
        else:
            yield tag.start, tag.end, _written(tag.name, told | {"value": typed})


def _written(name: str, attributes: dict[str, str | None]) -> str:
    told = (
        key if value is None else f'{key}="{escape(value)}"' for key, value in attributes.items()
    )
    return f"<{' '.join([name, *told])}>"
