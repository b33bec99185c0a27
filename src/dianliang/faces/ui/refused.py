"""Show a refused form again as it was sent: what was typed, chosen and ticked stays.

A page tells in its context why something was refused (`refusal`). The form that was sent is then
found in the page as it now is, filled in again, and opened with the reason at its head: a page with
many small forms need not tell each of its fields twice, and no browser keeps what was typed.
"""

from collections.abc import Callable, Iterator
from copy import copy
from functools import partial, wraps
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.urls import resolve
from django.utils.html import escape, format_html, format_html_join, linebreaks
from django.utils.safestring import SafeString

from dianliang.faces.ui.form_tags import Form, Forms, Tag
from dianliang.faces.ui.templatetags.ui import translated
from dianliang.faces.ui.ways_back import page_of
from dianliang.faces.ui.wording import gettext as _
from dianliang.kernel.errors import DomainError, NotVisibleError, StaleStateError

OF_THE_PAGE = frozenset({"csrfmiddlewaretoken", "key"})
"""Hidden fields that the page makes anew."""
SEEN = frozenset({"seen", "revision"})
"""What the person saw stays, so that nobody writes over a change that he has not read."""
SECRET = frozenset({"password", "document_number"})
"""A secret and the number of a document stand on no page."""
NEVER_TOLD = frozenset({"file", "password", "submit", "button", "image", "reset"})
TICKED = frozenset({"checkbox", "radio"})
LEAST_WORTH_COPYING = 12
"""Characters of a text that nobody should have to write twice."""
STALE = 409
REASON = "refusal"
"""Where a page says why: the field that is wrong is described by it."""
Edit = tuple[int, int, str]
P = ParamSpec("P")


def refused(
    answer: TemplateResponse, refusal: DomainError, *, status: int = 422
) -> TemplateResponse:
    """Return a page as the answer to what was refused; the form is given back with it."""
    answer.status_code = status
    answer.context_data = {**(answer.context_data or {}), "refusal": refusal}
    return answer


def page_again(request: HttpRequest, refusal: DomainError, *, query: str = "") -> HttpResponse:
    """Return the page that the sent form stands on, as it looks now.

    For what only acts and then leads back: the form comes back with the page.
    """
    looked = copy(request)
    looked.method, looked.POST, looked.GET = "GET", QueryDict(), QueryDict(query)
    looked.path = looked.path_info = page_of(request.path)
    page = resolve(looked.path)
    answer: HttpResponse = page.func(looked, *page.args, **page.kwargs)
    if not isinstance(answer, TemplateResponse):
        messages.error(request, translated(refusal.message))
        return answer
    return refused(answer, refusal, status=STALE if isinstance(refusal, StaleStateError) else 422)


def or_page_again(
    act: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Answer a refusal with the page that the form stands on, what is not to be seen with 404."""

    @wraps(act)
    def answered(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return act(request, *args, **kwargs)
        except NotVisibleError as absent:
            raise Http404 from absent
        except DomainError as refusal:
            return page_again(request, refusal)

    return answered


class RefusedMiddleware:
    """Give the form that was refused back with the page that says why."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on."""
        return self.get_response(request)

    def process_template_response(
        self, request: HttpRequest, answer: TemplateResponse
    ) -> TemplateResponse:
        """Let a page that tells a refusal be completed once it is written."""
        refusal = (answer.context_data or {}).get("refusal")
        if refusal:
            answer.add_post_render_callback(partial(_give_back, request, refusal))
        return answer


def _give_back(request: HttpRequest, refusal: DomainError | str, answer: HttpResponse) -> None:
    """Write the reason, and the form that was sent to this address, into a page.

    Somebody else was quicker: the form is to be sent on what holds now, which stands beside what
    was typed. Files cannot be given back to a browser: they are named, so that they are chosen
    again.
    """
    page, own = str(answer.content, "utf-8"), page_of(request.path)
    found = Forms(page)
    form = _sent_form(found.forms, request, own) if request.method == "POST" else None
    is_stale = isinstance(refusal, StaleStateError) or answer.status_code == STALE
    wrong = (None if isinstance(refusal, str) else refusal.field) or ""
    edits = [*dict.fromkeys(_edits(form, request.POST, wrong, is_stale=is_stale))] if form else []
    if own != request.path:
        edits += _addressed(found.forms, own)
    told = _told(request, refusal, is_lost=form is None)
    at = form.tag.end if form else found.head
    for start, end, new in sorted([*edits, (at, at, told)], reverse=True):
        page = page[:start] + new + page[end:]
    answer.content = page.encode()
    answer["Cache-Control"] = "no-store"


def _told(request: HttpRequest, refusal: DomainError | str, *, is_lost: bool) -> SafeString:
    message = refusal if isinstance(refusal, str) else refusal.message
    name = (None if isinstance(refusal, str) else refusal.field) or ""
    words = SafeString(linebreaks(translated(message), autoescape=True))
    files = (file for sent in request.FILES for file in request.FILES.getlist(sent))
    names = "、".join(sorted(file.name or "" for file in files))
    if names:
        again = _("请重新选择文件：%(names)s") % {"names": names}
        words += format_html('<p class="hint">{}</p>', again)
    if is_lost:
        words += _to_copy(request.POST)
    own = format_html('tabindex="-1" autofocus data-field="{}"', name)
    way = own if request.method == "POST" else ""
    return format_html(
        '<div class="notice danger" id="{}" role="alert" {}>{}</div>', REASON, way, words
    )


def _to_copy(sent: QueryDict) -> SafeString:
    """Return the texts of a form that is no longer on the page, to be copied."""
    never = OF_THE_PAGE | SEEN | SECRET
    texts = [text for name in sent if name not in never for text in sent.getlist(name)]
    long = [(text,) for text in texts if len(text) >= LEAST_WORTH_COPYING and not text.isascii()]
    if not long:
        return SafeString("")
    shown = format_html_join("", "<p><q>{}</q></p>", long)
    return format_html('<p class="hint">{}</p>{}', _("您刚才写的内容，可以复制："), shown)


def _sent_form(forms: list[Form], request: HttpRequest, own: str) -> Form | None:
    """Return the form that was sent: of several to one address that with the same hidden fields."""
    sent = set(request.POST) - OF_THE_PAGE

    def is_it(form: Form) -> bool:
        return request.path in form.ways(own) and all(
            (tag.attributes.get("value") or "") in (request.POST.getlist(name) or [""])
            for tag in form.fields
            if (name := tag.attributes.get("name") or "") not in OF_THE_PAGE | SEEN
            and tag.attributes.get("type") == "hidden"
        )

    possible = [form for form in forms if is_it(form)]
    return max(possible, key=lambda form: len(sent & form.names()), default=None)


def _addressed(forms: list[Form], own: str) -> Iterator[Edit]:
    """Name the page to the forms that are sent to it: its address is not the one shown."""
    for form in forms:
        told = form.tag.attributes
        if (told.get("method") or "").lower() == "post" and not told.get("action"):
            yield form.tag.start, form.tag.end, _written("form", told | {"action": own})


def _edits(form: Form, sent: QueryDict, wrong: str, *, is_stale: bool) -> Iterator[Edit]:
    """Fill a form in, mark the field that is `wrong`, and open the folds that hold an answer."""
    yield from map(_opened, form.around)
    left = {name: sent.getlist(name) for name in sent}
    made_anew = OF_THE_PAGE | SEEN if is_stale else OF_THE_PAGE
    for tag in form.fields:
        told, name = dict(tag.attributes), tag.attributes.get("name") or ""
        kind = (told.get("type") or "text").lower() if tag.name == "input" else tag.name
        if name and name == wrong and kind not in {"hidden", "option", *TICKED}:
            at = " ".join(filter(None, (told.get("aria-describedby"), REASON)))
            told |= {"aria-invalid": "true", "aria-describedby": at}
            yield from map(_opened, tag.folds)
        is_hidden = kind == "hidden" and name not in SEEN
        if not name or name in made_anew | SECRET or is_hidden or kind in NEVER_TOLD:
            pass
        elif kind == "option" or kind in TICKED:
            marked = _marked(tag, kind, sent.getlist(name))
            yield tag.start, tag.end, _written(tag.name, marked)
            if marked.keys() - told.keys() & {"checked", "selected"}:
                yield from map(_opened, tag.folds)
            continue
        elif kind == "select":
            yield from _present(tag, tag.said, "", is_shown=is_stale and bool(tag.said))
        elif left.get(name):
            typed = left[name].pop(0).replace("\0", "")  # no page can hold a NUL
            now = tag.said if kind == "textarea" else told.get("value") or ""
            yield from _present(tag, now, typed, is_shown=is_stale and kind != "hidden")
            if typed != now:
                yield from map(_opened, tag.folds)
            if kind == "textarea":
                yield tag.end, tag.inside_until, "\n" + escape(typed)
            else:
                told["value"] = typed
        if told != tag.attributes:
            yield tag.start, tag.end, _written(tag.name, told)


def _opened(fold: Tag) -> Edit:
    return fold.start, fold.end, _written(fold.name, fold.attributes | {"open": None})


def _marked(tag: Tag, kind: str, chosen: list[str]) -> dict[str, str | None]:
    mark = "selected" if kind == "option" else "checked"
    not_own = {mark, "name", "form"} if kind == "option" else {mark}
    told = {key: value for key, value in tag.attributes.items() if key not in not_own}
    value = told.get("value")
    otherwise = tag.said.strip() if kind == "option" else "on"
    if (otherwise if value is None else value) in chosen:
        told[mark] = None
    return told


def _present(tag: Tag, now: str, typed: str, *, is_shown: bool) -> Iterator[Edit]:
    """Say what a field holds now where somebody else has changed it."""
    if is_shown and now and now != typed:
        words = _("现在是：%(now)s") % {"now": now}
        yield tag.closed, tag.closed, format_html('<span class="hint">{}</span>', words)


def _written(name: str, attributes: dict[str, str | None]) -> str:
    told = (
        key if value is None else f'{key}="{escape(value)}"' for key, value in attributes.items()
    )
    return f"<{' '.join([name, *told])}>"
