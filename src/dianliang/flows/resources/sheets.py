"""Items as an Excel file to fill in; gear and the log of a store as Excel files to keep."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO

from django.db import transaction

from dianliang.core import audit, blanks, sheets
from dianliang.core.blanks import HEADING, Heading
from dianliang.core.checks import Checks
from dianliang.core.sheets import SheetRow
from dianliang.domain.directory.models import Unit
from dianliang.domain.resources import access
from dianliang.domain.resources.models import Item, Movement, Store
from dianliang.domain.resources.operations import stocking
from dianliang.domain.resources.queries import stock, things
from dianliang.domain.resources.queries.stock import LogFilters
from dianliang.domain.resources.queries.things import Filters
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.phrases import Phrase

CODE, NAME, SPEC, COUNTED_IN, UNIT = "品目编码", "名称", "规格", "计量单位", "登记单位编码"
STORE, LEAST, SHELF = "仓库编码", "最低库存", "货位"
COLUMNS = (CODE, NAME, SPEC, COUNTED_IN, UNIT, STORE, LEAST, SHELF)
NEEDED = (CODE, NAME, COUNTED_IN)
EXAMPLE = ("BULB-100", "LED 灯泡", "100 W E40", "只", "AJ", "CK-AJ", "20", "A-03")
BOOK = "品目表"
GEAR = (
    *("编号", "名称型号", "类别", "能力", "所属单位", "现由单位", "现在何处", "纬度", "经度"),
    *("状态", "到期未检"),
)
LOG = (
    *("流水号", "时间", "品目", "规格名称", "类别", "变动", "结存", "单位", "用途", "用途编号"),
    *("说明", "经手人", "经手单位"),
)


def headings() -> tuple[Heading, ...]:
    """Return the columns of the table of items."""
    return (
        (CODE, "字母、数字和“-”；已有的编码会被更新", ()),
        (NAME, "", ()),
        (SPEC, "可不填", ()),
        (COUNTED_IN, "例如 只、米、套；有库存后不能改", ()),
        (UNIT, "留空为本单位", ()),
        (STORE, "填了就在这个仓库备货", ()),
        (LEAST, "低于这个数就提醒", ()),
        (SHELF, "可不填", ()),
    )


def blank() -> bytes:
    """Return the table to fill in."""
    advice = (
        "一行一个品目；同一品目备在几个仓库就写几行。",
        "库存数量不在这里改，请用入库或盘点。",
    )
    return blanks.template(headings(), example=EXAMPLE, title=BOOK, advice=advice)


def items(*, by: Actor, at: datetime) -> bytes:
    """Return the items of the actor's units with where they are kept, to change and read back."""
    rows: list[Sequence[str]] = []
    seen = access.items(by).prefetch_related("stocks__store").order_by("code")
    own = set(access.stores(by).values_list("pk", flat=True))
    for item in seen:
        about = (item.code, item.name, item.spec, item.counted_in, item.unit.code)
        kept = [row for row in item.stocks.all() if row.store_id in own]
        rows += [(*about, row.store.code, f"{row.least}", row.shelf) for row in kept]
        rows += [] if kept else [(*about, "", "", "")]
    _on_record("resources.item.export", f"{len(rows)}", by=by, at=at)
    out = BytesIO()
    book = blanks.workbook(out)
    blanks.add_table(book, sheets.FILL_IN, headings(), examples=rows)
    book.close()
    return out.getvalue()


@transaction.atomic
def read_items(*, content: bytes, by: Actor, at: datetime) -> int:
    """Take in what a table of items says, all or nothing; return how many rows there were.

    Raises:
        UnreadableSheetError: no such table.
        InvalidRowsError: some rows make no sense; each is named with what to do.
    """
    optional = [name for name in COLUMNS if name not in NEEDED]
    rows = sheets.read(content, name=BOOK, headings=NEEDED, optional=optional)
    checks = Checks(BOOK)
    own = {store.code: store for store in access.stores(by)}
    known = {item.code: item for item in Item.objects.select_related("unit")}
    units = {unit.code: unit for unit in Unit.objects.filter(path__startswith=by.unit_path or "-")}
    plans = [_planned(row, checks, own, known, units, by=by) for row in rows]
    checks.raise_if_any()
    for row, unit, store, least in plans:
        _take_in(row, unit, store, least, known, by=by, at=at)
    return len(plans)


def _planned(
    row: SheetRow,
    checks: Checks,
    own: dict[str, Store],
    known: dict[str, Item],
    units: dict[str, Unit],
    *,
    by: Actor,
) -> tuple[dict[str, str], Unit | None, Store | None, int]:
    told = {
        CODE: checks.code(row, CODE, needed=True),
        NAME: checks.text(row, NAME, 40, needed=True),
        SPEC: checks.text(row, SPEC, 60),
        COUNTED_IN: checks.text(row, COUNTED_IN, 8, needed=True),
        SHELF: checks.text(row, SHELF, 24),
    }
    code = told[CODE]
    if code and not (code.isascii() and code.replace("-", "").isalnum()):
        checks.add(row, "品目编码只用字母、数字和“-”。", CODE)
    item = known.get(code)
    unit = None if item else _unit(row, checks, units, by)
    if item is not None and not _may_say(item, told, by):
        checks.add(
            row,
            Phrase("品目 %(code)s 由%(name)s登记，请由其修改。", code=code, name=item.unit.name),
            CODE,
        )
    if item is not None and item.counted_in != told[COUNTED_IN]:
        checks.add(
            row,
            Phrase(
                "品目 %(code)s 的计量单位是“%(counted_in)s”，不能改。",
                code=code,
                counted_in=item.counted_in,
            ),
            COUNTED_IN,
        )
    at_store = checks.code(row, STORE)
    if at_store and at_store not in own:
        checks.add(row, Phrase("没有找到本单位的仓库 %(at_store)s。", at_store=at_store), STORE)
    least = checks.number(row, LEAST, least=0, most=1_000_000) or 0
    return told, unit, own.get(at_store), int(least)


def _may_say(item: Item, told: dict[str, str], by: Actor) -> bool:
    """Tell whether the actor wrote an item down; one of a unit above him he may keep as it is."""
    is_as_told = (item.name, item.spec) == (told[NAME], told[SPEC])
    is_above = by.unit_path.startswith(item.unit.path)
    return by.reaches_unit(item.unit.path) or (is_above and is_as_told)


def _unit(row: SheetRow, checks: Checks, units: dict[str, Unit], by: Actor) -> Unit | None:
    code = checks.code(row, UNIT) or by.unit_code
    found = units.get(code)
    if found is None:
        checks.add(row, Phrase("没有找到本单位范围内的单位 %(code)s。", code=code), UNIT)
    return found


def _take_in(
    told: dict[str, str],
    unit: Unit | None,
    store: Store | None,
    least: int,
    known: dict[str, Item],
    *,
    by: Actor,
    at: datetime,
) -> None:
    item = known.get(told[CODE])
    if item is None and unit is not None:
        item = known[told[CODE]] = stocking.define_item(
            code=told[CODE],
            name=told[NAME],
            spec=told[SPEC],
            counted_in=told[COUNTED_IN],
            unit=unit,
            by=by,
            at=at,
        )
    elif item is not None and (item.name, item.spec) != (told[NAME], told[SPEC]):
        stocking.rename_item(item=item, name=told[NAME], spec=told[SPEC], by=by, at=at)
    if item is not None and store is not None:
        stocking.keep_on_stock(store=store, item=item, least=least, shelf=told[SHELF], by=by, at=at)


def gear(*, filters: Filters, by: Actor, at: datetime) -> bytes:
    """Return the gear that filters leave as a table; the taking out is on record."""
    on = at.astimezone(SHANGHAI).date()
    rows = things.rows_of(things.chosen(filters=filters, by=by, on=on), on=on)
    _on_record("resources.resource.export", f"{len(rows)}", by=by, at=at)
    cells = [
        (
            row.number,
            row.name,
            row.kind_name,
            row.measure,
            row.unit_name,
            row.holder_name,
            row.place,
            row.at.lat,
            row.at.lon,
            row.status_label,
            row.overdue,
        )
        for row in rows
    ]
    return _table("装备", GEAR, cells)


def log(*, code: str, filters: LogFilters, by: Actor, at: datetime) -> bytes:
    """Return what moved in a store as a table; the taking out is on record.

    Raises:
        NotVisibleError: the store is absent or another's.
    """
    store = access.store_to_see(code, by=by)
    found = stock.movements(store=store, filters=filters)
    audit.record("resources.store.export", target=store, by=by, at=at)
    return _table("出入库流水", LOG, map(_logged, found.iterator(chunk_size=2000)))


def _logged(movement: Movement) -> Sequence[str | int]:
    row = stock.movement_row(movement)
    return (
        row.number,
        f"{row.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
        row.item,
        row.name,
        row.kind_label,
        row.pieces,
        row.balance,
        row.counted_in,
        row.purpose_label,
        row.purpose_number,
        row.words,
        row.by_name,
        row.unit_code,
    )


def _table(name: str, columns: Sequence[str], rows: Iterable[Sequence[str | int | float]]) -> bytes:
    out = BytesIO()
    book = blanks.workbook(out)
    sheet = book.add_worksheet(name)
    sheet.write_row(0, 0, columns, book.add_format(HEADING))
    for line, row in enumerate(rows, start=1):
        sheet.write_row(line, 0, row)
    sheet.set_column(0, len(columns) - 1, 16)
    sheet.freeze_panes(1, 1)
    book.close()
    return out.getvalue()


def _on_record(verb: str, told: str, *, by: Actor, at: datetime) -> None:
    kind = verb.rsplit(".", 1)[0]
    audit.record_about(
        verb, target_type=kind, target_id=by.unit_code or "/", by=by, at=at, after=told
    )
