"""A steward fills in a checklist on the phone."""

from itertools import count

from playwright.sync_api import Page, expect

from dianliang.domain.catalog import inspecting as checklists
from tests.core.test_files import photo

_shades = count(1)


def shoot(page: Page, name: str) -> None:
    """Take a photo unlike all others into one of the galleries."""
    shade = next(_shades)
    content = photo((300 + shade, 200 + shade % 7))
    shot = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": content}
    field = page.locator(f"#{name}")
    field.set_input_files(shot)
    expect(field.locator("xpath=..").get_by_role("img")).to_have_count(1)


def sign(page: Page) -> None:
    """Sign on the glass."""
    pad = page.get_by_role("img", name="签名区")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 60, steps=6)
    page.mouse.up()
    expect(page.get_by_text("已签", exact=True)).to_be_visible()


def fill_in(page: Page, *, wrong: tuple[str, ...], kind: str = "household") -> None:
    """Answer every item; what is wrong becomes a hazard with its photo."""
    for item in checklists.current(kind).items:
        line = page.locator(f"#item-{item.code}")
        if item.kind == "number":
            line.get_by_role("spinbutton").first.fill(f"{item.most:g}")
        else:
            value = "不合格" if item.code in wrong else "合格"
            line.get_by_label(value, exact=True).check()
        if item.code in wrong:
            line.get_by_label("现场情况").fill(f"{item.code} 处烧焦")
            shoot(page, f"hazard-{item.code}-0")
        elif item.needs_photo:
            shoot(page, f"shot-{item.code}")
    page.get_by_label("签收人").fill("王春花")
    sign(page)
