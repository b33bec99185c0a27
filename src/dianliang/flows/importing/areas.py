"""Import areas."""

from dianliang.core import sheets
from dianliang.core.checks import Checks
from dianliang.domain.territory.models import Area
from dianliang.flows.importing.tables import AREAS, move_below, names, path_of
from dianliang.kernel.places import AREA_CLASS_LABELS


def write_areas(content: bytes) -> dict[str, int]:
    """Check and write a table of areas; return how many rows of each kind.

    Raises:
        UnreadableSheetError, InvalidRowsError: nothing was written.
    """
    headings = names(AREAS)
    rows = sheets.read(content, name="区域表", headings=headings[:4], optional=headings)
    checks = Checks("区域表")
    checks.once(rows, "编码")
    levels = {str(label): str(value) for value, label in Area.Level.choices}
    levels |= {"县": "county", "区": "county", "乡镇": "township", "街道": "township"}
    levels |= {"村": "village", "社区": "village"}
    classes = {label: value.value for value, label in AREA_CLASS_LABELS.items()}
    known = dict(Area.objects.values_list("code", "path"))
    codes = [checks.key(row, "编码", 20, needed=True) for row in rows]
    above = [checks.code(row, "上级编码", 20) for row in rows]
    parents = dict(zip(codes, above, strict=True))
    made = []
    for row, code, parent in zip(rows, codes, above, strict=True):
        name = checks.text(row, "名称", 60, needed=True)
        if parent and parent not in parents and parent not in known:
            words = f"上级编码 {parent} 在本表和系统中都没有，请补上那一行或改正。"
            checks.add(row, words, "上级编码")
        path = path_of(code, parents, known)
        if path is None:
            checks.add(row, "上级关系绕成了圈，请改正上级编码。", "上级编码")
        lat, lon = checks.degrees(row, "纬度", 90), checks.degrees(row, "经度", 180)
        if (lat is None) != (lon is None):
            checks.add(row, "纬度和经度要么都填，要么都留空。")
        fields = {
            "name": name,
            "level": checks.choice(row, "级别", levels, "village"),
            "area_class": checks.choice(row, "服务半径类别", classes, "rural"),
            "lat": lat,
            "lon": lon,
            "coordinate_source": "surveyed" if lat is not None else "",
            "path": path or "",
        }
        made.append((code, parent, fields))
    checks.raise_if_any()
    stored: dict[str, Area] = {}
    moved = {code: known[code] for code, _, _ in made if code in known}
    for code, parent, fields in sorted(made, key=lambda item: len(str(item[2]["path"]))):
        over = stored.get(parent) or Area.objects.filter(code=parent).first()
        stored[code] = Area.objects.update_or_create(
            code=code, defaults={**fields, "parent": over}
        )[0]
    move_below(Area, moved)
    return {"areas": len(stored)}
