"""Which places of the service area a text names.

Method: one Aho-Corasick automaton over full names, names without their suffix, and aliases.
Longest match wins. A bare name of two characters must stand where a place stands (at the start of
a clause, after 在 or 到, before 这边 or 3组); an everyday word needs its township right before it.
Two places of one name give two codes; nothing is picked silently. Cost: linear in the text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import ahocorasick

from dianliang.engines.triage._model import AreaCard, PlaceCandidate, PlaceFinding
from dianliang.engines.triage._text import Folded

SUFFIXES = ("社区居委会", "村委会", "居委会", "社区", "街道", "村", "镇", "乡")
_PLACE_BEFORE = re.compile(r"(?:^|[\W_\d]|[在到住是去从来至于叫我])$")
_PLACE_AFTER = re.compile(
    r"(?:[这那](?:边|里|儿)|片区?|自然村|附近|全村|周边|[\d一二三四五六七八九十]+[组队号])"
)
_OTHER_THING = re.compile(r"[路街桥山河溪湖岭塘巷弄]|大道|水库|小学|中学|隧道|大桥|公司")
_NOT_THIS_VILLAGE = re.compile(r"[民里干长子头庄口规容貌]")
_PART_OF_A_WORD = re.compile(r"[其剩多业年本全各该每何任]$")


@dataclass(frozen=True, slots=True)
class _Name:
    """A spelling, the places that it may mean, and whether its suffix was left out."""

    text: str
    codes: tuple[str, ...]
    is_bare: bool


@dataclass(frozen=True, slots=True)
class _Hit:
    """A name found in the folded text."""

    name: _Name
    start: int
    end: int


class Gazetteer:
    """The names of a service area, ready to be looked for."""

    def __init__(self, areas: Sequence[AreaCard], *, everyday: frozenset[str]) -> None:
        self._areas = {area.code: area for area in areas}
        self._everyday = everyday
        self._automaton = ahocorasick.Automaton()
        full: dict[str, set[str]] = {}
        bare: dict[str, set[str]] = {}
        for area in areas:
            whole, short = _spellings(area)
            for name in whole:
                full.setdefault(name, set()).add(area.code)
            for name in short:
                bare.setdefault(name, set()).add(area.code)
        for name in full.keys() | bare.keys():
            codes = full.get(name, set()) | bare.get(name, set())
            entry = _Name(name, tuple(sorted(codes)), is_bare=name not in full)
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

    def _accepted(self, hits: Sequence[_Hit], folded: Folded) -> list[PlaceFinding]:
        """Let a township just before a village settle which village is meant."""
        found: list[PlaceFinding] = []
        last_end = -9
        last_codes: tuple[str, ...] = ()
        for hit in hits:
            above = last_codes if hit.start - last_end <= 1 else ()
            within = tuple(c for c in hit.name.codes if self._areas[c].parent_code in above)
            if within or self._stands_as_place(hit, folded.text):
                codes = within or hit.name.codes
                last_end, last_codes = hit.end, codes
                found.append(self._finding(hit, codes, folded, is_settled=bool(within)))
        return found

    def _stands_as_place(self, hit: _Hit, text: str) -> bool:
        name = hit.name.text
        before, after = text[max(0, hit.start - 1) : hit.start], text[hit.end : hit.end + 6]
        if name in self._everyday:
            return False
        if len(name) == 2 and name.endswith("村"):
            is_cut = _NOT_THIS_VILLAGE.match(after) and not after.startswith("村")
            return not is_cut and not _PART_OF_A_WORD.search(before)
        if not hit.name.is_bare or len(name) > 2:
            return True
        if _OTHER_THING.match(after):
            return False
        return bool(_PLACE_BEFORE.search(before) or _PLACE_AFTER.match(after))

    def _finding(
        self, hit: _Hit, codes: tuple[str, ...], folded: Folded, *, is_settled: bool
    ) -> PlaceFinding:
        start, end = folded.span(hit.start, hit.end)
        reason = f"文中写有“{hit.name.text}”"
        if is_settled:
            reason += "，前面写明了所属乡镇"
        elif len(codes) > 1:
            reason += f"，辖区内有 {len(codes)} 处同名，请选定"
        return PlaceFinding(
            name=hit.name.text,
            start=start,
            end=end,
            codes=codes,
            candidates=tuple(PlaceCandidate(code=c, label=self._label(c)) for c in codes),
            reason=reason,
        )

    def _label(self, code: str) -> str:
        area = self._areas[code]
        above = self._areas.get(area.parent_code)
        return f"{above.name}·{area.name}" if above else area.name


def _spellings(area: AreaCard) -> tuple[set[str], set[str]]:
    """Return the full spellings of a place, and the bare one where a suffix can be left out."""
    full, bare = {area.name, *area.aliases}, set[str]()
    for suffix in SUFFIXES:
        stem = area.name.removesuffix(suffix)
        if stem != area.name and len(stem) >= 2:
            bare.add(stem)
            if area.level == "village":
                full |= {f"{stem}村", f"{stem}社区"}
            if stem.endswith("村"):
                full.add(stem)
            break
    return {name for name in full if len(name) >= 2}, bare - full
