"""A small road server on loopback that answers as OSRM and Valhalla document it."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from dianliang.kernel.geo import GeoPoint

SPEED_M_S = 12.5
DETOUR = 1.25


@dataclass
class Country:
    """What the server's map holds, its limits, and what it was asked."""

    most_points: int = 100
    most_pairs: int = 2500
    off_road: frozenset[GeoPoint] = frozenset()
    island: frozenset[GeoPoint] = frozenset()
    shift: float = DETOUR
    failures: list[int] = field(default_factory=list)
    """Statuses to answer with before it works again."""
    is_compact: bool = False
    says: bytes = b""
    """What it answers to everything instead, if anything."""
    asked: list[str] = field(default_factory=list)

    def way(self, a: GeoPoint, b: GeoPoint) -> tuple[float, float] | None:
        """Return seconds and metres by road, or None where there is no way."""
        if (a in self.island) != (b in self.island):
            return None
        metres = a.distance_m(b) * self.shift
        return round(metres / SPEED_M_S, 1), round(metres, 1)

    def osrm(self, path: str) -> tuple[int, dict[str, Any]]:
        """Answer ``/table/v1/{profile}/{lon},{lat};…?sources=…&destinations=…``."""
        parts = urlsplit(path)
        options = {name: values[0] for name, values in parse_qs(parts.query).items()}
        ends = [
            GeoPoint(float(lat), float(lon))
            for lon, lat in (pair.split(",") for pair in parts.path.split("/")[-1].split(";"))
        ]
        rows, columns = (
            [int(i) for i in options[name].split(";")] for name in ("sources", "destinations")
        )
        if len(rows) * len(columns) > self.most_points**2 // 4:
            return 400, {"code": "TooBig", "message": "Too many table coordinates"}
        off = [i for i, point in enumerate(ends) if point in self.off_road]
        if off:
            message = f"Could not find a matching segment for coordinate {off[0]}"
            return 400, {"code": "NoSegment", "message": message}
        ways = [[self.way(ends[i], ends[j]) for j in columns] for i in rows]
        assert options["annotations"] == "duration,distance"
        return 200, {
            "code": "Ok",
            "durations": [[way and way[0] for way in row] for row in ways],
            "distances": [[way and way[1] for way in row] for row in ways],
            "sources": [{"location": [ends[i].lon, ends[i].lat], "name": ""} for i in rows],
            "destinations": [{"location": [ends[i].lon, ends[i].lat], "name": ""} for i in columns],
        }

    def valhalla(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Answer ``/sources_to_targets``."""
        sources, targets = (
            [GeoPoint(end["lat"], end["lon"]) for end in body[name]]
            for name in ("sources", "targets")
        )
        if len(sources) * len(targets) > self.most_pairs:
            return _refused(150, f"Exceeded max locations: {self.most_pairs}")
        if self.off_road & {*sources, *targets}:
            return _refused(171, "No suitable edges near location")
        assert (body["costing"], body["units"]) == ("auto", "km")
        ways = [[self.way(a, b) for b in targets] for a in sources]
        if self.is_compact:
            found: Any = {
                "durations": [[way and way[0] for way in row] for row in ways],
                "distances": [[way and way[1] / 1000 for way in row] for row in ways],
            }
        else:
            found = [
                [
                    {
                        "from_index": i,
                        "to_index": j,
                        "time": way and way[0],
                        "distance": way and way[1] / 1000,
                    }
                    for j, way in enumerate(row)
                ]
                for i, row in enumerate(ways)
            ]
        return 200, {"sources_to_targets": found, "units": "kilometers", "algorithm": "costmatrix"}


def _refused(code: int, words: str) -> tuple[int, dict[str, Any]]:
    return 400, {
        "error_code": code,
        "error": words,
        "status_code": 400,
        "status": "Bad Request",
    }


def _handler(country: Country) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else each answer waits for a delayed acknowledgement

        def do_GET(self):
            self._answer(lambda: country.osrm(self.path))

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            self._answer(lambda: country.valhalla(body))

        def _answer(self, work):
            country.asked.append(self.path)
            if country.failures:
                self._send(country.failures.pop(0), b"upstream is down")
                return
            status, found = (200, {}) if country.says else work()
            self._send(status, country.says or json.dumps(found).encode())

        def _send(self, status, text):
            self.send_response(status)
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_):
            """Say nothing."""

    return Handler


@contextmanager
def served(country: Country) -> Iterator[str]:
    """Serve a country on loopback; yield ``host:port``."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(country))
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
