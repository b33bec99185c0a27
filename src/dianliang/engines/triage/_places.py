"""Which places of the service area a text names.

Method: one Aho-Corasick automaton over full names, names without their suffix, and aliases.
A bare name counts only if it is not an everyday word, or a township stands right before it.
Longest match wins. Two places of one name give two codes; nothing is picked silently.
"""

from collections.abc import Sequence

import ahocorasick

from dianliang.engines.triage._model import AreaCard, PlaceFinding

SUFFIXES = (
    "社区居委会",
    "村委会",
    "居委会",
    "社区",
    "街道",
    "村",
    "镇",
    "乡",
)
EVERYDAY_WORDS = frozenset(
    {
        "公司",
        "希望",
        "开发",
        "团结",
        "光明",
        "和平",
        "胜利",
        "建设",
        "发展",
        "幸福",
        "红旗",
        "东方",
        "新华",
        "人民",
        "友谊",
        "中心",
        "学校",
        "医院",
        "车站",
        "市场",
        "工业",
        "农业",
        "民主",
        "解放",
        "前进",
        "卫星",
        "向阳",
        "光辉",
        "文化",
        "朝阳",
        "长安",
        "平安",
        "安全",
        "新建",
        "城东",
        "城南",
        "城西",
        "城北",
        "东街",
        "西街",
        "南街",
        "北街",
        "上街",
        "下街",
        "大桥",
        "石桥",
        "高桥",
        "新桥",
        "桥头",
        "山头",
        "河口",
        "水口",
        "银行",
        "东山",
        "南山",
        "西山",
        "北山",
        "龙山",
        "青山",
        "阳光",
        "三环",
        "万亩",
        "石龙",
        "古城",
        "长乐",
    }
)


class Gazetteer:
    """The names of a service area, ready to be looked for."""

    def __init__(self, areas: Sequence[AreaCard]) -> None:
        self._parents = {area.code: area.parent_code for area in areas}
        self._automaton = ahocorasick.Automaton()
        names: dict[str, set[str]] = {}
        for area in areas:
            for name in _spellings(area):
                names.setdefault(name, set()).add(area.code)
        for name, codes in names.items():
            self._automaton.add_word(name, (name, tuple(sorted(codes))))
        self._is_empty = not names
        if names:
            self._automaton.make_automaton()

    def find(self, text: str) -> tuple[PlaceFinding, ...]:
        """Return the places that the text names, in order, longest match first."""
        if self._is_empty:
            return ()
        hits = [
            (end - len(name) + 1, end + 1, name, codes)
            for end, (name, codes) in self._automaton.iter(text)
        ]
        hits.sort(key=lambda hit: (hit[0] - hit[1], hit[0]))
        taken: list[tuple[int, int, str, tuple[str, ...]]] = []
        for hit in hits:
            if all(hit[1] <= other[0] or hit[0] >= other[1] for other in taken):
                taken.append(hit)
        taken.sort()
        return tuple(self._narrowed(taken))

    def _narrowed(self, hits: list[tuple[int, int, str, tuple[str, ...]]]) -> list[PlaceFinding]:
        """Let a township just before a village settle which village is meant."""
        found: list[PlaceFinding] = []
        for start, end, name, codes in hits:
            before = found[-1] if found and start - found[-1].end <= 1 else None
            within = tuple(
                code for code in codes if before and self._parents.get(code) in before.codes
            )
            if name in EVERYDAY_WORDS and not within:
                continue
            chosen = within or codes
            found.append(PlaceFinding(name=name, start=start, end=end, codes=chosen))
        return found


def _spellings(area: AreaCard) -> set[str]:
    spellings = {area.name, *area.aliases}
    for suffix in SUFFIXES:
        if area.name.endswith(suffix) and len(area.name) - len(suffix) >= 2:
            bare = area.name.removesuffix(suffix)
            spellings.add(bare)
            if area.level == "village":
                spellings |= {f"{bare}村", f"{bare}社区"}
            break
    return {name for name in spellings if len(name) >= 2}
