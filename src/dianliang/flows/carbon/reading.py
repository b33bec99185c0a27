"""Read activity data from Excel or CSV; every row that is wrong is told with its place."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, timedelta

from dianliang.core import blanks, sheets
from dianliang.core.checks import Checks
from dianliang.core.sheets import SheetRow
from dianliang.domain.energy.models import CarbonEntry
from dianliang.domain.energy.operations.carbon import EntryDraft
from dianliang.flows.carbon.categories import CATEGORIES
from dianliang.flows.carbon.doubling import refuse_overlaps, refuse_redeemed
from dianliang.flows.carbon.picking import POWER, Picker
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import spelling_free

ALSO_POWER = frozenset({"电", "电能", "电量", "用电", "外购电", "外购电力", "网电"})
"""What people write for electricity."""
PLACE, CARRIER, SCOPE = "地点或计量点", "能源品种", "范围"
SINCE, UNTIL, QUANTITY, UNIT = "起", "止（不含）", "数量", "单位"
SHARE, FACTOR, CERTIFICATE, DOCUMENT = "不确定度（%）", "因子编号", "绿证编号", "凭证"
CATEGORY = "范围 3 类别"
NEEDED = (PLACE, CARRIER, SCOPE, SINCE, UNTIL, QUANTITY, UNIT)
OPTIONAL = (SHARE, FACTOR, CERTIFICATE, DOCUMENT, CATEGORY)
SCOPES = {"1": "1", "2": "2", "3": "3", "范围1": "1", "范围2": "2", "范围3": "3"}
STEPS = {
    "kWh": ("kWh", 1.0),
    "度": ("kWh", 1.0),
    "万度": ("kWh", 1e4),
    "千瓦时": ("kWh", 1.0),
    "万千瓦时": ("kWh", 1e4),
    "万kWh": ("kWh", 1e4),
    "MWh": ("kWh", 1e3),
    "kg": ("kg", 1.0),
    "t": ("kg", 1e3),
    "吨": ("kg", 1e3),
    "千克": ("kg", 1.0),
    "m³": ("m³", 1.0),
    "m3": ("m³", 1.0),
    "立方米": ("m³", 1.0),
    "万立方米": ("m³", 1e4),
    "GJ": ("GJ", 1.0),
    "km": ("km", 1.0),
    "公里": ("km", 1.0),
    "tkm": ("tkm", 1.0),
    "吨公里": ("tkm", 1.0),
    "pkm": ("pkm", 1.0),
    "人公里": ("pkm", 1.0),
    "元": ("CNY", 1.0),
    "万元": ("CNY", 1e4),
}
"""What a unit is of the one that factors are per."""
MOST_QUANTITY = 1e12
"""Of the unit that factors are per: the country uses less than 1e13 kWh a year."""
LEAST_CERTIFICATE_KWH = 0.001
MOST_ROWS = 5000
"""What is written in a few seconds: nobody else can write meanwhile."""
GROUPED = re.compile(r"[0-9]{1,3}([,，][0-9]{3})+([.][0-9]+)?")
"""A figure with its thousands apart; ``1,25`` is none."""
HEADINGS: tuple[blanks.Heading, ...] = (
    (PLACE, "电表、油罐或场所；同一处不能重叠记两次", ()),
    (CARRIER, "与因子库一致，如 电力、汽油、柴油、天然气", ()),
    (SCOPE, "1 自己燃烧，2 外购电和热，3 上下游", ("1", "2", "3")),
    (SINCE, "第一天，如 2026-01-01", ()),
    (UNTIL, "最后一天的后一天；不能跨年", ()),
    (QUANTITY, "", ()),
    (UNIT, "升请换算成千克", tuple(dict.fromkeys(STEPS))),
    (SHARE, "95% 区间的一半占数量的百分比，如 2；可空", ()),
    (FACTOR, "因子库里的因子编号；空着用当年或最近一年的官方因子", ()),
    (CERTIFICATE, "绿证、绿电核销填编号，数量是它覆盖的电量", ()),
    (DOCUMENT, "发票号、抄表单号；可空", ()),
    (CATEGORY, "范围 3 才填：GHG Protocol 的 1 到 15 类", tuple(map(str, CATEGORIES))),
)
COLUMNS = tuple(name for name, _, _ in HEADINGS)
EXAMPLE = (
    "办公楼总表",
    POWER,
    "2",
    "2026-01-01",
    "2026-02-01",
    "12000",
    "kWh",
    "1",
    "",
    "",
    "",
    "",
)
ADVICE = (
    "一行是一处一段时间的用量，或一张绿证。",
    "范围 3 的一行是一类活动：能源品种写活动（如 货运、差旅），因子编号要填，类别填 1 到 15。",
    f"整份通过才写入；有错逐行列出。一份最多 {MOST_ROWS} 行。",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What the table `name` holds; not yet compared with what accounts hold."""

    name: str
    made: tuple[tuple[SheetRow, EntryDraft], ...]

    @property
    def drafts(self) -> tuple[EntryDraft, ...]:
        """Return what is to be entered."""
        return tuple(draft for _, draft in self.made)


def blank() -> bytes:
    """Return the table to fill in."""
    return blanks.template(HEADINGS, example=EXAMPLE, title="碳账户活动数据", advice=ADVICE)


def read(content: bytes, *, name: str, today: date) -> Read:
    """Read a table; outside of any transaction, as others write meanwhile.

    Raises:
        UnreadableSheetError: the file is no table, has other headings, no rows or too many.
        InvalidRowsError: rows are wrong; all are named, and nothing is written.
    """
    rows = sheets.read(content, name=name, headings=NEEDED, optional=OPTIONAL)
    if not rows:
        raise sheets.UnreadableSheetError(Phrase("%(name)s 没有数据行。", name=name))
    if len(rows) > MOST_ROWS:
        told = Phrase(
            "%(name)s 有 %(n)d 行，一次最多导入 %(most)d 行，请拆成几份。",
            name=name,
            n=len(rows),
            most=MOST_ROWS,
        )
        raise sheets.UnreadableSheetError(told)
    rows = [_figures(row) for row in rows]
    checks, digest = Checks(name), hashlib.sha256(content).hexdigest()
    picker = Picker(heading=FACTOR, checks=checks)
    made: list[tuple[SheetRow, EntryDraft]] = []
    for row in rows:
        if all(row.get(name) == said for name, said in zip(COLUMNS, EXAMPLE, strict=True)):
            checks.add(row, "这是模板里的示例行，请删去或改成自己的数。", PLACE)
        before = len(checks.found)
        draft = _draft(row, picker, digest=digest, today=today)
        if draft is not None and len(checks.found) == before:
            made.append((row, draft))
    refuse_overlaps(made, checks, heading=SINCE)
    refuse_redeemed(made, checks, heading=CERTIFICATE)
    checks.raise_if_any()
    return Read(name=name, made=tuple(made))


def _figures(row: SheetRow) -> SheetRow:
    """Take the marks off figures that people write: ``12,000`` and ``5%``."""
    cells = dict(row.cells)
    quantity, share = row.get(QUANTITY), row.get(SHARE)
    if GROUPED.fullmatch(quantity):
        cells[QUANTITY] = quantity.replace(",", "").replace("，", "")
    if share.endswith(("%", "％")):
        cells[SHARE] = share[:-1].strip()
    return replace(row, cells=cells)


def refuse_kept(found: Read, *, account: str) -> None:
    """Refuse what the account holds already, and certificates that any account redeemed.

    Called in the transaction that writes. A certificate whose entry was reversed stays redeemed,
    as the table's constraint has it.

    Raises:
        InvalidRowsError: rows are so; all are named.
    """
    checks = Checks(found.name)
    entered = CarbonEntry.objects.filter(reverses=None)
    kept = entered.filter(account__number=account, certificate="", reversed_by=None)
    refuse_overlaps(found.made, checks, heading=SINCE, kept=kept)
    if any(draft.certificate for draft in found.drafts):
        used = entered.exclude(certificate="").values_list("certificate", flat=True)
        refuse_redeemed(found.made, checks, heading=CERTIFICATE, used=used)
    checks.raise_if_any()


def _draft(row: SheetRow, picker: Picker, *, digest: str, today: date) -> EntryDraft | None:
    checks = picker.checks
    place = _plain(row, checks, PLACE, 60)
    carrier = _carrier(row, checks)
    scope = checks.choice(row, SCOPE, SCOPES, "")
    category = _category(row, scope, checks)
    first, until = _days(row, checks, today)
    unit, step = _unit(row, checks)
    quantity = _quantity(row, checks, step)
    share = checks.number(row, SHARE, least=0, most=500)
    certificate = spelling_free(_plain(row, checks, CERTIFICATE, 40, needed=False))
    needed = ((SCOPE, scope), (QUANTITY, row.get(QUANTITY)))
    for heading in (heading for heading, value in needed if not value and not row.get(heading)):
        checks.add(row, Phrase("“%(heading)s”不能为空。", heading=heading), heading)
    if first is None or until is None or quantity is None or not unit or not scope:
        return None
    factor = None
    if certificate:
        _check_certificate(row, carrier, unit, scope, quantity, checks)
    else:
        factor = picker.pick(row, carrier=carrier, unit=unit, scope=scope, year=first.year)
        if factor is None:
            return None
    return EntryDraft(
        place=place,
        carrier=carrier,
        scope=int(scope),
        category=category,
        from_on=first,
        until_on=until,
        quantity=quantity,
        quantity_unit=unit,
        share=None if share is None else share / 100,
        factor=factor,
        certificate=certificate,
        document=checks.text(row, DOCUMENT, 120),
        digest=digest,
    )


def _category(row: SheetRow, scope: str, checks: Checks) -> int | None:
    """Return the category of a row of scope 3; no other row has one."""
    told = checks.number(row, CATEGORY, least=1, most=len(CATEGORIES))
    if scope == "3" and not row.get(CATEGORY):
        words = Phrase("范围 3 要填类别（1 到 15，GHG Protocol），各类不重复。")
        checks.add(row, words, CATEGORY)
    if scope == "3" and not row.get(FACTOR):
        # An official factor is one of burning, or of a grid: none of what lies up or down stream.
        checks.add(row, Phrase("范围 3 要写明因子编号，没有默认的因子。"), FACTOR)
    if told is None or scope != "3":
        if told is not None and scope:
            checks.add(row, Phrase("只有范围 3 才填类别。"), CATEGORY)
        return None
    if told != int(told):
        checks.add(row, Phrase("范围 3 类别应是 1 到 15 的整数。"), CATEGORY)
        return None
    return int(told)


def _plain(row: SheetRow, checks: Checks, heading: str, most: int, *, needed: bool = True) -> str:
    """Return a cell with plain digits and letters: ``１号表`` and ``1号表`` are one meter."""
    told = checks.text(row, heading, most, needed=needed)
    plain = " ".join(unicodedata.normalize("NFKC", told).split())
    if len(plain) > most:
        words = Phrase("“%(heading)s”最多 %(most)d 个字。", heading=heading, most=most)
        checks.add(row, words, heading)
    return plain


def _carrier(row: SheetRow, checks: Checks) -> str:
    told = _plain(row, checks, CARRIER, 20)
    return POWER if told in ALSO_POWER else told


def _quantity(row: SheetRow, checks: Checks, step: float) -> float | None:
    """Return the quantity in the unit that factors are per."""
    told = checks.number(row, QUANTITY, least=0, most=MOST_QUANTITY)
    if told is not None and told * step > MOST_QUANTITY:
        words = Phrase(
            "“数量”按这个单位最多 %(most)s，请核对数量和单位。", most=f"{MOST_QUANTITY / step:.15g}"
        )
        checks.add(row, words, QUANTITY)
        return None
    return None if told is None else told * step


def _days(row: SheetRow, checks: Checks, today: date) -> tuple[date | None, date | None]:
    first, until = checks.day(row, SINCE), checks.day(row, UNTIL)
    for heading in (SINCE, UNTIL):
        if not row.get(heading):
            checks.add(row, Phrase("“%(heading)s”不能为空。", heading=heading), heading)
    if first is None or until is None:
        return None, None
    if until <= first:
        checks.add(row, "止日应在起日之后。", UNTIL)
    elif until > date(first.year + 1, 1, 1):
        checks.add(row, "一行不能跨年，请按年分成两行。", UNTIL)
    elif first > today:
        checks.add(row, "起日在今天以后，还没有发生。", SINCE)
    elif until > today + timedelta(days=1):
        words = Phrase("最后一天在今天以后，还没有发生；只记到今天为止。")
        checks.add(row, words, UNTIL)
    else:
        return first, until
    return None, None


def _unit(row: SheetRow, checks: Checks) -> tuple[str, float]:
    said = row.get(UNIT).replace(" ", "")
    if said in STEPS:
        return STEPS[said]
    words = Phrase(
        "单位“%(said)s”不认识；可用：%(listed)s。升请先按密度换算成千克。",
        said=said,
        listed="、".join(STEPS),
    )
    checks.add(row, words if said else Phrase("“%(heading)s”不能为空。", heading=UNIT), UNIT)
    return "", 1.0


def _check_certificate(
    row: SheetRow, carrier: str, unit: str, scope: str, kwh: float, checks: Checks
) -> None:
    if (carrier, unit, scope) != (POWER, "kWh", "2"):
        checks.add(row, "绿证只能核销范围 2 的电力，单位为电量。", CERTIFICATE)
    if kwh < LEAST_CERTIFICATE_KWH:
        checks.add(row, Phrase("绿证的电量应大于 0。"), QUANTITY)
