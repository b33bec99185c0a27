"""The table of firms: which meters, which tariff, how demand is paid, reactive energy by month."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dianliang.core import blanks, sheets
from dianliang.core.blanks import Heading
from dianliang.core.checks import Checks
from dianliang.core.sheets import SheetRow
from dianliang.engines.tariffs import STANDARDS, WAY_WORDS, Way
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase

NUMBER, NAME, METERS, TARIFF, WAY, CAPACITY = (
    "客户编号",
    "名称",
    "表号",
    "电价编码",
    "基本电费方式",
    "变压器容量（kVA）",
)
CONTRACT, STANDARD, ROOF = ("合同需量（kW）", "功率因数标准", "可装光伏（kWp）")
WAYS = {words: str(way) for way, words in WAY_WORDS.items()}
HEADINGS: tuple[Heading, ...] = (
    (NUMBER, "登记客户时的编号；请先把整列设为文本", ()),
    (NAME, "", ()),
    (METERS, "几只表用、分开，读数相加", ()),
    (TARIFF, "电价库里的编码", ()),
    (WAY, "", tuple(WAYS)),
    (CAPACITY, "运行容量", ()),
    (CONTRACT, "按合同最大需量才填", ()),
    (STANDARD, "0.90、0.85 或 0.80；不考核就留空", ()),
    (ROOF, "屋顶装得下多少；不知道就留空", ()),
)
EXAMPLE = (
    *("QY-0001", "某某竹业有限公司", "1000001、1000002", "SL-10KV", "按变压器容量", "400"),
    *("", "0.90", ""),
)
ADVICE = (
    "无功电量另列“无功电量 2025-01”这样的列，一月一列；没有就不评功率因数。",
    "任何一行有错，全部都不写入；错误会逐条说明。",
)
KVARH = "无功电量"
REACTIVE = re.compile(rf"{KVARH}\s*(\d{{4}}-\d{{2}})")
YEAR = range(1, 13)
SPLIT = re.compile(r"[、,，;；\s]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """How a firm is supplied: what its table row or its stored contract says."""

    number: str
    name: str
    meters: tuple[str, ...]
    tariff: str
    way: Way
    capacity_kva: float
    contract_kw: float | None = None
    standard: float | None = None
    roof_kwp: float | None = None
    kvarh: Mapping[str, float] = field(default_factory=dict)


def template(rows: Sequence[Sequence[str]] = (), *, months: Sequence[str] = ()) -> bytes:
    """Return the table to fill in: with `rows` that are known already, or with an example.

    `months` (YYYY-MM) add columns of reactive energy.
    """
    headings = (*HEADINGS, *((f"无功电量 {month}", "kvarh", ()) for month in months))
    first, *further = rows or [EXAMPLE]
    return blanks.template(
        headings, example=first, further=further, title="企业用电", advice=ADVICE
    )


def row_of(one: Supply, months: Sequence[str]) -> list[str]:
    """Return a supply as a row of the table, so that `read` gives it back."""
    ways = {value: words for words, value in WAYS.items()}
    return [
        *(one.number, one.name, "、".join(one.meters), one.tariff, ways[str(one.way)]),
        *(_plain(one.capacity_kva), _plain(one.contract_kw)),
        "" if one.standard is None else f"{one.standard:.2f}",
        _plain(one.roof_kwp),
        *(_plain(one.kvarh.get(month)) for month in months),
    ]


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:.15g}"


def read(content: bytes, *, name: str) -> list[Supply]:
    """Return the firms of a table.

    Raises:
        UnreadableSheetError, InvalidRowsError: the table; every wrong cell is named.
        InvalidInputError: it is empty.
    """
    checks = Checks(name)
    found = read_into(checks, content)
    checks.raise_if_any()
    return found


def read_into(checks: Checks, content: bytes) -> list[Supply]:
    """Return the firms of a table; what is wrong goes to `checks`, for the reader has more to say.

    Raises:
        UnreadableSheetError: it is no table, or lacks a column.
        InvalidInputError: it is empty.
    """
    name = checks.name
    months = [f"{KVARH} {year}-{month:02d}" for year in range(2015, 2046) for month in YEAR]
    rows = sheets.read(
        content,
        name=name,
        headings=(NUMBER, NAME, METERS, TARIFF, WAY, CAPACITY),
        optional=(CONTRACT, STANDARD, ROOF, *months),
    )
    if not rows:
        raise InvalidInputError(Phrase("%(name)s 里没有企业。", name=name), field="file")
    checks.once(rows, NUMBER)
    for heading in rows[0].cells:
        month = REACTIVE.fullmatch(heading)
        if heading.startswith(KVARH) and not (month and f"{KVARH} {month[1]}" in months):
            words = Phrase(
                "表头“%(heading)s”不是月份，应如“%(kvarh)s 2025-01”，否则不会采用。",
                heading=heading,
                kvarh=KVARH,
            )
            checks.add(rows[0], words, heading)
    found = [_supply(row, checks) for row in rows]
    _meters_once(rows, found, checks)
    return found


def _supply(row: SheetRow, checks: Checks) -> Supply:
    way = Way(checks.choice(row, WAY, WAYS, Way.NONE))
    if not row.get(WAY):
        checks.add(row, Phrase("“%(heading)s”不能为空。", heading=WAY), WAY)
    contract = checks.number(row, CONTRACT, least=1, most=1e6)
    if way is Way.CONTRACT and contract is None and not row.get(CONTRACT):
        checks.add(row, "按合同最大需量计收的，要填合同需量。", CONTRACT)
    capacity = checks.number(row, CAPACITY, least=1, most=1e6)
    if capacity is None and not row.get(CAPACITY):
        checks.add(row, Phrase("“%(heading)s”不能为空。", heading=CAPACITY), CAPACITY)
    if contract is not None and capacity is not None and contract > capacity:
        words = Phrase(
            "合同需量 %(contract)s kW 高于变压器容量 %(capacity)s kVA，请核对。",
            contract=f"{contract:g}",
            capacity=f"{capacity:g}",
        )
        checks.add(row, words, CONTRACT)
    standard = checks.number(row, STANDARD, least=0, most=1)
    if standard is not None and standard not in STANDARDS:
        words = Phrase(
            "功率因数标准应是 0.90、0.85 或 0.80，现为 %(standard)s。", standard=f"{standard:g}"
        )
        checks.add(row, words, STANDARD)
    meters = tuple(one for one in SPLIT.split(checks.text(row, METERS, 400, needed=True)) if one)
    return Supply(
        number=checks.key(row, NUMBER, needed=True),
        name=checks.text(row, NAME, 80, needed=True),
        meters=meters,
        tariff=checks.key(row, TARIFF, needed=True),
        way=way,
        capacity_kva=capacity or 0.0,
        contract_kw=contract,
        standard=standard,
        roof_kwp=checks.number(row, ROOF, least=0, most=1e6),
        kvarh=_reactive(row, checks),
    )


def _reactive(row: SheetRow, checks: Checks) -> dict[str, float]:
    found: dict[str, float] = {}
    for heading, cell in row.cells.items():
        month = REACTIVE.fullmatch(heading)
        if month and cell:
            value = checks.number(row, heading, least=0, most=1e10)
            if value is not None:
                found[month[1]] = value
    return found


def _meters_once(rows: Sequence[SheetRow], found: Sequence[Supply], checks: Checks) -> None:
    """Refuse a meter that two firms claim: its energy would be counted twice."""
    owner: dict[str, int] = {}
    for row, one in zip(rows, found, strict=True):
        for meter in one.meters:
            if meter in owner:
                words = Phrase(
                    "表号 %(meter)s 与第 %(owner)s 行重复。", meter=meter, owner=owner[meter]
                )
                checks.add(row, words, METERS)
            owner.setdefault(meter, row.number)
