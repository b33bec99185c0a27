"""The three tables: their headings, and the checks that name row and field."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import isfinite

from dianliang.core.sheets import SheetRow
from dianliang.kernel.errors import DomainError

MOST_SHOWN = 50

Headings = tuple[tuple[str, str], ...]

AREAS: Headings = (
    ("编码", "唯一；统计用区划代码即可"),
    ("名称", "例如 余村村委会"),
    ("级别", "省、市、县（区）、乡镇（街道）、村（社区）、网格"),
    ("上级编码", "最上级留空"),
    ("服务半径类别", "城区、农村、偏远；留空为农村"),
    ("纬度", "WGS 84 十进制度；不知道就留空"),
    ("经度", "WGS 84 十进制度；不知道就留空"),
)

UNITS: Headings = (
    ("单位编码", "唯一"),
    ("单位名称", ""),
    ("单位类别", "供电公司、供电服务站、联盟单位、党支部、政府与村社"),
    ("要素", "电、水、气、银、信、邮、综合"),
    ("上级单位编码", "最上级留空"),
    ("服务区域编码", "多个用、隔开"),
    ("公开电话", ""),
    ("队伍编码", "没有队伍就留空；同一队伍可写多行，每行一名队员"),
    ("队伍名称", ""),
    ("驻地纬度", ""),
    ("驻地经度", ""),
    ("队员编号", "唯一；留空则只建单位或队伍"),
    ("队员姓名", ""),
    ("队员电话", ""),
    ("岗位", ""),
    ("是否队长", "是或留空"),
    ("技能编码", "多个用、隔开"),
    ("证书失效日期", "例如 2028-12-31；有技能时必填"),
)

CUSTOMERS: Headings = (
    ("客户编号", "唯一"),
    ("类别", "居民或企业"),
    ("姓名或名称", ""),
    ("电话", ""),
    ("户号", ""),
    ("区域编码", "村社区的编码"),
    ("详细地址", ""),
    ("纬度", ""),
    ("经度", ""),
    ("责任单位编码", ""),
    (
        "特殊客户类别",
        "居家生命支持、孤寡（独居）老人、残疾人、留守儿童、脱贫巩固户、养殖大户；留空为普通",
    ),
    ("关爱等级", "1 到 3，1 最高"),
    ("走访间隔（天）", ""),
    ("上次走访", "例如 2026-11-01"),
)

TEMPLATES: dict[str, tuple[Headings, tuple[str, ...]]] = {
    "areas.xlsx": (
        AREAS,
        ("330523108204", "余村村委会", "村（社区）", "330523108", "农村", "", ""),
    ),
    "units.xlsx": (
        UNITS,
        (
            "AJ01",
            "天荒坪供电所",
            "供电服务站",
            "电",
            "AJ",
            "330523108",
            "95598",
            "D01",
            "天荒坪一队",
            "30.6",
            "119.6",
            "RY001",
            "张三",
            "19900000001",
            "电管家",
            "是",
            "repair、care",
            "2028-12-31",
        ),
    ),
    "customers.xlsx": (
        CUSTOMERS,
        (
            "KH000001",
            "居民",
            "李四",
            "19900000002",
            "3305200000001",
            "330523108204",
            "1组2号",
            "",
            "",
            "AJ01",
            "孤寡（独居）老人",
            "2",
            "30",
            "2026-11-01",
        ),
    ),
}


class InvalidRowsError(DomainError):
    """Some rows cannot be imported; `rows` names each with its reason. Nothing was written."""

    code = "import.invalid-rows"

    def __init__(self, rows: Sequence[str]) -> None:
        more = f"\n……另有 {len(rows) - MOST_SHOWN} 处" if len(rows) > MOST_SHOWN else ""
        shown = "\n".join(rows[:MOST_SHOWN])
        super().__init__(f"有 {len(rows)} 处需要改正，什么都没有写入：\n{shown}{more}")
        self.rows = tuple(rows)


@dataclass(slots=True)
class Checks:
    """Collect complaints with file and row, so that all are told at once."""

    name: str
    found: list[str] = field(default_factory=list)

    def add(self, row: SheetRow, words: str) -> None:
        """Complain about a row."""
        self.found.append(f"{self.name} 第 {row.number} 行：{words}")

    def needed(self, row: SheetRow, heading: str) -> str:
        """Return a cell that must not be empty."""
        value = row.get(heading)
        if not value:
            self.add(row, f"“{heading}”不能为空。")
        return value

    def choice(self, row: SheetRow, heading: str, labels: dict[str, str], default: str) -> str:
        """Return the value that a label stands for."""
        value = row.get(heading)
        if value in labels:
            return labels[value]
        if value:
            self.add(row, f"“{heading}”应为{'、'.join(labels)}之一，现为“{value}”。")
        return default

    def degrees(self, row: SheetRow, heading: str, most: float) -> float | None:
        """Return a cell as degrees, or None."""
        value = row.get(heading)
        if not value:
            return None
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if not isfinite(number) or abs(number) > most:
            self.add(row, f"“{heading}”应为 −{most:.0f} 到 {most:.0f} 之间的数字，现为“{value}”。")
            return None
        return number

    def whole(self, row: SheetRow, heading: str, most: int) -> int | None:
        """Return a cell as a whole number, or None."""
        value = row.get(heading)
        if not value:
            return None
        if not value.isdecimal() or not 0 < int(value[:9]) <= most:
            self.add(row, f"“{heading}”应为 1 到 {most} 的整数，现为“{value}”。")
            return None
        return int(value)

    def day(self, row: SheetRow, heading: str) -> date | None:
        """Return a cell as a day, or None."""
        value = row.get(heading)[:10]
        if not value:
            return None
        try:
            return date.fromisoformat(value.replace("/", "-"))
        except ValueError:
            self.add(row, f"“{heading}”应形如 2026-11-01，现为“{value}”。")
            return None

    def once(self, rows: Iterable[SheetRow], heading: str) -> None:
        """Complain about values that come twice."""
        seen: dict[str, int] = {}
        for row in rows:
            value = row.get(heading)
            if value and value in seen:
                self.add(row, f"“{heading}”{value} 与第 {seen[value]} 行重复。")
            seen.setdefault(value, row.number)

    def raise_if_any(self) -> None:
        """Raise everything that was found."""
        if self.found:
            raise InvalidRowsError(self.found)


def names(headings: Headings) -> list[str]:
    """Return the headings without their notes."""
    return [name for name, _ in headings]


def parts_of(text: str) -> list[str]:
    """Return the parts of a cell that lists several codes."""
    return [part.strip() for part in text.replace(",", "、").split("、") if part.strip()]


def path_of(code: str, parents: dict[str, str], known: dict[str, str]) -> str | None:
    """Return the path of a code through its parents; None if they go in a circle."""
    steps: list[str] = []
    while code:
        if code in steps:
            return None
        steps.append(code)
        if code not in parents:
            return known.get(code, "/") + "".join(f"{step}/" for step in reversed(steps[:-1]))
        code = parents[code]
    return "/" + "".join(f"{step}/" for step in reversed(steps))
