"""Topics: no result without a baseline, figures with day and source, four tiers led."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from dianliang.domain.branches.models import Topic
from dianliang.domain.branches.operations.topics import UnableToStudyError
from dianliang.domain.branches.queries import topics as book
from dianliang.flows.branches import studying as flow
from dianliang.kernel.errors import IllegalTransitionError, InvalidInputError, NotVisibleError
from tests.partyworld import MONTH, Party
from tests.town import NOON

DAY = timedelta(days=1)


@pytest.fixture
def party(town):
    return Party(town, NOON)


@pytest.fixture
def topic(party):
    return party.topic(party.branch("B1", "S1"))


def read(party, topic, act, value, on, source="线损系统月报"):
    return act(number=topic.number, value=value, on=on, source=source, by=party.clerk(), at=NOON)


def do(party, topic, name="行动人"):
    person = party.person(name, "S1")
    how = {"number": topic.number, "by": party.clerk(), "at": NOON}
    action = flow.plan_action(
        what="逐台区排查", person=person.number, due_on=party.on + MONTH, **how
    )
    return action, how


@pytest.mark.row("004-05")
@pytest.mark.row("000-24")
@pytest.mark.row("004-12")
def test_a_topic_goes_from_baseline_by_actions_to_a_measured_result(party, topic):
    with pytest.raises(UnableToStudyError, match="还没有基线，不能填结果"):
        read(party, topic, flow.measure, "2.1", party.on)
    read(party, topic, flow.set_baseline, "3.10", party.on - 2 * MONTH)
    with pytest.raises(UnableToStudyError, match="还没有列出行动"):
        flow.begin(number=topic.number, by=party.clerk(), at=NOON)
    action, how = do(party, topic)
    flow.begin(**how)
    with pytest.raises(UnableToStudyError, match="还没有完成任何一项行动"):
        read(party, topic, flow.measure, "2.1", party.on)
    flow.finish_action(
        position=f"{action.position}", done_on=party.on, what="排查 40 台", record="", **how
    )
    with pytest.raises(UnableToStudyError, match="晚于基线日期"):
        read(party, topic, flow.measure, "2.1", party.on - 2 * MONTH)
    read(party, topic, flow.measure, "2.1", party.on)
    flow.go_on(reason="再核一个月", **how)
    assert book.topic(topic.number, by=party.clerk(), on=party.on).row.after is None
    read(party, topic, flow.measure, "2.2", party.on)
    flow.accept(reason="达到目标", **how)
    with pytest.raises(IllegalTransitionError):
        read(party, topic, flow.measure, "1.0", party.on)

    row = book.topic(topic.number, by=party.clerk(), on=party.on).row
    assert (row.before, row.after, row.change) == (Decimal("3.1"), Decimal("2.2"), Decimal("-0.9"))
    assert (row.is_better, row.before_source, row.after_on) == (True, "线损系统月报", party.on)
    assert row.change_share == pytest.approx(-0.2903, abs=1e-4)


def test_the_database_itself_refuses_a_result_without_a_baseline(party, topic):
    for wrong in (
        {"after": 1, "after_on": party.on, "after_source": "x"},
        {"before": 1, "before_on": party.on},
        {
            "before": 1,
            "before_on": party.on,
            "before_source": "x",
            "after": 1,
            "after_on": party.on,
            "after_source": "x",
        },
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Topic.objects.filter(pk=topic.pk).update(**wrong)


def test_figures_without_source_day_or_sense_are_refused(party, topic):
    for value, on, source, words in (
        ("三点一", party.on, "月报", "数值应填数字"),
        ("NaN", party.on, "月报", "小数"),
        ("3.1234", party.on, "月报", "小数"),
        ("1e15", party.on, "月报", "小数"),
        ("3.1", party.on, "", "请填写数据来源"),
        ("3.1", party.on + DAY, "月报", "不能晚于今天"),
    ):
        with pytest.raises((InvalidInputError, UnableToStudyError), match=words):
            read(party, topic, flow.set_baseline, value, on, source)
    topic.refresh_from_db()
    assert topic.status == "PROPOSED"


@given(st.decimals(-1000, 1000, places=3))
def test_a_figure_is_shown_as_it_was_meant(value):
    assert book._plain(value) == value
    assert "E" not in f"{book._plain(value):f}"


def test_every_tier_has_a_lead_that_may_change_with_a_reason(party):
    branch = party.branch("B1", "S1")
    asked = {
        "branch": branch.unit.code,
        "title": "优质服务",
        "kind": "plus",
        "goal": "提升",
        "measure": "及时率",
        "measure_unit": "%",
        "better": "up",
        "due_on": party.on + MONTH,
        "people": {},
    }
    leads = {"coordinate": "AJ", "integrate": "AJ", "carry_out": "S1"}
    with pytest.raises(UnableToStudyError, match="“指导”的牵头单位"):
        flow.propose(asked=flow.Asked(**asked, leads=leads), by=party.clerk(), at=NOON)
    topic = flow.propose(
        asked=flow.Asked(**asked, leads={**leads, "guide": "AJ"}), by=party.clerk(), at=NOON
    )
    how = {"number": topic.number, "by": party.clerk(), "at": NOON, "person": ""}
    with pytest.raises(InvalidInputError, match="更换原因"):
        flow.hand_lead(tier="guide", unit="S2", reason="", **how)
    flow.hand_lead(tier="guide", unit="S2", reason="职责调整", **how)

    file = book.topic(topic.number, by=party.clerk("S2"), on=party.on)
    assert [lead.tier_label for lead in file.leads] == ["统筹", "融合", "落实", "指导"]
    assert (file.leads[3].unit_name, file.may_write) == ("梅溪供电所", False)
    with pytest.raises(NotVisibleError):
        flow.cancel(number=topic.number, reason="不做了", by=party.clerk("S2"), at=NOON)
    asked = {"view": "kept", "by": party.clerk(), "on": party.on}
    tiers = {label: (tier, found) for tier, label, found in book.topics(**asked).tiers}
    tier, ((code, name, count),) = tiers["落实"]
    assert (name, count) == ("天荒坪供电所", 1)
    assert len(book.topics(**asked, tier=tier, lead=code).rows) == 1
    assert book.topics(**asked, tier=tier, lead="S2").rows == ()
    assert book.topics(**asked, branch="none").rows == ()
