"""Transformers, lines, load and outages of a village."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from dianliang.domain.network import queries
from dianliang.domain.network.loading import HEAVY_FROM, OVER_FROM, POWER_FACTOR, Strain
from dianliang.domain.network.operations import LONGEST
from dianliang.domain.network.queries import FeederRow, OutageRow, TransformerRow
from dianliang.flows.village_file.model import Fact, Scope, Section, Table
from dianliang.kernel.calendar import SHANGHAI

MOST_OUTAGES = 20
"""As many as a page of paper holds; the figures above them count all."""
ANNOUNCED = timedelta(days=60)
HARD = (Strain.OVER, Strain.HEAVY)


def transformers(scope: Scope) -> Mapping[int, Section]:
    """Return the transformers in service."""
    return {
        pk: Section(
            key="transformers",
            title="变压器",
            facts=(
                Fact(key="count", label="变压器", value=len(rows), unit="台"),
                Fact(
                    key="public", label="公变", value=_count(r.is_public for r in rows), unit="台"
                ),
                Fact(
                    key="dedicated",
                    label="专变",
                    value=_count(not r.is_public for r in rows),
                    unit="台",
                ),
                Fact(
                    key="capacity",
                    label="总容量",
                    value=sum(row.capacity_kva for row in rows),
                    unit="kVA",
                ),
                Fact(
                    key="households",
                    label="供电户数",
                    value=sum(row.households for row in rows),
                    unit="户",
                ),
            ),
            tables=(_transformer_table(rows),),
        )
        for pk, rows in _transformers(scope).items()
    }


def _transformer_table(rows: list[TransformerRow]) -> Table:
    return Table(
        key="transformers",
        title="变压器清单",
        noun="变压器",
        columns=(
            "编号",
            "名称",
            "容量（kVA）",
            "公变或专变",
            "所属线路",
            "供电户数",
            "投运日期",
        ),
        rows=tuple(
            (
                row.number,
                row.name,
                row.capacity_kva,
                row.use_label,
                row.feeder_name,
                row.households,
                row.installed_on.isoformat() if row.installed_on else None,
            )
            for row in rows
        ),
        numbers=frozenset({2, 5}),
    )


def loads(scope: Scope) -> Mapping[int, Section]:
    """Return how heavily the transformers were loaded at their peak."""
    return {pk: _loads(rows) for pk, rows in _transformers(scope).items()}


def _loads(rows: list[TransformerRow]) -> Section:
    known = [row for row in rows if row.peak_kw is not None]
    peak = sum(row.peak_kw or 0.0 for row in known)
    capacity = sum(row.capacity_kva for row in known)
    over = _count(row.strain is Strain.OVER for row in rows)
    heavy = _count(row.strain is Strain.HEAVY for row in rows)
    days = [row.peak_on for row in known if row.peak_on]
    hard = sorted(
        (row for row in rows if row.strain in HARD), key=lambda r: (-(r.load_share or 0), r.number)
    )
    share = round(100 * peak / POWER_FACTOR / capacity, 1) if capacity else None
    return Section(
        key="load",
        title="负荷",
        note=(
            f"负载率按各台最大负荷、功率因数 {POWER_FACTOR} 折算；"
            f"达到 {HEAVY_FROM:.0%} 为重载，达到 {OVER_FROM:.0%} 为过载。"
        ),
        facts=(
            Fact(key="peak", label="最大负荷合计", value=round(peak, 1), unit="kW"),
            Fact(key="share", label="综合负载率", value=share, unit="%"),
            Fact(key="over", label="过载", value=over, unit="台", is_alarming=over > 0),
            Fact(key="heavy", label="重载", value=heavy, unit="台", is_alarming=heavy > 0),
            Fact(key="unknown", label="无负荷数据", value=len(rows) - len(known), unit="台"),
            Fact(
                key="latest",
                label="最近的最大负荷日",
                value=max(days).isoformat() if days else None,
            ),
        ),
        tables=(
            Table(
                key="hard",
                title="重载和过载的变压器",
                noun="重载或过载",
                columns=(
                    "编号",
                    "名称",
                    "容量（kVA）",
                    "最大负荷（kW）",
                    "最大负荷日",
                    "负载率（%）",
                    "判断",
                ),
                rows=tuple(
                    (
                        row.number,
                        row.name,
                        row.capacity_kva,
                        round(row.peak_kw or 0.0, 1),
                        row.peak_on.isoformat() if row.peak_on else None,
                        round(100 * (row.load_share or 0.0), 1),
                        row.strain_label,
                    )
                    for row in hard
                ),
                numbers=frozenset({2, 3, 5}),
            ),
        ),
    )


def lines(scope: Scope) -> Mapping[int, Section]:
    """Return the lines on whose way the village lies, or that feed it."""
    rows = queries.feeders(areas=list(scope.homes), on=scope.on)
    found = scope.by_village((area_id, row) for row in rows for area_id in row.area_ids)
    return {pk: _lines(list(dict.fromkeys(own))) for pk, own in found.items()}


def _lines(rows: list[FeederRow]) -> Section:
    return Section(
        key="lines",
        title="线路",
        facts=(
            Fact(key="count", label="线路", value=len(rows), unit="条"),
            Fact(
                key="length",
                label="线路全长合计",
                value=round(sum(row.length_m for row in rows) / 1000, 1),
                unit="公里",
            ),
        ),
        tables=(
            Table(
                key="lines",
                title="供电线路",
                noun="线路",
                columns=(
                    "编码",
                    "名称",
                    "电压等级",
                    "类型",
                    "长度（米）",
                    "起点",
                    "终点",
                    "运维单位",
                ),
                rows=tuple(
                    (
                        row.code,
                        row.name,
                        row.voltage_label,
                        row.kind_label,
                        row.length_m,
                        row.starts_at,
                        row.ends_at,
                        row.unit_name,
                    )
                    for row in rows
                ),
                numbers=frozenset({4}),
            ),
        ),
    )


def outages(scope: Scope) -> Mapping[int, Section]:
    """Return the outages of the year, those that are announced, and one that goes on since last."""
    # What began earlier than the longest outage cannot go on: nobody wrote down its end.
    since, until = scope.year_began - LONGEST, scope.at + ANNOUNCED
    rows = [
        row
        for row in queries.outages(areas=list(scope.homes), since=since, until=until)
        if row.started_at >= scope.year_began or _goes_on(row, scope.at)
    ]
    found = scope.by_village((area_id, row) for row in rows for area_id in row.area_ids)
    return {pk: _outages(list(dict.fromkeys(own)), scope) for pk, own in found.items()}


def _goes_on(row: OutageRow, at: datetime) -> bool:
    return row.started_at <= at and (row.ended_at is None or row.ended_at > at)


def _outages(rows: list[OutageRow], scope: Scope) -> Section:
    begun = [row for row in rows if scope.year_began <= row.started_at <= scope.at]
    announced = _count(row.started_at > scope.at for row in rows)
    going_on = _count(_goes_on(row, scope.at) for row in rows)
    return Section(
        key="outages",
        title="停电",
        facts=(
            Fact(key="count", label="本年停电", value=len(begun), unit="次"),
            Fact(
                key="hours",
                label="本年停电时长",
                value=round(sum(row.duration_h or 0.0 for row in begun), 1),
                unit="小时",
            ),
            Fact(
                key="now",
                label="正在停电",
                value=going_on,
                unit="起",
                is_alarming=going_on > 0,
            ),
            Fact(key="announced", label="已安排的计划停电", value=announced, unit="起"),
        ),
        tables=(
            Table(
                key="outages",
                title="停电记录",
                noun="停电",
                columns=(
                    "编号",
                    "线路或变压器",
                    "类别",
                    "停电",
                    "复电",
                    "小时",
                    "影响户数",
                    "原因",
                ),
                rows=tuple(
                    (
                        row.number,
                        row.thing,
                        row.kind_label,
                        _hour(row.started_at),
                        _hour(row.ended_at),
                        None if row.duration_h is None else round(row.duration_h, 1),
                        row.households,
                        row.reason,
                    )
                    for row in rows[:MOST_OUTAGES]
                ),
                numbers=frozenset({5, 6}),
            ),
        ),
    )


def _transformers(scope: Scope) -> dict[int, list[TransformerRow]]:
    rows = queries.transformers(areas=list(scope.homes), on=scope.on)
    return scope.by_village((row.area_id, row) for row in rows)


def _count(truths: Iterable[bool]) -> int:
    return sum(truths)


def _hour(at: datetime | None) -> str | None:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if at else None
