"""The desk's pages about hours: queue, one record, notices, objections, certificates, exchange."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from dianliang.domain.hours.models import Appeal, HourNotice, HourRecord, ServiceCertificate
from dianliang.kernel.actor import Role
from tests import hours
from tests.core.test_files import photo
from tests.hours import IDENTITY, MORNING
from tests.town import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def enter(town):
    def log_in(role=Role.PARTY_AFFAIRS, unit="S1"):
        name = f"{role}-{unit}"
        town.user(name, role, unit)
        client = Client()
        client.login(username=name, password=PASSWORD)
        return client

    return log_in


@pytest.fixture
def desk(enter):
    return enter()


def at(name, *parts):
    return reverse(f"console:{name}", args=parts)


def shows(answer, *words):
    page = answer.content.decode()
    for word in words:
        assert word in page, word


def test_the_queue_shows_doubts_with_what_is_wrong(desk, town):
    hours.taken(town, away_m=900)
    hours.taken(town, "P2")

    shows(desk.get(at("hours")), "签到处离活动地点超过 500 米", "王小明")
    assert (
        "签到处离活动地点超过 500 米" not in desk.get(at("hours") + "?view=clean").content.decode()
    )
    assert len(desk.get(at("hours") + "?rule=far").context["page"].rows) == 1
    assert len(desk.get(at("hours") + "?rule=night").context["page"].rows) == 0


def test_pending_records_beyond_those_that_are_looked_at_are_told(desk, town, monkeypatch):
    monkeypatch.setattr("dianliang.domain.hours.desk.MOST_LOOKED_AT", 1)
    hours.taken(town)
    hours.taken(town, "P2")

    shows(desk.get(at("hours")), "另有 1 条更晚的待核记录还没有列出")


@pytest.mark.parametrize("query", ["?view=x&rule=y&after=z", "?after=99999999999999", "?after=-1"])
def test_nonsense_in_the_address_shows_the_first_page(desk, query):
    assert desk.get(at("hours") + query).status_code == 200


def test_twenty_rows_cost_as_many_queries_as_ten(desk, town, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            desk.get(at("hours") + "?view=clean")
        return len(seen)

    for number in range(10):
        hours.taken(town, f"P{number}")
    desk.get(at("hours"))
    ten = cost()
    for number in range(10, 20):
        hours.taken(town, f"P{number}")

    assert cost() == ten


def test_all_that_raises_no_doubt_is_approved_by_one_press_but_not_ones_own(desk, town):
    from dianliang.core.models import User

    clean, doubtful, own = hours.taken(town), hours.taken(town, "P2", away_m=900), None
    me = hours.volunteer(town, "P3")
    me.user = User.objects.get(username="party_affairs-S1")
    me.save()
    own = hours.taken(town, "P3")

    desk.post(at("hours_approve"))

    states = {r.pk: r.status for r in HourRecord.objects.all()}
    assert (states[clean.pk], states[doubtful.pk], states[own.pk]) == (
        "APPROVED",
        "PENDING",
        "PENDING",
    )


def decided(client, record, verb, **sent):
    start, end = record.started_at + timedelta(hours=8), record.ended_at + timedelta(hours=8)
    form = {"on": f"{start:%Y-%m-%d}", "starts": f"{start:%H:%M}", "ends": f"{end:%H:%M}", **sent}
    return client.post(at("hour_act", record.number, verb), form)


def test_a_doubtful_record_wants_words_and_keeps_what_was_typed(desk, town):
    record = hours.taken(town, away_m=900)

    answer = decided(desk, record, "approve")
    assert answer.status_code == 422
    shows(answer, "请写明核实的情况")

    assert decided(desk, record, "approve", words="在分会场").status_code == 302
    record.refresh_from_db()
    assert (record.status, record.minutes) == ("APPROVED", 120)


def test_seconds_that_the_form_does_not_know_are_not_cut_off(desk, town):
    start = MORNING + timedelta(seconds=42)
    record = hours.taken(town, start=start)

    decided(desk, record, "approve")

    record.refresh_from_db()
    assert (record.started_at, record.minutes) == (start, 120)


def test_a_record_is_cut_in_the_form(desk, town):
    record = hours.taken(town)

    decided(desk, record, "approve", ends="10:30", words="提前离开")

    record.refresh_from_db()
    assert record.minutes == 90


@pytest.mark.parametrize(
    "wrong", [{"on": ""}, {"on": "昨天"}, {"starts": "九点"}, {"ends": ""}, {"ends": "08:00"}]
)
def test_a_wrong_time_is_named_and_nothing_changes(desk, town, wrong):
    record = hours.taken(town)

    assert decided(desk, record, "approve", words="x", **wrong).status_code == 422
    record.refresh_from_db()
    assert record.status == "PENDING"


def test_a_record_over_midnight_is_approved_and_cut_and_corrected_in_the_form(desk, enter, town):
    late = MORNING + timedelta(hours=13)  # from ten in the evening until one
    whole, cut = (hours.taken(town, n, start=late, minutes=180) for n in ("P1", "P2"))

    assert decided(desk, whole, "approve", words="抢修值守").status_code == 302
    assert decided(desk, cut, "approve", words="先走", ends="00:30").status_code == 302

    whole.refresh_from_db()
    cut.refresh_from_db()
    assert [(r.status, r.minutes) for r in (whole, cut)] == [("APPROVED", 180), ("APPROVED", 150)]
    hours_at_work = HourRecord.objects.filter(pk=whole.pk)
    hours_at_work.update(status="PENDING")
    hours.published(town, hours_at_work.get())
    told = decided(desk, whole, "correct", ends="00:00", because="零点已经收队")
    assert told.status_code == 302
    assert HourRecord.objects.filter(minutes=120).exists()


def test_every_notice_opens_however_many_came_after_it(desk, town):
    first = hours.announced(town, hours.taken(town))
    later = [
        HourNotice(
            number=f"GS-{n}",
            unit=town.units["S1"],
            working_days=3,
            opened_at=first.opened_at + timedelta(minutes=n),
            ends_at=first.ends_at + timedelta(days=1),
        )
        for n in range(1, 60)
    ]
    HourNotice.objects.bulk_create(later)

    assert desk.get(at("hour_notice", first.number)).status_code == 200
    assert first.number in desk.get(at("hour_notices") + "?after=50").content.decode()
    public = desk.get(reverse("portal:hour_notices")).content.decode()
    assert first.number in public
    assert desk.get(reverse("portal:hour_notice", args=[first.number])).status_code == 200


def test_an_open_objection_never_disappears_behind_decided_ones(desk, town):
    record = hours.taken(town)
    hours.announced(town, record)
    form = {"words": "那天他不在", "name": "张三", "contact": "19900001234"}
    desk.post(at("hour_act", record.number, "appeal"), form)
    made = Appeal.objects.get()
    Appeal.objects.bulk_create(
        Appeal(
            number=f"YY-{n}",
            record=record,
            side="against",
            words="旧的",
            name="李四",
            contact="19900005678",
            made_at=made.made_at,
            status="DISMISSED",
            decision="不属实",
            decided_at=made.made_at,
        )
        for n in range(60)
    )

    shows(desk.get(at("hour_appeals")), made.number)
    assert "YY-0" in desk.get(at("hour_appeals") + "?after=50").content.decode()


def test_going_back_to_no_version_in_particular_changes_nothing(desk):
    for nothing in ("", "abc", "²"):
        assert desk.post(at("hour_exchange_back"), {"version": nothing}).status_code == 422
    assert desk.get(at("hour_exchange_table") + "?version=abc").status_code == 404


def declaration(**other):
    return {
        "person": "P1",
        "team": "",
        "role": "志愿者",
        "on": "2025-11-20",
        "starts": "09:00",
        "ends": "11:00",
        "content": "社区宣讲",
        "words": "李书记可证明",
        "evidence": SimpleUploadedFile("照片.jpg", photo(), "image/jpeg"),
        **other,
    }


def test_hours_are_declared_with_evidence_and_reviewed_by_another(desk, enter, town):
    hours.volunteer(town)
    assert desk.post(at("hour_declare"), declaration()).status_code == 302
    record = HourRecord.objects.get()

    answer = decided(desk, record, "approve", words="属实")
    assert answer.status_code == 422
    shows(answer, "请由其他人审核")
    dispatcher = enter(Role.DISPATCHER)
    assert decided(dispatcher, record, "approve", words="属实").status_code == 302
    evidence = dispatcher.get(at("hour_evidence", record.number))
    assert evidence.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "wrong",
    [
        {"person": "P9"},
        {"team": "没有"},
        {"role": "皇帝"},
        {"content": ""},
        {"words": "有"},
        {"ends": "08:00"},
        {"on": "2999-01-01"},
        {"evidence": ""},
        {"evidence": SimpleUploadedFile("x.jpg", b"no picture", "image/jpeg")},
    ],
)
def test_a_declaration_that_lacks_something_says_what(desk, town, wrong):
    hours.volunteer(town)

    answer = desk.post(at("hour_declare"), declaration(**wrong))

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not HourRecord.objects.exists()


def test_what_was_approved_is_announced_for_three_days_and_no_less(desk, town):
    desk.post(at("hours_approve"))
    shows(desk.post(at("hour_announce"), {"working_days": "3"}), "没有待公示")
    hours.taken(town)
    desk.post(at("hours_approve"))

    assert desk.post(at("hour_announce"), {"working_days": "2"}).status_code == 422
    assert desk.post(at("hour_announce"), {"working_days": "三"}).status_code == 422
    desk.post(at("hour_announce"), {"working_days": "3"})

    notice = HourNotice.objects.get()
    shows(desk.get(at("hour_notices")), notice.number)
    shows(desk.get(at("hour_notice", notice.number)), "王小明", "公示中")


def test_an_objection_at_the_desk_is_decided_by_another_person(desk, enter, town):
    record = hours.taken(town)
    hours.announced(town, record)
    form = {"words": "那天他不在", "name": "张三", "contact": "19900001234"}
    desk.post(at("hour_act", record.number, "appeal"), form)
    appeal = Appeal.objects.get()

    shows(desk.get(at("hour_appeals")), "那天他不在", "张三")
    mine = desk.post(at("hour_decide", appeal.number, "uphold"), {"decision": "属实"})
    assert mine.status_code == 422
    dispatcher = enter(Role.DISPATCHER)
    address = at("hour_decide", appeal.number, "uphold")
    assert dispatcher.post(address, {"decision": ""}).status_code == 422
    assert dispatcher.post(address, {"decision": "查实未到场"}).status_code == 302
    record.refresh_from_db()
    assert record.status == "REJECTED"


def test_a_published_record_is_corrected_by_two_new_ones(desk, town):
    record = hours.taken(town)
    hours.published(town, record)

    decided(desk, record, "correct", ends="10:00", because="提前离开")

    assert sorted(HourRecord.objects.values_list("minutes", flat=True)) == [-120, 60, 120]
    shows(desk.get(at("hour", record.number)), "不再计入", "冲销")


def certificate_form(**other):
    return {
        "person": "P1",
        "document_kind": "identity_card",
        "document_number": IDENTITY,
        "volunteer_number": "3305230000012345",
        "from_on": "2026-01-01",
        "until_on": "2026-11-25",
        "content": "用电安全宣讲",
        "issuer": "天荒坪供电所",
        "head": "李某某",
        "handler": "陈某",
        "contact": "0572-5012345",
        "remarks": "",
        **other,
    }


@pytest.fixture
def served(town):
    hours.published(town, hours.taken(town, minutes=90))


@pytest.fixture
def later(monkeypatch):
    """The clock after the notice is over."""
    for module in ("desk", "certificates", "exchange", "notices"):
        monkeypatch.setattr(
            f"dianliang.faces.console.hours.{module}.now", lambda: hours.AFTER_NOTICE
        )


def test_a_certificate_is_found_issued_printed_and_revoked(desk, town, served, later):
    shows(desk.get(at("certificate_new") + "?q=小明"), "1 小时 30 分", "?person=P1")
    shows(desk.get(at("certificate_new") + "?person=P1"), "独居老人用电检查", "天荒坪供电所")
    desk.post(at("certificate_new"), certificate_form())
    certificate = ServiceCertificate.objects.get()

    shows(
        desk.get(at("certificate", certificate.number)),
        "3305**********1238",
        "<svg",
        "开具服务证明",
    )
    shows(desk.get(at("certificates") + "?q=P1"), certificate.number)
    paper = desk.get(at("certificate_paper", certificate.number))
    assert paper.content.startswith(b"%PDF-")
    address = at("certificate_revoke", certificate.number)
    assert desk.post(address, {"cause": "x", "words": "有误"}).status_code == 422
    desk.post(address, {"cause": "mistaken", "words": "有误"})

    certificate.refresh_from_db()
    assert certificate.status == "REVOKED"
    assert desk.get(at("certificate_paper", certificate.number)).status_code == 422
    assert desk.get(at("certificates_table")).content.startswith(b"PK")


@pytest.mark.parametrize(
    "wrong",
    [
        {"person": "P9"},
        {"document_number": "123"},
        {"from_on": "x"},
        {"until_on": "2025-01-01"},
        {"content": ""},
        {"content": "讲" * 110},
    ],
)
def test_a_certificate_that_lacks_something_is_not_issued(desk, served, later, wrong):
    answer = desk.post(at("certificate_new"), certificate_form(**wrong))

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert IDENTITY not in answer.content.decode()
    assert not ServiceCertificate.objects.exists()


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.COMMANDER, Role.AUDITOR])
def test_only_party_affairs_and_administrators_certify(enter, role):
    client = enter(role)

    assert client.get(at("certificates")).status_code == 200
    assert client.get(at("certificate_new")).status_code == 404
    assert client.post(at("certificate_new"), certificate_form()).status_code == 404


def test_the_exchange_is_tried_changed_and_handed_out(desk, served):
    shows(desk.get(at("hour_exchange")), "MZ/T 061", "没有缺项", "王小明")
    table = desk.get(at("hour_exchange_table")).content
    sent = {"table": SimpleUploadedFile("t.xlsx", table), "words": "原样"}
    assert desk.post(at("hour_exchange_bring"), sent).status_code == 302
    assert desk.post(at("hour_exchange_bring"), {"words": "没有文件"}).status_code == 422
    assert desk.post(at("hour_exchange_back"), {"version": "0"}).status_code == 302
    assert desk.post(at("hour_exchange_back"), {"version": "99"}).status_code == 404
    assert "王小明" in desk.post(at("hour_exchange_out"), {"form": "csv"}).content.decode()
    assert desk.post(at("hour_exchange_out"), {"form": "xlsx"}).content.startswith(b"PK")
    assert desk.get(at("hour_exchange") + "?since=昨天").status_code == 422
