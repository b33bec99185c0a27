"""Read the forms about key customers; what makes no sense is refused in plain words."""

from datetime import date

from django.http import HttpRequest, QueryDict

from dianliang.domain.key_customers import queries
from dianliang.domain.key_customers.queries import VIEWS, Filters
from dianliang.domain.key_customers.told import Graded, Supply
from dianliang.faces.console.activities.reading import optional_whole
from dianliang.faces.console.fields import degrees, optional_day
from dianliang.faces.console.paging import page_number
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.key_customers.keeping import Asked
from dianliang.kernel.errors import InvalidInputError

SUPPLY_ROWS = 2
"""So many own supplies a form offers beside those that are there."""


def filters_of(request: HttpRequest) -> Filters:
    """Read filters from an address; what makes no sense is left out."""
    asked = request.GET
    view, grade, kind = (asked.get(name, "") for name in ("view", "grade", "kind"))
    return Filters(
        view=view if view in VIEWS else "all",
        grade=grade if grade in dict(queries.GRADES) else "",
        kind=kind if kind in dict(queries.KINDS) else "",
        area=asked.get("area", "").replace("\0", "")[:24],
        words=asked.get("words", "").replace("\0", "").strip()[:40],
        page=page_number(request.GET),
    )


def without_page(request: HttpRequest) -> str:
    """Return the address's conditions but for the page, to lead on with."""
    kept = request.GET.copy()
    kept.pop("page", None)
    return kept.urlencode()


def asked_of(sent: QueryDict) -> Asked:
    """Return a key customer as its form describes it.

    Raises:
        InvalidInputError: a field is no number or no day; it is named.
    """
    main, others = sent.get("main", "").strip(), sent.get("others", "")
    spare = [part.strip() for part in others.replace("，", "、").replace(",", "、").split("、")]
    if not main and any(spare):
        raise InvalidInputError(_("请先填主供电源。"), field="main")
    return Asked(
        name=sent.get("name", ""),
        kind=sent.get("kind", ""),
        unit_code=sent.get("unit", ""),
        area_code=sent.get("area", ""),
        checklist=sent.get("checklist", ""),
        address=sent.get("address", ""),
        lat=degrees(sent.get("lat", ""), field="lat", label=_("纬度"), most=90),
        lon=degrees(sent.get("lon", ""), field="lon", label=_("经度"), most=180),
        is_gcj=sent.get("datum") == "gcj02",
        tie_in=sent.get("tie_in", ""),
        cable_m=optional_whole(sent.get("cable_m", "").strip(), "cable_m", _("所需电缆")),
        plug=sent.get("plug", ""),
        contact=sent.get("contact", ""),
        phone=sent.get("phone", ""),
        note=sent.get("note", ""),
        sources=[code for code in (main, *spare) if code],
        supplies=_supplies(sent),
    )


def _supplies(sent: QueryDict) -> list[Supply]:
    columns = ("supply_kind", "kva", "kw", "hours", "tested")
    rows = zip(*(sent.getlist(name) for name in columns), strict=False)
    return [
        Supply(
            kind=kind,
            power_kva=_number(kva, "kva", _("容量")),
            power_kw=_number(kw, "kw", _("功率")),
            autonomy_h=_number(hours, "hours", _("可持续小时")),
            tested_on=optional_day(tested, field="tested", label=_("上次试验")),
        )
        for kind, kva, kw, hours, tested in rows
        if kind
    ]


def _number(text: str, field: str, label: str) -> float | None:
    text = text.strip()
    if not text:
        return None
    plain = text.replace(".", "", 1)
    if not (plain.isascii() and plain.isdecimal() and len(text) <= 20):
        words = _("%(label)s应填不小于 0 的数字。") % {"label": label}
        raise InvalidInputError(words, field=field)
    return float(text)


def graded_of(sent: QueryDict) -> Graded:
    """Return a decision on the grade as its form describes it.

    Raises:
        InvalidInputError: a day is none; it is named.
    """
    days: dict[str, date | None] = {
        name: optional_day(sent.get(name, ""), field=name, label=label)
        for name, label in (
            ("begins_on", _("临时起始日")),
            ("ends_on", _("临时截止日")),
            ("decided_on", _("认定日期")),
        )
    }
    return Graded(grade=sent.get("grade", ""), document=sent.get("document", "").strip(), **days)
