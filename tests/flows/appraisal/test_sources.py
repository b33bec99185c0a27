"""Counts follow from records: exactly those of the period, in Shanghai's days, each once."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianliang.domain.appraisal.measures import MEASURES
from dianliang.domain.appraisal.models import Duty
from dianliang.domain.branches.models import Meeting
from dianliang.domain.branches.operations import register
from dianliang.domain.hours.models import HourRecord
from dianliang.domain.programs.models import Activity, Participation
from dianliang.domain.work.models import Job, Visit
from dianliang.flows.appraisal import computing, lists, pages, people
from dianliang.flows.appraisal.collecting import collect
from dianliang.flows.appraisal.sources import FINDERS, Span
from dianliang.kernel.calendar import SHANGHAI
from tests.appraisals import DAY, Appraisal
from tests.partyworld import Party
from tests.town import NOON

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
AROUND = st.datetimes(datetime(2026, 10, 30), datetime(2026, 12, 3)).map(
    lambda at: at.replace(tzinfo=SHANGHAI)
)
EDGES = st.sampled_from(
    [
        datetime(2026, 10, 31, 23, 59, 59, tzinfo=SHANGHAI),
        datetime(2026, 11, 1, 0, 0, tzinfo=SHANGHAI),
        datetime(2026, 11, 30, 23, 59, 59, tzinfo=SHANGHAI),
        datetime(2026, 12, 1, 0, 0, tzinfo=SHANGHAI),
    ]
)
EACH = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def it(town):
    it = Appraisal(Party(town, NOON))
    branch = it.party.branch("YS", "S1")
    it.post(branch, "secretary", it.party.person("书记", "S1", branch))
    it.party.person("党员", "S1", branch)
    return it


def meeting(it: Appraisal, at: datetime, *, status: str = "HELD", **more) -> Meeting:
    branch = it.party.people["书记"].belongings.get().branch
    return Meeting.objects.create(
        number=f"HY-{Meeting.objects.count()}",
        title="联席会议",
        unit=branch.unit,
        held_at=at,
        place="村委会",
        status=status,
        created_by="x",
        created_at=NOON,
        **more,
    )


def inside(at: datetime) -> bool:
    return FIRST <= at.astimezone(SHANGHAI).date() <= LAST


def span() -> Span:
    return Span("/LM/AJ/", FIRST, LAST)


def test_every_measure_with_records_has_its_finder():
    assert set(FINDERS) == set(MEASURES) - {computing.DUTIES, computing.SPECIAL}


@EACH
@given(st.lists(st.one_of(AROUND, EDGES), max_size=8))
def test_the_meetings_of_a_month_are_those_of_its_days_in_shanghai(it, moments):
    with transaction.atomic():
        held = [meeting(it, at) for at in moments]
        meeting(it, datetime(2026, 11, 9, 9, tzinfo=SHANGHAI), status="DRAFT")
        branch = it.party.people["书记"].belongings.get().branch

        found = collect(["meeting"], span=span()).branch("meeting", branch.pk)

        wanted = {m.number for m, at in zip(held, moments, strict=True) if inside(at)}
        assert {row.number for row in found} == wanted
        assert len(found) == len(wanted)
        transaction.set_rollback(True)


@EACH
@given(
    st.lists(st.tuples(st.one_of(AROUND, EDGES), st.integers(10, 300)), max_size=6),
)
def test_the_hours_of_a_month_are_the_minutes_of_its_records(it, given_):
    person = it.party.people["党员"]
    with transaction.atomic():
        for number, (at, minutes) in enumerate(given_):
            HourRecord.objects.create(
                number=f"SC-{number}",
                person=person,
                unit=person.unit,
                is_verified=False,
                source_kind="participation",
                source_number=f"X-{number}",
                role="volunteer",
                content="清洁",
                started_at=at,
                ended_at=at + timedelta(minutes=minutes),
                minutes=minutes,
                status="PUBLISHED",
                published_at=NOON,
                entered_by="x",
                entered_by_name="x",
                entered_at=NOON,
            )
        collected = collect(["hours"], span=span())
        total = sum(minutes for at, minutes in given_ if inside(at))

        own = sum(row.quantity for row in collected.own("hours", person.pk))
        branch = person.belongings.get().branch_id
        of_branch = sum(row.quantity for row in collected.branch("hours", branch))
        assert own == of_branch == total
        transaction.set_rollback(True)


def test_a_meeting_counts_for_each_who_sat_in_it_and_for_the_branch_once(it):
    held = meeting(it, datetime(2026, 11, 9, 9, tzinfo=SHANGHAI), chair=it.party.people["书记"])
    held.people.set(it.party.people.values())
    collected = collect(["attended"], span=span())
    branch = it.party.people["书记"].belongings.get().branch_id

    for person in it.party.people.values():
        assert [r.number for r in collected.own("attended", person.pk)] == [held.number]
    assert [r.number for r in collected.branch("attended", branch)] == [held.number]


def test_a_record_counts_for_the_branch_that_its_person_was_in_on_its_day(it):
    person = it.party.people["党员"]
    new = it.party.branch("MX", "S2")
    register.transfer(
        person=person,
        branch=new,
        from_on=date(2026, 11, 15),
        reason="调动",
        by=it.clerk(),
        at=NOON,
    )
    team = it.party.town.team("XH", "S1")
    for number, day in enumerate((10, 20)):
        at = datetime(2026, 11, day, 9, tzinfo=SHANGHAI)
        activity = Activity.objects.create(
            number=f"HD-{number}",
            title="清洁",
            team=team,
            area=it.party.town.areas["V1"],
            started_at=at,
            ended_at=at + timedelta(hours=1),
            recorded_by="x",
        )
        Participation.objects.create(activity=activity, person=person)
    collected = collect(["activity"], span=span())
    old = it.party.people["书记"].belongings.get().branch_id

    assert [r.number for r in collected.branch("activity", old)] == ["HD-0"]
    assert [r.number for r in collected.branch("activity", new.pk)] == ["HD-1"]
    assert len(collected.own("activity", person.pk)) == 2


def test_a_visit_counts_for_who_did_it_on_its_day(it):
    town, person = it.party.town, it.party.people["党员"]
    job = Job.objects.create(
        number="GD-1",
        title="走访",
        unit=town.units["S1"],
        area=town.areas["V1"],
        opened_at=NOON,
        lat=30.5,
        lon=119.6,
        duration_min=30,
    )
    for number, on in enumerate((FIRST - DAY, FIRST, LAST, LAST + DAY)):
        Visit.objects.create(
            number=f"SM-{number}",
            job=job,
            team=town.teams.get("XH") or town.team("XH", "S1"),
            on=on,
            sequence=1,
            arrive_at=NOON,
            depart_at=NOON,
            status="DONE",
            done_by=person,
        )
    found = collect(["visit"], span=span()).own("visit", person.pk)

    assert [row.number for row in found] == ["SM-1", "SM-2"]


def test_a_duty_with_records_is_done_by_them_late_or_in_time_and_freezes_with_them(it):
    held = it.task_list(on=FIRST)
    duty = Duty.objects.get(task_list=held, measure="meeting")
    Duty.objects.filter(pk=duty.pk).update(due_on=date(2026, 11, 10))
    before = pages.duty(duty.number, by=it.clerk(), on=date(2026, 11, 12))
    assert (before.row.how.state, before.row.how.days_late) == ("overdue", 2)

    late = meeting(it, datetime(2026, 11, 12, 9, tzinfo=SHANGHAI))
    page = pages.duty(duty.number, by=it.clerk(), on=date(2026, 11, 12))
    assert (page.row.how.state, [r.number for r in page.records]) == ("late", [late.number])
    meeting(it, datetime(2026, 11, 9, 9, tzinfo=SHANGHAI))
    page = pages.duty(duty.number, by=it.clerk(), on=date(2026, 11, 12))
    assert (page.row.how.state, len(page.records)) == ("done", 2)

    after = NOON + 10 * DAY
    lists.close(number=held.number, by=it.clerk(), at=after)
    meeting(it, datetime(2026, 11, 20, 9, tzinfo=SHANGHAI))  # noted after the list was closed
    frozen = pages.duty(duty.number, by=it.clerk(), on=after.date())
    assert (frozen.row.how.state, len(frozen.records), frozen.row.counted) == ("done", 2, "2 次")


def test_the_sheet_of_a_person_adds_up_as_the_template_published(it):
    held = it.task_list(on=FIRST)
    person = it.party.people["书记"]
    meeting(it, datetime(2026, 11, 3, 9, tzinfo=SHANGHAI))

    page = people.person(person.number, by=it.clerk(), on=LAST)
    line = pages.matrix(held.number, by=it.clerk(), on=LAST).lines[0]

    # 40 of the secretary's 100 and nothing of the member's 100.
    assert page.sheets[0].score == 20
    assert line.score == 10
    cell = next(c for c in line.cells if c.column == "1")
    assert (cell.done, cell.total) == (1, 1)
    assert page.sheets[0].score <= Decimal(100)


@pytest.mark.parametrize("column", ["", "1", "special"])
def test_what_the_matrix_counts_is_what_its_cells_open(it, column):
    held = it.task_list(on=FIRST)
    line = pages.matrix(held.number, by=it.clerk(), on=LAST).lines[0]

    opened = pages.duty_list(
        held.number, branch="YS", column=column, state="", page=1, by=it.clerk(), on=LAST
    )

    counted = [c.total for c in line.cells if column in {"", c.column}]
    assert opened.total == sum(counted)
