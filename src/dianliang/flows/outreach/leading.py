"""An outreach as a form describes it, its words, and the steps of its life."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction

from dianliang.domain.directory.models import Unit
from dianliang.domain.incidents import access as incidents
from dianliang.domain.incidents.lifecycle import OPEN
from dianliang.domain.outreach import access
from dianliang.domain.outreach.models import Channel, Outreach, Preference, Round, Wording
from dianliang.domain.outreach.operations import outreach as operations
from dianliang.domain.outreach.operations import preferences
from dianliang.domain.outreach.operations.outreach import Outline, UnableToReachError
from dianliang.flows.outreach import sending
from dianliang.flows.outreach.audience import Wanted, checked
from dianliang.flows.outreach.words import PLACES
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError, StaleStateError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

SOURCES: Mapping[str, str] = {str(c): str(label) for c, label in Outreach.Source.choices}
BASES: Mapping[str, str] = {str(c): str(label) for c, label in Outreach.Basis.choices}
WAYS: Mapping[str, str] = {str(c): str(label) for c, label in Channel.Kind.choices}
HOWS: Mapping[str, str] = {
    str(c): str(label) for c, label in Preference.How.choices if c in {"phone", "paper", "reply"}
}
"""How somebody can tell us at the desk."""
_PLACE = re.compile(r"\{([^{}]*)\}")
LEAST_SILENCE_H, MOST_SILENCE_H = 1, 720


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An outreach as a form describes it. Codes and text come from outside, checked here."""

    title: str
    purpose: str
    unit: str
    basis: str
    source: str
    wanted: Wanted
    quiet_from: str
    quiet_until: str
    about: str = ""


def incidents_to_tell_of(by: Actor) -> list[tuple[str, str]]:
    """Return the incidents that go on and that an outreach may be about: number and title."""
    rows = incidents.incidents(by).filter(status__in=OPEN).order_by("-opened_at")
    return list(rows.values_list("number", "title"))


def draft(*, asked: Asked, by: Actor, at: datetime) -> Outreach:
    """Write an outreach down.

    Raises:
        InvalidInputError: a field makes no sense; it is named.
        UnableToReachError: see the operation.
    """
    unit = Unit.objects.filter(code=asked.unit.replace("\0", "")).first()
    if unit is None or not by.reaches_unit(unit.path) or by.role not in access.WRITERS:
        raise InvalidInputError("请选择本单位范围内的发起单位。", field="unit")
    for value, known, field, label in (
        (asked.basis, BASES, "basis", Phrase("告知依据")),
        (asked.source, SOURCES, "source", Phrase("对象来源")),
    ):
        if value not in known:
            raise InvalidInputError(Phrase("请选择%(label)s。", label=label), field=field)
    about = asked.about.strip()
    if about and not incidents.incidents(by).filter(number=about.replace("\0", "")).exists():
        raise InvalidInputError("没有找到这个事件，请从列表里选，或留空。", field="about")
    return operations.draft(
        outline=Outline(
            title=clean_text(asked.title, field="title", label="名称", most=60, least=2),
            purpose=clean_text(asked.purpose, field="purpose", label="目的", most=200, least=2),
            unit=unit,
            basis=asked.basis,
            source=asked.source,
            query=checked(asked.wanted, by=by) if asked.source == "customers" else {},
            quiet_from=_time(asked.quiet_from, "quiet_from", Phrase("免打扰起")),
            quiet_until=_time(asked.quiet_until, "quiet_until", Phrase("免打扰止")),
            about=about,
        ),
        by=by,
        at=at,
    )


def _time(text: str, field: str, label: str) -> time:
    try:
        found = time.fromisoformat(text)
    except ValueError as error:
        raise InvalidInputError(
            Phrase("%(label)s应形如 20:00。", label=label), field=field
        ) from error
    return found.replace(second=0, microsecond=0, tzinfo=None)


def word(*, number: str, kind: str, text: str, by: Actor, at: datetime) -> Wording:
    """Write a new version of what is said over a way out.

    Raises:
        NotVisibleError: it is absent or another's.
        InvalidInputError: too long, an unknown way, or a place that nothing fills.
        UnableToReachError: see the operation.
    """
    outreach = access.to_lead(number, by=by)
    if kind not in WAYS:
        raise InvalidInputError("请选择方式。", field="kind")
    said = clean_text(text, field="text", label="文案", most=500, least=5)
    strange = [name for name in _PLACE.findall(said) if name not in PLACES]
    if strange:
        listed, known = "、".join(strange), "、".join(f"{{{name}}}" for name in PLACES)
        raise InvalidInputError(
            Phrase("文案里的 {%(listed)s} 无法填写，可用：%(known)s。", listed=listed, known=known),
            field="text",
        )
    return operations.word(outreach=outreach, kind=kind, text=said, by=by, at=at)


def _way(outreach: Outreach, code: str) -> tuple[Channel, Wording]:
    channel = access.channels().filter(code=code.replace("\0", "")).first()
    if channel is None:
        raise InvalidInputError("请选择通道。", field="channel")
    wording = outreach.wordings.filter(kind=channel.kind).order_by("-edition").first()
    if wording is None:
        message = Phrase(
            "还没有给“%(way)s”写文案，请先写文案。", way=Phrase(channel.get_kind_display())
        )
        raise UnableToReachError(message, field="channel")
    return channel, wording


@transaction.atomic
def release(
    *, number: str, channel: str, seen: int | None = None, by: Actor, at: datetime
) -> Round:
    """Let an outreach go out over a channel, with the latest words for it.

    `seen` is how many versions of its words there were when they were looked at.

    Raises:
        NotVisibleError, InvalidInputError: it is absent, or no channel was chosen.
        StaleStateError: its words have changed since they were looked at.
        UnableToReachError, IllegalTransitionError, StaleStateError: see the operation.
    """
    outreach = access.to_lead(number, by=by)
    operations.lock(outreach)
    if seen is not None and seen != outreach.wordings.count():
        raise StaleStateError("文案刚有改动，请核对后再放行。")
    way, wording = _way(outreach, channel)
    made = operations.release(outreach=outreach, channel=way, wording=wording, by=by, at=at)
    sending.enqueue(outreach, by=by, at=at)
    return made


@transaction.atomic
def resend(
    *,
    number: str,
    channel: str,
    silent_h: int | None,
    reason: str,
    by: Actor,
    at: datetime,
) -> Round:
    """Send anew to those who were not reached; with `silent_h` also to those never heard of.

    Raises:
        NotVisibleError, InvalidInputError: it is absent, or a field makes no sense.
        UnableToReachError: see the operation.
    """
    outreach = access.to_lead(number, by=by)
    why = clean_text(reason, field="reason", label="补发原因", most=200, least=2)
    if silent_h is not None and not LEAST_SILENCE_H <= silent_h <= MOST_SILENCE_H:
        message = f"无回执时长应在 {LEAST_SILENCE_H} 到 {MOST_SILENCE_H} 小时之间。"
        raise InvalidInputError(message, field="silent_h")
    way, wording = _way(outreach, channel)
    before = None if silent_h is None else at - timedelta(hours=silent_h)
    made = operations.resend(
        outreach=outreach,
        channel=way,
        wording=wording,
        silent_before=before,
        words=why,
        by=by,
        at=at,
    )
    if outreach.status == "SENDING":
        sending.enqueue(outreach, by=by, at=at)
    return made


@transaction.atomic
def move(*, number: str, verb: str, reason: str, by: Actor, at: datetime) -> Outreach:
    """Pause, resume, close, drop an outreach, or take its audience back.

    Raises:
        NotVisibleError, InvalidInputError: it is absent, or no reason is given.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    outreach = access.to_lead(number, by=by)
    why = clean_text(reason, field="reason", label="原因", most=200, least=2)
    if verb == "redo":
        return operations.back(outreach=outreach, verb=verb, reason=why, by=by, at=at)
    moved = operations.move(outreach=outreach, verb=verb, reason=why, by=by, at=at)
    if verb == "resume":
        sending.enqueue(moved, by=by, at=at)
    return moved


def wish(*, phone: str, agrees: bool, how: str, words: str, by: Actor, at: datetime) -> None:
    """Write down at the desk what somebody wants.

    Raises:
        InvalidInputError: no mobile number, or nobody knows how it was said.
    """
    if how not in HOWS:
        raise InvalidInputError("请选择是怎样表示的。", field="how")
    told = clean_text(words, field="words", label="说明", most=200)
    unit = Unit.objects.filter(code=by.unit_code).first()
    preferences.say_of(phone=phone, agrees=agrees, how=how, words=told, unit=unit, by=by, at=at)
