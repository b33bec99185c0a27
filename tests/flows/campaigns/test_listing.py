"""A list of targets: from a query or a table, frozen with its date, corrected with reasons."""

from datetime import date, timedelta
from io import BytesIO
from itertools import count

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianliang.core import jobs
from dianliang.core.checks import InvalidRowsError
from dianliang.core.models import AuditEvent
from dianliang.domain.customers.models import Customer
from dianliang.domain.programs import progress
from dianliang.domain.programs.models import Campaign, Correction, Target
from dianliang.domain.programs.operations.campaigns import (
    UnableToCorrectError,
    UnableToFreezeError,
    digest,
)
from dianliang.domain.venues.models import Site
from dianliang.domain.workforce.models import Team
from dianliang.flows.campaigns import doing, listing, sources, tables
from dianliang.flows.campaigns.listing import Added
from dianliang.kernel.errors import (
    DomainError,
    IllegalTransitionError,
    InvalidInputError,
    NotVisibleError,
)
from tests.flows.campaigns.lists import DUE, frozen, households, stairwell, table, target, wanted
from tests.town import NOON, TODAY


def keys(campaign):
    return sorted(Target.objects.filter(campaign=campaign).values_list("key", flat=True))


def forgotten(number: int = 99, **changes):
    known = {
        "key": f"LD-{number:05d}",
        "title": "漏登的楼道",
        "area_code": "V1",
        "place": "",
        "reason": "普查漏登",
    }
    return Added(**{**known, **changes})


def test_old_households_are_those_of_so_many_years_and_of_the_leading_unit(town):
    households(town, 2, years=25)
    households(town, 1, years=3)
    households(town, 1, years=30, unit="S2", area="V3")
    households(town, 1, years=30, unit=None)
    Customer.objects.filter(number="KH000001").update(kind="enterprise")

    campaign = frozen(town, source="old_households", query={"years": "20"}, table=None)

    assert keys(campaign) == ["KH000002", "KH000005"]
    assert "某户" not in " ".join(Target.objects.values_list("title", flat=True))


def test_twenty_years_are_counted_to_the_day(town):
    households(town, 1, account_opened_on=date(2006, 11, 24))
    households(town, 1, account_opened_on=date(2006, 11, 25))

    campaign = frozen(town, source="old_households", query={"years": "20"}, table=None)

    assert keys(campaign) == ["KH000001"]


def test_special_customers_are_listed_only_with_their_consent(town):
    special = {"special_kind": "disabled", "special_level": 2}
    households(town, 1, **special, consented_on=TODAY)
    households(town, 1, **special)

    campaign = frozen(town, source="special", query={"kinds": ["disabled"]}, table=None)

    assert keys(campaign) == ["KH000001"]


def test_enterprises_villages_sites_and_people_are_sources_too(town):
    households(town, 1, kind="enterprise")
    town.team("V", "S1", "volunteer")
    Team.objects.filter(code="V").update(is_volunteer=True)
    Site.objects.filter(code="FW-001").update(unit=town.units["S1"])

    found = {
        source: keys(frozen(town, source=source, query=query, table=None))
        for source, query in {
            "enterprises": {},
            "villages": {},
            "sites": {"kinds": ["station"]},
            "people": {"who": "volunteers"},
        }.items()
    }

    assert found == {
        "enterprises": ["KH000001"],
        "villages": ["V1", "V2"],
        "sites": ["FW-001"],
        "people": ["V-0", "V-1"],
    }


def test_villages_belong_to_the_station_that_serves_them(town):
    campaign = frozen(town, by=town.actor("AJ"), unit_code="AJ", source="villages", table=None)

    owners = dict(Target.objects.filter(campaign=campaign).values_list("key", "unit__code"))
    assert owners == {"V1": "S1", "V2": "S1", "V3": "S2"}


def test_a_table_becomes_the_list_with_its_own_dates_and_owners(town):
    rows = [stairwell(1, due="2026-12-01"), stairwell(2, "V2", lat="30.46", lon="119.59")]

    campaign = frozen(town, table=table(*rows))

    first, second = Target.objects.filter(campaign=campaign)
    assert (first.due_on, first.unit.code, first.lat) == (date(2026, 12, 1), "S1", None)
    assert (second.due_on, second.area.code, second.lat) == (DUE, "V2", 30.46)
    assert first.number == f"{campaign.number}-00001"
    campaign.refresh_from_db()
    assert campaign.rows == []


def test_every_wrong_row_of_a_table_is_named_and_nothing_is_written(town):
    rows = [
        stairwell(1),
        stairwell(1, title=""),
        stairwell(3, area="V9"),
        stairwell(4, lat="30.5"),
        stairwell(5, unit="S2"),
        stairwell(6, due="2026-11-01"),
    ]

    with pytest.raises(InvalidRowsError) as refusal:
        listing.draft(wanted=wanted(table=table(*rows)), by=town.actor("S1"), at=NOON)

    said = "\n".join(refusal.value.rows)
    for words in (
        "第 3 行 A 列：“对象编码”LD-00001 与第 2 行重复",
        "第 3 行 B 列：“名称”不能为空",
        "第 4 行 C 列：区域编码 V9 不存在",
        "第 5 行 F 列：纬度和经度要同时填写",
        "第 6 行 G 列：责任单位编码 S2 不存在，或不在天荒坪供电所范围内",
        "第 7 行 H 列：完成期限 2026-11-01 早于行动开始日期",
    ):
        assert words in said
    assert not Campaign.objects.exists()


def test_the_template_of_the_program_can_be_filled_in_and_read_back(town):
    book = openpyxl.load_workbook(BytesIO(tables.template()))
    sheet = book["填写"]
    assert [cell.value for cell in sheet[1]] == [heading[0] for heading in tables.HEADINGS]
    for column, value in enumerate(stairwell(7), start=1):
        sheet.cell(2, column, value)
    out = BytesIO()
    book.save(out)

    assert keys(frozen(town, table=out.getvalue())) == ["LD-00007"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"action": ""}, "action"),
        ({"unit_code": "S2"}, "unit_code"),
        ({"due_on": date(2026, 11, 1)}, "due_on"),
        ({"service_code": "X"}, "service_code"),
        ({"table": None}, "table"),
        ({"table": table()}, "table"),
        ({"duration_min": 0}, "duration_min"),
        ({"source": "x"}, "source"),
        ({"source": "old_households", "query": {"years": "-1"}}, "years"),
        ({"source": "old_households", "query": {"years": "00200000"}}, "years"),
        ({"source": "sites", "query": {}}, "kinds"),
        ({"source": "villages", "query": {"area": "X"}}, "area"),
        ({"checklist": "\n".join(f"第{n}项" for n in range(21))}, "checklist"),
    ],
)
def test_a_draft_that_makes_no_sense_names_its_field(town, changes, field):
    with pytest.raises(InvalidInputError) as refusal:
        listing.draft(wanted=wanted(**changes), by=town.actor("S1"), at=NOON)

    assert refusal.value.field == field


def test_an_empty_list_is_not_frozen(town):
    by = town.actor("S1")
    campaign = listing.draft(wanted=wanted(source="enterprises", table=None), by=by, at=NOON)

    with pytest.raises(UnableToFreezeError):
        listing.freeze(number=campaign.number, by=by, at=NOON)

    campaign.refresh_from_db()
    assert campaign.status == "DRAFT"


def test_a_frozen_list_does_not_follow_the_query(town):
    households(town, 3)
    campaign = frozen(town, source="old_households", query={"years": "20"}, table=None)
    households(town, 2)
    Customer.objects.filter(number="KH000001").update(account_opened_on=TODAY)

    assert len(keys(campaign)) == campaign.frozen_count == 3
    assert campaign.frozen_digest == digest(keys(campaign))
    with pytest.raises(IllegalTransitionError):
        listing.freeze(number=campaign.number, by=town.actor("S1"), at=NOON)


def test_a_correction_has_a_date_a_reason_and_a_name(town):
    campaign, by = frozen(town), town.actor("S1")

    added = listing.add(number=campaign.number, added=forgotten(), by=by, at=NOON)
    doing.correct(number=target(campaign).number, is_back=False, reason="已拆除", by=by, at=NOON)

    assert progress.denominator(campaign).now == 3
    assert added.number == f"{campaign.number}-00004"
    assert list(Correction.objects.values_list("kind", "reason", "by_name")) == [
        ("added", "普查漏登", "天荒坪供电所"),
        ("removed", "已拆除", "天荒坪供电所"),
    ]
    verbs = set(AuditEvent.objects.values_list("verb", flat=True))
    assert {"programs.target.added", "programs.target.removed"} <= verbs


def test_a_household_added_by_hand_is_one_of_ours(town):
    households(town, 2)
    campaign = frozen(town, source="old_households", query={"years": "20"}, table=None)
    households(town, 1, years=3)
    households(town, 1, unit="S2", area="V3")
    by = town.actor("S1")

    added = listing.add(number=campaign.number, added=forgotten(key="KH000003"), by=by, at=NOON)

    assert added.customer.number == "KH000003"
    for key in ("KH000004", "KH999999"):
        with pytest.raises(InvalidInputError, match=key):
            listing.add(number=campaign.number, added=forgotten(key=key), by=by, at=NOON)


@pytest.mark.parametrize("reason", ["", "  "])
def test_no_correction_without_a_reason(town, reason):
    campaign, by = frozen(town), town.actor("S1")

    with pytest.raises(InvalidInputError):
        listing.add(number=campaign.number, added=forgotten(reason=reason), by=by, at=NOON)
    with pytest.raises(InvalidInputError):
        doing.correct(number=target(campaign).number, is_back=False, reason=reason, by=by, at=NOON)
    assert not Correction.objects.exists()


def test_what_is_on_the_list_is_not_added_twice(town):
    campaign = frozen(town)

    with pytest.raises(UnableToCorrectError, match="LD-00001 已在名单中"):
        listing.add(number=campaign.number, added=forgotten(1), by=town.actor("S1"), at=NOON)


def test_a_list_is_not_corrected_before_it_is_frozen_or_after_the_end(town):
    by = town.actor("S1")
    draft = listing.draft(wanted=wanted(), by=by, at=NOON)
    with pytest.raises(UnableToCorrectError):
        listing.add(number=draft.number, added=forgotten(), by=by, at=NOON)
    closed = frozen(town)
    listing.move(number=closed.number, verb="close", reason="到期", by=by, at=NOON)
    with pytest.raises(UnableToCorrectError):
        doing.correct(number=target(closed).number, is_back=False, reason="错了", by=by, at=NOON)


ACTS = st.lists(
    st.tuples(st.sampled_from(["add", "remove", "restore", "done", "give_up"]), st.integers(0, 4)),
    max_size=12,
)


@pytest.mark.django_db
@given(ACTS)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_happens_the_denominator_is_the_frozen_list_and_its_corrections(town, acts):
    campaign, by = frozen(town, proofs=["words"]), town.actor("S1")
    for act, place in acts:
        listed = list(Target.objects.filter(campaign=campaign).order_by("number"))
        number = listed[place % len(listed)].number
        try:
            if act == "add":
                listing.add(number=campaign.number, added=forgotten(place), by=by, at=NOON)
            elif act in {"remove", "restore"}:
                is_back = act == "restore"
                doing.correct(number=number, is_back=is_back, reason="核实", by=by, at=NOON)
            elif act == "done":
                doing.complete(number=number, photos=[], words="灯亮", by=by, at=NOON)
            else:
                doing.give_up(number=number, reason="gone", note="", by=by, at=NOON)
        except DomainError:
            continue

    tally = progress.whole(progress.by_area(campaign, by=by).values())
    assert tally.total == progress.denominator(campaign).now


def test_a_very_long_list_is_frozen_in_the_background_and_goes_on_after_a_stop(town, monkeypatch):
    monkeypatch.setattr(listing, "AT_ONCE", 5)
    monkeypatch.setattr("dianliang.domain.programs.operations.campaigns.CHUNK", 4)
    by = town.actor("S1")
    rows = table(*(stairwell(n) for n in range(1, 11)))
    draft = listing.draft(wanted=wanted(table=rows), by=by, at=NOON)

    started = listing.freeze(number=draft.number, by=by, at=NOON)
    assert started.status == "FREEZING"
    found = sources.aims(Campaign.objects.get(), on=TODAY)
    listing.operations.add_chunk(campaign=started, aims=found[:4], after=0)  # a worker died here
    assert jobs.run_next(owner="test", clock=lambda: NOON)

    campaign = Campaign.objects.get()
    assert (campaign.status, campaign.frozen_count) == ("FROZEN", 10)
    numbers = Target.objects.order_by("number").values_list("number", flat=True)
    assert [n[-2:] for n in numbers] == [f"{n:02d}" for n in range(1, 11)]


def test_a_freeze_that_fails_for_good_leaves_a_draft_and_no_half_list(town, monkeypatch):
    monkeypatch.setattr(listing, "AT_ONCE", 1)
    by = town.actor("S1")
    draft = listing.draft(wanted=wanted(), by=by, at=NOON)
    listing.freeze(number=draft.number, by=by, at=NOON)

    def full(**_):
        raise RuntimeError("disk full")

    monkeypatch.setattr(listing.operations, "freeze", full)
    hours = count()
    while jobs.run_next(owner="test", clock=lambda: NOON + timedelta(hours=next(hours))):
        pass

    draft.refresh_from_db()
    assert draft.status == "DRAFT"
    assert not Target.objects.exists()


def test_three_people_and_one_campaign(town):
    campaign = frozen(town, by=town.actor("AJ"), unit_code="AJ", source="villages", table=None)

    def reads(unit):
        return [row.tally.total for row in progress.campaigns(by=town.actor(unit))]

    assert (reads("AJ"), reads("S1"), reads("S2"), reads("WTR")) == ([3], [2], [1], [])
    with pytest.raises(NotVisibleError):
        listing.add(number=campaign.number, added=forgotten(), by=town.actor("S1"), at=NOON)
    with pytest.raises(NotVisibleError):
        doing.give_up(
            number=target(campaign, 2).number,
            reason="gone",
            note="",
            by=town.actor("S1"),
            at=NOON,
        )


def test_a_list_that_asks_for_no_evidence_is_not_written_down_or_frozen(town):
    by = town.actor("S1")
    with pytest.raises(InvalidInputError, match="至少选择一种所需证据"):
        listing.draft(wanted=wanted(proofs=[]), by=by, at=NOON)

    old = listing.draft(wanted=wanted(), by=by, at=NOON)
    Campaign.objects.filter(pk=old.pk).update(proofs=[])
    with pytest.raises(UnableToFreezeError, match="没有选所需证据"):
        listing.freeze(number=old.number, by=by, at=NOON)


def test_the_target_after_the_hundred_thousandth_gets_the_next_number(town):
    campaign = frozen(town)
    for place, serial in ((1, 99_999), (2, 100_000)):
        Target.objects.filter(key=f"LD-{place + 1:05d}").update(
            number=f"{campaign.number}-{serial}"
        )

    added = listing.add(number=campaign.number, added=forgotten(), by=town.actor("S1"), at=NOON)

    assert added.number == f"{campaign.number}-100001"


def test_a_household_of_nobody_in_a_served_village_can_be_added_by_hand_too(town):
    households(town, 1)
    campaign = frozen(town, source="old_households", query={"years": "20"}, table=None)
    households(town, 1, unit=None)
    households(town, 1, unit=None, area="V3")
    by = town.actor("S1")

    added = listing.add(number=campaign.number, added=forgotten(key="KH000002"), by=by, at=NOON)

    assert added.customer.number == "KH000002"
    with pytest.raises(InvalidInputError, match="KH000003"):
        listing.add(number=campaign.number, added=forgotten(key="KH000003"), by=by, at=NOON)


def test_corrections_are_read_by_those_whose_targets_they_are(town):
    campaign = frozen(town, by=town.actor("AJ"), unit_code="AJ", source="villages", table=None)
    number = Target.objects.get(key="V1").number
    doing.correct(number=number, is_back=False, reason="已并村", by=town.actor("AJ"), at=NOON)

    def reads(unit):
        return [row.target for row in progress.corrections(campaign, by=town.actor(unit))]

    assert (reads("AJ"), reads("S1"), reads("S2")) == ([number], [number], [])
