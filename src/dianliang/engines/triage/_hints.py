"""What a handler should know beforehand: who lives there, how and when to call, how angry.

Method: words of the lexicon, each taken back by a negation just before it (不是独居, 不用回电);
hours and ages by pattern. The mood of a text is calm unless its words say otherwise.
"""

import re
from collections.abc import Iterator

from dianliang.engines.triage._model import Hint, Lexicon, Mood, MoodCue, Temper
from dianliang.engines.triage._text import Folded, any_of

_NEGATION = re.compile(
    r"(?:不是|并非|没有|没|不算|又不|未|无|不用|不需要|无需|不必|不要|不再|别|不)[^，。！？,.!?；;\n]{0,2}$"
)
_LOOK_BACK = 5
_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_HOUR = (
    r"(\d{1,2}|[一二两三四五六七八九]?十?[一二两三四五六七八九十])\s*(?:点钟?|时|[:：](?:00|30))半?"
)
_PART = r"(凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚间|夜里|半夜|深夜)?"
_NOT_NOW = (
    r"(?:不要|别|勿|不方便|不便|不能|没空|没法|不接|接不了)"
    r"(?:再|给我|来|接|打|听|联系|打扰|吵|电|话|我)"
)
_ANY_REFUSED = re.compile(_NOT_NOW)
_REFUSED = rf"(?:请|都|就|我|们|是|一般|也|的话|，|,| ){{0,3}}{_NOT_NOW}"
_BETWEEN = re.compile(rf"{_PART}{_HOUR}(?:到|至|-|~|—){_PART}{_HOUR}(?:之间|这段时间)?{_REFUSED}")
_FROM = re.compile(rf"{_PART}{_HOUR}(?:以后|之后|过后|后){_REFUSED}")
_UNTIL = re.compile(rf"{_PART}{_HOUR}(?:以前|之前|前){_REFUSED}")
_WHOLE = re.compile(rf"(中午|晚上|夜里|半夜|早上|上午|下午|上班时间|午休时?间?){_REFUSED}")
_PERIODS = {
    "中午": "12:00-14:00",
    "午休": "12:00-14:00",
    "晚上": "18:00-24:00",
    "夜里": "22:00-06:00",
    "半夜": "22:00-06:00",
    "早上": "06:00-09:00",
    "上午": "08:00-12:00",
    "下午": "13:00-18:00",
    "上班": "09:00-17:00",
}
_AFTERNOON = frozenset({"下午", "傍晚", "晚上", "晚间", "夜里", "半夜", "深夜"})
_AGE = re.compile(r"(?<!\d)(?:8\d|9\d|10\d|[八九]十[一二三四五六七八九]?)(?:多|几|来)?岁")
_SHOUT = re.compile(r"[!！]{2,}|[?？]{3,}")
DO_NOT_DISTURB = "勿扰时段"
VERY_OLD = "高龄老人"


class HintFinder:
    """The hints of a lexicon, ready to be looked for."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._hints = {kind: any_of(cues) for kind, cues in lexicon.hints.items()}
        self._annoyed = any_of(lexicon.annoyed)
        self._furious = any_of(lexicon.furious)

    def find(self, folded: Folded) -> tuple[Hint, ...]:
        """Return what a handler should know, at most one of a kind, each with its words."""
        found = [
            _hint(kind, cue, folded)
            for kind, pattern in self._hints.items()
            if (cue := next(_said(pattern, folded.text), None))
        ]
        age = next(_said(_AGE, folded.text), None)
        if age:
            found.append(_hint(VERY_OLD, age, folded))
        hours = _refused_hours(folded.text)
        if hours:
            found.append(_hint(DO_NOT_DISTURB, hours[0], folded, detail=hours[1]))
        return tuple(found)

    def mood(self, folded: Folded) -> Mood:
        """Tell how angry a text is: furious by one such word, or by three annoyed ones."""
        furious = [*_said(self._furious, folded.text)]
        annoyed = [*_said(self._annoyed, folded.text)]
        shouts = [*_SHOUT.finditer(folded.text)]
        weight = len({cue.group() for cue in annoyed}) + bool(shouts)
        level = Temper.CALM
        if furious or weight >= 3:
            level = Temper.FURIOUS
        elif annoyed or shouts:
            level = Temper.ANNOYED
        cues = sorted((*furious, *annoyed, *shouts), key=lambda cue: cue.start())
        return Mood(level=level, cues=tuple(_mood_cue(cue, folded) for cue in cues))


def _said(pattern: "re.Pattern[str]", text: str) -> Iterator["re.Match[str]"]:
    """Yield the places where words are said and not taken back."""
    for found in pattern.finditer(text):
        lead = text[max(0, found.start() - _LOOK_BACK) : found.start()]
        if not _NEGATION.search(lead):
            yield found


def _refused_hours(text: str) -> "tuple[re.Match[str], str] | None":
    """Return the words that say when not to call, and the hours as 20:00-24:00."""
    if not _ANY_REFUSED.search(text):  # of the patterns below each takes a long look at a long text
        return None
    if found := _BETWEEN.search(text):
        part, first, other, last = found.groups()
        start = _hour(first, part)
        end = _hour(last, other or part)
        return found, f"{start:02d}:00-{end:02d}:00"
    if found := _FROM.search(text):
        return found, f"{_hour(found.group(2), found.group(1)):02d}:00-24:00"
    if found := _UNTIL.search(text):
        return found, f"00:00-{_hour(found.group(2), found.group(1)):02d}:00"
    if found := _WHOLE.search(text):
        return found, _PERIODS[found.group(1)[:2]]
    return None


def _hour(said: str, part: str | None) -> int:
    """Return the hour of the day: 八 in the evening is 20, 一 at noon is 13."""
    if said.isdecimal():
        hour = int(said)
    else:
        tens, _, ones = said.rpartition("十") if "十" in said else ("", "", said)
        hour = (_DIGITS.get(tens, 1) * 10 if "十" in said else 0) + _DIGITS.get(ones, 0)
    if (part in _AFTERNOON and hour < 12) or (part == "中午" and hour < 4):
        hour += 12
    return min(hour, 24)


def _hint(kind: str, cue: "re.Match[str]", folded: Folded, *, detail: str = "") -> Hint:
    start, end = folded.span(*cue.span())
    return Hint(kind=kind, cue=cue.group(), start=start, end=end, detail=detail)


def _mood_cue(cue: "re.Match[str]", folded: Folded) -> MoodCue:
    start, end = folded.span(*cue.span())
    return MoodCue(text=cue.group(), start=start, end=end)
