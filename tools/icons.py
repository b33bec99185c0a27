"""Draw the home-screen pictures from the lamp mark: ``python tools/icons.py``.

Source is ``ui/lamp.svg``, our own mark. Chromium draws, Pillow saves small. A maskable picture and
the one of an iPhone fill the square, since the phone cuts the corners itself.
"""

import io
import re
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).resolve().parents[1] / "src/dianliang/faces/ui/static/ui"
BROWSER = shutil.which("chromium")  # or Playwright's own
COLOURS = 64
SAFE_SHARE = 0.8
"""A mask keeps at least a circle of this share of the side."""
PICTURES = {
    "icon-192.png": (192, False, 1.0),
    "icon-512.png": (512, False, 1.0),
    "icon-maskable-512.png": (512, True, SAFE_SHARE),
    "apple-touch-icon.png": (180, True, 1.0),
}


def page_of(mark: str, *, side: int, is_square: bool, share: float) -> str:
    """Write the page that shows the mark at a size."""
    ground = re.search(r'fill="(#\w+)"', mark)
    if is_square:
        mark = re.sub(r' rx="\d+"', "", mark, count=1)
    colour = ground.group(1) if is_square and ground else "transparent"
    return (
        f"<body style='margin:0;width:{side}px;height:{side}px;display:grid;place-items:center;"
        f"background:{colour}'><div style='width:{side * share}px;line-height:0'>{mark}</div>"
    )


def main() -> None:
    """Draw every picture."""
    mark = (FOLDER / "lamp.svg").read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER)
        for name, (side, is_square, share) in PICTURES.items():
            page = browser.new_page(viewport={"width": side, "height": side})
            page.set_content(page_of(mark, side=side, is_square=is_square, share=share))
            raw = page.screenshot(omit_background=True)
            picture = Image.open(io.BytesIO(raw)).quantize(
                COLOURS, method=Image.Quantize.FASTOCTREE
            )
            picture.save(FOLDER / name, optimize=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
