"""Whose facility it is (设施归属), and the words that tell it.

Who repairs follows who owns: 供电营业规则 divides supply at the 产权分界点, and a lamp in the
street, a property manager's cut-off or a telecom pole is not the power company's at all. Both the
short list and the table of cues are data, and stand only here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import TextChoices


class Owner(TextChoices):
    """Whose facility it is; a rule or a need without one means: anybody's, or not known."""

    GRID = "grid", "供电公司"
    USER = "user", "用户自有"
    PROPERTY = "property", "物业"
    MUNICIPAL = "municipal", "市政"
    TELECOM = "telecom", "通信运营商"
    OTHER = "other", "其他"


OWN = frozenset({"", Owner.GRID.value})
"""What a unit of the service's own element is expected to repair; a telecom pole is for others."""
CUES: Mapping[Owner, tuple[str, ...]] = {
    Owner.GRID: ("变压器", "电线杆", "高压线", "变电站", "环网柜", "台区", "电表箱", "供电公司的"),
    Owner.USER: (
        "商户自家",
        "自家线路",
        "自家电线",
        "自家的线",
        "自家开关",
        "自家变压器",
        "用户变压器",
        "厂里的变压器",
        "专变",
        "表后",
        "空开",
        "空气开关",
        "漏电保护器",
        "户内线路",
        "室内线路",
        "店里线路",
    ),
    Owner.PROPERTY: (
        "物业停电",
        "物业断电",
        "物业断了",
        "物业拉闸",
        "物业把",
        "物业的",
        "物业管的",
        "小区路灯",
        "小区里的路灯",
        "小区内的路灯",
        "小区内路灯",
        "楼道灯",
        "声控灯",
        "车库照明",
        "车库灯",
    ),
    Owner.MUNICIPAL: ("路灯", "红绿灯", "信号灯", "景观灯", "市政"),
    Owner.TELECOM: (
        "光缆",
        "光纤",
        "通信线",
        "通信杆",
        "通信电线杆",
        "网线",
        "宽带线",
        "弱电箱",
    ),
}
"""Strong words only: that somebody lives in a 小区, or what the 物业 said, tells no owner."""
_OWNER_OF = {cue: owner for owner, cues in CUES.items() for cue in cues}
_ANY_CUE = re.compile("|".join(sorted(map(re.escape, _OWNER_OF), key=len, reverse=True)))


@dataclass(frozen=True, slots=True)
class OwnerFound:
    """The owner that a text tells and the word that told it; both empty where none does."""

    owner: str = ""
    cue: str = ""


def owner_in(text: str) -> OwnerFound:
    """Return whose facility a text speaks of: the longest cue counts, two owners are none."""
    found = {_OWNER_OF[match.group()]: match.group() for match in _ANY_CUE.finditer(text)}
    if len(found) != 1:
        return OwnerFound()
    owner, cue = found.popitem()
    return OwnerFound(owner.value, cue)
