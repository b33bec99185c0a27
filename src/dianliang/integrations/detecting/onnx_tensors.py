"""Read and replace weights in an ONNX file, and let it tell what its last layers are fed.

Without the `onnx` package, as in `onnx_file`: weights are replaced by as many bytes. More outputs
are asked for by appending a second piece of the graph that holds only them; Protocol Buffers merges
pieces of one message (https://protobuf.dev/programming-guides/encoding/#last-one-wins).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dianliang.integrations.detecting.onnx_file import (
    BYTES,
    GRAPH,
    VARINT,
    DamagedModelError,
    Field,
    fields,
    message,
    varint,
)

NODE, INITIALIZER, OUTPUT = 1, 5, 12
DIMS, DATA_TYPE, TENSOR_NAME, RAW, EXTERNAL, LOCATION = 1, 2, 8, 9, 13, 14
FLOAT = 1
NODE_IN, NODE_OUT, OPERATION, ATTRIBUTE, DOMAIN = 1, 2, 4, 5, 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Tensor:
    """Weights in the file: name, shape, kind of number, and where their bytes lie.

    `is_elsewhere` tells that the file only names another one.
    """

    name: str
    shape: tuple[int, ...]
    kind: int
    begin: int
    end: int
    is_elsewhere: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A step of the network: what it does, reads and gives."""

    operation: str
    domain: str
    reads: tuple[str, ...]
    gives: tuple[str, ...]
    at: Field


def tensors(content: bytes) -> dict[str, Tensor]:
    """Return the weights of a network by name.

    Raises:
        DamagedModelError: the file is no ONNX, or is cut off.
    """
    return {one.name: one for one in tensors_of(content)}


def tensors_of(content: bytes) -> list[Tensor]:
    """Return the weights of a network in their order, also where two have one name.

    Raises:
        DamagedModelError: the file is no ONNX, or is cut off.
    """
    return [tensor_at(content, at) for at in _parts(content, INITIALIZER)]


def tensor_at(content: bytes, at: Field) -> Tensor:
    """Return the weights that a field holds."""
    shape: list[int] = []
    name, kind, begin, end, is_elsewhere = "", 0, 0, 0, False
    for one in fields(content, at.begin, at.end):
        if one.number == DIMS:
            shape += _numbers(content, one)
        elif one.number == DATA_TYPE:
            kind = number_at(content, one)
        elif one.number == TENSOR_NAME:
            name = text_of(content, one)
        elif one.number == RAW:
            begin, end = one.begin, one.end
        elif one.number == EXTERNAL or (one.number == LOCATION and any(_numbers(content, one))):
            is_elsewhere = True
    return Tensor(
        name=name, shape=tuple(shape), kind=kind, begin=begin, end=end, is_elsewhere=is_elsewhere
    )


def values(content: bytes, tensor: Tensor) -> NDArray[np.float32]:
    """Return weights as an array.

    Raises:
        DamagedModelError: they are not plain 32-bit numbers, or too few for their shape.
    """
    wanted = 4 * int(np.prod(tensor.shape, dtype=np.int64))
    if tensor.kind != FLOAT or tensor.is_elsewhere or tensor.end - tensor.begin != wanted:
        raise DamagedModelError(f"模型里的权重 {tensor.name} 不是 32 位浮点数，或和形状对不上。")
    raw = np.frombuffer(content, "<f4", count=wanted // 4, offset=tensor.begin)
    return raw.reshape(tensor.shape).astype(np.float32)


def replaced(content: bytes, by_name: Mapping[str, NDArray[np.float32]]) -> bytes:
    """Return the file with other weights of the same shapes; nothing else changes.

    Raises:
        DamagedModelError: the file has no such weights of that shape.
    """
    changed, known = bytearray(content), tensors(content)
    for name, array in by_name.items():
        tensor = known.get(name)
        if tensor is None or tensor.shape != array.shape or values(content, tensor).size == 0:
            raise DamagedModelError(f"模型里没有形状为 {array.shape} 的权重 {name}。")
        changed[tensor.begin : tensor.end] = np.ascontiguousarray(array, "<f4").tobytes()
    return bytes(changed)


def nodes(content: bytes) -> list[Node]:
    """Return the steps of a network in their order.

    Raises:
        DamagedModelError: the file is no ONNX, or is cut off.
    """
    found = []
    for at in _parts(content, NODE):
        by: dict[int, list[str]] = {}
        for one in fields(content, at.begin, at.end):
            if one.number in (NODE_IN, NODE_OUT, OPERATION, DOMAIN):
                by.setdefault(one.number, []).append(text_of(content, one))
        found.append(
            Node(
                operation=(by.get(OPERATION) or [""])[-1],
                domain=(by.get(DOMAIN) or [""])[-1],
                reads=tuple(by.get(NODE_IN, ())),
                gives=tuple(by.get(NODE_OUT, ())),
                at=at,
            )
        )
    return found


def outputs(content: bytes) -> list[str]:
    """Return the names of what a network answers with."""
    return [
        text_of(content, one)
        for at in _parts(content, OUTPUT)
        for one in fields(content, at.begin, at.end)
        if one.number == 1
    ]


def telling(content: bytes, names: Sequence[str]) -> bytes:
    """Return the file so that the network also answers with what has these names."""
    more = b"".join(message(OUTPUT, message(1, name.encode())) for name in names)
    return content + message(GRAPH, more)


def _parts(content: bytes, number: int) -> Iterator[Field]:
    for graph in fields(content, 0, len(content)):
        if graph.number == GRAPH and graph.kind == BYTES:
            for one in fields(content, graph.begin, graph.end):
                if one.number == number and one.kind == BYTES:
                    yield one


def number_at(content: bytes, at: Field) -> int:
    """Return the last whole number of a field; 0 where there is none."""
    return (_numbers(content, at) or [0])[-1]


def _numbers(content: bytes, at: Field) -> list[int]:
    """Return the whole numbers of a field, packed or not."""
    found, place = [], at.begin
    if at.kind not in (VARINT, BYTES):
        raise DamagedModelError("模型文件不完整或不是 ONNX。")
    while place < at.end:
        value, place = varint(content, place, at.end)
        found.append(value)
    return found


def text_of(content: bytes, at: Field) -> str:
    """Return a field as text.

    Raises:
        DamagedModelError: it is no UTF-8.
    """
    try:
        return content[at.begin : at.end].decode("utf-8")
    except UnicodeDecodeError as error:
        raise DamagedModelError("模型里有不是 UTF-8 的名称。") from error
