"""What a learnt reader of addresses looks at: characters, shapes, endings, names, and our rules.

A token is a character, or a run of digits or of Latin letters. Of a number only its length counts,
so that nothing of a door is kept; of a person no two characters together, so that no name is.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dianliang.engines.triage._model import AddressPart

_TOKEN = re.compile(r"\d+|[A-Za-z]+|.", re.DOTALL)
ENDINGS: Final = frozenset(
    "省市区县镇乡道村路街巷弄号幢栋座元室楼层园苑厦城厂司组社队委会处场店院桥大东西南北"
)
"""What parts of an address end in; how far the next one is, and the last, is looked at."""
_NEAR = 5
"""Farther away, distances are all one."""
_EDGE = "#"
NAMED: Final = frozenset(
    {"town", "community", "road", "subRoad", "poi", "subpoi", "district", "devZone"}
)
"""Parts whose names are remembered; a number is none, and nobody's name is."""
PERSON: Final = "person"
_UNTOLD = "*"
"""Stands for a word of Latin letters in somebody's name, which may be the whole name."""
LONGEST_NAME = 9
_LONG = 5
"""Longer names are all one."""
RULED: Final = "r"
"""What features begin with that our rules had a hand in, and no others."""
_PLACES: Final = "abcde"
_TOGETHER: Final = tuple((at, at + n) for n in (2, 3) for at in range(6 - n))
"""Which of a token and the two on either side are looked at together."""
Span = tuple[int, int]


def tokens(text: str) -> tuple[Span, ...]:
    """Return where the tokens of a text stand."""
    return tuple(found.span() for found in _TOKEN.finditer(text))


@dataclass(frozen=True, slots=True)
class Names:
    """How often a name stood for which part in the addresses that a reader learnt from."""

    times: Mapping[str, Mapping[str, int]]

    @classmethod
    def of(cls, addresses: Iterable[Iterable[AddressPart]]) -> "Names":
        """Remember the names of some addresses, but none that stands for a person anywhere."""
        found = [part for parts in addresses for part in parts]
        people = {part.text for part in found if part.kind == PERSON}
        counted = Counter(
            (part.text, part.kind)
            for part in found
            if part.kind in NAMED and 2 <= len(part.text) <= LONGEST_NAME
            if part.text not in people
        )
        times: dict[str, dict[str, int]] = {}
        for (name, kind), count in sorted(counted.items()):
            times.setdefault(name, {})[kind] = count
        return cls(times)

    def marks(
        self, text: str, spans: Sequence[Span], besides: Collection[AddressPart]
    ) -> list[list[str]]:
        """Return for each token in which remembered names it begins, goes on and ends.

        `besides` are parts of this very address, which the names were taken from: what it told of
        itself does not count.
        """
        own = {(part.start, part.end): part.kind for part in besides}
        found: list[list[str]] = [[] for _ in spans]
        for first in range(len(spans)):
            for last in range(first, min(len(spans), first + LONGEST_NAME)):
                span = spans[first][0], spans[last][1]
                known = self.times.get(text[slice(*span)])
                if known:
                    _mark(found, first, last, _without(known, own.get(span, "")))
        return found


def _without(times: Mapping[str, int], kind: str) -> dict[str, int]:
    left = {name: count - (name == kind) for name, count in times.items()}
    return {name: count for name, count in left.items() if count}


def _mark(found: list[list[str]], first: int, last: int, times: Mapping[str, int]) -> None:
    length = min(last - first + 1, _LONG)
    for kind in times:
        found[first].append(f"nB{kind}{length}")
        found[last].append(f"nE{kind}{length}")
        for at in range(first + 1, last):
            found[at].append(f"nI{kind}")


def features(
    text: str,
    spans: Sequence[Span],
    ruled: Sequence[AddressPart],
    names: Sequence[Sequence[str]],
    *,
    told: Sequence[AddressPart] = (),
) -> list[list[str]]:
    """Return the features of each token; `ruled` is what our rules make of the address.

    `told` are the parts of an address that is learnt from: what is kept of it names nobody.
    """
    words = [text[start:end] for start, end in spans]
    private = _private(spans, told)
    plain = [_plain(word, hidden) for word, hidden in zip(words, private, strict=True)]
    shapes = [_shape(word) for word in words]
    marks, places = _by_rules(spans, ruled)
    ahead = _distances(words, forward=True)
    behind = _distances(words, forward=False)
    chars, shape = _edged(plain, 3), _edged(shapes, 1)
    secret = [False] * 3 + private + [False] * 3
    rule = _edged(marks, 1)
    found: list[list[str]] = []
    for at in range(len(words)):
        a, b, c, d, e = near = chars[at + 1 : at + 6]
        hidden = secret[at + 1 : at + 6]
        before, here, after = rule[at : at + 3]
        row = [
            *("any", f"a{a}", f"b{b}", f"c{c}", f"d{d}", f"e{e}"),
            *(f"z{chars[at]}", f"f{chars[at + 6]}"),
            *(
                f"{_PLACES[first:last]}{''.join(near[first:last])}"
                for first, last in _TOGETHER
                if sum(hidden[first:last]) < 2
            ),
            *(f"s{shape[at]}{shape[at + 1]}{shape[at + 2]}", f"t{shapes[at]}"),
            *(f"r-{before}", f"r{here}", f"r+{after}", f"r-{before}{here}", f"r+{here}{after}"),
            *(f"rc{here}{c}", f"rp{places[at]}"),
            *(f"+{ahead[at]}", f"-{behind[at]}", f"±{ahead[at][0]}{behind[at][0]}"),
            *sorted({*names[at]}),
        ]
        if at < 3:
            row.append(f"first{at}")
        if at >= len(words) - 2:
            row.append(f"last{len(words) - at}")
        found.append(row)
    return found


def _private(spans: Sequence[Span], told: Sequence[AddressPart]) -> list[bool]:
    """Return which tokens belong to somebody's name."""
    people = [(part.start, part.end) for part in told if part.kind == PERSON]
    return [any(first <= start < last for first, last in people) for start, _ in spans]


def _plain(word: str, hidden: bool) -> str:
    if word.isdigit():
        return f"0{len(word)}"
    return _UNTOLD if hidden and len(word) > 1 else word


def _edged(words: Sequence[str], width: int) -> list[str]:
    return [*[_EDGE] * width, *words, *[_EDGE] * width]


def _shape(word: str) -> str:
    if word.isdigit():
        return f"D{min(len(word), 5)}"
    if word.isascii():
        return "L" if word.isalpha() else "P"
    return "H"


def _by_rules(spans: Sequence[Span], ruled: Sequence[AddressPart]) -> tuple[list[str], list[str]]:
    """Return what our rules take each token for, and where it stands in their part."""
    marks, places = [_EDGE] * len(spans), [_EDGE] * len(spans)
    of_start = {start: at for at, (start, _) in enumerate(spans)}
    for part in ruled:
        inside = [of_start[at] for at in range(part.start, part.end) if at in of_start]
        for number, at in enumerate(inside):
            marks[at] = f"{'I' if number else 'B'}{part.kind}"
            places[at] = f"{part.kind}{min(len(inside), 8)}.{min(number, 6)}"
    return marks, places


def _distances(words: Sequence[str], *, forward: bool) -> list[str]:
    """Return which ending comes next, or came last, and how far away it is."""
    found = [_EDGE] * len(words)
    ending, far = _EDGE, _NEAR
    for at in range(len(words) - 1, -1, -1) if forward else range(len(words)):
        if words[at] in ENDINGS and forward:
            ending, far = words[at], 0
        found[at] = f"{ending}{min(far, _NEAR)}"
        far += 1
        if words[at] in ENDINGS and not forward:
            ending, far = words[at], 1
    return found
