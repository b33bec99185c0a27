"""From a true event to a need for warning signs, through the normal need flow."""

import secrets
from datetime import datetime

from django.db import transaction

from dianliang.domain.intake.models import Need
from dianliang.domain.linewatch import access
from dianliang.domain.linewatch.models import Event
from dianliang.domain.linewatch.operations import events
from dianliang.domain.linewatch.queries import cameras as camera_queries
from dianliang.domain.linewatch.queries.events import KINDS
from dianliang.flows import posting
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, NotVisibleError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

WHO = "线路守护"


class UnableToAskForSignsError(DomainError):
    """The event is none that signs are asked for."""

    code = "linewatch.unable-to-ask-for-signs"


@transaction.atomic
def ask_for_signs(*, number: str, words: str, by: Actor, at: datetime) -> Event:
    """Make a true event a need for warning signs (补警示牌); which are lacking is said in it.

    Raises:
        NotVisibleError: it is absent, or the actor only reads.
        UnableToAskForSignsError: nobody has said that it was true, or there is a need already.
        StaleStateError: somebody else has made one just now.
    """
    if by.role != Role.DISPATCHER:
        raise NotVisibleError("没有找到这个守护事件。")
    event = access.event_to_see(number, by=by)
    if event.status != "TRUE":
        raise UnableToAskForSignsError("先反馈属实，再提补警示牌的需求。")
    if event.need:
        raise UnableToAskForSignsError(Phrase("这个事件已经提了需求 %(n)s。", n=event.need))
    words = clean_text(words, field="words", label="说明", most=200)
    kept = posting.post_need(
        asked=_asked(event, words),
        key=f"linewatch:{event.number}",
        follow_token=secrets.token_urlsafe(18),
        by=by,
        at=at,
    )
    return events.note_need(event=event, need=str(kept["number"]), by=by, at=at)


def _asked(event: Event, words: str) -> posting.Asked:
    camera = event.camera
    lacking = [sign.wording for sign in camera_queries.signs_of(camera) if sign.done_at is None]
    where = f"{camera.line_name} {camera.span}"
    parts = [
        f"补警示牌：{where}岸边。守护事件 {event.number} 已确认属实（{KINDS[event.kind]}）。",
        words,
        f"还缺：{'；'.join(lacking)}。" if lacking else "清单上的都登记过，请到现场查看是否完好。",
    ]
    return posting.Asked(
        text="\n".join(part for part in parts if part),
        channel=Need.Channel.STEWARD,
        area_code=camera.area.code,
        address=where,
        lat=camera.lat,
        lon=camera.lon,
        name=WHO,
    )
