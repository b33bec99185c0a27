"""Who will be overdue within two weeks, why, and what to do: facts of all rooms in one answer."""

from datetime import timedelta

import pytest

from dianliang.domain.work.models import Job, Visit
from dianliang.domain.workforce.models import Absence, Certificate, Person
from dianliang.flows import care, care_files, care_forecast
from dianliang.kernel.actor import Role
from tests.flows.test_care import customer
from tests.town import NOON, TODAY


def reasons(town, code="S1"):
    page = care_forecast.page(by=town.actor(code), on=TODAY)
    return {row.number: row.reason for row in page.rows}


def soon(town, number="KH1", **fields):
    """Register somebody who is due in four days, a Saturday: on Friday."""
    return customer(town, number, last_visited_on=TODAY - timedelta(days=26), **fields)


def test_nobody_is_late_where_a_team_is_there(town):
    town.team("XH", "S1", "care")
    soon(town, preferred_team_code="XH")

    page = care_forecast.page(by=town.actor("S1"), on=TODAY)

    assert (page.count, page.rows, page.counts) == (0, (), ())


def test_every_reason_is_found_in_the_facts_with_what_to_do(town):
    team = town.team("XH", "S1", "care")
    soon(town, "KH1", consented_on=None)
    soon(town, "KH2", renewal_due_on=TODAY - timedelta(days=1))
    customer(town, "KH3", visit_interval_days=None)
    soon(town, "KH4", special_kind="large_breeder")  # nobody of the station may inspect
    soon(town, "KH5")
    customer(town, "KH6")
    job = Job.objects.create(
        number="GD1",
        title="走访",
        service=care.active_service("CARE-ELDER"),
        customer=soon(town, "KH7"),
        area=town.areas["V1"],
        lat=30.5,
        lon=119.6,
        unit=town.units["S1"],
        status="SCHEDULED",
        opened_at=NOON,
        duration_min=30,
    )
    Visit.objects.create(
        number="SM1",
        job=job,
        team=team,
        on=TODAY + timedelta(days=6),
        sequence=1,
        arrive_at=NOON + timedelta(days=6),
        depart_at=NOON + timedelta(days=6, minutes=30),
    )

    page = care_forecast.page(by=town.actor("S1"), on=TODAY)

    found = {row.number: row for row in page.rows}
    assert {number: row.reason for number, row in found.items()} == {
        "KH1": "no_consent",
        "KH2": "expired",
        "KH3": "no_interval",
        "KH4": "no_team",
        "KH6": "missed",
        "KH7": "planned_late",
    }
    assert all(row.reason_label and row.action for row in page.rows)
    assert (found["KH2"].due_on, found["KH2"].overdue_on) == (
        TODAY + timedelta(days=3),
        TODAY + timedelta(days=4),
    )
    assert page.late_now == 1
    assert page.rows[0].number in {"KH3", "KH6"}
    only = care_forecast.page(by=town.actor("S1"), on=TODAY, reason="expired")
    assert ([row.number for row in only.rows], only.count) == (["KH2"], 6)


def test_a_team_that_is_away_is_the_reason_until_somebody_stands_in(town):
    town.team("XH", "S1", "care")
    soon(town, preferred_team_code="XH")
    for person in Person.objects.filter(number__startswith="XH"):
        Absence.objects.create(
            person=person, first_on=TODAY, last_on=TODAY + timedelta(days=20), reason="培训"
        )
    assert reasons(town) == {"KH1": "team_absent"}

    town.team("LX", "S1", "care")

    assert reasons(town) == {}


def test_certificates_that_ended_leave_no_team(town):
    town.team("XH", "S1", "care")
    soon(town)
    Certificate.objects.update(expires_on=TODAY)

    assert reasons(town) == {"KH1": "no_team"}


def test_a_short_day_leaves_some_for_whom_there_is_no_time(town):
    team = town.team("XH", "S1", "care")
    team.shift_ends = team.shift_starts.replace(
        hour=11
    )  # 150 min less lunch, half of it: one visit
    team.save()
    for number in range(9):
        soon(town, f"KH{number}")

    assert set(reasons(town).values()) == {"capacity"}
    assert len(reasons(town)) == 9 - 4  # Tuesday to Friday


def test_planned_visits_use_up_the_share_of_the_day_that_visits_may_take(town):
    """Half of a day is for visits: what is planned already comes off that half."""
    team = town.team("XH", "S1", "care")
    for day in range(4):  # Tuesday to Friday
        for n in range(4):
            number = f"P{day}{n}"
            job = Job.objects.create(
                number=f"GD{number}", title="走访", service=care.active_service("CARE-ELDER"),
                customer=soon(town, number), area=town.areas["V1"], lat=30.5, lon=119.6,
                unit=town.units["S1"], status="SCHEDULED", opened_at=NOON, duration_min=30,
            )  # fmt: skip
            start = NOON + timedelta(days=day)
            Visit.objects.create(
                number=f"SM{number}", job=job, team=team, on=TODAY + timedelta(days=day),
                sequence=n + 1, arrive_at=start, depart_at=start + timedelta(minutes=30),
            )  # fmt: skip
    for n in range(9):
        soon(town, f"KH{n}")
    shift = care_forecast._shift_min(team)
    share = int(shift * care_forecast.CARE_SHARE)

    (crew,) = care_forecast._crews([team], days=[TODAY + timedelta(n) for n in range(15)])

    assert crew.minutes_left == {TODAY + timedelta(n): share - 4 * 45 for n in range(4)}
    assert len(reasons(town)) == max(0, 9 - 4 * ((share - 4 * 45) // 45))


def test_a_renewal_that_was_agreed_for_a_day_gone_by_is_no_promise(town):
    town.team("XH", "S1", "care")
    soon(
        town,
        renewal_due_on=TODAY - timedelta(days=1),
        renewal_planned_on=TODAY - timedelta(days=2),
    )

    assert reasons(town) == {"KH1": "expired"}


def test_a_renewal_that_is_agreed_counts(town):
    town.team("XH", "S1", "care")
    soon(town, renewal_due_on=TODAY - timedelta(days=1))
    assert reasons(town) == {"KH1": "expired"}

    care_files.agree(
        number="KH1",
        care=care_files.Care(level=2, interval_days=30, renewal_planned_on=TODAY + timedelta(1)),
        by=town.actor("S1"),
        at=NOON,
    )

    assert reasons(town) == {}


@pytest.mark.row("001-10")
def test_what_the_forecast_warns_of_goes_away_when_it_is_acted_on(town):
    """No consent, no team, a day that passed: three warnings, three deeds, nobody overdue."""
    by = town.actor("S1")
    soon(town, "KH1", consented_on=None)
    soon(town, "KH2", renewal_due_on=TODAY - timedelta(days=1))
    assert reasons(town) == {"KH1": "no_consent", "KH2": "no_team"}

    town.team("XH", "S1", "care")
    assert reasons(town)["KH2"] == "expired"
    care_files.renew(number="KH2", until=TODAY + timedelta(days=365), by=by, at=NOON)
    care_files.give_consent(
        number="KH1", purpose="visits", unit_code="", how="signed", given_on=TODAY, by=by, at=NOON
    )

    assert reasons(town) == {}
    assert care.open_visits(numbers=None, by=by, at=NOON) == 2


@pytest.mark.parametrize(
    ("code", "role"), [("S2", Role.DISPATCHER), ("S1", Role.COMMANDER), ("WTR", Role.ALLIANCE_UNIT)]
)
def test_the_forecast_of_others_is_empty(town, code, role):
    customer(town)

    assert care_forecast.page(by=town.actor(code, role), on=TODAY).count == 0


def test_whoever_has_no_unit_is_named_by_those_who_serve_his_village(town):
    town.team("XH", "S1", "care")
    soon(town, "KH1", special_kind="life_support", unit=None)
    job = Job.objects.create(
        number="GD1",
        title="走访",
        service=care.active_service("CARE-LIFE"),
        customer=soon(town, "KH2", special_kind="life_support", unit=None),
        area=town.areas["V1"],
        lat=30.5,
        lon=119.6,
        unit=town.units["S1"],
        status="OPEN",
        opened_at=NOON,
        duration_min=30,
    )

    assert reasons(town) == reasons(town, "AJ") == {"KH1": "no_place", "KH2": "no_place"}
    assert reasons(town, "S2") == {}
    page = care.page(view="all", by=town.actor("S1"), on=TODAY)
    assert {row.number: row.job_number for row in page.rows} == {"KH1": "", "KH2": job.number}
