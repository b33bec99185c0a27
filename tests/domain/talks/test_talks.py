"""A talk of four steps: who leads it, who reads it, what it takes to close it."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.db import connection

from dianliang.core.models import AuditEvent
from dianliang.domain.talks import queries
from dianliang.domain.talks.operations import UnableToTalkError
from dianliang.flows.talks import leading as flow
from dianliang.flows.talks import sheets
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import IllegalTransitionError, InvalidInputError, NotVisibleError
from tests.honourworld import SAID, Honoured
from tests.town import NOON

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)
SECRET = "他爱人上夜班，孩子没人接"


@pytest.fixture
def world(town):
    return Honoured(town, NOON)


def held(world):
    talk, leader, member = world.led()
    due = world.on + WEEK
    flow.hold(number=talk.number, held_on=world.on, notes=SECRET, due_on=due, by=leader, at=NOON)
    return talk.number, leader, member


def test_a_talk_goes_through_its_four_steps(world):
    number, leader, member = held(world)
    due = world.on + WEEK
    flow.promise(number=number, what="调到晚班", whose="leader", due_on=due, by=leader, at=NOON)
    flow.follow(number=number, due_on=due + WEEK, by=leader, at=NOON)

    with pytest.raises(UnableToTalkError, match="1 条承诺没有兑现"):
        flow.close(number=number, outcome="都好了", by=leader, at=NOON)
    flow.keep(number=number, position=1, what="已调班", by=member, at=NOON)
    flow.close(number=number, outcome="都好了", by=leader, at=NOON)

    file = queries.talk(number, by=member, on=world.on)
    assert [lit for _, lit in file.steps] == [True] * 4
    assert (file.outcome, file.promises[0].done_words, file.fact.due_on) == (
        "都好了",
        "已调班",
        None,
    )


def test_no_step_is_skipped(world):
    talk, leader, _ = world.led()

    with pytest.raises(IllegalTransitionError):
        flow.close(number=talk.number, outcome="跳过", by=leader, at=NOON)
    with pytest.raises(IllegalTransitionError):
        flow.follow(number=talk.number, due_on=world.on, by=leader, at=NOON)


def test_only_the_two_and_a_named_superior_read_what_was_said(world):
    number, leader, member = held(world)
    boss = world.actor(world.person("上级", "AJ"), Role.COMMANDER)
    others = [
        boss,
        world.actor(world.person("同事")),
        world.clerk(),
        world.town.actor("AJ", Role.ADMINISTRATOR),
        world.town.actor("AJ", Role.AUDITOR),
    ]
    for other in others:
        with pytest.raises(NotVisibleError):
            queries.talk(number, by=other, on=world.on)

    with pytest.raises(UnableToTalkError, match="只能授权上级"):
        flow.name_reader(number=number, person=others[1].person_number, by=leader, at=NOON)
    flow.name_reader(number=number, person=boss.person_number, by=leader, at=NOON)

    assert not queries.talk(number, by=boss, on=world.on).may_keep
    assert queries.talk(number, by=boss, on=world.on).notes == SECRET
    assert queries.talk(number, by=member, on=world.on).readers == ("上级",)
    with pytest.raises(NotVisibleError):
        queries.talk(number, by=others[1], on=world.on)


def test_party_affairs_see_that_it_took_place_and_not_what_was_said(world):
    number, _, _ = held(world)

    page = queries.book(by=world.clerk(), on=world.on, view="all")
    beside = queries.book(by=world.clerk("S2"), on=world.on, view="all")
    (figure,) = queries.figures(since=world.on, until=world.on, by=world.clerk("S1"), on=world.on)

    assert [row.number for row in page.rows] == [number]
    assert beside.rows == ()
    for within, views in (((world.on, world.on), (1, 0)), ((world.on + WEEK, world.on), (0, 0))):
        counts = queries.book(by=world.clerk(), on=world.on, view="held", within=within).counts
        assert (counts["held"], counts["ended"]) == views
    assert (figure.members, figure.met, figure.held) == (2, 1, 1)
    assert SECRET not in f"{page}{figure}"


def test_neither_the_trail_nor_the_tables_nor_the_sheet_hold_the_words(world):
    held(world)

    content = sheets.book(since=world.on, until=world.on, by=world.clerk(), on=world.on, at=NOON)
    with ZipFile(BytesIO(content)) as book:
        told = b"".join(book.read(name) for name in book.namelist()).decode()
    assert "党员乙" in told
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM talks_talk")
        stored = f"{cursor.fetchall()}"
    trail = "".join(f"{e.before}{e.after}{e.reason}" for e in AuditEvent.objects.all())
    for secret in (SECRET, SAID):
        assert secret not in stored
        assert secret not in trail
        assert secret not in told
    verbs = AuditEvent.objects.filter(target_type="talks.talk").values_list("verb", flat=True)
    assert {"talks.talk.plan", "talks.talk.hold", "talks.talk.export"} <= set(verbs)


def test_who_does_not_lead_the_branch_appoints_no_talk(world):
    _, leader, member = world.led()
    asked = flow.Asked(
        person=leader.person_number, occasion="regular", purpose="聊聊", planned_on=world.on
    )

    with pytest.raises(UnableToTalkError, match="不是"):
        flow.plan(asked=asked, by=member, at=NOON)
    with pytest.raises(UnableToTalkError, match="本人"):
        flow.plan(asked=asked, by=leader, at=NOON)
    with pytest.raises(UnableToTalkError, match="没有关联人员"):
        flow.plan(asked=asked, by=world.clerk(), at=NOON)
    # A name leads to nobody elsewhere, not to his number either; here it means who is led.
    elsewhere = world.person("党员乙", "S2")
    meant = flow.plan(asked=replace(asked, person="党员乙"), by=leader, at=NOON)
    assert meant.person.number == member.person_number
    world.person("邻站人", "S2")
    with pytest.raises(InvalidInputError, match="没有找到") as refused:
        flow.plan(asked=replace(asked, person="邻站人"), by=leader, at=NOON)
    assert elsewhere.number not in refused.value.message


def test_the_one_talked_with_leads_no_step(world):
    talk, _, member = world.led()

    with pytest.raises(NotVisibleError):
        flow.cancel(number=talk.number, by=member, at=NOON)


def test_a_step_that_is_due_is_on_the_overdue_list(world):
    number, leader, _ = held(world)
    later = world.on + 2 * WEEK

    page = queries.own(by=leader, on=later, view="overdue")

    assert [row.number for row in page.rows] == [number]
    assert queries.own(by=leader, on=world.on, view="overdue").rows == ()
