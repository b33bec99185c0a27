"""The charts of a firm's page: its mean day, and its bills by month."""

from collections.abc import Mapping
from typing import Any

from dianliang.faces.ui.charts import Chart, Limit, Series, Shape
from dianliang.faces.ui.wording import gettext as _

QUARTERS = tuple(f"{n // 4:02d}:{n % 4 * 15:02d}" for n in range(96))


def day_chart(body: Mapping[str, Any]) -> Chart:
    """Draw the mean working day beside the mean rest day."""
    return Chart(
        key="day",
        title=_("平均日负荷"),
        x_name=_("时刻"),
        y_name=_("功率（kW）"),
        x=QUARTERS,
        series=(
            Series(name=_("工作日"), values=tuple(body["workday_kw"])),
            Series(name=_("休息日"), values=tuple(body["rest_day_kw"])),
        ),
    )


def demand_chart(body: Mapping[str, Any], *, capacity_kva: float) -> Chart:
    """Draw each month's greatest demand under the capacity, and what was paid."""
    months = body["months"]
    return Chart(
        key="months",
        title=_("各月最大需量与电费"),
        x_name=_("月份"),
        y_name=_("最大需量（kW）"),
        right_name=_("电费（元）"),
        x=tuple(month["month"] for month in months),
        series=(
            Series(
                name=_("最大需量"),
                values=tuple(month["most_kw"] for month in months),
                shape=Shape.BAR,
            ),
            Series(
                name=_("电费"),
                values=tuple(month["total_cny"] for month in months),
                is_right=True,
            ),
        ),
        limits=(Limit(name=_("变压器容量"), value=capacity_kva),),
        digits=0,
    )
