"""Read a table of key customers: every row checked, every complaint with its row and column."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from dianliang.core import sheets as tables
from dianliang.core.checks import Checks, InvalidRowsError, parts_of
from dianliang.core.sheets import SheetRow
from dianliang.domain.catalog.models import Checklist
from dianliang.domain.directory.models import Unit
from dianliang.domain.key_customers import queries
from dianliang.domain.key_customers.models import KeyCustomer
from dianliang.domain.key_customers.operations import register
from dianliang.domain.key_customers.told import Graded, Source, Supply
from dianliang.domain.network.models import Feeder, Transformer
from dianliang.domain.territory.models import Area
from dianliang.flows.key_customers import sheets
from dianliang.kernel.actor import Actor
from dianliang.kernel.coordinates import from_gcj02
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.phrases import Phrase

MOST_CABLE_M, MOST_POWER, MOST_H = 5000, 100_000.0, 10_000.0
CHECKLISTS: Mapping[str, str] = {KeyCustomer.Kind.PUMP_STATION: "pump_house"}
USUAL_CHECKLIST = "key_customer"
TOLD_EVERY = 500
DECIMALS = 7
Report = Callable[[float, str], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A customer as a row tells it; `fields` are those of the model that the table has."""

    row: int
    number: str
    fields: Mapping[str, object]
    contact: Mapping[str, str]
    graded: Graded
    sources: Sequence[Source] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What a table says: customers, and own supplies by number."""

    lines: Sequence[Line]
    supplies: Mapping[str, Sequence[Supply]]


@dataclass(slots=True)
class _Known:
    """What rows may point to, read once."""

    by: Actor
    units: dict[str, tuple[int, str]] = field(init=False)
    areas: dict[str, int] = field(init=False)
    feeders: dict[str, int] = field(init=False)
    transformers: dict[str, int] = field(init=False)
    checklists: dict[str, int] = field(init=False)
    codes: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        units = Unit.objects.values_list("code", "pk", "path")
        self.units = {code: (pk, path) for code, pk, path in units}
        self.areas = dict(Area.objects.values_list("code", "pk"))
        self.feeders = dict(Feeder.objects.values_list("code", "pk"))
        self.transformers = dict(Transformer.objects.values_list("number", "pk"))
        self.checklists = dict(Checklist.objects.values_list("name", "pk"))
        self.codes = dict(Checklist.objects.values_list("code", "pk"))


def read(content: bytes, *, by: Actor, report: Report) -> Brought:
    """Return what a workbook says of key customers, checked as a whole.

    Raises:
        UnreadableSheetError: it is no workbook with one of the two sheets.
        InvalidRowsError: rows are wrong; all are named.
    """
    report(0.02, "正在读取文件")
    book = tables.read_book(
        content,
        name=sheets.BOOK,
        headings={sheets.CUSTOMERS: sheets.NEEDED, sheets.SUPPLIES: sheets.SUPPLY_NEEDED},
        optional={sheets.CUSTOMERS: sheets.COLUMNS, sheets.SUPPLIES: sheets.SUPPLY_COLUMNS},
    )
    if not book.rows:
        message = Phrase(
            "%(book)s 没有“%(customers)s”或“%(supplies)s”工作表，请用系统给出的空白模板填写。",
            book=sheets.BOOK,
            customers=sheets.CUSTOMERS,
            supplies=sheets.SUPPLIES,
        )
        raise tables.UnreadableSheetError(message)
    of_customers, of_supplies = (
        Checks(Phrase("“%(sheet)s”表", sheet=title))
        for title in (sheets.CUSTOMERS, sheets.SUPPLIES)
    )
    lines = _lines(book.rows.get(sheets.CUSTOMERS, []), of_customers, by=by, report=report)
    supplies = _supplies(book.rows.get(sheets.SUPPLIES, []), of_supplies)
    wrong = [*of_customers.found, *of_supplies.found]
    if wrong:
        raise InvalidRowsError(wrong)
    return Brought(lines=lines, supplies=supplies)


def _lines(rows: Sequence[SheetRow], checks: Checks, *, by: Actor, report: Report) -> list[Line]:
    checks.once(rows, sheets.NUMBER)
    known = _Known(by)
    lines = []
    for place, row in enumerate(rows):
        if place % TOLD_EVERY == 0:
            report(0.1 + 0.5 * place / len(rows), f"正在核对 {place}/{len(rows)} 户")
        lines.append(_line(row, checks, known))
    return lines


def _line(row: SheetRow, checks: Checks, known: _Known) -> Line:
    kind = _choice(row, checks, sheets.KIND, queries.KINDS)
    fields: dict[str, object] = {
        "name": checks.text(row, sheets.NAME, 80, needed=True),
        "kind": kind,
        "unit_id": _unit(row, checks, known),
        "area_id": _area(row, checks, known),
    }
    fields |= _optional(row, checks, known, kind)
    contact = {}
    for heading, name, most in ((sheets.CONTACT, "contact", 40), (sheets.PHONE, "phone", 24)):
        read_cell = checks.text if name == "contact" else checks.code
        if told := read_cell(row, heading, most):
            contact[name] = told
    return Line(
        row=row.number,
        number=checks.key(row, sheets.NUMBER, needed=True),
        fields=fields,
        contact=contact,
        graded=_graded(row, checks),
        sources=_sources(row, checks, known),
    )


def _optional(row: SheetRow, checks: Checks, known: _Known, kind: str) -> dict[str, object]:
    """Return the fields of columns that the table has; those of the others stay as they are."""
    found: dict[str, object] = {}
    for heading, name, most in (
        (sheets.ADDRESS, "address", 200),
        (sheets.PLUG, "plug", 40),
        (sheets.NOTE, "note", 200),
    ):
        if heading in row.columns:
            found[name] = checks.text(row, heading, most)
    if sheets.LAT in row.columns and sheets.LON in row.columns:
        point = _point(row, checks)
        found |= {"lat": point.lat if point else None, "lon": point.lon if point else None}
    if sheets.TIE_IN in row.columns:
        labels = {label: value for value, label in queries.TIE_INS}
        found["tie_in"] = checks.choice(row, sheets.TIE_IN, labels, KeyCustomer.TieIn.UNKNOWN)
    if sheets.CABLE in row.columns:
        told = row.get(sheets.CABLE)
        found["cable_m"] = 0 if told == "0" else checks.whole(row, sheets.CABLE, MOST_CABLE_M)
    usual = known.codes[CHECKLISTS.get(kind, USUAL_CHECKLIST)]
    if row.get(sheets.CHECKLIST):
        names = {name: str(pk) for name, pk in known.checklists.items()}
        found["checklist_id"] = int(checks.choice(row, sheets.CHECKLIST, names, str(usual)))
    elif sheets.CHECKLIST in row.columns:
        found["checklist_id"] = usual
    return found


def _choice(row: SheetRow, checks: Checks, heading: str, choices: Sequence[tuple[str, str]]) -> str:
    if not row.get(heading):
        checks.add(row, Phrase("“%(heading)s”不能为空。", heading=heading), heading)
    return checks.choice(row, heading, {label: value for value, label in choices}, choices[0][0])


def _unit(row: SheetRow, checks: Checks, known: _Known) -> int | None:
    code = checks.code(row, sheets.UNIT, needed=True)
    if not code:
        return None
    pk, path = known.units.get(code, (None, ""))
    if pk is None:
        checks.add(
            row,
            Phrase("责任单位编码 %(code)s 不存在，请改正，或先导入单位。", code=code),
            sheets.UNIT,
        )
    elif not known.by.reaches_unit(path):
        checks.add(
            row, Phrase("单位 %(code)s 不在您的范围内，不能为它登记。", code=code), sheets.UNIT
        )
    return pk


def _area(row: SheetRow, checks: Checks, known: _Known) -> int | None:
    code = checks.code(row, sheets.AREA, needed=True)
    if code and code not in known.areas:
        checks.add(
            row, Phrase("区域编码 %(code)s 不存在，请改正，或先导入区域。", code=code), sheets.AREA
        )
    return known.areas.get(code)


def _point(row: SheetRow, checks: Checks) -> GeoPoint | None:
    """Return where it is in WGS 84, whichever datum the map had that it was read from."""
    lat, lon = checks.degrees(row, sheets.LAT, 90), checks.degrees(row, sheets.LON, 180)
    datum = checks.choice(row, sheets.DATUM, {sheets.WGS84: "wgs", sheets.GCJ02: "gcj"}, "wgs")
    if bool(row.get(sheets.LAT)) != bool(row.get(sheets.LON)):
        checks.add(row, Phrase("纬度和经度要么都填，要么都留空。"), sheets.LAT)
    if lat is None or lon is None:
        return None
    return in_wgs84(GeoPoint(lat, lon), is_gcj=datum == "gcj")


def in_wgs84(point: GeoPoint, *, is_gcj: bool) -> GeoPoint:
    """Return a position in WGS 84, to the centimetre where it was shifted."""
    if not is_gcj:
        return point
    found = from_gcj02(point)
    return GeoPoint(round(found.lat, DECIMALS), round(found.lon, DECIMALS))


def _graded(row: SheetRow, checks: Checks) -> Graded:
    graded = Graded(
        grade=_choice(row, checks, sheets.GRADE, queries.GRADES),
        begins_on=checks.day(row, sheets.BEGINS),
        ends_on=checks.day(row, sheets.ENDS),
        decided_on=checks.day(row, sheets.DECIDED),
        document=checks.text(row, sheets.DOCUMENT, 120),
    )
    try:
        register.require_period(graded)
    except InvalidInputError as refusal:
        headings = {"begins_on": sheets.BEGINS, "ends_on": sheets.ENDS}
        checks.add(row, refusal.message, headings.get(refusal.field or "", sheets.GRADE))
    return graded


def _sources(row: SheetRow, checks: Checks, known: _Known) -> list[Source] | None:
    if sheets.MAIN not in row.columns and sheets.OTHERS not in row.columns:
        return None
    sources = []
    for heading in (sheets.MAIN, sheets.OTHERS):
        for code in parts_of(row.get(heading)):
            source = source_of(code, known.feeders, known.transformers, heading == sheets.MAIN)
            if source is None:
                words = Phrase(
                    "没有编码为 %(code)s 的线路或变压器，请改正，或先导入电网台账。", code=code
                )
                checks.add(row, words, heading)
            else:
                sources.append(source)
    try:
        register.require_one_main(sources)
    except InvalidInputError as refusal:
        checks.add(row, refusal.message, sheets.MAIN)
    return sources


def source_of(
    code: str, feeders: Mapping[str, int], transformers: Mapping[str, int], is_main: bool
) -> Source | None:
    """Return what a code names: a line, else a transformer; None for neither."""
    if code in feeders:
        return Source(feeder_id=feeders[code], is_main=is_main)
    if code in transformers:
        return Source(transformer_id=transformers[code], is_main=is_main)
    return None


def _supplies(rows: Sequence[SheetRow], checks: Checks) -> dict[str, list[Supply]]:
    found: dict[str, list[Supply]] = {}
    for row in rows:
        number = checks.code(row, sheets.NUMBER, needed=True)
        supply = Supply(
            kind=_choice(row, checks, sheets.SUPPLY_KIND, queries.SUPPLY_KINDS),
            power_kva=_power(row, checks, sheets.KVA),
            power_kw=_power(row, checks, sheets.KW),
            autonomy_h=checks.number(row, sheets.AUTONOMY, least=0, most=MOST_H),
            tested_on=_tested(row, checks),
        )
        if not row.get(sheets.KVA) and not row.get(sheets.KW):
            checks.add(row, Phrase("容量（kVA）与功率（kW）至少填一项。"), sheets.KVA)
        found.setdefault(number, []).append(supply)
    return found


def _power(row: SheetRow, checks: Checks, heading: str) -> float | None:
    return checks.number(row, heading, least=0.1, most=MOST_POWER)


def _tested(row: SheetRow, checks: Checks) -> date | None:
    return checks.day(row, sheets.TESTED)
