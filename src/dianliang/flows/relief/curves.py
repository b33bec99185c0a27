"""Where the curves of meters and of transformers lie in this installation."""

from collections.abc import Collection
from pathlib import Path

from django.conf import settings

from dianliang.domain.network import access
from dianliang.integrations.curve_store import CurveStore, Kept, read_carried
from dianliang.kernel.actor import Actor

CURVES, CARRIED = "curves", "loading"


def store() -> CurveStore:
    """Return the store that ``dianliang energy import`` fills."""
    return CurveStore(Path(settings.HOME) / CURVES)


def carried_file(screening: str) -> Path:
    """Return the file of what transformers carried, by the number of a screening."""
    return Path(settings.HOME) / CARRIED / f"{screening}.parquet"


def carried(screening: str, numbers: Collection[str]) -> dict[str, Kept]:
    """Return what transformers carried in the days of a screening.

    Raises:
        CurveStoreError: the file is damaged or gone; judging the month again writes it anew.
    """
    return read_carried(carried_file(screening), numbers)


def areas_of(by: Actor) -> list[int]:
    """Return the areas whose transformers an actor sees: villages with their cells."""
    return list(access.with_cells(access.villages_of(by).values_list("pk", flat=True)))
