"""Key customers for tests: a line with a transformer, customers, tables of them, a watch."""

from datetime import timedelta
from io import BytesIO
from typing import Any

from dianliang.core import blanks
from dianliang.domain.catalog.models import Checklist
from dianliang.domain.key_customers.models import BroughtTable, KeyCustomer, Watch
from dianliang.domain.key_customers.operations import register
from dianliang.domain.key_customers.told import (
    Graded,
    Occasion,
    Supply,
    ToldCustomer,
    ToldReport,
)
from dianliang.domain.network.models import Feeder, Transformer
from dianliang.flows.key_customers import sheets, watching
from dianliang.flows.protection import planning
from tests.core.test_files import photo
from tests.town import NOON, Town

FIRST = Graded(grade="first", document="县发改〔2026〕12 号")


def network(town: Town) -> tuple[Feeder, Transformer]:
    """Return a line, and a transformer that hangs on another one."""
    known = {"voltage": "10kV", "length_m": 1000, "starts_at": "变电站", "ends_at": "支线"}
    line = Feeder.objects.get_or_create(code="F117", defaults={"name": "余村线", **known})[0]
    other = Feeder.objects.get_or_create(code="F118", defaults={"name": "大溪线", **known})[0]
    made, _is_new = Transformer.objects.get_or_create(
        number="B118-001",
        defaults={
            "name": "大溪公变",
            "capacity_kva": 315,
            "area": town.areas["V2"],
            "feeder": other,
        },
    )
    return line, made


def customer(
    town: Town,
    number: str,
    *,
    area: str = "V1",
    unit: str = "S1",
    graded: Graded = FIRST,
    **told: Any,
) -> KeyCustomer:
    """Take a key customer in."""
    known = {
        "name": f"{number} 医院",
        "kind": "hospital",
        "unit": town.units[unit],
        "area": town.areas[area],
        "checklist": Checklist.objects.get(code="key_customer"),
        "supplies": [Supply(kind="diesel", power_kva=200.0, autonomy_h=8.0)],
    }
    return register.take_in(
        told=ToldCustomer(**{**known, **told}),
        graded=graded,
        number=number,
        by=town.actor(unit),
        at=NOON,
    )


def line(number: str, **cells: str) -> list[str]:
    """Return a row of the sheet of customers; cells are named by their headings."""
    known = {
        sheets.NUMBER: number,
        sheets.NAME: f"{number} 医院",
        sheets.GRADE: "一级",
        sheets.KIND: "医院",
        sheets.UNIT: "S1",
        sheets.AREA: "V1",
    }
    row = {**known, **cells}
    return [row.get(name, "") for name in sheets.COLUMNS]


def book(customers: list[list[str]], supplies: list[list[str]] | None = None) -> bytes:
    """Return a workbook as a person fills it in."""
    out = BytesIO()
    written = blanks.workbook(out)
    blanks.add_table(written, sheets.CUSTOMERS, sheets.headings(), examples=customers)
    if supplies is not None:
        headings = sheets.supply_headings()
        blanks.add_table(written, sheets.SUPPLIES, headings, examples=supplies)
    written.close()
    return out.getvalue()


def watch(town: Town, *customers: KeyCustomer, hours: int = 6) -> Watch:
    """Follow some key customers since some hours ago."""
    return watching.open_for(
        occasion=Occasion(kind="incident", number="YJ-1", title="暴雨停电"),
        customers=[one.pk for one in customers],
        starts_at=NOON - timedelta(hours=hours),
        by=town.actor("S1"),
        at=NOON,
    )


def report(town: Town, followed: Watch, one: KeyCustomer, state: str, *, ago_min: int, **told: Any):
    """Report how a followed customer is supplied since some minutes ago."""
    (made,) = watching.report(
        number=followed.number,
        customers=[one.number],
        told=ToldReport(state=state, happened_at=NOON - timedelta(minutes=ago_min), **told),
        photo=photo(),
        by=town.actor("S1"),
        at=NOON,
    )
    return made


def objects(town: Town) -> dict[str, dict[str, str]]:
    """Return one object of each kind, of station S1."""
    one = customer(town, "ZY1", contact="王五", phone="19987650011")
    followed = watch(town, one)
    told = report(town, followed, one, "lost", ago_min=60)
    table = BroughtTable.objects.create(
        number="ZD-1",
        unit=town.units["S1"],
        name="表.xlsx",
        brought_at=NOON,
        brought_by="x",
        account="x",
        status="DONE",
        ended_at=NOON,
    )
    event = planning.draft(
        asked=planning.Asked(
            title="高考保电",
            level="second",
            starts_at=NOON + timedelta(days=2),
            ends_at=NOON + timedelta(days=4),
            demand="",
            customers=[one.number],
            sites=(),
        ),
        by=town.actor("S1"),
        at=NOON,
    )
    return {
        "guarded event": {"number": event.number, "what": "halls", "verb": "release"},
        "key customer": {"number": one.number, "verb": "remove"},
        "key table": {"number": table.number},
        "key watch": {"number": followed.number, "verb": "close"},
        "key report": {"number": told.number},
    }
