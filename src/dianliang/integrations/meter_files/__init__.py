"""Files of readings as meter systems export them: CSV, Excel, Parquet; long, wide, registers."""

from dianliang.integrations.meter_files._errors import Problem, UnreadableReadingsError
from dianliang.integrations.meter_files._headings import CALLED, Label
from dianliang.integrations.meter_files._layout import Kind, Layout, detect
from dianliang.integrations.meter_files._read import Hints, Readings, read
from dianliang.integrations.meter_files._register import read_register

__all__ = [
    "CALLED",
    "Hints",
    "Kind",
    "Label",
    "Layout",
    "Problem",
    "Readings",
    "UnreadableReadingsError",
    "detect",
    "read",
    "read_register",
]
