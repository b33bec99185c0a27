"""A table of factors is taken in whole or not at all, and a factor's next version says why."""

import pytest

from dianliang.core.checks import InvalidRowsError
from dianliang.domain.energy.models import Factor
from dianliang.flows.carbon import factor_tables
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import NotVisibleError
from tests.town import NOON

pytestmark = pytest.mark.django_db
HEAD = ",".join((*factor_tables.NEEDED, *factor_tables.OPTIONAL))
KIND = "上下游活动（范围 3）"
FREIGHT = f"公路货运,{KIND},本单位,本单位,2025,0.074,kgCO2/tkm,承运商报告,0.06,0.09,"
TRAVEL = f"高铁差旅,{KIND},全国,全国,2024,0.026,kgCO2/km,公开数据集第 3 页,,,"


def taken_in(town, *rows, role=Role.ADMINISTRATOR):
    content = "\n".join((HEAD, *rows)).encode()
    by = town.actor("LM", role)
    return factor_tables.take_in(content=content, name="因子表", by=by, at=NOON)


@pytest.mark.row("000-11")
def test_factors_come_with_source_and_year_and_wait_for_a_second_person(town):
    assert taken_in(town, FREIGHT, TRAVEL).new == 2

    row = Factor.objects.get(carrier="公路货运")
    told = (row.kind, row.level, row.year, row.source)
    assert told == ("value_chain", "own", 2025, "承运商报告")
    assert (float(row.low), float(row.value), float(row.high)) == (0.06, 0.074, 0.09)
    assert row.is_transcribed
    again = taken_in(town, FREIGHT, TRAVEL)
    assert (again.new, again.same) == (0, 2)


def test_one_wrong_row_and_nothing_is_written_and_every_wrong_row_is_named(town):
    wrong = (
        FREIGHT,
        TRAVEL.replace("0.026", "很少"),
        FREIGHT.replace("承运商报告", ""),
        TRAVEL.replace("全国,2024", "全国,二〇二四"),
        FREIGHT.replace(KIND, "别的"),
    )
    with pytest.raises(InvalidRowsError) as refusal:
        taken_in(town, *wrong)

    told = refusal.value.message
    for words in ("很少", "来源", "两次", "二〇二四", "别的"):
        assert words in told
    assert not Factor.objects.filter(kind="value_chain").exists()
    with pytest.raises(InvalidRowsError, match="区间"):
        taken_in(town, TRAVEL, FREIGHT.replace("0.06,0.09", "0.08,0.09"))
    assert not Factor.objects.filter(kind="value_chain").exists()


def test_another_figure_is_a_next_version_and_says_why(town):
    taken_in(town, FREIGHT)
    with pytest.raises(InvalidRowsError, match="修订说明"):
        taken_in(town, FREIGHT.replace("0.074", "0.080"))
    assert taken_in(town, FREIGHT.replace("0.074", "0.080") + "报告更新").new == 1

    editions = Factor.objects.filter(carrier="公路货运").order_by("edition")
    assert [float(one.value) for one in editions] == [0.074, 0.08]


def test_a_clerk_takes_no_factors_in(town):
    with pytest.raises(NotVisibleError):
        taken_in(town, FREIGHT, role=Role.PARTY_AFFAIRS)


def test_the_blank_table_is_taken_in_as_it_is(town):
    by = town.actor("LM", Role.ADMINISTRATOR)
    done = factor_tables.take_in(content=factor_tables.blank(), name="表.xlsx", by=by, at=NOON)
    assert done.new == 1
