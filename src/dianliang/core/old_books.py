"""How far a workbook of the old kind (.xls) reaches, before anything of it is laid out in memory.

Such a file is a file system of its own ([MS-CFB]) whose stream ``Workbook`` is a row of records
([MS-XLS]): only what stands in the records tells where cells lie.
"""

import struct
from collections.abc import Iterator

from dianliang.core.extents import TooFarError, UnknownBookError

_MINI_SECTOR, _ENTRY = 64, 128
_BOOKS = frozenset({"workbook", "book"})
_LARGEST_SHIFT = 12
_END = 0xFFFFFFFA
"""Numbers of sectors from here on end a chain."""
_STREAM, _ROOT = 2, 5
_BOUND_SHEET = 0x0085
_SEVERAL = 0x00BD
"""Numbers of one row side by side; the last column stands at its end."""
_CELLS = frozenset(
    {*range(0x0002, 0x0007), *range(0x0202, 0x0207), 0x027E, 0x00FD, 0x00D6, 0x0406, _SEVERAL}
)
"""Records that begin with a row and a column, of every version of the format; blank cells are not
laid out."""


def measure_old(content: bytes, *, most_cells: int) -> None:
    """Look at all sheets of an old workbook, as if they lay on each other: none is larger.

    Raises:
        UnknownBookError: it is damaged, under a password, or no workbook.
        TooFarError: they have more cells, empty ones counted, than `most_cells`.
    """
    try:
        streams = _File(content).books()
        if not streams:
            raise UnknownBookError
        for stream in streams:
            _measure(stream, most_cells)
    except (struct.error, IndexError) as error:
        raise UnknownBookError from error


def _measure(stream: bytes, most_cells: int) -> None:
    """Read the records from the head, and from each place where it says that a sheet begins.

    Each record is read once, so that any file is read in linear time.
    """
    height = width = 1
    read, places = bytearray(len(stream)), [0]
    while places:
        place = places.pop()
        while place + 4 <= len(stream) and not read[place]:
            read[place] = 1
            kind, length = struct.unpack_from("<HH", stream, place)
            body = stream[place + 4 : place + 4 + length]
            place += 4 + length
            if kind == _BOUND_SHEET:
                places.append(struct.unpack_from("<I", body)[0])
            if kind not in _CELLS or len(body) < 4:
                continue
            row, column = struct.unpack_from("<HH", body)
            if kind == _SEVERAL:
                column = max(column, struct.unpack_from("<H", body, len(body) - 2)[0])
            height, width = max(height, row + 1), max(width, column + 1)
            if height * width > most_cells:
                raise TooFarError(height, width)


class _File:
    """The file system around the stream."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        shift = struct.unpack_from("<H", content, 30)[0]
        if not 7 <= shift <= _LARGEST_SHIFT:
            raise UnknownBookError
        self._size = 1 << shift
        head = struct.unpack_from("<IIIIIIIII", content, 44)
        self._entries, self._cutoff, first_mini = head[1], head[3], head[4]
        listed = [*struct.unpack_from("<109I", content, 76)]
        more = head[6]
        seen = 0
        while more < _END and seen <= len(content) // self._size:
            *rest, more = self._numbers(more)
            listed += rest
            seen += 1
        listed = [sector for sector in listed if sector < _END]
        if len(listed) > len(content) // self._size:
            raise UnknownBookError
        self._next = [n for sector in listed for n in self._numbers(sector)]
        self._mini = [n for sector in self._chain(first_mini) for n in self._numbers(sector)]

    def books(self) -> list[bytes]:
        """Return the streams that a reader may take for the book: the first of each name."""
        entries = b"".join(map(self._sector, self._chain(self._entries)))
        small, found = b"", dict[str, bytes]()
        for place in range(0, len(entries) - _ENTRY + 1, _ENTRY):
            kind = entries[place + 66]
            first, size = struct.unpack_from("<II", entries, place + 116)
            if kind == _ROOT and not small:
                small = b"".join(map(self._sector, self._chain(first)))
            name = entries[place : place + 64].decode("utf-16-le", "replace").partition("\0")[0]
            if kind != _STREAM or name in found or name.lower() not in _BOOKS:
                continue
            if size < self._cutoff:
                row = _followed(first, self._mini)
                parts = (small[n * _MINI_SECTOR : (n + 1) * _MINI_SECTOR] for n in row)
            else:
                parts = (self._sector(n) for n in self._chain(first))
            found[name] = b"".join(parts)
        return [*found.values()]

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        return self._content[start : start + self._size]

    def _numbers(self, sector: int) -> tuple[int, ...]:
        return struct.unpack(f"<{self._size // 4}I", self._sector(sector))

    def _chain(self, first: int) -> Iterator[int]:
        return _followed(first, self._next)


def _followed(first: int, following: list[int]) -> Iterator[int]:
    """Yield a chain of sectors; one that goes round is no chain."""
    for _ in range(len(following) + 1):
        if first >= _END:
            return
        yield first
        first = following[first]
    raise UnknownBookError
