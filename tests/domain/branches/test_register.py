"""Branches, members and posts: by day, one branch and one holder, gaps listed."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianliang.core.models import AuditEvent
from dianliang.domain.branches.models import Belonging, Pairing, Posting, PostKind
from dianliang.domain.branches.operations import posts, register
from dianliang.domain.branches.operations.register import UnableToRegisterError
from dianliang.domain.branches.queries import register as book
from dianliang.domain.branches.queries.meetings import tasks
from dianliang.domain.branches.rules import members_on
from dianliang.domain.directory.models import Unit
from dianliang.flows.branches import linking, meeting, registering
from dianliang.flows.branches.choices import choices
from dianliang.kernel.actor import SYSTEM, Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from tests.partyworld import MONTH, Party
from tests.town import NOON

DAY = timedelta(days=1)


@pytest.fixture
def party(town):
    return Party(town, NOON)


def transfer(party, person, branch, on):
    return register.transfer(
        person=person, branch=branch, from_on=on, reason="调动", by=party.clerk(), at=NOON
    )


def appoint(party, branch, person, on, kind="secretary"):
    return posts.appoint(
        branch=branch,
        kind=PostKind.objects.get(code=kind),
        person=person,
        from_on=on,
        reason="换届",
        by=party.clerk(),
        at=NOON,
    )


def test_a_member_belongs_to_one_branch_on_each_day(party):
    first, second = party.branch("B1", "S1"), party.branch("B2", "S2")
    person = party.person("王党员", "S1", first)

    transfer(party, person, second, party.on)

    assert members_on(first, on=party.on - DAY) == (person.pk,)
    assert members_on(first, on=party.on) == ()
    assert members_on(second, on=party.on) == (person.pk,)
    with pytest.raises(UnableToRegisterError, match="已经在"):
        transfer(party, person, second, party.on + DAY)
    with pytest.raises(UnableToRegisterError, match="已有一次转接"):
        transfer(party, person, first, party.on)
    with pytest.raises(IntegrityError), transaction.atomic():
        Belonging.objects.create(
            person=person, branch=first, from_on=party.on, reason="x", decided_at=NOON
        )


@pytest.mark.django_db
@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from([0, 1, 2])), max_size=7))
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_transferred_members_of_all_branches_are_the_people(party, moves):
    """Each member counts once, whatever was decided in whatever order."""
    with transaction.atomic():
        branches = [party.branch("P1", "S1"), party.branch("P2", "S2"), None]
        person = party.person("某人", "S1", branches[0])
        for offset, place in moves:
            try:
                transfer(party, person, branches[place], party.on - 30 * DAY + offset * DAY)
            except UnableToRegisterError:
                continue
        for offset in range(0, 60, 7):
            on = party.on - 40 * DAY + offset * DAY
            assert sum(person.pk in members_on(b, on=on) for b in branches if b) <= 1
        transaction.set_rollback(True)


def test_only_party_members_join_and_a_holder_of_a_post_leaves_it_first(party):
    first, second = party.branch("B1", "S1"), party.branch("B2", "S2")
    person = party.person("李书记", "S1", first)
    appoint(party, first, person, party.on - MONTH)

    with pytest.raises(UnableToRegisterError, match=r"还担任.*支部书记"):
        transfer(party, person, second, party.on)
    appoint(party, first, None, party.on)
    transfer(party, person, second, party.on)

    person.is_party_member = False
    person.save()
    with pytest.raises(UnableToRegisterError, match="没有登记为党员"):
        transfer(party, person, first, party.on + DAY)


def test_a_post_has_one_holder_a_day_who_is_of_the_branch(party):
    branch = party.branch("B1", "S1")
    one, two = party.person("甲", "S1", branch), party.person("乙", "S1", branch)
    stranger = party.person("丙", "S2")
    appoint(party, branch, one, party.on - MONTH)

    with pytest.raises(UnableToRegisterError, match=r"不是.*的人"):
        appoint(party, branch, stranger, party.on)
    with pytest.raises(UnableToRegisterError, match="已有任免（甲）"):
        appoint(party, branch, two, party.on - MONTH)
    with pytest.raises(UnableToRegisterError, match="已经是“甲”"):
        appoint(party, branch, one, party.on)
    appoint(party, branch, two, party.on)

    assert book.file("B1", by=party.clerk(), on=party.on - DAY).posts[0].holder == "甲"
    now = book.file("B1", by=party.clerk(), on=party.on)
    assert now.posts[0].holder == "乙"
    assert [name for _, name, _ in now.posts[0].history] == ["甲", "乙"]
    assert now.row.lacks_posts == ("组织委员", "宣传委员")
    with pytest.raises(IntegrityError), transaction.atomic():
        Posting.objects.create(
            branch=branch,
            kind=PostKind.objects.get(code="secretary"),
            from_on=party.on,
            reason="x",
            decided_at=NOON,
        )


@pytest.mark.row("004-16")
def test_a_temporary_branch_has_a_life_span_and_keeps_nobody_from_his_own_branch(party):
    home = party.branch("B1", "S1")
    person = party.person("攻坚人", "S1", home)
    branch = party.temporary(days=10)
    common = {"person": person, "from_on": party.on, "by": party.clerk(), "at": NOON}

    with pytest.raises(UnableToRegisterError, match="存续期"):
        register.attach(branch=branch, until_on=party.on + 11 * DAY, **common)
    register.attach(branch=branch, until_on=party.on + 10 * DAY, **common)
    with pytest.raises(UnableToRegisterError, match="已编入"):
        register.attach(branch=branch, until_on=party.on + 5 * DAY, **common)
    with pytest.raises(UnableToRegisterError, match="组织关系留在原支部"):
        transfer(party, person, branch, party.on)

    assert members_on(home, on=party.on) == (person.pk,)
    page = book.register(view="temporary", by=party.clerk(), on=party.on)
    assert [(row.code, row.members) for row in page.rows] == [("TMP", 1)]
    assert (page.indicators.branches, page.indicators.temporary) == (1, 1)


def test_the_clock_dissolves_a_temporary_branch_unless_something_is_left(party):
    branch = party.temporary(days=5)
    busy = party.temporary("BUSY", days=5)
    party.topic(busy)
    later = NOON + timedelta(days=6)

    assert registering.dissolve_expired(at=NOON) == 0
    assert registering.dissolve_expired(at=later) == 1

    branch.refresh_from_db()
    busy.refresh_from_db()
    assert (branch.status, busy.status) == ("DISSOLVED", "ACTIVE")
    assert AuditEvent.objects.get(verb="branches.branch.dissolve").role == Role.SYSTEM
    page = book.register(view="all", by=party.clerk(), on=later.date())
    assert [row.code for row in page.gaps] == ["BUSY"]
    moved = registering.extend(
        code="BUSY",
        until_on=party.on + 90 * DAY,
        reason="工期顺延",
        by=party.clerk(),
        at=later,
    )
    assert moved.unit.valid_until == party.on + 90 * DAY


def test_a_branch_with_members_or_links_cannot_be_dissolved(party):
    branch = party.branch("B1", "S1")
    person = party.person("最后一人", "S1", branch)
    how = {"code": "B1", "on": party.on, "reason": "合并", "by": party.clerk(), "at": NOON}

    with pytest.raises(UnableToRegisterError, match="1 名党员"):
        registering.dissolve(**how)
    transfer(party, person, None, party.on)
    pairing = party.pairing(branch)
    with pytest.raises(UnableToRegisterError, match="1 条结对"):
        registering.dissolve(**how)
    type(pairing).objects.all().delete()

    assert registering.dissolve(**how).status == "DISSOLVED"


def test_who_is_not_of_the_unit_finds_no_branch_and_bad_input_is_named(party):
    party.branch("B1", "S1")

    assert (
        book.file("B1", by=party.town.actor("S1", Role.COMMANDER), on=party.on).may_write is False
    )
    for outsider in (party.clerk("S2"), party.town.actor("S1", Role.STEWARD), SYSTEM):
        with pytest.raises(NotVisibleError):
            book.file("B1", by=outsider, on=party.on)
    wrong = {"code": "TMP2", "name": "专班", "kind": "task_force", "host_code": "S1"}
    days = {"from_on": party.on, "until_on": None, "needs_representative": False}
    for change, field in (
        ({}, "purpose"),
        ({"purpose": "攻坚"}, "until_on"),
        ({"code": "支部"}, "code"),
        ({"host_code": "S9"}, "host"),
        ({"kind": "其他"}, "kind"),
    ):
        asked = registering.Asked(**{"purpose": "", **wrong, **days, **change})
        with pytest.raises((InvalidInputError, UnableToRegisterError)) as refusal:
            registering.found_branch(asked=asked, by=party.clerk(), at=NOON)
        assert refusal.value.field == field


def test_the_register_takes_as_many_queries_for_ten_branches_as_for_two(
    party, django_assert_max_num_queries
):
    for number in range(2):
        party.branch(f"B{number}", "S1")
    by = party.clerk()
    with django_assert_max_num_queries(40) as few:
        book.register(view="all", by=by, on=party.on)
    for number in range(2, 10):
        party.branch(f"B{number}", "S2")
    with django_assert_max_num_queries(len(few)):
        book.register(view="all", by=by, on=party.on)


def test_the_figures_of_a_past_day_stay_what_they_were(party):
    """What ended since still counted then; what began since did not."""
    branch, by = party.branch("B1", "S1"), party.clerk()
    party.person("甲", "S1", branch)
    party.pairing(branch)
    sent = linking.second(
        way="down",
        person=party.person("乙", "AJ").number,
        branch="B1",
        post="党建代表",
        from_on=party.on,
        until_on=party.on + MONTH,
        by=by,
        at=NOON,
    )
    held = party.meeting()
    task = party.task(held, party.people["甲"])

    def figures(on):
        found = book.register(view="ordinary", by=by, on=on).indicators
        counted = (found.branches, found.members, found.pairings)
        return (*counted, found.representatives, found.secondments, found.open_tasks)

    today = figures(party.on)
    assert today == (1, 1, 1, 1, 1, 1)
    later = NOON + 5 * DAY
    linking.end_secondment(
        number=sent.number, on=party.on + 3 * DAY, appraisal="良好", by=by, at=later
    )
    pairing = Pairing.objects.get()
    linking.stop(number=pairing.number, reason="村里合并", by=by, at=later)
    meeting.prove(number=task.number, text="已办", content=None, record="", by=by, at=later)
    meeting.report(number=task.number, by=by, at=later)
    meeting.confirm(number=task.number, by=by, at=later)
    transfer(party, party.people["甲"], None, party.on + 4 * DAY)
    registering.dissolve(code="B1", on=party.on + 6 * DAY, reason="合并", by=by, at=NOON + 6 * DAY)

    assert figures(party.on) == today
    assert figures(party.on + 7 * DAY) == (0, 0, 0, 0, 0, 0)
    assert figures(party.on - DAY) == (1, 1, 0, 0, 0, 0)


def test_a_branch_is_not_dissolved_before_a_day_on_which_somebody_joins_it(party):
    branch = party.branch("B1", "S1")
    person = party.person("新人", "S1")
    transfer(party, person, branch, party.on - DAY)
    how = {"code": "B1", "reason": "合并", "by": party.clerk(), "at": NOON}

    with pytest.raises(UnableToRegisterError, match="1 名党员"):
        registering.dissolve(on=party.on - MONTH, **how)
    coming = party.person("下月来", "S1")
    transfer(party, person, None, party.on)
    transfer(party, coming, branch, party.on + MONTH)
    with pytest.raises(UnableToRegisterError, match="1 名党员"):
        registering.dissolve(on=party.on, **how)
    transfer(party, coming, None, party.on + MONTH + DAY)
    with pytest.raises(UnableToRegisterError, match="1 名党员"):
        registering.dissolve(on=party.on, **how)


def test_a_branch_with_a_task_of_its_meetings_is_not_dissolved_and_its_page_counts_it(party):
    party.branch("B1", "S1")
    task = party.task(party.meeting("B1"), party.person("责任人", "S1"))
    how = {"code": "B1", "on": party.on, "reason": "合并", "by": party.clerk(), "at": NOON}

    row = book.file("B1", by=party.clerk(), on=party.on).row
    assert (row.open_tasks, row.overdue_tasks) == (1, 0)
    late = book.branch_rows(by=party.clerk(), on=party.on + MONTH)[0]
    assert (late.open_tasks, late.overdue_tasks) == (1, 1)
    listed = tasks(view="open", branch="B1", by=party.clerk(), on=party.on)
    assert [one.number for one in listed.rows] == [task.number]
    with pytest.raises(UnableToRegisterError, match="1 项会议任务"):
        registering.dissolve(**how)


def test_nobody_joins_a_branch_after_its_last_day(party):
    branch = party.branch("B1", "S1")
    Unit.objects.filter(pk=branch.unit_id).update(valid_until=party.on + MONTH)

    with pytest.raises(UnableToRegisterError, match="还没有成立或已经撤销"):
        transfer(party, party.person("晚来", "S1"), branch, party.on + MONTH + DAY)


def test_a_temporary_branch_may_call_a_meeting(party):
    party.temporary()
    offered = dict(choices(by=party.clerk()).units)

    assert "TMP" in offered
    party.branch("B1", "S1")
    registering.dissolve(code="B1", on=party.on, reason="合并", by=party.clerk(), at=NOON)
    assert "B1" not in dict(choices(by=party.clerk()).units)
