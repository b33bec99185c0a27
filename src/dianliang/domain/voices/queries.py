"""Appeals as their two sides see them, and the counts that leaders read."""

from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dianliang.domain.voices import access
from dianliang.domain.voices.lifecycle import LABELS, OPEN, VOICE
from dianliang.domain.voices.models import Desk, Handler, Voice
from dianliang.domain.voices.operations import is_staffed
from dianliang.kernel.actor import Actor, Role

LEAST = 5
"""Counts below are not told to leaders: a small number names a person."""
VIEWS = {"open": "待办", "overdue": "超时", "answered": "已答复", "all": "全部"}


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceRow:
    """An appeal in the list of its handlers."""

    number: str
    desk_name: str
    channel_label: str
    topic_label: str
    received_on: date
    due_at: datetime
    is_late: bool
    handler: str
    rounds: int
    is_satisfied: bool | None
    status: str
    status_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidRow:
    """One of the words that went to and fro."""

    is_handlers: bool
    words: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceFile:
    """A whole appeal; `name` and `contact` are empty on the page of who appealed."""

    row: VoiceRow
    words: str
    name: str
    contact: str
    said: tuple[SaidRow, ...]
    verbs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many, or None where the number is too small to be told."""

    label: str
    value: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlerRow:
    """Who reads at a desk."""

    key: int
    name: str
    number: str
    from_on: date
    named_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskRow:
    """A desk with its clocks and its handlers."""

    code: str
    name: str
    first_working_days: int
    due_working_days: int
    handlers: tuple[HandlerRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskCounts:
    """What leaders read of one desk and quarter; each group is safe by itself."""

    name: str
    total: int | None
    by_topic: tuple[Count, ...]
    by_channel: tuple[Count, ...]
    by_outcome: tuple[Count, ...]


def desk(*, by: Actor, view: str, on: date, at: datetime) -> tuple[list[VoiceRow], dict[str, int]]:
    """Return the appeals of the actor's desks, cut by a view, and the counts of all views."""
    unread = access.to_handle(by, on=on).defer("words", "name", "contact")
    rows = [row_of(voice, at=at) for voice in unread]
    cuts = {
        "open": [row for row in rows if row.status in OPEN],
        "overdue": [row for row in rows if row.is_late],
        "answered": [row for row in rows if row.status in {"ANSWERED", "CLOSED"}],
        "all": rows,
    }
    return cuts.get(view, rows), {name: len(cut) for name, cut in cuts.items()}


def row_of(voice: Voice, *, at: datetime) -> VoiceRow:
    """Return an appeal as a list needs it."""
    late = voice.status in OPEN and voice.due_at < at
    late = late or (voice.status == "RECEIVED" and voice.first_due_at < at)
    return VoiceRow(
        number=voice.number,
        desk_name=voice.desk.unit.name,
        channel_label=voice.get_channel_display(),
        topic_label=voice.get_topic_display(),
        received_on=voice.received_on,
        due_at=voice.first_due_at if voice.status == "RECEIVED" else voice.due_at,
        is_late=late,
        handler=voice.handler.name if voice.handler else "",
        rounds=voice.rounds,
        is_satisfied=voice.is_satisfied,
        status=voice.status,
        status_label=LABELS[voice.status],
    )


def for_handler(number: str, *, by: Actor, on: date, at: datetime) -> VoiceFile:
    """Return an appeal of the actor's desk.

    Raises:
        NotVisibleError: it is absent or another desk's.
    """
    found = access.voice_to_handle(number, by=by, on=on)
    verbs = VOICE.verbs(found.status, role=by.role)
    if found.channel == Voice.Channel.MAILBOX:
        verbs = tuple(row for row in verbs if row.verb in {"take", "answer"})
    return _file(found, verbs=[(row.verb, row.label) for row in verbs], whole=True, at=at)


def for_asker(token: str, *, at: datetime) -> VoiceFile:
    """Return the appeal that a link opens, without who wrote it.

    Raises:
        NotVisibleError: the link opens none.
    """
    found = access.voice_of(token)
    verbs = VOICE.verbs(found.status, role=Role.RESIDENT)
    return _file(found, verbs=[(row.verb, row.label) for row in verbs], whole=False, at=at)


def _file(
    found: Voice, *, verbs: Iterable[tuple[str, str]], whole: bool, at: datetime
) -> VoiceFile:
    return VoiceFile(
        row=row_of(found, at=at),
        words=found.words,
        name=found.name if whole else "",
        contact=found.contact if whole else "",
        said=tuple(
            SaidRow(is_handlers=row.is_handlers, words=row.words, at=row.at)
            for row in found.said.all()
        ),
        verbs=tuple(verbs),
    )


def open_desks(*, on: date) -> tuple[tuple[str, str], ...]:
    """Return code and name of the desks at which somebody reads on a day."""
    rows = Desk.objects.select_related("unit").prefetch_related("handlers")
    return tuple((row.unit.code, row.unit.name) for row in rows if is_staffed(row, on=on))


def desks(*, by: Actor, on: date) -> tuple[DeskRow, ...]:
    """Return the desks whose handlers the actor names."""
    rows = access.desks_to_count(by).prefetch_related("handlers__person")
    return tuple(_desk(row, on=on) for row in rows)


def _desk(row: Desk, *, on: date) -> DeskRow:
    return DeskRow(
        code=row.unit.code,
        name=row.unit.name,
        first_working_days=row.first_working_days,
        due_working_days=row.due_working_days,
        handlers=tuple(
            _handler(one)
            for one in row.handlers.all()
            if one.until_on is None or one.until_on >= on
        ),
    )


def _handler(one: Handler) -> HandlerRow:
    return HandlerRow(
        key=one.pk,
        name=one.person.name,
        number=one.person.number,
        from_on=one.from_on,
        named_by=one.named_by,
    )


def quarter(on: date) -> tuple[date, date]:
    """Return first and last day of the last whole quarter before a day.

    Counts are of whole quarters only: with days of one's own choice two counts could be subtracted
    until a person is left.
    """
    month = (on.month - 1) // 3 * 3 + 1
    this = date(on.year, month, 1)
    before = date(on.year, month - 3, 1) if month > 3 else date(on.year - 1, 10, 1)
    return before, date.fromordinal(this.toordinal() - 1)


def quarters(on: date, *, most: int = 8) -> tuple[tuple[date, date], ...]:
    """Return the last whole quarters before a day, newest first."""
    found: list[tuple[date, date]] = []
    for _ in range(most):
        found.append(quarter(on))
        on = found[-1][0]
    return tuple(found)


def counts(*, since: date, until: date, by: Actor) -> tuple[DeskCounts, ...]:
    """Return what leaders read of each desk of theirs in a quarter; small numbers are kept back."""
    desks = list(access.desks_to_count(by))
    rows = Voice.objects.filter(desk__in=desks, received_on__range=(since, until))
    came: dict[int, list[tuple[str, str, bool | None]]] = defaultdict(list)
    told = rows.values_list("desk_id", "topic", "channel", "is_satisfied")
    for desk_id, topic, channel, is_satisfied in told:
        came[desk_id].append((topic, channel, is_satisfied))
    return tuple(_counts(row, came[row.pk]) for row in desks)


def _counts(row: Desk, came: Sequence[tuple[str, str, bool | None]]) -> DeskCounts:
    total = len(came)
    said: dict[bool | None, str] = {True: "satisfied", False: "not_satisfied", None: "unsaid"}
    named = {"satisfied": "满意", "not_satisfied": "不满意", "unsaid": "未评价"}
    return DeskCounts(
        name=row.unit.name,
        total=total if total >= LEAST or total == 0 else None,
        by_topic=_safe(Tally(topic for topic, _, _ in came), dict(Voice.Topic.choices)),
        by_channel=_safe(Tally(channel for _, channel, _ in came), dict(Voice.Channel.choices)),
        by_outcome=_safe(Tally(said[is_satisfied] for _, _, is_satisfied in came), named),
    )


def suppressed(tally: Mapping[str, int]) -> dict[str, int | None]:
    """Return counts of which none below `LEAST` can be told, nor worked out from the whole.

    Each small count is kept back. The whole is told beside them, so what is kept back has to be
    at least `LEAST` together and at least two numbers: the next smallest are kept back too.
    """
    kept_back = {key for key, value in tally.items() if 0 < value < LEAST}
    others = sorted((value, key) for key, value in tally.items() if value >= LEAST)
    while kept_back and others:
        if len(kept_back) > 1 and sum(tally[key] for key in kept_back) >= LEAST:
            break
        kept_back.add(others.pop(0)[1])
    return {key: None if key in kept_back else value for key, value in tally.items()}


def _safe(tally: Mapping[str, int], labels: Mapping[str, str]) -> tuple[Count, ...]:
    whole = {code: tally.get(code, 0) for code in labels}
    told = suppressed(whole)
    return tuple(Count(label=str(label), value=told[code]) for code, label in labels.items())
