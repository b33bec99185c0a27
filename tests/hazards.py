"""Inspections for tests: a sheet filled in, photos that differ, a hazard on its way."""

from itertools import count

from dianliang.core import files
from dianliang.domain.catalog import inspecting as checklists
from dianliang.domain.safety.models import Hazard
from dianliang.domain.safety.operations import inspecting
from dianliang.domain.safety.records import Answer, Found, Record
from tests.core.test_files import photo

_shades = count(1)


def picture(at, *, side=40):
    """Keep a photo unlike all others."""
    shade = next(_shades)
    return files.keep_image(photo((side + shade % 50, side + shade // 50)), at=at)


def answers(sheet, *, wrong=(), shown=None):
    """Answer all items: right, but for some."""
    return tuple(
        Answer(
            code=item.code,
            value="not_ok" if item.code in wrong else "ok",
            number=_number(item, is_wrong=item.code in wrong),
            photos=(shown,) if item.needs_photo and shown else (),
        )
        for item in sheet.items
    )


def _number(item, *, is_wrong):
    if item.kind != "number":
        return None
    return item.most + 1 if is_wrong else item.most


def found(sheet, code, photo, **changed):
    """Find a hazard at an item as the checklist proposes it."""
    item = sheet.item(code)
    known = {
        "code": code,
        "words": "灶台边插座烧焦",
        "hazard_class": item.hazard_class,
        "party": item.party,
        "deadline_days": item.deadline_days,
        "photo": photo,
    }
    return Found(**(known | changed))


def record(at, *, kind="household", wrong=("H07",), shown=None, **changed):
    """Fill in a whole sheet with a hazard for each wrong item; signed."""
    checklists.load_shipped()
    sheet = checklists.current(kind)
    shown = shown or picture(at)
    hazards = tuple(found(sheet, code, picture(at)) for code in wrong)
    known = {
        "answers": answers(sheet, wrong=wrong, shown=shown),
        "found": hazards,
        "inspected_at": at,
        "signature": shown,
        "signer": "王春花",
    }
    return sheet, Record(**(known | changed))


def inspected(world, by, *, at, visit=None, **given):
    """Inspect on a visit of the world; return its hazards."""
    visit = visit or world.visit(status="ARRIVED")
    sheet, written = record(at, **given)
    kept = inspecting.record(visit=visit, sheet=sheet, record=written, by=by, at=at)
    return list(Hazard.objects.filter(inspection=kept).order_by("number"))
