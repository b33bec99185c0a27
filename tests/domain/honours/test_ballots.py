"""The ballot: one vote each, no way back to who gave it, also of votes that come at once."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection, connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianliang.core.models import AuditEvent, IdempotencyRecord
from dianliang.domain.honours import ballots
from dianliang.domain.honours.ballots import BrokenBoxError, UnableToVoteError
from dianliang.domain.honours.models import Box, Call, Nominee, Voter
from dianliang.domain.honours.operations import nominating
from dianliang.domain.honours.operations.calls import UnableToCallError
from dianliang.domain.honours.operations.counting import placed
from dianliang.domain.honours.operations.nominating import Subject, UnableToNominateError
from dianliang.flows.honours import calling, joining
from dianliang.flows.staffing import merging
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import DomainError
from tests import town as town_builder
from tests.honourworld import Honoured
from tests.town import NOON


@pytest.fixture
def world(town):
    return Honoured(town, NOON)


def vote(call, actor, *numbers):
    joining.vote(number=call.number, chosen=numbers, by=actor, at=NOON)


def raw(table):
    """Return every row of a table as the database holds it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@pytest.mark.django_db
def test_one_vote_each_and_no_second(world):
    call, nominees, voters = world.voting()
    vote(call, voters[0], nominees[0].number, nominees[1].number)

    with pytest.raises(UnableToVoteError, match="已经投过票"):
        vote(call, voters[0], nominees[2].number)

    assert ballots.turnout(call) == (1, 6)
    assert ballots.count(call) == {
        nominees[0].number: 1,
        nominees[1].number: 1,
        nominees[2].number: 0,
    }


@pytest.mark.django_db
def test_no_vote_for_nobody_for_too_many_for_a_stranger_or_for_the_sum_itself(world):
    call, nominees, voters = world.voting()
    numbers = [nominee.number for nominee in nominees]

    for chosen in ((), numbers, (numbers[0], numbers[0]), ("TM-none",), (ballots.CAST,)):
        with pytest.raises(UnableToVoteError):
            vote(call, voters[0], *chosen)

    assert ballots.turnout(call) == (0, 6)


@pytest.mark.django_db
def test_who_is_not_in_the_register_does_not_vote(world):
    call, nominees, _ = world.voting()
    later = world.actor(world.person("后来的人"))

    with pytest.raises(UnableToVoteError, match="不在"):
        vote(call, later, nominees[0].number)


@pytest.mark.django_db
def test_what_is_stored_after_a_vote_is_the_same_whoever_was_chosen(world):
    """The box keeps its length, and neither it nor the register nor the trail names a choice."""
    call, nominees, voters = world.voting()
    before = len(raw("honours_box")[0]["sealed"])
    vote(call, voters[0], nominees[0].number)
    vote(call, voters[1], nominees[1].number)
    (box,) = raw("honours_box")

    assert len(box["sealed"]) == before
    assert set(box) == {"id", "call_id", "round", "sealed"}
    assert {column for row in raw("honours_voter") for column in row} == {
        "id",
        "call_id",
        "round",
        "person_id",
        "has_voted",
    }
    assert nominees[0].number not in f"{raw('honours_voter')}{box}"
    trail = AuditEvent.objects.filter(verb="honours.call.cast")
    assert {event.target_id for event in trail} == {call.number}
    assert not any("TM" in f"{e.before}{e.after}{e.reason}" for e in trail)
    assert not IdempotencyRecord.objects.filter(scope__contains="honour").exists()


@pytest.mark.django_db
def test_nobody_sees_sums_before_the_count(world):
    call, nominees, voters = world.voting()
    vote(call, voters[0], nominees[0].number)

    stored = Nominee.objects.filter(category__call=call)
    assert set(stored.values_list("votes", "place", "is_chosen")) == {(None, None, False)}


@pytest.mark.django_db
def test_a_box_that_does_not_fit_the_register_is_not_counted(world):
    call, nominees, voters = world.voting()
    vote(call, voters[0], nominees[0].number)
    Voter.objects.filter(call=call, has_voted=False).update(has_voted=True)

    with pytest.raises(BrokenBoxError, match="1 张票"):
        ballots.count(call)


@pytest.mark.django_db
@given(order=st.permutations(range(6)), choice=st.lists(st.integers(0, 2), min_size=6, max_size=6))
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_sums_are_those_of_the_votes_in_whatever_order(world, order, choice):
    if not hasattr(world, "laid"):
        world.laid = world.voting()
    call, nominees, voters = world.laid
    Voter.objects.filter(call=call).update(has_voted=False)
    Box.objects.filter(call=call).delete()
    Voter.objects.filter(call=call).delete()
    people = list(world.town.units["S1"].person_set.order_by("number"))
    ballots.lay_out(call, people=people, nominees=nominees)

    for place in order:
        vote(call, voters[place], nominees[choice[place]].number)

    sums = Counter(nominees[one].number for one in choice)
    assert ballots.count(call) == {n.number: sums[n.number] for n in nominees}


@pytest.mark.django_db(transaction=True)
def test_votes_at_once_are_all_counted_and_a_double_vote_counts_once():
    world = Honoured(town_builder.build(), NOON)
    call, nominees, voters = world.voting()
    outcomes: list[str] = []

    def press(actor, number):
        try:
            vote(call, actor, number)
            outcomes.append("ok")
        except UnableToVoteError:
            outcomes.append("refused")
        finally:
            connections.close_all()

    presses = [(actor, nominees[place % 3].number) for place, actor in enumerate(voters)]
    threads = [threading.Thread(target=press, args=one) for one in (*presses, *presses)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["ok"] * 6 + ["refused"] * 6
    assert ballots.turnout(call) == (6, 6)
    assert sum(ballots.count(call).values()) == 6


def nominee(number, hour=0):
    """Somebody who stands, put forward at an hour."""
    return Nominee(number=number, nominated_at=NOON.replace(hour=hour))


@given(
    votes=st.lists(st.integers(0, 5), min_size=1, max_size=8),
    seats=st.integers(1, 5),
    ties=st.sampled_from(["deeds", "earlier", "all"]),
)
def test_nobody_with_fewer_votes_is_chosen_before_one_with_more(votes, seats, ties):
    stand = [nominee(f"N{place}", hour=place) for place in range(len(votes))]
    deeds = {one.number: place % 3 for place, one in enumerate(stand)}
    sums = {one.number: count for one, count in zip(stand, votes, strict=True)}

    found = placed(stand, votes=sums, deeds=deeds, seats=seats, ties=ties)

    chosen = [sums[one.number] for one, _, is_chosen in found if is_chosen]
    left = [sums[one.number] for one, _, is_chosen in found if not is_chosen]
    assert min(chosen, default=9) >= max([v for v in left if v], default=0)
    assert 0 not in chosen
    if ties != "all":
        assert len(chosen) == min(seats, sum(v > 0 for v in votes))
    else:
        assert len(chosen) >= min(seats, sum(v > 0 for v in votes))
    assert {one.number for one, _, _ in found} == set(sums)


def test_the_published_rule_parts_a_tie():
    stand = [nominee("A", hour=1), nominee("B", hour=2)]
    sums, deeds = {"A": 4, "B": 4}, {"A": 1, "B": 3}

    def first(ties):
        found = placed(stand, votes=sums, deeds=deeds, seats=1, ties=ties)
        return [one.number for one, _, is_chosen in found if is_chosen]

    assert (first("deeds"), first("earlier"), first("all")) == (["B"], ["A"], ["A", "B"])


@pytest.mark.django_db
def test_a_vote_that_comes_when_the_box_is_counted_is_refused_and_not_lost_in_silence(world):
    call, nominees, voters = world.voting()
    for voter in voters[:5]:
        vote(call, voter, nominees[0].number)
    seen = Call.objects.get(pk=call.pk)
    calling.close_votes(number=call.number, by=world.clerk("S1"), at=NOON + timedelta(days=11))

    with pytest.raises(UnableToVoteError, match="截止"):
        ballots.cast(call=seen, chosen=[nominees[0].number], by=voters[5], at=NOON)

    assert ballots.turnout(call) == (5, 6)


@pytest.mark.django_db
def test_who_looked_before_the_vote_began_changes_nobody_who_stands(world):
    """A nominee who is not in the box could not be counted."""
    people = [world.person(f"职工{number}") for number in range(6)]
    by = world.actor(people[0])
    call = world.nominating()
    stands = world.nominate(call, people[0], by)
    late = world.nominate(call, people[1], by)
    clerk = world.clerk("S1")
    for one in (stands, late):
        calling.examine(
            number=call.number, nominee=one.number, verb="pass", reason="", by=clerk, at=NOON
        )
    seen = Nominee.objects.select_related("category__call").get(pk=late.pk)
    category = call.categories.select_related("call__unit").get()
    with pytest.raises(UnableToCallError, match="次日起"):
        calling.take_votes(number=call.number, by=clerk, at=NOON + timedelta(days=5))
    calling.take_votes(number=call.number, by=clerk, at=NOON + timedelta(days=6))

    with pytest.raises(UnableToNominateError, match="截止"):
        nominating.withdraw(nominee=seen, by=by, at=NOON)
    with pytest.raises(UnableToNominateError, match="截止"):
        nominating.nominate(
            category=category,
            subject=Subject(person=people[2]),
            words="任劳任怨",
            deeds=(),
            hours=0,
            by=by,
            at=NOON,
        )
    Nominee.objects.filter(pk=late.pk).update(status="NOMINATED")
    with pytest.raises(UnableToNominateError, match="截止"):
        calling.examine(
            number=call.number, nominee=late.number, verb="pass", reason="", by=clerk, at=NOON
        )


@pytest.mark.django_db
@pytest.mark.parametrize("voted", [(), (0,), (1,)])
def test_two_voters_who_are_one_person_have_one_vote(world, voted):
    call, nominees, voters = world.voting(voters=7)
    for place in voted:
        vote(call, voters[place], nominees[2].number)

    merge(world, voters)

    left = Voter.objects.filter(call=call, person__number=voters[0].person_number)
    assert [row.has_voted for row in left] == [bool(voted)]
    assert ballots.turnout(call) == (len(voted), 6)
    assert ballots.count(call)[nominees[2].number] == len(voted)


@pytest.mark.django_db
def test_two_votes_of_one_person_are_told_before_the_count(world):
    call, nominees, voters = world.voting(voters=7)
    for voter in voters:
        vote(call, voter, nominees[2].number)

    with pytest.raises(DomainError, match="一人只能投一票"):
        merge(world, voters)
    calling.close_votes(number=call.number, by=world.clerk("S1"), at=NOON)
    merge(world, voters)

    assert ballots.turnout(call) == (6, 6)


def merge(world, voters):
    """Make one of the first two voters; they stand in the category no more."""
    Nominee.objects.filter(person__number=voters[1].person_number).update(status="WITHDRAWN")
    merging.merge(
        kept_number=voters[0].person_number,
        gone_number=voters[1].person_number,
        take=(),
        reason="电话核实",
        by=world.town.actor("S1", Role.ADMINISTRATOR),
        at=NOON,
    )
