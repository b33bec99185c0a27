"""Walk an alert's elements in the order of its schema, and gather every fault on the way."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TypeVar
from xml.etree.ElementTree import Element

from dianliang.integrations.cap.faults import Fault
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[-+]\d\d:\d\d")
_EARLIEST, _LATEST = 1970, 2200
"""Years of alerts; the very first and last have no universal time."""
_NUMBERED = {"info", "area", "resource", "polygon", "circle"}
Value = TypeVar("Value")
Word = TypeVar("Word", bound=Enum)


@dataclass(slots=True)
class Node:
    """An element with its path in the file and the list that takes the faults of the whole file."""

    element: Element
    path: str
    faults: list[Fault]

    def blame(self, words: str, name: str = "") -> None:
        """Note a fault of this element, or of a part of it."""
        self.faults.append(Fault(path=f"{self.path}/{name}" if name else self.path, words=words))

    def check_names(self, *known: str) -> None:
        """Note parts that the protocol does not know: they may hold what nobody would act on."""
        for child in self.element:
            name = str(child.tag).removeprefix(f"{{{NAMESPACE}}}")
            if name not in known and child.tag != SIGNATURE:
                self.blame(Phrase("CAP 1.2 没有“%(name)s”这一项。", name=name[:60]))

    def children(self, name: str) -> Iterator["Node"]:
        """Return the parts of a name, each with its number."""
        for number, child in enumerate(self.element.findall(f"{{{NAMESPACE}}}{name}"), start=1):
            place = f"{name}[{number}]" if name in _NUMBERED else name
            yield Node(child, f"{self.path}/{place}", self.faults)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the texts of all parts of a name."""
        return tuple(text for child in self.children(name) if (text := child.text))

    @property
    def text(self) -> str:
        """Return what is written in the element."""
        return (self.element.text or "").strip()

    def one(self, name: str, *, required: bool = False) -> str:
        """Return the text of the only part of a name, empty where there is none."""
        found = [child.text for child in self.children(name)]
        if len(found) > 1:
            self.blame(Phrase("出现了 %(n)d 次，只能有一次。", n=len(found)), name)
        text = found[0] if found else ""
        if required and not text:
            self.blame(Phrase("缺少这一项，或内容为空。"), name)
        return text

    def time(self, name: str, *, required: bool = False) -> datetime | None:
        """Return a moment with its offset."""
        return self.parsed(name, moment_of, required=required)

    def word(self, name: str, words: type[Word]) -> Word | None:
        """Return a word of the protocol's list that must be there."""
        text = self.one(name, required=True)
        return self._word(text, name, words) if text else None

    def words(self, name: str, words: type[Word]) -> tuple[Word, ...]:
        """Return all words of a list."""
        found = (self._word(text, name, words) for text in self.texts(name))
        return tuple(word for word in found if word is not None)

    def parsed(
        self, name: str, parse: Callable[[str], Value], *, required: bool = False
    ) -> Value | None:
        """Return the only part of a name as `parse` understands it."""
        text = self.one(name, required=required)
        return self.understood(text, name, parse) if text else None

    def understood(self, text: str, name: str, parse: Callable[[str], Value]) -> Value | None:
        """Return what a text means, or note why it means nothing."""
        try:
            return parse(text)
        except InvalidInputError as error:
            self.blame(error.message, name)
            return None

    def _word(self, text: str, name: str, words: type[Word]) -> Word | None:
        try:
            return words(text)
        except ValueError:
            allowed = "、".join(str(word.value) for word in words)
            self.blame(
                Phrase("不认识“%(text)s”，只能是 %(allowed)s。", text=text[:40], allowed=allowed),
                name,
            )
            return None


def moment_of(text: str) -> datetime:
    """Return a moment as CAP writes it (3.3.2): with a numeric offset, never `Z`.

    Raises:
        InvalidInputError: it is written otherwise, there is no such day or hour, or nobody of our
            time can have meant it.
    """
    if text.upper().endswith("Z"):
        raise InvalidInputError(
            Phrase(
                "“%(text)s”的时区写成了 Z，CAP 1.2 要求写数字时差，"
                "例如 +08:00（世界时写 -00:00）。",
                text=text[:40],
            )
        )
    if not _TIME.fullmatch(text):
        raise InvalidInputError(
            Phrase(
                "“%(text)s”不是带时差的时间，应写成 2020-07-19T08:30:00+08:00 这样。",
                text=text[:40],
            )
        )
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInputError(Phrase("没有“%(text)s”这个时间。", text=text[:40])) from None
    if not _EARLIEST <= found.year <= _LATEST:
        raise InvalidInputError(
            Phrase(
                "“%(text)s”的年份应在 %(first)d 到 %(last)d 之间。",
                text=text[:40],
                first=_EARLIEST,
                last=_LATEST,
            )
        )
    return found


def number_of(text: str) -> float:
    """Return a number of feet or bytes.

    Raises:
        InvalidInputError: it is no plain decimal number.
    """
    if not re.fullmatch(r"-?\d{1,12}(\.\d{1,6})?", text, re.ASCII):
        raise InvalidInputError(Phrase("“%(text)s”不是数字。", text=text[:40]))
    return float(text)
