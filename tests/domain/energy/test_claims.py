"""A number is stated once, with what bears it out; it is corrected, never changed."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import gettext, override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianliang.core.models import AuditEvent
from dianliang.domain.energy.models import Claim, Evidence
from dianliang.domain.energy.operations.claims import UnableToClaimError
from dianliang.domain.energy.queries import claims as queries
from dianliang.flows import claims as flow
from dianliang.kernel.actor import SYSTEM, Role
from dianliang.kernel.errors import IllegalTransitionError, NotVisibleError
from dianliang.kernel.phrases import Phrase
from tests.claims import clerk, draft, estimate, provincial
from tests.town import NOON

pytestmark = pytest.mark.django_db
KINDS = {"kWh": "saving", "tCO2": "carbon", "CNY": "cost"}


def stated(town, what=None, *, who="clerk", unit="S1"):
    return flow.record_claim(draft=what or draft(), by=clerk(town, unit, who), at=NOON)


def test_a_stated_number_opens_all_that_bears_it_out(town):
    number = stated(town).number

    page = queries.claim_page(number, by=town.actor("AJ", Role.AUDITOR))

    assert page.row.words == "12.3 万 kWh（90 % 10.1–14.4）"
    assert page.row.status == "MEASURED"
    assert (page.base_from_on, page.until_on) == (date(2025, 1, 1), date(2026, 10, 1))
    assert [one.digest for one in page.evidence] == ["ab" * 32]
    assert [step.verb_label for step in page.history] == ["登记"]
    assert AuditEvent.objects.get(target_id=number).verb == "energy.claim.record"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": " "}, "title"),
        ({"boundary": ""}, "boundary"),
        ({"method": ""}, "method"),
        ({"measure": "MWh"}, "measure"),
        ({"value": float("nan")}, "value"),
        ({"value": 1e300}, "value"),
        ({"low": 130_000.0}, "low"),
        ({"low": None}, "low"),
        ({"low": 144_000.0, "high": 101_000.0}, "low"),
        ({"confidence": 90}, "confidence"),
        ({"confidence": None}, "no_interval"),
        ({"no_interval": "样本太少"}, "no_interval"),
        ({"from_on": None, "until_on": None}, "from_on"),
        ({"until_on": date(2026, 1, 1)}, "until_on"),
        ({"base_until_on": None}, "base_until_on"),
        ({"status": "VERIFIED"}, "status"),
        ({"factor": "电力-平均-浙江-2023@1"}, "activity"),
        ({"factor": "没有的因子", "activity": 1.0, "activity_unit": "kWh"}, "factor"),
        (
            {"factor": "电力-平均-浙江-2023@1", "activity": 1.0, "activity_unit": "MWh"},
            "activity_unit",
        ),
        ({"title": "长" * 121}, "title"),
        ({"measure": "tCO2"}, "measure"),
        ({"kind": "carbon"}, "measure"),
        (
            {"kind": "efficiency", "measure": "%", "value": 300.0, "high": 400.0, "low": 1.0},
            "value",
        ),
        ({"kind": "coverage", "measure": "count", "value": -5.0, "low": -9.0}, "value"),
        ({"kind": "emission", "measure": "tCO2", "value": -1.0, "low": -9.0}, "value"),
        ({"activity": -1.0, "activity_unit": "kWh"}, "activity"),
        (
            {"factor": "电力-平均-浙江-2023@1", "activity": 1.0, "activity_unit": "kWh"},
            "factor",
        ),
    ],
)
def test_a_number_that_contradicts_itself_is_refused_by_the_field(town, wrong, field):
    with pytest.raises(UnableToClaimError) as refusal:
        stated(town, draft(**wrong))

    assert refusal.value.field == field
    assert not Claim.objects.exists()


def test_measured_is_nothing_without_an_interval(town):
    bare = estimate(status="MEASURED")

    with pytest.raises(UnableToClaimError, match="置信区间"):
        stated(town, bare)


def test_nobody_verifies_his_own_number(town):
    number = stated(town).number

    with pytest.raises(UnableToClaimError, match="另一人"):
        lead(town, number, "verify", who="clerk")
    lead(town, number, "verify", who="second")

    page = queries.claim_page(number, by=clerk(town))
    assert (page.row.status, page.verifier) == ("VERIFIED", "second")
    assert [step.after_label for step in page.history] == ["实测", "已核证"]


def typed_in(town, **other):
    return stated(town, draft(status="SCREENED", **other)).number


def test_nobody_confirms_that_his_own_number_is_measured(town):
    number = typed_in(town)

    with pytest.raises(UnableToClaimError, match="另一人"):
        lead(town, number, "confirm", who="clerk")
    lead(town, number, "confirm")

    assert Claim.objects.get().status == "MEASURED"


@pytest.mark.parametrize(
    ("lacking", "words"),
    [({"until_on": date(2027, 1, 1)}, "还没有结束"), ({"evidence": []}, "没有依据")],
)
def test_what_has_not_happened_or_rests_on_nothing_is_not_measured(town, lacking, words):
    number = typed_in(town, **lacking)

    with pytest.raises(UnableToClaimError, match=words):
        lead(town, number, "confirm")

    assert Claim.objects.get().status == "SCREENED"


def lead(town, number, verb, *, who="second", reason="与抄表核对一致"):
    return flow.lead_on(number=number, verb=verb, reason=reason, by=clerk(town, "S1", who), at=NOON)


def test_what_is_still_to_be_explained_keeps_a_number_from_being_verified(town):
    number = stated(town, draft(held_back="有一处台阶尚未说明。")).number

    with pytest.raises(UnableToClaimError, match="有一处台阶尚未说明"):
        lead(town, number, "verify")
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.update(status="VERIFIED", verified_at=NOON)


def emitted(**other):
    used = {"factor": "电力-平均-浙江-2023@1", "activity": 1000.0, "activity_unit": "kWh"}
    told = {"kind": "emission", "measure": "tCO2", "value": 0.4974, "low": 0.45, "high": 0.55}
    return draft(**{**used, **told, **other})


def test_a_number_that_is_not_its_activity_times_its_factor_is_not_verified(town):
    number = stated(town, emitted(value=999.0, low=900.0, high=1100.0)).number

    with pytest.raises(UnableToClaimError, match=r"0\.4974 tCO2，声明的是 999"):
        lead(town, number, "verify")
    stated(town, emitted(value=0.5))

    assert Claim.objects.latest("pk").held_back == ""


def test_a_correction_is_held_against_the_same_factor_and_may_tell_another_activity(town):
    first = stated(town, emitted()).number
    told = {"low": None, "high": None, "reason": "倍率填错", "by": clerk(town), "at": NOON}

    wrong = flow.correct_claim(number=first, value=4.974, **told).number
    assert "对不上" in Claim.objects.get(number=wrong).held_back
    right = flow.correct_claim(number=wrong, value=4.974, activity=10_000.0, **told).number

    assert Claim.objects.get(number=right).held_back == ""
    assert Claim.objects.get(number=right).activity == 10_000


def test_an_estimate_does_not_become_a_measurement_by_a_press(town):
    number = stated(town, estimate()).number

    with pytest.raises(UnableToClaimError, match="没有置信区间"):
        lead(town, number, "confirm")
    with pytest.raises(IllegalTransitionError):
        lead(town, number, "verify")
    lead(town, number, "screen")

    assert Claim.objects.get().status == "SCREENED"


def test_a_correction_takes_the_place_and_leaves_the_old_number_readable(town):
    old = stated(town).number
    lead(town, old, "verify")
    lead(town, old, "contest", who="third", reason="倍率填错")
    by = clerk(town)

    with pytest.raises(UnableToClaimError, match="原因"):
        flow.correct_claim(number=old, value=1.0, low=0.5, high=2.0, reason=" ", by=by, at=NOON)
    new = flow.correct_claim(
        number=old, value=110e3, low=90e3, high=130e3, reason="倍率填错", by=by, at=NOON
    ).number

    before, after = (queries.claim_page(number, by=by) for number in (old, new))
    assert (before.row.status, before.row.value) == ("SUPERSEDED", 123_000)
    assert (after.row.status, after.row.value) == ("SCREENED", 110_000)
    assert before.superseded_by == after.row
    assert after.supersedes == before.row
    assert after.boundary == before.boundary
    assert [one.digest for one in after.evidence] == ["ab" * 32]
    with pytest.raises(IllegalTransitionError):
        lead(town, old, "withdraw")


@pytest.mark.parametrize("verb", ["withdraw", "supersede"])
def test_a_verified_number_stands_until_a_second_person_takes_it_back(town, verb):
    number = stated(town).number
    lead(town, number, "verify")
    figures = {"value": 110e3, "low": 90e3, "high": 130e3, "reason": "倍率填错", "at": NOON}

    def take_back(who):
        if verb == "withdraw":
            return lead(town, number, verb, who=who)
        return flow.correct_claim(number=number, by=clerk(town, "S1", who), **figures)

    for who in ("clerk", "second"):
        with pytest.raises(UnableToClaimError, match="两个人"):
            take_back(who)
    lead(town, number, "contest", who="clerk", reason="倍率填错")
    with pytest.raises(UnableToClaimError, match="另一人"):
        take_back("clerk")
    assert Claim.objects.get().status == "VERIFIED"
    seen = {who: queries.claim_page(number, by=clerk(town, "S1", who)) for who in ("clerk", "x")}
    assert seen["clerk"].contested_by == "clerk"
    assert {who: {one for one, _ in page.verbs} for who, page in seen.items()} == {
        "clerk": {"uncontest"},
        "x": {"supersede", "withdraw"},
    }
    take_back("second")

    assert Claim.objects.get(number=number).status in {"WITHDRAWN", "SUPERSEDED"}


def test_whoever_asked_for_a_correction_takes_it_back_and_nobody_else(town):
    number = stated(town).number
    lead(town, number, "verify")
    with pytest.raises(UnableToClaimError, match="没有人提出"):
        lead(town, number, "uncontest", who="clerk")
    lead(town, number, "contest", who="clerk", reason="倍率填错")
    with pytest.raises(UnableToClaimError, match="只能由本人收回"):
        lead(town, number, "uncontest", who="second")
    lead(town, number, "uncontest", who="clerk", reason="倍率没有错")

    seen = queries.claim_page(number, by=clerk(town, "S1", "clerk"))
    assert (seen.contested_by, seen.row.status) == ("", "VERIFIED")
    with pytest.raises(UnableToClaimError, match="两个人"):
        lead(town, number, "withdraw", who="second")


def test_a_second_account_of_whoever_asked_is_not_a_second_person(town):
    number = stated(town).number
    lead(town, number, "verify")
    asks = replace(clerk(town, "S1", "first"), person_number="R7")
    flow.lead_on(number=number, verb="contest", reason="倍率填错", by=asks, at=NOON)
    again = replace(clerk(town, "S1", "other"), person_number="R7")

    with pytest.raises(UnableToClaimError, match="另一人"):
        flow.lead_on(number=number, verb="withdraw", reason="倍率填错", by=again, at=NOON)
    assert not queries.claim_page(number, by=asks).is_verifier_known
    flow.lead_on(number=number, verb="uncontest", reason="没有错", by=again, at=NOON)


def test_sentences_of_a_claim_keep_their_parts_and_old_ones_stay_readable(town):
    what = draft(boundary=Phrase("全县 %(n)d 台机器一年的电量，未逐台测量。", n=4))
    number = stated(town, what).number
    page = queries.claim_page(number, by=clerk(town))

    with override("en"):
        assert page.boundary.said(gettext) == (
            "A year of electricity of 4 machines in the county, not measured one by one."
        )
    assert Claim.objects.get(number=number).boundary == "全县 4 台机器一年的电量，未逐台测量。"
    assert page.method == draft().method
    new = flow.correct_claim(
        number=number, value=1.0, low=0.5, high=2.0, reason="倍率填错", by=clerk(town), at=NOON
    )
    assert queries.claim_page(new.number, by=clerk(town)).boundary.values == {"n": 4}


def test_a_computation_replaces_a_verified_number_when_a_second_person_runs_it(town):
    what = draft(key="programme:JC1:saving")
    first = flow.restate_claim(draft=what, reason="重算", by=clerk(town), at=NOON)
    lead(town, first.number, "verify")
    other = draft(key=what.key, value=120_000.0)

    for _ in range(2):
        kept = flow.restate_claim(draft=other, reason="补了读数", by=clerk(town), at=NOON)
        assert (kept.number, kept.status) == (first.number, "VERIFIED")
    made = flow.restate_claim(draft=other, reason="核对过", by=clerk(town, "S1", "second"), at=NOON)

    assert made.number != first.number
    assert Claim.objects.get(number=first.number).status == "SUPERSEDED"


def test_a_number_corrected_without_interval_is_no_longer_measured(town):
    new = flow.correct_claim(
        number=stated(town).number,
        value=1.0,
        low=None,
        high=None,
        reason="缺数太多",
        by=clerk(town),
        at=NOON,
    )

    assert (new.status, new.no_interval) == ("SCREENED", "更正后的数没有给出区间。")


def test_a_computation_that_runs_again_states_nothing_twice(town):
    """The same is left alone, another figure supersedes; one current number under each key."""
    by = clerk(town)
    what = draft(key="programme:JC1:saving")

    first = flow.restate_claim(draft=what, reason="重算", by=by, at=NOON)
    again = flow.restate_claim(draft=what, reason="重算", by=by, at=NOON)
    other = flow.restate_claim(
        draft=draft(key=what.key, value=120_000.0), reason="补了两天读数", by=by, at=NOON
    )

    assert first == again
    assert [c.status for c in Claim.objects.order_by("pk")] == ["SUPERSEDED", "MEASURED"]
    assert queries.by_key([what.key], by=by) == {what.key: other}
    with pytest.raises(UnableToClaimError, match="已经登记"):
        flow.record_claim(draft=what, by=by, at=NOON)


def test_who_sees_a_number_of_the_station(town):
    number = stated(town).number
    seen = {
        (unit, role): bool(queries.claims(asked=queries.Asked(), by=town.actor(unit, role)))
        for unit in ("S1", "S2", "AJ")
        for role in (Role.PARTY_AFFAIRS, Role.AUDITOR, Role.STEWARD, Role.ALLIANCE_UNIT)
    }

    assert {one for one, is_seen in seen.items() if is_seen} == {
        (unit, role) for unit in ("S1", "AJ") for role in (Role.PARTY_AFFAIRS, Role.AUDITOR)
    }
    with pytest.raises(NotVisibleError):
        queries.claim_page(number, by=town.actor("S2", Role.PARTY_AFFAIRS))
    with pytest.raises(NotVisibleError):
        flow.record_claim(draft=draft(), by=town.actor("S1", Role.AUDITOR), at=NOON)
    with pytest.raises(NotVisibleError):
        stated(town, draft(unit_code="S2"))
    assert flow.record_claim(draft=draft(unit_code="S1"), by=SYSTEM, at=NOON).unit_name


def test_totals_add_only_what_adds_up(town):
    """Neither kWh and tonnes, nor estimates and measurements, nor a part beside its whole.

    Nor half a year to a year, what names no period, or emissions: accounts may hold each other.
    """
    county = stated(town, draft(value=1000.0, low=900.0, high=1100.0, title="全县"))
    stated(town, draft(value=400.0, low=300.0, high=500.0, part_of=county.number))
    stated(town, draft(value=50.0, low=40.0, high=60.0))
    stated(town, estimate(value=7.0))
    stated(town, estimate(value=2.0, measure="tCO2", kind="carbon"))
    stated(town, estimate(value=14.8, measure="%", kind="efficiency"))
    stated(town, estimate(value=9.0, from_on=None, until_on=None))
    stated(town, draft(value=80.0, low=70.0, high=90.0, until_on=date(2026, 7, 1)))
    for value in (270.0, 30.0):
        stated(town, estimate(value=value, measure="tCO2", kind="emission"))
    gone = stated(town, draft(value=5.0, low=4.0, high=6.0)).number
    lead(town, gone, "withdraw")

    found = queries.totals(asked=queries.Asked(status=""), by=clerk(town))

    assert {(t.status_label, t.quantity.value, t.quantity.unit, t.left_out) for t in found} == {
        ("实测", 1050.0, "kWh", 1),
        ("实测", 80.0, "kWh", 0),
        ("工程估算", 7.0, "kWh", 0),
        ("工程估算", 2.0, "tCO2", 0),
    }


@given(
    st.lists(
        st.tuples(st.floats(0.1, 1e6), st.sampled_from(["kWh", "tCO2", "CNY"]), st.integers(0, 9)),
        max_size=8,
    )
)
@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_stated_a_total_is_the_sum_of_what_stands_alone(town, numbers):
    with transaction.atomic():
        made, alone = [], {}
        for value, measure, above in numbers:
            whole = made[above].number if above < len(made) else ""
            what = estimate(value=value, measure=measure, kind=KINDS[measure], part_of=whole)
            made.append(stated(town, what))
            if not whole:
                alone[measure] = alone.get(measure, 0.0) + value
        found = queries.totals(asked=queries.Asked(), by=clerk(town))
        transaction.set_rollback(True)

    sums = {t.quantity.unit: t.quantity.value for t in found if t.count}
    assert sums == pytest.approx(alone)


def test_the_database_itself_keeps_what_was_said(town):
    """Whatever program writes: neither number nor evidence changes, nothing is deleted."""
    stated(town)

    for act in (
        lambda: Claim.objects.update(value=1.0),
        lambda: Claim.objects.update(boundary="别的"),
        lambda: Claim.objects.all()._raw_delete("default"),
        lambda: Evidence.objects.update(words="别的"),
        lambda: Evidence.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
    assert Claim.objects.update(status="WITHDRAWN") == 1


def test_a_claim_in_carbon_stands_beside_todays_official_factors(town):
    """59 000 t of 60 GWh: 0.983 kg a kWh, 1.98 times what the province's grid emits."""
    provincial(town)
    what = estimate(
        title="全县注塑机改造年减碳",
        kind="carbon",
        value=59_000.0,
        measure="tCO2",
        factor="电力-平均-全国-2023@1",
        activity=60e6,
        activity_unit="kWh",
    )
    number = stated(town, what).number

    page = queries.claim_page(number, by=clerk(town))

    assert page.implied == pytest.approx(0.98333, abs=1e-5)
    beside = {(b.factor.kind, b.factor.region): b for b in page.beside}
    assert beside["average", "浙江"].quantity.value == pytest.approx(29_844)
    assert beside["average", "浙江"].times == pytest.approx(1.977, abs=1e-3)
    assert beside["average", "全国"].quantity.value == pytest.approx(31_836)
    assert beside["fossil", "全国"].times == pytest.approx(1.1886, abs=1e-4)
