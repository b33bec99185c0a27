"""A table of factors that somebody brings: each with its year, place and source, all or none."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from dianliang.core import blanks, sheets
from dianliang.core.blanks import Heading
from dianliang.core.checks import Checks
from dianliang.core.sheets import SheetRow
from dianliang.domain.energy import access
from dianliang.domain.energy.models import Factor
from dianliang.domain.energy.operations import factors as operations
from dianliang.domain.energy.queries.factors import FACTOR_KINDS, LEVELS, series_of
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase

CARRIER, KIND, LEVEL, REGION, YEAR = "活动或能源品种", "类型", "范围", "地区", "年份"
VALUE, LOW, HIGH, UNIT, SOURCE = "数值", "区间下限", "区间上限", "计量单位", "来源"
REASON = "修订说明"
NEEDED = (CARRIER, KIND, LEVEL, REGION, YEAR, VALUE, UNIT, SOURCE)
OPTIONAL = (LOW, HIGH, REASON)
EXAMPLE = (
    *("公路货运", FACTOR_KINDS["value_chain"], LEVELS["own"], "本单位", "2025"),
    *("0.074", "0.060", "0.090", "kgCO2/tkm", "承运商 2025 年碳足迹报告第 12 页", ""),
)
ADVICE = (
    "在“填写”表里从第 2 行起填写；第 2 行是例子，请删掉或改掉。表头不要改名、合并或重复。",
    "一行是一个因子。类型、范围、地区、年份和品种都相同的，是同一个因子的下一版，要写修订说明。",
    "来源写到文号、标准号或页码；导入后由县公司另一人对照文件核对。",
    "更正单位或来源也是下一版。数值最多六位小数。",
    "与库里现在这一版数值、单位和来源都相同的行不起作用。任何一行有错，全部都不写入。",
)
MOST_ROWS = 500
MOST_VALUE = 1e5
HEADING_OF = {"value": VALUE, "low": LOW, "high": HIGH, "unit": UNIT, "reason": REASON}


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """How many factors a table added or revised, and how many it only repeated."""

    new: int
    same: int


def blank() -> bytes:
    """Return the table to fill in."""
    headings: tuple[Heading, ...] = (
        (CARRIER, "例如 公路货运、员工通勤（公交）、钢材", ()),
        (KIND, "范围 3 选“上下游活动”", tuple(FACTOR_KINDS.values())),
        (LEVEL, "", tuple(LEVELS.values())),
        (REGION, "例如 全国、浙江、本单位", ()),
        (YEAR, "四位年份", ()),
        (VALUE, "大于 0", ()),
        (LOW, "95% 区间；没有就留空", ()),
        (HIGH, "95% 区间；没有就留空", ()),
        (UNIT, "每什么，如 kgCO2/tkm", ()),
        (SOURCE, "文号、标准号、页码", ()),
        (REASON, "已有的因子出新版时写", ()),
    )
    return blanks.template(headings, example=EXAMPLE, title="因子表", advice=ADVICE)


@transaction.atomic
def take_in(*, content: bytes, name: str, by: Actor, at: datetime) -> Brought:
    """Add the factors of a table, or their next versions (导入因子表): all of them or none.

    Raises:
        NotVisibleError: the actor keeps no factors.
        UnreadableSheetError, InvalidRowsError, InvalidInputError: it cannot be used; every row and
            column that is wrong is named.
    """
    if by.role not in access.FACTOR_WRITERS:
        raise NotVisibleError("没有找到因子库。")
    rows = sheets.read(content, name=name, headings=NEEDED, optional=OPTIONAL)
    if len(rows) > MOST_ROWS:
        words = Phrase("一次最多 %(most)d 行，请分几次导入。", most=MOST_ROWS)
        raise InvalidInputError(words, field="table")
    checks = Checks(name)
    told = [(row, _asked(row, checks)) for row in rows]
    _refuse_twice(told, checks)
    checks.raise_if_any()
    new = 0
    for row, asked in told:
        if _is_same(asked):
            continue
        try:
            operations.keep(asked=asked, reason=row.get(REASON), by=by, at=at)
            new += 1
        except DomainError as refusal:
            checks.add(row, refusal.message, HEADING_OF.get(refusal.field or "", ""))
    checks.raise_if_any()
    return Brought(new=new, same=len(told) - new)


def _asked(row: SheetRow, checks: Checks) -> dict[str, Any]:
    """Return the columns of a factor that a row names."""
    kinds = {label: code for code, label in FACTOR_KINDS.items()}
    levels = {label: code for code, label in LEVELS.items()}
    carrier = checks.text(row, CARRIER, 20, needed=True)
    region = checks.text(row, REGION, 20, needed=True)
    kind = checks.choice(row, KIND, kinds, "value_chain")
    year = checks.number(row, YEAR, least=1950, most=2100)
    for heading in (KIND, LEVEL, YEAR, VALUE):
        if not row.get(heading):
            checks.add(row, Phrase("“%(heading)s”不能为空。", heading=heading), heading)
    figures = {
        name: checks.number(row, heading, least=0, most=MOST_VALUE)
        for name, heading in (("value", VALUE), ("low", LOW), ("high", HIGH))
    }
    label = FACTOR_KINDS[kind]
    on = int(year or 0)
    identity = {
        "carrier": carrier,
        "kind": kind,
        "level": checks.choice(row, LEVEL, levels, "own"),
        "region": region,
    }
    return {
        **identity,
        "year": on,
        "unit": checks.text(row, UNIT, 24, needed=True),
        "source": checks.text(row, SOURCE, 200, needed=True),
        "name": f"{on} 年{region}{carrier}{label}因子",
        "series": series_of(**identity, year=on),
        **figures,
    }


def _refuse_twice(told: list[tuple[SheetRow, dict[str, Any]]], checks: Checks) -> None:
    seen: set[str] = set()
    for row, asked in told:
        if asked["series"] in seen:
            checks.add(row, Phrase("同一个因子在表里出现了两次。"), CARRIER)
        seen.add(asked["series"])


def _is_same(asked: dict[str, Any]) -> bool:
    """Tell whether the present version says the same: figures, unit and source."""
    last = Factor.objects.filter(series=asked["series"]).order_by("edition").last()
    if last is None:
        return False
    figures = (last.value, last.low, last.high)
    known = [None if one is None else float(one) for one in figures]
    return (*known, last.unit, last.source) == tuple(asked[name] for name in operations.SAID)
