"""Formulas of a workbook whose result the file does not hold.

Excel and WPS store beside each formula what it came to; programs that write files often do not, and
a reader then sees an empty cell. What a person wrote would vanish without a word.
"""

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import PurePosixPath
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from dianliang.core.extents import column_number

_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}sheet"
_TARGET = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CELL = re.compile(
    rb'<c (?![^<>]*t="str")[^<>]*?r="([A-Z]{1,3})(\d{1,7})"[^<>]*>'
    rb"<f\b(?:[^<>]*/>|[^<>]*>[^<]*</f>)(?:<v\s*/>|<v></v>)?</c>"
)
"""A formula without a value; a text (`t="str"`) may well come to nothing.

No part of it runs past the next tag, so that any file is read in linear time.
"""
_CHUNK_BYTES = 1024 * 1024
_LONGEST_CELL_BYTES = 64 * 1024


def without_result(content: bytes, title: str) -> tuple[tuple[int, int], ...]:
    """Return row and column, from 1, of the formulas of a sheet that hold no result.

    A workbook whose parts cannot be followed has none: whoever reads its cells will say so.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            part = _part_of(archive, title)
            return tuple(_cells(archive, part)) if part else ()
    except (KeyError, ParseError, DefusedXmlException, zipfile.BadZipFile):
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


def _cells(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[int, int]]:
    rest = b""
    with archive.open(part) as file:
        while chunk := file.read(_CHUNK_BYTES):
            text = rest + chunk
            end = text.rfind(b"</c>") + len(b"</c>")
            if b"<f" in text:
                for column, row in _CELL.findall(text[:end]):
                    yield int(row), column_number(column.decode())
            rest = text[end:][-_LONGEST_CELL_BYTES:]
