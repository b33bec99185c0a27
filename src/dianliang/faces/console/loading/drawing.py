"""The charts of one transformer: load beside rating, hours of the month, voltage, phases."""

from dianliang.faces.ui.charts import Chart, Heat, Limit, Series, Tone
from dianliang.faces.ui.wording import gettext as _
from dianliang.flows.relief.loading_page import Figures, Points

HEAVY_SHARE = 0.8
LOW_V, HIGH_V = 198.0, 235.4
"""GB/T 12325—2008: 220 V, +7 % and −10 %."""
EDGES = (40.0, 60.0, 80.0, 100.0)


def charts(points: Points, *, capacity_kva: float) -> dict[str, Chart | Heat]:
    """Return the charts of a transformer's month by name; what was not read has none."""
    days = tuple(f"{day:%m-%d}" for day in points.days)
    found: dict[str, Chart | Heat] = {
        "daily": Chart(
            key="chart-daily",
            title=_("每日最大负载"),
            x_name=_("日期"),
            y_name=_("负载（kVA）"),
            x=days,
            series=(Series(name=_("当日最大"), values=points.daily_kva),),
            limits=_ratings(capacity_kva),
        ),
        "hours": Heat(
            key="chart-hours",
            title=_("每天每小时的最大负载率"),
            x_name=_("日期"),
            y_name=_("时"),
            x=days,
            y=tuple(f"{hour:02d}:00" for hour in range(len(points.hourly))),
            values=tuple(_percent(row) for row in points.hourly),
            edges=EDGES,
            unit="%",
        ),
    }
    if points.peak_on is not None:
        found["peak"] = _peak_day(points, capacity_kva)
    if points.phases_kva:
        found["phases"] = _phases(points, capacity_kva)
    if any(value is not None for value in points.least_v):
        found["voltage"] = _voltage(points, days)
    return found


def _peak_day(points: Points, capacity_kva: float) -> Chart:
    day = points.peak_on.isoformat() if points.peak_on else ""
    return Chart(
        key="chart-peak",
        title=_("最大负荷日 %(day)s 的负载") % {"day": day},
        x_name=_("时刻"),
        y_name=_("负载（kVA）"),
        x=points.clocks,
        series=(Series(name=_("负载"), values=points.peak_day_kva),),
        limits=_ratings(capacity_kva),
    )


def _phases(points: Points, capacity_kva: float) -> Chart:
    return Chart(
        key="chart-phases",
        title=_("最大负荷日三相"),
        x_name=_("时刻"),
        y_name=_("每相负载（kVA）"),
        x=points.clocks,
        series=tuple(
            Series(name=_("%(phase)s 相") % {"phase": name}, values=values)
            for name, values in zip("ABC", points.phases_kva, strict=True)
        ),
        limits=(Limit(name=_("每相额定"), value=capacity_kva / 3),),
    )


def _voltage(points: Points, days: tuple[str, ...]) -> Chart:
    return Chart(
        key="chart-voltage",
        title=_("每日电压范围"),
        x_name=_("日期"),
        y_name=_("电压（V）"),
        x=days,
        series=(
            Series(name=_("最低"), values=points.least_v),
            Series(name=_("最高"), values=points.most_v),
        ),
        limits=(Limit(name=_("下限"), value=LOW_V), Limit(name=_("上限"), value=HIGH_V)),
    )


def _ratings(capacity_kva: float) -> tuple[Limit, ...]:
    return (
        Limit(name=_("额定"), value=capacity_kva),
        Limit(name=_("重载八成"), value=capacity_kva * HEAVY_SHARE, tone=Tone.WARN),
    )


def _percent(values: Figures) -> Figures:
    return tuple(None if value is None else round(value * 100, 1) for value in values)
