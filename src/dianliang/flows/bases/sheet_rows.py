"""Rows of the table of a matrix: what they may refer to, what they say, where they would hang."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dianliang.core import blanks
from dianliang.core.checks import Checks
from dianliang.core.sheets import SheetRow
from dianliang.domain.directory.models import Unit
from dianliang.domain.territory.models import Area
from dianliang.domain.venues import opening, sites, trees
from dianliang.domain.venues.models import Matrix, Node, OpeningHours, Site
from dianliang.domain.venues.opening import ON_HOLIDAYS, Hours
from dianliang.domain.workforce.charging import people_of
from dianliang.flows.bases.reach import may_change
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase

NAME = Phrase("阵地表")
HEADINGS: tuple[blanks.Heading, ...] = (
    ("编码", "唯一；请先把整列设为文本", ()),
    ("名称", "", ()),
    ("上级编码", "最上级留空", ()),
    ("称呼", "这一级在本体系里叫什么，例如 大使馆、领事馆、分基地", ()),
    ("类别", "阵地必填；只作分组标题的行留空", tuple(label for _, label in sites.KINDS)),
    ("场所类型", "", tuple(label for _, label in sites.VENUE_TYPES)),
    ("区域编码", "阵地必填；村社区的编码", ()),
    ("单位编码", "阵地必填；管理单位", ()),
    ("地址", "", ()),
    ("纬度", "WGS 84 十进制度；留空则取村社区的位置", ()),
    ("经度", "WGS 84 十进制度", ()),
    ("责任人编号", "一个阵地一名责任人；留空则不改", ()),
    ("周一至周五", "例如 8:30-12:00、13:30-17:30；留空则不改开放时间", ()),
    ("周六周日", "例如 9:00-16:00；留空为不开放", ()),
    ("法定节假日", "留空为不开放", tuple(label for _, label in ON_HOLIDAYS[:2])),
)
NAMES = tuple(heading for heading, _, _ in HEADINGS)
REQUIRED = NAMES[:3]
EXAMPLE = (
    "DSG-01",
    "递铺街道大使馆",
    "",
    "大使馆",
    "综合基地",
    "社区",
    "330523001001",
    "AJ01",
    "递铺街道天目路 1 号",
    "",
    "",
    "RY001",
    "8:30-12:00、13:30-17:30",
    "",
    "不开放",
)
ADVICE = (
    "在“填写”表里从第 2 行起填写；第 2 行是例子，请删掉或改掉。表头不要改名、合并或重复。",
    "上级可以是本表里的行，也可以是体系里已有的节点；顺序不限。上级关系不能绕成圈。",
    "任何一行有错，全部都不写入；错误会逐条说明在第几行第几列、怎样改。",
    "编码相同的行再次导入时更新原来的阵地和位置，不会重复；没有出现的节点保持不变。",
)


@dataclass(slots=True)
class Read:
    """A row of the table that makes sense."""

    code: str
    parent: str
    name: str
    label: str
    site: dict[str, Any] | None
    person: str = ""
    hours: Hours | None = None


@dataclass(slots=True)
class Known:
    """What rows may refer to, read once."""

    parents: dict[str, str]
    nodes: dict[str, Node]
    sites: dict[str, Site]
    areas: dict[str, Area]
    units: dict[str, Unit]
    people: frozenset[str]
    by: Actor


def read_known(matrix: Matrix, rows: Iterable[SheetRow], *, by: Actor) -> Known:
    """Read what the rows of a table may refer to."""
    nodes = {node.code: node for node in Node.objects.filter(matrix=matrix)}
    codes_by_pk = {node.pk: node.code for node in nodes.values()}
    asked = {row.get("编码") for row in rows}
    found = Site.objects.select_related("unit", "area").filter(code__in=asked)
    places = {row.get("区域编码") for row in rows}
    reached = Unit.objects.filter(path__startswith=by.unit_path or "-")
    return Known(
        parents={c: codes_by_pk.get(n.parent_id or 0, "") for c, n in nodes.items()},
        nodes=nodes,
        sites={site.code: site for site in found},
        areas={area.code: area for area in Area.objects.filter(code__in=places)},
        units={unit.code: unit for unit in reached},
        people=frozenset(people_of(by).values_list("number", flat=True)),
        by=by,
    )


def read_row(row: SheetRow, known: Known, checks: Checks, *, on: date) -> Read:
    """Return what a row says; complain about what makes no sense."""
    code = checks.code(row, "编码", needed=True)
    if code:
        try:
            trees.require_code(code)
        except InvalidInputError as refusal:
            checks.add(row, refusal.message, "编码")
    one = Read(
        code=code,
        parent=checks.code(row, "上级编码"),
        name=checks.text(row, "名称", 60, needed=True),
        label=checks.text(row, "称呼", 20),
        site=None,
    )
    if row.get("类别"):
        one.site = _facts(row, one, known, checks)
        one.person = checks.code(row, "责任人编号")
        if one.person and one.person not in known.people:
            words = Phrase(
                "本单位在岗人员中没有编号 %(person)s，请改正，或先登记这个人。", person=one.person
            )
            checks.add(row, words, "责任人编号")
        one.hours = _hours(row, checks, on=on)
    elif filled := [name for name in NAMES[5:] if row.get(name)]:
        words = Phrase(
            "填了“%(filled)s”却没有“类别”：阵地请选类别，分组标题请清空其余各列。", filled=filled[0]
        )
        checks.add(row, words, "类别")
    _check_twin(row, one, known, checks)
    return one


def _check_twin(row: SheetRow, one: Read, known: Known, checks: Checks) -> None:
    """A code stays what it was: a heading does not turn into a base, nor a base into another."""
    node, site = known.nodes.get(one.code), known.sites.get(one.code)
    if one.site is None and site is not None:
        words = Phrase(
            "编码 %(code)s 是阵地“%(site_name)s”，请补上类别，或给分组标题另取编码。",
            code=one.code,
            site_name=site.name,
        )
        checks.add(row, words, "编码")
    if one.site is not None and node is not None and node.site_id is None:
        words = Phrase(
            "编码 %(code)s 在本体系里是分组标题“%(node_name)s”，请给阵地另取编码。",
            code=one.code,
            node_name=node.name,
        )
        checks.add(row, words, "编码")
    if one.site is None or site is None:
        return
    if not may_change(site, by=known.by):
        words = Phrase(
            "编码 %(code)s 已是其他单位的阵地，请换一个编码，或由该单位维护。",
            code=one.code,
        )
        checks.add(row, words, "编码")
    elif site.closed_on is not None:
        checks.add(
            row,
            Phrase(
                "阵地 %(code)s 已于 %(closed_on)s 停用，不能再改。",
                code=one.code,
                closed_on=site.closed_on,
            ),
            "编码",
        )


def _facts(row: SheetRow, one: Read, known: Known, checks: Checks) -> dict[str, Any]:
    kinds = {label: value for value, label in sites.KINDS}
    venues = {label: value for value, label in sites.VENUE_TYPES}
    area_code, unit_code = checks.code(row, "区域编码"), checks.code(row, "单位编码")
    area, unit = known.areas.get(area_code), known.units.get(unit_code)
    if area is None:
        words = Phrase(
            "区域编码 %(code)s 不存在，请改正，或先导入区域。",
            code=area_code or Phrase("（空）"),
        )
        checks.add(row, words, "区域编码")
    if unit is None:
        words = Phrase(
            "单位编码 %(code)s 不在您的单位范围内，请改正。",
            code=unit_code or Phrase("（空）"),
        )
        checks.add(row, words, "单位编码")
    lat, lon = checks.degrees(row, "纬度", 90), checks.degrees(row, "经度", 180)
    if (lat is None) != (lon is None):
        checks.add(row, Phrase("纬度和经度要么都填，要么都留空。"))
    elif lat is None and area is not None:
        site = known.sites.get(one.code)
        lat, lon = (site.lat, site.lon) if site else (area.lat, area.lon)
        if lat is None:
            checks.add(
                row,
                Phrase("%(area_name)s没有坐标，请填写纬度和经度。", area_name=area.name),
                "纬度",
            )
    return {
        "name": one.name,
        "kind": checks.choice(row, "类别", kinds, ""),
        "venue_type": checks.choice(row, "场所类型", venues, ""),
        "area": area,
        "unit": unit,
        "address": checks.text(row, "地址", 120),
        "lat": lat,
        "lon": lon,
    }


def _hours(row: SheetRow, checks: Checks, *, on: date) -> Hours | None:
    if not row.get("周一至周五") and not row.get("周六周日"):
        if row.get("法定节假日"):
            words = Phrase("填了“法定节假日”，请同时填写开放时间，或清空这一格。")
            checks.add(row, words, "法定节假日")
        return None
    holidays = {label: value for value, label in ON_HOLIDAYS[:2]}
    spans = []
    for heading in ("周一至周五", "周六周日"):
        try:
            spans.append(opening.parsed(row.get(heading), field=heading, label=f"“{heading}”"))
        except InvalidInputError as refusal:
            checks.add(row, refusal.message, heading)
            spans.append(())
    return Hours(
        from_on=on,
        week=(spans[0],) * 5 + (spans[1],) * 2,
        on_holidays=checks.choice(row, "法定节假日", holidays, "closed"),
        holiday=(),
        on_make_up=OpeningHours.OnMakeUp.WORKDAY,
    )


def paths(
    rows: Iterable[SheetRow], read: Iterable[Read], known: Known, checks: Checks
) -> Mapping[str, str]:
    """Return the path of every node of the matrix as it will be; complain about circles."""
    parents = known.parents | {one.code: one.parent for one in read if one.code}
    found: dict[str, str | None] = {}
    for row, one in zip(rows, read, strict=True):
        if one.parent and one.parent not in parents:
            words = Phrase(
                "上级编码 %(parent)s 在本表和本体系中都没有，请补上那一行或改正。",
                parent=one.parent,
            )
            checks.add(row, words, "上级编码")
        elif one.code and _path_of(one.code, parents, found) is None:
            checks.add(row, Phrase("上级关系绕成了圈，请改正上级编码。"), "上级编码")
    for code in known.parents:
        _path_of(code, parents, found)
    for code, path in found.items():
        if path is not None and path.count("/") - 1 > trees.DEEPEST:
            words = Phrase(
                "%(name)s：“%(code)s”会在第 %(level)s 级，最多 %(deepest)s 级。",
                name=NAME,
                code=code,
                level=path.count("/") - 1,
                deepest=trees.DEEPEST,
            )
            checks.found.append(words)
    return {code: path for code, path in found.items() if path}


def _path_of(code: str, parents: Mapping[str, str], found: dict[str, str | None]) -> str | None:
    way: list[str] = []
    step = code
    while step and step not in found:
        if step in way:
            found.update(dict.fromkeys(way))
            return None
        way.append(step)
        step = parents.get(step, "")
    path = found[step] if step else "/"
    for passed in reversed(way):
        path = None if path is None else f"{path}{passed}/"
        found[passed] = path
    return found.get(code)
