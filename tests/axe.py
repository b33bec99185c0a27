"""What axe finds wrong on a page, in the light and in the dark."""

import random
from functools import cache
from pathlib import Path

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
    """Open a page; return it if it is wider than the screen."""
    page.goto(path)
    is_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth + 1")
    return [(path, "wider than the screen")] if is_wide else []


def looked_at(page, path, *, is_phone):
    """Open a page; axe looks where less fits, a desk shows the same with more room.

    In the dark it looks at every third page, drawn by lot: all have their colours from one sheet.
    """
    if not is_phone:
        return too_wide(page, path)
    schemes = tuple(SCHEMES) if random.randrange(3) == 0 else ("light",)
    return problems(page, path, schemes)


def problems(page, path, schemes=tuple(SCHEMES)):
    """Open a page; return what axe finds serious, and whether it is wider than the screen."""
    return [*too_wide(page, path), *((path, *one) for one in serious(page, schemes))]
