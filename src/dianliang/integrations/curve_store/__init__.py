"""Readings of meters in files: Parquet by month, added to atomically, versions kept apart."""

from dianliang.integrations.curve_store._carried import Kept, keep_carried, read_carried
from dianliang.integrations.curve_store._files import Slice, batches
from dianliang.integrations.curve_store._parts import CurveStoreError, Import, Month, Part
from dianliang.integrations.curve_store._register import keep_register, register
from dianliang.integrations.curve_store._store import Added, CurveStore

__all__ = [
    "Added",
    "CurveStore",
    "CurveStoreError",
    "Import",
    "Kept",
    "Month",
    "Part",
    "Slice",
    "batches",
    "keep_carried",
    "keep_register",
    "read_carried",
    "register",
]
