"""What a stretch of an address may be, by what it ends in, and how much that is worth."""

import re
from string import ascii_letters
from typing import Final

from dianliang.engines.triage._regions import COUNTIES, PREFECTURES, PROVINCES

ADDRESS_KINDS: Final = (
    *("country", "prov", "city", "district", "devZone", "town", "community", "road", "subRoad"),
    *("roadno", "subroadno", "poi", "subpoi", "houseno", "cellno", "floorno", "roomno", "person"),
    *("assist", "redundant"),
)
"""Parts in their order, named as in the corpus of Li and Lu (NAACL 2019)."""
HOUSEHOLD: Final = frozenset(
    {"roadno", "subroadno", "houseno", "cellno", "floorno", "roomno", "person", "redundant"}
)
"""Parts that lead to one door."""
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
_DIGITS = "0123456789"
_ALPHANUMERIC = f"{_DIGITS}{ascii_letters}"
_MARKS = "-_—,，.。;；:：/\\()（）?*#+ "
_QUARTER = r"[东西南北中一二三四五六七八九十A-Za-z\d]"
_POI_ENDS = (
    "小区|花园|家园|公寓|大厦|广场|新村|工业区|工业园|市场|中心|商城|酒店|公司|医院|学校|小学|中学|大学"
    "|学院|超市|花苑|名苑|嘉苑|山庄|别墅|宾馆|银行|商厦|商贸城|科技园|产业园|园区|创业园|车站|大楼"
    "|综合楼|写字楼|宿舍|集团|工厂|幼儿园|菜场"
)
_POI_SHORT_ENDS = "苑|园|厦|城|厂|府|庭|湾|店|馆|院|站|楼|场|堂|坊|里|居|公馆"
_STAFF = "专柜|前台|仓库|办公室|财务部|经营部|人事部|柜台"
_ASIDE = (
    "附近|对面|旁边?|隔壁|门口|后面|前面|斜对面|交叉口|交汇处|路口|西侧|东侧|南侧|北侧|往[东西南北]"
    r"|楼[上下]|院内|边上|里面|大门|正对面|[东西南北]面|以[东西南北]|\d+米处?|红绿灯|[东西南北]行"
)
_SHAPES: Final = tuple(
    (kind, worth, lasts, re.compile(shape))
    for kind, worth, lasts, shape in (
        ("country", 6.0, "国", r"中国|中华人民共和国"),
        ("prov", 3.5, "省", rf"{_HAN}{{2,3}}省"),
        ("city", 3.6, "市", rf"{_HAN}{{2,3}}市"),
        ("district", 4.0, "区县", rf"{_HAN}{{2,3}}[区县]"),
        ("district", 3.6, "市", rf"{_HAN}{{2}}市"),
        ("devZone", 7.0, "区", rf"{_HAN}{{0,6}}(?:开发区|高新区|保税区|试验区|示范区)"),
        ("devZone", 5.0, "区", rf"{_HAN}{{2,3}}新区"),
        ("town", 6.2, "镇乡", rf"{_HAN}{{2}}(?:镇|乡)"),
        ("town", 5.6, "镇乡", rf"{_HAN}{{3}}(?:镇|乡)"),
        ("town", 4.6, "镇乡", rf"{_HAN}(?:镇|乡)"),
        ("town", 7.2, "道处", rf"{_HAN}{{2,4}}(?:街道办事处|街道)"),
        ("town", 2.2, "", rf"{_HAN}{{2}}"),
        ("community", 5.4, "村", rf"{_HAN}{{2}}村"),
        ("community", 4.9, "村", rf"{_HAN}{{1,3}}村"),
        ("community", 7.2, "会区村委", rf"{_HAN}{{1,4}}(?:村委会|居委会|社区|行政村|村委)"),
        ("poi", 2.4, "村", rf"{_HAN}{{1,4}}村"),
        ("road", 5.6, "路街", rf"{_HAN}{{2,3}}(?:路|街)"),
        ("road", 5.0, "路街巷", rf"{_HAN}{{1,5}}(?:路|街|巷)"),
        ("road", 6.4, "道街路线", rf"{_HAN}{{1,5}}(?:大道|大街|公路|国道|省道|环线)"),
        ("road", 6.2, "路街", rf"{_HAN}{{2,4}}[东西南北中一二三四五六七八九十](?:路|街)"),
        ("road", 4.4, "道", rf"{_HAN}{{1,3}}道"),
        ("road", 5.2, "路道街", rf"(?:{_HAN}|[A-Za-z])?\d{{1,3}}(?:号?路|国道|省道|号?大街)"),
        ("road", 5.6, "组队社", rf"{_NUMBER}(?:组|队|社)"),
        ("subRoad", 3.6, "路巷街段道", rf"{_HAN}{{1,4}}(?:路|巷|街|段|道)"),
        ("subRoad", 4.6, "弄巷路段", rf"{_NUMBER}(?:弄|巷|支路)|[东西南北中]段"),
        ("roadno", 5.4, "号", rf"{_NUMBER}号"),
        ("roadno", 4.8, "弄", rf"{_NUMBER}弄"),
        ("roadno", 2.0, _DIGITS, r"\d{1,4}"),
        ("subroadno", 5.0, "号", rf"{_NUMBER}号"),
        ("poi", 5.6, "", rf"[^-_，, ]{{1,10}}(?:{_POI_ENDS})"),
        ("poi", 4.2, "", rf"{_HAN}{{1,6}}(?:{_POI_SHORT_ENDS})"),
        ("poi", 2.2, "", rf"{_HAN}{{2,6}}"),
        ("subpoi", 4.8, "期区苑门", rf"{_QUARTER}{{1,3}}[期区苑门]|{_NUMBER}号门"),
        ("houseno", 6.0, "幢栋座楼#", rf"{_NUMBER}(?:幢|栋|座|号楼|#楼|#)|[A-Za-z](?:座|栋|幢|楼)"),
        ("houseno", 3.0, "号楼", rf"{_NUMBER}(?:号|楼)"),
        ("houseno", 2.4, _ALPHANUMERIC, r"\d{1,3}|[A-Za-z]\d{0,2}"),
        ("cellno", 6.4, "元梯", rf"(?:{_NUMBER}|[甲乙丙丁东西])单元|{_NUMBER}梯"),
        ("cellno", 1.8, _DIGITS, r"\d{1,2}"),
        ("floorno", 5.6, "楼层Ff上下", rf"(?:负|B|地下)?{_NUMBER}[楼层Ff]|[首顶底]层|楼[上下]"),
        ("roomno", 6.0, "室房户", r"\d{1,5}[A-Za-z]?(?:室|房|户)"),
        ("roomno", 3.2, _ALPHANUMERIC, r"[A-Za-z]?\d{3,4}[A-Za-z]?"),
        ("roomno", 2.6, "号", rf"{_NUMBER}号"),
        ("person", 4.4, "", rf"{_HAN}{{0,5}}(?:{_STAFF}|{_HAN}部)"),
        ("person", 0.4, "", rf"{_HAN}{{2,6}}"),
        ("assist", 5.0, "", _ASIDE),
        ("assist", 3.4, "与和口内旁处", r"[与和口内旁处]"),
        ("assist", 1.8, "东西南北上下后", r"[东西南北上下后]"),
        ("redundant", 4.0, _MARKS, rf"[{re.escape(_MARKS)}]"),
        ("redundant", 4.6, "联系话收转区", r"(?:电联|电话联系|电话|联系|收|转|辖区|市辖区|城区)"),
    )
)
_OPEN: Final = tuple(shape for shape in _SHAPES if not shape[2])
_BY_LAST: Final = {
    last: tuple(shape for shape in _SHAPES if not shape[2] or last in shape[2])
    for last in {char for shape in _SHAPES for char in shape[2]}
}
"""The shapes that a stretch with a certain last character may have: most are ruled out by it."""
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
    for kind, worth, _, shape in _BY_LAST.get(stretch[-1], _OPEN):
        if shape.fullmatch(stretch):
            value = worth - (3.5 if is_cut and kind in _LOOSE else 0.0)
            found[kind] = max(found.get(kind, -9.0), value)
            if kind == "poi":
                found["subpoi"] = max(found.get("subpoi", -9.0), value - 0.4)
    if end - start == 1 or stretch.isdigit():
        for kind, worth in _FALLBACK:
            found.setdefault(kind, worth)
    return tuple(found.items())
