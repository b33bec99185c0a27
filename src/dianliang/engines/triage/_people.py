"""What identifies a person in a text, so that it can be hidden; and where an address stands."""

import re
from collections.abc import Iterable, Sequence

from dianliang.engines.triage._address_words import HOUSEHOLD
from dianliang.engines.triage._model import AddressPart, Mask
from dianliang.engines.triage._text import Folded, phone_spans

_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?!\w)")
_TITLES = "先生|女士|小姐|师傅|大爷|大妈|大伯|大娘|阿姨|奶奶|爷爷|叔叔|老师|书记|主任|经理|医生"
_DOUBLE = "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|司徒|令狐|夏侯|端木|长孙|宇文|轩辕"
_OF_PEOPLE = "住户|用户|客户|业主|村民|居民|户主|邻居|组长|队长|老人"
_SPOKEN_DIGITS = re.compile("[零〇一二两三四五六七八九幺]{7,}")
_BARE_ROOM = re.compile(r"(?:单元|[幢栋座])-?(\d{2,4})(?![\d号])")
_STREET = r"[一-鿿]{1,6}?(?:大道|路|街|巷|弄|小区|花园|家园|公寓|新村|大厦|广场|工业园|苑|里弄)"
_HOUSE = (  # bounded: in a text of four thousand digits each would begin a number of its own
    r"(?:(?<!\d)\d{1,6}(?:-\d{1,6}){0,4}(?:号|栋|幢|座|单元|楼|室|组|弄|层)(?!线)"
    r"|[一二三四五六七八九十]{1,3}(?:单元|栋|幢|组))"
)
_ADDRESS = re.compile(rf"(?:{_STREET})?{_HOUSE}+|{_STREET}")
_HAS_HOUSE = re.compile(_HOUSE)
_LEADING = re.compile(r"^.*(?:住在|位于|家住|我们|我家|[在到去从是住的了和与请])(?=..)")
_JOIN_GAP = 1
LEAST_NAME_CHARS = 2


class PersonFinder:
    """Patterns of names, made from the family names of a lexicon."""

    def __init__(self, family_names: str) -> None:
        name = rf"[{re.escape(family_names)}]" if family_names else r"(?!)"
        whole = rf"(?:{_DOUBLE}|{name})[一-鿿]{{1,2}}"
        self._likely = (
            re.compile(rf"(?:我叫|我是|联系人[:： ]?|{_OF_PEOPLE})({whole})"),
            re.compile(rf"(?<![一-鿿])({whole})(?=家)"),
        )
        self._patterns = (
            re.compile(
                rf"(?:我叫|姓名[:： ]?|联系人[:： ]?|户主(?:是|叫|[:： ])?)({name}[一-鿿]{{1,2}})"
            ),
            re.compile(rf"(?:我是)({name}[一-鿿]{{1,2}})(?=[\W_]|$)"),
            re.compile(rf"(?<![一-鿿])({name}[一-鿿]{{0,2}}?)(?={_TITLES})"),
        )

    def masks(self, folded: Folded, *, besides: Sequence[tuple[int, int]] = ()) -> tuple[Mask, ...]:
        """Return the spans that surely are personal, in order.

        They are blanked before anything is understood. `besides` are spans known to be something
        else.
        """
        text = folded.text
        found = [("电话", *span) for span in phone_spans(text)]
        found += [("证件号", *match.span()) for match in _IDENTITY.finditer(text)]
        for pattern in self._patterns:
            for match in pattern.finditer(text):
                start, end = folded.span(*match.span(1))
                if all(end <= a or start >= b for a, b in besides):
                    found.append(("姓名", *match.span(1)))
        return _apart(folded, found)

    def shown_masks(
        self,
        folded: Folded,
        sure: Sequence[Mask],
        *,
        besides: Sequence[tuple[int, int]] = (),
    ) -> tuple[Mask, ...]:
        """Return all that is to be hidden from readers: what is sure, and what is likely.

        A name that was told once is one wherever it stands. What is only likely is hidden but
        still listened to: 用户高压线断了 must stay a danger. What is sure is hidden even in the
        midst of one, as in 电线13800138000断了.
        """
        text = folded.text
        certain = [(mask.kind, *folded.within(mask.start, mask.end)) for mask in sure]
        found: list[tuple[str, int, int]] = []
        likely = [match.span(1) for part in self._likely for match in part.finditer(text)]
        names = {text[start:end] for kind, start, end in certain if kind == "姓名"}
        names |= {text[start:end] for start, end in likely}
        for name in names:
            if len(name) >= LEAST_NAME_CHARS:
                found += [("姓名", *match.span()) for match in re.finditer(re.escape(name), text)]
        found += [("电话", *match.span()) for match in _SPOKEN_DIGITS.finditer(text)]
        found += [("门牌", *match.span(1)) for match in _BARE_ROOM.finditer(text)]
        places = [folded.within(start, end) for start, end in besides]
        clear = [
            (kind, start, end)
            for kind, start, end in found
            if all(end <= a or start >= b for a, b in places)
        ]
        return _apart(folded, [*certain, *clear])


def _apart(folded: Folded, found: list[tuple[str, int, int]]) -> tuple[Mask, ...]:
    """Return spans of the folded text as masks of the original that do not overlap."""
    kept: list[tuple[str, int, int]] = []
    for mask in sorted(found, key=lambda mask: (mask[1], -mask[2])):
        if not kept or mask[1] >= kept[-1][2]:
            kept.append(mask)
    return tuple(_mask(kind, folded.span(start, end)) for kind, start, end in kept)


def _mask(kind: str, span: tuple[int, int]) -> Mask:
    return Mask(kind=kind, start=span[0], end=span[1])


def doors(parts: Iterable[AddressPart]) -> tuple[tuple[int, int], ...]:
    """Return where the parts of an address stand that lead to one door."""
    return tuple((part.start, part.end) for part in parts if part.kind in HOUSEHOLD)


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
