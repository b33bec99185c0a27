"""Small pieces of markup that every face uses."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby

from django import template
from django.conf import settings
from django.template import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import npgettext

from dianliang.faces.ui.keys import fresh_key
from dianliang.faces.ui.ways_back import page_of
from dianliang.faces.ui.wording import gettext as _
from dianliang.kernel.phrases import Phrase, joined
from dianliang.kernel.plurals import is_one

register = template.Library()

TONES = {
    "FOUND": "warn",
    "NOTIFIED": "warn",
    "ESCALATED": "danger",
    "RECEIVED": "warn",
    "HANDED_OVER": "warn",
    "WAITING": "warn",
    "PAUSED": "warn",
    "RESOLVED": "good",
    "CLOSED": "good",
    "DONE": "good",
    "PUBLISHED": "good",
    "FAILED": "danger",
}
SPARK_WIDTH, SPARK_HEIGHT = 120, 24


@register.simple_tag
def form_key() -> SafeString:
    """Give a form the key by which it acts once, however often it is pressed."""
    return format_html('<input type="hidden" name="key" value="{}">', fresh_key())


@register.simple_tag(takes_context=True)
def own_address(context: Context) -> str:
    """Return where the page can be looked at again: not where a form was sent to."""
    request = context.get("request")
    if request is None:
        return reverse("home")
    return str(request.get_full_path()) if request.method == "GET" else page_of(request.path)


@register.simple_tag
def countdown(due_at: datetime | None, since: datetime | None = None) -> SafeString:
    """Show a deadline that the page counts down to; `since` sets when it turns amber."""
    if due_at is None:
        return SafeString("")
    return format_html(
        '<time datetime="{}" data-countdown data-from="{}">{}</time>',
        due_at.isoformat(),
        (since or due_at).isoformat(),
        f"{due_at:%m-%d %H:%M}",
    )


@register.simple_tag
def status_chip(status: str, label: str) -> SafeString:
    """Show a state in its colour."""
    return format_html('<span class="chip {}">{}</span>', TONES.get(status, ""), _(label))


@register.filter
def translated(words: str) -> str:
    """Translate words that come from data: the label of a state, or a sentence with its values."""
    if isinstance(words, Phrase):
        return words.said(_)
    return _(words) if words else ""


@register.filter
def counted(unit: str, number: object) -> str:
    """Translate what is counted, as it is said behind that number: ``1 person``, ``3 people``."""
    if not unit or isinstance(unit, Phrase):
        return translated(unit)
    told = npgettext("counted", unit, unit, 1 if is_one(number) else 2)
    return _(unit) if told == unit else told


@register.filter
def sentences(parts: Iterable[str]) -> str:
    """Translate sentences that come from data, one after the other."""
    return translated(joined("；", parts))


@register.filter
def listed(parts: Iterable[object]) -> str:
    """Name several things in a row; those that are words of ours are translated."""
    names = (part if isinstance(part, Phrase) else Phrase(str(part)) for part in parts)
    return translated(joined("、", names))


@register.filter
def minutes(seconds: int | None) -> str:
    """Show seconds as minutes or hours and minutes."""
    if seconds is None:
        return "—"
    whole = round(seconds / 60)
    if whole < 60:
        return _("%(m)d 分钟") % {"m": whole}
    return _("%(h)d 小时 %(m)d 分") % {"h": whole // 60, "m": whole % 60}


@register.filter
def hours(minutes: int) -> str:
    """Show minutes as hours and minutes; below zero with a minus."""
    whole, rest = divmod(abs(minutes), 60)
    shown = _("%(h)d 小时 %(m)d 分") if rest else _("%(h)d 小时")
    return ("−" if minutes < 0 else "") + shown % {"h": whole, "m": rest}


@register.filter
def kilometres(metres: int | None) -> str:
    """Show metres as kilometres."""
    return "—" if metres is None else _("%(km).1f 公里") % {"km": metres / 1000}


@register.filter
def along(metres: float | None) -> str:
    """Show metres of a line as kilometres to ten metres, as milestones say them."""
    if metres is None:
        return "—"
    return _("%(km)s 公里") % {"km": f"{metres / 1000:.2f}".removesuffix("0")}


@register.filter
def percent(share: float | None) -> str:
    """Show a share as a percentage; a missing one as a dash."""
    return "—" if share is None else f"{share:.0%}"


@register.simple_tag
def spark(shares: Sequence[float | None], said: str = "") -> SafeString:
    """Draw figures over time as a small line from nought up; a missing one leaves a gap.

    `said` tells it to who cannot see it; without, they are read out as shares.
    """
    most = max((share for share in shares if share is not None), default=0.0) or 1.0
    step = SPARK_WIDTH / max(1, len(shares) - 1)
    points = [
        None
        if share is None
        else (round(number * step, 1), round(SPARK_HEIGHT * (1 - share / most), 1))
        for number, share in enumerate(shares)
    ]
    known = [point for point in points if point is not None]
    runs = [
        " ".join(f"{point[0]},{point[1]}" for point in run if point)
        for is_known, run in groupby(points, key=bool)
        if is_known
    ]
    lines = format_html_join("", '<polyline points="{}"/>', ((run,) for run in runs))
    last = format_html('<circle cx="{}" cy="{}" r="2.5"/>', *known[-1]) if known else ""
    words = said or " ".join("—" if share is None else f"{share:.0%}" for share in shares)
    return format_html(
        '<svg class="spark" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>',
        SPARK_WIDTH,
        SPARK_HEIGHT,
        words,
        lines,
        last,
    )


@register.filter
def quick_verb(verbs: tuple[str, ...]) -> str:
    """Return the one verb of a need that takes a single press: accept, take or resume."""
    return next((verb for verb in ("accept", "take", "resume") if verb in verbs), "")


@register.simple_tag
def map_attributes() -> SafeString:
    """Give a map element what it needs to draw the county."""
    return format_html(
        'data-areas="{}" data-leaflet-js="{}" data-leaflet-css="{}" data-tiles="{}"',
        reverse("api:areas"),
        static("dist/leaflet.js"),
        static("dist/leaflet.css"),
        settings.TILE_URL,
    )
