"""A steward posts a need for somebody he meets: an old person without a phone, a neighbour."""

from datetime import datetime

from dianliang.domain.intake.models import Need, Participant
from dianliang.flows import posting
from dianliang.flows.phone_operations import Outcome, PhoneOperation, Result, uploaded
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase


def post_need(op: PhoneOperation, by: Actor, at: datetime) -> Result:
    """Take in a need that was written on a phone, perhaps offline; the answer says its number.

    The promise counts from now, not from when it was written: nobody could act before.

    Raises:
        InvalidInputError: a field cannot be kept, or more photos than a need may have.
    """
    photos = op.tokens("photos")
    if len(photos) > posting.MOST_PHOTOS:
        raise InvalidInputError(
            Phrase("最多上传 %(most)s 张照片。", most=posting.MOST_PHOTOS), field="photos"
        )
    elder, here = op.text("on_behalf_of", longest=40), op.place()
    asked = posting.checked(
        posting.Asked(
            text=op.text("text"),
            channel=Need.Channel.STEWARD,
            area_code=op.text("area_code", longest=24),
            address=op.text("address", longest=200),
            lat=here.point.lat if here else None,
            lon=here.point.lon if here else None,
            kind=Participant.Kind.ON_BEHALF if elder else Participant.Kind.RESIDENT,
            name=by.name if elder else "",
            phone=op.text("phone", longest=24),
            on_behalf_of=elder,
        )
    )
    need = posting.store(
        posting.prepare(asked, at=at),
        follow_token=op.token("follow"),
        photos=uploaded(photos),
        by=by,
        at=at,
    )
    words = f"已登记为 {need.number}，由{need.unit.name}办理。"
    return Result(key=op.key, outcome=Outcome.APPLIED, words=words)
