"""Import units, teams and people."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from dianliang.core import sheets
from dianliang.core.checks import Checks, day_of, parts_of
from dianliang.core.sheets import SheetRow
from dianliang.domain.catalog.models import Element, Skill
from dianliang.domain.directory.models import Unit
from dianliang.domain.territory.models import Area
from dianliang.domain.workforce.calendars import fresh_calendar_token
from dianliang.domain.workforce.keys import phone_key
from dianliang.domain.workforce.merging import found_by
from dianliang.domain.workforce.models import Certificate, Membership, Person, Team
from dianliang.flows.importing.tables import UNITS, move_below, names, path_of
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.masking import mask_name


def write_units(content: bytes, *, at: datetime) -> dict[str, int]:
    """Check and write a table of units; return how many rows of each kind.

    Raises:
        UnreadableSheetError, InvalidRowsError: nothing was written.
    """
    headings = names(UNITS)
    rows = sheets.read(content, name="单位表", headings=headings[:5], optional=headings)
    checks = Checks("单位表")
    checks.once((row for row in rows if row.get("队员编号")), "队员编号")
    kinds = {str(label): str(value) for value, label in Unit.Kind.choices}
    elements = {str(label): str(value) for value, label in Element.choices}
    known = dict(Unit.objects.values_list("code", "path"))
    rows = [_tidy(row, checks) for row in rows]
    parents = {row.get("单位编码"): row.get("上级单位编码") for row in rows}
    areas = {area.code: area for area in Area.objects.all()}
    skills = {skill.code: skill for skill in Skill.objects.all()}
    captains: dict[str, int] = {}
    for row in rows:
        checks.choice(row, "单位类别", kinds, "station")
        checks.choice(row, "要素", elements, "power")
        parent = row.get("上级单位编码")
        if parent and parent not in parents and parent not in known:
            words = f"上级单位编码 {parent} 在本表和系统中都没有，请补上那一行或改正。"
            checks.add(row, words, "上级单位编码")
        if path_of(row.get("单位编码"), parents, known) is None:
            checks.add(row, "上级关系绕成了圈，请改正上级单位编码。", "上级单位编码")
        for code in parts_of(row.get("服务区域编码")):
            if code not in areas:
                words = f"服务区域编码 {code} 不存在，请改正，或先导入区域。"
                checks.add(row, words, "服务区域编码")
        _check_team(row, checks, captains)
        _check_skills(row, checks, skills)
    checks.raise_if_any()
    today = at.astimezone(SHANGHAI).date()
    units = _write_units(rows, parents, known, kinds, elements, areas)
    move_below(Unit, {code: known[code] for code in units if code in known})
    teams, people = _write_people(rows, units, skills, today=today)
    return {"units": len(units), "teams": teams, "people": people}


LONGEST = {"单位名称": 60, "公开电话": 24, "队伍名称": 40, "队员姓名": 40, "岗位": 24}
CODES = ("单位编码", "上级单位编码", "队伍编码", "队员编号", "队员电话")


def _tidy(row: SheetRow, checks: Checks) -> SheetRow:
    """Return the row with codes and texts as they will be kept; complain of what cannot be."""
    cells = dict(row.cells)
    for heading in CODES:
        read = checks.code if heading == "队员电话" else checks.key
        cells[heading] = read(row, heading, needed=heading == "单位编码")
    for heading, most in LONGEST.items():
        cells[heading] = checks.text(row, heading, most, needed=heading == "单位名称")
    return replace(row, cells=cells)


def _check_team(row: SheetRow, checks: Checks, captains: dict[str, int]) -> None:
    team = row.get("队伍编码")
    if team:
        for heading, most in (("驻地纬度", 90), ("驻地经度", 180)):
            if not row.get(heading):
                checks.add(row, f"队伍必须填“{heading}”。", heading)
            checks.degrees(row, heading, most)
    if row.get("队员编号") and not row.get("队员姓名"):
        checks.add(row, "“队员姓名”不能为空。", "队员姓名")
    if team and row.get("是否队长") == "是":
        if team in captains:
            words = f"队伍 {team} 已在第 {captains[team]} 行有队长，每队只能一名。"
            checks.add(row, words, "是否队长")
        captains.setdefault(team, row.number)


def _check_skills(row: SheetRow, checks: Checks, skills: dict[str, Skill]) -> None:
    for code in parts_of(row.get("技能编码")):
        if code not in skills:
            known = "、".join(sorted(skills))
            checks.add(row, f"没有技能 {code}；可用：{known}。", "技能编码")
    if row.get("技能编码") and not row.get("证书失效日期"):
        checks.add(row, "有技能时必须填“证书失效日期”。", "证书失效日期")
    elif row.get("证书失效日期"):
        checks.day(row, "证书失效日期")


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
        person = _write_person(row, unit)
        if code:
            _join(teams[code], person, is_captain=row.get("是否队长") == "是", today=today)
        ends = day_of(row.get("证书失效日期"))
        if ends is None:
            continue
        for skill in parts_of(row.get("技能编码")):
            held = Certificate.objects.filter(person=person, skill=skills[skill])
            if not held.filter(expires_on=ends).exists():
                held.update_or_create(
                    issued_on=min(today, ends - timedelta(days=1)),
                    defaults={"person": person, "skill": skills[skill], "expires_on": ends},
                )
    return len(teams), people


def _write_person(row: SheetRow, unit: Unit) -> Person:
    """Write a person down; an old number means whoever was merged into, a minor stays sealed."""
    number, name = row.get("队员编号"), row.get("队员姓名")
    person = found_by(number) or Person(number=number)
    if person.minor_until is None:
        person.name = name
    elif name != person.name:  # the starred name that pages show says nothing new
        person.name, person.full_name = mask_name(name), name
    person.phone = row.get("队员电话")
    person.phone_index = phone_key(person.phone)
    person.unit, person.title = unit, row.get("岗位")
    person.save()
    return person


def _join(team: Team, person: Person, *, is_captain: bool, today: date) -> None:
    """Make somebody a member, and captain if the table says so; the former one is no longer."""
    current = Membership.objects.filter(team=team, valid_until=None)
    if is_captain:
        current.exclude(person=person).update(is_captain=False)
    if not current.filter(person=person).update(is_captain=is_captain):
        Membership.objects.create(team=team, person=person, is_captain=is_captain, valid_from=today)


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
