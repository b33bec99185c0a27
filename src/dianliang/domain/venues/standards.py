"""What a base must have: 五有, or the operator's own words (000-02). Versions, never changed.

An item is proved by somebody, or counted from records; what is counted nobody has to prove.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from dianliang.core import audit
from dianliang.domain.venues.models import BaseStandard
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

PROVED = "proof"
MOST_ITEMS = 20
MOST_VALID_DAYS = 1830


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that a base must have.

    `way` is `PROVED`, or the name of what is counted; then `target` is the number that earns the
    full mark, within `days` where time matters. A proof is good for at most `valid_days`.
    """

    key: str
    name: str
    words: str
    weight: int
    way: str = PROVED
    target: int = 1
    days: int = 90
    valid_days: int = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """A published set of items."""

    number: int
    name: str
    items: tuple[Item, ...]
    at: datetime | None = None
    by_name: str = ""
    reason: str = ""

    def item(self, key: str) -> Item | None:
        """Return an item by its key."""
        return next((item for item in self.items if item.key == key), None)

    @property
    def weight(self) -> int:
        """Return what all items weigh together."""
        return sum(item.weight for item in self.items)


SHIPPED = Standard(
    number=0,
    name="五有",
    items=(
        Item(
            key="place",
            name="有场所",
            words="固定场所、标识和开放设施齐全，附近期现场照片。",
            weight=20,
        ),
        Item(
            key="team",
            name="有队伍",
            words="有一名在岗的阵地责任人。",
            weight=20,
            way="keeper",
        ),
        Item(
            key="activity",
            name="有活动",
            words="近 90 天至少举办一次行动。",
            weight=20,
            way="activities",
        ),
        Item(
            key="project",
            name="有项目",
            words="有固定服务项目，附项目说明或记录。",
            weight=20,
        ),
        Item(
            key="mechanism",
            name="有机制",
            words="服务标准在本阵地公示中。",
            weight=20,
            way="standards",
        ),
    ),
)


def in_force() -> Standard:
    """Return the standard that counts now: the last published, or the shipped one."""
    row = BaseStandard.objects.order_by("-number").first()
    return _standard(row) if row else SHIPPED


def versions() -> tuple[Standard, ...]:
    """Return every standard that was ever in force, newest first."""
    return (*(_standard(row) for row in BaseStandard.objects.all()), SHIPPED)


@transaction.atomic
def publish(
    *,
    name: str,
    items: Sequence[Item],
    ways: Sequence[str],
    seen: int,
    reason: str,
    by: Actor,
    at: datetime,
) -> BaseStandard:
    """Put another standard in force, with a reason; the ones before stay readable.

    `ways` are the names of what can be counted. A proof stays with the key of its item.

    Raises:
        InvalidInputError: somebody published first, there is no item, two share a name or key, or
            a number makes no sense.
    """
    newest = BaseStandard.objects.select_for_update().order_by("-number").first()
    last = newest.number if newest else 0
    overtaken = InvalidInputError("标准刚被他人发布了新一版，请刷新后再改。", field="reason")
    if last != seen:
        raise overtaken
    title = clean_text(name, field="name", label="标准名称", most=40, least=1)
    words = clean_text(reason, field="reason", label="原因", most=200, least=2)
    _check(items, ways)
    made, is_new = BaseStandard.objects.get_or_create(
        number=last + 1,
        defaults={
            "name": title,
            "items": [asdict(item) for item in items],
            "at": at,
            "by_name": by.name,
            "reason": words,
        },
    )
    if not is_new:  # of two first versions at once: there was no row to wait for
        raise overtaken
    audit.record("venues.basestandard.publish", target=made, by=by, at=at, reason=words)
    return made


def next_key(items: Sequence[Item]) -> str:
    """Return a key that no version has used yet."""
    used = {item.key for standard in versions() for item in standard.items}
    used |= {item.key for item in items}
    number = 1
    while f"item{number}" in used:
        number += 1
    return f"item{number}"


def _check(items: Sequence[Item], ways: Sequence[str]) -> None:
    if not items:
        raise InvalidInputError("标准至少要有一个条目。", field="items")
    if len(items) > MOST_ITEMS:
        raise InvalidInputError(
            Phrase(
                "标准最多 %(most_items)s 个条目，现为 %(n)s 个。",
                most_items=MOST_ITEMS,
                n=len(items),
            ),
            field="items",
        )
    names = [item.name for item in items]
    for place, item in enumerate(items, start=1):
        where = Phrase("第 %(n)s 条", n=place)
        name = clean_text(
            item.name, field="items", label=Phrase("%(where)s的名称", where=where), most=20, least=1
        )
        clean_text(
            item.words, field="items", label=Phrase("%(where)s的要求", where=where), most=200
        )
        if names.count(item.name) > 1:
            raise InvalidInputError(
                Phrase("%(where)s“%(name)s”重名，请改一个名称。", where=where, name=name),
                field="items",
            )
        if not 1 <= item.weight <= 100:
            raise InvalidInputError(
                Phrase("%(where)s的分值应为 1 到 100。", where=where), field="items"
            )
        if item.way not in {PROVED, *ways}:
            raise InvalidInputError(Phrase("%(where)s请选择考核方式。", where=where), field="items")
        if not (1 <= item.target <= 9999 and 1 <= item.days <= 730):
            raise InvalidInputError(
                Phrase("%(where)s的目标应为 1 到 9999，天数应为 1 到 730。", where=where),
                field="items",
            )
        if not 1 <= item.valid_days <= MOST_VALID_DAYS:
            message = Phrase(
                "%(where)s的佐证有效期应为 1 到 %(most_valid_days)s 天。",
                where=where,
                most_valid_days=MOST_VALID_DAYS,
            )
            raise InvalidInputError(message, field="items")
    keys = [item.key for item in items]
    if len(set(keys)) != len(keys):
        raise InvalidInputError("有两个条目用了同一个标识，请刷新后再改。", field="items")


def _standard(row: BaseStandard) -> Standard:
    return Standard(
        number=row.number,
        name=row.name,
        items=tuple(Item(**item) for item in row.items),
        at=row.at,
        by_name=row.by_name,
        reason=row.reason,
    )
