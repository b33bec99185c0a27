"""Cameras and events on the desk's screen: lists and cuts, one camera, one event, deletions."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet, Sum

from dianliang.core import audit, files
from dianliang.core.models import AuditEvent, StoredFile
from dianliang.core.rows import Rows
from dianliang.domain.linewatch import access
from dianliang.domain.linewatch.lifecycle import CAMERA, EVENT, TROUBLED
from dianliang.domain.linewatch.models import Camera, Event, SignCheck, WatchDay
from dianliang.domain.linewatch.queries import cameras as camera_queries
from dianliang.domain.linewatch.queries import events as event_queries
from dianliang.domain.linewatch.queries.cameras import (
    CameraRow,
    MissRow,
    ProposalRow,
    SignRow,
    SpeakerRow,
    Zones,
)
from dianliang.domain.linewatch.queries.events import DeletionRow, EventRow
from dianliang.domain.linewatch.queries.figures import Figures, figures
from dianliang.domain.linewatch.spot_models import Miss
from dianliang.domain.linewatch.thresholds import RULES, WHOLE
from dianliang.domain.work import access as work_access
from dianliang.flows.linewatch import recording, sending, weekly
from dianliang.flows.linewatch.answering import event_of_visit
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.masking import mask_logins
from dianliang.kernel.phrases import Phrase

MOST_ROWS = 100
LATEST = 8
FIGURES_OF = timedelta(days=30)
PARTS = {"snapshot": "image/jpeg", "strip": "image/jpeg", "clip": "video/mp4"}
VIEWS = {
    "waiting": "待反馈",
    "true": "属实",
    "false": "误报",
    "unclear": "看不清",
    "all": "全部",
}
IN = {view: Q() if view == "all" else Q(status=view.upper()) for view in VIEWS}
SENDS = frozenset({"console", "voice", ""})


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The cameras of an actor's units, and how they are."""

    rows: tuple[CameraRow, ...]
    troubled: int
    waiting: int
    may_keep: bool


def overview(*, by: Actor) -> Overview:
    """Return the cameras that an actor may see; one query."""
    rows = camera_queries.rows(access.cameras(by))
    return Overview(
        rows=rows,
        troubled=sum(row.status in TROUBLED for row in rows),
        waiting=sum(row.waiting for row in rows),
        may_keep=by.role == Role.DISPATCHER,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """A threshold with its range, for a form."""

    name: str
    label: str
    value: str
    least: float
    most: float
    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraPage:
    """One camera with all that the desk may do with it."""

    row: CameraRow
    zones: Zones
    rules: tuple[RuleRow, ...]
    rules_number: int
    rules_set_by: str
    rules_set_at: datetime
    proposals: tuple[ProposalRow, ...]
    signs: tuple[SignRow, ...]
    signs_done: int
    speakers: tuple[SpeakerRow, ...]
    misses: tuple[MissRow, ...]
    figures: Figures
    events: tuple[EventRow, ...]
    verbs: tuple[tuple[str, str], ...]
    pictured_at: datetime | None
    may_keep: bool


def camera_page(*, number: str, by: Actor, at: datetime) -> CameraPage:
    """Return one camera; its figures are of the last 30 days.

    Raises:
        NotVisibleError: it is absent or not the actor's to see.
    """
    camera = access.camera_to_see(number, by=by)
    (row,) = camera_queries.rows(access.cameras(by).filter(pk=camera.pk))
    rules = camera_queries.rules_of(camera)
    signs = tuple(camera_queries.signs_of(camera))
    events = access.events(by).filter(camera=camera)
    is_desk = by.role == Role.DISPATCHER
    verbs = CAMERA.verbs(camera.status, role=by.role)
    return CameraPage(
        row=row,
        zones=camera_queries.zones_of(camera),
        rules=tuple(_rule(name, value) for name, value in rules.values.items()),
        rules_number=rules.number,
        rules_set_by=rules.set_by,
        rules_set_at=rules.set_at,
        proposals=camera_queries.open_proposals(camera),
        signs=signs,
        signs_done=sum(sign.done_at is not None for sign in signs),
        speakers=camera_queries.speakers_of(camera),
        misses=camera_queries.misses_of(camera),
        figures=_figures(camera, at=at),
        events=tuple(event_queries.row(one) for one in events[:LATEST]),
        verbs=tuple((verb.verb, verb.label) for verb in verbs),
        pictured_at=camera.pictured_at,
        may_keep=is_desk,
    )


def _rule(name: str, value: float) -> RuleRow:
    label, least, most = RULES[name]
    step = "1" if name in WHOLE else "0.01" if name == "least_confidence" else "0.1"
    return RuleRow(name=name, label=label, value=f"{value:g}", least=least, most=most, step=step)


def _figures(camera: Camera, *, at: datetime) -> Figures:
    since = at - FIGURES_OF
    days = WatchDay.objects.filter(camera=camera, on__gt=since.astimezone(SHANGHAI).date())
    watched_s = days.aggregate(n=Sum("watched_s"))["n"] or 0.0
    rows = Event.objects.filter(camera=camera, happened_at__gte=since)
    misses = Miss.objects.filter(camera=camera, happened_at__gte=since).count()
    return figures([weekly.counted(one) for one in rows], watched_s=watched_s, misses=misses)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """What of the events is asked for; empty means all. What is unknown cuts nothing off."""

    view: str = "waiting"
    camera: str = ""
    kind: str = ""
    warning: str = ""


def cut_of(asked: Mapping[str, str]) -> Cut:
    """Read the cut from an address; what is unknown is left out."""
    given = {one.name: asked.get(one.name, "") for one in fields(Cut)}
    return Cut(
        view=given["view"] if given["view"] in VIEWS else "waiting",
        camera=given["camera"] if given["camera"].isascii() and "\0" not in given["camera"] else "",
        kind=given["kind"] if given["kind"] in event_queries.KINDS else "",
        warning=given["warning"] if given["warning"] in event_queries.WARNINGS else "",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsPage:
    """A cut of the events; `counts` are of all views within the other filters."""

    rows: tuple[EventRow, ...]
    total: int
    counts: Mapping[str, int]
    cameras: tuple[tuple[str, str], ...]


def events_page(*, cut: Cut, by: Actor) -> EventsPage:
    """Return the events of the actor's units in a cut, the latest first."""
    rows = _filtered(cut, by=by)
    counts = rows.order_by().aggregate(**{view: Count("pk", filter=q) for view, q in IN.items()})
    known = access.cameras(by).order_by("number").values_list("number", "name")
    return EventsPage(
        rows=tuple(event_queries.row(one) for one in rows.filter(IN[cut.view])[:MOST_ROWS]),
        total=counts[cut.view],
        counts=counts,
        cameras=tuple(known),
    )


def event_rows(*, cut: Cut, by: Actor) -> Sequence[EventRow]:
    """Return all events of the actor's units in a cut, made only as far as somebody looks."""
    found = _filtered(cut, by=by).filter(IN[cut.view])
    return Rows(found, lambda some: tuple(event_queries.row(one) for one in some))


def _filtered(cut: Cut, *, by: Actor) -> QuerySet[Event]:
    rows = access.events(by)
    for name, lookup in (("camera", "camera__number"), ("kind", "kind"), ("warning", "warning")):
        if getattr(cut, name):
            rows = rows.filter(**{lookup: getattr(cut, name)})
    return rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One step of an event's story."""

    at: datetime
    label: str
    who: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage:
    """One event with its pictures, its story and what may be done.

    `is_needless` tells that somebody still goes there though it was a false alarm.
    """

    row: EventRow
    kept_until: datetime
    verdicts: tuple[tuple[str, str], ...]
    may_send: bool
    is_needless: bool
    may_ask: bool
    story: tuple[Moment, ...]


STORY = {
    "linewatch.event.keep": "登记",
    "linewatch.event.send": "派单",
    "linewatch.event.tell": "通知电管家",
    "linewatch.event.voice": "喇叭应答",
    "linewatch.event.ask": "提需求补警示牌",
    "linewatch.event.delete_pictures": "删除画面",
    **{f"linewatch.event.{row.verb}": row.label for row in EVENT},
}

NAMING = frozenset(f"linewatch.event.{verb}" for verb in ("send", "tell", "ask"))
"""Steps whose outcome is a number or a way; it is shown where no reason was given."""
KEPT_FOR = re.compile(r"满 (\d+) 天")
"""Why pictures were deleted, as it stands on the trail."""
WHY = (recording.WARNED, recording.UNHEARD, recording.CUT_OFF)
"""Reasons that the guard itself writes down."""


def event_page(*, number: str, by: Actor) -> EventPage:
    """Return one event.

    Raises:
        NotVisibleError: it is absent or not the actor's to see.
    """
    event = access.event_to_see(number, by=by)
    rules = camera_queries.rules_of(event.camera)
    is_desk = by.role == Role.DISPATCHER
    verdicts = [(row.target, row.label) for row in EVENT if by.role in row.roles]
    trail = AuditEvent.objects.filter(
        target_type="linewatch.event",
        target_id=event.number,
        verb__in=STORY,
        outcome=AuditEvent.Outcome.OK,
    )
    return EventPage(
        row=event_queries.row(event),
        kept_until=event.happened_at + timedelta(days=rules.values["retention_days"]),
        verdicts=tuple(verdicts) if is_desk else (),
        may_send=is_desk
        and sending.may_send(event)
        and (event.job is not None or event.warning in SENDS),
        is_needless=event.status == "FALSE" and sending.is_walk_open(event),
        may_ask=is_desk and event.status == "TRUE" and not event.need,
        story=tuple(
            Moment(
                at=one.device_at or one.at,
                label=STORY[one.verb],
                who=one.actor_name,
                words=_why(one),
            )
            for one in trail.order_by("id")
        ),
    )


def _why(step: AuditEvent) -> str:
    """Return why something was done, so that it can be told in the reader's language."""
    if over := KEPT_FOR.fullmatch(step.reason):
        return Phrase("满 %(n)s 天", n=over[1])
    return mask_logins(step.reason or (step.after if step.verb in NAMING else ""))


def picture(*, number: str, part: str, by: Actor, at: datetime) -> tuple[bytes, str]:
    """Return a picture or film of an event with its type; who looked is on record.

    Raises:
        NotVisibleError: it is absent, deleted, or not the actor's to see.
    """
    event = access.event_to_see(number, by=by)
    stored: StoredFile | None = getattr(event, part) if part in PARTS else None
    if stored is None:
        raise NotVisibleError("没有这个画面，或已到期删除。")
    audit.record("linewatch.event.look", target=event, by=by, at=at, after=part)
    return files.read(stored), PARTS[part]


def picture_on_site(*, number: str, visit: str, by: Actor, at: datetime) -> bytes:
    """Return a small snapshot of an event to the team that was sent there.

    Raises:
        NotVisibleError: the visit is not about it, or the picture is gone.
    """
    event = event_of_visit(number, visit=work_access.visit_of_own_team(visit, by=by))
    if event.snapshot is None:
        raise NotVisibleError("没有这个画面，或已到期删除。")
    audit.record("linewatch.event.look", target=event, by=by, at=at, after="snapshot")
    return files.small(event.snapshot)


def view(*, number: str, by: Actor) -> bytes:
    """Return the latest picture of a camera, on which zones are drawn.

    Raises:
        NotVisibleError: there is none, or it is not the actor's to see.
    """
    camera = access.cameras(by).select_related("picture").filter(number=number).first()
    if "\0" in number or camera is None or camera.picture is None:
        raise NotVisibleError("还没有这台摄像机的画面。")
    return files.read(camera.picture)


def sign_photo(*, number: str, code: str, by: Actor) -> bytes:
    """Return the photo of a sign.

    Raises:
        NotVisibleError: there is none, or it is not the actor's to see.
    """
    camera = access.camera_to_see(number, by=by)
    rows = SignCheck.objects.select_related("photo").filter(camera=camera)
    found = None if "\0" in code else rows.filter(code=code).first()
    if found is None or found.photo is None:
        raise NotVisibleError("没有这张照片。")
    return files.read(found.photo)


def deletions(*, by: Actor) -> tuple[DeletionRow, ...]:
    """Return what was deleted of the actor's cameras, the latest first."""
    return event_queries.deletions(access.deletions(by)[:MOST_ROWS])
