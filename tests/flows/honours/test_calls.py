"""A call from its rules to the register of honours; objections; the register itself."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from dianliang.domain.honours import ballots
from dianliang.domain.honours.models import Box, Honour, Nominee, Voter
from dianliang.domain.honours.operations.calls import UnableToCallError
from dianliang.domain.honours.operations.nominating import UnableToNominateError
from dianliang.domain.honours.operations.register import UnableToHonourError
from dianliang.domain.honours.queries import calls as book
from dianliang.domain.honours.queries import register
from dianliang.flows.honours import calling, joining, keeping
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from tests.honourworld import Honoured
from tests.town import NOON

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
OVER = NOON + 11 * DAY
AFTER_NOTICE = OVER + 10 * DAY


@pytest.fixture
def world(town):
    return Honoured(town, NOON)


def vote_all(call, nominees, voters, *, which=0):
    for voter in voters:
        joining.vote(number=call.number, chosen=[nominees[which].number], by=voter, at=NOON)


def counted(world, **more):
    call, nominees, voters = world.voting(**more)
    vote_all(call, nominees, voters)
    calling.close_votes(number=call.number, by=world.clerk("S1"), at=NOON)
    return call.number, nominees


def on_notice(world):
    number, nominees = counted(world)
    calling.announce(number=number, by=world.clerk("S1"), at=NOON)
    return number, nominees


def test_from_the_rules_to_the_register(world):
    number, nominees = on_notice(world)
    clerk = world.clerk("S1")
    with pytest.raises(UnableToCallError, match="期满"):
        calling.publish(number=number, by=clerk, at=NOON + DAY)

    calling.publish(number=number, by=clerk, at=AFTER_NOTICE)

    (honour,) = Honour.objects.all()
    assert (honour.person, honour.call_number, honour.is_model) == (
        nominees[0].person,
        number,
        True,
    )
    file = book.call(number, by=clerk)
    chosen = [n.name for c in file.categories for n in c.nominees if n.is_chosen]
    assert chosen == [nominees[0].person.name]
    assert [row.number for row in register.models()] == [honour.number]


def test_the_vote_ends_on_its_day_or_when_all_have_voted(world):
    call, nominees, voters = world.voting()
    vote_all(call, nominees, voters[:5])

    with pytest.raises(UnableToCallError, match="还有 1 人"):
        calling.close_votes(number=call.number, by=world.clerk("S1"), at=NOON)

    done = calling.close_votes(number=call.number, by=world.clerk("S1"), at=OVER)
    assert (done.status, done.voted, done.entitled) == ("COUNTED", 5, 6)


def test_without_a_quorum_the_box_stays_closed_and_a_new_round_begins_empty(world):
    call, nominees, voters = world.voting(voters=12)
    vote_all(call, nominees, voters[:5])

    failed = calling.close_votes(number=call.number, by=world.clerk("S1"), at=OVER)
    again = calling.vote_again(
        number=call.number, vote_until=OVER.date() + DAY, by=world.clerk("S1"), at=OVER
    )

    assert (failed.status, again.status, again.round) == ("FAILED", "VOTING", 2)
    assert Nominee.objects.exclude(votes=None).count() == 0
    assert ballots.turnout(again) == (0, 12)
    assert (Box.objects.count(), Voter.objects.filter(round=1, has_voted=True).count()) == (2, 5)


def test_too_few_voters_would_give_the_vote_away(world):
    with pytest.raises(UnableToCallError, match="少于 5 人"):
        world.voting(voters=4)


def test_an_upheld_objection_strikes_the_nominee(world):
    number, nominees = on_notice(world)
    words = {"words": "事迹不实，另有其人", "name": "某", "contact": "19912345678"}
    made = joining.object_in_public(
        number=number, nominee=nominees[0].number, at=NOON + DAY, **words
    )
    with pytest.raises(UnableToCallError, match="1 条异议"):
        calling.publish(number=number, by=world.clerk("S1"), at=AFTER_NOTICE)

    calling.decide(
        number=number,
        objection=made.number,
        verb="uphold",
        reason="核实属实",
        by=world.clerk("S1"),
        at=AFTER_NOTICE,
    )
    calling.publish(number=number, by=world.clerk("S1"), at=AFTER_NOTICE)

    assert Honour.objects.count() == 0
    nominees[0].refresh_from_db()
    assert (nominees[0].status, nominees[0].is_chosen) == ("STRUCK", False)


def test_no_objection_after_the_notice_or_to_one_who_was_not_chosen(world):
    number, nominees = on_notice(world)
    words = {"words": "事迹不实", "name": "某", "contact": "19912345678"}

    with pytest.raises(UnableToNominateError, match="公示期已过"):
        joining.object_in_public(
            number=number, nominee=nominees[0].number, at=AFTER_NOTICE, **words
        )
    with pytest.raises(NotVisibleError):
        joining.object_in_public(number=number, nominee=nominees[1].number, at=NOON, **words)


def test_who_does_not_meet_the_rules_does_not_stand(world):
    person = world.person("群众", member=False)
    call = world.nominating(categories="黎明式员工｜个人｜2｜是｜1｜20")
    made = world.nominate(call, person, world.actor(person))

    def examine(verb, reason="", by=None):
        return calling.examine(
            number=call.number,
            nominee=made.number,
            verb=verb,
            reason=reason,
            by=by or world.clerk("S1"),
            at=NOON,
        )

    with pytest.raises(UnableToNominateError, match=r"不是党员；期内事迹记录 0 条.*20 小时"):
        examine("pass")
    with pytest.raises(UnableToNominateError, match="原因"):
        examine("refuse")
    with pytest.raises(UnableToNominateError, match="本人"):
        examine("refuse", "不合适", by=world.actor(person, Role.PARTY_AFFAIRS))
    assert examine("refuse", "不是党员").status == "REFUSED"


def test_nobody_is_put_forward_twice_or_from_elsewhere(world):
    person, stranger = world.person("甲"), world.person("外人", "S2")
    call = world.nominating()
    by = world.actor(person)
    world.nominate(call, person, by)

    with pytest.raises(UnableToNominateError, match="已经提名过"):
        world.nominate(call, person, by)
    with pytest.raises(InvalidInputError, match="主办单位里没有"):
        world.nominate(call, stranger, by)
    with pytest.raises(NotVisibleError):
        world.nominate(call, person, world.actor(stranger))


def test_a_nomination_is_taken_back_by_who_made_it_and_made_anew(world):
    person, other = world.person("甲"), world.person("乙")
    call = world.nominating()
    made = world.nominate(call, person, world.actor(person))

    with pytest.raises(UnableToNominateError, match="只有提名人"):
        joining.withdraw(number=call.number, nominee=made.number, by=world.actor(other), at=NOON)
    joining.withdraw(number=call.number, nominee=made.number, by=world.actor(person), at=NOON)

    assert world.nominate(call, person, world.actor(other)).by_self is False


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("黎明式员工", "应形如"),
        ("黎明式员工｜人｜2", "应形如"),
        ("黎明式员工｜个人｜两", "整数"),
        ("先进集体｜队伍｜2｜是", "只用于个人"),
        ("黎明式员工｜个人｜0", "名额"),
    ],
)
def test_a_category_that_cannot_be_read_is_quoted(world, line, words):
    with pytest.raises((InvalidInputError, UnableToCallError), match=words):
        calling.draft(asked=world.asked_call(categories=line), by=world.clerk("S1"), at=NOON)


def entered(world, **more):
    person = world.person("王艳")
    values = {
        "title": "四川好人",
        "level": "province",
        "issuer": "省文明办",
        "on": date(2026, 5, 1),
        "holder": "person",
        "name": person.number,
    }
    asked = keeping.Asked(**{**values, **more})
    return keeping.enter(asked=asked, by=world.clerk("S1"), at=NOON), asked


def test_an_honour_stands_once_and_one_taken_back_says_why(world):
    honour, asked = entered(world)
    with pytest.raises(UnableToHonourError, match="已有"):
        keeping.enter(asked=asked, by=world.clerk("S1"), at=NOON)
    keeping.show_as_model(number=honour.number, story="孝老爱亲", by=world.clerk("S1"), at=NOON)
    assert [row.name for row in register.models()] == ["王艳"]

    keeping.revoke(number=honour.number, reason="冒名", by=world.clerk("S1"), at=NOON)

    row = register.honour(honour.number, by=world.clerk("S1"))
    assert (row.status, row.revoked_because, register.models()) == ("REVOKED", "冒名", ())
    with pytest.raises(UnableToHonourError, match="已撤销"):
        keeping.show_as_model(number=honour.number, story="再", by=world.clerk("S1"), at=NOON)
    with pytest.raises(NotVisibleError):
        register.honour(honour.number, by=world.clerk("S2"))


def test_counts_by_level_are_those_of_the_rows(world):
    entered(world)
    asked = register.Asked(since=date(2026, 1, 1), until=date(2026, 12, 31))

    page = register.honours(asked=asked, by=world.clerk("S1"))

    assert {code: n for code, _, n in page.levels if n} == {"province": 1}
    assert page.total == 1
    early = register.Asked(since=date(2025, 1, 1), until=date(2025, 12, 31))
    assert register.honours(asked=early, by=world.clerk("S1")).total == 0


def test_a_media_report_names_a_record_that_is_there(world):
    told = keeping.Told(
        outlet="人民日报",
        level="state",
        title="电力会客厅",
        on=date(2026, 6, 1),
        link="https://example.cn/1",
        unit="S1",
        record="",
    )
    made = keeping.report(told=told, by=world.clerk("S1"), at=NOON)

    with pytest.raises(UnableToHonourError, match=made.number):
        keeping.report(told=told, by=world.clerk("S1"), at=NOON)
    with pytest.raises(InvalidInputError, match="没有找到编号"):
        keeping.report(told=replace(told, record="XX-1"), by=world.clerk("S1"), at=NOON)
    with pytest.raises(UnableToHonourError, match="http"):
        keeping.report(
            told=replace(told, title="另一篇", link="javascript:alert(1)"),
            by=world.clerk("S1"),
            at=NOON,
        )
