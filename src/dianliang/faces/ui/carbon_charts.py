"""The charts of carbon accounts and of measurement projects."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from dianliang.faces.ui.charts import Chart, Series, Shape
from dianliang.faces.ui.wording import gettext as _

WEEK = 7
MOST_DAYS = 200
"""Beyond so many days a project is drawn by week: nobody reads more in one picture."""


class MonthlyPoint(Protocol):
    """A month of an account's curve; tonnes of CO2."""

    @property
    def month(self) -> str:
        """Its name, ``2026-01``."""

    @property
    def co2_t(self) -> float:
        """What it emitted."""

    @property
    def cumulative_t(self) -> float:
        """What was emitted up to its end."""

    @property
    def low_t(self) -> float:
        """Lower end of the 95 % interval of `cumulative_t`."""

    @property
    def high_t(self) -> float:
        """Upper end of the 95 % interval of `cumulative_t`."""


def cumulative_chart(points: Sequence[MonthlyPoint]) -> Chart:
    """Draw each month and the sum up to it, with the interval of the sum."""
    return Chart(
        key="cumulative",
        title=_("逐月与累计（位置法）"),
        x_name=_("月份"),
        y_name=_("累计（tCO2）"),
        right_name=_("当月（tCO2）"),
        x=tuple(one.month for one in points),
        series=(
            Series(
                name=_("累计"),
                values=tuple(one.cumulative_t for one in points),
                low=tuple(one.low_t for one in points),
                high=tuple(one.high_t for one in points),
            ),
            Series(
                name=_("当月"),
                values=tuple(one.co2_t for one in points),
                shape=Shape.BAR,
                is_right=True,
            ),
        ),
        digits=2,
    )


def measured_chart(series: Mapping[str, Sequence[Any]], *, measure_on: str) -> Chart:
    """Draw what was measured beside what the baseline expects, the measure's day in the title."""
    days, measured, expected = (series[name] for name in ("on", "kwh", "expected"))
    step = WEEK if len(days) > MOST_DAYS else 1
    starts = range(0, len(days), step)
    return Chart(
        key="measured",
        title=_("实测与基准预测（措施 %(day)s 投用）") % {"day": measure_on},
        x_name=_("周（首日）") if step > 1 else _("日期"),
        y_name=_("日均电量（kWh）"),
        x=tuple(str(days[n]) for n in starts),
        series=(
            Series(name=_("实测"), values=tuple(_mean(measured[n : n + step]) for n in starts)),
            Series(name=_("基准预测"), values=tuple(_mean(expected[n : n + step]) for n in starts)),
        ),
    )


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
