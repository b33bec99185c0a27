"""Import lines and transformers."""

from datetime import date
from typing import Any

from dianliang.core import sheets
from dianliang.core.checks import Checks, parts_of
from dianliang.core.sheets import SheetRow
from dianliang.domain.directory.models import Unit
from dianliang.domain.network.models import Feeder, Transformer
from dianliang.domain.territory.models import Area
from dianliang.flows.importing.tables import FEEDERS, TRANSFORMERS, names

MOST_M, MOST_KVA, MOST_HOUSEHOLDS, MOST_KW = 500_000, 100_000, 20_000, 100_000.0


def write_feeders(content: bytes) -> dict[str, int]:
    """Check and write a table of lines; return how many rows of each kind.

    Raises:
        UnreadableSheetError, InvalidRowsError: nothing was written.
    """
    headings = names(FEEDERS)
    rows = sheets.read(content, name="线路表", headings=headings[:7], optional=headings)
    checks = Checks("线路表")
    checks.once(rows, "线路编码")
    voltages = {str(label): str(value) for value, label in Feeder.Voltage.choices}
    voltages |= {value: value for value in Feeder.Voltage.values}
    kinds = {str(label): str(value) for value, label in Feeder.Kind.choices}
    units = dict(Unit.objects.values_list("code", "pk"))
    areas = _villages()
    made: list[tuple[str, dict[str, Any], list[int]]] = []
    for row in rows:
        unit = checks.code(row, "运维单位编码")
        if unit and unit not in units:
            words = f"运维单位编码 {unit} 不存在，请改正，或先导入单位。"
            checks.add(row, words, "运维单位编码")
        way = parts_of(row.get("途经村社编码"))
        for code in way:
            _check_village(row, checks, code, areas, "途经村社编码")
        fields = {
            "name": checks.text(row, "名称", 60, needed=True),
            "voltage": checks.choice(row, "电压等级", voltages, Feeder.Voltage.KV10),
            "kind": checks.choice(row, "类型", kinds, Feeder.Kind.OVERHEAD),
            "length_m": _needed(row, checks, "长度（米）", MOST_M),
            "starts_at": checks.text(row, "起点", 60, needed=True),
            "ends_at": checks.text(row, "终点", 60, needed=True),
            "unit_id": units.get(unit),
        }
        code = checks.key(row, "线路编码", needed=True)
        made.append((code, fields, [areas[part] for part in way if part in areas]))
    checks.raise_if_any()
    for code, fields, own in made:
        feeder, _ = Feeder.objects.update_or_create(code=code, defaults=fields)
        feeder.areas.set(own)
    return {"feeders": len(made)}


def write_transformers(content: bytes) -> dict[str, int]:
    """Check and write a table of transformers; return how many rows of each kind.

    Raises:
        UnreadableSheetError, InvalidRowsError: nothing was written.
    """
    headings = names(TRANSFORMERS)
    rows = sheets.read(content, name="变压器表", headings=headings[:6], optional=headings)
    checks = Checks("变压器表")
    checks.once(rows, "变压器编号")
    feeders = dict(Feeder.objects.values_list("code", "pk"))
    areas = _villages()
    made = [_transformer(row, checks, feeders=feeders, areas=areas) for row in rows]
    checks.raise_if_any()
    for number, fields in made:
        Transformer.objects.update_or_create(number=number, defaults=fields)
    return {"transformers": len(made)}


def _transformer(
    row: SheetRow, checks: Checks, *, feeders: dict[str, int], areas: dict[str, int]
) -> tuple[str, dict[str, Any]]:
    uses = {str(label): str(value) for value, label in Transformer.Use.choices}
    feeder = checks.code(row, "线路编码", needed=True)
    if feeder and feeder not in feeders:
        words = f"线路编码 {feeder} 不存在，请改正，或先导入线路。"
        checks.add(row, words, "线路编码")
    village = checks.code(row, "村社区编码", needed=True)
    if village:
        _check_village(row, checks, village, areas, "村社区编码")
    lat, lon = checks.degrees(row, "纬度", 90), checks.degrees(row, "经度", 180)
    if (lat is None) != (lon is None):
        checks.add(row, "纬度和经度要么都填，要么都留空。")
    peak_kw = checks.number(row, "最大负荷（kW）", least=0, most=MOST_KW)
    peak_on = checks.day(row, "最大负荷日")
    if bool(row.get("最大负荷（kW）")) != bool(row.get("最大负荷日")):
        checks.add(row, "最大负荷（kW）和最大负荷日要么都填，要么都留空。")
    installed_on = checks.day(row, "投运日期")
    retired_on = checks.day(row, "退运日期")
    _check_life(row, checks, installed_on, retired_on)
    return checks.key(row, "变压器编号", needed=True), {
        "name": checks.text(row, "名称", 60, needed=True),
        "capacity_kva": _needed(row, checks, "额定容量（kVA）", MOST_KVA),
        "use": checks.choice(row, "公变或专变", uses, Transformer.Use.PUBLIC),
        "area_id": areas.get(village),
        "feeder_id": feeders.get(feeder),
        "lat": lat,
        "lon": lon,
        "installed_on": installed_on,
        "retired_on": retired_on,
        "households": _or_nought(row, checks, "供电户数", MOST_HOUSEHOLDS),
        "peak_kw": peak_kw,
        "peak_on": peak_on,
    }


def _check_life(
    row: SheetRow, checks: Checks, installed_on: date | None, retired_on: date | None
) -> None:
    if installed_on and retired_on and retired_on < installed_on:
        checks.add(row, f"退运日期 {retired_on} 早于投运日期 {installed_on}，请核对。", "退运日期")


def _villages() -> dict[str, int]:
    levels = (Area.Level.VILLAGE, Area.Level.GRID)
    return dict(Area.objects.filter(level__in=levels).values_list("code", "pk"))


def _check_village(
    row: SheetRow, checks: Checks, code: str, areas: dict[str, int], heading: str
) -> None:
    if code not in areas:
        words = f"{heading} {code} 不是已有的村社区，请改正，或先导入区域。"
        checks.add(row, words, heading)


def _needed(row: SheetRow, checks: Checks, heading: str, most: int) -> int:
    if not row.get(heading):
        checks.add(row, f"“{heading}”不能为空。", heading)
    return checks.whole(row, heading, most) or 0


def _or_nought(row: SheetRow, checks: Checks, heading: str, most: int) -> int:
    """Return a whole number that may be nought; an empty cell is nought too."""
    return 0 if row.get(heading) == "0" else checks.whole(row, heading, most) or 0
