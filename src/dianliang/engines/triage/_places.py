"""Which places of the service area a text names.

Method: one Aho-Corasick automaton over full names, their usual variants (余村, 余村村, 余村村委会),
names without their suffix, and aliases, of the service area and of the neighbours that it was
given. Longest match wins. A bare name of two characters must stand where a place stands: after 在
or 到, or at the start of a clause with 停电, 3组 or 这边 behind it. An everyday word needs its
township right before it. A township or county that is not ours right before a name takes it away.
Two places of one name give two codes; nothing is picked silently. Cost: linear in the text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import ahocorasick

from dianliang.engines.triage import _place_rules as rules
from dianliang.engines.triage._model import AreaCard, PlaceCandidate, PlaceFinding
from dianliang.engines.triage._text import Folded, normalise

_ABOVE = frozenset({"county", "city", "province"})
"""Levels that lead to a place and are not reported as one."""
_MOST_RENAMINGS = 9


@dataclass(frozen=True, slots=True)
class _Name:
    """A spelling and the places that it may mean.

    `is_bare`: its suffix was left out. `is_everyday`: it, or its stem, is an ordinary word.
    `is_lead`: a county or city, which only leads to what follows.
    """

    text: str
    codes: tuple[str, ...]
    is_bare: bool
    is_everyday: bool
    is_lead: bool


@dataclass(frozen=True, slots=True)
class _Hit:
    """A name found in the folded text."""

    name: _Name
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Before:
    """The place that was accepted last: where it ends and what it may be."""

    end: int
    codes: tuple[str, ...]


class Gazetteer:
    """The names of a service area, ready to be looked for."""

    def __init__(self, areas: Sequence[AreaCard], *, everyday: frozenset[str]) -> None:
        self._areas = {area.code: area for area in areas}
        self._automaton = ahocorasick.Automaton()
        full: dict[str, set[str]] = {}
        bare: dict[str, set[str]] = {}
        everyday_names: set[str] = set(everyday)
        for area in areas:
            whole, stem = rules.spellings(area)
            names = {normalise(name) for name in whole}
            for name in names:
                full.setdefault(name, set()).add(area.code)
            if stem and normalise(stem) not in names:
                bare.setdefault(normalise(stem), set()).add(area.code)
            if stem in everyday:
                everyday_names |= names
        for name in full.keys() | bare.keys():
            codes = tuple(sorted(full.get(name, set()) | bare.get(name, set())))
            entry = _Name(
                text=name,
                codes=codes,
                is_bare=name not in full,
                is_everyday=name in everyday_names,
                is_lead=all(self._areas[code].level in _ABOVE for code in codes),
            )
            self._automaton.add_word(name, entry)
        self._is_empty = not full
        if full:
            self._automaton.make_automaton()

    def find(self, folded: Folded) -> tuple[PlaceFinding, ...]:
        """Return the places that the text names, in order, longest match first."""
        if self._is_empty:
            return ()
        hits = [
            _Hit(name, end + 1 - len(name.text), end + 1)
            for end, name in self._automaton.iter(folded.text)
        ]
        hits.sort(key=lambda hit: (hit.start - hit.end, hit.start))
        taken = bytearray(len(folded.text))
        kept: list[_Hit] = []
        for hit in hits:
            if not any(taken[hit.start : hit.end]):
                taken[hit.start : hit.end] = b"\x01" * (hit.end - hit.start)
                kept.append(hit)
        kept.sort(key=lambda hit: hit.start)
        return tuple(self._accepted(kept, folded))

    def _accepted(self, hits: Sequence[_Hit], folded: Folded) -> Iterator[PlaceFinding]:
        """Let a township just before a village settle which village is meant."""
        before = _Before(-9, ())
        for hit in hits:
            above = before.codes if hit.start - before.end <= 1 else ()
            after = folded.text[hit.end : hit.end + rules.LOOK_AHEAD]
            if hit.name.is_bare and not hit.name.is_lead and rules.is_other_thing(after):
                continue
            within = tuple(c for c in hit.name.codes if self._areas[c].parent_code in above)
            if not within and not self._stands_as_place(hit, folded.text, before):
                continue
            codes = within or hit.name.codes
            before = _Before(hit.end, codes)
            if not hit.name.is_lead:
                yield self._finding(hit, codes, folded, is_settled=bool(within))

    def _stands_as_place(self, hit: _Hit, text: str, last: _Before) -> bool:
        """Tell whether a name means a place where it stands; `last` is the place before it."""
        name = hit.name
        lead = text[max(0, hit.start - rules.LOOK_BACK) : hit.start]
        after = text[hit.end : hit.end + rules.LOOK_AHEAD]
        follows_place = last.end == hit.start
        if name.is_lead:
            return True
        if not follows_place and rules.is_elsewhere(lead):
            return False
        if name.is_everyday:
            return not name.is_bare and rules.is_plainly_a_village(lead, after)
        joined = last.end == hit.start - 1 and text[hit.start - 1] in rules.JOINS
        is_led = follows_place or joined
        if rules.is_village_of_one(name.text):
            return (is_led or rules.may_stand_before(lead)) and not rules.is_cut(after)
        if not name.is_bare:
            return True
        return len(name.text) > 2 or is_led or rules.is_place_between(name.text, lead, after)

    def _finding(
        self, hit: _Hit, codes: tuple[str, ...], folded: Folded, *, is_settled: bool
    ) -> PlaceFinding:
        start, end = folded.span(hit.start, hit.end)
        today = tuple(dict.fromkeys(self._successor(code) for code in codes))
        reason = f"文中写有“{hit.name.text}”"
        if is_settled:
            reason += "，前面写明了所属乡镇"
        elif len(today) > 1:
            reason += f"，辖区内有 {len(today)} 处同名，请选定"
        reason += self._remarks(codes, today)
        return PlaceFinding(
            name=hit.name.text,
            start=start,
            end=end,
            codes=today,
            candidates=tuple(PlaceCandidate(code=c, label=self._label(c)) for c in today),
            reason=reason,
            is_outside=all(self._areas[code].is_outside for code in today),
        )

    def _remarks(self, named: Sequence[str], today: Sequence[str]) -> str:
        """Say which names are no longer official, and which places are not in our charge."""
        renamed = [
            f"，“{self._areas[code].name}”已撤并或更名，现为{self._label(self._successor(code))}"
            for code in named
            if self._successor(code) != code
        ]
        outside = [
            f"，{self._label(code)}不在本服务区" for code in today if self._areas[code].is_outside
        ]
        return "".join((*renamed, *outside))

    def _successor(self, code: str) -> str:
        """Follow renamings to the place of today; a card without a known successor is its own."""
        for _ in range(_MOST_RENAMINGS):
            after = self._areas[code].successor_code
            if not after or after not in self._areas:
                break
            code = after
        return code

    def _label(self, code: str) -> str:
        area = self._areas[code]
        above = self._areas.get(area.parent_code)
        return f"{above.name}·{area.name}" if above and above.level not in _ABOVE else area.name
