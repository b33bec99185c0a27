"""An outage or a warning: who is affected, who was called, who needs help."""

from datetime import datetime, timedelta

import pytest

from dianliang.core.models import AuditEvent
from dianliang.domain.care.models import Alert, Call, Contact
from dianliang.domain.care.operations.alerting import UnableToCloseAlertError
from dianliang.domain.customers.models import Customer
from dianliang.domain.work.models import Job
from dianliang.flows import care, care_contacts, care_files, care_unlocks
from dianliang.kernel.actor import Role
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import (
    IllegalTransitionError,
    InvalidInputError,
    NotVisibleError,
)
from tests.flows.test_care import customer
from tests.flows.test_care_unlocks import second
from tests.town import NOON, TODAY


def alert(town, by=None, **changes):
    asked = {
        "kind": "fault",
        "title": "余村线故障",
        "starts_at": NOON,
        "ends_at": NOON + timedelta(hours=4),
        "area_codes": ["T1"],
        "villages": "",
        "by": by or town.actor("S1"),
        "at": NOON,
    }
    return care_contacts.open_alert(**{**asked, **changes})


def page(town, made, view="all", after=None, by=None):
    return care_contacts.alert_page(
        number=made.number, view=view, after=after, by=by or town.actor("S1")
    )


def call(town, made, verb="reach", number="KH1", note="", by=None, at=NOON):
    return care_contacts.note_call(
        number=made.number, customer=number, verb=verb, note=note, by=by or town.actor("S1"), at=at
    )


def test_life_support_is_called_first_then_the_closest_care(town):
    customer(town, "KH1", special_level=3)
    customer(town, "KH2", special_level=1)
    customer(town, "KH3", special_level=2)
    customer(town, "KH4", special_kind="life_support", special_level=2)
    customer(town, "KH5", area=town.areas["V3"])
    Customer.objects.create(
        number="KH6", kind="resident", name="普通", area=town.areas["V1"], unit=town.units["S1"]
    )

    shown = page(town, alert(town))

    assert [row.number for row in shown.rows] == ["KH4", "KH2", "KH3", "KH1"]
    assert (shown.alert.count, shown.alert.life_to_call) == (4, 1)
    assert shown.areas == ("天荒坪镇",)


def test_areas_are_chosen_or_pasted_by_name_or_code(town):
    customer(town, "KH1")
    customer(town, "KH2", area=town.areas["V2"])

    made = alert(town, area_codes=[], villages="余村村、\n V2；余村村委会")

    assert page(town, made).alert.count == 2
    assert page(town, made).areas == ("余村村委会", "大溪村委会")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "party"}, "类别"),
        ({"area_codes": []}, "影响区域"),
        ({"villages": "余村村委会 没有村"}, "没有村"),
        ({"title": " "}, "事由"),
        ({"ends_at": NOON}, "预计结束"),
        ({"starts_at": datetime(1, 1, 1, tzinfo=SHANGHAI), "ends_at": None}, "开始时间.*一年"),
        ({"starts_at": NOON + timedelta(days=400), "ends_at": None}, "开始时间.*一年"),
        ({"ends_at": datetime(9999, 12, 31, 23, 59, tzinfo=SHANGHAI)}, "结束时间.*一年"),
    ],
)
def test_what_makes_no_sense_opens_no_list(town, changes, words):
    customer(town)

    with pytest.raises(InvalidInputError, match=words):
        alert(town, **changes)
    assert not Alert.objects.exists()


def test_a_name_of_two_villages_must_be_told_apart(town):
    town.areas["V3"].name = "余村村委会"
    town.areas["V3"].save()

    with pytest.raises(InvalidInputError, match="不止一处"):
        alert(town, villages="余村村委会")


def test_whoever_took_back_his_consent_is_not_called_but_life_support_is(town):
    by = town.actor("S1")
    for number, kind in (("KH1", "disabled"), ("KH2", "life_support"), ("KH3", "disabled")):
        customer(town, number, special_kind=kind)
        if number == "KH3":
            continue
        given = care_files.give_consent(
            number=number,
            purpose="outage",
            unit_code="",
            how="signed",
            given_on=TODAY,
            by=by,
            at=NOON,
        )
        care_files.withdraw_consent(number=number, consent_id=given.pk, how="phone", by=by, at=NOON)

    assert {row.number for row in page(town, alert(town)).rows} == {"KH2", "KH3"}


def test_each_call_says_who_when_and_what_came_of_it(town):
    customer(town)
    made = alert(town)
    call(town, made, "no_answer")
    call(town, made, "reach", note="家里有发电机", at=NOON + timedelta(minutes=9))

    row = page(town, made).rows[0]
    assert (row.status_label, row.calls_count, row.called_by) == ("已联系上", 2, "天荒坪供电所")
    assert (row.called_at, row.last_note) == (NOON + timedelta(minutes=9), "家里有发电机")
    assert [one.outcome for one in Call.objects.order_by("pk")] == ["NO_ANSWER", "REACHED"]
    events = AuditEvent.objects.filter(target_type="care.contact")
    assert [event.verb for event in events.order_by("id")] == [
        "care.contact.no_answer",
        "care.contact.reach",
    ]
    assert "发电机" not in "".join(f"{e.reason}{e.before}{e.after}" for e in events)
    with pytest.raises(IllegalTransitionError):
        call(town, made, "reach")
    with pytest.raises(NotVisibleError):
        call(town, made, "dance")


@pytest.mark.row("001-10")
def test_who_needs_help_gets_a_job_that_no_plan_may_leave_out(town):
    town.team("XH", "S1", "care")
    customer(town, special_kind="life_support", special_level=1, preferred_team_code="XH")
    made = alert(town)

    call(town, made, "need_help", note="制氧机没电了，李奶奶")

    job = Job.objects.get()
    assert (job.priority, job.customer.number, job.unit.code) == ("must", "KH1", "S1")
    assert (job.preferred_team.code, job.skill.code) == ("XH", "care")
    assert job.due_at == NOON + care_contacts.HELP_WITHIN
    assert "李奶奶" not in f"{job.title}{job.detail}{job.checklist}"
    row = page(town, made, view="help").rows[0]
    assert (row.job_number, row.verbs) == (job.number, (("reach", "已联系上"),))
    assert (
        care.page(view="due", by=town.actor("S1"), on=TODAY).to_open == 1
    )  # not his regular visit


def test_help_without_a_place_says_so_and_writes_nothing(town):
    customer(town)
    made = alert(town)
    town.areas["V1"].__class__.objects.update(lat=None, lon=None, coordinate_source="")

    with pytest.raises(InvalidInputError, match="KH1"):
        call(town, made, "need_help")
    assert Contact.objects.get().status == "WAITING"
    assert not Call.objects.exists()


def test_a_number_is_shown_while_the_list_is_open_and_that_is_kept(town):
    customer(town, nominee="李四 13800000000", outage_note="电池两小时")
    minor(town)
    made = alert(town)
    by = town.actor("S1")

    def number_of(number):
        return care_contacts.reveal_number(number=made.number, customer=number, by=by, at=NOON)

    shown, child = number_of("KH1"), number_of("KH2")
    assert (shown.phone, shown.outage_note) == ("13812345678", "电池两小时")
    assert (child.name, child.phone, child.nominee) == ("", "", "奶奶")
    for verb in ("reveal", "tell_nominee"):
        event = AuditEvent.objects.get(verb=f"customers.customer.{verb}")
        assert made.number in event.reason
    for number in ("KH1", "KH2"):
        call(town, made, number=number)
    care_contacts.close(number=made.number, reason="", by=by, at=NOON)
    with pytest.raises(InvalidInputError, match="已结束"):
        number_of("KH1")
    with pytest.raises(InvalidInputError, match="已结束"):
        call(town, made, "need_help")


def minor(town):
    return customer(
        town,
        "KH2",
        special_kind="left_behind_child",
        name="王小明",
        nominee="奶奶",
        key_holder="邻居",
        outage_note="一个人在家",
    )


def test_a_list_opens_no_more_of_a_minors_file_than_whom_to_call(town):
    minor(town)
    made, by = alert(town), town.actor("S1")
    ask = {"number": made.number, "customer": "KH2", "by": by, "at": NOON}

    locked = care_contacts.reveal_number(**ask)
    assert (locked.nominee, locked.key_holder, locked.outage_note) == ("奶奶", "", "")
    assert locked.is_locked
    unlock = care_files.ask_for_minor(number="KH2", reason="停电上门", by=by, at=NOON)
    care_unlocks.decide(number=unlock.number, verb="grant", by=second(town), at=NOON)

    opened = care_contacts.reveal_number(**ask)
    assert (opened.name, opened.key_holder, opened.outage_note) == ("", "邻居", "一个人在家")
    log = care_files.access_log(number="KH2", before=None, by=by)
    assert {"查看未成年人的联系人", "查看个人信息"} <= {line.deed for line in log.lines}


def test_life_support_without_a_unit_is_called_by_whoever_serves_the_village(town):
    customer(town, special_kind="life_support", special_level=1, unit=None)
    made = alert(town)

    for code in ("S1", "AJ", "LM"):
        by = town.actor(code)
        shown = page(town, made, by=by)
        assert [(row.number, row.unit_name) for row in shown.rows] == [("KH1", "")]
        assert shown.alert.life_to_call == care_contacts.alerts(by=by)[0].life_to_call == 1
    assert not care_contacts.alerts(by=town.actor("S2"))
    with pytest.raises(InvalidInputError, match="KH1"):
        call(town, made, "need_help")
    call(town, made)
    by = town.actor("S1")
    care_contacts.close(number=made.number, reason="", by=by, at=NOON)


def test_a_list_closes_only_when_life_support_was_reached(town):
    customer(town, "KH1", special_kind="life_support", special_level=1)
    customer(town, "KH2")
    made = alert(town)
    by = town.actor("S1")
    close = {"number": made.number, "by": by, "at": NOON}

    with pytest.raises(UnableToCloseAlertError, match="生命支持"):
        care_contacts.close(**close, reason="来电了")
    call(town, made, "need_help")
    with pytest.raises(UnableToCloseAlertError, match="原因"):
        care_contacts.close(**close, reason="")
    care_contacts.close(**close, reason="村里已上门告知")

    assert Alert.objects.get().closed_at == NOON
    with pytest.raises(IllegalTransitionError):
        care_contacts.close(**close, reason="再来")


def test_a_station_calls_its_own_customers_of_the_companys_list(town):
    customer(town, "KH1")
    customer(town, "KH2", area=town.areas["V3"], unit=town.units["S2"])
    made = alert(town, by=town.actor("AJ"), area_codes=["C"])

    assert page(town, made, by=town.actor("AJ")).alert.count == 2
    assert page(town, made, by=town.actor("AJ")).may_close
    for code, number in (("S1", "KH1"), ("S2", "KH2")):
        station = town.actor(code)
        shown = page(town, made, by=station)
        assert [row.number for row in shown.rows] == [number]
        assert shown.alert.count == 1
        assert not shown.may_close
        assert care_contacts.alerts(by=station)[0].to_call == 1
        with pytest.raises(NotVisibleError):  # it is the company's to close
            care_contacts.close(number=made.number, reason="完", by=station, at=NOON)
    with pytest.raises(NotVisibleError):
        call(town, made, number="KH2")


@pytest.mark.parametrize(
    ("code", "role"), [("S2", Role.DISPATCHER), ("S1", Role.COMMANDER), ("WTR", Role.ALLIANCE_UNIT)]
)
def test_a_list_is_absent_for_everybody_else(town, code, role):
    customer(town)
    made = alert(town)
    stranger = town.actor(code, role)

    assert not care_contacts.alerts(by=stranger)
    for ask in (
        lambda: page(town, made, by=stranger),
        lambda: call(town, made, by=stranger),
        lambda: care_contacts.reveal_number(
            number=made.number, customer="KH1", by=stranger, at=NOON
        ),
        lambda: care_contacts.close(number=made.number, reason="完", by=stranger, at=NOON),
    ):
        with pytest.raises(NotVisibleError):
            ask()


def test_five_hundred_affected_cost_no_more_queries_than_five(town, django_assert_max_num_queries):
    Customer.objects.bulk_create(
        Customer(
            number=f"KH{n:03d}",
            kind="resident",
            name="某人",
            phone="13812345678",
            area=town.areas["V1"],
            unit=town.units["S1"],
            special_kind="life_support" if n % 50 == 0 else "disabled",
            special_level=1 + n % 3,
        )
        for n in range(500)
    )
    with django_assert_max_num_queries(21):
        made = alert(town)
    seen, after = [], None
    while True:
        with django_assert_max_num_queries(9):
            shown = page(town, made, view="call", after=after)
        seen += [row.number for row in shown.rows]
        after = shown.next_after
        if after is None:
            break

    assert len(seen) == len(set(seen)) == 500
    assert all(int(number[2:]) % 50 == 0 for number in seen[:10])
