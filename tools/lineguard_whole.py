"""Teach the whole detector an operator's own labelled pictures, on a GPU.

    python tools/lineguard_whole.py --pictures DIR --labels FILE --out model.onnx

Needs PyTorch and `onnx` (`pip install torch onnx`, in an environment of its own); the last layer
alone needs neither (`dianliang lineguard train`). Parts, labels, losses and
judgement are those of that command. The file is not exported anew: its graph is run in PyTorch,
and what was learnt goes back into the same places of a copy, so the watch reads it unchanged.
Normalisation is already folded into the convolutions of the file, so there is none to freeze.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn
from torch.nn import functional

from dianliang.engines.fitting import BINS, FitRules, Fitted, Labels, divided, owners
from dianliang.flows.lineguard.training import (
    Trained,
    Wish,
    counted,
    cut_out,
    digest_of,
    flipped,
    judgement,
    picture_of,
)
from dianliang.integrations.detecting.labelled import Labelled, labelled
from dianliang.integrations.detecting.nanodet import CLASSES, EMPTY, SIDE, WEIGHTS, letterboxed
from dianliang.integrations.detecting.onnx_tensors import replaced
from dianliang.integrations.detecting.teachable import last_layers

STRIDES = (8, 16, 32)
MOST_PERSONS = 64
CELLS = sum((SIDE // stride) ** 2 for stride in STRIDES)
AVERAGED = 0.99
"""Weights are judged as their moving average over about a hundred steps."""
TINY = 1e-7


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How the network is taught."""

    steps: int = 800
    batch: int = 32
    rate: float = 2e-4
    look_every: int = 50
    patience: int = 6
    workers: int = 8
    is_augmented: bool = True
    seed: int = 1


class Network(nn.Module):
    """The steps of the file up to its last convolutions, with its weights as parameters."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        graph = onnx.load_from_string(content).graph
        arrays = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
        ends = {one.weights for one in last_layers(content)}
        self.steps = [
            node
            for node in graph.node
            if node.op_type not in {"Sigmoid", "Reshape", "Transpose", "Split"}
            or not self._is_after(node, graph, ends)
        ]
        self.input = graph.input[0].name
        learnt = {name for node in graph.node if node.op_type == "Conv" for name in node.input[1:]}
        self.names = {name: f"w{n}" for n, name in enumerate(sorted(learnt))}
        for name, own in self.names.items():
            self.register_parameter(own, nn.Parameter(torch.from_numpy(arrays[name].copy())))
        self.fixed = {name: value for name, value in arrays.items() if name not in learnt}
        self.ends = [next(n.output[0] for n in graph.node if w in n.input) for w in ends]

    @staticmethod
    def _is_after(node: onnx.NodeProto, graph: onnx.GraphProto, ends: set[str]) -> bool:
        makes = {name: one for one in graph.node for name in one.output}
        while node.op_type != "Conv":
            node = makes.get(node.input[0])
            if node is None:
                return False
        return node.input[1] in ends

    def weights(self) -> dict[str, np.ndarray]:
        """Return what was learnt, by the names of the file."""
        return {
            name: getattr(self, own).detach().cpu().numpy().copy()
            for name, own in self.names.items()
        }

    def forward(self, fed: torch.Tensor) -> torch.Tensor:
        """Return logits (n, cells, 124), the finest grid first."""
        known: dict[str, torch.Tensor] = {self.input: fed}
        for node in self.steps:
            told = self._step(node, known)
            known.update(zip(node.output, told, strict=True))
        maps = sorted((known[name] for name in self.ends), key=lambda one: -one.shape[2])
        return torch.cat([one.flatten(2).transpose(1, 2) for one in maps], dim=1)

    def _step(  # noqa: PLR0911 (one answer for each kind of step)
        self, node: onnx.NodeProto, known: dict[str, torch.Tensor]
    ) -> list[torch.Tensor]:
        told = {one.name: onnx.helper.get_attribute_value(one) for one in node.attribute}
        first = known[node.input[0]]
        kind = node.op_type
        if kind == "Conv":
            weights, bias = (getattr(self, self.names[name]) for name in node.input[1:])
            first = functional.pad(first, _sides(told.get("pads", [0] * 4)))
            return [
                functional.conv2d(
                    first, weights, bias, told["strides"], 0, told["dilations"], told["group"]
                )
            ]
        if kind == "Pad":
            pads = self.fixed[node.input[1]].tolist()
            return [functional.pad(first, (pads[3], pads[7], pads[2], pads[6]))]
        if kind == "LeakyRelu":
            return [functional.leaky_relu(first, told["alpha"])]
        if kind == "Concat":
            return [torch.cat([known[name] for name in node.input], dim=told["axis"])]
        if kind == "Add":
            return [first + known[node.input[1]]]
        if kind == "MaxPool":
            first = functional.pad(first, _sides(told.get("pads", [0] * 4)), value=-torch.inf)
            return [functional.max_pool2d(first, told["kernel_shape"], told["strides"])]
        if kind == "Resize":
            scale = float(self.fixed[node.input[2]][2])
            return [
                functional.interpolate(
                    first, scale_factor=scale, mode="bilinear", align_corners=False
                )
            ]
        if kind == "Split":
            return list(torch.split(first, self.fixed[node.input[1]].tolist(), dim=told["axis"]))
        raise SystemExit(f"a step {kind} cannot be taught here")


def _sides(pads: list[int]) -> tuple[int, int, int, int]:
    return pads[1], pads[3], pads[0], pads[2]


class Views(torch.utils.data.Dataset):
    """Views of labelled pictures: drawn anew each time, or whole and one fixed cut-out each."""

    def __init__(self, rows: list[Labelled], length: int, *, seed: int, is_augmented: bool) -> None:
        self.rows, self.length, self.seed, self.is_augmented = rows, length, seed, is_augmented
        self.pictures = [picture_of(one.path) for one in rows]

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return what is fed (3, 416, 416), whose each cell is (cells,), and boxes (64, 4)."""
        cv2.setNumThreads(1)
        rng = np.random.default_rng([self.seed, n])
        at = int(rng.integers(len(self.rows)))
        one, picture = self.rows[at], self.pictures[at]
        boxes, unsure = one.boxes, one.unsure
        if self.is_augmented and rng.random() < 2 / 3:
            picture, boxes, unsure = cut_out(picture, one, rng)
        if self.is_augmented and rng.random() < 0.5:
            picture, boxes, unsure = flipped(picture, boxes, unsure)
        fed, scale = letterboxed(picture)
        whole = np.broadcast_to(EMPTY[0], (3, SIDE, SIDE)).astype(np.float32)
        whole[:, : fed.shape[2], : fed.shape[3]] = fed[0]
        boxes = boxes[:MOST_PERSONS] * scale
        labels = Labels(boxes=boxes, unsure=unsure * scale)
        padded = np.zeros((MOST_PERSONS, 4), np.float32)
        padded[: len(boxes)] = boxes
        return whole, np.concatenate(owners(labels, (SIDE, SIDE), STRIDES)), padded


def loss_of(logits: torch.Tensor, whose: torch.Tensor, boxes: torch.Tensor) -> torch.Tensor:
    """Return the loss a person: the same three as `engines.fitting`, with slopes by PyTorch."""
    at, stride = _grid(logits.device)
    picture, cell = torch.nonzero(whose >= 0, as_tuple=True)
    person = logits[:, :, 0]
    quality = torch.zeros_like(person)
    many = max(1, len(cell))
    total = person.new_zeros(())
    if len(cell):
        raw = logits[picture, cell, CLASSES:].reshape(-1, 4, BINS)
        away = raw.softmax(2) @ torch.arange(BINS, dtype=raw.dtype, device=raw.device)
        box = boxes[picture, whose[picture, cell]]
        middle, size = at[cell], stride[cell, None]
        wanted = torch.cat([middle - box[:, :2], box[:, 2:] - middle], 1) / size
        wanted = wanted.clamp(0, BINS - 1.01)
        plain, general = _overlaps(away, wanted)
        quality[picture, cell] = plain.detach()
        weight = person[picture, cell].detach().sigmoid().clamp(min=0.05)
        low = wanted.long()
        share = wanted - low
        surprise = (
            functional.cross_entropy(raw.reshape(-1, BINS), low.flatten(), reduction="none")
            * (1 - share.flatten())
            + functional.cross_entropy(raw.reshape(-1, BINS), low.flatten() + 1, reduction="none")
            * share.flatten()
        )
        total = total + 2.0 * ((1 - general) * weight).sum()
        total = total + 0.25 * (surprise.reshape(-1, 4).mean(1) * weight).sum()
    off = (person.sigmoid() - quality).abs() ** 2
    scored = off * functional.binary_cross_entropy_with_logits(person, quality, reduction="none")
    return (total + scored[whose != -2].sum()) / many


def _grid(device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    at, strides = [], []
    for stride in STRIDES:
        line = (torch.arange(SIDE // stride, device=device) + 0.5) * stride
        y, x = torch.meshgrid(line, line, indexing="ij")
        at.append(torch.stack([x.flatten(), y.flatten()], 1))
        strides.append(torch.full((len(at[-1]),), float(stride), device=device))
    return torch.cat(at), torch.cat(strides)


def _overlaps(away: torch.Tensor, wanted: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    def area(one: torch.Tensor) -> torch.Tensor:
        return (one[:, :2] + one[:, 2:]).prod(1).clamp(min=TINY)

    shared, around = area(torch.minimum(away, wanted)), area(torch.maximum(away, wanted))
    union = area(away) + area(wanted) - shared
    return shared / union, shared / union - 1 + union / around


def batches(views: Views, rules: Rules, device: str) -> Iterator[list[torch.Tensor]]:
    """Yield what is fed, whose each cell is, and boxes."""
    loader = torch.utils.data.DataLoader(
        views, rules.batch, num_workers=rules.workers, drop_last=False
    )
    for batch in loader:
        yield [one.to(device, non_blocking=True) for one in batch]


def taught(
    content: bytes, learn: list[Labelled], stop: list[Labelled], rules: Rules, device: str
) -> tuple[bytes, Fitted]:
    """Return the file with what was learnt, as it was when the validation part liked it best."""
    torch.manual_seed(rules.seed)
    network = Network(content).to(device)
    mean = torch.optim.swa_utils.AveragedModel(
        network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(AVERAGED)
    )
    held = Views(stop, 4 * rules.batch, seed=0, is_augmented=True)
    check = list(batches(held, rules, device))

    def look(model: nn.Module) -> float:
        with torch.no_grad():
            return float(
                np.mean([float(loss_of(model(fed), whose, boxes)) for fed, whose, boxes in check])
            )

    adam = torch.optim.AdamW(network.parameters(), lr=rules.rate, weight_decay=0.0)
    losses = [look(network)]
    best, kept, at = losses[0], network.weights(), 0
    views = Views(
        learn, rules.steps * rules.batch, seed=rules.seed, is_augmented=rules.is_augmented
    )
    for step, (fed, whose, boxes) in enumerate(batches(views, rules, device), 1):
        for group in adam.param_groups:
            group["lr"] = (
                rules.rate * min(1, step / 50) * 0.5 * (1 + np.cos(np.pi * step / rules.steps))
            )
        loss = loss_of(network(fed), whose, boxes)
        adam.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 10.0)
        adam.step()
        mean.update_parameters(network)
        if step % rules.look_every and step != rules.steps:
            continue
        losses.append(look(mean))
        print(f"step {step}: learning {loss.item():.3f}, validation {losses[-1]:.3f}", flush=True)
        if losses[-1] < best:
            best, kept, at = losses[-1], mean.module.weights(), step
        if step - at >= rules.patience * rules.look_every:
            break
    fitted = Fitted(head={}, steps=at, before=losses[0], after=best, losses=tuple(losses))
    return replaced(content, kept), fitted


def agree(content: bytes) -> float:
    """Return how far PyTorch's answers are from the runtime's, at most."""
    from dianliang.integrations.detecting.teachable import Teachable

    picture = np.random.default_rng(1).integers(0, 255, (SIDE, SIDE, 3), dtype=np.uint8)
    fed, _ = letterboxed(picture)
    with torch.no_grad():
        own = Network(content)(torch.from_numpy(fed))[0, :, 0].sigmoid().numpy()
    theirs = Teachable(content).look(picture).scores
    return float(np.abs(own - np.concatenate([theirs[stride] for stride in STRIDES])).max())


def main() -> None:
    """Teach, write the model, print the judgement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=Path, required=True)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--base", type=Path, default=WEIGHTS)
    parser.add_argument("--judge-by", nargs="*", default=[], help="recordings to judge by")
    parser.add_argument("--steps", type=int, default=Rules().steps)
    parser.add_argument("--batch", type=int, default=Rules().batch)
    parser.add_argument("--rate", type=float, default=Rules().rate)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plain", action="store_true", help="without cut-outs, mirrors and light")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    asked = parser.parse_args()
    wish = Wish(
        pictures=asked.pictures,
        labels=asked.labels,
        judge_by=tuple(asked.judge_by),
        rules=FitRules(seed=asked.seed),
    )
    rules = Rules(
        steps=asked.steps,
        batch=asked.batch,
        rate=asked.rate,
        seed=asked.seed,
        is_augmented=not asked.plain,
    )
    found = whole(wish, asked.base.read_bytes(), rules, asked.device)
    asked.out.write_bytes(found.content)
    told = found.judgement
    interval = f"({told.low:+.3f} to {told.high:+.3f})"
    print(f"AP50 {told.before:.3f} → {told.after:.3f} {interval}: {told.verdict}")


def whole(wish: Wish, base: bytes, rules: Rules, device: str) -> Trained:
    """Teach the whole network and judge it, as `flows.lineguard.training.trained` does."""
    apart = agree(base)
    if apart > 1e-3:
        raise SystemExit(f"PyTorch and the runtime differ by {apart:.4f} on this file")
    rows = labelled(wish.pictures, wish.labels)
    persons = counted(rows, lambda one: len(one.boxes))
    parts = divided(persons, judge_by=wish.judge_by)
    learn, stop, judge = (
        [one for one in rows if one.clip in part] for part in (parts.learn, parts.stop, parts.judge)
    )
    content, fitted = taught(base, learn, stop, rules, device)
    return Trained(
        content=content,
        fitted=fitted,
        judgement=judgement(judge, base, content),
        parts=parts,
        pictures=counted(rows, lambda _: 1),
        persons=persons,
        labels_digest=digest_of(wish.labels),
    )


if __name__ == "__main__":
    main()
