"""How Valhalla and OSRM are asked for a table, and what their answers mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from dianliang.kernel.geo import GeoPoint

Cells = NDArray[np.float64]


class Trouble(StrEnum):
    """Why a server refused a table."""

    TOO_BIG = "too big"
    TOO_FAR = "two points too far apart"
    NO_ROAD = "no road near a point"
    OTHER = "other"


class RefusedError(Exception):
    """The server answered that it will not."""

    def __init__(self, trouble: Trouble, words: str) -> None:
        super().__init__(words)
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request."""

    method: str
    path: str
    body: Any = None


class Dialect(Protocol):
    """How one kind of server is spoken to."""

    def request(self, sources: Sequence[GeoPoint], targets: Sequence[GeoPoint]) -> Request:
        """Return the request for a table."""
        ...

    def read(self, answer: dict[str, Any], shape: tuple[int, int]) -> tuple[Cells, Cells]:
        """Return seconds and metres; NaN where there is no way, metres NaN where not told.

        Raises:
            RefusedError: the server would not.
            ValueError, TypeError, KeyError: the answer is not what the format promises.
        """
        ...


@dataclass(frozen=True, slots=True)
class Osrm:
    """OSRM's table service, version 1. `profile` is a name that the server ignores."""

    profile: str = "driving"

    def request(self, sources: Sequence[GeoPoint], targets: Sequence[GeoPoint]) -> Request:
        """Return the request for a table."""
        ends = ";".join(f"{point.lon:.6f},{point.lat:.6f}" for point in (*sources, *targets))
        first, last = len(sources), len(sources) + len(targets)
        rows, columns = (";".join(map(str, span)) for span in (range(first), range(first, last)))
        path = f"/table/v1/{self.profile}/{ends}"
        options = f"sources={rows}&destinations={columns}&annotations=duration,distance"
        return Request("GET", f"{path}?{options}")

    def read(self, answer: dict[str, Any], shape: tuple[int, int]) -> tuple[Cells, Cells]:
        """Return seconds and metres."""
        code = answer["code"]
        if code != "Ok":
            troubles = {"TooBig": Trouble.TOO_BIG, "NoSegment": Trouble.NO_ROAD}
            words = f"{code} {answer.get('message', '')}".strip()
            raise RefusedError(troubles.get(code, Trouble.OTHER), words)
        return _cells(answer["durations"], shape), _cells(answer["distances"], shape)


@dataclass(frozen=True, slots=True)
class Valhalla:
    """Valhalla's time-distance matrix."""

    costing: str = "auto"

    def request(self, sources: Sequence[GeoPoint], targets: Sequence[GeoPoint]) -> Request:
        """Return the request for a table."""
        ends = {
            name: [{"lat": point.lat, "lon": point.lon} for point in points]
            for name, points in (("sources", sources), ("targets", targets))
        }
        body = {**ends, "costing": self.costing, "units": "km"}
        return Request("POST", "/sources_to_targets", body)

    def read(self, answer: dict[str, Any], shape: tuple[int, int]) -> tuple[Cells, Cells]:
        """Return seconds and metres; kilometres are the unit asked for."""
        if "error_code" in answer:
            code = answer["error_code"]
            troubles = {150: Trouble.TOO_BIG, 154: Trouble.TOO_FAR, 171: Trouble.NO_ROAD}
            words = f"{code} {answer.get('error', '')}".strip()
            raise RefusedError(troubles.get(code, Trouble.OTHER), words)
        found = answer["sources_to_targets"]
        if isinstance(found, dict):
            seconds, km = found["durations"], found["distances"]
        else:
            seconds = [[cell["time"] for cell in row] for row in found]
            km = [[cell["distance"] for cell in row] for row in found]
        return _cells(seconds, shape), _cells(km, shape) * 1000


def _cells(rows: Any, shape: tuple[int, int]) -> Cells:
    cells = np.array(rows, dtype=np.float64)  # None becomes NaN
    if cells.shape != shape:
        raise ValueError(f"a table of {cells.shape} instead of {shape}")
    if np.isinf(cells).any() or (cells < 0).any():
        raise ValueError("a negative or infinite cell")
    return cells
