"""How far a workbook reaches, before anything of it is laid out in memory.

A sheet is laid out from its first to its farthest cell: one cell in a far corner, in a file of a
thousand bytes, fills the memory of any machine. What measures must therefore read a file as fully
as what lays it out: prefixes, quotes, cells that tell no place, sheets under other names.
"""

import re
import zipfile
from collections.abc import Callable, Mapping
from typing import NoReturn
from xml.parsers import expat

_REFERENCE = re.compile(r"([A-Za-z]{1,7})(\d{1,10})")
_CHUNK_BYTES = 1024 * 1024
_LINKS = "xl/_rels/workbook.xml.rels"
_BOM = b"\xef\xbb\xbf"
_LONGEST_START = 64
_MOST_DIGITS = 10


class UnknownBookError(ValueError):
    """It is no workbook of Excel's own kind, or none that could be measured."""


class TooFarError(ValueError):
    """A cell lies so far out that the sheet would not fit; where that is, counted from 1."""

    def __init__(self, height: int, width: int) -> None:
        super().__init__(f"{height} × {width}")
        self.height, self.width = height, width


def measure(archive: zipfile.ZipFile, *, most_cells: int) -> None:
    """Look at every part that could be a sheet.

    Raises:
        UnknownBookError: another kind of workbook in the same wrapping, or a damaged one.
        TooFarError: a sheet has more cells, empty ones counted, than `most_cells`.
    """
    names = archive.namelist()
    if _LINKS not in names or "xl/workbook.bin" in names or "content.xml" in names:
        raise UnknownBookError
    links = archive.read(_LINKS)
    if b"vml" in links or b"&" in links:  # drawings are not measured, so no sheet may be one
        raise UnknownBookError
    for entry in archive.infolist():
        if not entry.filename.endswith(".vml"):
            _Extent(most_cells).read(archive, entry)


class Cursor:
    """Where the cell that was read last stands; one that tells no place follows the one before."""

    def __init__(self) -> None:
        self.row = self.column = 0

    def enter(self, kind: str, attributes: Mapping[str, str]) -> None:
        """Go on to a row or a cell.

        Raises:
            UnknownBookError: the place that it tells is none.
        """
        told = attributes.get("r")
        if kind == "row":
            self._enter_row(told or "")
        elif told is None:
            self.column += 1
        else:
            found = _REFERENCE.fullmatch(told)
            if found is None:
                raise UnknownBookError
            self.column, self.row = column_number(found[1]), int(found[2])

    def _enter_row(self, told: str) -> None:
        if len(told) > _MOST_DIGITS:
            raise UnknownBookError
        self.row = int(told) if told.isdecimal() else self.row + 1
        self.column = 0


def sheet_parser(start: Callable[[str, dict[str, str]], None]) -> expat.XMLParserType:
    """Return a parser that tells what begins in a sheet; entities of its own are refused."""
    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = _refuse
    return parser


class _Extent:
    """The farthest row and column that the cells of one part tell."""

    def __init__(self, most_cells: int) -> None:
        self._most = most_cells
        self._cursor = Cursor()
        self._height = self._width = 1

    def read(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
        parser = sheet_parser(self._start)
        with archive.open(entry) as file:
            chunk = file.read(_CHUNK_BYTES)
            if not chunk[:_LONGEST_START].removeprefix(_BOM).lstrip().startswith(b"<"):
                return  # a picture, a macro, or a text in an encoding that no reader takes
            try:
                while chunk:
                    parser.Parse(chunk, False)
                    chunk = file.read(_CHUNK_BYTES)
                parser.Parse(b"", True)
            except expat.ExpatError as error:
                raise UnknownBookError from error

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        kind = name.rpartition(":")[2]
        if kind in ("c", "row"):
            self._cursor.enter(kind, attributes)
        if kind == "c":
            self._height = max(self._height, self._cursor.row)
            self._width = max(self._width, self._cursor.column)
            if self._height * self._width > self._most:
                raise TooFarError(self._height, self._width)


def _refuse(*told: object) -> NoReturn:
    raise UnknownBookError(str(told[0]))


def column_number(letters: str) -> int:
    """Return the number, from 1, of a column that Excel calls ``A``, ``Z``, ``AA``."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number
