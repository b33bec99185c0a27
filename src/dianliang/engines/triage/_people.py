"""What identifies a person in a text, so that it can be hidden; and where an address stands."""

import re
from collections.abc import Sequence

from dianliang.engines.triage._model import Mask
from dianliang.engines.triage._text import Folded, phone_spans

_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?!\w)")
_TITLES = "先生|女士|小姐|师傅|大爷|大妈|大伯|大娘|阿姨|奶奶|爷爷|叔叔|老师|书记|主任|经理|医生"
_STREET = r"[一-鿿]{1,6}?(?:大道|路|街|巷|弄|小区|花园|家园|公寓|新村|大厦|广场|工业园|苑|里弄)"
_HOUSE = (  # bounded: in a text of four thousand digits each would begin a number of its own
    r"(?:(?<!\d)\d{1,6}(?:-\d{1,6}){0,4}(?:号|栋|幢|座|单元|楼|室|组|弄|层)(?!线)"
    r"|[一二三四五六七八九十]{1,3}(?:单元|栋|幢|组))"
)
_ADDRESS = re.compile(rf"(?:{_STREET})?{_HOUSE}+|{_STREET}")
_HAS_HOUSE = re.compile(_HOUSE)
_LEADING = re.compile(r"^.*(?:住在|位于|家住|我们|我家|[在到去从是住的了和与请])(?=..)")
_JOIN_GAP = 1


class PersonFinder:
    """Patterns of names, made from the family names of a lexicon."""

    def __init__(self, family_names: str) -> None:
        name = rf"[{re.escape(family_names)}]" if family_names else r"(?!)"
        self._patterns = (
            re.compile(
                rf"(?:我叫|姓名[:： ]?|联系人[:： ]?|户主(?:是|叫|[:： ])?)({name}[一-鿿]{{1,2}})"
            ),
            re.compile(rf"(?:我是)({name}[一-鿿]{{1,2}})(?=[\W_]|$)"),
            re.compile(rf"(?<![一-鿿])({name}[一-鿿]{{0,2}}?)(?={_TITLES})"),
        )

    def masks(self, folded: Folded, *, besides: Sequence[tuple[int, int]] = ()) -> tuple[Mask, ...]:
        """Return the spans to hide, in order; `besides` are spans known to be something else."""
        text = folded.text
        found = [("电话", *span) for span in phone_spans(text)]
        found += [("证件号", *match.span()) for match in _IDENTITY.finditer(text)]
        for pattern in self._patterns:
            for match in pattern.finditer(text):
                start, end = folded.span(*match.span(1))
                if all(end <= a or start >= b for a, b in besides):
                    found.append(("姓名", *match.span(1)))
        found.sort(key=lambda mask: (mask[1], -mask[2]))
        kept: list[tuple[str, int, int]] = []
        for mask in found:
            if not kept or mask[1] >= kept[-1][2]:
                kept.append(mask)
        return tuple(_mask(kind, folded.span(start, end)) for kind, start, end in kept)


def _mask(kind: str, span: tuple[int, int]) -> Mask:
    return Mask(kind=kind, start=span[0], end=span[1])


def address_span(folded: Folded, places: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Return the longest stretch that reads like an address: places, street, house number.

    `places` are spans of the original, the answer counts in the folded text. It is empty when
    nothing but a place name is there.
    """
    text = folded.text
    pieces = [(*folded.within(start, end), False) for start, end in places]
    for match in _ADDRESS.finditer(text):
        lead = _LEADING.match(match.group())
        start = match.start() + (lead.end() if lead else 0)
        if match.end() - start >= 2:
            pieces.append((start, match.end(), bool(_HAS_HOUSE.search(match.group()))))
    pieces.sort()
    groups: list[tuple[int, int, bool]] = []
    for start, end, is_detail in pieces:
        if groups and start - groups[-1][1] <= _JOIN_GAP:
            first, last, had = groups[-1]
            groups[-1] = (first, max(last, end), had or is_detail or start >= last)
        else:
            groups.append((start, end, is_detail))
    detailed = [(end - start, -start) for start, end, is_detail in groups if is_detail]
    if not detailed:
        return 0, 0
    length, start = max(detailed)
    return -start, -start + length
