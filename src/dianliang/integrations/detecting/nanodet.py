"""NanoDet-m 416 through ONNX Runtime on one thread of the processor.

What it is fed decides how good it is: letterboxed (not stretched), blue-green-red, mean and
spread of its training, distances to the four sides as the expectation over eleven bins
(generalised focal loss, Li et al. 2020). Figures, licence and provenance: `model-card.md`.
"""

from pathlib import Path

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from dianliang.engines.vision import NOBODY, Detections, Picture
from dianliang.integrations.detecting.light import lightened
from dianliang.integrations.detecting.onnx_file import sides_freed
from dianliang.kernel.errors import DomainError

WEIGHTS = Path(__file__).with_name("nanodet.onnx")
SIDE = 416
SWIFT_SIDE = 352
"""A swift look: a quarter less to compute; persons of 80 pixels on 768 are found as well."""
BINS = 11
CLASSES = 80
PERSON = 0
MEAN = np.array([103.53, 116.28, 123.675], dtype=np.float32)
SPREAD = np.array([57.375, 57.12, 58.395], dtype=np.float32)
EMPTY = (-MEAN / SPREAD).reshape(1, 3, 1, 1)
"""Black, as the network sees it."""
STRIDE = 32
"""The coarsest grid of the network: sides are multiples of it."""
SAME_PERSON = 0.6
"""Intersection over union from which two boxes are one person."""
Floats = NDArray[np.float32]


class UnableToDetectError(DomainError):
    """The weights cannot be used; the message says why."""

    code = "detecting.unable"


class NanoDet:
    """Find persons; about 20 ms of one core a picture, whatever its size."""

    def __init__(self, *, weights: Path | bytes = WEIGHTS, least_score: float = 0.15) -> None:
        """Load the weights; the operator's own in the same form may be named, or handed in.

        Raises:
            UnableToDetectError: there is no such file, or it is no model of this form.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # Threads that wait by spinning would take the core from the next camera.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        name = weights.name if isinstance(weights, Path) else "（内存中）"
        try:
            content = weights.read_bytes() if isinstance(weights, Path) else weights
            self._session = onnxruntime.InferenceSession(
                sides_freed(content), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            words = f"模型 {name} 打不开：{str(error)[:120]}。请换一个 ONNX 文件。"
            raise UnableToDetectError(words) from error
        self._input = self._session.get_inputs()[0].name
        self._least = least_score
        self._check(name)

    def __call__(self, picture: Picture) -> Detections:
        """Return the persons on a picture, in its own pixels, the surest first."""
        return self._found(picture, SIDE)

    def swift(self, picture: Picture) -> Detections:
        """Return the same at a quarter less cost; the smallest persons may be left out."""
        return self._found(picture, SWIFT_SIDE)

    def _found(self, picture: Picture, side: int) -> Detections:
        if not picture.size:
            return NOBODY
        fed, scale = letterboxed(lightened(picture), side=side)
        heads = self._heads(fed)
        parts = [self._decoded(*heads[cells], fed.shape[2:]) for cells in sorted(heads)]
        boxes = np.concatenate([boxes for boxes, _ in parts]) / scale
        scores = np.concatenate([scores for _, scores in parts])
        limits = np.array([picture.shape[1], picture.shape[0]] * 2, dtype=np.float32)
        return once(np.clip(boxes, 0, limits), scores)

    def is_finite_on(self, picture: Picture) -> bool:
        """Tell whether all that the network answers for a picture are finite numbers."""
        heads = self._heads(letterboxed(picture)[0]).values()
        return all(np.isfinite(part).all() for parts in heads for part in parts)

    def _heads(self, fed: Floats) -> dict[int, tuple[Floats, Floats]]:
        """Return scores and distances by number of cells."""
        found: dict[int, dict[int, Floats]] = {}
        for out in self._session.run(None, {self._input: fed}):
            found.setdefault(out.shape[1], {})[out.shape[2]] = out[0]
        return {cells: (by[CLASSES], by[4 * BINS]) for cells, by in found.items()}

    def _decoded(
        self, scores: Floats, bins: Floats, size: tuple[int, ...]
    ) -> tuple[Floats, Floats]:
        """Return boxes in pixels of the letterboxed picture, and their scores."""
        stride = round((size[0] * size[1] / len(scores)) ** 0.5)
        across = size[1] // stride
        persons = scores[:, PERSON]
        cells = np.flatnonzero(persons >= self._least)
        raw = bins[cells].reshape(-1, 4, BINS)
        shares = np.exp(raw - raw.max(axis=2, keepdims=True))
        shares /= shares.sum(axis=2, keepdims=True)
        away = (shares @ np.arange(BINS, dtype=np.float32)) * stride
        x, y = (cells % across + 0.5) * stride, (cells // across + 0.5) * stride
        boxes = np.stack([x - away[:, 0], y - away[:, 1], x + away[:, 2], y + away[:, 3]], axis=1)
        return boxes.astype(np.float32), persons[cells]

    def _check(self, name: str) -> None:
        given = self._session.get_inputs()[0].shape
        last = sorted(
            int(out.shape[2]) for out in self._session.get_outputs() if len(out.shape) == 3
        )
        if given not in ([1, 3, "h", "w"], [1, 3, SIDE, SIDE]) or set(last) != {CLASSES, 4 * BINS}:
            raise UnableToDetectError(
                f"模型 {name} 不是 NanoDet {SIDE}：输入 {given}，输出末维 {last}。"
            )


def letterboxed(picture: Picture, *, side: int = SIDE) -> tuple[Floats, float]:
    """Return a picture as the network wants it, (1, 3, h, w), and how it was scaled.

    The longer side becomes `side`; the shorter one is filled up to whole strides only, as what is
    empty costs as much as what is full.
    """
    height, width = picture.shape[:2]
    scale = min(side / height, side / width)
    rows, columns = max(1, round(height * scale)), max(1, round(width * scale))
    shrunk = cv2.resize(picture, (columns, rows), interpolation=cv2.INTER_LINEAR)
    fed = np.empty((1, 3, *(-(-one // STRIDE) * STRIDE for one in (rows, columns))), np.float32)
    fed[:] = EMPTY
    for plane in range(3):
        cv2.scaleAdd(
            shrunk[..., plane].astype(np.float32),
            float(1 / SPREAD[plane]),
            np.full((rows, columns), EMPTY[0, plane, 0, 0], np.float32),
            fed[0, plane, :rows, :columns],
        )
    return fed, scale


def once(boxes: Floats, scores: Floats) -> Detections:
    """Keep the surest of boxes that show the same person."""
    if not len(scores):
        return NOBODY
    sides = np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1)
    kept = np.asarray(
        cv2.dnn.NMSBoxes(sides.tolist(), scores.tolist(), 0.0, SAME_PERSON), dtype=np.intp
    ).reshape(-1)
    return Detections(boxes=boxes[kept], scores=scores[kept])
