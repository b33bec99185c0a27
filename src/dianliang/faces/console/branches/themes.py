"""Themes: the trees, the rules, and the part of a record's page that sets them."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dianliang.domain.branches.access import READERS
from dianliang.domain.catalog import theme_queries
from dianliang.faces.console.branches.common import address_of, press, status_of
from dianliang.faces.console.fields import day, optional_day
from dianliang.faces.ui.requests import now, requires, today
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.themes import kinds, marking
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError

KEEPERS = (*READERS, Role.ADMINISTRATOR)


@require_GET
@requires(*KEEPERS)
def themes(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the trees of themes."""
    return _themes(request, by=by)


def _themes(request: HttpRequest, *, by: Actor, refusal: DomainError | None = None) -> HttpResponse:
    rows = theme_queries.themes(on=today())
    context = {
        "by": by,
        "rows": rows,
        "may_keep": marking.may_keep(by),
        "refusal": refusal,
        "today": today(),
    }
    status = status_of(refusal)
    return TemplateResponse(request, "console/branches/themes.html", context, status=status)


@require_POST
@requires(Role.PARTY_AFFAIRS, Role.ADMINISTRATOR)
def keep(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Add, rename or end a theme."""
    sent, verb = request.POST, request.POST.get("verb", "")
    code, reason, label = sent.get("code", ""), sent.get("reason", ""), _("日期")

    def plant() -> None:
        asked = marking.Planted(
            code=code,
            name=sent.get("name", ""),
            parent=sent.get("parent", ""),
            basis=sent.get("basis", ""),
            valid_from=day(sent.get("valid_from", ""), field="valid_from", label=_("启用日期")),
            valid_until=optional_day(
                sent.get("valid_until", ""), field="valid_until", label=_("停用日期")
            ),
        )
        marking.plant(asked=asked, by=by, at=now())

    def rename() -> None:
        from_on = day(sent.get("on", ""), field="on", label=label)
        name = sent.get("name", "")
        marking.rename(code=code, name=name, from_on=from_on, reason=reason, by=by, at=now())

    def end() -> None:
        on = day(sent.get("on", ""), field="on", label=label)
        marking.end(code=code, on=on, reason=reason, by=by, at=now())

    acts: dict[str, Callable[[], None]] = {"plant": plant, "rename": rename, "end": end}
    return press(
        acts.get(verb, _nothing),
        refused=lambda refusal: _themes(request, by=by, refusal=refusal),
        done=lambda: redirect("console:themes"),
    )


def _nothing() -> None:
    raise InvalidInputError(_("请选择要做什么。"), field="verb")


@require_GET
@requires(*KEEPERS)
def rules(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the table of rules."""
    return _rules(request, by=by)


def _rules(
    request: HttpRequest,
    *,
    by: Actor,
    refusal: DomainError | None = None,
    trial: marking.Trial | None = None,
) -> HttpResponse:
    context = {
        "by": by,
        "rules": marking.rules(on=today()),
        "themes": [row for row in theme_queries.themes(on=today()) if row.is_in_use],
        "attributes": [
            (f"{kind.code}.{attribute.code}", kind.label, attribute.label, attribute.hint)
            for kind in kinds.KINDS
            for attribute in kind.attributes
        ],
        "may_keep": marking.may_keep(by),
        "refusal": refusal,
        "trial": trial,
    }
    status = status_of(refusal)
    return TemplateResponse(request, "console/branches/theme_rules.html", context, status=status)


@require_POST
@requires(Role.PARTY_AFFAIRS, Role.ADMINISTRATOR)
def rules_act(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Try a rule, add it, apply it, or stop it."""
    sent, verb = request.POST, request.POST.get("verb", "")
    kind, _dot, attribute = sent.get("by_what", "").partition(".")
    asked = {
        "code": sent.get("theme", ""),
        "kind": kind,
        "attribute": attribute,
        "value": sent.get("value", ""),
    }
    key = sent.get("rule", "")
    chosen = int(key) if key.isascii() and key.isdecimal() and len(key) < 10 else 0
    try:
        if verb == "try":
            stored = marking.try_stored(key=chosen, by=by, at=now()) if chosen else None
            trial = stored or marking.try_rule(**asked, by=by, at=now())
            return _rules(request, by=by, trial=trial)
        if verb == "add":
            marking.add_rule(**asked, by=by, at=now())
            messages.success(request, _("规则已加入，应用后才标记。"))
        elif verb == "apply":
            count = marking.apply_rules(by=by, at=now(), key=chosen or None)
            messages.success(request, _("新标记 %(n)d 条。") % {"n": count})
        elif verb == "stop":
            marking.stop_rule(key=chosen, by=by, at=now())
        else:
            _nothing()
    except NotVisibleError as absent:
        missing = InvalidInputError(absent.message, field="theme")
        return _rules(request, by=by, refusal=missing)
    except DomainError as refusal:
        return _rules(request, by=by, refusal=refusal)
    return redirect("console:theme_rules")


@require_http_methods(["GET", "POST"])
@requires(*READERS)
def part(request: HttpRequest, kind: str, number: str, *, by: Actor) -> HttpResponse:
    """Show the themes of a record, as a part of its page or as a page; set and take them off."""
    if request.method == "GET":
        return _part(request, kind, number, by=by)
    sent = request.POST

    def act() -> None:
        if taken := sent.get("take_off", ""):
            marking.unmark(kind=kind, number=number, code=taken, by=by, at=now())
            return
        chosen = sent.getlist("themes")
        marking.mark(kind=kind, number=number, codes=chosen, by=by, at=now())

    return press(
        act,
        refused=lambda refusal: _part(request, kind, number, by=by, refusal=refusal),
        done=lambda: _after_marking(request, kind, number, by=by),
    )


def _after_marking(request: HttpRequest, kind: str, number: str, *, by: Actor) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return _part(request, kind, number, by=by)
    return redirect("console:theme_part", kind, number)


def _part(
    request: HttpRequest,
    kind: str,
    number: str,
    *,
    by: Actor,
    refusal: DomainError | None = None,
) -> HttpResponse:
    try:
        found = marking.part(kind=kind, number=number, by=by, on=today())
    except NotVisibleError as absent:
        raise Http404 from absent
    is_part = bool(request.headers.get("HX-Request"))
    template = "console/branches/theme_part.html" if is_part else "console/branches/record.html"
    context = {
        "by": by,
        "part": found,
        "record": found.record,
        "address": address_of(found.record, by=by),
        "here": request.path,
        "refusal": refusal,
    }
    # htmx swaps in a refusal's words only with a status of success.
    status = 200 if is_part else status_of(refusal)
    return TemplateResponse(request, template, context, status=status)
