"""Formulas of a workbook whose result the file does not hold.

Excel and WPS store beside each formula what it came to; programs that write files often do not, and
a reader then sees an empty cell. What a person wrote would vanish without a word.
"""

import zipfile
from io import BytesIO
from pathlib import PurePosixPath
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from dianliang.core.extents import Cursor, UnknownBookError, sheet_parser

_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}sheet"
_TARGET = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CHUNK_BYTES = 1024 * 1024
_UNREADABLE = (
    *(KeyError, ParseError, DefusedXmlException, zipfile.BadZipFile),
    *(expat.ExpatError, UnknownBookError),
)


def without_result(content: bytes, title: str) -> tuple[tuple[int, int], ...]:
    """Return row and column, from 1, of the formulas of a sheet that hold no result.

    A workbook whose parts cannot be followed has none: whoever reads its cells will say so.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            part = _part_of(archive, title)
            return _Formulas().read(archive, part) if part else ()
    except _UNREADABLE:
        return ()


def _part_of(archive: zipfile.ZipFile, title: str) -> str | None:
    """Return the part of the archive that holds a sheet."""
    book = fromstring(archive.read("xl/workbook.xml"))
    wanted = [sheet.get(_TARGET) for sheet in book.iter(_SHEET) if sheet.get("name") == title]
    links = fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    for link in links:
        if wanted and link.get("Id") == wanted[0]:
            return str(PurePosixPath("xl") / (link.get("Target") or "")).removeprefix("/")
    return None


class _Formulas:
    """The cells of one part whose formula holds no result; each tag is looked at once.

    A text (`t="str"`) may well come to nothing. Only within a cell that has a formula are values
    and ends listened to: a sheet without any costs no more than to find that out.
    """

    def __init__(self) -> None:
        self._cursor = Cursor()
        self._is_text = self._is_empty = False
        self._found: dict[tuple[int, int], None] = {}
        self._parser = sheet_parser(self._start)

    def read(self, archive: zipfile.ZipFile, part: str) -> tuple[tuple[int, int], ...]:
        with archive.open(part) as file:
            while chunk := file.read(_CHUNK_BYTES):
                self._parser.Parse(chunk, False)
        self._parser.Parse(b"", True)
        return tuple(self._found)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        kind = name.rpartition(":")[2]
        if kind in ("c", "row"):
            self._cursor.enter(kind, attributes)
            self._is_text = attributes.get("t") == "str"
        elif kind == "f" and not self._is_text:
            self._is_empty = True
            self._parser.EndElementHandler = self._end
        elif kind in ("v", "is"):
            self._parser.CharacterDataHandler = self._value if self._is_empty else None

    def _value(self, text: str) -> None:
        self._is_empty = False

    def _end(self, name: str) -> None:
        kind = name.rpartition(":")[2]
        if kind in ("v", "is"):
            self._parser.CharacterDataHandler = None
        elif kind == "c":
            if self._is_empty:
                self._found[self._cursor.row, self._cursor.column] = None
            self._is_empty = False
            self._parser.EndElementHandler = self._parser.CharacterDataHandler = None
