"""The table of contacts that people bring: template, every row checked, then written in pieces."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from dianliang.core import blanks, sheets
from dianliang.core.blanks import Heading
from dianliang.core.checks import Checks
from dianliang.core.sheets import SheetRow
from dianliang.domain.customers.models import Customer
from dianliang.domain.directory.models import Unit
from dianliang.domain.outreach import access
from dianliang.domain.outreach.models import Outreach
from dianliang.domain.outreach.operations import outreach as operations
from dianliang.domain.outreach.operations import preferences
from dianliang.domain.outreach.operations.outreach import Addressee
from dianliang.domain.outreach.phones import index_of, mobile
from dianliang.domain.territory.models import Area
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase

MOST_ROWS = 50_000
CHUNK = 250
KEY, NAME, KIND, PHONE, UNIT, AREA, SAYS = (
    "对象编码",
    "名称",
    "类别",
    "手机号",
    "责任单位编码",
    "区域编码",
    "接收意愿",
)
KINDS = {str(label): str(code) for code, label in Customer.Kind.choices}
WISHES = {"同意": "yes", "拒收": "no"}
HEADINGS: tuple[Heading, ...] = (
    (KEY, "唯一，例如户号或统一社会信用代码的后几位；请先把整列设为文本", ()),
    (NAME, "企业全称，或联系人称呼", ()),
    (KIND, "", tuple(KINDS)),
    (PHONE, "11 位手机号；座机收不到消息", ()),
    (UNIT, "留空为发起单位", ()),
    (AREA, "村（社区）或乡镇的编码；可留空", ()),
    (SAYS, "本人已表示的意愿；没有表示过就留空", tuple(WISHES)),
)
EXAMPLE = ("QY-0001", "某某竹业有限公司", "企业", "19900000000", "", "", "")
ADVICE = (
    "在“填写”表里从第 2 行起填写；第 2 行是例子，请删掉或改掉。表头不要改名、合并或重复。",
    "任何一行有错，全部都不写入；错误会逐条说明在第几行第几列、怎样改。",
    "几家企业填同一个手机号，只发一条消息，送达后几家都算触达。",
)


@dataclass(frozen=True, slots=True)
class Contact:
    """A checked row: who it is, and what he has said about being written to."""

    addressee: Addressee
    wish: str


def template() -> bytes:
    """Return the table to fill in."""
    return blanks.template(HEADINGS, example=EXAMPLE, title="联系名单", advice=ADVICE)


def bring(*, number: str, content: bytes, by: Actor, at: datetime) -> Outreach:
    """Take a table of contacts as the audience of an outreach.

    Everything is checked before anything is written. Then it is written in pieces, so that others
    may write meanwhile; an interrupted table is brought again and replaces what there is.

    Raises:
        NotVisibleError: it is absent or another's.
        UnreadableSheetError, InvalidRowsError: the table; every wrong row is named.
        UnableToReachError, IllegalTransitionError: it takes no table, or none any more.
        StaleStateError: another table was brought meanwhile; that one holds.
    """
    outreach = access.to_lead(number, by=by)
    contacts = read(content, outreach=outreach)
    operations.clear(outreach=outreach)
    for start in range(0, len(contacts), CHUNK):
        chunk = contacts[start : start + CHUNK]
        with transaction.atomic():
            operations.require_own(outreach)
            _keep_wishes(outreach, chunk, by=by, at=at)
            operations.add_chunk(outreach=outreach, found=_judged(outreach, chunk))
    with transaction.atomic():
        operations.require_own(outreach)
        operations.prepare(outreach=outreach, by=by, at=at)
        return operations.finish(outreach=outreach, by=by, at=at)


def _keep_wishes(outreach: Outreach, chunk: Sequence[Contact], *, by: Actor, at: datetime) -> None:
    """Write down what contacts have said, where it is news."""
    said = preferences.standing([one.addressee.phone_index for one in chunk])
    for one in chunk:
        index = one.addressee.phone_index
        agrees = one.wish == "yes"
        # A table may bring a refusal, but never turn one into a consent.
        if not one.wish or said.get(index) is agrees or said.get(index) is False:
            continue
        said[index] = agrees
        preferences.say(
            phone_index=index,
            agrees=agrees,
            how="table",
            words="",
            unit=outreach.unit,
            by=by,
            at=at,
        )


def _judged(outreach: Outreach, chunk: Sequence[Contact]) -> list[Addressee]:
    said = preferences.standing([one.addressee.phone_index for one in chunk])
    return [
        Addressee(
            key=one.key,
            kind=one.kind,
            unit_id=one.unit_id,
            area_id=one.area_id,
            name=one.name,
            phone=one.phone,
            phone_index=one.phone_index,
            excluded=preferences.excluded_for(one.phone_index, basis=outreach.basis, said=said),
        )
        for one in (contact.addressee for contact in chunk)
    ]


def read(content: bytes, *, outreach: Outreach) -> list[Contact]:
    """Return the rows of a table.

    Raises:
        UnreadableSheetError, InvalidRowsError: the table; every wrong row is named.
        InvalidInputError: it is empty or too long.
    """
    rows = sheets.read(
        content, name="联系名单", headings=(KEY, NAME, KIND, PHONE), optional=(UNIT, AREA, SAYS)
    )
    if not rows:
        raise InvalidInputError("名单是空的，请从第 2 行起填写。", field="table")
    if len(rows) > MOST_ROWS:
        raise InvalidInputError(
            Phrase("名单超过 %(n)d 行，请分成几次触达。", n=MOST_ROWS), field="table"
        )
    checks = Checks("联系名单")
    checks.once(rows, KEY)
    units = {u.code: u for u in Unit.objects.filter(path__startswith=outreach.unit.path)}
    areas = {area.code: area for area in Area.objects.all()}
    found = [_contact(row, checks, outreach, units, areas) for row in rows]
    checks.raise_if_any()
    return found


def _contact(
    row: SheetRow,
    checks: Checks,
    outreach: Outreach,
    units: dict[str, Unit],
    areas: dict[str, Area],
) -> Contact:
    phone = checks.code(row, PHONE, needed=True)
    if phone and not mobile(phone):
        checks.add(row, f"“{PHONE}”应为 11 位手机号，现为“{phone}”。", PHONE)
    unit_code, area_code = checks.code(row, UNIT), checks.code(row, AREA)
    if unit_code and unit_code not in units:
        words = f"责任单位编码 {unit_code} 不存在，或不在{outreach.unit.name}范围内。"
        checks.add(row, words, UNIT)
    if area_code and area_code not in areas:
        checks.add(row, f"区域编码 {area_code} 不存在，请改正或留空。", AREA)
    if not row.get(KIND):
        checks.add(row, f"“{KIND}”不能为空。", KIND)
    unit, area = units.get(unit_code, outreach.unit), areas.get(area_code)
    addressee = Addressee(
        key=checks.code(row, KEY, 40, needed=True),
        kind=checks.choice(row, KIND, KINDS, "enterprise"),
        unit_id=unit.pk,
        area_id=area.pk if area else None,
        name=checks.text(row, NAME, 80, needed=True),
        phone=mobile(phone),
        phone_index=index_of(phone),
    )
    return Contact(addressee, checks.choice(row, SAYS, WISHES, ""))
