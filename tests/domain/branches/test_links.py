"""Pairings, the 1+1+N alliance with its rule, and secondments."""

from datetime import timedelta

import pytest

from dianliang.domain.branches.models import Pairing, Secondment
from dianliang.domain.branches.operations.secondments import UnableToSecondError
from dianliang.domain.branches.operations.terms import UnableToPairError
from dianliang.domain.branches.queries import links, register
from dianliang.flows.branches import linking, registering
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import IllegalTransitionError, InvalidInputError, NotVisibleError
from tests.partyworld import MONTH, Party
from tests.town import NOON

DAY = timedelta(days=1)


@pytest.fixture
def party(town):
    return Party(town, NOON)


def send(party, person, branch, *, way="down", first=None, last=None):
    return linking.second(
        way=way,
        person=person.number,
        branch=branch.unit.code,
        post="党建代表",
        from_on=first or party.on - MONTH,
        until_on=last or party.on + 6 * MONTH,
        by=party.clerk(),
        at=NOON,
    )


def ally(party, branch):
    return linking.set_up(
        branch=branch.unit.code,
        title="红立方联盟",
        theme_words="优质服务",
        starts_on=party.on,
        by=party.clerk(),
        at=NOON,
    )


@pytest.mark.row("001-05")
@pytest.mark.row("004-04")
def test_a_pairing_goes_from_plan_to_dated_results_with_whoever_is_on_the_other_side(party):
    branch = party.branch("B1", "S1")
    village = party.pairing(branch, other="余村村党支部")
    firm = party.pairing(branch, other="某竹业厂党支部", mode="building")
    water = party.pairing(branch, other="水务公司", mode="learning")
    assert village.other_area.code == "V1"
    assert (firm.other_unit, firm.other_area) == (None, None)
    assert water.other_unit.code == "WTR"

    by = party.clerk()
    page = links.pairings(view="late", mode="", branch="", by=by, on=party.on)
    assert len(page.rows) == 3
    linking.record_result(
        number=village.number,
        step="1",
        on=party.on,
        what="联合主题党日",
        record=firm.number,
        by=by,
        at=NOON,
    )
    page = links.pairings(view="late", mode="village", branch="B1", by=by, on=party.on)
    assert page.rows == ()
    file = links.pairing(village.number, by=by, on=party.on)
    assert [(r.on, r.step, r.record_kind) for r in file.results] == [(party.on, 1, "pairing")]
    assert {code: n for code, _, n in page.modes} == {
        "village": 1,
        "learning": 1,
        "building": 1,
        "vertical": 0,
    }


def test_a_pairing_refuses_what_makes_no_sense_and_names_the_line(party):
    branch = party.branch("B1", "S1")
    good = {
        "branch": "B1",
        "mode": "village",
        "other": "余村村党支部",
        "goal": "共建",
        "from_on": party.on,
        "until_on": party.on + MONTH,
        "plan": f"{party.on} 主题党日",
    }
    for change, words in (
        ({"branch": "B9"}, "请选择本单位的支部"),
        ({"mode": "x"}, "请选择联建模式"),
        ({"plan": "主题党日"}, "计划第 1 行"),
        ({"plan": f"{party.on} 主题党日\n2031-01-01 走访"}, "计划第 2 行的期限"),
        ({"until_on": party.on - DAY}, "结束日期"),
        ({"other": ""}, "请填写对方组织"),
    ):
        with pytest.raises((InvalidInputError, UnableToPairError), match=words):
            linking.prepare(asked=linking.Asked(**{**good, **change}), by=party.clerk(), at=NOON)
    assert not Pairing.objects.exists()

    bare = linking.prepare(asked=linking.Asked(**{**good, "plan": ""}), by=party.clerk(), at=NOON)
    with pytest.raises(UnableToPairError, match="还没有共建计划"):
        linking.sign(number=bare.number, by=party.clerk(), at=NOON)
    with pytest.raises(UnableToPairError, match=f"已有“结对共建”（{bare.number}）"):
        linking.prepare(asked=linking.Asked(**good), by=party.clerk(), at=NOON)
    with pytest.raises(UnableToPairError, match="还没有签约"):
        linking.record_result(
            number=bare.number,
            step="",
            on=party.on,
            what="成果",
            record="",
            by=party.clerk(),
            at=NOON,
        )
    signed = party.pairing(branch, other="大溪村党支部")
    with pytest.raises(InvalidInputError, match="没有找到编号为 XX-1"):
        linking.record_result(
            number=signed.number,
            step="",
            on=party.on,
            what="成果",
            record="XX-1",
            by=party.clerk(),
            at=NOON,
        )


def test_the_clock_ends_pairings_and_secondments_and_begins_what_is_due(party):
    branch = party.branch("B1", "S1")
    pairing = party.pairing(branch)
    ended = send(party, party.person("甲", "AJ"), branch, way="post", last=party.on + DAY)
    due = send(party, party.person("乙", "AJ"), branch, way="post", first=party.on + 5 * DAY)
    assert (ended.status, due.status) == ("RUNNING", "PLANNED")
    Pairing.objects.update(until_on=party.on + DAY)

    assert linking.follow_the_clock(at=NOON) == 0
    assert linking.follow_the_clock(at=NOON + 6 * DAY) == 3

    for row in (pairing, ended, due):
        row.refresh_from_db()
    assert (pairing.status, ended.status, due.status) == ("ENDED", "ENDED", "RUNNING")
    assert (pairing.ended_on, ended.ended_on) == (party.on + DAY, party.on + DAY)
    renewed = linking.renew(
        number=pairing.number,
        until_on=party.on + 12 * MONTH,
        reason="继续",
        by=party.clerk(),
        at=NOON + 6 * DAY,
    )
    assert (renewed.status, renewed.ended_on) == ("RUNNING", None)
    with pytest.raises(UnableToPairError, match="才期满"):
        linking.end(number=pairing.number, by=party.clerk(), at=NOON + 6 * DAY)


@pytest.mark.row("004-03")
def test_no_branch_without_its_representative_and_no_alliance_closed_without(party):
    branch = party.branch("B1", "S1", needs=True)
    by, on = party.clerk(), party.on
    assert [code for code, _ in links.without_representative(by=by, on=on)] == ["B1"]
    alliance = ally(party, branch)
    assert links.alliances(by=by, on=on)[0].lacks == ("党建代表", "外部联建支部")

    with pytest.raises(UnableToPairError, match="现在没有党建代表，不能成立"):
        linking.start_alliance(number=alliance.number, by=by, at=NOON)
    sent = send(party, party.person("张代表", "AJ"), branch)
    with pytest.raises(UnableToPairError, match="还没有外部联建支部"):
        linking.start_alliance(number=alliance.number, by=by, at=NOON)
    pairing = party.pairing(branch, mode="learning", alliance=alliance.number)
    linking.start_alliance(number=alliance.number, by=by, at=NOON)
    assert links.without_representative(by=by, on=on) == ()
    assert register.register(view="ordinary", by=by, on=on).indicators.representatives == 1

    linking.end_secondment(number=sent.number, on=on - DAY, appraisal="表现良好", by=by, at=NOON)
    assert [code for code, _ in links.without_representative(by=by, on=on)] == ["B1"]
    close = {"number": alliance.number, "summary": "一年来共办实事十件。", "by": by, "at": NOON}
    with pytest.raises(UnableToPairError, match="没有党建代表，不能总结"):
        linking.close_alliance(**close)
    send(party, party.person("李代表", "AJ"), branch, first=on)
    with pytest.raises(UnableToPairError, match="还没有登记成果"):
        linking.close_alliance(**close)
    linking.record_result(
        number=pairing.number, step="1", on=on, what="互学一次", record="", by=by, at=NOON
    )

    assert linking.close_alliance(**close).status == "CLOSED"
    again = ally(party, branch)
    with pytest.raises(UnableToPairError, match=f"已有联盟.*{again.number}"):
        ally(party, branch)


@pytest.mark.row("004-06")
def test_a_person_is_in_one_place_and_a_branch_has_one_representative_at_a_time(party):
    first, second = party.branch("B1", "S1"), party.branch("B2", "S2")
    person, other = party.person("甲", "AJ"), party.person("乙", "AJ")
    own = party.person("丙", "S1", first)
    sent = send(party, person, first)

    with pytest.raises(UnableToSecondError, match=f"已派往.*{sent.number}"):
        send(party, person, second, way="post")
    with pytest.raises(UnableToSecondError, match="已有代表甲"):
        send(party, other, first)
    with pytest.raises(UnableToSecondError, match="本来就是"):
        send(party, own, first, way="post")
    with pytest.raises(UnableToSecondError, match="最长三年"):
        send(party, other, first, way="post", last=party.on + 2000 * DAY)
    with pytest.raises(InvalidInputError, match="不在本单位人员中"):
        linking.second(
            way="post",
            person="查无此人",
            branch="B1",
            post="副书记",
            from_on=party.on,
            until_on=party.on + MONTH,
            by=party.clerk(),
            at=NOON,
        )
    party.person("甲", "S2")
    with pytest.raises(InvalidInputError, match="有 2 位同名"):
        linking.second(
            way="post",
            person="甲",
            branch="B1",
            post="副书记",
            from_on=party.on,
            until_on=party.on + MONTH,
            by=party.clerk(),
            at=NOON,
        )
    ahead = send(party, other, first, way="post", first=party.on + DAY)
    linking.cancel_secondment(number=ahead.number, reason="另有任务", by=party.clerk(), at=NOON)
    assert send(party, other, first, way="post", first=party.on + DAY).status == "PLANNED"
    assert Secondment.objects.filter(status="CANCELLED").count() == 1


def test_the_other_side_reads_a_pairing_and_only_the_branch_writes_it(party):
    pairing = party.pairing(party.branch("B1", "S1"), other="梅溪供电所", mode="vertical")
    neighbour = party.clerk("S2")

    file = links.pairing(pairing.number, by=neighbour, on=party.on)
    assert (file.may_write, file.verbs) == (False, ())
    with pytest.raises(NotVisibleError):
        linking.stop(number=pairing.number, reason="不合适", by=neighbour, at=NOON)
    with pytest.raises(NotVisibleError):
        links.pairing(pairing.number, by=party.town.actor("WTR", Role.PARTY_AFFAIRS), on=party.on)
    linking.stop(number=pairing.number, reason="任务完成", by=party.clerk(), at=NOON)
    with pytest.raises(IllegalTransitionError):
        linking.stop(number=pairing.number, reason="再来", by=party.clerk(), at=NOON)


def test_a_pairing_does_not_go_on_without_its_branch(party):
    branch = party.branch("B1", "S1")
    pairing = party.pairing(branch)
    by, later = party.clerk(), NOON + timedelta(days=400)
    linking.end(number=pairing.number, by=by, at=later)
    registering.dissolve(code="B1", on=later.date(), reason="合并", by=by, at=later)

    with pytest.raises(UnableToPairError, match="已撤销"):
        linking.renew(
            number=pairing.number,
            until_on=later.date() + MONTH,
            reason="继续",
            by=by,
            at=later,
        )


def test_a_branch_is_not_paired_with_itself(party):
    branch = party.branch("B1", "S1")

    with pytest.raises(UnableToPairError, match="本支部"):
        party.pairing(branch, other=branch.unit.name)
