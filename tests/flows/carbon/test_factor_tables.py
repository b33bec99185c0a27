"""A table of factors is taken in whole or not at all, and a factor's next version says why."""

import pytest

from dianliang.core.checks import InvalidRowsError
from dianliang.domain.energy.models import Factor
from dianliang.domain.energy.operations.factors import UnableToKeepFactorError, keep
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


def test_another_scope_is_another_factor_and_takes_the_first_ones_place_in_nothing(town):
    taken_in(town, FREIGHT)
    national = FREIGHT.replace("本单位,本单位", "全国,本单位").replace("0.074", "0.08")

    assert taken_in(town, national).new == 1
    rows = Factor.objects.filter(carrier="公路货运")
    assert {(row.level, row.edition) for row in rows} == {("own", 1), ("national", 1)}
    assert len({row.series for row in rows}) == 2
    assert taken_in(town, FREIGHT, national).same == 2


def test_hyphens_in_names_make_no_two_factors_one(town):
    ours = FREIGHT.replace("公路货运", f"甲-{KIND}-乙"[:20]).replace("本单位,2025", "丙,2025")
    place = f"乙-{KIND}-丙"[:20]
    theirs = FREIGHT.replace("公路货运", "甲").replace("本单位,2025", f"{place},2025")
    dashes = [
        FREIGHT.replace("公路货运", "丁-戊").replace("本单位,2025", "己,2025"),
        FREIGHT.replace("公路货运", "丁").replace("本单位,2025", "戊-己,2025"),
    ]

    assert taken_in(town, ours, theirs, *dashes).new == 4


def test_a_corrected_unit_or_source_is_a_next_version_and_says_why(town):
    taken_in(town, FREIGHT)
    for was, now in (("kgCO2/tkm", "kgCO2/km"), ("承运商报告", "承运商报告第 2 版")):
        changed = FREIGHT.replace(was, now)
        with pytest.raises(InvalidRowsError, match="修订说明"):
            taken_in(town, changed)
        assert taken_in(town, changed + "更正").new == 1
    last = Factor.objects.filter(carrier="公路货运").order_by("edition").last()
    assert (last.edition, last.unit, last.source) == (3, "kgCO2/tkm", "承运商报告第 2 版")


def test_more_decimals_than_are_kept_are_refused_by_row(town):
    with pytest.raises(InvalidRowsError, match=r"第 2 行.*最多六位"):
        taken_in(town, TRAVEL.replace("0.026", "0.1234567"))
    assert taken_in(town, TRAVEL.replace("0.026", "0.123457")).new == 1
    assert taken_in(town, TRAVEL.replace("0.026", "0.1234570")).same == 1


def test_a_number_that_names_another_factor_is_refused(town):
    taken_in(town, FREIGHT)
    row = Factor.objects.get(carrier="公路货运")
    names = ("name", "carrier", "kind", "region", "year", "unit", "source", "series", "value")
    asked = {name: getattr(row, name) for name in names} | {"level": "national", "value": 1}
    with pytest.raises(UnableToKeepFactorError, match="另一个因子"):
        keep(asked=asked, reason="更正", by=town.actor("LM", Role.ADMINISTRATOR), at=NOON)


def test_a_clerk_takes_no_factors_in(town):
    with pytest.raises(NotVisibleError):
        taken_in(town, FREIGHT, role=Role.PARTY_AFFAIRS)


def test_the_blank_table_is_taken_in_as_it_is(town):
    by = town.actor("LM", Role.ADMINISTRATOR)
    done = factor_tables.take_in(content=factor_tables.blank(), name="表.xlsx", by=by, at=NOON)
    assert done.new == 1
