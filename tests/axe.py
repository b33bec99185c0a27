"""What axe finds wrong on a page, in the light and in the dark."""

import random
from functools import cache
from pathlib import Path

from tests.browsing import DESK

ROOT = Path(__file__).resolve().parents[1]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SCHEMES = {
    "light": ["wcag2a", "wcag2aa", "wcag22aa"],
    "dark": ["color-contrast", "link-in-text-block"],
}
"""The rules by the scheme they are asked in: in the dark only colours differ."""
VIOLATIONS = """async (rules) => {
    const asked = { runOnly: rules, resultTypes: ['violations'] };
    const { violations } = await axe.run(document, asked);
    const told = ({ id, impact, nodes: [first] }) => [id, impact, first.html.slice(0, 160)];
    return violations.map(told);
}"""


@cache
def _source():
    return f"{AXE.read_text(encoding='utf-8')}; 0"


def load(page):
    """Bring axe into the page."""
    page.evaluate(_source())


def violations(page, scheme):
    """Return each rule that is broken: its name, how serious that is, and the first place."""
    page.emulate_media(color_scheme=scheme)
    return page.evaluate(VIOLATIONS, SCHEMES[scheme])


def serious(page, schemes=tuple(SCHEMES)):
    """Return what axe finds serious on the page as it stands, in the light and in the dark."""
    load(page)
    return [
        (scheme, rule, place)
        for scheme in schemes
        for rule, impact, place in violations(page, scheme)
        if impact in {"serious", "critical"}
    ]


def too_wide(page, path):
    """Return the page if it is wider than the screen."""
    is_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth + 1")
    return [(path, page.viewport_size["width"], "wider than the screen")] if is_wide else []


def looked_at(page, path):
    """Open a page on a phone, where less fits, and give it the room of a desk afterwards.

    In the dark axe looks at every third page, drawn by lot: all have their colours from one sheet.
    """
    phone = page.viewport_size
    page.goto(path)
    found = too_wide(page, path)
    schemes = tuple(SCHEMES) if random.randrange(3) == 0 else ("light",)
    found += [(path, *one) for one in serious(page, schemes)]
    page.set_viewport_size(DESK)
    found += too_wide(page, path)
    page.set_viewport_size(phone)
    return found
