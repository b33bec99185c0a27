"""A lexicon that an administrator may change: added and removed words, checked one by one."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from dianliang.engines.triage._model import Lexicon
from dianliang.engines.triage._text import any_of, normalise
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase, joined

BY_KIND: Final = {"danger": "危险", "hints": "提示"}
"""Lists whose words belong to a kind: 起火, 独居老人."""
PLAIN: Final = {
    "life_support": "维持生命的设备",
    "outage": "停电",
    "past": "过去",
    "hypothetical": "假设",
    "conditional": "条件",
    "asking": "询问",
    "topic": "谈论",
    "ended": "已结束",
    "harmless": "无害",
    "present": "眼前",
    "urgent": "紧急",
    "annoyed": "不满",
    "furious": "愤怒",
}
_LONGEST_WORD = 20
_SHORTEST_CUE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class LexiconChange:
    """One word to add to a list of the lexicon, or to take out of it.

    `section` is a field of `Lexicon`, `kind` the kind of danger or hint where it has kinds.
    `meant` is what a slip of the keyboard stands for, in the section `misspelt`.
    """

    section: str
    word: str
    kind: str = ""
    meant: str = ""
    is_removed: bool = False


def problems(base: Lexicon, changes: Sequence[LexiconChange]) -> tuple[str, ...]:
    """Return what is wrong with the changes, one Chinese sentence each, naming the row."""
    found: list[str] = []
    seen: set[tuple[str, str, str]] = set()
    for row, change in enumerate(changes, start=1):
        key = _key(change)
        wrong = _wrong(base, change)
        if not wrong and key in seen:
            wrong = Phrase("“%(word)s”在本次修改里出现了两次，请只留一行", word=change.word)
        seen.add(key)
        if wrong:
            found.append(Phrase("第 %(row)s 行：%(wrong)s。", row=row, wrong=Phrase(wrong)))
    return tuple(found)


def extended(base: Lexicon, changes: Sequence[LexiconChange], *, version: str) -> Lexicon:
    """Return a lexicon with the changes, under a new version; `base` stays as it is.

    Words are folded (simplified, half width) as texts are.

    Raises:
        InvalidInputError: a change is impossible; the message names every such row.
    """
    wrong = problems(base, changes)
    if not version.strip() or version == base.version:
        wrong = (*wrong, "请为修改后的词库取一个新的版本号。")
    if wrong:
        raise InvalidInputError("".join(wrong), field="changes")
    lists: dict[str, list[str]] = {name: list(getattr(base, name)) for name in (*PLAIN, "everyday")}
    kinds = {
        name: {kind: list(words) for kind, words in getattr(base, name).items()} for name in BY_KIND
    }
    misspelt = dict(base.misspelt)
    for change in changes:
        word = normalise(change.word)
        if change.section == "misspelt":
            misspelt.pop(word, None)
            if not change.is_removed:
                misspelt[word] = normalise(change.meant)
            continue
        named = kinds[change.section] if change.section in BY_KIND else lists
        target = named[change.kind if change.section in BY_KIND else change.section]
        if change.is_removed:
            target.remove(word)
        else:
            target.append(word)
    everyday = frozenset(lists.pop("everyday"))
    changed: dict[str, Any] = {name: tuple(words) for name, words in lists.items()}
    changed |= {name: _frozen(words) for name, words in kinds.items()}
    return replace(base, version=version, misspelt=misspelt, everyday=everyday, **changed)


def combined(
    base: Lexicon, earlier: Sequence[LexiconChange], later: Sequence[LexiconChange]
) -> tuple[LexiconChange, ...]:
    """Return the changes of `base` that come to the same as earlier ones followed by later ones.

    What is added and taken out again is no change: the lexicon is the one it was, word for word.
    """
    rows = {_key(change): change for change in earlier}
    for change in map(_folded, later):
        rows.pop(_key(change), None)
        if _says_something(base, change):
            rows[_key(change)] = change
    return tuple(rows.values())


def carried(base: Lexicon, changes: Sequence[LexiconChange]) -> tuple[LexiconChange, ...]:
    """Return the changes that still say something on a newer `base`, and that it allows.

    An upgrade may bring a word that was added here before, or drop one that was taken out.
    """
    return tuple(
        change for change in changes if _says_something(base, change) and not _wrong(base, change)
    )


def touched(base: Lexicon, changes: Sequence[LexiconChange]) -> Callable[[str], bool]:
    """Return a quick test of texts: one that fails it means the same before and after the changes.

    A word counts where it is said, in the text or in what its slips of the keyboard stand for.
    Blanks and 〇 stand for what was hidden; a word with one of them is looked for everywhere.
    """
    words = {normalise(change.word) for change in changes}
    slips = any_of(base.misspelt)
    if any(" " in word or "〇" in word for word in words):
        return lambda text: True

    def is_touched(text: str) -> bool:
        plain = normalise(text)
        meant = slips.sub(lambda found: base.misspelt[found.group()], plain)
        return any(word in plain or word in meant for word in words)

    return is_touched


def _folded(change: LexiconChange) -> LexiconChange:
    """Return a change as it counts: its words as texts are read, a kind where there are kinds."""
    return replace(
        change,
        kind=change.kind if change.section in BY_KIND else "",
        word=normalise(change.word),
        meant=normalise(change.meant) if change.section == "misspelt" else "",
    )


def _key(change: LexiconChange) -> tuple[str, str, str]:
    return change.section, change.kind, normalise(change.word)


def _says_something(base: Lexicon, change: LexiconChange) -> bool:
    """Tell whether a lexicon with the change differs from the one without."""
    word = normalise(change.word)
    if change.section == "misspelt":
        wanted = None if change.is_removed else normalise(change.meant)
        return base.misspelt.get(word) != wanted
    if change.section not in _sections():
        return False
    held = _held(base, change)
    return held is not None and (word in held) == change.is_removed


def _frozen(kinds: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    return {kind: tuple(words) for kind, words in kinds.items()}


def _wrong(base: Lexicon, change: LexiconChange) -> str:
    """Say what is wrong with one change, or ""."""
    word = normalise(change.word)
    if not word.strip() or word != word.strip():
        return "词语为空，或前后有空格，请填写词语"
    if len(word) > _LONGEST_WORD:
        return Phrase(
            "“%(word)s…”超过 %(most)s 个字，请填写词语而不是句子",
            word=word[:8],
            most=_LONGEST_WORD,
        )
    if change.section not in _sections():
        return Phrase(
            "没有“%(section)s”这一栏，可用的有：%(sections)s",
            section=change.section,
            sections=joined("、", _sections()),
        )
    if change.section == "misspelt":
        return _wrong_slip(base, change, word)
    return _wrong_word(base, change, word)


def _wrong_word(base: Lexicon, change: LexiconChange, word: str) -> str:
    held = _held(base, change)
    if held is None:
        kinds = "、".join(getattr(base, change.section))
        return Phrase(
            "没有“%(kind)s”这一类%(section)s，可用的有：%(kinds)s",
            kind=change.kind,
            section=Phrase(BY_KIND[change.section]),
            kinds=kinds,
        )
    if change.is_removed:
        return "" if word in held else Phrase("词库里没有“%(word)s”，无法删除", word=word)
    if word in held:
        return Phrase("词库里已有“%(word)s”，无需添加", word=word)
    return _harmful(base, change, word)


def _sections() -> tuple[str, ...]:
    return tuple(
        field.name
        for field in fields(Lexicon)
        if field.name in {*PLAIN, *BY_KIND, "everyday", "misspelt"}
    )


def _held(base: Lexicon, change: LexiconChange) -> "tuple[str, ...] | frozenset[str] | None":
    """Return the words of the list that a change is about; None when its kind is unknown."""
    words = getattr(base, change.section)
    found: tuple[str, ...] | frozenset[str] | None
    found = words.get(change.kind) if change.section in BY_KIND else words
    return found


def _wrong_slip(base: Lexicon, change: LexiconChange, word: str) -> str:
    if change.is_removed:
        return "" if word in base.misspelt else Phrase("词库里没有“%(word)s”，无法删除", word=word)
    meant = normalise(change.meant)
    if len(meant) != len(word) or meant == word:
        return Phrase("“%(word)s”与“%(meant)s”应字数相同而写法不同", word=word, meant=meant)
    if len(word) < _SHORTEST_CUE:
        return Phrase("“%(word)s”只有一个字，会改掉许多别的话，请连前后的字一起写", word=word)
    cue = _hidden_by(base, word)
    return (
        Phrase("“%(word)s”会让“%(cue)s”不再报警，不能当作错字", word=word, cue=cue) if cue else ""
    )


def _harmful(base: Lexicon, change: LexiconChange, word: str) -> str:
    """Refuse a word that would deafen the engine or make it cry wolf."""
    if change.section in {"danger", "hints"} and len(word) < _SHORTEST_CUE:
        return Phrase("“%(word)s”只有一个字，会到处误报，请写两个字以上", word=word)
    takes_back = change.section in {"harmless", "past", "hypothetical", "topic", "ended", "asking"}
    if takes_back or change.section == "conditional":
        cue = _hidden_by(base, word)
        if cue:
            return Phrase("“%(word)s”会让“%(cue)s”不再报警，不能放在这一栏", word=word, cue=cue)
        if len(word) < _SHORTEST_CUE:
            return Phrase("“%(word)s”只有一个字，会收回许多真的险情，请写两个字以上", word=word)
    return ""


def _hidden_by(base: Lexicon, word: str) -> str:
    """Return a cue of danger that a word stands in, or nothing."""
    return next((cue for cues in base.danger.values() for cue in cues if word in cue), "")
