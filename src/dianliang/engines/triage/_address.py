"""Take an address apart: province, city, district, town, village, road, house, unit, floor, room.

Method: every stretch of up to fourteen characters is offered as the parts that it may be, each
with a score from what it ends in and how long it is; the best chain from the first character to
the last is found by dynamic programming, where parts must come in the order of an address. No
weight was learnt from anybody's data: the scores are rules, written by hand.
Cost: about fourteen offers for each character, a third of a millisecond for a usual address.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from dianliang.engines.triage._address_words import RANK, offers
from dianliang.engines.triage._model import AddressPart

MOST_CHARS = 80
"""Of a longer stretch only the beginning is taken apart."""
_LONGEST_PART = 14
_BACKWARDS = -7.0
_REPEATED = -3.0
_FIRST_SMALL = -0.3
_CERTAIN = 15.0
_NOTHING_KNOWN: Mapping[tuple[int, int], str] = {}
_EACH_PART = -4.6
"""Fewer parts are better: what a part must be worth to be set apart."""


@dataclass(frozen=True, slots=True)
class _Step:
    """The best chain of parts that ends here with a part of one kind."""

    score: float
    start: int
    before: str
    top: int


def address_parts(
    text: str, *, known: Mapping[tuple[int, int], str] = _NOTHING_KNOWN
) -> tuple[AddressPart, ...]:
    """Take an address apart, without gaps; returns () for an empty one.

    `known` are spans whose kind is certain, from a gazetteer: 高禹 in 高禹3组 is a community.

    `text` is folded: half width, simplified. Spans count in it.
    """
    text = text[:MOST_CHARS]
    best: list[dict[str, _Step]] = [{"": _Step(0.0, 0, "", 0)}]
    for end in range(1, len(text) + 1):
        best.append({})
        if not _splits_number(text, end):
            for start in range(max(0, end - _LONGEST_PART), end):
                if best[start]:
                    _extend(best, text, start, end, known.get((start, end), ""))
    return tuple(_without_echoes(_read_back(best, text)))


def _splits_number(text: str, at: int) -> bool:
    """Tell whether digits stand on both sides; a run too long for one part must be cut."""
    run = text[max(0, at - _LONGEST_PART) : at]
    is_inside = text[at - 1].isdigit() and text[at : at + 1].isdigit()
    return is_inside and not (len(run) == _LONGEST_PART and run.isdigit())


def _extend(best: list[dict[str, _Step]], text: str, start: int, end: int, certain: str) -> None:
    """Offer one stretch as every part that it may be, behind the best chains before it."""
    found = ((certain, _CERTAIN),) if certain else offers(text, start, end)
    if not found:
        return
    is_dashed = text[start - 1 : start] == "-"
    ending = best[end]
    for before, step in best[start].items():
        so_far, top = step.score, step.top
        for kind, worth in found:
            score = so_far + worth + _link(before, top, kind, is_dashed) + _EACH_PART
            known = ending.get(kind)
            if known is None or score > known.score:
                ending[kind] = _Step(score, start, before, max(top, RANK.get(kind, 0)))


_AFTER: dict[tuple[str, str], float] = {
    ("road", "subRoad"): 1.0,
    ("road", "roadno"): 2.0,
    ("subRoad", "subroadno"): 2.5,
    ("town", "community"): 0.2,
    ("community", "roadno"): 0.8,
    ("poi", "houseno"): 1.0,
    ("subpoi", "houseno"): 1.0,
    ("houseno", "cellno"): 1.5,
    ("houseno", "roomno"): 0.8,
    ("cellno", "roomno"): 1.0,
    ("floorno", "roomno"): 1.0,
    ("floorno", "person"): 1.0,
    ("roomno", "person"): 0.5,
    ("subpoi", "subpoi"): -1.5,
    ("person", "person"): -3.5,
    ("assist", "assist"): -1.0,
    ("redundant", "redundant"): -2.0,
}
_NEEDS: dict[str, frozenset[str]] = {
    "subpoi": frozenset({"poi", "subpoi", "roadno", "redundant", "houseno", "subroadno"}),
    "subRoad": frozenset({"road", "subRoad", "roadno"}),
    "subroadno": frozenset({"subRoad", "roadno"}),
    "cellno": frozenset({"houseno", "redundant", "poi", "subpoi"}),
    "person": frozenset({"floorno", "roomno", "poi", "subpoi", "roadno", "houseno", "redundant"}),
    "roadno": frozenset({"road", "community", "town", "poi", "subRoad", "assist", "redundant"}),
}


@cache
def _link(before: str, top: int, kind: str, is_dashed: bool) -> float:
    """Return what it is worth that `kind` follows `before`; `top` is the highest rank so far."""
    needs = _NEEDS.get(kind)
    if needs is not None and before not in needs:
        return -6.0
    worth = _AFTER.get((before, kind), 0.0)
    if before == "redundant" and is_dashed and kind in {"houseno", "cellno", "roomno"}:
        worth += 0.6
    rank = RANK.get(kind, 0)
    if not rank:
        return worth
    if kind == "subpoi" and top < RANK["poi"]:
        return worth - 4.0
    if kind == "poi":
        return worth - (3.0 if top >= RANK["poi"] else 0.0)
    if kind == "roadno" and before == "poi":
        return worth - 0.4
    if rank < top:
        worth += _BACKWARDS if rank < RANK["road"] else -2.5
    elif rank == top and kind not in {"poi", "subpoi", "road", "roomno", "person"}:
        worth += _REPEATED
    if not before and rank > RANK["poi"]:
        worth += _FIRST_SMALL
    return worth


_SAID_TWICE = frozenset({"prov", "city", "district"})


def _without_echoes(parts: list[AddressPart]) -> list[AddressPart]:
    """Keep the last of a region that is written twice: 浙江省宁波市宁波市鄞州区."""
    seen: set[str] = set()
    for at in range(len(parts) - 1, -1, -1):
        kind = parts[at].kind
        if kind in seen and kind in _SAID_TWICE:
            parts[at] = replace(parts[at], kind="redundant")
        seen.add(kind)
    return parts


def _read_back(best: list[dict[str, _Step]], text: str) -> list[AddressPart]:
    parts: list[AddressPart] = []
    end = len(text)
    kind = max(best[end], key=lambda k: best[end][k].score, default="")
    while end and kind:
        step = best[end][kind]
        parts.append(AddressPart(kind=kind, text=text[step.start : end], start=step.start, end=end))
        end, kind = step.start, step.before
    return parts[::-1]
