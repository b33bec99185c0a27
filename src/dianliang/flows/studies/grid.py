"""A grid that was sent in (潮流计算): read, checked, computed in the background, kept."""

import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from lzma import LZMAError
from pathlib import Path
from typing import Any

import numpy as np

from dianliang.core import files, jobs
from dianliang.domain.relief.models import Study
from dianliang.domain.relief.operations import Studied
from dianliang.engines.powerflow import (
    Floats,
    Flow,
    Grid,
    Line,
    LoadKind,
    Phase,
    Transformer,
    Worst,
)
from dianliang.flows.energy import grids
from dianliang.flows.energy.grids import Computed
from dianliang.flows.studies import keeping
from dianliang.flows.studies.distances import distances_m
from dianliang.flows.studies.grid_rows import VOLTAGES
from dianliang.integrations import grid_files
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase, kept
from dianliang.kernel.text import decoded, without_controls

KIND = Study.Kind.FLOW.value
ENGINE = "powerflow-1"
MOST_BYTES = 8 * 1024 * 1024
"""A feeder with all of its areas; what is larger is computed on the command line."""
MOST_UNPACKED = 64 * 1024 * 1024
MOST_NODES, MOST_STEPS = 20_000, 3000
MOST_TOLD = 300
"""Things beyond a limit that are told word by word, worst first; all of them are counted."""
MOST_NAME, MOST_SUFFIX = 60, 12
DAMAGED = (
    *(zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError),
    *(UnicodeDecodeError, LZMAError, zlib.error),
)
"""What Python raises for an archive that was cut, changed, encrypted or packed unusually."""
READING, SOLVING = Phrase("读模型"), Phrase("逐点计算")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What was sent in: a model, perhaps curves of its loads, and how to read them."""

    name: str
    model: bytes
    curves_name: str = ""
    curves: bytes = b""
    minutes: int = 15
    power_factor: float = 0.95
    is_radial: bool = False


def order(*, sent: Sent, title: str, by: Actor, at: datetime) -> None:
    """Read and check what was sent in, and ask for it to be computed.

    Raises:
        InvalidInputError, UnreadableGridError, UnreadableSheetError: it is too large or cannot be
            used; every row and field that is wrong is named.
        UnableToRelieveError, NotVisibleError: see `keeping.order`.
    """
    _refuse_sizes(sent)
    with files.workshop() as folder:
        laid = _laid_down(Path(folder), sent.name, sent.model)
        grid = grids.opened(laid, is_radial=sent.is_radial)
        _refuse_negative(grid)
        if len(grid.nodes) > MOST_NODES:
            words = "模型有 %(n)d 个节点，网页上最多 %(most)d 个；请用命令行计算。"
            told = Phrase(words, n=len(grid.nodes), most=MOST_NODES)
            raise InvalidInputError(told, field="model")
        if sent.curves:
            path = _laid_down(Path(folder), f"{Path(sent.curves_name).stem}.csv", sent.curves)
            profiles, _ = grid_files.read_curves(
                path, grid, power_factor=sent.power_factor, hours=sent.minutes / 60
            )
            if profiles.steps > MOST_STEPS:
                words = "曲线有 %(n)d 个时刻，网页上最多 %(most)d 个；请用命令行计算。"
                told = Phrase(words, n=profiles.steps, most=MOST_STEPS)
                raise InvalidInputError(told, field="curves")
    asked = {
        "name": Path(sent.name).name,
        "grid": grid_files.written(grid),
        "curves": decoded(sent.curves) or "",
        "curves_name": Path(sent.curves_name).name,
        "minutes": sent.minutes,
        "power_factor": sent.power_factor,
    }
    keeping.order(KIND, asked, title=title, by=by, at=at)


def template() -> bytes:
    """Return the workbook of a small example that can be computed at once."""
    return grid_files.template()


def _refuse_negative(grid: Grid) -> None:
    """Refuse a load that draws less than nothing: it feeds in, and is to be called so."""
    for load in grid.loads:
        if load.kind is LoadKind.LOAD and load.p_kw < 0:
            words = "负荷 %(id)s 的有功是 %(kw)g kW：应不小于 0；是发电的，类别请填“发电”，填正数。"
            raise InvalidInputError(Phrase(words, id=load.id, kw=load.p_kw), field="model")


def _refuse_sizes(sent: Sent) -> None:
    if sent.curves_name and not sent.curves:
        words = Phrase("曲线文件 %(name)s 是空的；没有曲线就不要选文件。", name=sent.curves_name)
        raise InvalidInputError(words, field="curves")
    for field, content in (("model", sent.model), ("curves", sent.curves)):
        if len(content) > MOST_BYTES:
            words = Phrase("文件超过 8 MB，请按馈线拆分，或用命令行 dianliang energy powerflow。")
            raise InvalidInputError(words, field=field)
    if not 1 <= sent.minutes <= 24 * 60:
        raise InvalidInputError(Phrase("每点时长应在 1 到 1440 分钟之间。"), field="minutes")
    if not 0 < sent.power_factor <= 1:
        raise InvalidInputError(Phrase("功率因数应大于 0、不大于 1。"), field="power_factor")


def _laid_down(folder: Path, name: str, content: bytes) -> Path:
    """Return where a file lies that can be read; an archive of tables becomes a folder."""
    if name.lower().endswith(".zip"):
        return _unpacked(folder / _stem(name), content)
    suffix = _short(Path(name).suffix.lower())[:MOST_SUFFIX]
    path = folder / f"{_stem(name)}{suffix}"
    path.write_bytes(content)
    return path


def _stem(name: str) -> str:
    """Return what the person calls the file, so that errors name it, as a name in its folder."""
    return _short(Path(name).stem).strip(". ") or "grid"


def _short(name: str) -> str:
    """Return a name that a file system takes: no control characters, 255 bytes at most."""
    return without_controls(name).encode("utf-8", "ignore").decode()[:MOST_NAME]


def _unpacked(folder: Path, content: bytes) -> Path:
    """Unpack the CSV files of an archive, wherever in it they lie, and nothing else.

    Raises:
        InvalidInputError: it is damaged, larger than a grid is, or a name in it is none.
    """
    folder.mkdir()
    for name, table in _tables(content):
        (folder / name).write_bytes(table)
    return folder


def _tables(content: bytes) -> Iterator[tuple[str, bytes]]:
    left = MOST_UNPACKED
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            for entry in archive.infolist():
                name = Path(entry.filename).name
                if entry.is_dir() or Path(name).suffix.lower() != ".csv":
                    continue
                if _short(name) != name:
                    words = Phrase("压缩包里有文件名过长或带特殊字符的表，请改名后再上传。")
                    raise InvalidInputError(words, field="model")
                with archive.open(entry) as file:
                    table = file.read(left + 1)
                left -= len(table)
                if left < 0:
                    raise InvalidInputError(Phrase("压缩包解开后超过 64 MB。"), field="model")
                yield name, table
    except DAMAGED as error:
        raise InvalidInputError(
            Phrase("压缩包打不开，请重新压缩后再上传。"), field="model"
        ) from error


@jobs.handler(keeping.job_kind(KIND))
def in_background(context: jobs.JobContext) -> dict[str, Any]:
    """Compute a grid and keep it."""
    return keeping.made(context, _computed)


def _computed(context: jobs.JobContext, asked: Mapping[str, Any]) -> Studied:
    context.progress(0.1, str(READING))
    grid = grid_files.read_document(asked["grid"], name=asked["name"])
    curves = asked["curves"].encode()
    context.progress(0.3, str(SOLVING))
    return computed(
        grid,
        title=context.payload["title"],
        name=asked["name"],
        curves=curves,
        minutes=asked["minutes"],
        power_factor=asked["power_factor"],
    )


def computed(
    grid: Grid,
    *,
    title: str,
    name: str,
    curves: bytes = b"",
    minutes: int = 15,
    power_factor: float = 0.95,
) -> Studied:
    """Compute a sound grid at each step of its curves, or with the loads of the model.

    Raises:
        UnreadableGridError, InvalidInputError: the curves cannot be used, or nothing has a
            solution.
    """
    with files.workshop() as folder:
        path = _laid_down(Path(folder), "curves.csv", curves) if curves else None
        done = grids.computed(grid, curves=path, power_factor=power_factor, hours=minutes / 60)
    if not done.flow.is_solved.any():
        words = Phrase("没有一个时刻算得出来：负荷太大，电压崩溃。请核对负荷（kW）和线路阻抗。")
        raise InvalidInputError(words)
    return Studied(
        kind=KIND,
        title=title,
        inputs={
            "name": name,
            "nodes": len(grid.nodes),
            "lines": len(grid.lines),
            "transformers": len(grid.transformers),
            "loads": len(grid.loads),
            "has_curves": bool(curves),
            "minutes": minutes,
            "power_factor": power_factor,
        },
        result=_result(done),
        detail={"nodes": _nodes(done), "branches": _branches(done)},
        engine=ENGINE,
    )


def _result(done: Computed) -> dict[str, Any]:
    summary, flow = done.summary, done.flow
    beyond = [(area.area, each) for area in summary.areas for each in area.beyond]
    beyond.sort(key=lambda pair: -pair[1].used)
    every = [each for area in summary.areas for each in area.worst]
    worst = max(every, key=lambda each: each.used, default=None)
    step = 0 if worst is None else worst.step
    return {
        "steps": summary.steps,
        "hours": done.hours,
        "unsolved": [done.moments[i] for i in summary.unsolved[:20]],
        "unsolved_steps": len(summary.unsolved),
        "drawn_kwh": summary.drawn_kwh,
        "loss_kwh": summary.loss_kwh,
        "areas": [
            {
                "area": area.area or flow.grid.name,
                "nodes": area.nodes,
                "drawn_kwh": area.drawn_kwh,
                "loss_kwh": area.loss_kwh,
                "loss_share": area.loss_share,
                "binding": _told(area.binding, done) if area.binding else None,
                "beyond": len(area.beyond),
            }
            for area in summary.areas
        ],
        "beyond": [_told(each, done) | {"area": area} for area, each in beyond[:MOST_TOLD]],
        "beyond_count": len(beyond),
        "voltage_count": sum(each.quantity in VOLTAGES for _, each in beyond),
        "worst": _told(worst, done) if worst else None,
        "worst_at": done.moments[step],
        "worst_drawn_kw": float(np.nansum(flow.load_kw[step])),
        "worst_loss_kw": float(
            np.nansum(flow.line_loss_kw[step]) + np.nansum(flow.transformer_loss_kw[step])
        ),
    }


def _told(each: Worst, done: Computed) -> dict[str, Any]:
    return {
        "quantity": each.quantity.value,
        "id": each.id,
        "phase": "" if each.phase is Phase.ALL else each.phase.name,
        "value": each.value,
        "limit": each.limit,
        "used": each.used,
        "at": done.moments[each.step],
        "steps": each.steps,
        "clause": each.clause,
        "words": kept(each.words),
    }


def _worst_step(done: Computed) -> int:
    every = [each for area in done.summary.areas for each in area.worst]
    return max(every, key=lambda each: each.used).step if every else 0


def _by_node(flow: Flow, *, lowest: bool) -> Floats:
    """Return the voltage of the worst phase of each node at each step, per unit."""
    volts = flow.voltage_pu
    if volts.ndim == 2:
        return volts
    worst = np.nanmin(volts, axis=2) if lowest else np.nanmax(volts, axis=2)
    return np.asarray(worst, np.float64)


def _nodes(done: Computed) -> list[dict[str, Any]]:
    flow, step = done.flow, _worst_step(done)
    solved = flow.is_solved
    low, high = _by_node(flow, lowest=True)[solved], _by_node(flow, lowest=False)[solved]
    then = _by_node(flow, lowest=True)[step]
    away = distances_m(flow.grid)
    return [
        {
            "id": node.id,
            "area": node.area,
            "rated_v": node.voltage_v,
            "away_m": None if node.id not in away else round(away[node.id], 1),
            "least_pu": round(float(low[:, i].min()), 5),
            "most_pu": round(float(high[:, i].max()), 5),
            "worst_pu": round(float(then[i]), 5),
            "lat": node.lat,
            "lon": node.lon,
        }
        for i, node in enumerate(flow.grid.nodes)
    ]


def _branches(done: Computed) -> list[dict[str, Any]]:
    flow = done.flow
    parts: tuple[tuple[str, Sequence[Line | Transformer], Floats, Floats], ...] = (
        ("line", flow.grid.lines, flow.line_loading, flow.line_loss_kw),
        ("transformer", flow.grid.transformers, flow.transformer_loading, flow.transformer_loss_kw),
    )
    return [
        {
            "kind": kind,
            "id": each.id,
            "loading": round(float(np.nanmax(loading[:, i])), 5),
            "at": done.moments[int(np.nanargmax(loading[:, i]))],
            "loss_kwh": round(float(np.nansum(losses[:, i])) * done.hours, 4),
            **_ends(each),
        }
        for kind, things, loading, losses in parts
        for i, each in enumerate(things)
    ]


def _ends(each: Line | Transformer) -> dict[str, str]:
    if isinstance(each, Line):
        return {"from_node": each.from_node, "to_node": each.to_node}
    return {"from_node": each.high_node, "to_node": each.low_node}
