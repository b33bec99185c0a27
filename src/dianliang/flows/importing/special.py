"""Import special customers: who they are is known already, how they are cared for is told here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from dianliang.core import sheets
from dianliang.core.checks import Checks, parts_of
from dianliang.core.sheets import SheetRow
from dianliang.domain.customers import access, consents, operations
from dianliang.domain.customers.models import Consent, Customer
from dianliang.domain.workforce.models import Team
from dianliang.flows.importing.tables import SPECIAL, names
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI

NAME = "特殊客户表"
WORDS = {
    "联系人": ("nominee", 60),
    "钥匙保管人": ("key_holder", 60),
    "上门口令": ("visit_password", 20),
    "停电时怎么办": ("outage_note", 300),
}


@dataclass(slots=True)
class Told:
    """What a row says about a customer; what it leaves blank is not in `changes`."""

    changes: dict[str, object] = field(default_factory=dict)
    consented_on: date | None = None
    how: str = ""


def write_special(content: bytes, *, by: Actor, at: datetime) -> dict[str, int]:
    """Check and write a table of special customers; blank cells change nothing.

    Raises:
        UnreadableSheetError, InvalidRowsError: nothing was written.
    """
    on = at.astimezone(SHANGHAI).date()
    headings = names(SPECIAL)
    rows = sheets.read(content, name=NAME, headings=headings[:3], optional=headings)
    checks = Checks(NAME)
    checks.once(rows, "客户编号")
    numbers = [checks.key(row, "客户编号", needed=True) for row in rows]
    own = Customer.objects.filter(access.within(by), number__in=numbers)
    known = {customer.number: customer for customer in own}
    teams = frozenset(Team.objects.filter(is_active=True).values_list("code", flat=True))
    told = [
        _told(row, known.get(number), checks=checks, teams=teams, on=on)
        for number, row in zip(numbers, rows, strict=True)
    ]
    checks.raise_if_any()
    for number, says in zip(numbers, told, strict=True):
        _write(known[number], says, on=on, by=by, at=at)
    return {"special": len(rows)}


def _told(
    row: SheetRow,
    customer: Customer | None,
    *,
    checks: Checks,
    teams: frozenset[str],
    on: date,
) -> Told:
    if customer is None:
        words = f"客户编号 {row.get('客户编号')} 不存在或不归您的单位，请改正，或先导入客户表。"
        checks.add(row, words, "客户编号")
    told = Told()
    kinds = {str(label): str(value) for value, label in Customer.SpecialKind.choices}
    kind = checks.choice(row, "特殊客户类别", kinds, "")
    level = checks.whole(row, "关爱等级", 3)
    is_special = customer is not None and bool(customer.special_kind)
    if customer is not None and not is_special and not kind:
        checks.add(row, "该客户还不是特殊客户，请填写“特殊客户类别”。", "特殊客户类别")
    _keep(told, "special_kind", kind)
    _keep(told, "special_level", level if is_special or level else 3)
    _keep(
        told,
        "visit_interval_days",
        checks.whole(row, "走访间隔（天）", operations.LONGEST_INTERVAL_DAYS),
    )
    for heading, (name, most) in WORDS.items():
        _keep(told, name, checks.text(row, heading, most))
    _read_days(row, told, checks=checks, on=on)
    if customer is not None and customer.consented_on is None and told.consented_on:
        _check_how(row, told, kind=kind or customer.special_kind, checks=checks)
    _read_formats(row, told, checks=checks)
    team = checks.code(row, "固定队伍编码")
    if team and team not in teams:
        checks.add(row, f"固定队伍编码 {team} 不存在或已停用，请改正。", "固定队伍编码")
    _keep(told, "preferred_team_code", team)
    return told


def _keep(told: Told, name: str, value: object) -> None:
    if value:
        told.changes[name] = value


def _read_days(row: SheetRow, told: Told, *, checks: Checks, on: date) -> None:
    visited = checks.day(row, "上次走访")
    if visited and visited > on:
        checks.add(row, "“上次走访”不能晚于今天。", "上次走访")
    _keep(told, "last_visited_on", visited)
    told.consented_on = checks.day(row, "同意走访日期")
    if told.consented_on and told.consented_on > on:
        checks.add(row, "“同意走访日期”不能晚于今天。", "同意走访日期")
    hows: Mapping[str, str] = {label: value for value, label in consents.HOWS}
    told.how = checks.choice(row, "同意方式", dict(hows), "")
    until = checks.day(row, "有效至")
    if until and until > on + timedelta(days=operations.LONGEST_RENEWAL_DAYS):
        checks.add(row, "“有效至”应在两年以内。", "有效至")
    _keep(told, "renewal_due_on", until)


def _check_how(row: SheetRow, told: Told, *, kind: str, checks: Checks) -> None:
    """Complain where a consent that is new to the file does not say how, or not by whom."""
    if not row.get("同意方式"):
        checks.add(row, "填了“同意走访日期”，请写明“同意方式”。", "同意方式")
    elif kind in access.MINORS and told.how not in ("", Consent.How.GUARDIAN):
        checks.add(row, consents.GUARDIAN_SPEAKS, "同意方式")


def _read_formats(row: SheetRow, told: Told, *, checks: Checks) -> None:
    labels = {str(label): str(value) for value, label in Customer.Format.choices}
    asked = parts_of(row.get("沟通方式"))
    if unknown := [part for part in asked if part not in labels]:
        words = f"“沟通方式”不认识{'、'.join(unknown)}，应为{'、'.join(labels)}。"
        checks.add(row, words, "沟通方式")
        return
    _keep(told, "formats", [labels[part] for part in asked])


def _write(customer: Customer, told: Told, *, on: date, by: Actor, at: datetime) -> None:
    operations.take_over(customer=customer, changes=told.changes, by=by, at=at)
    if told.consented_on and customer.consented_on is None:
        consents.give(
            customer=customer,
            purpose=Consent.Purpose.VISITS,
            how=told.how,
            given_on=told.consented_on,
            on=on,
            by=by,
            at=at,
        )
