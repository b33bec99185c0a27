"""The table of targets that people bring: template, checks with row and column."""

from datetime import date
from typing import Any

from dianliang.core import blanks, sheets
from dianliang.core.blanks import Heading
from dianliang.core.checks import Checks
from dianliang.core.sheets import SheetRow
from dianliang.domain.directory.models import Unit
from dianliang.domain.territory.models import Area
from dianliang.flows.campaigns.sources import owner
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase

MOST_ROWS = 50_000
HEADINGS: tuple[Heading, ...] = (
    ("对象编码", "唯一，例如楼道或泵房的资产编号；请先把整列设为文本", ()),
    ("名称", "例如 余村幸福里 3 幢 2 单元楼道；不要写个人姓名", ()),
    ("区域编码", "村（社区）或网格的编码", ()),
    ("位置", "怎样找到它；不要写个人电话", ()),
    ("纬度", "WGS 84 十进制度；不知道就留空，按村的位置安排", ()),
    ("经度", "WGS 84 十进制度；与纬度同时填", ()),
    ("责任单位编码", "留空时按区域确定供电所", ()),
    ("完成期限", "例如 2026-12-31；留空为行动的期限", ()),
)
EXAMPLE = ("LD-0001", "余村幸福里 3 幢 2 单元", "330523108204", "南门进左手", "", "", "", "")
ADVICE = (
    "在“填写”表里从第 2 行起填写；第 2 行是例子，请删掉或改掉。表头不要改名、合并或重复。",
    "任何一行有错，全部都不写入；错误会逐条说明在第几行第几列、怎样改。",
    "名单冻结后成为完成率的分母，只能以带日期和原因的更正补入或剔除。",
)


def template() -> bytes:
    """Return the table to fill in."""
    return blanks.template(HEADINGS, example=EXAMPLE, title="专项行动名单", advice=ADVICE)


def read(content: bytes, *, lead: Unit, starts_on: date, due_on: date) -> list[dict[str, Any]]:
    """Return the rows of a table as they are kept until the list is frozen.

    Raises:
        UnreadableSheetError, InvalidRowsError: nothing was kept; every wrong row is named.
        InvalidInputError: the table is empty or too long.
    """
    rows = sheets.read(content, name="名单", headings=[h[0] for h in HEADINGS[:3]])
    if not rows:
        raise InvalidInputError("名单是空的，请从第 2 行起填写。", field="table")
    if len(rows) > MOST_ROWS:
        raise InvalidInputError(
            Phrase("名单超过 %(most)s 行，请分成几个行动。", most=MOST_ROWS), field="table"
        )
    checks = Checks("名单")
    checks.once(rows, "对象编码")
    areas = {area.code: area for area in Area.objects.all()}
    units = {unit.code: unit for unit in Unit.objects.filter(path__startswith=lead.path)}
    owners: dict[int, Unit] = {}
    kept = [
        _kept(row, checks, areas, units, owners, lead=lead, starts_on=starts_on, due_on=due_on)
        for row in rows
    ]
    checks.raise_if_any()
    return kept


def _kept(
    row: SheetRow,
    checks: Checks,
    areas: dict[str, Area],
    units: dict[str, Unit],
    owners: dict[int, Unit],
    *,
    lead: Unit,
    starts_on: date,
    due_on: date,
) -> dict[str, Any]:
    area = areas.get(checks.code(row, "区域编码", needed=True))
    if area is None and row.get("区域编码"):
        words = f"区域编码 {row.get('区域编码')} 不存在，请改正，或先导入区域。"
        checks.add(row, words, "区域编码")
    code = checks.code(row, "责任单位编码")
    if code and code not in units:
        words = f"责任单位编码 {code} 不存在，或不在{lead.name}范围内，请改正或留空。"
        checks.add(row, words, "责任单位编码")
    lat, lon = checks.degrees(row, "纬度", 90), checks.degrees(row, "经度", 180)
    if (lat is None) != (lon is None):
        checks.add(row, "纬度和经度要同时填写，或都留空。", "纬度" if lat is None else "经度")
    due = checks.day(row, "完成期限")
    if due is not None and due < starts_on:
        checks.add(row, f"完成期限 {due} 早于行动开始日期 {starts_on}。", "完成期限")
    unit = units.get(code)
    if unit is None and area is not None:
        if area.pk not in owners:
            owners[area.pk] = owner(area, lead)
        unit = owners[area.pk]
    return {
        "key": checks.code(row, "对象编码", 40, needed=True),
        "title": checks.text(row, "名称", 80, needed=True),
        "place": checks.text(row, "位置", 120),
        "area_id": area.pk if area else 0,
        "unit_id": unit.pk if unit else lead.pk,
        "lat": lat,
        "lon": lon,
        "due_on": (due or due_on).isoformat(),
    }
