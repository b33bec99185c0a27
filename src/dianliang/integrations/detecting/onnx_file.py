"""Free the sides of the picture that an ONNX file takes, without the `onnx` package.

ONNX is Protocol Buffers (https://protobuf.dev/programming-guides/encoding): fields with a number
and a kind, messages within messages. Only edits that keep every length are made, so nothing else
in the file moves. Field numbers are those of `onnx.proto3`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from dianliang.kernel.errors import DomainError

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
GRAPH, INPUT = 7, 11
TYPE, TENSOR, SHAPE, DIMENSION = 2, 1, 2, 1
DEEPEST_VARINT = 10
FREE = (b"\x12\x01h", b"\x12\x01w")
"""`dim_param` "h" and "w": as long as `dim_value` of a number from 128 to 16383."""


class DamagedModelError(DomainError):
    """The file is no ONNX, or is cut off."""

    code = "detecting.damaged-model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field: its number and kind, and where its value lies."""

    number: int
    kind: int
    begin: int
    end: int


def varint(content: bytes | bytearray, at: int, end: int) -> tuple[int, int]:
    """Return a number of seven bits a byte, and where the next field begins.

    Raises:
        DamagedModelError: it does not end, or does not fit in 64 bits.
    """
    value = 0
    for n in range(DEEPEST_VARINT):
        if at + n >= end:
            break
        byte = content[at + n]
        value |= (byte & 0x7F) << 7 * n
        if byte < 0x80:
            if value >> 64:
                break
            return value, at + n + 1
    raise DamagedModelError("模型文件不完整或不是 ONNX。")


def fields(content: bytes | bytearray, begin: int, end: int) -> Iterator[Field]:
    """Yield the fields of a message.

    Raises:
        DamagedModelError: a field does not end where it should, or has an impossible number.
    """
    at = begin
    while at < end:
        key, at = varint(content, at, end)
        nth, kind = key >> 3, key & 7
        # Some readers keep 32 bits of a longer key, and so find a field that others skip.
        if key >> 32 or nth == 0:
            raise DamagedModelError("模型文件不完整或不是 ONNX。")
        if kind == VARINT:
            _, after = varint(content, at, end)
            yield Field(number=nth, kind=kind, begin=at, end=after)
        else:
            if kind == BYTES:
                length, at = varint(content, at, end)
            elif kind in (FIXED32, FIXED64):
                length = 4 if kind == FIXED32 else 8
            else:
                raise DamagedModelError("模型文件不完整或不是 ONNX。")
            after = at + length
            if after > end:
                raise DamagedModelError("模型文件不完整或不是 ONNX。")
            yield Field(number=nth, kind=kind, begin=at, end=after)
        at = after


def message(nth: int, inner: bytes) -> bytes:
    """Return a field that holds bytes, as it stands in a file."""
    return number(nth << 3 | BYTES) + number(len(inner)) + inner


def number(value: int) -> bytes:
    """Return a number of seven bits a byte, as short as can be."""
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])


def _inner(content: bytes | bytearray, begin: int, end: int, *path: int) -> Iterator[Field]:
    """Yield the fields that a path of numbers leads to."""
    for one in fields(content, begin, end):
        if one.number == path[0]:
            if len(path) == 1:
                yield one
            elif one.kind == BYTES:
                yield from _inner(content, one.begin, one.end, *path[1:])


def sides_freed(content: bytes) -> bytes:
    """Return a model that takes pictures of any height and width.

    A network of convolutions alone computes the same whatever the size of the picture; files fix it
    nevertheless. A side that cannot be freed without moving the rest is left as it is.

    Raises:
        DamagedModelError: the file is no ONNX, or is cut off.
    """
    changed = bytearray(content)
    found = list(_inner(changed, 0, len(changed), GRAPH, INPUT, TYPE, TENSOR, SHAPE, DIMENSION))
    for side, name in zip(found[2:4], FREE, strict=False):
        if side.end - side.begin == len(name):
            changed[side.begin : side.end] = name
    return bytes(changed)
