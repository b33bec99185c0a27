"""Reading, taking away and proving the trail leave their own traces."""

from datetime import timedelta
from io import BytesIO
from itertools import count

import pytest
from python_calamine import CalamineWorkbook

from dianliang.core import audit, jobs, seal
from dianliang.core.models import AuditEvent, BackgroundJob
from dianliang.domain.insight.trail import Asked
from dianliang.flows import auditing
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import NotVisibleError
from tests.town import NOON

pytestmark = pytest.mark.django_db
SPAN = {"start": NOON - timedelta(days=30), "end": NOON + timedelta(days=30)}
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def auditor(town):
    return town.actor("LM", Role.AUDITOR)


def write(town, unit="S1", **told):
    told = {"target_type": "work.job", "target_id": "GD261124-0001", "at": NOON, **told}
    return audit.record_about("work.job.open", by=town.actor(unit), **told)


def own_events():
    return AuditEvent.objects.filter(target_type="core.auditevent").order_by("pk")


def run_jobs(at=LATER):
    ticks = count()
    while jobs.run_next(owner="test", clock=lambda: at + timedelta(seconds=next(ticks))):
        pass


def test_reading_the_trail_is_on_the_trail_with_what_was_asked_for(town, auditor):
    write(town)
    asked = Asked(**SPAN, who="张三", action="work.job.*", outcome="denied", role="steward")

    auditing.read(asked, by=auditor, at=LATER)

    (event,) = own_events()
    assert (event.verb, event.actor_id, event.at) == (
        "core.auditevent.read",
        auditor.id,
        LATER,
    )
    assert event.reason == (
        "期间：2026-10-25 至 2026-12-24；操作者：张三；身份：电管家；动作：工单（全部）；结果：被拒"
    )


def test_opening_an_event_is_on_record_and_a_foreign_one_is_not_opened(town, auditor):
    event = write(town)

    auditing.open_event(event.pk, by=auditor, at=LATER)
    with pytest.raises(NotVisibleError):
        auditing.open_event(event.pk, by=town.actor("S2", Role.AUDITOR), at=LATER)

    assert [(e.verb, e.target_id) for e in own_events()] == [
        ("core.auditevent.open", str(event.pk))
    ]


def test_the_workbook_holds_what_the_page_shows_with_its_conditions(town, auditor):
    write(town, reason="=1+1 请打13812345678", before="", after="OPEN")
    write(town, unit="S2")

    content = auditing.workbook(Asked(**SPAN, who="天荒坪供电所"), by=auditor, at=LATER)

    book = CalamineWorkbook.from_filelike(BytesIO(content))
    heads, row = book.get_sheet_by_name("审计事件").to_python()
    found = dict(zip(heads, row, strict=True))
    assert found["时间"] == "2026-11-24 12:00:00"
    assert (found["动作"], found["之后"], found["结果"]) == ("开单", "待安排", "成功")
    assert found["说明"] == "=1+1 请打***********"
    assert "操作者：天荒坪供电所" in [
        line[0] for line in book.get_sheet_by_name("口径").to_python()
    ]
    assert own_events().get().verb == "core.auditevent.export"
    assert own_events().get().reason.endswith("共 1 条")


def test_too_many_events_are_refused_with_what_to_do(town, auditor, monkeypatch):
    monkeypatch.setattr(auditing, "MOST_EXPORTED", 2)
    for _ in range(2):
        write(town)
    auditing.workbook(Asked(**SPAN, who="天荒坪供电所"), by=auditor, at=LATER)
    write(town)

    with pytest.raises(auditing.TooMuchToExportError, match="超过 2 条，一次导不完。请缩短时间段"):
        auditing.workbook(Asked(**SPAN, who="天荒坪供电所"), by=auditor, at=LATER)
    assert own_events().count() == 1


def test_a_sound_chain_is_proved_in_the_background(town, auditor):
    write(town)
    seal.seal_settled(at=NOON + timedelta(minutes=11))

    auditing.start_check(by=auditor, at=LATER)
    assert auditing.chain().check.is_going_on
    run_jobs()

    check = auditing.chain().check
    assert check.is_sound
    assert (check.seals, check.sealed_events) == (1, 1)
    assert check.head == seal.verify().head
    assert own_events().get().verb == "core.auditevent.verify"


def test_a_tampered_chain_is_shown_as_broken(town, auditor):
    write(town)
    seal.seal_settled(at=NOON + timedelta(minutes=11))
    AuditEvent.objects.update(actor_name="他人")

    auditing.start_check(by=auditor, at=LATER)
    run_jobs()

    check = auditing.chain().check
    assert not check.is_sound
    assert not check.is_going_on
    assert "内容与封印不符" in check.breaks[0]


def test_pressing_twice_verifies_once(town, auditor):
    auditing.start_check(by=auditor, at=LATER)
    auditing.start_check(by=auditor, at=LATER)
    assert BackgroundJob.objects.count() == 1

    run_jobs()
    auditing.start_check(by=auditor, at=LATER)
    assert BackgroundJob.objects.count() == 2


def test_a_verification_that_gave_up_is_neither_sound_nor_broken(town, auditor):
    auditing.start_check(by=auditor, at=LATER)
    BackgroundJob.objects.update(status="failed", finished_at=LATER)

    check = auditing.chain().check
    assert (check.is_going_on, check.is_sound, check.breaks) == (False, False, ())


def test_the_chain_says_how_far_it_reaches(town):
    first = write(town)
    assert auditing.chain().standing.seals == 0
    seal.seal_settled(at=NOON + timedelta(minutes=11))
    write(town, at=LATER)

    standing = auditing.chain().standing
    assert (standing.seals, standing.last_id, standing.unsealed_events) == (1, first.pk, 1)


def test_a_long_verification_reports_before_each_seal(town):
    shares = []
    for hour in range(4):
        write(town, at=NOON + timedelta(hours=hour))
        seal.seal_settled(at=NOON + timedelta(hours=hour, minutes=11))

    seal.verify(report=shares.append)

    assert shares == [0, 0.25, 0.5, 0.75]
