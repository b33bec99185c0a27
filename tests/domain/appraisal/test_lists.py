"""Task lists: who gets what, what only records may show, and that a confirmation counts once."""

from datetime import date, timedelta
from threading import Thread

import pytest
from django.db import connection
from django.db.utils import IntegrityError

from dianliang.core.models import AuditEvent
from dianliang.domain.appraisal.models import Duty, TaskList
from dianliang.domain.appraisal.operations import duties
from dianliang.domain.appraisal.operations import lists as operations
from dianliang.domain.appraisal.operations.duties import UnableToDoError
from dianliang.domain.appraisal.operations.lists import UnableToListError
from dianliang.domain.branches.models import Branch, PostKind
from dianliang.domain.branches.operations import posts
from dianliang.flows.appraisal import lists, pages
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError, NotVisibleError
from tests import town as town_builder
from tests.appraisals import DAY, Appraisal
from tests.partyworld import Party
from tests.town import NOON


@pytest.fixture
def it(town, noon):
    return world(town)


def world(town) -> Appraisal:
    it = Appraisal(Party(town, NOON))
    branch = it.party.branch("YS", "S1")
    it.post(branch, "secretary", it.party.person("书记", "S1", branch))
    it.party.person("党员", "S1", branch)
    return it


def by_hand(it: Appraisal, held=None) -> Duty:
    held = held or it.task_list()
    return Duty.objects.get(task_list=held, title__startswith="讲党课")


def shown(it: Appraisal, duty: Duty) -> None:
    lists.prove(
        number=duty.number, text="学习记录", content=None, record="", by=it.clerk(), at=it.at
    )


def other(name: str = "第二人") -> Actor:
    return Actor(
        id=f"user:{name}",
        name=name,
        role=Role.PARTY_AFFAIRS,
        unit_path="/LM/AJ/",
        unit_code="AJ",
    )


@pytest.mark.django_db
def test_every_holder_of_a_post_and_every_member_gets_his_duties_with_a_day(it):
    held = it.task_list(on=date(2026, 11, 24))

    told = {(d.person.name, d.title): d for d in held.duties.select_related("person")}
    assert (held.since, held.until) == (date(2026, 11, 1), date(2026, 11, 30))
    assert sum(d.weight for (who, _), d in told.items() if who == "党员") == 100
    assert sum(d.weight for (who, _), d in told.items() if who == "书记") == 200
    assert told["书记", "讲党课或主持学习，附记录"].due_on == date(2026, 11, 20)
    assert told["党员", "参加课程"].due_on == date(2026, 11, 30)


@pytest.mark.django_db
def test_a_period_has_one_list(it):
    it.task_list()

    with pytest.raises(UnableToListError, match="已经发布"):
        it.task_list()


def test_the_lists_of_a_unit_come_the_latest_first(it):
    before = it.task_list(on=it.party.on - 40 * DAY)
    held = it.task_list()

    assert [row.number for row in pages.lists(by=it.clerk())] == [held.number, before.number]


@pytest.mark.django_db
def test_a_new_secretary_gets_what_the_former_one_has_left(it):
    held = it.task_list()
    new = it.party.people["党员"]
    posts.appoint(
        branch=held.duties.first().branch,
        kind=PostKind.objects.get(code="secretary"),
        person=new,
        from_on=it.party.on,
        reason="换届",
        by=it.clerk(),
        at=it.at,
    )

    added, gone = lists.hand_out(number=held.number, by=it.clerk(), at=it.at)

    assert (added, gone) == (3, 3)
    assert by_hand_open(held) == ["党员"]
    assert lists.hand_out(number=held.number, by=it.clerk(), at=it.at) == (0, 0)


def test_what_a_former_secretary_has_shown_stays_when_the_list_is_handed_out_anew(it):
    held = it.task_list()
    duty = by_hand(it, held)
    shown(it, duty)
    posts.appoint(
        branch=duty.branch,
        kind=PostKind.objects.get(code="secretary"),
        person=it.party.people["党员"],
        from_on=it.party.on,
        reason="换届",
        by=it.clerk(),
        at=it.at,
    )

    assert lists.hand_out(number=held.number, by=it.clerk(), at=it.at) == (3, 3)
    duty.refresh_from_db()
    assert (duty.status, duty.evidence.count()) == ("CANCELLED", 1)


def by_hand_open(held) -> list[str]:
    rows = held.duties.filter(title__startswith="讲党课", status="OPEN")
    return [row.person.name for row in rows]


@pytest.mark.django_db
def test_what_records_show_cannot_be_typed_not_even_into_the_database(it):
    held = it.task_list()
    duty = Duty.objects.filter(task_list=held, measure="hours").first()

    with pytest.raises(UnableToDoError, match="不能手工填报"):
        lists.prove(
            number=duty.number, text="做了", content=None, record="", by=it.clerk(), at=it.at
        )
    with pytest.raises(UnableToDoError, match="不能手工填报"):
        lists.report(number=duty.number, by=it.clerk(), at=it.at)
    with pytest.raises(IntegrityError):
        Duty.objects.filter(pk=duty.pk).update(reported_on=it.party.on, reported_by="x")


@pytest.mark.django_db
def test_a_report_needs_evidence_and_a_second_person(it):
    duty = by_hand(it)
    with pytest.raises(UnableToDoError, match="还没有佐证"):
        lists.report(number=duty.number, by=it.clerk(), at=it.at)
    shown(it, duty)
    lists.report(number=duty.number, by=it.clerk(), at=it.at)

    with pytest.raises(UnableToDoError, match="另一人确认"):
        lists.confirm(number=duty.number, by=it.clerk(), at=it.at)
    lists.send_back(number=duty.number, reason="照片不清楚", by=other(), at=it.at)
    lists.report(number=duty.number, by=it.clerk(), at=it.at)
    lists.confirm(number=duty.number, by=other(), at=it.at + DAY)

    duty.refresh_from_db()
    assert (duty.status, duty.done_on) == ("DONE", it.party.on)  # counts from the report


@pytest.mark.django_db
def test_a_special_duty_is_proposed_by_the_branch_and_approved_by_another(it):
    held = it.task_list()
    asked = {
        "number": held.number,
        "branch": "YS",
        "person": "党员",
        "title": "茶季夜巡队",
        "text": "茶季每周两次",
        "weight": 8,
        "due_on": held.until,
    }
    with pytest.raises(UnableToDoError, match="本期"):
        lists.propose(**{**asked, "due_on": held.until + DAY}, by=it.clerk("S1"), at=it.at)
    duty = lists.propose(**asked, by=it.clerk("S1"), at=it.at)

    with pytest.raises(NotVisibleError):  # the station reads the company's list, no more
        lists.approve(number=duty.number, by=it.clerk("S1"), at=it.at)
    lists.approve(number=duty.number, by=it.clerk(), at=it.at)

    duty.refresh_from_db()
    assert (duty.status, duty.kind) == ("OPEN", "special")


@pytest.mark.django_db
def test_a_list_closes_after_its_period_when_nothing_waits(it):
    held = it.task_list()
    duty = by_hand(it, held)
    shown(it, duty)
    lists.report(number=duty.number, by=it.clerk(), at=it.at)
    after = it.at + timedelta(days=10)
    with pytest.raises(UnableToListError, match="才结束"):
        lists.close(number=held.number, by=it.clerk(), at=it.at)
    with pytest.raises(UnableToListError, match=duty.number):
        lists.close(number=held.number, by=it.clerk(), at=after)
    lists.confirm(number=duty.number, by=other(), at=after)

    lists.close(number=held.number, by=it.clerk(), at=after)

    states = set(held.duties.values_list("status", flat=True))
    assert states == {"DONE", "MISSED"}
    with pytest.raises(UnableToListError):
        lists.hand_out(number=held.number, by=it.clerk(), at=after)


@pytest.mark.django_db
def test_nothing_comes_to_a_list_that_was_withdrawn_meanwhile(it):
    held = it.task_list()
    seen = TaskList.objects.get(pk=held.pk)
    branch, person = Branch.objects.get(unit__code="YS"), it.party.people["党员"]
    asked = {"title": "夜间巡线", "words": "十次", "weight": 5, "due_on": held.until}
    made = duties.propose(
        task_list=seen, branch=branch, person=person, **asked, by=it.clerk(), at=it.at
    )
    lists.withdraw(number=held.number, reason="发布错了", by=it.clerk(), at=it.at)

    with pytest.raises(UnableToDoError, match="已结算或撤回"):
        duties.propose(
            task_list=seen, branch=branch, person=person, **asked, by=it.clerk(), at=it.at
        )
    with pytest.raises(UnableToDoError, match="已结算或撤回"):
        duties.approve(duty=made, by=other(), at=it.at)
    with pytest.raises(UnableToListError, match="已结算或撤回"):
        operations.hand_out(task_list=seen, by=it.clerk(), at=it.at)


@pytest.mark.django_db
def test_the_neighbour_finds_nothing(it):
    duty = by_hand(it, it.task_list("S1"))

    for act in (lists.confirm, lists.report):
        with pytest.raises(NotVisibleError):
            act(number=duty.number, by=it.clerk("S2"), at=it.at)
    assert pages.lists(by=it.clerk("S2")) == ()


@pytest.mark.django_db(transaction=True)
def test_two_confirmations_at_once_count_once():
    it = world(town_builder.build())
    duty = by_hand(it)
    shown(it, duty)
    lists.report(number=duty.number, by=it.clerk(), at=it.at)
    screens = [Duty.objects.select_related("person", "task_list").get(pk=duty.pk) for _ in "ab"]
    said: list[str] = []

    def confirm(screen: Duty, who: str) -> None:
        try:
            duties.confirm(duty=screen, by=other(who), at=it.at)
            said.append("done")
        except DomainError as refusal:
            said.append(refusal.code)
        finally:
            connection.close()

    threads = [Thread(target=confirm, args=(s, f"甲{n}")) for n, s in enumerate(screens)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(said) == ["done", "lifecycle.stale-state"]
    assert AuditEvent.objects.filter(verb="appraisal.duty.confirm").count() == 1
