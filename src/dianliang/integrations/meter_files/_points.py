"""A day's points among the headings of a wide file: by clock or numbered, told apart by prefix."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dianliang.engines.loading import MINUTES, POINTS
from dianliang.integrations.meter_files._errors import UnreadableReadingsError
from dianliang.integrations.meter_files._headings import CALLED, Label, plain
from dianliang.kernel.phrases import Phrase, joined

POINT = re.compile(r"^(?P<set>[a-z_一-鿿]*?)_?(?P<n>\d{1,3})$")
CLOCK = re.compile(r"^(?P<h>\d{1,2}):?(?P<m>\d{2})(:00)?$")
FEWEST = 24
"""Fewer numbered columns are no day."""
SUMMER = {92: Phrase("23 小时"), 100: Phrase("25 小时")}
PREFIXES = {
    **dict.fromkeys(("", "p", "power", "load", "point", "点", "有功", "功率"), "power"),
    **dict.fromkeys(("有功功率", "总有功功率", "瞬时有功功率", "负荷"), "power"),
    **dict.fromkeys(("u", "v", "ua", "电压", "a相电压", "voltage"), "voltage"),
}
"""Of three phases the first voltage is kept; any other prefix is passed over."""


@dataclass(frozen=True, slots=True)
class Points:
    """A day's 96 headings by role; `label` where clocks tell it."""

    power: tuple[str, ...] = ()
    voltage: tuple[str, ...] = ()
    label: Label | None = None
    passed: tuple[tuple[str, ...], ...] = ()


def points(headings: Sequence[str], *, name: str) -> Points:
    """Find a day's points.

    Raises:
        UnreadableReadingsError: not 96, not one after the other, or two sets for one role.
    """
    clocks: dict[int, str] = {}
    sets: dict[str, dict[int, str]] = {}
    for heading in headings:
        word = plain(heading)[0]
        clock = CLOCK.match(word)
        if clock and (":" in word or len(word) == 4):
            clocks[int(clock["h"]) * 60 + int(clock["m"])] = heading
        elif (match := POINT.match(word)) is not None:
            prefix = match["set"].replace("_", "")
            sets.setdefault(prefix, {})[int(match["n"])] = heading
    found: dict[str, list[tuple[str, ...]]] = {"power": [], "voltage": [], "": []}
    label = None
    if len(clocks) >= FEWEST:
        ordered, label = _by_clock(clocks, name)
        found["power"].append(ordered)
    for prefix, numbered in sets.items():
        if len(numbered) < FEWEST:
            continue
        role = PREFIXES.get(prefix, "")
        if role:
            _insist(numbered, name)
        found[role].append(tuple(numbered[n] for n in sorted(numbered)))
    for role in ("power", "voltage"):
        if len(found[role]) > 1:
            both = joined("、", (told(one) for one in found[role]))
            words = Phrase(
                "%(name)s 有两组%(called)s：%(both)s，分不清用哪一组，请删去一组再导入。",
                name=name,
                called=CALLED[role],
                both=both,
            )
            raise UnreadableReadingsError(words)
    power, voltage = (found[role][0] if found[role] else () for role in ("power", "voltage"))
    return Points(power, voltage, label, tuple(found[""]))


def told(headings: Sequence[str]) -> str:
    """Name a set of points by its first and last."""
    return Phrase("“%(first)s”至“%(last)s”", first=headings[0], last=headings[-1])


def _by_clock(clocks: dict[int, str], name: str) -> tuple[tuple[str, ...], Label]:
    _insist_count(len(clocks), name)
    minutes = sorted(clocks)
    if minutes not in ([*range(0, 1440, MINUTES)], [*range(MINUTES, 1441, MINUTES)]):
        raise UnreadableReadingsError(
            Phrase("%(name)s 的时刻列不是每 15 分钟一列，请检查表头。", name=name)
        )
    label = Label.START if minutes[0] == 0 else Label.END
    return tuple(clocks[minute] for minute in minutes), label


def _insist(numbered: dict[int, str], name: str) -> None:
    _insist_count(len(numbered), name)
    if max(numbered) - min(numbered) != POINTS - 1:
        raise UnreadableReadingsError(
            Phrase("%(name)s 的点号不连续（应为 1–96），请检查表头。", name=name)
        )


def _insist_count(count: int, name: str) -> None:
    if count in SUMMER:
        words = Phrase(
            "一天有 %(count)d 点（%(summer)s），像是夏令时换时日。中国没有夏令时",
            count=count,
            summer=SUMMER[count],
        )
        raise UnreadableReadingsError(
            Phrase("%(name)s %(words)s，请按北京时间重新导出。", name=name, words=words)
        )
    if count != POINTS:
        raise UnreadableReadingsError(
            Phrase(
                "%(name)s 一天有 %(count)d 点，需要 96 点（15 分钟）。请导出 96 点曲线。",
                name=name,
                count=count,
            )
        )
