"""Carbon accounts: tables are read strictly, entries are final, sums lead to entries and claims."""

from datetime import date, timedelta
from functools import partial
from io import BytesIO
from itertools import combinations

import pytest
from django.db import IntegrityError, transaction
from docx import Document as WordDocument
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from dianliang.core.checks import Checks, InvalidRowsError
from dianliang.core.models import AuditEvent
from dianliang.core.sheets import SheetRow, UnreadableSheetError
from dianliang.domain.energy.models import CarbonEntry, Claim
from dianliang.domain.energy.operations.carbon import EntryDraft, UnableToKeepCarbonError
from dianliang.domain.energy.operations.claims import UnableToClaimError
from dianliang.domain.energy.queries import claims as claim_book
from dianliang.flows import claims as claim_flow
from dianliang.flows.carbon import driving, keeping, reading, reckoning
from dianliang.flows.carbon.doubling import refuse_overlaps
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from tests.claims import (
    PETROL_ROW,
    POWER_ROW,
    clerk,
    filled_account,
    opened_account,
    provincial,
    table,
)
from tests.town import NOON

pytestmark = pytest.mark.django_db
GREEN = "绿电,电力,2,2026-01-01,2026-11-01,4000,kWh,,,GEC-2026-001,"
PETROL_KG = 2000 * 2.9251


def page(town, number, year=None):
    return reckoning.page(number=number, year=year, by=clerk(town))


def take_in(town, number, *rows):
    content = table(*rows)
    return keeping.take_in(number=number, content=content, name="用能.csv", by=clerk(town), at=NOON)


@pytest.mark.row("000-11")
def test_an_account_adds_up_its_activity_by_place_and_by_market(town):
    """10 MWh and 2 t of petrol; a certificate covers 4 MWh, the residual mix holds for the rest."""
    provincial(town)
    number = filled_account(town, POWER_ROW, PETROL_ROW, GREEN)

    told = page(town, number).reckoned

    fuel, power, total = told.lines
    assert power.location.value == pytest.approx(10_000 * 0.4974 / 1000)
    assert power.market.value == pytest.approx(6_000 * 0.6096 / 1000)
    assert fuel.location.value == fuel.market.value == pytest.approx(PETROL_KG / 1000)
    assert total.location.value == pytest.approx(power.location.value + fuel.location.value)
    assert total.location.low < total.location.value < total.location.high
    assert (told.certified.value, told.left.value) == (4_000, 0)
    assert [point.first_on for point in told.curve] == [date(2026, m, 1) for m in (1, 2, 3)]
    assert told.curve[-1].cumulative_t == pytest.approx(total.location.value)
    assert {factor.region for factor in told.factors} == {"浙江", "全国"}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("总表,电力,2,2026-01-01,2026-02-01,一万,kWh,,,,", "第 2 行 F 列：“数量”应为"),
        ("总表,电力,2,2026-01-01,2026-02-01,-5,kWh,,,,", "“数量”应为"),
        ("总表,电力,2,2026-01-01,2026-02-01,,kWh,,,,", "“数量”不能为空"),
        (",电力,2,2026-01-01,2026-02-01,1,kWh,,,,", "“地点或计量点”不能为空"),
        ("总表,电力,4,2026-01-01,2026-02-01,1,kWh,,,,", "“范围”应为"),
        ("总表,电力,,2026-01-01,2026-02-01,1,kWh,,,,", "“范围”不能为空"),
        ("总表,电力,2,2026-02-01,2026-01-01,1,kWh,,,,", "止日应在起日之后"),
        ("总表,电力,2,2025-12-01,2026-02-01,1,kWh,,,,", "不能跨年"),
        ("总表,电力,2,2026-12-01,2027-01-01,1,kWh,,,,", "还没有发生"),
        ("总表,电力,2,昨天,2026-02-01,1,kWh,,,,", "“起”应形如"),
        ("油库,汽油,1,2026-01-01,2026-02-01,1,升,,,,", "按密度换算"),
        ("油库,汽油,1,2026-01-01,2026-02-01,1,kWh,,,,", "没有汽油每 kWh 的因子"),
        ("总表,电力,2,2026-01-01,2026-02-01,1,kWh,,没有这个,,", "因子库里没有"),
        ("总表,电力,2,2026-01-01,2026-02-01,1,kWh,,汽油-燃烧-全国-2015,,", "单位是 kgCO2/kg"),
        ('总表,电力,2,2026-01-01,2026-02-01,"1,25",kWh,,,,', "“数量”应为"),
        ("总表,电力,2,2026-01-01,2026-02-01,1,kWh,两成,,,", "“不确定度（%）”应为"),
        (",".join(reading.EXAMPLE), "模板里的示例行"),
        ("油库,汽油,1,2026-01-01,2026-02-01,1,kg,,,GEC-1,", "绿证只能核销范围 2 的电力"),
        (
            "总表,电力,2,2026-01-01,2026-02-01,1e12,万千瓦时,,,,",
            "第 2 行 F 列：“数量”按这个单位最多",
        ),
        ("总表,电力,2,2026-01-01,2026-02-01,0,kWh,,,GEC-1,", "绿证的电量应大于 0"),
        ("总表,电力,2,2026-11-01,2026-11-26,1,kWh,,,,", "最后一天在今天以后"),
        ("总表,电力,2,2026-01-01,2026-12-01,1,kWh,,,GEC-1,", "最后一天在今天以后"),
        ("总表,电力,1,2026-01-01,2026-02-01,1,kWh,,,,", "外购应记范围 2"),
        ("油库,柴油,2,2026-01-01,2026-02-01,1,kg,,,,", "自己燃烧应记范围 1"),
        (
            "油库,柴油,1,2026-01-01,2026-02-01,1,kg,,汽油-燃烧-全国-2015,,",
            "是汽油的，这一行却是柴油",
        ),
        (
            "灶,天然气,1,2026-01-01,2026-02-01,1,kWh,,电力-平均-全国-2023,,",
            "是电力的，这一行却是天然气",
        ),
    ],
)
def test_a_wrong_row_is_told_with_its_place_and_nothing_is_written(town, row, words):
    number = opened_account(town)

    with pytest.raises(InvalidRowsError) as refusal:
        take_in(town, number, row, PETROL_ROW)

    assert words in str(refusal.value)
    assert not CarbonEntry.objects.exists()


def test_units_are_converted_and_the_year_decides_the_factor(town):
    provincial(town)
    number = opened_account(town)
    take_in(
        town,
        number,
        "厂房,电力,2,2022-01-01,2023-01-01,2,万千瓦时,,,,",
        "厂房,电力,2,2023-01-01,2023-02-01,3,MWh,,,,",
        "厂房,电力,2,2020-01-01,2020-02-01,5,kWh,,,,",
    )

    found = {e.from_on.year: (e.quantity, e.factor.year) for e in CarbonEntry.objects.all()}
    assert found == {2022: (20_000, 2022), 2023: (3_000, 2023), 2020: (5, 2021)}
    assert page(town, number).years == (2023, 2022, 2020)


@pytest.mark.parametrize(
    "again",
    [
        POWER_ROW,
        "办公楼总表,电力,2,2026-01-20,2026-03-01,1,kWh,,,,",
        "办公楼总表,电力,2,2025-06-01,2026-01-01,1,kWh,,,,\n办公楼总表,电力,2,2025-12-31,2026-01-01,1,kWh,,,,",
    ],
)
def test_one_place_and_time_is_never_entered_twice(town, again):
    number = filled_account(town)

    with pytest.raises(InvalidRowsError, match="重叠，会重复计算"):
        take_in(town, number, *again.split("\n"))
    assert CarbonEntry.objects.count() == 2


@pytest.mark.parametrize(
    "again",
    [
        "１号表,电力,2,2026-01-31,2026-03-01,1,kWh,,,,",
        "1 号表,电,2,2026-01-31,2026-03-01,1,kWh,,,,",
        "1号表,电力,3,2026-01-31,2026-03-01,1,kWh,,电力-平均-全国-2023,,,8",
    ],
)
def test_one_meter_is_one_meter_however_it_is_spelt_and_whatever_its_scope(town, again):
    first = "1号表,电力,2,2026-01-01,2026-02-01,1,kWh,,,,"
    number = filled_account(town, first)

    with pytest.raises(InvalidRowsError, match=r"分录 TF.*重叠，会重复计算"):
        take_in(town, number, again)
    other = opened_account(town, name="另一本")
    with pytest.raises(InvalidRowsError, match=r"第 3 行.*与第 2 行"):
        take_in(town, other, first, again)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 20)), max_size=8))
def test_a_table_is_refused_exactly_when_two_of_its_rows_overlap(spans):
    made = [
        (
            SheetRow(number, {}),
            EntryDraft(
                place="总表",
                carrier="电力",
                scope=2,
                from_on=date(2026, 1, 1) + timedelta(days=first),
                until_on=date(2026, 1, 1) + timedelta(days=first + days),
                quantity=1.0,
                quantity_unit="kWh",
            ),
        )
        for number, (first, days) in enumerate(spans, start=2)
    ]
    checks = Checks("表")

    refuse_overlaps(made, checks, heading=reading.SINCE)

    pairs = combinations([(a, a + days) for a, days in spans], 2)
    assert bool(checks.found) == any(a < d and c < b for (a, b), (c, d) in pairs)


def test_a_large_table_asks_the_library_once_and_a_larger_one_is_refused(
    town, django_assert_max_num_queries
):
    """A query a row kept everybody else from writing for minutes."""
    number = opened_account(town)
    row = "表{},电力,2,2026-01-01,2026-02-01,1,kWh,,,,"

    with django_assert_max_num_queries(30):
        take_in(town, number, *(row.format(n) for n in range(200)))
    assert CarbonEntry.objects.count() == 200
    with pytest.raises(UnreadableSheetError, match="有 5001 行，一次最多导入 5000 行"):
        take_in(town, number, *(row.format(n) for n in range(5001)))


def test_an_entry_that_cannot_be_reckoned_is_told_and_can_be_reversed(town):
    """Rows of before the checks: what is left of the account still adds up."""
    number = filled_account(town)
    good = CarbonEntry.objects.get(carrier="电力")
    fields = {f.attname: getattr(good, f.attname) for f in CarbonEntry._meta.local_fields}
    del fields["id"]
    CarbonEntry.objects.create(**{**fields, "number": "TF-1", "place": "坏", "quantity": 1e16})
    nothing = {"quantity": 0, "factor_id": None, "certificate": "GEC-1", "number": "TF-2"}
    CarbonEntry.objects.create(**{**fields, **nothing})

    told = page(town, number).reckoned

    assert [words.partition("：")[0] for words in told.refused] == ["TF-2", "TF-1"]
    assert told.lines[-1].location.value == pytest.approx((5306 + PETROL_KG) / 1000)
    (listed,) = reckoning.overview(year=2026, by=clerk(town))
    assert (listed.refused, listed.entries) == (2, 4)
    with pytest.raises(InvalidInputError, match="算不出来"):
        state(town, number)
    for entry in ("TF-1", "TF-2"):
        keeping.reverse(number=number, entry=entry, reason="录错了", by=clerk(town), at=NOON)
    assert page(town, number).reckoned.refused == ()
    assert state(town, number).value == pytest.approx(told.lines[-1].location.value)


def test_a_year_of_which_all_is_reversed_has_no_paper(town):
    number = filled_account(town, PETROL_ROW)
    entry = CarbonEntry.objects.get().number
    keeping.reverse(number=number, entry=entry, reason="录错了", by=clerk(town), at=NOON)

    with pytest.raises(InvalidInputError, match="还没有分录"):
        keeping.printed(number=number, year=2026, form="pdf", by=clerk(town), at=NOON)
    with pytest.raises(InvalidInputError, match="还没有分录"):
        state(town, number)


@pytest.mark.parametrize(
    "spelt", ["gec-2026-001", "GEC—2026—001", "GEC－2026－００１", "GEC- 2026-001"]
)
def test_a_certificate_is_redeemed_once_however_it_is_spelt(town, spelt):
    number = filled_account(town, POWER_ROW, GREEN)
    again = GREEN.replace("GEC-2026-001", spelt)

    with pytest.raises(InvalidRowsError, match="已经核销过"):
        take_in(town, number, again)
    with pytest.raises(InvalidRowsError, match="与第 2 行重复"):
        take_in(town, opened_account(town, name="另一本"), GREEN, again)


def test_a_certificate_that_was_reversed_is_refused_in_words(town):
    number = filled_account(town, POWER_ROW, GREEN)
    entry = CarbonEntry.objects.exclude(certificate="").get().number
    keeping.reverse(number=number, entry=entry, reason="录错了", by=clerk(town), at=NOON)

    with pytest.raises(InvalidRowsError, match="已经核销过"):
        take_in(town, number, GREEN)


def test_a_certificate_is_redeemed_once_whoever_asks(town):
    filled_account(town, POWER_ROW, GREEN)
    other = opened_account(town, name="另一本")

    with pytest.raises(InvalidRowsError, match="已经核销过"):
        take_in(town, other, GREEN)


def test_a_meter_in_two_accounts_is_told_and_its_year_cannot_be_stated(town):
    number = filled_account(town)
    other = opened_account(town, name="县公司")
    take_in(town, other, "办公楼总表,电力,2,2026-01-15,2026-03-01,9,kWh,1,,,")

    (words,) = page(town, number).reckoned.doubles

    assert "“天荒坪供电所”和“县公司”两个账户里，办公楼总表 的电力有 17 天记了两次" in words
    with pytest.raises(InvalidInputError, match="重复计算"):
        state(town, number)


def state(town, number, basis="location"):
    return keeping.state_year(
        number=number, year=2026, basis=basis, reason="", by=clerk(town), at=NOON
    )


def test_an_entry_is_reversed_and_both_stay(town):
    number = filled_account(town)
    entry = CarbonEntry.objects.get(carrier="汽油").number

    def reverse(reason="发票重复"):
        keeping.reverse(number=number, entry=entry, reason=reason, by=clerk(town), at=NOON)

    with pytest.raises(UnableToKeepCarbonError, match="原因"):
        reverse(" ")
    reverse()
    with pytest.raises(UnableToKeepCarbonError, match="已经冲正"):
        reverse()

    found = page(town, number)
    assert [line.label for line in found.reckoned.lines] == ["范围 2：外购电和热", "合计"]
    assert len(found.entries) == 3
    take_in(town, number, PETROL_ROW)
    assert AuditEvent.objects.filter(verb="energy.carbonentry.reverse").count() == 1
    for act in (
        lambda: CarbonEntry.objects.update(quantity=1),
        lambda: CarbonEntry.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


def test_a_year_is_stated_once_and_again_only_when_entries_change(town):
    provincial(town)
    number = filled_account(town)

    first, again = state(town, number), state(town, number)
    take_in(town, number, "办公楼总表,电力,2,2026-02-01,2026-03-01,5000,kWh,2,,,")
    newer = state(town, number)

    assert first == again
    assert newer.number != first.number
    found = claim_book.claim_page(newer.number, by=clerk(town))
    assert found.row.value == pytest.approx(15 * 0.4974 + PETROL_KG / 1000)
    assert found.row.quantity.confidence == 0.95
    assert found.supersedes.number == first.number
    assert {one.kind for one in found.evidence} == {"carbon_entries", "carbon_entry"}
    market = state(town, number, "market")
    assert market.value == pytest.approx(15 * 0.6096 + PETROL_KG / 1000)
    assert page(town, number).claims.keys() == {
        f"carbon:{number}:2026:{basis}" for basis in ("location", "market")
    }


def test_a_number_is_not_verified_after_its_entries_have_changed(town):
    number = filled_account(town)
    stated = state(town, number)
    take_in(town, number, "办公楼总表,电力,2,2026-02-01,2026-03-01,5000,kWh,2,,,")
    verify = partial(
        claim_flow.lead_on, verb="verify", reason="看过", by=clerk(town, who="second"), at=NOON
    )

    with pytest.raises(UnableToClaimError, match="分录在登记后变了"):
        verify(number=stated.number)
    assert page(town, number).stale == {stated.number}
    assert claim_book.claim_page(stated.number, by=clerk(town)).is_stale

    newer = state(town, number)
    assert not page(town, number).stale
    assert verify(number=newer.number).status == "VERIFIED"


def test_without_uncertainty_of_the_data_a_year_is_an_estimate(town):
    number = filled_account(town, "总表,电力,2,2026-01-01,2026-02-01,1,kWh,,,,")

    assert state(town, number).status == "ESTIMATED"
    assert "没有给出不确定度" in Claim.objects.get().no_interval


def test_a_part_of_a_year_says_which_and_what_its_interval_leaves_out(town):
    """Factors of 2023 without an interval on the activity of 2026: neither is in the interval."""
    provincial(town)
    number = filled_account(town)

    told, stated = page(town, number).reckoned, state(town, number)
    (listed,) = reckoning.overview(year=2026, by=clerk(town))

    assert (told.period, told.is_whole) == ("2026 年 1–3 月", False)
    assert stated.title == "天荒坪供电所 2026 年 1–3 月碳排放（位置法）"
    assert (listed.first_on, listed.last_on) == (date(2026, 1, 1), date(2026, 3, 31))
    assert told.caveats == (reckoning.BARE_FACTOR, reckoning.OTHER_YEAR)
    assert Claim.objects.get().findings == [*told.caveats]


@pytest.mark.parametrize("form", ["pdf", "docx"])
def test_the_report_says_what_the_page_says(town, form):
    provincial(town)
    number = filled_account(town, POWER_ROW, PETROL_ROW, GREEN)
    stated = state(town, number).number

    content = keeping.printed(number=number, year=2026, form=form, by=clerk(town), at=NOON)

    if form == "pdf":
        said = "".join(part.extract_text() for part in PdfReader(BytesIO(content)).pages)
    else:
        paper = WordDocument(BytesIO(content))
        cells = (c.text for t in paper.tables for r in t.rows for c in r.cells)
        said = "".join([*(p.text for p in paper.paragraphs), *cells])
    said = said.replace("\n", "").replace(" ", "")
    wanted = (
        "天荒坪供电所2026年1–3月碳账户报告",
        "年未完",
        "因子没有公布误差",
        "10.8tCO2",
        "9.51tCO2",
        "GEC-2026-001",
    )
    assert all(words in said for words in wanted)
    assert f"{stated}（实测，10.8tCO2）" in said
    assert "市场法声明没有登记为量化声明" in said
    assert "演示数据" not in said


def test_the_report_of_generated_data_says_that_it_is(town):
    account = keeping.open_account(
        name="演示账户",
        kind="station",
        boundary="办公楼",
        unit_code="S1",
        by=clerk(town),
        at=NOON,
        is_generated=True,
    )
    take_in(town, account.number, POWER_ROW)

    content = keeping.printed(
        number=account.number, year=2026, form="docx", by=clerk(town), at=NOON
    )

    cells = (c.text for t in WordDocument(BytesIO(content)).tables for r in t.rows for c in r.cells)
    assert any(text.startswith("演示数据") for text in cells)


def test_who_keeps_and_sees_accounts(town):
    number = filled_account(town)

    assert reckoning.page(number=number, year=None, by=town.actor("AJ", Role.AUDITOR)).entries
    for by in (town.actor("S2", Role.PARTY_AFFAIRS), town.actor("S1", Role.STEWARD)):
        with pytest.raises(NotVisibleError):
            reckoning.page(number=number, year=None, by=by)
    with pytest.raises(NotVisibleError):
        keeping.take_in(
            number=number,
            content=table(PETROL_ROW),
            name="x.csv",
            by=town.actor("AJ", Role.AUDITOR),
            at=NOON,
        )
    with pytest.raises(NotVisibleError):
        keeping.open_account(
            name="别所的",
            kind="station",
            boundary="办公楼",
            unit_code="S2",
            by=clerk(town),
            at=NOON,
        )


def test_the_blank_table_is_refused_until_somebody_fills_it_in(town):
    number = opened_account(town)

    with pytest.raises(InvalidRowsError, match="模板里的示例行"):
        keeping.take_in(
            number=number, content=reading.blank(), name="carbon.xlsx", by=clerk(town), at=NOON
        )
    with pytest.raises(UnreadableSheetError, match="没有数据行"):
        take_in(town, number)
    assert not CarbonEntry.objects.exists()


def test_figures_are_read_as_a_power_company_writes_them(town):
    number = opened_account(town)

    taken = take_in(town, number, '总表,电力,2,2025-01-01,2025-02-01,"12,000",度,5%,,,')

    entry = CarbonEntry.objects.get()
    assert (entry.quantity, entry.quantity_unit, entry.share) == (12_000, "kWh", 0.05)
    assert (taken.count, taken.year) == (1, 2025)


@pytest.mark.row("000-12")
def test_what_an_ev_centre_reports_is_stated_with_the_charging_that_it_takes(town):
    """16 000 t are 15.8 GWh of green power, 33 GWh of the grid's average, 88 GWh of fossil."""
    provincial(town)
    number = opened_account(town, name="新能源车服务中心")
    claim = driving.state_reported(
        name="新能源车服务中心",
        subject_number=number,
        avoided_t=16_000.0,
        unit_code="S1",
        by=clerk(town),
        at=NOON,
    )

    needed = {name: kwh.value for name, kwh in driving.worlds(16_000.0)}
    told = claim_book.claim_page(claim.number, by=clerk(town))
    assert needed["全部用绿证核销的绿电"] == pytest.approx(15.84e6, rel=1e-3)
    assert needed["2023 年全国电力平均排放因子"] == pytest.approx(33.37e6, rel=1e-3)
    assert needed["2023 年浙江电力平均排放因子"] == pytest.approx(31.2e6, rel=1e-2)
    assert needed["2023 年全国化石能源电力排放因子"] == pytest.approx(87.5e6, rel=1e-2)
    assert told.row.status == "ESTIMATED"
    assert any("绿电，需累计充电 1,584 万 kWh" in words for words in told.findings)
