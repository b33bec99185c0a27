"""``dianliang lineguard train`` and ``model``: teach, register, use and hand on a detector."""

import os
import sys
from dataclasses import astuple
from pathlib import Path
from typing import TYPE_CHECKING

from dianliang.cli.clock import now
from dianliang.cli.lineguard.arguments import Asked
from dianliang.cli.lineguard.texts import text_of
from dianliang.core import disk
from dianliang.kernel.errors import InvalidInputError, reason

if TYPE_CHECKING:
    from dianliang.integrations.detecting.store import Store


def store() -> "Store":
    """Return the models of this computer: in the data folder, beside what an installation keeps."""
    from dianliang.integrations.detecting.store import Store  # noqa: PLC0415 (heavy)

    home = Path(os.environ.get("DIANLIANG_HOME") or "var").expanduser()
    return Store(home / "models")


def train(wish: Asked) -> None:
    """Teach the last layer, write the model with its card, and say whether it is better.

    Raises:
        DomainError: labels, pictures or the model to begin with cannot be used, or are too few; or
            what was learnt could not be written where it is asked for.
    """
    from dianliang.engines.fitting import FitRules, Verdict  # noqa: PLC0415 (heavy)
    from dianliang.flows.lineguard import comparing, model_cards, training  # noqa: PLC0415 (heavy)
    from dianliang.integrations.detecting.store import Origin  # noqa: PLC0415 (heavy)

    assert wish.pictures and wish.labels and wish.out  # noqa: S101, PT018 (train has them)
    _refuse_place(wish.out)
    films = None
    if wish.films is not None:
        said = (text_of(wish.films / name) for name in (comparing.CAMERAS, comparing.LABELS))
        films = comparing.films_of(*said, folder=wish.films)
    base = weights_of(wish.weights, is_to_learn=True)
    found = training.trained(
        training.Wish(
            pictures=wish.pictures,
            labels=wish.labels,
            judge_by=tuple(wish.judge_by or ()),
            films=films,
            rules=FitRules(seed=wish.seed),
        ),
        base=base,
        say=_say,
    )
    origin = Origin(licence=wish.licence, trained_by=wish.trained_by, trained_on=wish.trained_on)
    card = model_cards.card(found, origin, base=base, on=f"{now():%Y-%m-%d}")
    _write(wish.out, found.content, card)
    _say(model_cards.verdict(found.judgement))
    _say(model_cards.verdict_of_alarms(found.alarms))
    if found.alarms is not None and found.alarms.verdict is Verdict.BETTER:
        _say(f"写好了 {wish.out}。启用：dianliang lineguard model import，再 model use。")
    elif found.alarms is None and found.judgement.verdict is Verdict.BETTER:
        _say(f"写好了 {wish.out}。请先留几段没参与训练的录像标来访，用 --films 量事件再决定。")
    else:
        _say(f"写好了 {wish.out}，但不建议启用：请保留现在的模型，多标几天的画面再训练。")


def model(wish: Asked) -> None:
    """Register a model, use one, list them, or hand one on.

    Raises:
        DomainError: the file is not taken, or there is no such number.
    """
    from dianliang.integrations.detecting.store import OUTDATED, Origin  # noqa: PLC0415 (heavy)

    own, at = store(), now().isoformat(timespec="seconds")
    if wish.what == "import":
        assert wish.file  # noqa: S101 (import has it)
        beside = wish.file.with_suffix(".md")
        origin = Origin(
            licence=wish.licence, trained_by=wish.trained_by, trained_on=wish.trained_on
        )
        card = beside.read_text("utf-8", "replace") if beside.is_file() else None
        entry = own.take(wish.file, origin, card=card, at=at)
        _say(
            f"已登记为 {entry.number}（{entry.digest[:12]}）。"
            f"启用：dianliang lineguard model use {entry.number}"
        )
    elif wish.what == "use":
        entry = own.use(wish.number, at=at)
        _say(f"下次启动看守时用 {entry.number}（{entry.digest[:12]}）。")
    elif wish.what == "export":
        assert wish.file  # noqa: S101 (export has it)
        _refuse_place(wish.file)
        content, kept = own.read(wish.number)
        _write(wish.file, content, kept)
        _say(f"已写 {wish.file}。")
        if wish.number in own.changed_cards():
            _say(f"{wish.number} 的模型卡和登记时的不同或不见了，没有写出。")
    else:
        for one in own.entries():
            _say("\t".join(astuple(one)))
        for number in own.changed_cards():
            _say(f"{number} 的模型卡和登记时的不同或不见了。")
        for number in own.outdated():
            _say(OUTDATED.format(number=number))
        _say(f"在用：{own.in_use()[0]}")


def weights_of(path: Path | None, *, is_to_learn: bool = False) -> bytes:
    """Return the model that a file holds, vetted; without one, the model in use.

    Raises:
        DomainError: the file is not taken, or the model in use is gone or has changed.
    """
    from dianliang.integrations.detecting.vetting import vetted  # noqa: PLC0415 (heavy)

    return store().in_use()[1] if path is None else vetted(path, is_to_learn=is_to_learn)


def _refuse_place(path: Path) -> None:
    """Refuse a place where no model can be written, before hours of learning come to nothing.

    Raises:
        InvalidInputError: it is not called .onnx, so that the card would take its place, or labels
            could be overwritten; or there is no such folder.
    """
    if path.suffix.lower() != ".onnx":
        raise InvalidInputError(f"模型要写成 .onnx 文件，现为 {path}。", field="out")
    if not path.parent.is_dir():
        raise InvalidInputError(f"没有文件夹 {path.parent}，请先建好。", field="out")


def _write(path: Path, content: bytes, card: str | None) -> None:
    """Write a model and its card beside it, each whole or not at all."""
    parts = [(path, content)]
    if card is not None:
        parts.append((path.with_suffix(".md"), card.encode()))
    for place, inner in parts:
        try:
            disk.replace(place, inner)
        except OSError as error:
            raise InvalidInputError(f"写不了 {place}：{reason(error)}。") from error


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()
