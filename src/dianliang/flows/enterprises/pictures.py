"""A firm's mean day as a small picture for paper: working days and rest days, in kW."""

from collections.abc import Sequence
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 360
LEFT, RIGHT, TOP, BOTTOM = 90, 20, 20, 50
WORK, REST, GRID, INK = "#0B6E69", "#C2741B", "#D9DEDD", "#333333"
STEPS = 4
FONT_PX = 22


def day_picture(workday_kw: Sequence[float], rest_day_kw: Sequence[float]) -> bytes:
    """Draw both days as a PNG; working days are the thick line, rest days the thin one."""
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(FONT_PX)
    top = _top(max([*workday_kw, *rest_day_kw, 0.001]))
    for n in range(STEPS + 1):
        y = _y(top * n / STEPS, top)
        draw.line([(LEFT, y), (WIDTH - RIGHT, y)], fill=GRID)
        draw.text((LEFT - 10, y), f"{top * n / STEPS:g}", fill=INK, font=font, anchor="rm")
    for hour in range(0, 25, 3):
        x = _x(hour * 4)
        draw.line([(x, TOP), (x, HEIGHT - BOTTOM)], fill=GRID)
        draw.text((x, HEIGHT - BOTTOM + 10), f"{hour:02d}", fill=INK, font=font, anchor="mt")
    for values, colour, width in ((rest_day_kw, REST, 3), (workday_kw, WORK, 6)):
        places = [(_x(i + 0.5), _y(value, top)) for i, value in enumerate(values)]
        draw.line(places, fill=colour, width=width, joint="curve")
    out = BytesIO()
    image.save(out, format="PNG", optimize=True)
    return out.getvalue()


def _top(most: float) -> float:
    """Return the next round number above: 1, 2, 4 or 8 times a power of ten."""
    size = 10.0 ** (len(f"{most:.0f}") - 1) if most >= 1 else 0.1
    return next(size * step for step in (1, 2, 4, 8, 10, 20) if size * step >= most)


def _x(point: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * point / 96


def _y(kw: float, top: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * kw / top
