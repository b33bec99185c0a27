"""A drawn walker: whoever finds people finds this one, in one of three sizes."""

import cv2
import numpy as np

from dianliang.engines.vision import Picture

SIZES_PX = (200, 140, 240)
HEIGHT_PX, WIDTH_PX, TOP_PX, MIDDLE_PX = 300, 400, 30, 200
SKIN, COAT, TROUSERS, GROUND = (120, 150, 200), (60, 40, 30), (40, 30, 90), 150
Box = tuple[float, float, float, float]


def walker(tall_px: int) -> tuple[Picture, Box]:
    """Return a grey place with a drawn walker, and the walker's box in pixels."""
    picture = np.full((HEIGHT_PX, WIDTH_PX, 3), GROUND, np.uint8)
    unit, x, top = tall_px / 8, MIDDLE_PX, TOP_PX
    cv2.circle(picture, (x, int(top + unit / 2)), int(unit / 2), SKIN, -1)
    body = (int(x - unit), int(top + unit)), (int(x + unit), int(top + 4.5 * unit))
    cv2.rectangle(picture, *body, COAT, -1)
    for side in (-1, 1):
        hip = int(x + side * 0.4 * unit), int(top + 4.5 * unit)
        foot = int(x + side * 0.9 * unit), top + tall_px
        cv2.line(picture, hip, foot, TROUSERS, int(0.8 * unit))
        shoulder = int(x + side * unit), int(top + 1.3 * unit)
        hand = int(x + side * 1.9 * unit), int(top + 4.2 * unit)
        cv2.line(picture, shoulder, hand, COAT, int(0.6 * unit))
    return picture, (x - 1.9 * unit, top, x + 1.9 * unit, top + tall_px)
