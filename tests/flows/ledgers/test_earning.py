"""Points follow from visits, activities and gifts; a changed rule is tried on them first."""

from datetime import UTC, date, datetime, timedelta

import pytest

from dianliang.domain.intake.tokens import phone_key
from dianliang.domain.ledger import giving, queries, rules, settling
from dianliang.domain.ledger.models import Award, RuleVersion, Settlement
from dianliang.domain.programs.models import Activity, Participation
from dianliang.domain.work.models import Visit
from dianliang.domain.workforce.models import Attendance, Person
from dianliang.flows import handling
from dianliang.flows.ledgers import earning, points, ruling
from dianliang.kernel.actor import SYSTEM, Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from tests import ledgers
from tests.ledgers import in_force, offer, officer

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
OCTOBER = (date(2026, 10, 1), date(2026, 11, 1))


@pytest.fixture
def party(town):
    return town.actor("AJ", Role.PARTY_AFFAIRS)


@pytest.fixture
def crew(town):
    """A team of two: the captain, and a member of the party."""
    town.team("XH", "S1")
    Person.objects.filter(number="XH-1").update(is_party_member=True, phone="13900001234")
    return town.teams["XH"]


def held(town, crew, *, number="XD-1", hours=2, day=8, people=("XH-0", "XH-1")):
    began = datetime(2026, 10, day, 1, 0, tzinfo=UTC)
    activity = Activity.objects.create(
        number=number,
        title="护线巡护",
        team=crew,
        area=town.areas["V1"],
        started_at=began,
        ended_at=began + timedelta(hours=hours),
        recorded_by="x",
    )
    for person in Person.objects.filter(number__in=people):
        Participation.objects.create(activity=activity, person=person)
    return activity


def visited(town, crew, *, number="SM-1", on=date(2026, 10, 9)):
    need = town.post("余村村没电了", area_code="V1", phone="19900000001", service_code="PWR-OUTAGE")
    station = town.actor("S1")
    handling.accept(number=need.number, by=station, at=NOON)
    (job,) = handling.split(number=need.number, parts=(), by=station, at=NOON)
    return Visit.objects.create(
        number=number,
        job=job,
        team=crew,
        on=on,
        sequence=1,
        arrive_at=NOON,
        depart_at=NOON,
        status="DONE",
        done_by=Person.objects.get(number="XH-0"),
    )


def rule(book="volunteer_points", basis="activity", name="参加活动", value=3, **more):
    made = rules.add(book=book, basis=basis, name=name, members_only=False, by=officer(), at=NOON)
    return in_force(made, value, **more)


def settle(party, unit="AJ", book="volunteer_points", since=OCTOBER[0], until=OCTOBER[1]):
    return earning.settle(book=book, unit_code=unit, since=since, until=until, by=party, at=NOON)


def gains(settlement):
    rows = Award.objects.filter(settlement=settlement).order_by(
        "person__number", "source_number", "rule__position"
    )
    return list(rows.values_list("person__number", "source_kind", "source_number", "points"))


def test_activities_count_for_each_who_took_part(town, crew, party):
    rule()
    held(town, crew, hours=3)

    assert gains(settle(party)) == [
        ("XH-0", "activity", "XD-1", 3),
        ("XH-1", "activity", "XD-1", 3),
    ]


def test_a_visit_counts_for_who_did_it_and_who_had_checked_in_with_the_team(town, crew, party):
    rule(basis="visit", name="走访", value=2)
    visited(town, crew)
    Attendance.objects.create(
        team=crew,
        person=Person.objects.get(number="XH-1"),
        on=date(2026, 10, 9),
        checked_in_at=NOON,
    )

    assert gains(settle(party)) == [
        ("XH-0", "visit", "SM-1", 2),
        ("XH-1", "visit", "SM-1", 2),
    ]


def test_a_gift_counts_for_whom_its_telephone_tells_and_an_anonymous_one_for_nobody(
    town, crew, party
):
    rule(book="member_points", basis="gift", name="爱心捐赠", value=5)
    drive = ledgers.drive(ledgers.Ledger(town.units["S1"], ()))
    for key, giver in (
        (
            "g1",
            giving.Giver(
                kind="person",
                name="周员",
                phone="139 0000 1234",
                index=phone_key("139 0000 1234"),
                shown_name="周",
            ),
        ),
        ("g2", giving.Giver(kind="anonymous", phone="13900001234", index=phone_key("13900001234"))),
    ):
        giving.receive(
            drive=drive,
            thing=giving.Thing(book="money", amount=100),
            giver=giver,
            on=date(2026, 10, 5),
            note="",
            by=officer(),
            at=NOON,
            key=key,
        )

    (gain,) = gains(settle(party, book="member_points"))
    assert (gain[0], gain[1], gain[3]) == ("XH-1", "gift", 5)


def test_what_was_counted_is_not_counted_again_and_caps_reach_over_settlements(town, crew, party):
    rule(most_a_month=5)
    held(town, crew, people=("XH-0",))
    first = settle(party)
    held(town, crew, number="XD-2", day=20, people=("XH-0",))

    second = settle(party)

    assert gains(first) == [("XH-0", "activity", "XD-1", 3)]
    assert gains(second) == [("XH-0", "activity", "XD-2", 2)]
    with pytest.raises(settling.UnableToSettleError, match="没有可计分的新记录"):
        settle(party)


def test_a_station_counts_its_own_people_only(town, crew, party):
    rule()
    held(town, crew)

    with pytest.raises(settling.UnableToSettleError):
        settle(party, unit="S2")
    with pytest.raises(NotVisibleError):
        settle(town.actor("S2", Role.PARTY_AFFAIRS), unit="S1")
    assert len(gains(settle(party, unit="S1"))) == 2


def test_a_period_that_has_not_ended_and_a_book_of_no_points_are_refused(town, party):
    with pytest.raises(InvalidInputError, match="积分账本"):
        settle(party, book="money")
    rule()
    with pytest.raises(settling.UnableToSettleError, match="还没有结束"):
        settle(party, until=date(2026, 12, 1))


def test_a_changed_rule_is_tried_on_past_records_before_anybody_feels_it(town, crew, party):
    version = rule(most_a_day=3)
    held(town, crew)
    held(town, crew, number="XD-2", people=("XH-0",))
    draft = offer(5, from_on=date(2026, 12, 1), most_a_day=8)
    rules.draft(rule=version.rule, offer=draft, by=officer(), at=NOON)

    trial = earning.try_out(code="R001", since=OCTOBER[0], until=OCTOBER[1], by=party, at=NOON)

    told = [(d.number, d.before, d.after, d.change) for d in trial.differences]
    assert told == [("XH-0", 3, 8, 5), ("XH-1", 3, 5, 2)]
    assert (trial.records, trial.before, trial.after) == (2, 6, 13)
    assert RuleVersion.objects.get(status="DRAFT").effect == trial.effect
    assert Award.objects.count() == 0
    ruling.decide_draft(code="R001", verb="enact", by=party, at=NOON)
    (row,) = ruling.rule_rows(on=date(2026, 11, 30))
    assert row.current.points == 3
    (row,) = ruling.rule_rows(on=date(2026, 12, 1))
    assert row.current.points == 5


def test_the_worker_enters_what_was_shown_long_enough(town, crew, party):
    rule()
    held(town, crew)
    made = settle(party)
    points.act(number=made.number, verb="approve", by=party, at=NOON)
    words = points.act(number=made.number, verb="show", by=party, at=NOON)

    assert "公示期到 2026-11-27" in words
    assert earning.enter_due(at=NOON + timedelta(days=2)) == 0
    assert earning.enter_due(at=NOON + timedelta(days=5)) == 1
    had = queries.balances("volunteer_points", by="team", since=OCTOBER[0], until=OCTOBER[1])
    assert [(row.code, row.closing) for row in had] == [("XH", 6)]
    assert Settlement.objects.get().status == "POSTED"
    assert SYSTEM.id == made.awards.first().entry.by_id
