"""Shapes on a map: how stored zones are drawn, and how people write and draw them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dianliang.integrations.cap.shapes import circle_of, ring_of
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase

MOST_SHAPES = 40
CIRCLE = "圆"
Shape = Mapping[str, Any]
"""`type` is polygon (`ring`), circle (`at`, `radius_m`) or point (`at`); with a `title`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One layer of a map: its name, its colour, what it counts, what is drawn."""

    code: str
    label: str
    tone: str
    counted_in: str
    shapes: Sequence[Shape]

    @property
    def count(self) -> int:
        """Return how many things it shows."""
        return len(self.shapes)

    @property
    def data(self) -> Mapping[str, Any]:
        """Return what the script draws."""
        return {"code": self.code, "tone": self.tone, "shapes": list(self.shapes)}


def shapes_of(zones: Iterable[Mapping[str, Any]], *, title: str) -> list[Shape]:
    """Return the polygons and circles of stored zones as a map draws them."""
    found: list[Shape] = []
    for zone in zones:
        said = zone.get("words") or title
        found += [
            {"type": "polygon", "ring": ring, "title": said} for ring in zone.get("polygons", ())
        ]
        found += [
            {"type": "circle", "at": [lat, lon], "radius_m": 1000 * radius_km, "title": said}
            for lat, lon, radius_km in zone.get("circles", ())
        ]
    return found


def read_shapes(text: str) -> list[Mapping[str, Any]]:
    """Return what a person drew or wrote, as stored zones: one shape in each line.

    A polygon is its corners (`30.6,119.5 30.7,119.6 …`), closed or not; a circle is
    `圆 30.6,119.5 8`: centre and radius in kilometres.

    Raises:
        InvalidInputError: a line is neither; it is named with what is wrong.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_SHAPES:
        raise InvalidInputError(
            Phrase("最多划 %(n)d 处，请合并后再存。", n=MOST_SHAPES), field="shapes"
        )
    polygons, circles = [], []
    for number, line in enumerate(lines, start=1):
        try:
            if line.startswith(CIRCLE):
                circle = circle_of(line.removeprefix(CIRCLE).strip())
                circles.append([circle.centre.lat, circle.centre.lon, circle.radius_km])
            else:
                corners = line.split()
                closed = corners if corners[0] == corners[-1] else [*corners, corners[0]]
                ring = ring_of(" ".join(closed))
                polygons.append([[point.lat, point.lon] for point in ring])
        except InvalidInputError as wrong:
            raise InvalidInputError(
                Phrase("划定范围第 %(n)d 行：%(why)s", n=number, why=wrong.message), field="shapes"
            ) from wrong
    if not lines:
        return []
    return [{"words": "", "polygons": polygons, "circles": circles, "codes": []}]


def written(zones: Iterable[Mapping[str, Any]]) -> str:
    """Return stored zones as a person writes them: `read_shapes` reads it back."""
    lines: list[str] = []
    for zone in zones:
        lines += [
            " ".join(f"{lat!r},{lon!r}" for lat, lon in ring) for ring in zone.get("polygons", ())
        ]
        lines += [
            f"{CIRCLE} {lat!r},{lon!r} {radius_km!r}"
            for lat, lon, radius_km in zone.get("circles", ())
        ]
    return "\n".join(lines)
