"""The register beside the readings: which meter hangs on which transformer."""

import os
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dianliang.engines.loading import Meter, Network, Phase, Transformer
from dianliang.integrations.curve_store._files import naming
from dianliang.integrations.curve_store._parts import CurveStoreError

FILE = "meters.parquet"


def keep_register(root: Path, network: Network) -> None:
    """Replace the register, whole or not at all.

    Raises:
        CurveStoreError: it cannot be written.
    """
    capacity = {one.number: one.capacity_kva for one in network.transformers}
    meters = list(network.meters.values())
    table = pa.table(
        {
            "meter": [meter.number for meter in meters],
            "transformer": [meter.transformer for meter in meters],
            "capacity_kva": [float(capacity[meter.transformer]) for meter in meters],
            "multiplier": [float(meter.multiplier) for meter in meters],
            "phase": pa.array([meter.phase.name for meter in meters], pa.string()),
            "is_main": [meter.is_main for meter in meters],
        }
    )
    draft = root / f".{FILE}.{os.getpid()}"
    with naming(root / FILE):
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        pq.write_table(table, draft)
        draft.replace(root / FILE)


def register(root: Path) -> Network | None:
    """Return the register, or nothing if there is none yet.

    Raises:
        CurveStoreError: it is damaged.
    """
    path = root / FILE
    if not path.exists():
        return None
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _read(path: Path, changed_ns: int) -> Network:
    del changed_ns
    with naming(path):
        rows = pq.read_table(path).to_pylist()
    try:
        return Network.of(
            [
                Meter(
                    number=row["meter"],
                    transformer=row["transformer"],
                    multiplier=row["multiplier"],
                    phase=Phase[row["phase"]],
                    is_main=row["is_main"],
                )
                for row in rows
            ],
            {
                Transformer(number=row["transformer"], capacity_kva=row["capacity_kva"])
                for row in rows
            },
        )
    except KeyError as error:
        raise CurveStoreError(f"{path} 已损坏。请用 --meters 重新导入户变关系。") from error
