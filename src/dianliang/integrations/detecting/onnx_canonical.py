"""Write a model file anew from what was read of it, so that nothing unread is left in it.

Readers of Protocol Buffers differ in what they make of an odd file: one skips what another merges.
Here each message has a table of what it may hold (`onnx.proto3`); anything else, a second value of
what is single, and a wrong kind are refused. What nobody needs (metadata) is left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dianliang.integrations.detecting.onnx_file import (
    BYTES,
    FIXED32,
    FIXED64,
    VARINT,
    DamagedModelError,
    Field,
    fields,
    message,
    number,
    varint,
)
from dianliang.kernel.errors import DomainError

INT, INT32, INTS, FLOAT, FLOATS, DOUBLES, TEXT, TEXTS, RAW, RAWS, LEFT_OUT = (
    *("int", "int32", "ints", "float", "floats", "doubles"),
    *("text", "texts", "raw", "raws", "left out"),
)
KINDS = {
    INT: {VARINT},
    INT32: {VARINT},
    INTS: {VARINT, BYTES},
    FLOAT: {FIXED32},
    FLOATS: {FIXED32, BYTES},
    DOUBLES: {FIXED64, BYTES},
}
SINGLE = frozenset({INT, INT32, FLOAT, TEXT, RAW})
FORM: Mapping[str, Mapping[int, str]] = {
    "Model": {1: INT, 2: TEXT, 3: TEXT, 4: TEXT, 5: INT, 6: TEXT}
    | {7: "Graph", 8: "Opset*", 14: LEFT_OUT},
    "Opset": {1: TEXT, 2: INT},
    "Graph": {1: "Node*", 2: TEXT, 5: "Tensor*", 10: TEXT}
    | {11: "Value*", 12: "Value*", 13: "Value*", 16: LEFT_OUT},
    "Node": {1: TEXTS, 2: TEXTS, 3: TEXT, 4: TEXT, 5: "Attribute*", 6: TEXT, 7: TEXT, 9: LEFT_OUT},
    "Attribute": {1: TEXT, 2: FLOAT, 3: INT, 4: RAW, 5: "Tensor"}
    | {7: FLOATS, 8: INTS, 9: RAWS, 13: TEXT, 20: INT32},
    "Tensor": {1: INTS, 2: INT32, 4: FLOATS, 5: INTS, 7: INTS, 8: TEXT}
    | {9: RAW, 10: DOUBLES, 11: INTS, 12: TEXT, 14: LEFT_OUT, 16: LEFT_OUT},
    "Value": {1: TEXT, 2: "Type", 3: TEXT, 4: LEFT_OUT},
    "Type": {1: "TensorType", 6: TEXT},
    "TensorType": {1: INT32, 2: "Shape"},
    "Shape": {1: "Dimension*"},
    "Dimension": {1: INT, 2: TEXT, 3: TEXT},
}
"""What a message may hold, by number; a name is a message within, `*` marks many."""
NOT_TAKEN = {
    ("Model", 20): "有自定义函数或训练步骤",
    ("Model", 25): "有自定义函数或训练步骤",
    ("Graph", 15): "有稀疏权重",
    ("Tensor", 13): "有权重在别的文件里",
    ("Attribute", 6): "有分支或循环",
    ("Attribute", 11): "有分支或循环",
    ("Attribute", 22): "有稀疏权重",
    ("Attribute", 23): "有稀疏权重",
}


MOST_FIELDS = 100_000
"""The shipped detector has 2329: many tiny ones would take gigabytes to read."""


class ForeignModelError(DomainError):
    """The file is not taken; the message says why."""

    code = "detecting.foreign-model"


def canonical(content: bytes, name: str) -> bytes:
    """Return a model file written anew; one that is written so already comes back as it is.

    Raises:
        ForeignModelError: it holds what no detector of this form needs, too much of it, or
            something twice.
        DamagedModelError: it is no ONNX, or is cut off.
    """
    return _written(_File(content, name), 0, len(content), "Model")


@dataclass(slots=True)
class _File:
    """What is read; `left` is how many fields and packed numbers it may still hold."""

    content: bytes
    name: str
    left: int = MOST_FIELDS

    def spend(self, many: int) -> None:
        self.left -= many
        if self.left < 0:
            words = f"{self.name} 里的项多于 {MOST_FIELDS}，检测模型不需要这么多，不能用。"
            raise ForeignModelError(words)


def _written(file: _File, begin: int, end: int, kind: str) -> bytes:
    form, seen, parts, name = FORM[kind], set[int](), list[bytes](), file.name
    for one in fields(file.content, begin, end):
        file.spend(1)
        wanted = form.get(one.number)
        if wanted is None:
            odd = NOT_TAKEN.get((kind, one.number), f"的 {kind} 有不认识的第 {one.number} 项")
            raise ForeignModelError(f"{name} 里{odd}，不能用。")
        if one.kind not in KINDS.get(wanted, {VARINT, BYTES} if wanted == LEFT_OUT else {BYTES}):
            raise DamagedModelError(f"{name} 的 {kind} 第 {one.number} 项不是它该有的类型。")
        is_single = wanted in SINGLE or (wanted.rstrip("*") in FORM and not wanted.endswith("*"))
        if is_single and one.number in seen:
            raise ForeignModelError(f"{name} 的 {kind} 第 {one.number} 项出现了两次，不能用。")
        seen.add(one.number)
        if wanted != LEFT_OUT:
            parts.append(_field(file, one, wanted))
    return b"".join(parts)


def _field(file: _File, one: Field, wanted: str) -> bytes:
    inner, name = file.content[one.begin : one.end], file.name
    if wanted in (FLOAT, FLOATS):
        _floats(inner, name)
    if one.kind == BYTES:
        if wanted.rstrip("*") in FORM:
            inner = _written(file, one.begin, one.end, wanted.rstrip("*"))
        elif wanted in (TEXT, TEXTS):
            _text(inner, name)
        elif wanted == INTS:
            file.spend(int((np.frombuffer(inner, np.uint8) < 0x80).sum()))
            inner = _packed(inner)
        elif wanted == DOUBLES and len(inner) % 8:
            raise DamagedModelError(f"{name} 不完整或不是 ONNX。")
        return message(one.number, inner)
    if one.kind == VARINT:
        value, _ = varint(inner, 0, len(inner))
        if wanted == INT32 and value >= 1 << 31:
            raise DamagedModelError(f"{name} 里有超出范围的数。")
        inner = number(value)
    return number(one.number << 3 | one.kind) + inner


def _packed(inner: bytes) -> bytes:
    parts, at = [], 0
    while at < len(inner):
        value, at = varint(inner, at, len(inner))
        parts.append(number(value))
    return b"".join(parts)


def _floats(inner: bytes, name: str) -> None:
    if len(inner) % 4:
        raise DamagedModelError(f"{name} 不完整或不是 ONNX。")
    if not np.isfinite(np.frombuffer(inner, "<f4")).all():
        raise ForeignModelError(f"{name} 里有不是有限的数，不能用。")


def _text(inner: bytes, name: str) -> None:
    try:
        inner.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DamagedModelError(f"{name} 里有不是 UTF-8 的名称。") from error
