"""What a stretch of an address may be, by what it ends in, and how much that is worth."""

import re
from typing import Final

from dianliang.engines.triage._regions import COUNTIES, PREFECTURES, PROVINCES

ADDRESS_KINDS: Final = (
    *("country", "prov", "city", "district", "devZone", "town", "community", "road", "subRoad"),
    *("roadno", "subroadno", "poi", "subpoi", "houseno", "cellno", "floorno", "roomno", "person"),
    *("assist", "redundant"),
)
"""Parts in their order, named as in the corpus of Li and Lu (NAACL 2019)."""
RANK: Final = {
    kind: rank
    for rank, kind in enumerate(
        kind for kind in ("", *ADDRESS_KINDS) if kind not in {"assist", "redundant"}
    )
    if kind
}

_SHORT_PROVINCE = re.compile(r"(?:省|市|壮族自治区|回族自治区|维吾尔自治区|自治区)$")
_SHORT_PLACE = re.compile(r"(?:市|区|县|自治县|自治州|地区)$")


def _names() -> dict[str, tuple[tuple[str, float], ...]]:
    """Return the worth of each name of a region, in full and without its suffix."""
    worth: dict[str, dict[str, float]] = {}
    for kind, names, short in (
        ("prov", PROVINCES, _SHORT_PROVINCE),
        ("city", (*PREFECTURES, *(n for n in PROVINCES if n.endswith("市"))), _SHORT_PLACE),
        ("district", COUNTIES, _SHORT_PLACE),
    ):
        for name in names:
            worth.setdefault(name, {})[kind] = 3.0 + 1.2 * len(name)
            stem = short.sub("", name)
            if len(stem) >= 2 and stem != name:
                worth.setdefault(stem, {}).setdefault(kind, 3.4 + 0.9 * len(stem))
    return {name: tuple(kinds.items()) for name, kinds in worth.items()}


_REGIONS: Final = _names()
_HAN = r"[一-鿿]"
_NUMBER = r"(?:[A-Za-z]?\d{1,5}(?:[~、/.]\d{1,5})*[A-Za-z]?|[一二三四五六七八九十百]{1,4})"
_SHAPES: Final = tuple(
    (kind, worth, re.compile(shape))
    for kind, worth, shape in (
        ("country", 6.0, r"中国|中华人民共和国"),
        ("prov", 3.5, rf"{_HAN}{{2,3}}省"),
        ("city", 3.6, rf"{_HAN}{{2,3}}市"),
        ("district", 4.0, rf"{_HAN}{{2,3}}[区县]"),
        ("district", 3.6, rf"{_HAN}{{2}}市"),
        ("devZone", 7.0, rf"{_HAN}{{0,6}}(?:开发区|高新区|保税区|试验区|示范区)"),
        ("devZone", 5.0, rf"{_HAN}{{2,3}}新区"),
        ("town", 6.2, rf"{_HAN}{{2}}(?:镇|乡)"),
        ("town", 5.6, rf"{_HAN}{{3}}(?:镇|乡)"),
        ("town", 4.6, rf"{_HAN}(?:镇|乡)"),
        ("town", 7.2, rf"{_HAN}{{2,4}}(?:街道办事处|街道)"),
        ("town", 1.6, rf"{_HAN}{{2}}"),
        ("community", 5.4, rf"{_HAN}{{2}}村"),
        ("community", 4.9, rf"{_HAN}{{1,3}}村"),
        ("community", 7.2, rf"{_HAN}{{1,4}}(?:村委会|居委会|社区|行政村|村委)"),
        ("road", 5.6, rf"{_HAN}{{2,3}}(?:路|街)"),
        ("road", 5.0, rf"{_HAN}{{1,5}}(?:路|街|巷)"),
        ("road", 6.4, rf"{_HAN}{{1,5}}(?:大道|大街|公路|国道|省道|环线)"),
        ("road", 6.2, rf"{_HAN}{{2,4}}[东西南北中一二三四五六七八九十](?:路|街)"),
        ("road", 4.4, rf"{_HAN}{{1,3}}道"),
        ("road", 5.2, rf"(?:[A-Za-z]?\d{{1,3}}|{_HAN}\d{{1,3}})(?:号?路|国道|省道|号?大街)"),
        ("road", 5.6, rf"{_NUMBER}(?:组|队|社)"),
        ("subRoad", 3.6, rf"{_HAN}{{1,4}}(?:路|巷|街|段|道)"),
        ("subRoad", 4.6, rf"{_NUMBER}(?:弄|巷|支路)|[东西南北中]段"),
        ("roadno", 5.4, rf"{_NUMBER}号"),
        ("roadno", 4.8, rf"{_NUMBER}弄"),
        ("roadno", 2.0, r"\d{1,4}"),
        ("subroadno", 5.0, rf"{_NUMBER}号"),
        ("poi", 5.6, rf".{{1,7}}(?:小区|花园|家园|公寓|大厦|广场|新村|工业区|工业园|市场|中心|商城"
         r"|酒店|公司|医院|学校|小学|中学|大学|学院|超市|花苑|名苑|嘉苑|山庄|别墅|宾馆|银行|商厦"
         r"|商贸城|科技园|产业园|园区|创业园|车站|大楼|综合楼|写字楼|宿舍|集团|工厂|幼儿园|菜场)"),
        ("poi", 4.2, rf"{_HAN}{{1,6}}(?:苑|园|厦|城|厂|府|庭|湾|店|馆|院|站|楼|场|堂|坊|里|居|公馆)"),
        ("poi", 2.2, rf"{_HAN}{{2,6}}"),
        ("subpoi", 4.8, rf"[东西南北中一二三四五六七八九十A-Za-z\d]{{1,3}}[期区苑门]|{_NUMBER}号门"),
        ("houseno", 6.0, rf"{_NUMBER}(?:幢|栋|座|号楼|#楼|#)|[A-Za-z](?:座|栋|幢|楼)"),
        ("houseno", 3.0, rf"{_NUMBER}(?:号|楼)"),
        ("houseno", 2.4, r"\d{1,3}|[A-Za-z]\d{0,2}"),
        ("cellno", 6.4, rf"(?:{_NUMBER}|[甲乙丙丁东西])单元|{_NUMBER}梯"),
        ("cellno", 1.8, r"\d{1,2}"),
        ("floorno", 5.6, rf"(?:负|B|地下)?{_NUMBER}(?:楼|层|F|f)|[首顶底]层|楼[上下]"),
        ("roomno", 6.0, r"\d{1,5}[A-Za-z]?(?:室|房|户)"),
        ("roomno", 3.2, r"[A-Za-z]?\d{3,4}[A-Za-z]?"),
        ("roomno", 2.6, rf"{_NUMBER}号"),
        ("person", 4.4, rf"{_HAN}{{0,5}}(?:专柜|前台|仓库|办公室|财务部|经营部|人事部|{_HAN}部|柜台)"),
        ("person", 1.2, rf"{_HAN}{{2,6}}"),
        ("assist", 5.0, r"(?:附近|对面|旁边?|隔壁|门口|后面|前面|斜对面|交叉口|交汇处|路口|西侧|东侧|南侧"
         r"|北侧|往[东西南北]|楼[上下]|院内|边上|里面|大门|正对面|[东西南北]面|以[东西南北]|\d+米处?|红绿灯|[东西南北]行)"),
        ("assist", 3.4, r"[与和口内旁处]"),
        ("assist", 1.8, r"[东西南北上下后]"),
        ("redundant", 4.0, r"[-_—,，.。;；:：/\\()（）?*#+ ]"),
        ("redundant", 4.6, r"(?:电联|电话联系|电话|联系|收|转|辖区|市辖区|城区)"),
    )
)  # fmt: skip
_CUT_INSIDE: Final = re.compile(
    r"[省市区县镇乡](?=.)|街道(?=.)|村(?=..)|[号幢栋](?=.)|[路巷街](?=[^口边北南东西].)|以[东西南北]"
)
_LOOSE: Final = frozenset({"poi", "subpoi", "town", "person", "community", "road", "subRoad"})
_FALLBACK: Final = (("poi", -2.5), ("redundant", -3.0))


def offers(text: str, start: int, end: int) -> tuple[tuple[str, float], ...]:
    """Return the parts that a stretch may be, with what each is worth."""
    stretch = text[start:end]
    found: dict[str, float] = dict(_REGIONS.get(stretch, ()))
    is_cut = bool(_CUT_INSIDE.search(stretch))
    for kind, worth, shape in _SHAPES:
        if shape.fullmatch(stretch):
            value = worth - (3.5 if is_cut and kind in _LOOSE else 0.0)
            found[kind] = max(found.get(kind, -9.0), value)
            if kind == "poi":
                found["subpoi"] = max(found.get("subpoi", -9.0), value - 0.4)
    if end - start == 1:
        for kind, worth in _FALLBACK:
            found.setdefault(kind, worth)
    return tuple(found.items())
