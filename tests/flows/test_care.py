"""Special customers: who is due, jobs for them, the file and who may open it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from dianliang.core.models import AuditEvent
from dianliang.domain.customers.models import Customer
from dianliang.domain.customers.operations import UnableToKeepFileError
from dianliang.domain.customers.visiting import Care
from dianliang.domain.work.models import Job
from dianliang.domain.workforce.models import Team
from dianliang.flows import care, fieldwork
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from tests.fieldworld import op
from tests.flows.planning.test_planning import computed, draft, publish
from tests.town import NOON, TODAY

AGREED = Care(
    level=2,
    interval_days=30,
    consented_on=TODAY,
    renewal_due_on=TODAY + timedelta(days=365),
    nominee="李四 13800000000",
    visit_password="白茶26",
    team_code="",
)


def customer(town, number="KH1", **fields):
    """Register somebody who lives alone and was visited a month ago."""
    known = {
        "kind": "resident",
        "name": "王五",
        "phone": "13812345678",
        "address": "余村 1 组 2 号",
        "special_kind": "elderly_alone",
        "special_level": 2,
        "visit_interval_days": 30,
        "consented_on": TODAY - timedelta(days=300),
        "last_visited_on": TODAY - timedelta(days=31),
        "unit": town.units["S1"],
        "area": town.areas["V1"],
    }
    return Customer.objects.create(number=number, **{**known, **fields})


def test_the_most_overdue_come_first_and_views_are_counted(town):
    customer(town, "KH1")
    customer(town, "KH2", last_visited_on=TODAY - timedelta(days=90))
    customer(town, "KH3", last_visited_on=TODAY)
    customer(town, "KH4", consented_on=None)
    customer(town, "KH5", renewal_due_on=TODAY + timedelta(days=10), last_visited_on=TODAY)

    page = care.page(view="all", by=town.actor("S1"), on=TODAY)

    assert [row.number for row in page.rows][:2] == ["KH2", "KH1"]
    assert page.counts == {"due": 2, "overdue": 2, "consent": 1, "renewal": 1, "all": 5}
    assert page.to_open == 2


def test_jobs_are_opened_once_for_those_who_are_due(town):
    town.team("XH", "S1", "care")
    customer(town, "KH1", preferred_team_code="XH")
    customer(town, "KH2", last_visited_on=TODAY)
    customer(town, "KH3", consented_on=None)

    opened = [care.open_visits(numbers=None, by=town.actor("S1"), at=NOON) for _ in range(2)]

    job = Job.objects.get()
    assert opened == [1, 0]
    assert (job.customer.number, job.service.code) == ("KH1", "CARE-ELDER")
    assert job.preferred_team.code == "XH"
    assert job.address == ""
    assert care.page(view="due", by=town.actor("S1"), on=TODAY).rows[0].job_number == job.number


def test_one_who_cannot_be_found_stops_all_and_is_named(town):
    customer(town, "KH1")
    customer(town, "KH2", unit=None)
    company = town.actor("LM")
    no_unit = Customer.objects.get(number="KH2")
    assert no_unit.unit is None

    assert care.open_visits(numbers=["KH1"], by=company, at=NOON) == 1
    town.areas["V1"].__class__.objects.update(lat=None, lon=None, coordinate_source="")
    customer(town, "KH3")
    with pytest.raises(InvalidInputError, match="KH3"):
        care.open_visits(numbers=None, by=company, at=NOON)
    assert Job.objects.count() == 1


def test_a_file_is_masked_until_a_reason_is_given_and_both_are_kept(town):
    customer(town, visit_password="白茶26")
    by = town.actor("S1")

    masked = care.open_file(number="KH1", by=by, at=NOON)
    assert (masked.name, masked.phone, masked.address) == ("王*", "138****5678", "")
    assert masked.visit_password == ""
    with pytest.raises(InvalidInputError):
        care.reveal(number="KH1", reason=" ", by=by, at=NOON)
    shown = care.reveal(number="KH1", reason="核对地址", by=by, at=NOON)

    assert (shown.name, shown.visit_password) == ("王五", "白茶26")
    events = AuditEvent.objects.filter(target_id="KH1").values_list("verb", "reason")
    assert list(events) == [
        ("customers.customer.read", ""),
        ("customers.customer.reveal", "核对地址"),
    ]


@pytest.mark.parametrize(
    ("code", "role"),
    [("S2", Role.DISPATCHER), ("WTR", Role.ALLIANCE_UNIT), ("LM", Role.PARTY_AFFAIRS)],
)
def test_a_file_is_seen_by_its_station_alone(town, code, role):
    customer(town)
    stranger = town.actor(code, role)

    assert care.page(view="all", by=stranger, on=TODAY).rows == ()
    for ask in (care.open_file, lambda **k: care.reveal(reason="x", **k)):
        with pytest.raises(NotVisibleError):
            ask(number="KH1", by=stranger, at=NOON)


def test_what_is_agreed_is_kept_and_an_empty_word_changes_nothing(town):
    customer(town, visit_password="竹海", nominee="张三")
    by = town.actor("S1")

    care.agree(number="KH1", care=AGREED, by=by, at=NOON)
    care.agree(
        number="KH1",
        care=Care(**{**{f: getattr(AGREED, f) for f in Care.__slots__}, "visit_password": ""}),
        by=by,
        at=NOON,
    )

    kept = Customer.objects.get(number="KH1")
    assert (kept.visit_password, kept.nominee) == ("白茶26", "李四 13800000000")
    assert AuditEvent.objects.filter(verb="customers.customer.agree").count() == 2


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"level": 4}, InvalidInputError),
        ({"interval_days": 0}, InvalidInputError),
        ({"team_code": "无"}, InvalidInputError),
        ({"consented_on": date(2027, 1, 1)}, UnableToKeepFileError),
        ({"consented_on": None}, UnableToKeepFileError),
        ({"renewal_due_on": TODAY}, UnableToKeepFileError),
        ({"nominee": "甲\0乙"}, InvalidInputError),
    ],
)
def test_what_contradicts_itself_is_refused_and_nothing_is_kept(town, change, error):
    customer(town)
    given = Care(**{**{f: getattr(AGREED, f) for f in Care.__slots__}, **change})

    with pytest.raises(error):
        care.agree(number="KH1", care=given, by=town.actor("S1"), at=NOON)
    assert Customer.objects.get(number="KH1").visit_interval_days == 30
    assert not AuditEvent.objects.filter(verb="customers.customer.agree").exists()


@pytest.mark.row("001-10")
def test_the_same_team_comes_again_before_the_day_and_nobody_stays_overdue(town):
    for code in ("A", "B"):
        town.team(code, "S1", "care")
    Team.objects.filter(code="A").update(base_lat=town.areas["V1"].lat + 0.02)  # B is nearer
    customer(town, preferred_team_code="A", last_visited_on=TODAY - timedelta(days=35))
    desk = town.actor("S1")
    assert care.page(view="overdue", by=desk, on=TODAY).counts["overdue"] == 1

    care.open_visits(numbers=None, by=desk, at=NOON)
    plan = computed(draft(town, [Job.objects.get()], by=desk))
    visit = publish(town, plan)[0]
    assert visit.team.code == "A"
    steward = replace(
        town.actor("S1", Role.STEWARD), person_number="A-1", team_codes=frozenset({"A"})
    )
    ticks = [{"item": line, "ok": True, "note": ""} for line in visit.job.checklist]
    steps = [op("s1", "accept", visit.number), op("s2", "depart", visit.number, after="s1")]
    steps.append(op("s3", "arrive", visit.number, after="s2"))
    steps.append(op("s4", "complete", visit.number, after="s3", checklist=ticks, findings="安好"))
    sent = fieldwork.sync(steps, by=steward, at=NOON + timedelta(days=1))
    assert [answer.outcome.value for answer in sent] == ["applied"] * 4

    row = care.page(view="all", by=desk, on=TODAY + timedelta(days=1)).rows[0]
    assert (row.is_overdue, row.is_due, row.team_name) == (False, False, "A队")
    assert row.last_visited_on == TODAY
    assert row.due_on == TODAY + timedelta(days=30)
