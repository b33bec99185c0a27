"""Present danger, as against past, feared, negated or merely talked about.

Method: clause by clause, a cue of the lexicon counts unless something takes it back: a negation
just before it, fear or memory in its clause, a condition earlier in its sentence, talk of courses
and films around it, or a later word that all is well. A word for "now" outweighs talk and memory,
never a negation or a condition. Slips of the keyboard that sound alike are read as what was meant,
words that blanks or signs tear apart (着 火, 着~火) as one.
Recall comes first: a false alarm costs a look, a missed one may cost a life, and nothing is
dispatched without a person. Cost: linear in the text; of one kind at most three cues of a clause
are weighed.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import ahocorasick

from dianliang.engines.triage._model import CuePair, DangerFinding, Lexicon
from dianliang.engines.triage._text import Clause, Folded, any_of, clauses

_NEGATION = re.compile(r"(?:没有|没|未|不会|不再|无|并非|不是|别|并没)[^，。]{0,2}$")
_SENTENCE_END = re.compile(r"[。！？!?\n]")
_NEAR_CHARS = 12
_CUES_PER_CLAUSE = 3
_STAKE_CHARS = 16
_SPELT_OUT = 0.75
"""Where closing up leaves no more than this of a text, its words stand torn throughout."""
Sought = tuple[int, ...]
"""Numbers of pairs."""
LIFE_SUPPORT = "生命支持断电"
SUSPECTED = "疑似险情"
"""Signs that no kind of danger explains; not said beside a danger that is."""


@dataclass(frozen=True, slots=True)
class _Hit:
    """A cue in a clause, with its position in the whole text; `event` counts in the clause.

    `leans` tells that part of the cue stands in the clause before.
    """

    kind: str
    cue: str
    start: int
    end: int
    event: int
    leans: bool


@dataclass(frozen=True, slots=True)
class _Pair:
    """A pair of the lexicon, compiled."""

    card: CuePair
    things: "re.Pattern[str]"
    happenings: "re.Pattern[str]"
    unless: "re.Pattern[str]"
    only_with: "re.Pattern[str]"

    def hits(self, clause: str, *, lead: str, tail: str) -> Iterator[tuple[str, int, int, int]]:
        """Yield cue, start, end and event of the pair; a negative start lies in `lead`."""
        if self.unless.search(clause):
            return
        if self.card.only_with and not self.only_with.search(f"{lead}{clause}{tail}"):
            return
        text = lead + clause if self.card.across else clause
        shift = len(text) - len(clause)
        things = [found.span() for found in self.things.finditer(text)]
        if not things:
            return
        starts = [start for start, _ in things]
        for event in self.happenings.finditer(text, shift):
            at = bisect_left(starts, event.start())
            for start, end in things[max(0, at - 2) : at + 2]:
                gap = max(event.start() - end, start - event.end())
                if 0 <= gap <= _NEAR_CHARS:
                    first, last = min(start, event.start()), max(end, event.end())
                    cue = f"{text[start:end]}…{event.group()}"
                    yield cue, first - shift, last - shift, event.start() - shift


class _Spotter:
    """Which kinds of cue, and things and happenings of which pairs, may be in which clause.

    Most clauses have none, which one pass of an automaton tells.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        owners: dict[str, tuple[set[str], set[int], set[int]]] = {}
        for kind, cues in lexicon.danger.items():
            for word in cues:
                owners.setdefault(word, (set(), set(), set()))[0].add(kind)
        for number, pair in enumerate(lexicon.pairs):
            for word in pair.things:
                owners.setdefault(word, (set(), set(), set()))[1].add(number)
            for word in pair.happenings:
                owners.setdefault(word, (set(), set(), set()))[2].add(number)
        self._automaton = ahocorasick.Automaton()
        for word, found in owners.items():
            self._automaton.add_word(word, (len(word), *found))
        self._is_empty = not owners
        self.longest = max(map(len, owners), default=0)
        if owners:
            self._automaton.make_automaton()

    def by_clause(self, text: str, parts: Sequence[Clause]) -> tuple[list[set[str]], list[Sought]]:
        """Return for each clause the kinds of cue and the pairs that may be there."""
        kinds: list[set[str]] = [set() for _ in parts]
        things: list[set[int]] = [set() for _ in parts]
        happenings: list[set[int]] = [set() for _ in parts]
        if self._is_empty or not parts:
            return kinds, [() for _ in parts]
        starts = [part.start for part in parts]
        for end, (_, of_kinds, of_things, of_happenings) in self._automaton.iter(text):
            at = max(0, bisect_right(starts, end) - 1)
            if of_kinds:
                kinds[at] |= of_kinds
            if of_things:
                things[at] |= of_things
            if of_happenings:
                happenings[at] |= of_happenings
        return kinds, [
            tuple(sorted(happened & (things[at] | things[at - 1] if at else things[at])))
            if happened
            else ()
            for at, happened in enumerate(happenings)
        ]

    def is_across(self, text: str, joint: int) -> bool:
        """Tell whether a word stands across a place of a text."""
        return not self._is_empty and any(
            end + 1 - length < joint <= end for end, (length, *_) in self._automaton.iter(text)
        )


class Reading:
    """A text in clauses, and what is found out about them where a cue makes it matter."""

    def __init__(self, text: str, finder: "DangerFinder") -> None:
        self._text, self._finder = text, finder
        self.parts = clauses(text)
        self.kinds, self.candidates = finder.spotter.by_clause(text, self.parts)

    def says(self, pattern: "re.Pattern[str]", *clauses: int) -> bool:
        """Tell whether one of some clauses says such a word."""
        return any(pattern.search(self.parts[at].text) for at in clauses)

    @cached_property
    def has_machine(self) -> bool:
        """Tell whether the text speaks of a machine that keeps somebody alive."""
        machine = self._finder.machine
        return bool(machine.search(self._text)) and self.says(machine, *range(len(self.parts)))

    @cached_property
    def last_ended(self) -> int:
        """Return the last clause that says that all is well, or -1."""
        if not self._finder.ended.search(self._text):
            return -1
        backwards = range(len(self.parts) - 1, -1, -1)
        return next((at for at in backwards if self.says(self._finder.ended, at)), -1)

    @cached_property
    def condition_at(self) -> list[int]:
        """Return for each clause where the first condition of its sentence stands."""
        text = self._text
        ends = [found.end() for found in _SENTENCE_END.finditer(text)]
        first: dict[int, int] = {}
        for found in self._finder.condition.finditer(text):
            first.setdefault(bisect_left(ends, found.start() + 1), found.start())
        return [first.get(bisect_left(ends, part.start + 1), len(text)) for part in self.parts]


class DangerFinder:
    """A lexicon, ready to be listened with."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.present = any_of(lexicon.present)
        self.unreal = any_of((*lexicon.hypothetical, *lexicon.asking))
        self.condition = any_of(lexicon.conditional)
        self.past = any_of(lexicon.past)
        self.topic = any_of(lexicon.topic)
        self.ended = any_of(lexicon.ended)
        self.machine = any_of(lexicon.life_support)
        self._outage = any_of(lexicon.outage)
        self._harmless = any_of(lexicon.harmless)
        self._slips = dict(lexicon.misspelt)
        self._misspelt = any_of(self._slips)
        self._cues = {kind: any_of(cues) for kind, cues in lexicon.danger.items()}
        self.pairs = [
            _Pair(
                pair,
                *map(any_of, (pair.things, pair.happenings, pair.unless, pair.only_with)),
            )
            for pair in lexicon.pairs
        ]
        self.spotter = _Spotter(lexicon)

    def find(self, folded: Folded) -> tuple[DangerFinding, ...]:
        """Return every present danger that the text states, at most one per kind.

        A text that is spelt out character by character is read closed up. Of any other, torn words
        are closed up where it tells no danger as it stands; then only what was torn counts, as
        marks also part what is over from what is now.
        """
        mended = folded.mended()
        if mended is folded:
            return self._found(folded)
        if len(mended.text) <= _SPELT_OUT * len(folded.text):
            return self._found(mended)
        found = self._found(folded)
        return found if found or not self._is_torn(mended) else self._found(mended, only_torn=True)

    def _is_torn(self, mended: Folded) -> bool:
        """Tell whether a word of danger stands where something was closed up."""
        text, origin = mended.text, mended.origin
        joints = (at for at in range(1, len(text)) if origin[at] - origin[at - 1] > 1)
        for at in joints:
            first = max(0, at - self.spotter.longest)
            near = self._meant(text[first : at + self.spotter.longest])
            if self.spotter.is_across(near, at - first):
                return True
        return False

    def _meant(self, text: str) -> str:
        """Return a text without slips of the keyboard; every character stays where it is."""
        return self._misspelt.sub(lambda found: self._slips[found.group()], text)

    def _found(self, folded: Folded, *, only_torn: bool = False) -> tuple[DangerFinding, ...]:
        meant = self._meant(folded.text)
        spoken = self._harmless.sub(lambda found: "〇" * len(found.group()), meant)
        reading = Reading(spoken, self)
        found: dict[str, DangerFinding] = {}
        for number, clause in enumerate(reading.parts):
            for hit in self._hits(number, reading, besides=found):
                if only_torn and not folded.is_torn(hit.start, hit.end):
                    continue
                if hit.kind not in found and self._is_present(hit, number, reading, spoken):
                    found[hit.kind] = _finding(hit, clause, folded)
        if len(found) > 1:
            found.pop(SUSPECTED, None)
        return tuple(found.values())

    def _hits(self, number: int, reading: Reading, *, besides: Iterable[str]) -> Iterator[_Hit]:
        """Yield the cues of a clause, of each kind not yet found the first few."""
        clause = reading.parts[number]
        lead = reading.parts[number - 1].text[-_NEAR_CHARS:] + "，" if number else ""
        after = reading.parts[number + 1 : number + 2]
        tail = f"，{after[0].text[:_STAKE_CHARS]}" if after else ""
        for kind, pattern in self._cues.items():
            if kind in reading.kinds[number] and kind not in besides:
                for count, cue in enumerate(pattern.finditer(clause.text)):
                    if count == _CUES_PER_CLAUSE:
                        break
                    yield _hit(kind, cue.group(), cue.start(), cue.end(), cue.start(), clause)
        for which in reading.candidates[number]:
            pair = self.pairs[which]
            if pair.card.kind not in besides:
                for count, (cue_text, start, end, event) in enumerate(
                    pair.hits(clause.text, lead=lead, tail=tail)
                ):
                    if count == _CUES_PER_CLAUSE:
                        break
                    yield _hit(pair.card.kind, cue_text, start, end, event, clause)
        stopped = self._outage.search(clause.text)
        if stopped and reading.has_machine and LIFE_SUPPORT not in besides:
            at = stopped.start()
            yield _hit(LIFE_SUPPORT, stopped.group(), at, stopped.end(), at, clause)

    def _is_present(self, hit: _Hit, number: int, reading: Reading, text: str) -> bool:
        after = text[hit.end : hit.end + 2]
        negated = _NEGATION.search(reading.parts[number].text[max(0, hit.event - 6) : hit.event])
        if negated or (after[:1] == "过" and after not in {"过来", "过去"}):
            return False
        if reading.condition_at[number] < hit.end:
            return False
        if reading.says(self.present, number):
            return True
        if reading.last_ended >= number:
            return False
        said_in = range(number - hit.leans, number + 1)
        if reading.says(self.unreal, *said_in) or reading.says(self.past, *said_in):
            return False
        around = range(max(0, number - 2), min(number + 2, len(reading.parts)))
        return not reading.says(self.topic, *around)


def _hit(kind: str, cue: str, start: int, end: int, event: int, clause: Clause) -> _Hit:
    return _Hit(kind, cue, clause.start + max(start, 0), clause.start + end, event, start < 0)


def _finding(hit: _Hit, clause: Clause, folded: Folded) -> DangerFinding:
    said = folded.text[clause.start : clause.start + len(clause.text)].strip()
    start, end = folded.span(hit.start, hit.end)
    return DangerFinding(
        kind=hit.kind,
        cue=hit.cue,
        clause=said[:60],
        start=start,
        end=end,
        reason=f"说到“{hit.cue}”，没有“以前、怕、如果、没有”一类的话，按眼前危险处理",
    )
