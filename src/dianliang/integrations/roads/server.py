"""A road server: a whole table from many small answers."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import numpy as np

from dianliang.engines.routing import IMPASSABLE_S, GreatCircle, InvalidTravelError
from dianliang.engines.routing.gaps import Whole, make_whole
from dianliang.integrations.roads.dialects import (
    Cells,
    Dialect,
    Osrm,
    RefusedError,
    Trouble,
    Valhalla,
)
from dianliang.integrations.roads.wire import NoAnswerError, Wire
from dianliang.kernel.errors import DomainError
from dianliang.kernel.geo import GeoPoint

BLOCK = 50
"""Sources and targets at a time: OSRM allows 100 points as it is set up, Valhalla 2500 pairs."""
WIDE_M = 2000
"""Points farther apart than this show whether a map is the right one."""
FORM = "应形如 osrm+http://主机:5000 或 valhalla+http://主机:8002"


class RoadServerError(DomainError):
    """The road server cannot be asked, does not answer, or answers nonsense."""

    code = "roads.unavailable"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadServer:
    """A server to ask for tables of roads: its address, and how patient to be.

    `url` is ``osrm+http://host:5000`` or ``valhalla+http://host:8002``, with https alike and a
    path before the service's own if a proxy wants one. A whole table takes at most `limit_s`.

    Raises:
        RoadServerError: the address is none of these.
    """

    url: str
    timeout_s: float = 5.0
    attempts: int = 3
    limit_s: float = 40.0
    wait: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        kinds = {f"{kind}+{scheme}" for kind in DIALECTS for scheme in ("http", "https")}
        if parts.scheme not in kinds or not parts.hostname or "@" in parts.netloc:
            raise RoadServerError(f"道路服务地址“{self.url}”不对，{FORM}。", field="url")

    @property
    def name(self) -> str:
        """Name the server as an administrator knows it."""
        parts = urlsplit(self.url)
        return f"{parts.scheme.split('+')[0].upper()} {parts.netloc}"

    def table(self, points: Sequence[GeoPoint]) -> Whole:
        """Return the travel times between all points, made whole; at most (k / 50)² requests.

        Raises:
            RoadServerError: the server cannot be reached, refuses, or answers nonsense.
        """
        kind, _, scheme = urlsplit(self.url).scheme.partition("+")
        parts = urlsplit(self.url)
        wire = Wire(
            host=parts.hostname or "",
            port=parts.port,
            is_tls=scheme == "https",
            timeout_s=self.timeout_s,
            attempts=self.attempts,
            wait=self.wait,
        )
        survey = _Survey(
            wire, DIALECTS[kind](), parts.path.rstrip("/"), self.clock, self.clock() + self.limit_s
        )
        try:
            whole = survey.whole(points)
        except (NoAnswerError, RefusedError) as error:
            raise RoadServerError(f"道路服务 {self.name} 没有给出路程：{error}。") from error
        except (ValueError, TypeError, KeyError, InvalidTravelError) as error:
            words = f"道路服务 {self.name} 的答复不合格式：{error}。请核对地址和种类，{FORM}。"
            raise RoadServerError(words) from error
        finally:
            wire.close()
        if _is_elsewhere(whole):
            raise RoadServerError(f"道路服务 {self.name} 的地图不含本县，请换上本省的路网数据。")
        return whole


def _is_elsewhere(whole: Whole) -> bool:
    """Tell whether roads are so short that points were moved to where the server's map begins."""
    points = whole.table.points
    crow = GreatCircle(detour=1.0, speed_m_s=1.0).table(points, points)
    is_wide = (crow > WIDE_M) & (whole.table.seconds < IMPASSABLE_S)
    return bool(is_wide.any() and np.median(whole.table.metres[is_wide] / crow[is_wide]) < 0.5)


DIALECTS: dict[str, Callable[[], Dialect]] = {"osrm": Osrm, "valhalla": Valhalla}


@dataclass(frozen=True, slots=True)
class _Survey:
    """One table being asked for."""

    wire: Wire
    dialect: Dialect
    prefix: str
    clock: Callable[[], float]
    ends_at: float

    def whole(self, points: Sequence[GeoPoint]) -> Whole:
        """Ask block by block, leave out points with no road near, fill what is missing."""
        seconds = np.full((len(points), len(points)), np.nan)
        metres = seconds.copy()
        on_road = list(range(len(points)))
        try:
            self._fill(points, on_road, seconds, metres)
        except RefusedError as refusal:
            if refusal.trouble is not Trouble.NO_ROAD:
                raise
            near = [self._is_near_road(point) for point in points]
            on_road = [i for i in on_road if near[i]]
            self._fill(points, on_road, seconds, metres)
        untold = np.isnan(metres) & ~np.isnan(seconds)
        metres[untold] = seconds[untold] * GreatCircle().speed_m_s
        return make_whole(points, seconds, metres)

    def _fill(
        self, points: Sequence[GeoPoint], chosen: list[int], seconds: Cells, metres: Cells
    ) -> None:
        blocks = [chosen[i : i + BLOCK] for i in range(0, len(chosen), BLOCK)]
        for rows in blocks:
            for columns in blocks:
                pairs = np.ix_(rows, columns)
                seconds[pairs], metres[pairs] = self._block(
                    [points[i] for i in rows], [points[i] for i in columns]
                )

    def _block(
        self, sources: Sequence[GeoPoint], targets: Sequence[GeoPoint]
    ) -> tuple[Cells, Cells]:
        """Ask for a table; halve it while the server says that it is too big or too wide."""
        is_one = len(sources) * len(targets) == 1
        try:
            return self._ask(sources, targets)
        except RefusedError as refusal:
            if is_one and refusal.trouble is Trouble.TOO_FAR:
                return np.full((1, 1), np.nan), np.full((1, 1), np.nan)
            if is_one or refusal.trouble not in {Trouble.TOO_BIG, Trouble.TOO_FAR}:
                raise
        if len(sources) >= len(targets):
            middle, axis = len(sources) // 2, 0
            halves = [(sources[:middle], targets), (sources[middle:], targets)]
        else:
            middle, axis = len(targets) // 2, 1
            halves = [(sources, targets[:middle]), (sources, targets[middle:])]
        (left_s, left_m), (right_s, right_m) = (self._block(*half) for half in halves)
        return np.concatenate([left_s, right_s], axis), np.concatenate([left_m, right_m], axis)

    def _is_near_road(self, point: GeoPoint) -> bool:
        try:
            self._ask([point], [point])
        except RefusedError as refusal:
            if refusal.trouble is Trouble.NO_ROAD:
                return False
            raise
        return True

    def _ask(self, sources: Sequence[GeoPoint], targets: Sequence[GeoPoint]) -> tuple[Cells, Cells]:
        if self.clock() > self.ends_at:
            raise NoAnswerError("超过了总时限")
        asked = self.dialect.request(sources, targets)
        answer = self.wire.ask(asked.method, self.prefix + asked.path, asked.body)
        return self.dialect.read(answer, (len(sources), len(targets)))
