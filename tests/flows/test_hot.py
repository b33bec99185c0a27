"""Hot issues on a small town: found beside the requests, named alike from day to day."""

from datetime import timedelta

import pytest

from dianliang.core import jobs
from dianliang.core.models import AuditEvent, BackgroundJob
from dianliang.domain.insight import hot as insight
from dianliang.domain.insight.models import HotIssue, HotRun
from dianliang.domain.intake.models import Need, Participant
from dianliang.domain.intake.reporting import Reporter
from dianliang.flows import handling, hot, hot_page, posting, privacy, worker
from dianliang.kernel.actor import SYSTEM, Role
from dianliang.kernel.errors import NotYourTurnError
from tests.town import NOON

pytestmark = pytest.mark.django_db
BROKEN = (
    "余村村变压器坏了，半个村子没电",
    "余村村变压器坏了，家里没电",
    "余村村变压器坏了，晚上没电",
)
OTHERS = ("石龙村自来水很黄，不能喝", "大溪村想请人讲一讲安全用电")


def post_all(town, texts=BROKEN, *, area="V1", at=NOON, phones=8000):
    return [
        town.post(text, area_code=area, at=at, phone=f"1990000{phones + number}")
        for number, text in enumerate(texts)
    ]


def join(need, phone, *, at=NOON):
    posting.join_need(
        number=need.number,
        text="我家也是",
        reporter=Reporter(phone=phone),
        key=f"join-{need.number}-{phone}",
        follow_token=f"joined-{need.number}-{phone}",
        at=at,
    )


def look(at=NOON):
    return hot.look(by=SYSTEM, at=at)


def test_what_several_report_is_one_issue_and_what_one_reports_is_none(town):
    needs = post_all(town)
    for text, area in zip(OTHERS, ("V3", "V2"), strict=True):
        town.post(text, area_code=area)

    look()

    issue = HotIssue.objects.get()
    assert {row[0] for row in issue.reports} == {need.number for need in needs}
    assert (issue.reporters, issue.trend, issue.area.code) == (3, "new", "V1")
    assert issue.code == needs[0].number.replace("XQ", "RD")


def test_everybody_who_joined_counts_and_a_person_who_reports_twice_counts_once(town):
    first, second, _ = post_all(town)
    join(first, "19900008101")
    join(second, "19900008101")
    join(second, "19900008002")  # who posted the third himself

    look()

    issue = HotIssue.objects.get()
    assert len(issue.reports) == 6
    assert issue.reporters == 4


def test_a_danger_is_hotter_than_an_ordinary_need(town):
    post_all(town)
    look()
    ordinary = HotIssue.objects.get().heat
    Need.objects.update(is_danger=True)
    look()

    assert HotIssue.objects.latest("pk").heat == pytest.approx(3 * ordinary, abs=0.01)


def test_a_stored_issue_holds_no_words_and_no_phone_of_anybody(town):
    post_all(town)

    look()

    kept = str(HotIssue.objects.values().get())
    assert "变压器" not in kept
    for who in Participant.objects.all():
        assert who.phone_index not in kept


def test_an_issue_keeps_its_number_over_days_while_its_needs_change(town):
    post_all(town)
    look()
    code = HotIssue.objects.get().code

    for day in range(1, 5):
        at = NOON + timedelta(days=day)
        post_all(town, [BROKEN[day % 3]], at=at, phones=8100 + day)
        look(at)
    Need.objects.filter(number=code.replace("RD", "XQ")).update(status="CANCELLED")
    look(NOON + timedelta(days=5))

    assert set(HotIssue.objects.values_list("code", flat=True)) == {code}
    assert HotRun.objects.count() == 6
    last = HotIssue.objects.latest("pk")
    assert code.replace("RD", "XQ") not in str(last.reports)


def test_a_need_that_was_merged_counts_where_it_went(town, dispatcher):
    first, second, _ = post_all(town)
    fields = {"into": first.number}
    handling.perform(
        verb="merge", number=second.number, fields=fields, seen="", by=dispatcher, at=NOON
    )

    look()

    issue = HotIssue.objects.get()
    assert issue.reporters == 3
    assert second.number not in {row[0] for row in issue.reports}


def test_needs_that_were_erased_are_no_common_matter(town):
    post_all(town)
    Need.objects.update(text=privacy.ERASED)

    assert look().issues == ()
    assert HotRun.objects.get().reports == 0


def run_jobs(at):
    while jobs.run_next(owner="w", clock=lambda: at):
        pass


def due(at):
    hot.order_if_due(at=at)
    return BackgroundJob.objects.filter(kind=hot.LOOK, status=BackgroundJob.Status.QUEUED).exists()


def test_the_clock_looks_once_an_hour_and_only_when_somebody_reported_something(town):
    assert not due(NOON)
    first, *_ = post_all(town)
    assert due(NOON)
    run_jobs(NOON)
    assert HotRun.objects.count() == 1
    assert BackgroundJob.objects.get(kind=hot.LOOK).result == {"issues": 1, "reports": 3}

    later = NOON + timedelta(hours=2)
    assert not due(later)
    join(first, "19900008102", at=NOON + timedelta(minutes=5))
    assert not due(NOON + timedelta(minutes=59))
    assert due(later)


def test_the_worker_has_it_looked_for_without_being_told(town):
    post_all(town)

    worker.run_chores(NOON)

    assert (
        BackgroundJob.objects.filter(kind=hot.LOOK, status=BackgroundJob.Status.QUEUED).count() == 1
    )
    assert hot.look_in_background in worker.HANDLERS


def test_only_a_dispatcher_has_it_looked_for_and_only_once_at_a_time(town, dispatcher):
    with pytest.raises(NotYourTurnError):
        hot.order(by=town.actor("WTR", Role.ALLIANCE_UNIT), at=NOON)
    hot.order(by=dispatcher, at=NOON)
    with pytest.raises(hot.UnableToLookError, match="正在分析"):
        hot.order(by=dispatcher, at=NOON)

    assert BackgroundJob.objects.filter(kind=hot.LOOK).count() == 1


def test_each_run_is_on_record_with_what_it_found(town):
    post_all(town)
    look()

    event = AuditEvent.objects.get(verb="insight.hotrun.look")
    assert event.after == "1 个热点，3 条反映"


def test_after_ninety_days_the_last_run_of_each_day_is_left(town):
    post_all(town)
    for hours in (0, 1, 2, 24, 26):
        look(NOON + timedelta(hours=hours))

    insight.forget_old(at=NOON + timedelta(days=90))
    assert HotRun.objects.count() == 5
    insight.forget_old(at=NOON + timedelta(days=92))

    kept = [run.at - NOON for run in HotRun.objects.order_by("at")]
    assert kept == [timedelta(hours=2), timedelta(hours=26)]
    assert HotIssue.objects.count() == 2


def test_a_title_that_many_read_names_nobody_and_no_door(town):
    told = "余村物业小区停水三天了，我是住户张建国家里老人多3幢2单元501电话13800138000急{}"
    post_all(town, [told.format(mark) for mark in "啊呀哦"])
    look()

    (line,) = hot_page.headlines(by=town.actor(), at=NOON, most=3)
    assert "停水三天" in line.title
    for personal in ("张建国", "501", "2单元", "138"):
        assert personal not in line.title
