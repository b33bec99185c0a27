"""What many people of the demo county speak of: a transformer that failed in one village."""

import secrets
from datetime import datetime, timedelta
from random import Random

from dianliang.domain.intake.models import Need
from dianliang.domain.intake.reporting import Reporter
from dianliang.domain.territory.models import Area
from dianliang.flows import handling, hot, posting
from dianliang.flows.demo import words
from dianliang.flows.posting import Asked, prepare, store
from dianliang.kernel.actor import SYSTEM, Actor

TOLD = (
    (46.0, "{place}的变压器坏了，半个村子没电"),
    (45.5, "{place}变压器坏了，响了一声就没电了"),
    (44.0, "{place}变压器坏了，家里停电，老人用不了电扇"),
    (31.0, "{place}变压器又坏了，没电，冰箱里的东西要坏"),
    (22.0, "反映{place}变压器坏了，晚上一直没电"),
    (9.0, "{place}变压器坏了，断断续续没电"),
    (2.5, "{place}的变压器坏了还没换，今天又停电"),
)
"""How many hours ago, and in which words."""
JOINED = ((43.0, "我家也没电"), (8.0, "打了三次电话都没人管，太气人了，再这样就投诉"))
"""Two more people join the first and the fifth of them."""
JOINS = (0, 4)
FIRST_PHONE = 8800
STILL_NEW_H = 3


def build_happening(villages: list[Area], *, by: Actor, rng: Random, at: datetime) -> list[Need]:
    """Report it: nine people in two days, seven needs; all but the last are taken up.

    It happens where nobody asked for anything else, so that nothing else is mixed with it.
    """
    spoke = set(Need.objects.values_list("area", flat=True))
    area = rng.choice([village for village in villages if village.pk not in spoke] or villages)
    place = area.name.removesuffix("委会").removesuffix("居")
    needs = [
        _need(area, text.format(place=place), number, rng=rng, at=at - timedelta(hours=hours))
        for number, (hours, text) in enumerate(TOLD)
    ]
    for number, ((hours, text), to) in enumerate(zip(JOINED, JOINS, strict=True)):
        posting.join_need(
            number=needs[to].number,
            text=text,
            reporter=Reporter(phone=words.phone(FIRST_PHONE + len(TOLD) + number)),
            key=f"demo-joins-{number:08d}",
            follow_token=secrets.token_urlsafe(18),
            by=SYSTEM,
            at=at - timedelta(hours=hours),
        )
    for need, (hours, _) in zip(needs, TOLD, strict=True):
        if hours > STILL_NEW_H:
            handling.accept(number=need.number, by=by, at=need.received_at + timedelta(minutes=9))
    Need.objects.filter(pk__in=[need.pk for need in needs]).update(is_generated=True)
    hot.look(by=SYSTEM, at=at)
    return needs


def _need(area: Area, text: str, number: int, *, rng: Random, at: datetime) -> Need:
    asked = Asked(
        text=text,
        channel=rng.choice(("portal", "phone", "chat")),
        area_code=area.code,
        lat=(area.lat or 30.6) + rng.gauss(0, 0.002),
        lon=(area.lon or 119.6) + rng.gauss(0, 0.002),
        phone=words.phone(FIRST_PHONE + number),
    )
    ready = prepare(asked, at=at)
    return store(ready, follow_token=secrets.token_urlsafe(18), by=SYSTEM, at=at)
