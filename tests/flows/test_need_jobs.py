"""The jobs of a need, each in its unit's own queue, under one clock."""

import pytest

from dianliang.core.models import AuditEvent
from dianliang.domain.intake.queries.detail import need_page
from dianliang.domain.work.operations import jobs as operations
from dianliang.domain.work.operations.jobs import UnableToMoveJobError
from dianliang.domain.work.queries.jobs import waiting
from dianliang.flows import handling, need_jobs
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from tests.town import NOON

pytestmark = pytest.mark.row("001-01")


@pytest.fixture
def need(town):
    need = town.post("余村村家里没电了，水也停了", area_code="V1")
    handling.accept(number=need.number, by=town.actor(), at=NOON)
    return need


@pytest.fixture
def jobs(town, need):
    parts = (
        handling.Part(service_code="PWR-OUTAGE"),
        handling.Part(service_code="WTR-OUTAGE"),
    )
    return handling.split(number=need.number, parts=parts, by=town.actor(), at=NOON)


@pytest.fixture
def water(town):
    return town.actor("WTR", Role.ALLIANCE_UNIT)


@pytest.fixture
def station(town):
    return town.actor("S1")


def test_each_unit_finds_its_own_job_in_its_queue_under_the_same_promise(jobs, station, water):
    power, tap = jobs

    assert [row.number for row in waiting(by=station)] == [power.number]
    assert [row.number for row in waiting(by=water)] == [tap.number]
    assert power.due_at == tap.due_at


def test_a_job_is_handed_over_taken_and_handed_back_without_being_nobodys(
    need, jobs, station, water
):
    power, _ = jobs
    about = {"number": need.number, "job_number": power.number, "at": NOON}

    need_jobs.hand_over(**about, unit_code="WTR", reason="其实是水泵", by=station)
    assert power.number in [row.number for row in waiting(by=water)]
    need_jobs.hand_back(**about, reason="不是水泵", by=water)
    need_jobs.hand_over(**about, unit_code="WTR", reason="再看看", by=station)
    need_jobs.recall(**about, by=station)
    need_jobs.hand_over(**about, unit_code="WTR", reason="定了", by=station)
    need_jobs.take(**about, by=water)

    power.refresh_from_db()
    assert (power.unit.code, power.status, power.handed_over_from) == ("WTR", "OPEN", None)
    events = [e.words for e in need_page(need.number, by=station, at=NOON).events if e.subject]
    assert events[:2] == ["工单接收", "工单移交"]


def test_neither_neighbours_nor_strangers_nor_the_other_unit_touch_a_job(town, need, jobs, water):
    power, _ = jobs
    strangers = (water, town.actor("S2"), town.actor("S1", Role.AUDITOR))

    for by in strangers:
        with pytest.raises(NotVisibleError):
            need_jobs.finish(
                number=need.number, job_number=power.number, words="好了", by=by, at=NOON
            )


def test_the_last_finished_job_resolves_the_need(need, jobs, station, water):
    power, tap = jobs
    need_jobs.finish(number=need.number, job_number=tap.number, words="水好了", by=water, at=NOON)
    need.refresh_from_db()
    assert need.status == "IN_PROGRESS"

    need_jobs.finish(
        number=need.number, job_number=power.number, words="电也好了", by=station, at=NOON
    )

    need.refresh_from_db()
    assert need.status == "RESOLVED"
    assert need.messages.get().text == "电也好了"


def test_who_answers_for_the_need_gives_up_a_job_that_was_a_mistake(town, need, jobs, station):
    _, tap = jobs

    need_jobs.cancel(
        number=need.number, job_number=tap.number, reason="水没停", by=station, at=NOON
    )

    tap.refresh_from_db()
    assert tap.status == "CANCELLED"
    assert AuditEvent.objects.get(verb="work.job.cancel").reason == "水没停"


def test_a_job_in_a_plan_is_neither_given_up_nor_finished_at_a_desk(town, need, jobs, station):
    power, _ = jobs
    operations.schedule(job=power, by=station, at=NOON)
    about = {"number": need.number, "job_number": power.number, "by": station, "at": NOON}

    with pytest.raises(UnableToMoveJobError, match="计划里移出"):
        need_jobs.cancel(**about, reason="不办了")
    with pytest.raises(UnableToMoveJobError, match="由队伍"):
        need_jobs.finish(**about, words="好了")


@pytest.mark.parametrize(
    ("verb", "fields"),
    [
        ("cancel", {"reason": " "}),
        ("finish", {}),
        ("hand_over", {"unit_code": "ZZ", "reason": "x"}),
        ("hand_over", {"unit_code": "WTR"}),
    ],
)
def test_what_lacks_a_reason_or_a_unit_is_refused(need, jobs, station, verb, fields):
    with pytest.raises(InvalidInputError):
        need_jobs.perform(
            verb=verb,
            number=need.number,
            job_number=jobs[0].number,
            fields=fields,
            by=station,
            at=NOON,
        )
