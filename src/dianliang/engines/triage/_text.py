"""Make any text safe to look at: bounded, folded, without control characters, spans kept.

Folding is done character by character, so that every position of the folded text knows the
position in the original that it came from: what the engine marks, a page can underline.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

MAX_CHARS = 4000
"""Of a longer text the beginning and the end are read: the place is first, the plea last."""
_TAIL_CHARS = 1000
_CLAUSE = re.compile(r"[^，。！？；、,.!?;\n\r…~～]+")
_PHONE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(?:1[3-9]\d(?:[- ]?\d{4}){2}|0\d{2,3}-?\d{7,8})(?!\d)")
_QUESTION: Final = "?？"
_TRADITIONAL = (
    "電線斷燈樓燒著災滅觸漏麻樹倒變壓櫃開關門內東車馬氣煤閥臭響聲藥醫療機氧養護險"
    "緊趕剛現還來過這裡裏邊個們說話請問題為什麼沒無會擔萬時間點鐘後幾號棟單戶鄉鎮區縣"
    "街廠學導領員費錢錶錯帳賬單據繳欠減容暫請業務辦檢測試驗務農養魚雞豬場寬帶網絡訊號"
    "郵遞銀貸騙詐傳課講習龍陽橋灣長張陳劉楊黃吳趙孫羅鄭謝許鄧馮蕭蔣葉餘溫熱凍飯鍋爐"
    "濕淹塌墜砸擋掛絕緣樁儲節約補償舊壞壓搶復處離遠圍牆頂層庫閃爆炸團結華興鳥窩蓋讓給"
    "從與貼緩兒婦殘獨蒼歲腳輪臥癱瘓溝淨髒亂違設備舉報訴謝禮堂從經濟發達動靜係統總結構"
)
_SIMPLIFIED = (
    "电线断灯楼烧着灾灭触漏麻树倒变压柜开关门内东车马气煤阀臭响声药医疗机氧养护险"
    "紧赶刚现还来过这里里边个们说话请问题为什么没无会担万时间点钟后几号栋单户乡镇区县"
    "街厂学导领员费钱表错帐账单据缴欠减容暂请业务办检测试验务农养鱼鸡猪场宽带网络讯号"
    "邮递银贷骗诈传课讲习龙阳桥湾长张陈刘杨黄吴赵孙罗郑谢许邓冯萧蒋叶余温热冻饭锅炉"
    "湿淹塌坠砸挡挂绝缘桩储节约补偿旧坏压抢复处离远围墙顶层库闪爆炸团结华兴鸟窝盖让给"
    "从与贴缓儿妇残独苍岁脚轮卧瘫痪沟净脏乱违设备举报诉谢礼堂从经济发达动静系统总结构"
)
_PLAIN = {ord(a): b for a, b in zip(_TRADITIONAL, _SIMPLIFIED, strict=True) if a != b}


@dataclass(frozen=True, slots=True)
class Folded:
    """A text made plain; `origin[i]` is where its i-th character stood in the original."""

    text: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original behind a span of the folded text."""
        if start >= end:
            return (0, 0)
        return self.origin[start], self.origin[end - 1] + 1

    def without(self, spans: Iterable[tuple[int, int]]) -> "Folded":
        """Blank out spans of the original; every position stays where it was."""
        text = list(self.text)
        for start, end in spans:
            first, last = bisect_left(self.origin, start), bisect_left(self.origin, end)
            text[first:last] = " " * (last - first)
        return Folded("".join(text), self.origin)

    def within(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the folded text behind a span of the original."""
        return bisect_left(self.origin, start), bisect_left(self.origin, end)


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch between punctuation marks, and whether it is asked rather than told."""

    text: str
    start: int
    is_question: bool


def fold(text: str) -> Folded:
    """Fold full width to half width, traditional to simplified, and drop control characters."""
    if len(text) > MAX_CHARS:
        kept: Iterable[int] = (
            *range(MAX_CHARS - _TAIL_CHARS),
            *range(len(text) - _TAIL_CHARS, len(text)),
        )
    else:
        kept = range(len(text))
    plain: list[str] = []
    origin: list[int] = []
    for at in kept:
        for char in _folded_char(text[at]):
            plain.append(char)
            origin.append(at)
    return Folded("".join(plain).translate(_PLAIN), tuple(origin))


def _folded_char(char: str) -> str:
    if "一" <= char <= "鿿" or (char.isascii() and char.isprintable()) or char == "\n":
        return char
    if char in "\r\t":
        return " "
    folded = unicodedata.normalize("NFKC", char)
    return "".join(c for c in folded if unicodedata.category(c)[0] != "C")


def normalise(text: str) -> str:
    """Return the folded text alone."""
    return fold(text).text


def clauses(text: str) -> list[Clause]:
    """Split a text into clauses."""
    return [
        Clause(found.group(), found.start(), text[found.end() : found.end() + 1] in _QUESTION)
        if found.end() < len(text)
        else Clause(found.group(), found.start(), is_question=False)
        for found in _CLAUSE.finditer(text)
        if found.group().strip()
    ]


def phone_spans(text: str) -> list[tuple[int, int]]:
    """Return where the text names phone numbers."""
    return [found.span() for found in _PHONE.finditer(text)]


def phones(text: str) -> tuple[str, ...]:
    """Return the phone numbers that the text names, digits only but for the area code's dash."""
    return tuple(re.sub(r"^\+?86[- ]?|[ ]", "", found) for found in _PHONE.findall(text))


def blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Replace spans by blanks, keeping every position."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def without_phones(text: str) -> str:
    """Blank out phone numbers, keeping every position."""
    return blanked(text, phone_spans(text))
