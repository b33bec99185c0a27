"""Publish what every base must have: the operator's own words, in versions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from dianliang.domain.insight.base_checks import WAYS
from dianliang.domain.venues import standards
from dianliang.domain.venues.models import BaseStandard
from dianliang.domain.venues.standards import Item
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotYourTurnError

COUNTED = tuple(way for way in WAYS if way != standards.PROVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version as the page shows it."""

    standard: standards.Standard
    is_current: bool


def may_publish(by: Actor) -> bool:
    """Tell whether the actor may say what every base must have: it binds all units."""
    return by.role == Role.ADMINISTRATOR or (by.role == Role.PARTY_AFFAIRS and by.is_top)


def versions() -> tuple[Version, ...]:
    """Return every version, the one in force first."""
    return tuple(
        Version(standard=one, is_current=place == 0)
        for place, one in enumerate(standards.versions())
    )


def publish(
    *, name: str, items: Sequence[Item], seen: int, reason: str, by: Actor, at: datetime
) -> BaseStandard:
    """Put another standard in force; an item without a key is new and gets one.

    Raises:
        NotYourTurnError: the actor does not speak for all units.
        InvalidInputError: see the operation.
    """
    if not may_publish(by):
        raise NotYourTurnError("标准对所有单位生效，请由管理员或总部党建专责发布。")
    known = {item.key for version in standards.versions() for item in version.items}
    keyed: list[Item] = []
    for item in items:
        is_known = item.key in known
        keyed.append(item if is_known else replace(item, key=standards.next_key(keyed)))
    return standards.publish(
        name=name, items=keyed, ways=COUNTED, seen=seen, reason=reason, by=by, at=at
    )
