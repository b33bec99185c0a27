"""What a finding brought is measured by the firm's meters and stated as a claim, once."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from dianliang.domain.energy.models import Claim, MeasurementProject
from dianliang.domain.energy.operations.claims import UnableToClaimError
from dianliang.domain.energy.operations.measuring import UnableToMeasureError
from dianliang.domain.energy.queries import claims
from dianliang.domain.enterprises import queries
from dianliang.domain.enterprises.models import Finding
from dianliang.domain.enterprises.operations import UnableToAnalyseError, keep_contracts
from dianliang.flows.claims import lead_on
from dianliang.flows.enterprises import books, following, made, measuring, running
from tests.claims import clerk
from tests.firms import NOW, objects

FIRST, ACTED, LENGTH = date(2025, 1, 1), date(2026, 1, 1), 430
AT = datetime(2026, 11, 24, 4, tzinfo=UTC)


@pytest.fixture
def finding(town, tmp_path, settings):
    """A firm with 430 days of curves that draws a tenth less since the first of January."""
    settings.HOME = tmp_path
    objects(town)
    found = Finding.objects.get()
    days = [FIRST + timedelta(days=n) for n in range(LENGTH)]
    supplies, power = made.made_firms(count=1, days=days, seed=9)
    cut = (ACTED - FIRST).days
    power[:, cut:] = (power[:, cut:] * 0.9).astype(np.int32)
    running.store().add(made.batch(supplies, power, FIRST), source="made", at=AT)
    keep_contracts(
        rows=[(found.analysis.customer, books.contract_values(supplies[0]))],
        by=town.actor(),
        at=NOW,
    )
    return found


def kind(finding, name):
    Finding.objects.filter(pk=finding.pk).update(kind=name)


def test_a_tenth_less_is_found_within_its_interval_and_stated_once(town, finding):
    by = town.actor("S1")
    kind(finding, "rest-days")
    with pytest.raises(UnableToAnalyseError, match="先采纳"):
        measuring.measure(number=finding.number, acted_on=ACTED, by=by, at=AT)
    following.decide(number=finding.number, verdict="accepted", words="", by=by, at=AT)
    row = measuring.measure(number=finding.number, acted_on=ACTED, by=by, at=AT)
    again = measuring.measure(number=finding.number, acted_on=ACTED, by=by, at=AT)

    assert again.number == row.number
    assert row.status == "SCREENED"
    assert row.quantity.low < row.quantity.value < row.quantity.high
    assert list(claims.by_key([measuring.key_of(finding.number)], by=by).values())
    (project,) = MeasurementProject.objects.filter(finding_number=finding.number)
    assert (project.status, project.subject_number) == ("STATED", "QY-S1")
    assert ACTED.isoformat() not in {day["on"] for day in project.rows}
    assert len(project.result["series"]["expected"]) == LENGTH - 1
    page = claims.claim_page(row.number, by=by)
    assert {one.kind: one.number for one in page.evidence}["measurement"] == project.number
    assert (row.subject_kind, row.subject_number) == ("firm", "QY-S1")


@pytest.mark.row("003-15")
@pytest.mark.row("004-19")
def test_a_finding_goes_to_a_visit_a_project_a_claim_and_a_second_persons_verification(
    town, finding
):
    by = town.actor("S1")
    facts = {"of_days": 20, "days": 4, "busy_kw": 50.0, "usual_kw": 10.0}
    Finding.objects.filter(pk=finding.pk).update(
        kind="rest-days", rule="own-usual-rest-days", facts=facts
    )
    following.decide(number=finding.number, verdict="accepted", words="", by=by, at=AT)
    job = following.visit(number=finding.number, by=by, at=AT)
    row = measuring.measure(number=finding.number, acted_on=ACTED, by=by, at=AT)
    with pytest.raises(UnableToClaimError, match="另一人"):
        lead_on(number=row.number, verb="confirm", reason="核对了读数", by=by, at=AT)
    second = clerk(town, who="second")
    for verb in ("confirm", "verify"):
        last = lead_on(number=row.number, verb=verb, reason="对照了抄表单", by=second, at=AT)

    assert last.status == "VERIFIED"
    assert claims.claim_page(row.number, by=by).verifier == "second"
    page = queries.firm("QY-S1", by=by)
    assert page.findings[0].job_number == job.number
    assert [one.number for one in claims.of_subject("firm", "QY-S1", by=by)] == [row.number]


def test_another_day_closes_the_project_and_its_number_takes_the_place(town, finding):
    by = town.actor("S1")
    kind(finding, "rest-days")
    following.decide(number=finding.number, verdict="accepted", words="", by=by, at=AT)
    first = measuring.measure(number=finding.number, acted_on=ACTED, by=by, at=AT)
    later = ACTED + timedelta(days=7)
    second = measuring.measure(number=finding.number, acted_on=later, by=by, at=AT)

    assert claims.claim_page(second.number, by=by).supersedes.number == first.number
    known = MeasurementProject.objects.filter(finding_number=finding.number)
    assert sorted(known.values_list("measure_on", "status")) == [
        (ACTED, "CLOSED"),
        (later, "STATED"),
    ]


def test_one_change_of_a_firms_meters_is_stated_once_whichever_finding_it_is_told_of(town, finding):
    """Another finding of the same run, or the same one of a later run, is the same kWh."""
    by = town.actor("S1")
    kind(finding, "rest-days")
    following.decide(number=finding.number, verdict="accepted", words="", by=by, at=AT)
    first = measuring.measure(number=finding.number, acted_on=ACTED, by=by, at=AT)
    (project,) = MeasurementProject.objects.all()
    finding.pk, finding.number, finding.place, finding.kind = None, "QF-2", 2, "standby"
    finding.save()
    following.decide(number="QF-2", verdict="accepted", words="", by=by, at=AT)

    for acted_on in (ACTED, ACTED + timedelta(days=7)):
        with pytest.raises(UnableToMeasureError) as refusal:
            measuring.measure(number="QF-2", acted_on=acted_on, by=by, at=AT)
        assert first.number in refusal.value.message
        assert project.number in refusal.value.message
    assert (Claim.objects.count(), MeasurementProject.objects.count()) == (1, 1)
    lead_on(number=first.number, verb="withdraw", reason="改按另一项发现", by=clerk(town), at=AT)
    assert measuring.measure(number="QF-2", acted_on=ACTED, by=by, at=AT).number != first.number


def test_what_cannot_be_measured_is_refused_in_words(town, finding):
    by = town.actor("S1")
    following.decide(number=finding.number, verdict="accepted", words="", by=by, at=AT)
    with pytest.raises(UnableToAnalyseError, match="账单"):
        measuring.measure(number=finding.number, acted_on=ACTED, by=by, at=AT)
    kind(finding, "standby")
    for acted_on, words in (
        (FIRST + timedelta(days=20), "措施前只读到 20 天"),
        (FIRST + timedelta(days=420), "措施后只读到 9 天"),
        (date(2022, 1, 1), "没有读数"),
        (AT.date(), "早于今天"),
    ):
        with pytest.raises(UnableToAnalyseError, match=words):
            measuring.measure(number=finding.number, acted_on=acted_on, by=by, at=AT)


def warm_days(town, *, missing=0):
    """A project of the same unit that brought a temperature for each day, but for some."""
    days = [FIRST + timedelta(days=n) for n in range(LENGTH)]
    warm = [15 + 10 * np.sin(2 * np.pi * n / 365) for n in range(LENGTH)]
    rows = [
        {"on": f"{day}", "kwh": 1.0, "temperature_c": round(float(degrees), 1)}
        for day, degrees in zip(days[missing:], warm[missing:], strict=True)
    ]
    return MeasurementProject.objects.create(
        number="CL260101-0009",
        title="商场",
        subject_name="商场",
        boundary="总表",
        design="weather",
        measure_on=ACTED,
        rows=rows,
        source="气温.csv",
        unit=town.units["S1"],
        opened_by="somebody",
        opened_at=AT,
    )


def test_the_effect_is_reckoned_by_temperatures_that_were_imported_and_says_which(town, finding):
    by = town.actor("S1")
    kind(finding, "rest-days")
    following.decide(number=finding.number, verdict="accepted", words="", by=by, at=AT)
    bare = measuring.measure(number=finding.number, acted_on=ACTED, by=by, at=AT)
    series = warm_days(town)
    row = measuring.measure(number=finding.number, acted_on=ACTED, by=by, at=AT)

    standing = MeasurementProject.objects.exclude(status="CLOSED").get(
        finding_number=finding.number
    )
    assert (standing.design, standing.agreed["weather"]) == ("weather", series.number)
    assert Claim.objects.get(number=bare.number).status == "SUPERSEDED"
    told = claims.claim_page(row.number, by=by).evidence
    assert [one.number for one in told if "气温取自" in one.words] == [series.number]


def test_temperatures_that_miss_a_fifth_of_the_days_are_not_used(town, finding):
    by = town.actor("S1")
    kind(finding, "rest-days")
    following.decide(number=finding.number, verdict="accepted", words="", by=by, at=AT)
    warm_days(town, missing=LENGTH // 5)
    measuring.measure(number=finding.number, acted_on=ACTED, by=by, at=AT)

    project = MeasurementProject.objects.get(finding_number=finding.number)
    assert (project.design, project.agreed) == ("calendar", {})
