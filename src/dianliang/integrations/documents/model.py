"""What a document says, without how it looks.

A flow describes a document once; `pdf` and `word` print it. Texts are plain: nothing in them is
read as markup of either format.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a document; `level` 1 is a chapter, 3 the smallest."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `is_note` prints it small and grey, for sources and remarks."""

    text: str
    is_note: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels with values (要素表), printed in two columns of pairs."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Link:
    """Words in a cell that open an address where the document is read on a screen."""

    text: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with a head that repeats on every page.

    `numbers` are the columns aligned to the right; `widths` are relative, all equal if left out;
    `empty` is what stands there when no row does.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[str | Link]]
    caption: str = ""
    numbers: frozenset[int] = frozenset()
    widths: Sequence[float] = ()
    empty: str = "无"


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG or PNG with what it shows."""

    content: bytes
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """Pictures side by side; a pair of before and after stays together."""

    pictures: Sequence[Picture]
    columns: int = 2


@dataclass(frozen=True, slots=True)
class Signatures:
    """Places to sign: a label each, with the signature where it was given on a screen."""

    places: Sequence[tuple[str, bytes | None]]


Block: TypeAlias = Heading | Paragraph | Facts | Table | Pictures | Signatures


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document: who issues it, its title and number, what it says, a code to verify it by.

    `language` is that of the words that a printer adds by itself: ``zh`` or ``en``.
    """

    title: str
    blocks: Sequence[Block]
    issuer: str = ""
    subtitle: str = ""
    number: str = ""
    code: Picture | None = None
    language: str = "zh"


def image_suffix(content: bytes) -> str:
    """Return the suffix that fits a picture's first bytes.

    Raises:
        ValueError: it is neither JPEG nor PNG.
    """
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return ".png"
    if content.startswith(b"\xff\xd8\xff"):
        return ".jpg"
    raise ValueError("a picture must be JPEG or PNG")
