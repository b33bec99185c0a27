"""Import customers."""

from dianliang.core import sheets
from dianliang.core.checks import Checks
from dianliang.core.fields import blind_index
from dianliang.domain.customers.models import Customer
from dianliang.domain.directory.models import Unit
from dianliang.domain.territory.models import Area
from dianliang.flows.importing.tables import CUSTOMERS, names


def write_customers(content: bytes) -> dict[str, int]:
    """Check and write a table of customers; return how many rows of each kind.

    Raises:
        UnreadableSheetError, InvalidRowsError: nothing was written.
    """
    headings = names(CUSTOMERS)
    rows = sheets.read(content, name="客户表", headings=headings[:3], optional=headings)
    checks = Checks("客户表")
    checks.once(rows, "客户编号")
    kinds = {str(label): str(value) for value, label in Customer.Kind.choices}
    special = {str(label): str(value) for value, label in Customer.SpecialKind.choices}
    areas = dict(Area.objects.values_list("code", "pk"))
    units = dict(Unit.objects.values_list("code", "pk"))
    made: list[tuple[str, dict[str, object]]] = []
    for row in rows:
        number = checks.key(row, "客户编号", needed=True)
        name = checks.text(row, "姓名或名称", 60, needed=True)
        area, unit = checks.code(row, "区域编码"), checks.code(row, "责任单位编码")
        if area not in areas:
            words = f"区域编码 {area or '（空）'} 不存在，请改正，或先导入区域。"
            checks.add(row, words, "区域编码")
        if unit and unit not in units:
            words = f"责任单位编码 {unit} 不存在，请改正，或先导入单位。"
            checks.add(row, words, "责任单位编码")
        kind = checks.choice(row, "特殊客户类别", special, "")
        level = checks.whole(row, "关爱等级", 3)
        account = checks.code(row, "户号", 40)
        made.append(
            (
                number,
                {
                    "kind": checks.choice(row, "类别", kinds, "resident"),
                    "name": name,
                    "phone": checks.code(row, "电话"),
                    "account_number": account,
                    "account_index": blind_index(account, context="customer.account")
                    if account
                    else "",
                    "area_id": areas.get(area),
                    "address": checks.text(row, "详细地址", 200),
                    "lat": checks.degrees(row, "纬度", 90),
                    "lon": checks.degrees(row, "经度", 180),
                    "unit_id": units.get(unit),
                    "special_kind": kind,
                    "special_level": (level or 3) if kind else None,
                    "visit_interval_days": checks.whole(row, "走访间隔（天）", 3650),
                    "last_visited_on": checks.day(row, "上次走访"),
                },
            )
        )
    checks.raise_if_any()
    for number, fields in made:
        Customer.objects.update_or_create(number=number, defaults=fields)
    return {"customers": len(made)}
