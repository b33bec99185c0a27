"""Teach the detector's last layer an operator's own labelled pictures, and judge it honestly.

Whole recordings are set aside to judge by (`engines.fitting`). A picture is seen whole and cut out
at several sizes, as the watch cuts out zones. Labelled films tell whether alarms became better.
What was learnt is written into a copy of the file, opened again as the watch opens it, and held
against the same numbers computed here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import cv2
import numpy as np

from dianliang.engines.fitting import (
    Alarms,
    FitRules,
    Fitted,
    Floats,
    Head,
    Judgement,
    Labels,
    Layer,
    Parts,
    Seen,
    View,
    cells_of,
    divided,
    enough,
    fit,
    judged,
)
from dianliang.engines.vision import Detector, Picture
from dianliang.flows.lineguard.comparing import (
    Films,
    compared_alarms,
    refuse_learnt,
    refuse_unreadable,
)
from dianliang.integrations.detecting import NanoDet, UnableToDetectError
from dianliang.integrations.detecting.labelled import Labelled, labelled, picture_of
from dianliang.integrations.detecting.teachable import Teachable

LEAST_SCORE = 0.05
TALL_PX = (18.0, 180.0)
"""How tall a person is in what the network is fed when a cut-out is made around it."""
FED_PX = 416
BLOCKS_A_CLIP = 10
"""Into so many stretches of time a recording is cut for the interval, at most."""
LEAST_OF_A_BLOCK = 5
VISIBLE = 0.5
SAME = 1e-2
"""How far scores of the written file may be from those computed here."""
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What to learn from: `views` is how many cut-outs a picture gives beside the whole.

    By `films` alarms are judged; without them nothing better can be said than of boxes.
    """

    pictures: Path
    labels: Path
    judge_by: tuple[str, ...] = ()
    films: Films | None = None
    views: int = 2
    rules: FitRules = field(default_factory=FitRules)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trained:
    """A new model, what it learnt from and how it does on recordings that had no part in it."""

    content: bytes
    fitted: Fitted
    judgement: Judgement
    alarms: Alarms | None
    parts: Parts
    pictures: Mapping[str, int]
    persons: Mapping[str, int]
    labels_digest: str


def trained(wish: Wish, *, base: bytes, say: Say) -> Trained:
    """Teach `base`, the content of a model file, and judge what came of it.

    Raises:
        InvalidInputError: labels, pictures or films cannot be; files and rows are named.
        UnableToFitError: there are too few recordings, persons or stretches of time.
        UnableToDetectError: the model's last layer cannot be learnt, or what was written differs
            from what was learnt.
    """
    rows = labelled(wish.pictures, wish.labels)
    persons = counted(rows, lambda one: len(one.boxes))
    parts = divided(persons, judge_by=wish.judge_by)
    if wish.films is not None:
        refuse_learnt(wish.films, parts, pictures=wish.pictures)
        refuse_unreadable(wish.films)
    judge = [one for one in rows if one.clip in parts.judge]
    enough(blocks(judge))
    teachable = Teachable(base)
    rng = np.random.default_rng(wish.rules.seed)
    learn, stop = (
        _views(teachable, [one for one in rows if one.clip in part], wish.views, rng, flips=flips)
        for part, flips in ((parts.learn, wish.views > 0), (parts.stop, False))
    )
    say(f"训练 {len(learn)} 幅、验证 {len(stop)} 幅（整幅和截取），正在学最后一层……")
    head: Head = {
        stride: Layer(weights=weights, bias=bias)
        for stride, (weights, bias) in teachable.layers.items()
    }
    fitted = fit(head, learn, stop, rules=wish.rules)
    content = teachable.written({s: (one.weights, one.bias) for s, one in fitted.head.items()})
    check(content, fitted.head, teachable, picture_of(judge[0].path))
    say(f"验证损失 {fitted.before:.3f} → {fitted.after:.3f}（第 {fitted.steps} 步），正在评判……")
    return Trained(
        content=content,
        fitted=fitted,
        judgement=judgement(judge, base, content),
        alarms=_alarms(wish.films, base, content),
        parts=parts,
        pictures=counted(rows, lambda _: 1),
        persons=persons,
        labels_digest=digest_of(wish.labels),
    )


def judgement(rows: Sequence[Labelled], base: bytes, content: bytes) -> Judgement:
    """Compare two models on labelled pictures.

    Raises:
        UnableToDetectError: one cannot be opened.
    """
    before, after = (
        seen(rows, NanoDet(weights=one, least_score=LEAST_SCORE)) for one in (base, content)
    )
    return judged(before, after)


def _alarms(films: Films | None, base: bytes, content: bytes) -> Alarms | None:
    if films is None:
        return None
    before, after = (NanoDet(weights=one) for one in (base, content))
    return compared_alarms(films, before=before, after=after)


def seen(rows: Sequence[Labelled], detector: Detector) -> list[Seen]:
    """Return what a detector finds on labelled pictures, with the stretch of time of each."""
    found = []
    for one, block in zip(rows, blocks(rows), strict=True):
        persons = detector(picture_of(one.path))
        found.append(
            Seen(
                block=block,
                boxes=one.boxes,
                unsure=one.unsure,
                found=persons.boxes,
                scores=persons.scores,
            )
        )
    return found


def blocks(rows: Sequence[Labelled]) -> list[str]:
    """Return of which stretch of time each picture is: some pictures of a recording in a row."""
    of_clip, place = counted(rows, lambda _: 1), dict[str, int]()
    found = []
    for one in rows:
        n = place[one.clip] = place.get(one.clip, -1) + 1
        long = max(LEAST_OF_A_BLOCK, -(-of_clip[one.clip] // BLOCKS_A_CLIP))
        found.append(f"{one.clip} {n // long:03d}")
    return found


def check(content: bytes, head: Head, before: Teachable, picture: Picture) -> None:
    """Hold a written file against what was learnt, on one picture.

    Raises:
        UnableToDetectError: shapes or numbers differ, or some are not finite.
    """
    NanoDet(weights=content)(picture)
    told, fed = Teachable(content).look(picture), before.look(picture)
    for stride, layer in head.items():
        logits = fed.features[stride] @ layer.weights[0] + layer.bias[0]
        own = 1 / (1 + np.exp(-logits))
        if not np.isfinite(own).all() or np.abs(own - told.scores[stride]).max() > SAME:
            raise UnableToDetectError("写出的模型和学到的数不一致，没有保存。请报告这个错误。")


def digest_of(labels: Path) -> str:
    """Return the SHA-256 of a label file, or of all texts of a folder in their order."""
    files = sorted(labels.rglob("*.txt")) if labels.is_dir() else [labels]
    whole = sha256()
    for path in files:
        whole.update(path.read_bytes())
    return whole.hexdigest()


def counted(rows: Sequence[Labelled], of: Callable[[Labelled], int]) -> dict[str, int]:
    """Return a sum for each recording, in the order of the rows."""
    found: dict[str, int] = {}
    for one in rows:
        found[one.clip] = found.get(one.clip, 0) + of(one)
    return found


def _views(
    teachable: Teachable,
    rows: Sequence[Labelled],
    cuts: int,
    rng: np.random.Generator,
    *,
    flips: bool,
) -> list[View]:
    found: list[View] = []
    for one in rows:
        whole = picture_of(one.path)
        for n in range(1 + cuts):
            picture, boxes, unsure = (
                (whole, one.boxes, one.unsure) if n == 0 else cut_out(whole, one, rng)
            )
            if flips and rng.random() < 0.5:
                picture, boxes, unsure = flipped(picture, boxes, unsure)
            look = teachable.look(picture)
            labels = Labels(boxes=boxes * look.scale, unsure=unsure * look.scale)
            found.append(
                cells_of(look.features, look.scores, labels=labels, size=look.size, rng=rng)
            )
    return found


def cut_out(
    picture: Picture, one: Labelled, rng: np.random.Generator
) -> tuple[Picture, Floats, Floats]:
    """Return a part of a picture around one of its persons, whose size is drawn, in other light.

    Whoever is cut in half is unsure.
    """
    height, width = picture.shape[:2]
    x, y, tall = width / 2, height / 2, height / 8.0
    if len(one.boxes):
        box = one.boxes[rng.integers(len(one.boxes))]
        x, y, tall = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2, float(box[3] - box[1])
    wanted = np.exp(rng.uniform(*np.log(TALL_PX)))
    side = int(np.clip(FED_PX * tall / wanted, 32, max(height, width)))
    left = int(np.clip(x - side * rng.uniform(0.2, 0.8), 0, max(0, width - side)))
    top = int(np.clip(y - side * rng.uniform(0.2, 0.8), 0, max(0, height - side)))
    part = picture[top : top + side, left : left + side]
    limits = np.array([part.shape[1], part.shape[0]] * 2, dtype=np.float32)
    both = np.concatenate([one.boxes, one.unsure]) - np.array([left, top] * 2, dtype=np.float32)
    inner = np.clip(both, 0, limits)
    share = _area(inner) / np.maximum(_area(both), 1e-6)
    is_sure = (share >= VISIBLE) & (np.arange(len(both)) < len(one.boxes))
    lit = cv2.convertScaleAbs(part, alpha=rng.uniform(0.6, 1.3), beta=rng.uniform(-15, 15))
    return np.asarray(lit, np.uint8), inner[is_sure], inner[~is_sure & (share > 0)]


def flipped(picture: Picture, boxes: Floats, unsure: Floats) -> tuple[Picture, Floats, Floats]:
    """Return a picture and its boxes as in a mirror."""
    wide = picture.shape[1]
    turned = [
        np.stack([wide - one[:, 2], one[:, 1], wide - one[:, 0], one[:, 3]], axis=1)
        for one in (boxes, unsure)
    ]
    return np.ascontiguousarray(picture[:, ::-1]), turned[0], turned[1]


def _area(boxes: Floats) -> Floats:
    return np.asarray((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]), np.float32)
