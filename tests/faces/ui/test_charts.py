"""A chart and its table tell the same, and what cannot be drawn is refused."""

import json
import re
from dataclasses import replace

import pytest
from django.test import Client
from django.utils import translation

from dianliang.faces.ui.charts import MOST_ROWS, Chart, Series
from tests.faces.ui.charted import BUDGET, HEAT, LOAD

NAN = float("nan")


def test_every_figure_of_a_chart_stands_in_its_table():
    with translation.override("zh-hans"):
        assert LOAD.head == ("时刻", "预测", "预测：区间", "实测", "电量")
    assert LOAD.rows[0] == ("00:00", "100.0", "80.0 ~ 130.0", "—", "10.0")
    assert len(LOAD.rows) == 24


def test_numbers_along_the_axis_are_drawn_to_scale():
    assert BUDGET.payload["isNumber"]
    assert not LOAD.payload["isNumber"]
    assert BUDGET.rows[1] == ("12.5", "3")


def test_a_heat_chart_says_what_each_shade_means():
    assert HEAT.rows[23] == ("23:00", "115", "—")
    assert [words for _, words in HEAT.legend] == [
        "< 40 %",
        "40 ~ 60 %",
        "60 ~ 80 %",
        "80 ~ 100 %",
        "≥ 100 %",
    ]


@pytest.mark.parametrize(
    "values", [(1.0,), (1.0, 2.0, 3.0, 4.0), (1.0, NAN, 2.0), (float("inf"), 1.0, 2.0)]
)
def test_figures_that_do_not_fit_the_axis_are_refused(values):
    with pytest.raises(ValueError, match="电量"):
        replace(BUDGET, series=(Series(name="电量", values=values),))


def test_an_interval_is_as_long_as_its_series():
    with pytest.raises(ValueError, match="电量"):
        replace(BUDGET, series=(Series(name="电量", values=(1.0,) * 3, low=(0.0,), high=(2.0,)),))


@pytest.mark.parametrize("edges", [(1.0, 2.0, 3.0), (1.0, 2.0, 2.0, 3.0)])
def test_shades_must_deepen_step_by_step(edges):
    with pytest.raises(ValueError, match="edges"):
        replace(HEAT, edges=edges)


def test_rows_of_a_heat_chart_match_its_labels():
    with pytest.raises(ValueError, match="23 rows"):
        replace(HEAT, values=HEAT.values[1:])


def test_what_nobody_could_read_as_a_table_is_refused():
    with pytest.raises(ValueError, match=str(MOST_ROWS)):
        Chart(
            key="long",
            title="全年",
            x_name="时",
            y_name="kW",
            x=tuple(str(i) for i in range(MOST_ROWS + 1)),
            series=(Series(name="负载", values=(1.0,) * (MOST_ROWS + 1)),),
        )


@pytest.mark.urls("tests.faces.ui.charted")
def test_the_page_holds_the_figures_once_for_the_eye_and_once_for_the_reader(db):
    html = Client().get("/charted/").content.decode()

    source = re.search(r'<script id="load" type="application/json">(.*?)</script>', html)[1]
    assert json.loads(source)["series"][0]["values"][:2] == [100.0, 104.0]
    assert '<td class="number">80.0 ~ 130.0</td>' in html
    assert html.count('aria-hidden="true"></data-chart>') == 3
    assert " style=" not in html
