"""The words of triage, for administrators: look, try, change, go back."""

import re
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from dianliang.domain.catalog import words as lexicon
from dianliang.engines.triage import LexiconChange
from dianliang.faces.ui.requests import now, requires
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows import words as flow
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, NotVisibleError, StaleStateError

MOST_VERSIONS = 30
MOST_TYPED_CHARS = 4000
BETWEEN_WORDS = re.compile(r"[\s、，,；;]+")
STANDS_FOR = re.compile(r"[=＝→]")
ADD, REMOVE = "add", "remove"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was typed; `target` is section/kind."""

    verb: str = ADD
    target: str = "danger/起火"
    words: str = ""
    reason: str = ""
    sentences: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """Return the sentences to try."""
        lines = [line.strip() for line in self.sentences.splitlines()]
        return tuple(line for line in lines if line)[: flow.MOST_SENTENCES]

    @property
    def changes(self) -> tuple[LexiconChange, ...]:
        """Return the words that were typed as changes; a slip is told as 昌烟=冒烟."""
        section, _slash, kind = self.target.partition("/")
        found = []
        for typed in filter(None, BETWEEN_WORDS.split(self.words)):
            word, *meant = STANDS_FOR.split(typed, maxsplit=1)
            found.append(
                LexiconChange(
                    section=section,
                    kind=kind,
                    word=word,
                    meant=meant[0] if meant else "",
                    is_removed=self.verb == REMOVE,
                )
            )
        return tuple(found)


@require_GET
@requires(Role.ADMINISTRATOR)
def words(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the words in force, the form and the history."""
    return _page(request, by=by, asked=_asked(request.GET))


@require_POST
@requires(Role.ADMINISTRATOR)
def attempt(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show what changed words would do, without changing them."""
    asked = _asked(request.POST)
    try:
        target = flow.proposed(changes=asked.changes, seen=_number(request.POST, "seen"))
        found = flow.trial(target=target, sentences=asked.lines, at=now())
    except DomainError as refusal:
        return _page(request, by=by, asked=asked, refusal=refusal)
    return _page(request, by=by, asked=asked, trial=found)


@require_POST
@requires(Role.ADMINISTRATOR)
def change(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Put changed words in force."""
    asked, at, seen = _asked(request.POST), now(), _number(request.POST, "seen")
    try:
        number = flow.change(
            changes=asked.changes,
            reason=asked.reason,
            seen=seen,
            is_sure=request.POST.get("sure") == "1",
            by=by,
            at=at,
        )
    except flow.UnflaggedDangerError as refusal:
        target = flow.proposed(changes=asked.changes, seen=seen)
        found = flow.trial(target=target, sentences=asked.lines, at=at)
        return _page(request, by=by, asked=asked, refusal=refusal, trial=found)
    except DomainError as refusal:
        return _page(request, by=by, asked=asked, refusal=refusal)
    messages.success(request, _("已生效，现在是第 %(n)d 版词库。") % {"n": number})
    return redirect(f"{reverse('console:words')}?section={asked.target.partition('/')[0]}")


@require_POST
@requires(Role.ADMINISTRATOR)
def go_back(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Put an earlier version in force again."""
    number, at = _number(request.POST, "number"), now()
    try:
        made = flow.go_back(
            number=number,
            reason=request.POST.get("reason") or _("恢复到第 %(n)d 版") % {"n": number},
            seen=_number(request.POST, "seen"),
            is_sure=request.POST.get("sure") == "1",
            by=by,
            at=at,
        )
    except NotVisibleError as absent:
        raise Http404 from absent
    except flow.UnflaggedDangerError as refusal:
        found = flow.trial(target=lexicon.changes_of(number), at=at)
        return _page(request, by=by, refusal=refusal, trial=found, returns_to=number)
    except DomainError as refusal:
        return _page(request, by=by, refusal=refusal)
    messages.success(request, _("已恢复，现在是第 %(n)d 版词库。") % {"n": made})
    return redirect("console:words")


def _page(
    request: HttpRequest,
    *,
    by: Actor,
    asked: Asked | None = None,
    trial: flow.Trial | None = None,
    refusal: DomainError | None = None,
    returns_to: int | None = None,
) -> HttpResponse:
    asked = asked or Asked()
    section = request.GET.get("section") or asked.target.partition("/")[0]
    section = section if section in flow.SECTIONS else "danger"
    sought = request.GET.get("q", "").strip()[:20]
    groups = flow.groups()
    history = lexicon.history()
    context = {
        "by": by,
        "seen": history[0].number if history else lexicon.SHIPPED,
        "base": flow.shipped_version(),
        "asked": asked,
        "trial": trial,
        "refusal": refusal,
        "returns_to": returns_to,
        "section": section,
        "q": sought,
        "sections": [
            (code, label, sum(len(g.words) for g in groups if g.section == code))
            for code, (label, _does) in flow.SECTIONS.items()
        ],
        "targets": [(_target(group), _label(group)) for group in groups],
        "does": flow.SECTIONS[section][1],
        "shown": _shown(groups, section=section, sought=sought),
        "history": [(version, _told(version.changes)) for version in history[:MOST_VERSIONS]],
        "outgrown": _told(lexicon.outgrown()),
        "proposal": _told(trial.changes) if trial else (),
    }
    status = 200 if refusal is None else 409 if isinstance(refusal, StaleStateError) else 422
    return TemplateResponse(request, "console/words.html", context, status=status)


def _shown(
    groups: tuple[flow.Group, ...], *, section: str, sought: str
) -> list[tuple[str, str, list[flow.Word]]]:
    """Return the words of a section, or, of all sections, those that hold what is sought."""
    found = []
    for group in groups:
        if sought:
            rows = [w for w in group.words if sought in w.word or sought in w.meant]
        else:
            rows = list(group.words) if group.section == section else []
        if rows:
            found.append((_target(group), _label(group), rows))
    return found


def _target(group: flow.Group) -> str:
    return f"{group.section}/{group.kind}" if group.kind else group.section


def _label(group: flow.Group) -> str:
    label = _(flow.SECTIONS[group.section][0])
    return f"{label} · {_(group.kind)}" if group.kind else label


def _told(changes: tuple[LexiconChange, ...]) -> list[tuple[str, str, bool]]:
    """Return for each change its list, its word and whether it goes."""
    return [
        (
            _label(flow.Group(section=c.section, kind=c.kind, words=())),
            f"{c.word} → {c.meant}" if c.meant else c.word,
            c.is_removed,
        )
        for c in changes
    ]


def _asked(sent: QueryDict) -> Asked:
    target = sent.get("target", "")
    section, _slash, kind = target.partition("/")
    known = any(g.section == section and g.kind == kind for g in flow.groups())
    return Asked(
        verb=REMOVE if sent.get("verb") == REMOVE else ADD,
        target=target if known else _first_of(sent.get("section", "")),
        words=sent.get("words", "")[:MOST_TYPED_CHARS],
        reason=sent.get("reason", "")[: lexicon.MOST_REASON_CHARS + 1],
        sentences=sent.get("sentences", "")[:MOST_TYPED_CHARS],
    )


def _first_of(section: str) -> str:
    groups = flow.groups()
    return _target(next((g for g in groups if g.section == section), groups[0]))


def _number(sent: QueryDict, name: str) -> int:
    typed = sent.get(name, "")
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 9):
        raise Http404
    return int(typed)
