"""Read activity data from Excel or CSV; every row that is wrong is told with its place."""

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import date

from dianliang.core import blanks, sheets
from dianliang.core.checks import Checks
from dianliang.core.sheets import SheetRow
from dianliang.domain.energy.models import CarbonEntry, Factor
from dianliang.domain.energy.operations.carbon import EntryDraft
from dianliang.domain.energy.queries.factors import NATIONWIDE, province

POWER = "电力"
PLACE, CARRIER, SCOPE = "地点或计量点", "能源品种", "范围"
SINCE, UNTIL, QUANTITY, UNIT = "起", "止（不含）", "数量", "单位"
SHARE, FACTOR, CERTIFICATE, DOCUMENT = "不确定度（%）", "因子编号", "绿证编号", "凭证"
NEEDED = (PLACE, CARRIER, SCOPE, SINCE, UNTIL, QUANTITY, UNIT)
OPTIONAL = (SHARE, FACTOR, CERTIFICATE, DOCUMENT)
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
}
"""What a unit is of the one that factors are per."""
MOST_QUANTITY = 1e12
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
)
COLUMNS = tuple(name for name, _, _ in HEADINGS)
EXAMPLE = ("办公楼总表", POWER, "2", "2026-01-01", "2026-02-01", "12000", "kWh", "1", "", "", "")
ADVICE = ("一行是一处一段时间的用量，或一张绿证。", "整份通过才写入；有错逐行列出。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What a table holds, and the fingerprint of the file."""

    drafts: tuple[EntryDraft, ...]
    digest: str


def blank() -> bytes:
    """Return the table to fill in."""
    return blanks.template(HEADINGS, example=EXAMPLE, title="碳账户活动数据", advice=ADVICE)


def read(content: bytes, *, name: str, account: str, today: date) -> Read:
    """Read a table for an account.

    Raises:
        UnreadableSheetError: the file is no table, or has other headings.
        InvalidRowsError: rows are wrong; all are named, and nothing is written.
    """
    rows = sheets.read(content, name=name, headings=NEEDED, optional=OPTIONAL)
    rows = [_plain(row) for row in rows]
    checks, digest = Checks(name), hashlib.sha256(content).hexdigest()
    checks.once([row for row in rows if row.get(CERTIFICATE)], CERTIFICATE)
    made: list[tuple[SheetRow, EntryDraft]] = []
    for row in rows:
        if all(row.get(name) == said for name, said in zip(COLUMNS, EXAMPLE, strict=True)):
            checks.add(row, "这是模板里的示例行，请删去或改成自己的数。", PLACE)
        before = len(checks.found)
        draft = _draft(row, checks, digest=digest, today=today)
        if draft is not None and len(checks.found) == before:
            made.append((row, draft))
    _refuse_doubles(made, account, checks)
    if not rows:
        raise sheets.UnreadableSheetError(f"{name} 没有数据行。")
    checks.raise_if_any()
    return Read(drafts=tuple(draft for _, draft in made), digest=digest)


def _plain(row: SheetRow) -> SheetRow:
    """Take the marks off figures that people write: ``12,000`` and ``5%``."""
    cells = dict(row.cells)
    quantity, share = row.get(QUANTITY), row.get(SHARE)
    if GROUPED.fullmatch(quantity):
        cells[QUANTITY] = quantity.replace(",", "").replace("，", "")
    if share.endswith(("%", "％")):
        cells[SHARE] = share[:-1].strip()
    return replace(row, cells=cells)


def _draft(row: SheetRow, checks: Checks, *, digest: str, today: date) -> EntryDraft | None:
    place = checks.text(row, PLACE, 60, needed=True)
    carrier = checks.text(row, CARRIER, 20, needed=True)
    scope = checks.choice(row, SCOPE, SCOPES, "")
    first, until = _days(row, checks, today)
    quantity = checks.number(row, QUANTITY, least=0, most=MOST_QUANTITY)
    share = checks.number(row, SHARE, least=0, most=500)
    certificate = checks.text(row, CERTIFICATE, 40)
    unit, step = _unit(row, checks)
    needed = ((SCOPE, scope), (QUANTITY, row.get(QUANTITY)))
    for heading in (heading for heading, value in needed if not value and not row.get(heading)):
        checks.add(row, f"“{heading}”不能为空。", heading)
    if first is None or until is None or quantity is None or not unit or not scope:
        return None
    factor = None if certificate else _factor(row, carrier, unit, first, checks)
    if certificate:
        _check_certificate(row, carrier, unit, scope, certificate, checks)
    elif factor is None:
        return None
    return EntryDraft(
        place=place,
        carrier=carrier,
        scope=int(scope),
        from_on=first,
        until_on=until,
        quantity=quantity * step,
        quantity_unit=unit,
        share=None if share is None else share / 100,
        factor=factor,
        certificate=certificate,
        document=checks.text(row, DOCUMENT, 120),
        digest=digest,
    )


def _days(row: SheetRow, checks: Checks, today: date) -> tuple[date | None, date | None]:
    first, until = checks.day(row, SINCE), checks.day(row, UNTIL)
    for heading in (SINCE, UNTIL):
        if not row.get(heading):
            checks.add(row, f"“{heading}”不能为空。", heading)
    if first is None or until is None:
        return None, None
    if until <= first:
        checks.add(row, "止日应在起日之后。", UNTIL)
    elif until > date(first.year + 1, 1, 1):
        checks.add(row, "一行不能跨年，请按年分成两行。", UNTIL)
    elif first > today:
        checks.add(row, "起日在今天以后，还没有发生。", SINCE)
    else:
        return first, until
    return None, None


def _unit(row: SheetRow, checks: Checks) -> tuple[str, float]:
    said = row.get(UNIT).replace(" ", "")
    if said in STEPS:
        return STEPS[said]
    words = f"单位“{said}”不认识；可用：{'、'.join(STEPS)}。升请先按密度换算成千克。"
    checks.add(row, words if said else f"“{UNIT}”不能为空。", UNIT)
    return "", 1.0


def _factor(row: SheetRow, carrier: str, unit: str, first: date, checks: Checks) -> Factor | None:
    """Return the factor that a row names, else the official one of its year or the last before."""
    series = checks.text(row, FACTOR, 80)
    if series:
        named = Factor.objects.filter(series=series.partition("@")[0])
        named = named.filter(code=series) if "@" in series else named
        found = named.order_by("-edition").first()
    else:
        found = _official(carrier, unit, first.year)
    if found is None:
        words = f"因子库里没有{carrier}每 {unit} 的因子" + (f"“{series}”" if series else "")
        checks.add(row, f"{words}，请先由管理员登记，或改正品种和单位。", FACTOR)
    elif found.unit != f"kgCO2/{unit}":
        checks.add(row, f"因子“{found.series}”的单位是 {found.unit}，用量却按 {unit}。", UNIT)
        return None
    return found


def _official(carrier: str, unit: str, year: int) -> Factor | None:
    rows = Factor.objects.filter(carrier=carrier, unit=f"kgCO2/{unit}")
    if carrier != POWER:
        return rows.order_by("-year", "-edition").first()
    rows = rows.filter(kind=Factor.Kind.AVERAGE)
    for region in (province(), NATIONWIDE):
        own = rows.filter(region=region)
        found = own.filter(year__lte=year).order_by("-year", "-edition").first()
        found = found or own.order_by("year", "-edition").first()
        if found is not None:
            return found
    return None


def _check_certificate(
    row: SheetRow, carrier: str, unit: str, scope: str, certificate: str, checks: Checks
) -> None:
    if (carrier, unit, scope) != (POWER, "kWh", "2"):
        checks.add(row, "绿证只能核销范围 2 的电力，单位为电量。", CERTIFICATE)
    used = CarbonEntry.objects.filter(certificate=certificate, reverses=None, reversed_by=None)
    if used.exists():
        checks.add(row, f"绿证 {certificate} 已经核销过。", CERTIFICATE)


def _refuse_doubles(made: list[tuple[SheetRow, EntryDraft]], account: str, checks: Checks) -> None:
    """Refuse activity of a place and time that the account already holds, or the file twice."""
    places = {draft.place for _, draft in made}
    kept = CarbonEntry.objects.filter(
        account__number=account, place__in=places, certificate="", reverses=None, reversed_by=None
    )
    known = [
        ((row.place, row.carrier, row.scope), row.from_on, row.until_on, f"分录 {row.number}")
        for row in kept
    ]
    for row, draft in made:
        if draft.certificate:
            continue
        what = (draft.place, draft.carrier, draft.scope)
        for other, first, until, where in known:
            if other == what and first < draft.until_on and draft.from_on < until:
                days = f"{first} 至 {until}"
                words = f"{draft.place}的{draft.carrier}与{where}（{days}）重叠，会重复计算。"
                checks.add(row, words, SINCE)
                break
        known.append((what, draft.from_on, draft.until_on, f"第 {row.number} 行"))
