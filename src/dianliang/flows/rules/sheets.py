"""The table of rules as an Excel file: empty, as it stands, and read back."""

from collections.abc import Sequence
from io import BytesIO

from dianliang.core import blanks, sheets
from dianliang.core.blanks import Heading
from dianliang.core.checks import Checks, parts_of
from dianliang.core.sheets import SheetRow
from dianliang.domain.catalog.models import Service
from dianliang.domain.directory.models import Unit
from dianliang.domain.directory.owners import Owner
from dianliang.domain.directory.rules import Key, RuleRow
from dianliang.domain.territory.models import Area

ANYBODY = "不限"
OWNERS = {ANYBODY: "", **{str(owner.label): owner.value for owner in Owner}}
SERVICE, AREA, OWNER = "事项编码", "区域编码", "设施归属"
UNIT, ASSISTING = "主办单位编码", "协办单位编码"
NAMED = ("事项", "区域", "主办单位", "协办单位")
HEADINGS: tuple[Heading, ...] = (
    (SERVICE, "请先把整列设为文本", ()),
    (NAMED[0], "供核对，导入时不看", ()),
    (AREA, "含下级；小区域的规则优先", ()),
    (NAMED[1], "供核对，导入时不看", ()),
    (OWNER, "留空为不限；同一区域写明归属的优先", tuple(OWNERS)),
    (UNIT, "一家", ()),
    (NAMED[2], "供核对，导入时不看", ()),
    (ASSISTING, "没有就留空；多个用、隔开", ()),
    (NAMED[3], "供核对，导入时不看", ()),
)
NEEDED = (SERVICE, AREA, OWNER, UNIT, ASSISTING)
EXAMPLE = (
    "PWR-LIGHT",
    "黑楼道与路灯",
    "330523",
    "安吉县",
    "市政",
    "LM",
    "要素联盟",
    "AJ",
    "供电公司",
)
ADVICE = (
    "在“填写”表里从第 2 行起填写；第 2 行是例子，请删掉或改掉。表头不要改名、合并或重复。",
    "任何一行有错，全部都不写入；错误会逐条说明在第几行第几列、怎样改。",
    "这张表整体替换草稿：表里没有的规则，草稿里也不再有。先下载现行规则，在上面改，最稳妥。",
    "导入只改草稿；试算、看过提示、写明原因之后才生效。",
    "没有规则的事项，派给服务该区域、要素相同的单位；都没有时由公司受理。",
)


def blank() -> bytes:
    """Return the table to fill in."""
    return blanks.template(HEADINGS, example=EXAMPLE, title="派单规则", advice=ADVICE)


def filled(rows: Sequence[RuleRow]) -> bytes:
    """Return a table of rules as an Excel file that can be changed and read back."""
    services = dict(Service.objects.values_list("code", "name"))
    areas = dict(Area.objects.values_list("code", "name"))
    units = dict(Unit.objects.values_list("code", "name"))
    labels = {value: label for label, value in OWNERS.items()}
    cells = [
        (
            row.service_code,
            services.get(row.service_code, ""),
            row.area_code,
            areas.get(row.area_code, ""),
            labels.get(row.owner, row.owner),
            row.unit_code,
            units.get(row.unit_code, ""),
            "、".join(row.assisting),
            "、".join(units.get(code, "") for code in row.assisting),
        )
        for row in rows
    ]
    out = BytesIO()
    book = blanks.workbook(out)
    blanks.add_table(book, sheets.FILL_IN, HEADINGS, examples=cells)
    book.close()
    return out.getvalue()


def read(content: bytes) -> tuple[RuleRow, ...]:
    """Return the rules that a file holds; every wrong cell is told with its row and column.

    Raises:
        UnreadableSheetError: the file cannot be read as this table.
        InvalidRowsError: rows are wrong; all are named.
    """
    rows = sheets.read(content, name="派单规则表", headings=NEEDED)
    checks = Checks("派单规则表")
    services = dict(Service.objects.values_list("code", "name"))
    areas = dict(Area.objects.values_list("code", "name"))
    units = dict(Unit.objects.values_list("code", "name"))
    made = []
    seen: dict[Key, int] = {}
    for row in rows:
        made.append(
            RuleRow(
                service_code=_code(row, SERVICE, services, checks),
                area_code=_code(row, AREA, areas, checks),
                owner=checks.choice(row, OWNER, OWNERS, ""),
                unit_code=_code(row, UNIT, units, checks),
                assisting=_codes(row, units, checks),
            )
        )
        first = seen.setdefault(made[-1].key, row.number)
        if first != row.number and all(made[-1].key[:2]):
            words = f"事项、区域、设施归属与第 {first} 行都相同，请删去其中一行。"
            checks.add(row, words, SERVICE)
    checks.raise_if_any()
    return tuple(made)


def _code(row: SheetRow, heading: str, known: dict[str, str], checks: Checks) -> str:
    code = checks.code(row, heading, needed=True)
    if code and code not in known:
        checks.add(row, f"“{heading}”{code} 在系统中没有，请改正。", heading)
    return code


def _codes(row: SheetRow, known: dict[str, str], checks: Checks) -> tuple[str, ...]:
    codes = tuple(parts_of(row.get(ASSISTING)))
    for code in codes:
        if code not in known:
            checks.add(row, f"“{ASSISTING}”{code} 在系统中没有，请改正。", ASSISTING)
    return codes
