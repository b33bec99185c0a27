"""Find the forms of a page as it was written: where each tag stands, so that it can be changed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

FOLDS = frozenset({"details", "dialog"})
Attributes = Sequence[tuple[str, str | None]]


@dataclass(slots=True)
class Tag:
    """A tag and its place in the page; `closed` is where its end tag ends."""

    name: str
    attributes: dict[str, str | None]
    start: int
    end: int
    inside_until: int = 0
    closed: int = 0
    said: str = ""
    """What a list shows as chosen, what a choice or a text holds."""
    folds: tuple["Tag", ...] = ()
    """The folds of its form that it lies in."""


@dataclass(slots=True)
class Form:
    """A form, the folds around it, and what it sends."""

    tag: Tag
    around: tuple[Tag, ...]
    fields: list[Tag] = field(default_factory=list)
    buttons: list[Tag] = field(default_factory=list)

    def names(self) -> set[str]:
        """Return the names of all that it may send."""
        return {tag.attributes.get("name") or "" for tag in (*self.fields, *self.buttons)}

    def ways(self, own: str) -> set[str]:
        """Return the addresses it may be sent to; where it names none, that of its page, `own`."""
        told = [self.tag.attributes.get("action")]
        told += [b.attributes["formaction"] for b in self.buttons if "formaction" in b.attributes]
        return {urlsplit(address or "").path or own for address in told}


class Forms(HTMLParser):
    """The forms of a page in their order, and `head`: the place below its heading."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.head = 0
        self._has_heading = False
        self._lines = [0]
        for line in page.split("\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)
        self._form: Form | None = None
        self._folds: list[Tag] = []
        self._select: Tag | None = None
        self._last: Tag | None = None
        self._outside: list[Tag] = []
        self.feed(page)
        of = {form.tag.attributes.get("id"): form for form in self.forms}
        for tag in self._outside:
            if tag.attributes["form"] in of:
                _put(of[tag.attributes["form"]], tag)

    def _here(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        """Note a tag that matters."""
        start = self._here()
        found = Tag(tag, dict(attrs), start, start + len(self.get_starttag_text() or ""))
        found.closed, self._last = found.end, found
        if tag in FOLDS:
            self._folds.append(found)
        elif tag == "form":
            self._form = Form(found, tuple(self._folds))
            self.forms.append(self._form)
        elif tag == "select":
            self._select = found
            self._add(found)
        elif tag == "option" and self._select is not None:
            of_list = {k: v for k, v in self._select.attributes.items() if k in {"name", "form"}}
            found.attributes |= of_list
            self._add(found)
        elif tag in {"input", "textarea", "button"}:
            self._add(found)
        elif tag == "main" and not self._has_heading:
            self.head = found.end

    def _add(self, found: Tag) -> None:
        if found.attributes.get("form"):
            self._outside.append(found)
        elif self._form is not None:
            found.folds = tuple(self._folds[len(self._form.around) :])
            _put(self._form, found)

    def handle_data(self, data: str) -> None:
        """Note what a list shows as chosen, and what a text holds."""
        if self._last is None or self._last.name not in {"option", "textarea"}:
            return
        self._last.said += data.removeprefix("\n")
        if self._select is not None and "selected" in self._last.attributes:
            self._select.said = self._last.said.strip()

    def handle_endtag(self, tag: str) -> None:
        """Close what is open."""
        here = self._here()
        if tag in FOLDS and self._folds:
            self._folds.pop()
        elif tag == "form":
            self._form = None
        elif tag == "textarea" and self._last is not None:
            self._last.inside_until, self._last.closed = here, here + len("</textarea>")
        elif tag == "select" and self._select is not None:
            self._select.closed, self._select = here + len("</select>"), None
        elif tag == "h1" and not self._has_heading:
            self.head, self._has_heading = here + len("</h1>"), True
        self._last = None


def _put(form: Form, tag: Tag) -> None:
    (form.buttons if tag.name == "button" else form.fields).append(tag)
