"""Present danger, as against past, feared, negated or merely talked about.

Method: clause by clause, a cue of the lexicon counts unless something takes it back: a negation
just before it, fear or memory in its clause, a condition earlier in its sentence, talk of courses
and films around it, or a later word that all is well. A word for "now" outweighs talk and memory,
never a negation or a condition. Recall comes first: a false alarm costs a look, a missed one may
cost a life, and nothing is dispatched without a person.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dianliang.engines.triage._model import DangerFinding, Lexicon
from dianliang.engines.triage._text import Clause, Folded, clauses

_NEGATION = re.compile(r"(?:没有|没|未|不会|不再|无|并非|不是|别|并没)[^，。]{0,2}$")
_SENTENCE_END = re.compile(r"[。！？!?\n]")
_NEAR_CHARS = 12
LIFE_SUPPORT = "生命支持断电"


@dataclass(frozen=True, slots=True)
class _Hit:
    """A cue in a clause, with its position in the whole text."""

    kind: str
    cue: str
    start: int
    end: int
    event: int
    clause: Clause


class DangerFinder:
    """A lexicon, ready to be listened with."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._harmless = _pattern(lexicon.harmless)
        self._present = _pattern(lexicon.present)
        self._unreal = _pattern((*lexicon.hypothetical, *lexicon.asking))
        self._condition = _pattern(lexicon.conditional)
        self._past = _pattern(lexicon.past)
        self._topic = _pattern(lexicon.topic)
        self._ended = _pattern(lexicon.ended)
        self._outage = _pattern(lexicon.outage)
        self._machine = _pattern(lexicon.life_support)
        self._cues = {kind: _pattern(cues) for kind, cues in lexicon.danger.items()}
        self._pairs = [
            (pair.kind, _pattern(pair.things), _pattern(pair.happenings), _pattern(pair.unless))
            for pair in lexicon.pairs
        ]

    def find(self, folded: Folded) -> tuple[DangerFinding, ...]:
        """Return every present danger that the text states, at most one per kind."""
        spoken = self._harmless.sub(lambda found: "〇" * len(found.group()), folded.text)
        parts = clauses(spoken)
        found: dict[str, _Hit] = {}
        for number, clause in enumerate(parts):
            for hit in (*self._hits(clause), *self._life_support(clause, parts)):
                if hit.kind not in found and self._is_present(hit, number, parts, spoken):
                    found[hit.kind] = hit
        return tuple(self._finding(hit, folded) for hit in found.values())

    def _hits(self, clause: Clause) -> list[_Hit]:
        hits = [
            self._hit(kind, match, clause)
            for kind, pattern in self._cues.items()
            for match in pattern.finditer(clause.text)
        ]
        for kind, things, happenings, unless in self._pairs:
            if unless.search(clause.text):
                continue
            for thing in things.finditer(clause.text):
                for event in happenings.finditer(clause.text):
                    gap = max(event.start() - thing.end(), thing.start() - event.end())
                    if 0 <= gap <= _NEAR_CHARS:
                        hits.append(self._hit(kind, event, clause, first=thing))
        return hits

    def _life_support(self, clause: Clause, parts: Sequence[Clause]) -> list[_Hit]:
        """A machine that keeps somebody alive, somewhere in the text, and power gone here."""
        stopped = self._outage.search(clause.text)
        if not stopped or not any(self._machine.search(part.text) for part in parts):
            return []
        return [self._hit(LIFE_SUPPORT, stopped, clause)]

    def _hit(
        self,
        kind: str,
        match: "re.Match[str]",
        clause: Clause,
        first: "re.Match[str] | None" = None,
    ) -> _Hit:
        start = min(match.start(), first.start()) if first else match.start()
        end = max(match.end(), first.end()) if first else match.end()
        cue = f"{first.group()}…{match.group()}" if first else match.group()
        return _Hit(kind, cue, clause.start + start, clause.start + end, match.start(), clause)

    def _is_present(self, hit: _Hit, number: int, parts: Sequence[Clause], text: str) -> bool:
        clause = hit.clause.text
        after = text[hit.end : hit.end + 2]
        if _NEGATION.search(clause[: hit.event]) or (
            after[:1] == "过" and after not in {"过来", "过去"}
        ):
            return False
        if self._unreal.search(clause) and not self._is_now(clause):
            return False
        sentence = _sentence_before(text, hit.end)
        if self._condition.search(sentence):
            return False
        if any(self._ended.search(part.text) for part in parts[number:]) and not self._is_now(
            clause
        ):
            return False
        around = " ".join(part.text for part in parts[max(0, number - 2) : number + 2])
        told = self._past.search(clause) or self._topic.search(around)
        return not told or self._is_now(clause)

    def _is_now(self, clause: str) -> bool:
        return bool(self._present.search(clause))

    def _finding(self, hit: _Hit, folded: Folded) -> DangerFinding:
        clause = folded.text[hit.clause.start : hit.clause.start + len(hit.clause.text)].strip()
        start, end = folded.span(hit.start, hit.end)
        return DangerFinding(
            kind=hit.kind,
            cue=hit.cue,
            clause=clause[:60],
            start=start,
            end=end,
            reason=f"说到“{hit.cue}”，没有“以前、怕、如果、没有”一类的话，按眼前危险处理",
        )


def _sentence_before(text: str, end: int) -> str:
    starts = [found.end() for found in _SENTENCE_END.finditer(text, 0, end)]
    return text[starts[-1] if starts else 0 : end]


def _pattern(words: Iterable[str]) -> "re.Pattern[str]":
    """Match any of the words, the longest first; nothing when there are none."""
    longest_first = sorted(set(words), key=lambda word: (-len(word), word))
    return re.compile("|".join(re.escape(word) for word in longest_first) or r"(?!)")
