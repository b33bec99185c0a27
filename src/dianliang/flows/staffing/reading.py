"""Read a workbook of people: every row checked, the same person on two rows made one."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from dianliang.core import sheets as tables
from dianliang.core.checks import Checks, parts_of
from dianliang.core.sheets import SheetRow, UnreadableSheetError
from dianliang.domain.catalog.models import Skill
from dianliang.domain.workforce import keys, register
from dianliang.domain.workforce.models import Person, RoleKind, Team
from dianliang.domain.workforce.twins import plain_name
from dianliang.flows.staffing import people as flow
from dianliang.flows.staffing.drafts import (
    CertificateRow,
    Draft,
    MemberRow,
    Named,
    PersonLine,
    TeamRow,
)
from dianliang.flows.staffing.sheets import (
    CERTIFICATES,
    DOCUMENTS,
    MEMBERS,
    NAME,
    NEEDED,
    NUMBER,
    PEOPLE,
    PHONE,
    TEAM,
    TEAMS,
    UNIT,
    YES,
    headings,
)
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase

MOST_ROWS = 1000
"""Of one sheet: all is written in one transaction, and others who write wait for it."""


@dataclass(slots=True)
class Reader:
    """What rows are checked against, and the complaints so far, by sheet."""

    units: frozenset[str]
    roles: dict[str, str]
    skills: dict[str, str]
    teams: frozenset[str]
    by: Actor
    checks: dict[str, Checks] = field(default_factory=dict)

    def of(self, sheet: str) -> Checks:
        """Return where complaints about a sheet are collected."""
        return self.checks.setdefault(sheet, Checks(Phrase("“%(sheet)s”表", sheet=sheet)))

    @property
    def found(self) -> list[str]:
        """Return all complaints, sheet by sheet."""
        return [words for checks in self.checks.values() for words in checks.found]


def read(content: bytes, *, by: Actor) -> tuple[Draft, list[str]]:
    """Return what a workbook holds, and every complaint about it.

    Raises:
        UnreadableSheetError: it is no workbook, none of its sheets is ours, or one is too long.
    """
    columns = headings()
    optional = {sheet: tuple(name for name, _, _ in columns[sheet]) for sheet in columns}
    book = tables.read_book(content, name=Phrase("人员名单"), headings=NEEDED, optional=optional)
    if not book.rows:
        sheets = "、".join(NEEDED)
        raise UnreadableSheetError(
            Phrase("文件里没有 %(sheets)s 中的任何一张表，请用空白模板填写。", sheets=sheets)
        )
    long = [sheet for sheet, rows in book.rows.items() if len(rows) > MOST_ROWS]
    if long:
        sheets = "、".join(f"“{sheet}”" for sheet in long)
        raise UnreadableSheetError(
            Phrase(
                "%(sheets)s表超过 %(most_rows)s 行，请拆成几个文件分别导入。",
                sheets=sheets,
                most_rows=MOST_ROWS,
            )
        )
    reader = Reader(
        units=frozenset(register.units_of(by).values_list("code", flat=True)),
        roles=dict(RoleKind.objects.filter(is_active=True).values_list("name", "code")),
        skills={name: code for code, name in Skill.objects.values_list("code", "name")},
        teams=frozenset(
            Team.objects.filter(unit__path__startswith=by.unit_path).values_list("code", flat=True)
        ),
        by=by,
    )
    people = _people(book.rows.get(PEOPLE, []), reader)
    teams = _teams(book.rows.get(TEAMS, []), reader)
    who = Finder(people, by)
    coming = reader.teams | {team.code for team in teams}
    members = [_member(row, reader, who, coming) for row in book.rows.get(MEMBERS, [])]
    papers = [_certificate(row, reader, who) for row in book.rows.get(CERTIFICATES, [])]
    draft = Draft(
        people=tuple(people),
        teams=tuple(teams),
        members=tuple(line for line in members if line),
        certificates=tuple(line for line in papers if line),
    )
    return draft, reader.found


def _people(rows: list[SheetRow], reader: Reader) -> list[PersonLine]:
    checks = reader.of(PEOPLE)
    found: list[PersonLine] = []
    seen: dict[str, int] = {}
    for row in rows:
        line = _person(row, checks, reader)
        same = next((seen[key] for key in _keys(line) if key in seen), None)
        if same is None:
            found.append(line)
            place = len(found) - 1
        else:
            place = same
            found[place] = _one_line(found[place], line, row, checks)
        seen |= dict.fromkeys(_keys(found[place]), place)
    return found


def _person(row: SheetRow, checks: Checks, reader: Reader) -> PersonLine:
    unit = checks.code(row, UNIT, needed=True)
    if unit and unit not in reader.units:
        checks.add(row, Phrase("单位编码 %(unit)s 不在本单位范围内，请改正。", unit=unit), UNIT)
    roles = parts_of(row.get("身份"))
    for name in roles:
        if name not in reader.roles:
            listed = "、".join(reader.roles)
            checks.add(
                row,
                Phrase("没有身份“%(name)s”；可用：%(listed)s。", name=name, listed=listed),
                "身份",
            )
    document = checks.code(row, "证件号码", 40)
    kind = checks.choice(row, "证件类型", DOCUMENTS, Person.DocumentKind.IDENTITY_CARD)
    phone = checks.code(row, PHONE)
    for check, heading in (
        (lambda: keys.checked_document(kind, document), "证件号码"),
        (lambda: flow.phone_of(phone, field=PHONE, label=PHONE), PHONE),
    ):
        _try(check, row, checks, heading)
    return PersonLine(
        row=row.number,
        number=checks.key(row, NUMBER),
        name=checks.text(row, NAME, 40, needed=True),
        unit_code=unit,
        title=checks.text(row, "岗位", 24),
        phone=phone,
        document_kind=kind if document else "",
        document=document,
        born_on=_day(row, checks, "出生日期"),
        roles=tuple(reader.roles[name] for name in roles if name in reader.roles),
        role_from=_day(row, checks, "身份起始日期"),
        guardian_name=checks.text(row, "监护人姓名", 40),
        guardian_phone=checks.code(row, "监护人电话"),
        guardian_relation=checks.text(row, "与本人关系", 12),
        agreed_on=_day(row, checks, "监护人同意日期"),
    )


def _keys(line: PersonLine) -> list[str]:
    """Return by what a row is known to be the person of another row."""
    found = [f"number {line.number}"] if line.number else []
    if line.document:
        document = keys.plain_document(line.document)
        found.append(f"document {line.document_kind} {document}")
    if line.phone and line.name:
        found.append(f"phone {keys.phone_key(line.phone)} {plain_name(line.name)}")
    return found


def _one_line(first: PersonLine, again: PersonLine, row: SheetRow, checks: Checks) -> PersonLine:
    """Make one of two rows of a person; where they contradict each other, somebody must decide."""
    labels = {
        "number": NUMBER,
        "name": NAME,
        "unit_code": UNIT,
        "phone": PHONE,
        "document": "证件号码",
        "born_on": "出生日期",
    }
    mine, theirs = asdict(first), asdict(again)
    plain = {"phone": keys.phone_key, "document": keys.plain_document, "name": plain_name}
    for name, label in labels.items():
        one, other = (plain.get(name, str)(side[name] or "") for side in (mine, theirs))
        if one and other and one != other:
            words = Phrase(
                "与第 %(first_row)s 行是同一人，但“%(label)s”不同，请统一或删去其中一行。",
                first_row=first.row,
                label=label,
            )
            checks.add(row, words, label)
    joined = {name: mine[name] or theirs[name] for name in mine}
    joined["roles"] = tuple(dict.fromkeys((*first.roles, *again.roles)))
    return PersonLine(**joined)


def _teams(rows: list[SheetRow], reader: Reader) -> list[TeamRow]:
    checks = reader.of(TEAMS)
    checks.once(rows, TEAM)
    found = []
    for row in rows:
        unit, code = checks.code(row, UNIT, needed=True), checks.key(row, TEAM, needed=True)
        if unit and unit not in reader.units:
            checks.add(row, Phrase("单位编码 %(unit)s 不在本单位范围内，请改正。", unit=unit), UNIT)
        lat, lon = checks.degrees(row, "驻地纬度", 90), checks.degrees(row, "驻地经度", 180)
        if code not in reader.teams and (lat is None or lon is None):
            checks.add(row, Phrase("新队伍必须填驻地的纬度和经度。"), "驻地纬度")
        found.append(
            TeamRow(
                row=row.number,
                code=code,
                name=checks.text(row, "队伍名称", 40, needed=True),
                unit_code=unit,
                parent_code=checks.code(row, "上级队伍编码"),
                lat=lat,
                lon=lon,
                is_volunteer=checks.choice(row, "志愿服务队", YES, "") == "1",
                founded_on=_day(row, checks, "成立日期"),
                ends_on=_day(row, checks, "最后一天"),
                purpose=checks.text(row, "任务", 200),
            )
        )
    coming = reader.teams | {team.code for team in found}
    for row, team in zip(rows, found, strict=True):
        if team.parent_code and team.parent_code not in coming:
            words = Phrase(
                "上级队伍编码 %(parent_code)s 在本表和系统中都没有，请改正。",
                parent_code=team.parent_code,
            )
            checks.add(row, words, "上级队伍编码")
    return found


class Finder:
    """Lead a row of another sheet to a person: of this workbook, or one who is there."""

    def __init__(self, people: list[PersonLine], by: Actor) -> None:
        self.numbers = {line.number: line.row for line in people if line.number}
        self.phones = {
            (plain_name(p.name), keys.phone_key(p.phone)): p.row for p in people if p.phone
        }
        self.names: dict[str, list[int]] = {}
        for line in people:
            self.names.setdefault(plain_name(line.name), []).append(line.row)
        self.known = register.visible(by).filter(is_active=True)

    def __call__(self, row: SheetRow, checks: Checks) -> Named | None:
        """Return who is meant, or complain."""
        number, name = checks.code(row, NUMBER), plain_name(checks.text(row, NAME, 40))
        phone = keys.phone_key(checks.code(row, PHONE))
        if number:
            return self._by_number(number, row, checks)
        if phone and (name, phone) in self.phones:
            return Named(row=self.phones[name, phone])
        if not phone and len(self.names.get(name, [])) == 1:
            return Named(row=self.names[name][0])
        return self._stored(name, phone, row, checks)

    def _by_number(self, number: str, row: SheetRow, checks: Checks) -> Named | None:
        if number in self.numbers:
            return Named(row=self.numbers[number])
        if self.known.filter(number=number).exists():
            return Named(number=number)
        checks.add(
            row,
            Phrase("没有编号 %(number)s 的在岗人员，请改正或先在“人员”表中写上。", number=number),
            NUMBER,
        )
        return None

    def _stored(self, name: str, phone: str, row: SheetRow, checks: Checks) -> Named | None:
        stored = self.known.filter(phone_index=phone) if phone else self.known.filter(name=name)
        same = [person for person in stored[:3] if plain_name(person.whole_name) == name]
        if len(same) == 1:
            return Named(number=same[0].number)
        many = len(same) > 1 or len(self.names.get(name, [])) > 1
        words = Phrase("有多位同名人员，请补上编号或电话。")
        checks.add(row, words if many else Phrase("没有找到这个人，请核对姓名与电话。"), NAME)
        return None


def _member(
    row: SheetRow, reader: Reader, who: Finder, teams: frozenset[str] | set[str]
) -> MemberRow | None:
    checks = reader.of(MEMBERS)
    code, person = checks.code(row, TEAM, needed=True), who(row, checks)
    if code and code not in teams:
        checks.add(row, Phrase("没有队伍 %(code)s，请改正或先在“队伍”表中写上。", code=code), TEAM)
    leads, since = checks.choice(row, "是否队长", YES, "") == "1", _day(row, checks, "入队日期")
    if person is None:
        return None
    return MemberRow(row=row.number, who=person, team_code=code, leads=leads, since=since)


def _certificate(row: SheetRow, reader: Reader, who: Finder) -> CertificateRow | None:
    checks = reader.of(CERTIFICATES)
    person, skill = who(row, checks), row.get("技能")
    if skill not in reader.skills:
        listed = "、".join(reader.skills)
        checks.add(
            row,
            Phrase("没有技能“%(skill)s”；可用：%(listed)s。", skill=skill, listed=listed),
            "技能",
        )
    for heading in ("发证日期", "失效日期"):
        if not row.get(heading):
            checks.add(row, Phrase("“%(heading)s”不能为空。", heading=heading), heading)
    level = checks.whole(row, "等级", 9) or 1
    issued_on, expires_on = _day(row, checks, "发证日期"), _day(row, checks, "失效日期")
    if person is None:
        return None
    return CertificateRow(
        row=row.number,
        who=person,
        skill_code=reader.skills.get(skill, ""),
        level=level,
        number=checks.text(row, "证书编号", 40),
        issuer=checks.text(row, "发证机构", 60),
        issued_on=issued_on,
        expires_on=expires_on,
    )


def _day(row: SheetRow, checks: Checks, heading: str) -> str:
    found = checks.day(row, heading)
    return found.isoformat() if found else ""


def _try(check: Callable[[], object], row: SheetRow, checks: Checks, heading: str) -> None:
    try:
        check()
    except DomainError as refusal:
        checks.add(row, refusal.message, heading)
