"""Refuse a model file that is not what it says, before anything of it is kept or used.

A file from outside may name other files, ask for more memory than there is, or hold steps that no
detector needs. What can be read without running it is checked first, and written anew, so that
nothing else is in it; then a process of its own, with limits on memory and time, runs it on
pictures, on one of which it must find somebody.
"""

import resource
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from dianliang.integrations.detecting.known_picture import SIZES_PX, walker
from dianliang.integrations.detecting.nanodet import NanoDet, UnableToDetectError
from dianliang.integrations.detecting.onnx_canonical import ForeignModelError, canonical
from dianliang.integrations.detecting.onnx_file import (
    BYTES,
    GRAPH,
    INPUT,
    DamagedModelError,
    Field,
    fields,
)
from dianliang.integrations.detecting.onnx_tensors import (
    ATTRIBUTE,
    FLOAT,
    Tensor,
    nodes,
    number_at,
    outputs,
    tensor_at,
    tensors_of,
    text_of,
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
OPSET, VERSION, TENSOR_OF_ATTRIBUTE = 8, 2, 5
SIZES = ((416, 416), (288, 416))
NEAR_PX = 40
"""How far sides of a found walker may be from the drawn ones; the shipped weights need a third."""
TO_LEARN = "--to-learn"

__all__ = ["ForeignModelError", "inspect", "vetted"]


def vetted(path: Path, *, is_to_learn: bool = False) -> bytes:
    """Return the content of a model file that may be used, written anew.

    A model that is to learn need not find anybody yet.

    Raises:
        ForeignModelError: it is too large, names other files, holds steps that no detector of this
            form needs, finds nobody, or does not run within limits.
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
    content = inspect(content, path.name)
    _tried(content, path.name, [TO_LEARN] if is_to_learn else [])
    return content


def inspect(content: bytes, name: str) -> bytes:
    """Return a model written anew, after checking what can be seen without running it.

    Raises:
        ForeignModelError: it names other files, or holds what no detector of this form needs.
        DamagedModelError: it is no ONNX, or is cut off.
    """
    content = canonical(content, name)
    opsets = _opsets(content)
    steps = nodes(content)
    if not steps or not opsets:
        raise DamagedModelError(f"{name} 不完整或不是 ONNX。")
    if not any(version in OPSETS for version in opsets):
        raise ForeignModelError(f"{name} 的算子版本是 {opsets}，应为 {OPSETS[0]} 到 {OPSETS[-1]}。")
    strange = sorted({one.operation for one in steps if one.domain or one.operation not in STEPS})
    if strange:
        raise ForeignModelError(f"{name} 里有检测模型不需要的步骤：{'、'.join(strange)[:80]}。")
    weights = tensors_of(content)
    made = [one.name for one in weights] + [given for step in steps for given in step.gives]
    for names in (filter(None, made), outputs(content), _inputs(content)):
        _once(names, name)
    held = [*weights, *(one for step in steps for one in _constants(content, step.at))]
    if any(_is_wild(content, one) for one in held):
        raise ForeignModelError(f"{name} 的权重里有不是有限的数，不能用。")
    return content


def _once(names: Iterable[str], name: str) -> None:
    twice = [one for one, times in Counter(names).items() if times > 1]
    if twice:
        raise ForeignModelError(f"{name} 里有重名：{'、'.join(twice)[:80]}，不能用。")


def _inputs(content: bytes) -> list[str]:
    return [
        text_of(content, part)
        for graph in fields(content, 0, len(content))
        if graph.number == GRAPH
        for one in fields(content, graph.begin, graph.end)
        if one.number == INPUT
        for part in fields(content, one.begin, one.end)
        if part.number == 1
    ]


def _constants(content: bytes, step: Field) -> list[Tensor]:
    return [
        tensor_at(content, part)
        for attribute in fields(content, step.begin, step.end)
        if attribute.number == ATTRIBUTE
        for part in fields(content, attribute.begin, attribute.end)
        if part.number == TENSOR_OF_ATTRIBUTE
    ]


def _is_wild(content: bytes, tensor: Tensor) -> bool:
    """Tell whether weights hold what is no finite number, as the runtime may hide it later.

    A single number may be infinite: it bounds nothing.
    """
    raw = content[tensor.begin : tensor.end]
    if tensor.kind != FLOAT or len(raw) % 4:
        return tensor.kind == FLOAT
    values = np.frombuffer(raw, "<f4")
    return bool(np.isnan(values).any() if tensor.shape == () else not np.isfinite(values).all())


def _opsets(content: bytes) -> list[int]:
    """Return the versions of steps that a file is written for."""
    return [
        number_at(content, part)
        for one in fields(content, 0, len(content))
        if one.number == OPSET and one.kind == BYTES
        for part in fields(content, one.begin, one.end)
        if part.number == VERSION
    ]


def _tried(content: bytes, name: str, options: list[str]) -> None:
    """Run a model in a process of its own, with limits."""
    try:
        done = subprocess.run(  # noqa: S603 (our own module, options of our own)
            [sys.executable, "-m", "dianliang.integrations.detecting.vetting", *options],
            input=content,
            capture_output=True,
            timeout=MOST_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ForeignModelError(f"{name} 在 {MOST_S} 秒内跑不完几幅画面。") from error
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
        if TO_LEARN not in sys.argv[1:] and not _finds_somebody(NanoDet(weights=content)):
            raise UnableToDetectError("模型在画着一个人的样图上找不到人，不能用。")
    except DomainError as refusal:
        sys.stdout.write(refusal.message)
        return 1
    return 0


def _finds_somebody(detector: NanoDet) -> bool:
    """Tell whether the surest that is found on a drawn walker is that walker, in some size."""
    for tall_px in SIZES_PX:
        picture, box = walker(tall_px)
        found = detector(picture)
        if len(found) and np.abs(found.boxes[0] - np.array(box)).max() < NEAR_PX:
            return True
    return False


if __name__ == "__main__":
    sys.exit(main())
