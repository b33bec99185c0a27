"""The members and posts of branches as an Excel file: empty, as they stand, and read back."""

from datetime import date, datetime
from io import BytesIO

from django.db import transaction

from dianliang.core import audit, blanks, sheets
from dianliang.core.blanks import Heading
from dianliang.core.checks import Checks
from dianliang.core.sheets import SheetRow
from dianliang.domain.branches import access
from dianliang.domain.branches.models import Belonging, Branch, PostKind
from dianliang.domain.branches.operations import posts, register
from dianliang.domain.branches.rules import belonging_on, holders
from dianliang.domain.workforce.models import Person
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError

BRANCH, PERSON, FROM, POST, REASON = "支部编码", "人员编号", "转入日期", "职务", "依据"
BRANCH_NAME, PERSON_NAME = "支部名称", "姓名"
NEEDED = (BRANCH, PERSON, FROM)
OPTIONAL = (PERSON_NAME, POST, REASON)
EXAMPLE = ("DZB01", "余山供电所党支部", "RY00001", "张三", "2024-07-01", "支部书记", "转正")
ADVICE = (
    "在“填写”表里从第 2 行起填写；第 2 行是例子，请删掉或改掉。表头不要改名、合并或重复。",
    "一行是一名党员：从“转入日期”起组织关系在这个支部。写了“职务”就从这一天起任职。",
    "写了“姓名”就会与编号核对，防止编号抄错。",
    "与系统中相同的行不起作用，可以先导出、改动、再导入。任何一行有错，全部都不写入。",
    "编码请先把整列设为文本格式。",
)
FIRST_REASON = "Excel 导入"


def headings() -> tuple[Heading, ...]:
    """Return the columns; the posts are those in use."""
    return (
        (BRANCH, "请先把整列设为文本", ()),
        (BRANCH_NAME, "供核对，导入时不看", ()),
        (PERSON, "", ()),
        (PERSON_NAME, "可不填；填了就与编号核对", ()),
        (FROM, "例如 2027-01-01", ()),
        (POST, "没有职务留空", tuple(kind.name for kind in _posts().values())),
        (REASON, "留空为“Excel 导入”", ()),
    )


def blank() -> bytes:
    """Return the table to fill in."""
    return blanks.template(headings(), example=EXAMPLE, title="党员名册", advice=ADVICE)


def filled(*, by: Actor, on: date, at: datetime) -> bytes:
    """Return who belongs to which branch of the actor on a day, and holds which post."""
    own = {branch.pk: branch for branch in access.branches(by)}
    present = {p: b for p, b in belonging_on(on=on).items() if b in own}
    held: dict[tuple[int, int], list[str]] = {}
    for (branch_id, _), posting in holders(own, on=on).items():
        if posting.person_id is not None:
            held.setdefault((branch_id, posting.person_id), []).append(posting.kind.name)
    rows = Belonging.objects.filter(person_id__in=present, from_on__lte=on).order_by("from_on")
    latest = {row.person_id: row for row in rows.select_related("person")}
    cells = [
        cell
        for row in sorted(
            latest.values(), key=lambda r: (own[present[r.person_id]].unit.path, r.person.number)
        )
        for cell in _cells(row, own[present[row.person_id]], held)
    ]
    out = BytesIO()
    book = blanks.workbook(out)
    blanks.add_table(book, sheets.FILL_IN, headings(), examples=cells)
    book.close()
    audit.record_about(
        "branches.belonging.export",
        target_type="branches.belonging",
        target_id=by.unit_code or "/",
        by=by,
        at=at,
        after=f"{len(cells)} 行",
    )
    return out.getvalue()


def _cells(
    row: Belonging, branch: Branch, held: dict[tuple[int, int], list[str]]
) -> list[tuple[str, ...]]:
    posts = held.get((branch.pk, row.person_id), [""])
    unit, person = branch.unit, row.person
    head = (unit.code, unit.name, person.number, person.name, row.from_on.isoformat())
    return [(*head, post, row.reason) for post in posts]


@transaction.atomic
def read(*, content: bytes, by: Actor, at: datetime) -> int:
    """Take members and posts in as a file says; return how many rows changed something.

    Raises:
        UnreadableSheetError: the file cannot be read as this table.
        InvalidRowsError: rows are wrong; all are named and nothing is written.
    """
    rows = sheets.read(content, name="党员名册", headings=NEEDED, optional=OPTIONAL)
    checks = Checks("党员名册")
    own = access.branches(by).filter(status="ACTIVE", kind=Branch.Kind.ORDINARY)
    known = {branch.unit.code: branch for branch in own}
    people = Person.objects.filter(unit__path__startswith=by.unit_path or "-")
    staff, posts = {person.number: person for person in people}, _posts()
    changed = 0
    for row in rows:
        told = _row(row, checks, known, staff, posts)
        if told is not None:
            changed += _write(row, checks, *told, by=by, at=at)
    checks.raise_if_any()
    return changed


def _posts() -> dict[str, PostKind]:
    return {kind.name: kind for kind in PostKind.objects.filter(is_active=True)}


def _row(
    row: SheetRow,
    checks: Checks,
    known: dict[str, Branch],
    staff: dict[str, Person],
    posts: dict[str, PostKind],
) -> tuple[Branch, Person, date, PostKind | None] | None:
    code, number = checks.code(row, BRANCH, needed=True), checks.code(row, PERSON, needed=True)
    branch, person = known.get(code), staff.get(number)
    if code and branch is None:
        checks.add(row, f"支部编码 {code} 不是本单位运行中的党支部，请改正。", BRANCH)
    if number and person is None:
        words = f"本单位人员中没有编号 {number}，请改正，或先在单位表中导入此人。"
        checks.add(row, words, PERSON)
    given, post = row.get(PERSON_NAME), row.get(POST)
    if person is not None and given and given != person.name:
        words = f"编号 {number} 是{person.name}，表中写的是“{given}”，请核对编号与姓名。"
        checks.add(row, words, PERSON)
    if post and post not in posts:
        checks.add(row, f"“{POST}”应为{'、'.join(posts)}之一，现为“{post}”。", POST)
    from_on = checks.day(row, FROM)
    if from_on is None and not row.get(FROM):
        checks.add(row, f"“{FROM}”不能为空。", FROM)
    if branch is None or person is None or from_on is None:
        return None
    return branch, person, from_on, posts.get(post)


def _write(
    row: SheetRow,
    checks: Checks,
    branch: Branch,
    person: Person,
    from_on: date,
    post: PostKind | None,
    *,
    by: Actor,
    at: datetime,
) -> int:
    """Write a row, inside the transaction that is given up when any row is wrong."""
    reason = checks.text(row, REASON, 200) or FIRST_REASON
    now, changed = belonging_on(on=from_on, branch=branch).get(person.pk), 0
    try:
        if now != branch.pk:
            register.transfer(
                person=person, branch=branch, from_on=from_on, reason=reason, by=by, at=at
            )
            changed = 1
        if post is not None and not _holds(branch, person, post, on=from_on, at=at):
            posts.appoint(
                branch=branch,
                kind=post,
                person=person,
                from_on=from_on,
                reason=reason,
                by=by,
                at=at,
            )
            changed = 1
    except DomainError as refusal:
        checks.add(row, refusal.message, FROM if refusal.field == "from_on" else PERSON)
    return changed


def _holds(branch: Branch, person: Person, post: PostKind, *, on: date, at: datetime) -> bool:
    """Tell whether the person holds the post on the day, or has come to hold it since."""
    days = (on, at.astimezone(SHANGHAI).date())
    held = (holders([branch.pk], on=day).get((branch.pk, post.pk)) for day in days)
    return any(posting is not None and posting.person_id == person.pk for posting in held)
