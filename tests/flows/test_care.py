"""Special customers: who is due, jobs for them, the file and who may open it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db.models import QuerySet

from dianliang.core.models import AuditEvent
from dianliang.domain.customers import consents, operations
from dianliang.domain.customers.models import Customer
from dianliang.domain.customers.operations import UnableToKeepFileError
from dianliang.domain.customers.visiting import Care
from dianliang.domain.work.models import Job
from dianliang.domain.workforce.models import Team
from dianliang.flows import care, care_files, fieldwork
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from tests.fieldworld import op
from tests.flows.planning.test_planning import computed, draft, publish
from tests.town import NOON, TODAY

AGREED = Care(
    level=2,
    interval_days=30,
    nominee="李四 13800000000",
    key_holder="赵六 13900000000",
    visit_password="白茶26",
    formats=("large_print", "dialect"),
    outage_note="制氧机电池两小时",
    renewal_planned_on=TODAY + timedelta(days=3),
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


def test_whom_somebody_names_may_be_visited_a_week_earlier(town):
    customer(town, last_visited_on=TODAY - timedelta(days=18))
    by = town.actor("S1")

    assert care.open_visits(numbers=None, by=by, at=NOON) == 0
    assert care.open_visits(numbers=["KH1"], by=by, at=NOON) == 1


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

    masked = care_files.open_file(number="KH1", by=by, at=NOON)
    assert (masked.name, masked.phone, masked.address) == ("王*", "138****5678", "")
    assert masked.visit_password == ""
    with pytest.raises(InvalidInputError):
        care_files.reveal(number="KH1", reason=" ", by=by, at=NOON)
    shown = care_files.reveal(number="KH1", reason="核对地址", by=by, at=NOON)

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
    for ask in (care_files.open_file, lambda **k: care_files.reveal(reason="x", **k)):
        with pytest.raises(NotVisibleError):
            ask(number="KH1", by=stranger, at=NOON)


def test_what_is_agreed_is_kept_and_empty_words_change_nothing(town):
    customer(town, visit_password="竹海", nominee="张三")
    by = town.actor("S1")

    care_files.agree(number="KH1", care=AGREED, by=by, at=NOON)
    care_files.agree(number="KH1", care=Care(level=1, interval_days=15), by=by, at=NOON)

    kept = Customer.objects.get(number="KH1")
    assert (kept.visit_password, kept.nominee) == ("白茶26", "李四 13800000000")
    assert (kept.key_holder, kept.outage_note) == ("赵六 13900000000", "制氧机电池两小时")
    assert (kept.special_level, kept.visit_interval_days, kept.formats) == (1, 15, [])
    assert AuditEvent.objects.filter(verb="customers.customer.agree").count() == 2


def test_what_is_agreed_does_not_take_back_a_visit_that_was_told_meanwhile(town):
    """The desk opened the file, the team came home, the desk saved."""
    customer(town)
    opened, ending = Customer.objects.get(), Customer.objects.get()
    told = {"by": town.actor("S1"), "at": NOON}
    operations.note_visit(customer=Customer.objects.get(), on=TODAY, team_code="XH", **told)

    operations.agree(customer=opened, care=AGREED, on=TODAY, **told)
    assert Customer.objects.get().last_visited_on == TODAY
    operations.end_care(customer=ending, reason="已搬离", on=TODAY, **told)

    kept = Customer.objects.get()
    assert (kept.last_visited_on, kept.special_level, kept.outage_note) == (TODAY, None, "")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"level": 4}, "关爱等级"),
        ({"interval_days": 0}, "走访间隔"),
        ({"team_code": "无"}, "队伍"),
        ({"formats": ("鸽子",)}, "沟通方式"),
        ({"renewal_planned_on": TODAY - timedelta(days=1)}, "约定复核日"),
        ({"nominee": "甲\0乙"}, "联系人"),
        ({"outage_note": "长" * 301}, "停电时怎么办"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_kept(town, change, error):
    customer(town)

    with pytest.raises(InvalidInputError, match=error):
        care_files.agree(number="KH1", care=replace(AGREED, **change), by=town.actor("S1"), at=NOON)
    assert Customer.objects.get(number="KH1").visit_interval_days == 30
    assert not AuditEvent.objects.filter(verb="customers.customer.agree").exists()


def test_an_expired_level_waits_for_its_renewal(town):
    customer(town, renewal_due_on=TODAY - timedelta(days=1))
    by = town.actor("S1")
    assert care.open_visits(numbers=["KH1"], by=by, at=NOON) == 0
    assert care.page(view="due", by=by, on=TODAY).to_open == 0

    care_files.renew(number="KH1", until=TODAY + timedelta(days=365), by=by, at=NOON)

    assert care.open_visits(numbers=None, by=by, at=NOON) == 1
    event = AuditEvent.objects.get(verb="customers.customer.renew")
    assert (event.before, event.after) == ("2026-11-23", "2027-11-24")


@pytest.mark.parametrize("days", [0, -5, 800])
def test_a_level_is_renewed_for_two_years_at_most(town, days):
    customer(town)

    with pytest.raises(UnableToKeepFileError, match="两年"):
        care_files.renew(
            number="KH1", until=TODAY + timedelta(days=days), by=town.actor("S1"), at=NOON
        )


def test_what_nobody_agreed_to_cannot_be_renewed(town):
    customer(town, consented_on=None)

    with pytest.raises(UnableToKeepFileError, match="同意"):
        care_files.renew(
            number="KH1", until=TODAY + timedelta(days=9), by=town.actor("S1"), at=NOON
        )


def test_when_care_ends_what_was_kept_for_it_goes_and_its_job_is_cancelled(town):
    customer(town, visit_password="白茶26", nominee="李四", key_holder="赵六")
    by = town.actor("S1")
    care_files.give_consent(
        number="KH1", purpose="outage", unit_code="", how="signed", given_on=TODAY, by=by, at=NOON
    )
    care.open_visits(numbers=None, by=by, at=NOON)

    with pytest.raises(InvalidInputError):
        care_files.end_care(number="KH1", reason=" ", by=by, at=NOON)
    care_files.end_care(number="KH1", reason="已搬离", by=by, at=NOON)

    kept = Customer.objects.get()
    assert (kept.special_kind, kept.special_level, kept.consented_on) == ("", None, None)
    assert kept.visit_password + kept.nominee + kept.key_holder == ""
    assert kept.consents.get().withdrawn_on == TODAY
    assert Job.objects.get().status == "CANCELLED"
    assert care.page(view="all", by=by, on=TODAY).rows == ()


def test_consent_is_given_and_taken_back_purpose_by_purpose(town):
    customer(town, consented_on=None)
    by = town.actor("S1")

    def give(purpose, unit=""):
        return care_files.give_consent(
            number="KH1",
            purpose=purpose,
            unit_code=unit,
            how="signed",
            given_on=TODAY,
            by=by,
            at=NOON,
        )

    visits = give("visits")
    give("share", "WTR")
    water = town.units["WTR"]
    kept = Customer.objects.get()
    assert kept.consented_on == TODAY
    assert consents.shared([kept.pk]) == {(kept.pk, water.pk)}
    for wrong in (
        ("visits", ""),
        ("share", ""),
        ("outage", "WTR"),
        ("marketing", ""),
        ("share", "无"),
    ):
        with pytest.raises((InvalidInputError, consents.UnableToKeepConsentError)):
            give(*wrong)

    take = {"number": "KH1", "consent_id": visits.pk, "how": "phone", "by": by, "at": NOON}
    care_files.withdraw_consent(**take)
    with pytest.raises(consents.UnableToKeepConsentError):
        care_files.withdraw_consent(**take)

    assert Customer.objects.get().consented_on is None
    assert care.page(view="consent", by=by, on=TODAY).rows[0].number == "KH1"
    lines = care_files.open_file(number="KH1", by=by, at=NOON).consents
    assert [(line.purpose_label, line.withdrawn_on) for line in lines] == [
        ("向联盟单位提供信息", None),
        ("定期上门走访", TODAY),
    ]


def test_a_page_begins_where_the_last_one_ended(town, monkeypatch):
    monkeypatch.setattr(care, "PAGE_ROWS", 3)
    for number in range(8):
        customer(town, f"KH{number}", last_visited_on=TODAY - timedelta(days=40 - number // 3))
    by, after, seen = town.actor("S1"), "", []
    for _ in range(3):
        page = care.page(view="all", by=by, on=TODAY, after=after)
        seen += [row.number for row in page.rows]
        after = page.next_after

    assert seen == [f"KH{number}" for number in range(8)]
    assert after == ""
    for odd in ("x", "2026-01-01~9~KH1", "~~"):
        assert care.page(view="all", by=by, on=TODAY, after=odd).rows[0].number == "KH0"


def test_the_log_of_a_file_says_who_looked_and_why(town, monkeypatch):
    customer(town)
    by = town.actor("S1")
    care_files.open_file(number="KH1", by=by, at=NOON)
    care_files.reveal(number="KH1", reason="核对地址", by=by, at=NOON)
    monkeypatch.setattr(care_files, "LOG_ROWS", 1)

    first = care_files.access_log(number="KH1", before=None, by=by)
    rest = care_files.access_log(number="KH1", before=first.next_before, by=by)

    assert [(line.deed, line.reason) for line in first.lines + rest.lines] == [
        ("查看个人信息", "核对地址"),
        ("打开档案", ""),
    ]
    assert rest.next_before is None
    with pytest.raises(NotVisibleError):
        care_files.access_log(number="KH1", before=None, by=town.actor("S2"))


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


@pytest.mark.parametrize(("purpose", "code"), [("visits", ""), ("share", "WTR")])
def test_the_second_of_two_presses_is_told_that_the_consent_stands(
    town, purpose, code, monkeypatch
):
    customer(town)
    monkeypatch.setattr(QuerySet, "exists", lambda _rows: False)  # the other has not written yet
    given = {
        "number": "KH1",
        "purpose": purpose,
        "unit_code": code,
        "how": "signed",
        "given_on": TODAY,
        "by": town.actor("S1"),
        "at": NOON,
    }

    care_files.give_consent(**given)
    with pytest.raises(consents.UnableToKeepConsentError, match="已在册"):
        care_files.give_consent(**given)
    assert consents.Consent.objects.count() == 1


def test_one_without_a_unit_keeps_nobody_else_waiting(town):
    customer(town, "KH1")
    customer(town, "KH2", unit=None)
    by = town.actor("S1")

    page = care.page(view="due", by=by, on=TODAY)
    assert ({row.number for row in page.rows}, page.to_open) == ({"KH1", "KH2"}, 1)
    assert care.open_visits(numbers=None, by=by, at=NOON) == 1
    with pytest.raises(InvalidInputError, match="KH2"):
        care.open_visits(numbers=["KH2"], by=by, at=NOON)
    assert care_files.open_file(number="KH2", by=by, at=NOON).teams == ()
