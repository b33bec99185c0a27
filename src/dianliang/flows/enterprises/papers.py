"""The two-page report of a firm: what it pays, what could change, by which rule, what to check."""

from collections.abc import Mapping, Sequence
from typing import Any

from dianliang.flows.enterprises.pictures import day_picture
from dianliang.flows.enterprises.words import (
    CONFIDENCES,
    SHAPES,
    STATUS,
    TITLES,
    TO_CHECK,
    WAYS,
    told,
)
from dianliang.integrations.documents.model import (
    Block,
    Document,
    Facts,
    Heading,
    Paragraph,
    Picture,
    Pictures,
    Table,
)
from dianliang.kernel.phrases import phrase_of

TITLE = "企业用电分析报告"
MOST_FINDINGS, MOST_MOMENTS = 8, 3
MONEY = ("kwh", "energy_cny", "basic_cny", "adjustment_cny", "total_cny")
PERIODS = ("尖峰", "高峰", "平段", "低谷", "深谷")


def paper(
    *,
    number: str,
    name: str,
    period: str,
    way: str,
    capacity_kva: float,
    body: Mapping[str, Any],
    findings: Sequence[Mapping[str, Any]],
    issuer: str,
    is_generated: bool,
) -> Document:
    """Describe the report of one firm, two pages on paper."""
    blocks: list[Block] = []
    if is_generated:
        blocks.append(Paragraph("本报告用的是演示数据，由系统生成，不是真实企业。", is_note=True))
    blocks += [
        Paragraph(_summary(body, findings)),
        _facts(way, capacity_kva, body),
        Pictures(
            pictures=[
                Picture(
                    day_picture(body["workday_kw"], body["rest_day_kw"]),
                    "平均日负荷（kW）：粗线为工作日，细线为休息日；横轴为时刻",
                )
            ],
            columns=1,
        ),
        _bill(body),
        Heading("发现与依据", 2),
        *(block for one in findings[:MOST_FINDINGS] for block in _finding(one, findings)),
        Paragraph(_remarks(body, findings), is_note=True),
    ]
    return Document(
        title=TITLE, subtitle=f"{name}　{period}", number=number, issuer=issuer, blocks=blocks
    )


def _summary(body: Mapping[str, Any], findings: Sequence[Mapping[str, Any]]) -> str:
    counted = [one for one in findings if one["is_counted"] and not one.get("is_declined")]
    paid = f"分析期内用电 {body['kwh']:,.0f} 千瓦时，电费 {body['total_cny']:,.0f} 元。"
    if not counted:
        return paid + "按现有读数没有找到值得处理的问题。"
    share = body["high_cny"] / body["total_cny"] if body["total_cny"] else 0
    return (
        f"{paid}共 {len(counted)} 项可改进，合计约 {body['low_cny']:,.0f} 至 "
        f"{body['high_cny']:,.0f} 元，最多占电费的 {share:.1%}。均为工程估算，没有重复计算；"
        "实施后以计量数据核实。"
    )


def _facts(way: str, capacity_kva: float, body: Mapping[str, Any]) -> Facts:
    return Facts(
        [
            ("基本电费", WAYS[way]),
            ("变压器容量", f"{capacity_kva:,.0f} kVA"),
            ("最大需量", f"{body['most_kw']:,.1f} kW（{moment(body['most_at'])}）"),
            ("负荷率", f"{body['load_factor']:.0%}"),
            ("负荷形态", str(SHAPES[body["shape"]])),
            ("底负荷", f"{body['base_kw']:,.1f} kW"),
            ("休息日与工作日之比", f"{body['rest_ratio']:.0%}"),
            ("读数完整率", f"{body['read_share']:.1%}"),
        ]
    )


def _bill(body: Mapping[str, Any]) -> Table:
    months = body["months"]
    rows = [
        (
            month["month"],
            f"{month['kwh']:,.0f}",
            f"{month['most_kw']:,.1f}",
            f"{month['energy_cny']:,.0f}",
            f"{month['basic_cny']:,.0f}",
            "—" if month["factor"] is None else f"{month['factor']:.2f}",
            f"{month['adjustment_cny']:,.0f}",
            f"{month['total_cny']:,.0f}",
        )
        for month in months
    ]
    sums = [sum(month[key] for month in months) for key in MONEY]
    rows.append(
        (
            "合计",
            f"{sums[0]:,.0f}",
            "—",
            f"{sums[1]:,.0f}",
            f"{sums[2]:,.0f}",
            "",
            f"{sums[3]:,.0f}",
            f"{sums[4]:,.0f}",
        )
    )
    return Table(
        columns=(
            "月份",
            "电量 kWh",
            "需量 kW",
            "电度 元",
            "基本 元",
            "功率因数",
            "力调 元",
            "合计 元",
        ),
        rows=rows,
        numbers=frozenset(range(1, 8)),
        widths=(1.1, 1.2, 1, 1.1, 1.1, 0.9, 1, 1.1),
        caption=_periods(body),
    )


def _periods(body: Mapping[str, Any]) -> str:
    parts = [
        f"{name} {percent} %"
        for name, percent, kwh in zip(
            PERIODS, percents(body["period_kwh"]), body["period_kwh"], strict=True
        )
        if kwh
    ]
    return f"按月电费（按所选电价估算，不是账单）；电量构成：{'、'.join(parts)}"


def percents(parts: Sequence[float]) -> list[int]:
    """Return the parts of a whole in whole percent that add up to 100 (largest remainder)."""
    whole = sum(parts)
    if not whole:
        return [0 for _ in parts]
    exact = [100 * part / whole for part in parts]
    told = [int(share) for share in exact]
    short = 100 - sum(told)
    by_rest = sorted(range(len(parts)), key=lambda place: told[place] - exact[place])
    for place in by_rest[:short]:
        told[place] += 1
    return told


def _finding(one: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> list[Block]:
    said = told(one["kind"], one["rule"], one["facts"])
    money = f"{one['low_cny']:,.0f}–{one['high_cny']:,.0f} 元" if one["high_cny"] else "不计钱"
    beside = "" if one["is_counted"] or not one["high_cny"] else _beside(one, others)
    checks = "；".join(TO_CHECK[one["kind"]])
    moments = "、".join(moment(point) for point in one["points"][:MOST_MOMENTS])
    evidence = f"依据的时刻：{moments}。" if moments else ""
    return [
        Heading(f"{said.title}：{money}（把握{CONFIDENCES[one['confidence']]}）", 3),
        Paragraph(f"{said.words}{beside}"),
        Paragraph(f"{evidence}规则：{said.rule}现场核对：{checks}。", is_note=True),
    ]


def moment(point: Mapping[str, Any]) -> str:
    """Write a quarter hour as day and time."""
    return f"{point['day']} {point['minute'] // 60:02d}:{point['minute'] % 60:02d}"


def _beside(one: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> str:
    if one["group"] == "investment":
        return "这是投资，不计入合计；与高峰移到低谷会互相抵减。"
    same = [
        f"“{TITLES[other['kind']]}”"
        for other in others
        if other["group"] == one["group"] and other["is_counted"]
    ]
    return f"与{'、'.join(same)}说的是同一部分电量，只计一项。"


def _remarks(body: Mapping[str, Any], findings: Sequence[Mapping[str, Any]]) -> str:
    more = len(findings) - MOST_FINDINGS
    left = f"另有 {more} 项较小的没有印出。" if more > 0 else ""
    return (
        f"{left}各项状态：{STATUS}。电价：{'；'.join(map(phrase_of, body['versions']))}。"
        "缺少的读数按同月同类日子的平均补上；分时、基本电费、功率因数规则按理解计算，"
        "以当地文件和账单为准。"
    )
