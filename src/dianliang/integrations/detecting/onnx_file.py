"""Read and change the few parts of an ONNX file that we must, without the `onnx` package.

ONNX is Protocol Buffers (https://protobuf.dev/programming-guides/encoding): fields with a number
and a kind, messages within messages. Only edits that keep every length are made, so nothing else
in the file moves. Field numbers are those of `onnx.proto3`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dianliang.kernel.errors import DomainError

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
GRAPH, INITIALIZER, INPUT = 7, 5, 11
TYPE, TENSOR, SHAPE, DIMENSION = 2, 1, 2, 1
NAME_OF_INPUT, NAME_OF_WEIGHTS, DIMS, KIND, RAW = 1, 8, 1, 2, 9
FLOAT = 1
DEEPEST_VARINT = 10
FREE = (b"\x12\x01h", b"\x12\x01w")
"""`dim_param` "h" and "w": as long as `dim_value` of a number from 128 to 16383."""


class DamagedModelError(DomainError):
    """The file is no ONNX, or is cut off."""

    code = "detecting.damaged-model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field: its number and kind, and where its value lies; `number` is what a varint says."""

    number: int
    kind: int
    begin: int
    end: int
    value: int = 0


def _varint(content: bytes | bytearray, at: int, end: int) -> tuple[int, int]:
    value = 0
    for n in range(DEEPEST_VARINT):
        if at + n >= end:
            break
        byte = content[at + n]
        value |= (byte & 0x7F) << 7 * n
        if byte < 0x80:
            return value, at + n + 1
    raise DamagedModelError("模型文件不完整或不是 ONNX。")


def fields(content: bytes | bytearray, begin: int, end: int) -> Iterator[Field]:
    """Yield the fields of a message.

    Raises:
        DamagedModelError: a field does not end where it should.
    """
    at = begin
    while at < end:
        key, at = _varint(content, at, end)
        number, kind = key >> 3, key & 7
        if kind == VARINT:
            value, after = _varint(content, at, end)
            yield Field(number=number, kind=kind, begin=at, end=after, value=value)
        else:
            if kind == BYTES:
                length, at = _varint(content, at, end)
            elif kind in (FIXED32, FIXED64):
                length = 4 if kind == FIXED32 else 8
            else:
                raise DamagedModelError("模型文件不完整或不是 ONNX。")
            after = at + length
            if after > end:
                raise DamagedModelError("模型文件不完整或不是 ONNX。")
            yield Field(number=number, kind=kind, begin=at, end=after)
        at = after


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Numbers of a model: their name, their shape and where they lie in the file."""

    name: str
    shape: tuple[int, ...]
    begin: int
    end: int


def weights(content: bytes) -> dict[str, Weights]:
    """Return where a model's numbers of single precision lie, by name.

    Raises:
        DamagedModelError: the file is no ONNX, or is cut off.
    """
    found: dict[str, Weights] = {}
    for tensor in _inner(content, 0, len(content), GRAPH, INITIALIZER):
        name, shape, kind, raw = "", [], 0, None
        for one in fields(content, tensor.begin, tensor.end):
            if one.number == NAME_OF_WEIGHTS:
                name = content[one.begin : one.end].decode("utf-8", "replace")
            elif one.number == DIMS:
                shape += _dims(content, one)
            elif one.number == KIND:
                kind = one.value
            elif one.number == RAW:
                raw = one
        if kind == FLOAT and raw is not None and 4 * int(np.prod(shape)) == raw.end - raw.begin:
            found[name] = Weights(name=name, shape=tuple(shape), begin=raw.begin, end=raw.end)
    return found


def _dims(content: bytes, field: Field) -> list[int]:
    """Return one number, or several that were packed."""
    if field.kind == VARINT:
        return [field.value]
    found, at = [], field.begin
    while at < field.end:
        value, at = _varint(content, at, field.end)
        found.append(value)
    return found


def read(content: bytes, where: Weights) -> NDArray[np.float32]:
    """Return numbers of a model."""
    return np.frombuffer(content[where.begin : where.end], "<f4").reshape(where.shape).copy()


def replaced(content: bytes, where: Weights, numbers: NDArray[np.float32]) -> bytes:
    """Return the model with other numbers of the same shape in one place.

    Raises:
        DamagedModelError: the shape is another.
    """
    if numbers.shape != where.shape:
        raise DamagedModelError(f"{where.name} 的形状应是 {where.shape}。")
    raw = np.ascontiguousarray(numbers, "<f4").tobytes()
    return content[: where.begin] + raw + content[where.end :]
