"""How places are spelt, and the words around a name that tell a place from an ordinary word."""

import re

from dianliang.engines.triage._model import AreaCard

LOOK_BACK = 7
LOOK_AHEAD = 6
JOINS = "和跟与及到、"
"""What joins two places: 余村和大溪."""
SUFFIXES = (
    "社区居委会",
    "村民委员会",
    "居民委员会",
    "村委会",
    "居委会",
    "社区",
    "街道",
    "村",
    "镇",
    "乡",
    "县",
    "市",
)
_VILLAGE_ENDINGS = ("村", "社区", "村委会", "居委会", "村委", "村民委员会", "社区居委会")
_VILLAGE_OF_ONE = frozenset({f"村{ending}" for ending in _VILLAGE_ENDINGS})
_PLACE_BEFORE = re.compile(r"(?:[在到住去从来至于往]|家在|我是|就是|叫)$")
_CLAUSE_START = re.compile(r"(?:^|[\W_\d])$")
_PLACE_AFTER = re.compile(
    r"(?:[这那](?:边|里|儿|一带|一片)|片区?|自然村|附近|全村|周边|一带|过去|[\d一二三四五六七八九十]+[组队号])"
)
_NEWS_AFTER = re.compile(
    r"(?:$|[\W_]|[停没断缺来][电了]|又|今|明|昨|有人|有个|有户|几|什么时候|啥|整|都|全|也|变压器|线路"
    r"|电压|路灯|供电|低压|村民|村口|的[^确话士]|格|和|跟|到)"
)
_OTHER_THING = re.compile(
    r"[东南西北中]?(?:[路街桥河湖岭塘巷弄站]|大道|大街|收费站)|[山溪]|水库|小学|中学|学校|医院|隧道|大桥"
    r"|公司|公寓|新苑|人家|新城|小区|花园|酒店|宾馆|广场|大厦|超市|饭店|公园|服务区|动物园|大队部|单车|大棚|殿|[头面墙]"
)
_NOT_THIS_VILLAGE = re.compile(r"[民里干长子头庄口规容貌]")
_LONGER = re.compile(r"[一-鿿]?(?:镇|街道)")
_STANDS_BEFORE = re.compile(
    r"(?:^|[\W_\d]|[在到住是去从来至于往叫我们拉俺的和与及跟对给向问请看找由镇乡道县区市了过说听讲带离边])$"
)
_NO_VILLAGE = re.compile(r"(?:[其剩多业年本全各该每何任]|我和|他和|也和|要和|去和|来和)$")
_TOWNSHIP = re.compile(r"([一-鿿A-Za-z\d]{1,5})(?:镇|乡|街道)$")
_COUNTY = re.compile(r"([一-鿿A-Za-z\d]{1,4})(?:县|市)$|[A-Za-z]\d+区$")
_NO_NAME = re.compile(r"(?:我们|咱们|你们|他们|本|该|各|全|这个|那个|我|乡|城|小|集|外|同)$")


def spellings(area: AreaCard) -> tuple[set[str], str]:
    """Return the full spellings of a place, and its stem: the name without its suffix, if long."""
    full = {area.name, *area.aliases}
    for suffix in SUFFIXES:
        stem = area.name.removesuffix(suffix)
        if stem != area.name and len(stem) >= 2:
            if area.level == "village":
                full |= {stem + ending for ending in _VILLAGE_ENDINGS}
            if stem.endswith("村"):
                full.add(stem)
            return {name for name in full if len(name) >= 2}, stem
    return {name for name in full if len(name) >= 2}, ""


def is_elsewhere(lead: str) -> bool:
    """Tell whether a township or county that is not ours stands right before a name."""
    for pattern in (_TOWNSHIP, _COUNTY):
        found = pattern.search(lead)
        if found and not (found.group(1) and _NO_NAME.search(found.group(1))):
            return True
    return False


def is_village_of_one(name: str) -> bool:
    """Tell whether a name is one character and 村, the tail of many longer names."""
    return name[1:2] == "村" and (len(name) == 2 or name[1:] in _VILLAGE_OF_ONE)


def is_cut(after: str) -> bool:
    """Tell whether 村 belongs to what follows: 村民, 村里, 村口."""
    is_word = _NOT_THIS_VILLAGE.match(after) and not after.startswith("村")
    return bool(is_word or _LONGER.match(after))


def may_stand_before(lead: str) -> bool:
    """Tell whether a short name may begin here, rather than being the tail of a longer one."""
    return bool(_STANDS_BEFORE.search(lead)) and not _NO_VILLAGE.search(lead)


def is_plainly_a_village(lead: str, after: str) -> bool:
    """Tell whether an everyday word with 村 or 社区 behind it is a village here."""
    return may_stand_before(lead) and not is_cut(after)


def is_other_thing(after: str) -> bool:
    """Tell whether a name goes on as the name of a road, a river, a school."""
    return bool(_OTHER_THING.match(after)) and not _PLACE_AFTER.match(after)


def is_place_between(name: str, lead: str, after: str) -> bool:
    """Tell whether a bare name of two characters stands as a place.

    马家 at the start of a clause is as often a family as a village.
    """
    if _PLACE_BEFORE.search(lead) or _PLACE_AFTER.match(after):
        return True
    if name.endswith("家") and after.startswith("的"):
        return False
    return bool(_CLAUSE_START.search(lead) and _NEWS_AFTER.match(after))
