"""A detector whose last layer can be learnt: what that layer is fed, and how it is written back.

The last convolutions are 1 × 1, so on each cell of the grid they are a product with one matrix.
Which steps of the file they are is found by going back from its outputs; that reading is believed
only if the product gives what the file itself answers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from dianliang.engines.vision import Picture
from dianliang.integrations.detecting.nanodet import (
    BINS,
    CLASSES,
    PERSON,
    SIDE,
    STRIDE,
    Floats,
    UnableToDetectError,
    letterboxed,
)
from dianliang.integrations.detecting.onnx_file import sides_freed
from dianliang.integrations.detecting.onnx_tensors import (
    Node,
    nodes,
    outputs,
    replaced,
    telling,
    tensors,
    values,
)

ROWS = (PERSON, *range(CLASSES, CLASSES + 4 * BINS))
"""Rows of the last convolution that are learnt: a person's score, and the four distances."""
SAME = 2e-3
"""How far the file's own answers and ours may differ: they add up in another order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Last:
    """A last convolution: what it reads, and the names of its weights."""

    reads: str
    weights: str
    bias: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Look:
    """What the last layer is fed for one picture.

    `features` (cells, channels) and `scores` (cells,) by stride; `size` is height and width of what
    the network was fed, `scale` how many of its pixels one of the picture is.
    """

    features: Mapping[int, Floats]
    scores: Mapping[int, Floats]
    size: tuple[int, int]
    scale: float


class Teachable:
    """A network of the form of ours, opened for learning."""

    def __init__(self, content: bytes) -> None:
        """Open the network.

        Raises:
            UnableToDetectError: its last layer is not where ours is.
            DamagedModelError: the file is no ONNX, or is cut off.
        """
        self._content = content
        last = last_layers(content)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                telling(sides_freed(content), [one.reads for one in last]),
                options,
                providers=["CPUExecutionProvider"],
            )
        except Exception as error:
            raise UnableToDetectError(f"模型打不开：{str(error)[:120]}。") from error
        self._input = self._session.get_inputs()[0].name
        known = tensors(content)
        self._arrays = {
            name: values(content, known[name]) for one in last for name in (one.weights, one.bias)
        }
        self._last = self._by_stride(last)

    @property
    def layers(self) -> dict[int, tuple[Floats, Floats]]:
        """Return weights (45, channels) and bias (45,) by stride: person first, then distances."""
        return {
            stride: (
                self._arrays[one.weights][list(ROWS), :, 0, 0],
                self._arrays[one.bias][list(ROWS)],
            )
            for stride, one in self._last.items()
        }

    def look(self, picture: Picture) -> Look:
        """Return what the last layer is fed for a picture."""
        fed, scale = letterboxed(picture)
        size = (fed.shape[2], fed.shape[3])
        answers = dict(zip(self._names(), self._session.run(None, {self._input: fed}), strict=True))
        features, scores = {}, {}
        for stride, one in self._last.items():
            maps = answers[one.reads][0]
            features[stride] = maps.reshape(len(maps), -1).T.copy()
            weights, bias = self._arrays[one.weights], self._arrays[one.bias]
            logits = features[stride] @ weights[PERSON, :, 0, 0] + bias[PERSON]
            scores[stride] = (1 / (1 + np.exp(-logits))).astype(np.float32)
        return Look(features=features, scores=scores, size=size, scale=scale)

    def written(self, layers: Mapping[int, tuple[Floats, Floats]]) -> bytes:
        """Return the file with other last layers; all other weights stay, byte by byte."""
        changed = {name: array.copy() for name, array in self._arrays.items()}
        for stride, (weights, bias) in layers.items():
            one = self._last[stride]
            changed[one.weights][list(ROWS), :, 0, 0] = weights
            changed[one.bias][list(ROWS)] = bias
        return replaced(self._content, changed)

    def _names(self) -> list[str]:
        return [out.name for out in self._session.get_outputs()]

    def _by_stride(self, last: Sequence[Last]) -> dict[int, Last]:
        """Return the layers by stride, after holding the file's answers against a product."""
        fed = np.random.default_rng(1).normal(size=(1, 3, SIDE, SIDE)).astype(np.float32)
        answers = dict(zip(self._names(), self._session.run(None, {self._input: fed}), strict=True))
        heads: dict[int, dict[int, NDArray[np.float32]]] = {}
        for answer in answers.values():
            if answer.ndim == 3:
                heads.setdefault(answer.shape[1], {})[answer.shape[2]] = answer[0]
        found = {}
        for one in last:
            maps = answers[one.reads][0]
            cells = maps.reshape(len(maps), -1).T
            own = cells @ self._arrays[one.weights][:, :, 0, 0].T + self._arrays[one.bias]
            own[:, :CLASSES] = 1 / (1 + np.exp(-own[:, :CLASSES]))
            theirs = heads.get(len(cells), {})
            told = [theirs[wide] for wide in (CLASSES, 4 * BINS) if wide in theirs]
            if len(told) != 2 or not np.allclose(
                own, np.concatenate(told, axis=1), atol=SAME, rtol=SAME
            ):
                raise UnableToDetectError("模型的最后一层和 NanoDet 不同，不能在这里训练。")
            found[SIDE // maps.shape[1]] = one
        return found


def last_layers(content: bytes) -> list[Last]:
    """Return the last convolutions, each once, by going back from the outputs.

    Raises:
        UnableToDetectError: there are none of the form of ours.
    """
    makes = {name: node for node in nodes(content) for name in node.gives}
    known, found = tensors(content), {}
    for name in outputs(content):
        node: Node | None = makes.get(name)
        for _ in range(2 * STRIDE):
            if node is None or node.operation == "Conv":
                break
            node = makes.get(node.reads[0]) if node.reads else None
        if node is None or node.operation != "Conv" or len(node.reads) != 3:
            raise UnableToDetectError("模型的输出后面找不到最后一层卷积，不能在这里训练。")
        reads, weights, bias = node.reads
        shape = known[weights].shape if weights in known else ()
        if len(shape) != 4 or shape[0] != CLASSES + 4 * BINS or shape[2:] != (1, 1):
            raise UnableToDetectError(f"模型最后一层的形状是 {shape}，不是 NanoDet 的。")
        found[weights] = Last(reads=reads, weights=weights, bias=bias)
    return list(found.values())
