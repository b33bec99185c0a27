"""Bring a file of readings into the store: whole, once, or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dianliang.engines.loading import Network
from dianliang.integrations import meter_files
from dianliang.integrations.curve_store import Added, CurveStore, keep_register, register
from dianliang.integrations.meter_files import Hints, Readings
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a file held, and what came of it by month; nothing when it was only looked at."""

    source: str
    readings: Readings
    added: Sequence[Added]

    @property
    def words(self) -> str:
        """Say in Chinese what was understood and stored."""
        lines = [self.source, self.readings.words]
        for one in self.added:
            if one.before:
                at = datetime.fromisoformat(one.before).astimezone(SHANGHAI)
                lines.append(f"{one.month}：同样的内容已在 {at:%Y-%m-%d %H:%M} 导入过，没有改动")
            else:
                lines.append(
                    f"{one.month}：新增 {one.new} 表日，相同 {one.same} 表日，"
                    f"更新 {one.replaced} 表日（旧值另存备查）"
                )
        return "\n  ".join("\n".join(lines).split("\n"))


def bring_register(store: CurveStore, path: Path, *, is_check: bool = False) -> Network:
    """Take in which meter hangs on which transformer; it replaces what was known.

    A check only reads it.

    Raises:
        UnreadableReadingsError, UnreadableSheetError: the table cannot be read.
        CurveStoreError: it cannot be kept.
    """
    network = meter_files.read_register(path)
    if not is_check:
        keep_register(store.root, network)
    return network


def look_at(
    store: CurveStore, path: Path, hints: Hints, *, at: datetime, network: Network | None = None
) -> Taken:
    """Read a file as an import would, and store nothing.

    Raises:
        UnreadableReadingsError, UnreadableSheetError, InvalidInputError: it cannot be taken in.
        CurveStoreError: the register is damaged.
    """
    return Taken(source=path.name, readings=_read(store, path, hints, network, at=at), added=())


def take_in(store: CurveStore, path: Path, hints: Hints, *, at: datetime) -> Taken:
    """Read a file, check all of it, then store it. Later values take the place of earlier ones.

    Raises:
        UnreadableReadingsError, UnreadableSheetError, InvalidInputError: it cannot be taken in;
            nothing was stored.
        CurveStoreError: the store cannot be used.
    """
    readings = _read(store, path, hints, None, at=at)
    added = store.add(readings.batch, source=path.name, at=at)
    return Taken(source=path.name, readings=readings, added=added)


def _read(
    store: CurveStore, path: Path, hints: Hints, network: Network | None, *, at: datetime
) -> Readings:
    known = network or register(store.root)
    readings = meter_files.read(path, register=known.meters if known else None, hints=hints)
    if not readings.points + readings.voltage_points:
        raise InvalidInputError(
            Phrase(
                "%(name)s 里没有一个读数，没有写入。请核对功率、电压列是否为空。", name=path.name
            )
        )
    today = at.astimezone(SHANGHAI).date()
    if readings.last_on > today:
        raise InvalidInputError(
            Phrase(
                "%(name)s 的读数到 %(last_on)s 为止，在今天（%(today)s）之后，没有写入。"
                "请核对日期列的年份。",
                name=path.name,
                last_on=f"{readings.last_on}",
                today=f"{today}",
            )
        )
    return readings
