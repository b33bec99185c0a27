"""Import units, teams and people."""

from datetime import date, datetime, time, timedelta

from dianliang.core import sheets
from dianliang.core.sheets import SheetRow
from dianliang.domain.catalog.models import Element, Skill
from dianliang.domain.directory.models import Unit
from dianliang.domain.territory.models import Area
from dianliang.domain.workforce.calendars import fresh_calendar_token
from dianliang.domain.workforce.models import Certificate, Membership, Person, Team
from dianliang.flows.importing.tables import UNITS, Checks, names, parts_of, path_of
from dianliang.kernel.calendar import SHANGHAI


def write_units(content: bytes, *, at: datetime) -> dict[str, int]:
    """Check and write a table of units; return how many rows of each kind.

    Raises:
        UnreadableSheetError, InvalidRowsError: nothing was written.
    """
    rows = sheets.read(content, name="单位表", headings=names(UNITS)[:5])
    checks = Checks("单位表")
    checks.once((row for row in rows if row.get("队员编号")), "队员编号")
    kinds = {str(label): str(value) for value, label in Unit.Kind.choices}
    elements = {str(label): str(value) for value, label in Element.choices}
    known = dict(Unit.objects.values_list("code", "path"))
    parents = {row.get("单位编码"): row.get("上级单位编码") for row in rows}
    areas = {area.code: area for area in Area.objects.all()}
    skills = {skill.code: skill for skill in Skill.objects.all()}
    for row in rows:
        checks.needed(row, "单位编码")
        checks.needed(row, "单位名称")
        checks.choice(row, "单位类别", kinds, "station")
        checks.choice(row, "要素", elements, "power")
        parent = row.get("上级单位编码")
        if parent and parent not in parents and parent not in known:
            checks.add(row, f"上级单位编码 {parent} 在本表和系统中都没有。")
        if path_of(row.get("单位编码"), parents, known) is None:
            checks.add(row, "上级关系绕成了圈。")
        for code in parts_of(row.get("服务区域编码")):
            if code not in areas:
                checks.add(row, f"服务区域编码 {code} 不存在，请先导入区域。")
        for code in parts_of(row.get("技能编码")):
            if code not in skills:
                checks.add(row, f"没有技能 {code}；可用：{'、'.join(sorted(skills))}。")
        if row.get("技能编码") and checks.day(row, "证书失效日期") is None:
            checks.add(row, "有技能时必须填“证书失效日期”。")
        if row.get("队伍编码"):
            checks.degrees(row, "驻地纬度", 90)
            checks.degrees(row, "驻地经度", 180)
            if not (row.get("驻地纬度") and row.get("驻地经度")):
                checks.add(row, "队伍必须填驻地纬度和经度。")
        if row.get("队员编号"):
            checks.needed(row, "队员姓名")
    checks.raise_if_any()
    today = at.astimezone(SHANGHAI).date()
    units = _write_units(rows, parents, known, kinds, elements, areas)
    teams, people = _write_people(rows, units, skills, today=today)
    return {"units": len(units), "teams": teams, "people": people}


def _write_units(
    rows: list[SheetRow],
    parents: dict[str, str],
    known: dict[str, str],
    kinds: dict[str, str],
    elements: dict[str, str],
    areas: dict[str, Area],
) -> dict[str, Unit]:
    first = {row.get("单位编码"): row for row in reversed(rows)}
    paths = {code: path_of(code, parents, known) or "/" for code in first}
    units: dict[str, Unit] = {}
    for code in sorted(first, key=lambda code: len(paths[code])):
        row = first[code]
        parent = row.get("上级单位编码")
        units[code] = Unit.objects.update_or_create(
            code=code,
            defaults={
                "name": row.get("单位名称"),
                "kind": kinds.get(row.get("单位类别"), "station"),
                "element": elements.get(row.get("要素"), "power"),
                "parent": units.get(parent) or Unit.objects.filter(code=parent).first(),
                "path": paths[code],
                "public_phone": row.get("公开电话"),
            },
        )[0]
        units[code].areas.set([areas[c] for c in parts_of(row.get("服务区域编码"))])
    return units


def _write_people(
    rows: list[SheetRow], units: dict[str, Unit], skills: dict[str, Skill], *, today: date
) -> tuple[int, int]:
    teams: dict[str, Team] = {}
    people = 0
    for row in rows:
        unit, code = units[row.get("单位编码")], row.get("队伍编码")
        if code and code not in teams:
            teams[code] = _write_team(row, unit)
        if not row.get("队员编号"):
            continue
        people += 1
        person = Person.objects.update_or_create(
            number=row.get("队员编号"),
            defaults={
                "name": row.get("队员姓名"),
                "phone": row.get("队员电话"),
                "unit": unit,
                "title": row.get("岗位"),
            },
        )[0]
        if code and not Membership.objects.filter(team=teams[code], person=person).exists():
            Membership.objects.create(
                team=teams[code],
                person=person,
                is_captain=row.get("是否队长") == "是",
                valid_from=today,
            )
        for skill in parts_of(row.get("技能编码")):
            ends = date.fromisoformat(row.get("证书失效日期")[:10].replace("/", "-"))
            Certificate.objects.get_or_create(
                person=person,
                skill=skills[skill],
                issued_on=min(today, ends - timedelta(days=1)),
                defaults={"expires_on": ends},
            )
    return len(teams), people


def _write_team(row: SheetRow, unit: Unit) -> Team:
    code = row.get("队伍编码")
    return Team.objects.update_or_create(
        code=code,
        defaults={
            "name": row.get("队伍名称") or code,
            "unit": unit,
            "base_lat": float(row.get("驻地纬度")),
            "base_lon": float(row.get("驻地经度")),
        },
        create_defaults={
            "name": row.get("队伍名称") or code,
            "unit": unit,
            "base_lat": float(row.get("驻地纬度")),
            "base_lon": float(row.get("驻地经度")),
            "shift_starts": time(8, 30),
            "shift_ends": time(17, 30),
            "calendar_token": fresh_calendar_token(),
        },
    )[0]
