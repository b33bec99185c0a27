"""What is on the spot: loudspeakers beside a camera, and what people saw that it missed."""

from datetime import datetime, timedelta

from django.db import transaction

from dianliang.core import audit
from dianliang.core.numbers import next_number
from dianliang.domain.linewatch.models import Camera
from dianliang.domain.linewatch.spot_models import Miss, Speaker
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase, to_text

MOST_SPEAKERS = 6
OLDEST = timedelta(days=90)
"""A miss that lies further back says nothing of how the camera is now."""


class UnableToKeepSpeakerError(DomainError):
    """The loudspeaker cannot be kept."""

    code = "linewatch.unable-to-keep-speaker"


class UnableToReportMissError(DomainError):
    """What was reported as missed cannot be."""

    code = "linewatch.unable-to-report-miss"


@transaction.atomic
def add_speaker(
    *, camera: Camera, name: str, address: str, secret: str, by: Actor, at: datetime
) -> Speaker:
    """Put a loudspeaker beside a camera (登记喇叭). Address and secret are stored sealed.

    Whether the address can be one is checked before, by whoever speaks to it.

    Raises:
        UnableToKeepSpeakerError: the camera has as many as it may.
    """
    Camera.objects.select_for_update(no_key=True).get(pk=camera.pk)
    if camera.speakers.filter(is_active=True).count() >= MOST_SPEAKERS:
        many = Phrase("一台摄像机最多登记 %(n)d 个喇叭，请先停用一个。", n=MOST_SPEAKERS)
        raise UnableToKeepSpeakerError(many, field="address")
    made = Speaker.objects.create(
        camera=camera,
        serial=camera.speakers.count() + 1,
        name=name,
        address=address,
        secret=secret,
        set_at=at,
        set_by=by.name,
    )
    audit.record("linewatch.camera.add_speaker", target=camera, by=by, at=at, after=name)
    return made


@transaction.atomic
def remove_speaker(*, speaker: Speaker, by: Actor, at: datetime) -> Speaker:
    """Let a loudspeaker warn no more (停用喇叭); its secret is forgotten.

    Raises:
        UnableToKeepSpeakerError: it is out of use already.
    """
    moved = Speaker.objects.filter(pk=speaker.pk, is_active=True).update(is_active=False, secret="")
    if moved != 1:
        raise UnableToKeepSpeakerError("这个喇叭已经停用。")
    speaker.is_active, speaker.secret = False, ""
    audit.record(
        "linewatch.camera.remove_speaker", target=speaker.camera, by=by, at=at, after=speaker.name
    )
    return speaker


@transaction.atomic
def note_trying(*, speaker: Speaker, by: Actor, at: datetime) -> Speaker:
    """Note that somebody lets a loudspeaker speak to try it (试播)."""
    _answered(speaker, "trying", "", at=at)
    audit.record(
        "linewatch.camera.try_speaker", target=speaker.camera, by=by, at=at, after=speaker.name
    )
    return speaker


def note_answer(*, speaker: Speaker, is_spoken: bool, words: str, at: datetime) -> Speaker:
    """Note what a loudspeaker answered last; of warnings the event keeps it on record."""
    return _answered(speaker, "spoken" if is_spoken else "failed", words, at=at)


def _answered(speaker: Speaker, outcome: str, words: str, *, at: datetime) -> Speaker:
    speaker.outcome, speaker.answered_at = outcome, at
    speaker.answer = to_text(words, most=200)
    speaker.save(update_fields=["outcome", "answer", "answered_at"])
    return speaker


@transaction.atomic
def report_miss(
    *,
    camera: Camera,
    kind: str,
    people: int,
    happened_at: datetime,
    words: str,
    by: Actor,
    at: datetime,
) -> Miss:
    """Keep that somebody stayed in a zone and the guard told nothing (漏报).

    Raises:
        UnableToReportMissError: when, what or how many cannot be.
    """
    if kind not in {"stay", "fishing"}:
        raise UnableToReportMissError("请选择停留或垂钓。", field="kind")
    if not 1 <= people <= 99:
        raise UnableToReportMissError("人数应在 1 到 99 之间。", field="people")
    if not at - OLDEST <= happened_at <= at:
        when = Phrase("发生时间应在最近 %(n)d 天之内，不能晚于现在。", n=OLDEST.days)
        raise UnableToReportMissError(when, field="happened_at")
    made = Miss.objects.create(
        number=next_number("LB", at=at),
        camera=camera,
        kind=kind,
        people=people,
        happened_at=happened_at,
        words=words,
        reported_at=at,
        reported_by=by.name,
    )
    audit.record(
        "linewatch.camera.report_miss", target=camera, by=by, at=at, after=made.number, reason=words
    )
    return made
