"""A measurement project: computed in the background, refused where the design carries nothing."""

import pytest

from dianliang.core import jobs
from dianliang.core.checks import InvalidRowsError
from dianliang.core.models import BackgroundJob
from dianliang.domain.energy.models import Claim, MeasurementProject
from dianliang.domain.energy.operations.measuring import UnableToMeasureError
from dianliang.domain.energy.queries import claims as claim_book
from dianliang.domain.energy.queries import measuring as queries
from dianliang.domain.energy.shapes import ProjectDraft
from dianliang.flows.measuring import projects as flow
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import IllegalTransitionError, NotVisibleError
from dianliang.kernel.phrases import phrase_of
from tests.claims import clerk
from tests.flows.measuring.worlds import (
    MEASURE_ON,
    crossover,
    csv,
    one_pair,
    shifts,
    weather_days,
)
from tests.town import NOON

pytestmark = pytest.mark.django_db


def opened(town, design, **other):
    draft = ProjectDraft(
        **{
            "title": "注塑机发热圈改造",
            "subject_name": "某家具厂",
            "boundary": "17、18 号注塑机整机用电",
            "design": design,
            "measure_on": MEASURE_ON,
            **other,
        }
    )
    return flow.open_project(draft=draft, unit_code="S1", by=clerk(town), at=NOON).number


def filled(town, design, rows, **other):
    """Open a project, give it readings, and let the worker do what was asked for."""
    number = opened(town, design, **other)
    give(town, number, design, rows)
    return number


def give(town, number, design, rows):
    content = csv(design, rows)
    flow.take_in(number=number, content=content, name="读数.csv", by=clerk(town), at=NOON)
    work()


def work():
    while jobs.run_next(owner="t", clock=lambda: NOON):
        pass


def project(town, number):
    return queries.project(number, by=clerk(town))


def test_a_saving_by_weather_is_measured_with_an_interval_that_holds_the_truth(town):
    """A fifth of some 113 000 kWh a year: the interval holds it and is narrow."""
    rows = weather_days()
    number = filled(town, "weather", rows)

    told = project(town, number)

    truth = 0.25 * sum(kwh for on, kwh, _ in rows if on >= MEASURE_ON)
    assert told.status == "COMPUTED"
    assert told.saved.low < truth < told.saved.high
    assert (told.saved.high - told.saved.low) / 2 < 0.1 * truth
    assert (told.result["level"], told.result["status"]) == (0.9, "MEASURED")
    claim = flow.state(number=number, reason="", by=clerk(town), at=NOON)
    page = claim_book.claim_page(claim.number, by=clerk(town))
    assert (page.row.status, page.row.quantity.confidence) == ("MEASURED", 0.9)
    assert (str(page.base_from_on), str(page.base_until_on)) == ("2025-01-01", "2026-01-01")
    assert (str(page.from_on), str(page.until_on)) == ("2026-01-01", "2027-01-01")
    assert page.evidence[1].digest == told.digest
    assert flow.stated(number, by=clerk(town)).number == claim.number


@pytest.mark.row("004-17")
def test_one_pair_of_machines_for_a_day_gets_a_range_and_no_interval(town):
    """36 % were read; 14.8 % are the most that 85 % → 99.8 % explains; both are told."""
    number = filled(
        town,
        "trial",
        one_pair(),
        efficiency_before=0.85,
        efficiency_after=0.998,
    )

    told = project(town, number)

    assert told.saved.value == pytest.approx(36, abs=1.5)
    assert told.result["level"] is None
    assert told.saved.low < 35
    assert told.saved.high > 37
    assert any("一对机器" in words for words in told.result["refusals"])
    assert any("机理最多能解释 14.8%" in words for words in told.result["findings"])
    assert len(told.result["to_check"]) >= 5
    claim = flow.state(number=number, reason="", by=clerk(town), at=NOON)
    stored = Claim.objects.get(number=claim.number)
    assert (stored.status, stored.confidence) == ("SCREENED", None)
    assert "一对机器" in stored.no_interval
    assert any("请核对" in phrase_of(words) for words in stored.findings)


def test_a_crossover_of_eight_machines_carries_an_interval(town):
    told = project(town, filled(town, "trial", crossover()))

    assert told.saved.low < 12 < told.saved.high
    assert told.result["status"] == "MEASURED"
    assert told.saved.unit == "%"


def test_a_busy_month_is_no_waste_where_output_is_taken_into_account(town):
    rows = shifts()
    told = project(town, filled(town, "production", rows))

    truth = 0.15 / 0.85 * sum(kwh for on, kwh, *_ in rows if on >= MEASURE_ON)
    assert told.saved.low < truth < told.saved.high
    assert "每产量" in told.result["method"]


def test_readings_of_a_month_refuse_an_interval_and_say_why(town):
    told = project(town, filled(town, "weather", weather_days()[330:400]))

    assert (told.status, told.result["level"]) == ("COMPUTED", None)
    assert told.result["refusals"]


def test_a_step_besides_the_measure_is_told_and_taken_off_once_it_is_named(town):
    """From July on somebody added 80 kWh a day: the saving is hidden until that is said."""
    rows = weather_days(bump=80.0)
    number = filled(town, "weather", rows)
    hidden = project(town, number)
    (step, *_) = hidden.result["suspects"]

    flow.note_event(
        number=number,
        name="新装一台空压机",
        first=MEASURE_ON.replace(month=7),
        last=rows[-1][0],
        kwh_per_day=80.0,
        by=clerk(town),
        at=NOON,
    )
    assert project(town, number).status == "READY"
    work()

    told = project(town, number)
    assert step["on"].startswith("2026-0")
    assert any("非例行" in words for words in hidden.result["findings"])
    assert "非例行" in hidden.result["held_back"]
    known = 80.0 * (rows[-1][0] - MEASURE_ON.replace(month=7)).days
    assert told.saved.value - hidden.saved.value == pytest.approx(known, rel=0.01)


def test_what_cannot_be_computed_says_why_and_can_be_mended(town):
    number = filled(town, "weather", weather_days(days=300))

    assert project(town, number).status == "FAILED"
    assert "前后都要有数据" in project(town, number).refusal
    with pytest.raises(UnableToMeasureError, match="还没有算出"):
        flow.state(number=number, reason="", by=clerk(town), at=NOON)
    give(town, number, "weather", weather_days())
    assert project(town, number).status == "COMPUTED"


def test_new_readings_correct_the_claim_that_was_stated(town):
    number = filled(town, "weather", weather_days())
    first = flow.state(number=number, reason="", by=clerk(town), at=NOON)
    give(town, number, "weather", weather_days(seed=9))
    second = flow.state(number=number, reason="补了缺的读数", by=clerk(town), at=NOON)

    assert [c.status for c in Claim.objects.order_by("pk")] == ["SUPERSEDED", "MEASURED"]
    assert claim_book.claim_page(second.number, by=clerk(town)).supersedes.number == first.number


def test_a_job_that_comes_late_changes_nothing(town):
    number = filled(town, "weather", weather_days())
    flow.state(number=number, reason="", by=clerk(town), at=NOON)

    flow.compute(number=number, at=NOON)
    flow.compute(number="JN-none", at=NOON)

    assert MeasurementProject.objects.get().status == "STATED"
    assert not BackgroundJob.objects.filter(status="queued").exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": ""}, "title"),
        ({"boundary": " "}, "boundary"),
        ({"design": "guess"}, "design"),
        ({"efficiency_before": 0.9}, "efficiency_before"),
        ({"efficiency_before": 0.9, "efficiency_after": 0.8}, "efficiency_after"),
        ({"part_share": 0.0}, "part_share"),
    ],
)
def test_a_project_that_makes_no_sense_is_refused_by_its_field(town, wrong, field):
    with pytest.raises(UnableToMeasureError) as refusal:
        opened(town, **{"design": "weather", **wrong})
    assert refusal.value.field == field


def test_energy_below_zero_and_none_at_all_are_no_day(town):
    number = opened(town, "weather")
    rows = [("2026-01-01", -5, 3), ("2026-01-02", "", 3)]

    with pytest.raises(InvalidRowsError) as refusal:
        give(town, number, "weather", rows)

    told = str(refusal.value)
    assert all(words in told for words in ("第 2 行 B 列", "没有电量的一天", "第 3 行"))


def test_wrong_rows_are_told_and_nothing_is_kept(town):
    number = opened(town, "weather")
    rows = [("2026-01-01", "x", 3), ("2026-01-01", 5, ""), ("昨天", 5, 999)]

    with pytest.raises(InvalidRowsError) as refusal:
        give(town, number, "weather", rows)

    told = str(refusal.value)
    assert all(words in told for words in ("第 2 行 B 列", "重复", "没有气温的一天", "第 4 行"))
    assert project(town, number).status == "OPEN"


def test_who_measures(town):
    number = opened(town, "weather")

    assert queries.projects(by=town.actor("AJ", Role.AUDITOR))
    assert not queries.projects(by=town.actor("S2", Role.PARTY_AFFAIRS))
    with pytest.raises(NotVisibleError):
        flow.close(number=number, reason="x", by=town.actor("AJ", Role.AUDITOR), at=NOON)
    flow.close(number=number, reason="企业搬迁", by=clerk(town), at=NOON)
    with pytest.raises(IllegalTransitionError):
        give(town, number, "weather", weather_days())
