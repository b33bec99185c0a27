"""Refuse a model file that is not what it says, before anything of it is kept or used.

A file from outside may name other files, ask for more memory than there is, or hold steps that no
detector needs. What can be read without running it is checked first; then a process of its own,
with limits on memory and time, runs it on two pictures.
"""

import resource
import subprocess
import sys
from pathlib import Path

import numpy as np

from dianliang.integrations.detecting.nanodet import NanoDet, UnableToDetectError
from dianliang.integrations.detecting.onnx_file import BYTES, GRAPH, DamagedModelError, fields
from dianliang.integrations.detecting.onnx_tensors import (
    ATTRIBUTE,
    nodes,
    number_at,
    tensor_at,
    tensors,
)
from dianliang.kernel.errors import DomainError, InvalidInputError, reason

MOST_BYTES = 64 * 1024 * 1024
MOST_MEMORY, MOST_CPU_S, MOST_S = 4 << 30, 60, 600
OPSETS = range(7, 25)
STEPS = frozenset({
    *("Add", "BatchNormalization", "Clip", "Concat", "Constant", "Conv", "Div", "Flatten"),
    *("GlobalAveragePool", "AveragePool", "HardSigmoid", "HardSwish", "Identity", "LeakyRelu"),
    *("MaxPool", "Mul", "Pad", "Relu", "Reshape", "Resize", "Sigmoid", "Slice", "Split"),
    *("Squeeze", "Transpose", "Unsqueeze"),
})  # fmt: skip
"""What detectors of this form are made of: nothing that branches, loops or fills memory."""
OPSET, FUNCTIONS, TRAINING, SPARSE = 8, 25, 20, 15
VERSION, TENSOR_OF_ATTRIBUTE = 2, 5
SIZES = ((416, 416), (288, 416))


class ForeignModelError(DomainError):
    """The file is not taken; the message says why."""

    code = "detecting.foreign-model"


def vetted(path: Path) -> bytes:
    """Return the content of a model file that may be used.

    Raises:
        ForeignModelError: it is too large, names other files, holds steps that no detector of this
            form needs, or does not run within limits.
        DamagedModelError: it is no ONNX, or is cut off.
        InvalidInputError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise InvalidInputError(f"读不了 {path}：{reason(error)}。") from error
    if len(content) > MOST_BYTES:
        raise ForeignModelError(f"{path.name} 大于 {MOST_BYTES >> 20} MB，不是这种模型。")
    inspect(content, path.name)
    _tried(content, path.name)
    return content


def inspect(content: bytes, name: str) -> None:
    """Check what can be seen without running a model.

    Raises:
        ForeignModelError: it names other files, or holds what no detector of this form needs.
        DamagedModelError: it is no ONNX, or is cut off.
    """
    opsets = _opsets(content, name)
    steps = nodes(content)
    if not steps or not opsets:
        raise DamagedModelError(f"{name} 不完整或不是 ONNX。")
    if not any(version in OPSETS for version in opsets):
        raise ForeignModelError(f"{name} 的算子版本是 {opsets}，应为 {OPSETS[0]} 到 {OPSETS[-1]}。")
    strange = sorted({one.operation for one in steps if one.domain or one.operation not in STEPS})
    if strange:
        raise ForeignModelError(f"{name} 里有检测模型不需要的步骤：{'、'.join(strange)[:80]}。")
    held = list(tensors(content).values())
    for step in steps:
        for attribute in fields(content, step.at.begin, step.at.end):
            if attribute.number == ATTRIBUTE and attribute.kind == BYTES:
                held += [
                    tensor_at(content, part)
                    for part in fields(content, attribute.begin, attribute.end)
                    if part.number == TENSOR_OF_ATTRIBUTE and part.kind == BYTES
                ]
    if any(one.is_elsewhere for one in held):
        raise ForeignModelError(f"{name} 的权重在别的文件里；只收权重都在自己里面的文件。")


def _opsets(content: bytes, name: str) -> list[int]:
    """Return the versions of steps that a file is written for."""
    found = []
    for one in fields(content, 0, len(content)):
        if one.number in (FUNCTIONS, TRAINING):
            raise ForeignModelError(f"{name} 里有自定义函数或训练步骤，不能用。")
        if one.number == OPSET and one.kind == BYTES:
            parts = [part for part in fields(content, one.begin, one.end) if part.number == VERSION]
            found += [number_at(content, part) for part in parts]
        if one.number == GRAPH and one.kind == BYTES:
            inner = {part.number for part in fields(content, one.begin, one.end)}
            if SPARSE in inner:
                raise ForeignModelError(f"{name} 里有稀疏权重，不能用。")
    return found


def _tried(content: bytes, name: str) -> None:
    """Run a model in a process of its own, with limits."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "dianliang.integrations.detecting.vetting"],
            input=content,
            capture_output=True,
            timeout=MOST_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ForeignModelError(f"{name} 在 {MOST_S} 秒内跑不完两幅画面。") from error
    if done.returncode != 0:
        told = done.stdout.decode("utf-8", "replace").strip()[:200]
        raise ForeignModelError(told or f"{name} 一运行就退出（内存或时间超限），不能用。")


def main() -> int:
    """Run the model that comes on standard input; say on standard output what is wrong."""
    content = sys.stdin.buffer.read(MOST_BYTES)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_S, MOST_CPU_S))
    rng = np.random.default_rng(1)
    try:
        detector = NanoDet(weights=content, least_score=0.0)
        for height, width in SIZES:
            picture = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
            if not detector.is_finite_on(picture):
                raise UnableToDetectError("模型答出的数不是有限的，不能用。")
            found = detector(picture)
            if (np.abs(found.scores - 0.5) > 0.5).any():
                raise UnableToDetectError("模型答出的分数不在 0 到 1 之间，不能用。")
    except DomainError as refusal:
        sys.stdout.write(refusal.message)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
