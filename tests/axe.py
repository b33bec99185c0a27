"""What axe finds wrong on a page, in the light and in the dark."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag22aa']})"
OF_COLOURS = "axe.run(document, {runOnly: ['color-contrast', 'link-in-text-block']})"
SCHEMES = {"light": RULES, "dark": OF_COLOURS}
"""In the dark only colours differ."""


def serious(page):
    """Return what axe finds serious on the page as it stands, in the light and in the dark."""
    page.evaluate(f"{AXE.read_text(encoding='utf-8')}; 0")
    found = []
    for scheme, rules in SCHEMES.items():
        page.emulate_media(color_scheme=scheme)
        found += [
            (scheme, rule["id"], rule["nodes"][0]["html"][:160])
            for rule in page.evaluate(rules)["violations"]
            if rule["impact"] in {"serious", "critical"}
        ]
    return found


def too_wide(page, path):
    """Open a page; return it if it is wider than the screen."""
    page.goto(path)
    is_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth + 1")
    return [(path, "wider than the screen")] if is_wide else []


def problems(page, path):
    """Open a page; return what axe finds serious, and whether it is wider than the screen."""
    return [*too_wide(page, path), *((path, *one) for one in serious(page))]
