"""Joint meetings: agenda, resolutions, tasks, closed only when all is followed up."""

from datetime import timedelta

import pytest

from dianliang.core.models import AuditEvent
from dianliang.domain.branches.models import Meeting
from dianliang.domain.branches.operations.meetings import UnableToMeetError
from dianliang.domain.branches.queries import meetings as book
from dianliang.flows.branches import meeting as flow
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import IllegalTransitionError, InvalidInputError, NotVisibleError
from tests.core.test_files import photo
from tests.partyworld import Party
from tests.town import NOON

DAY = timedelta(days=1)


@pytest.fixture
def party(town):
    return Party(town, NOON)


@pytest.fixture
def held(party):
    return party.meeting(items="夏季用电保障｜供电所\n树障清理")


def resolve(party, held, item="1", why=""):
    return flow.resolve(
        number=held.number,
        item=item,
        text="本月完成",
        no_task_reason=why,
        by=party.clerk(),
        at=NOON,
    )


def close(party, held):
    return flow.close(number=held.number, by=party.clerk(), at=NOON)


@pytest.mark.row("001-06")
def test_a_meeting_closes_when_every_resolution_was_followed_and_every_task_is_over(party, held):
    by = party.clerk()
    with pytest.raises(UnableToMeetError, match="还没有议定事项"):
        close(party, held)
    loose = resolve(party, held, "2")
    with pytest.raises(UnableToMeetError, match=f"{loose.number} 既没有任务，也没有说明原因"):
        close(party, held)
    assert book.meeting(held.number, by=by, on=party.on).loose == (loose.number,)
    flow.explain(number=held.number, resolution=loose.number, reason="已有工单在办", by=by, at=NOON)
    task = party.task(held, party.person("责任人", "S1"))
    with pytest.raises(UnableToMeetError, match=f"任务 {task.number} 还没有办结"):
        close(party, held)

    with pytest.raises(UnableToMeetError, match="还没有佐证"):
        flow.report(number=task.number, by=by, at=NOON)
    flow.prove(number=task.number, text="已增容", content=photo(), record="", by=by, at=NOON)
    flow.report(number=task.number, by=by, at=NOON)
    flow.send_back(number=task.number, reason="请补送电照片", by=by, at=NOON)
    flow.report(number=task.number, by=by, at=NOON)
    done = flow.confirm(number=task.number, by=by, at=NOON)
    assert done.closed_on == party.on

    assert close(party, held).status == "CLOSED"
    file = book.meeting(held.number, by=by, on=party.on)
    assert (file.row.resolutions, file.row.tasks, file.row.closed) == (2, 1, 1)
    with pytest.raises(UnableToMeetError, match="已销号"):
        resolve(party, held)
    story = AuditEvent.objects.filter(target_type="branches.task").order_by("id")
    assert [event.verb.rpartition(".")[2] for event in story] == [
        "assign",
        "prove",
        "report",
        "send_back",
        "report",
        "confirm",
    ]


def test_a_task_that_is_dropped_leaves_its_resolution_loose_again(party, held):
    task = party.task(held, party.person("责任人", "S1"))
    flow.drop(number=task.number, reason="改由村里办", by=party.clerk(), at=NOON)

    with pytest.raises(UnableToMeetError, match="既没有任务，也没有说明原因"):
        close(party, held)


def test_overdue_tasks_are_listed_with_their_days_and_only_open_ones(party, held):
    person = party.person("责任人", "S1")
    late, fine = party.task(held, person, days=0), party.task(held, person, days=30)
    later = party.on + 5 * DAY

    listed = book.tasks(view="late", by=party.clerk(), on=later)
    assert [(row.number, row.days_late) for row in listed.rows] == [(late.number, 5)]
    assert listed.counts["open"] == 2
    row = book.meetings(view="open", by=party.clerk(), on=later).rows[0]
    assert (row.tasks, row.late) == (2, 1)
    flow.prove(number=late.number, text="已办", content=None, record="", by=party.clerk(), at=NOON)
    flow.report(number=late.number, by=party.clerk(), at=NOON)
    flow.confirm(number=late.number, by=party.clerk(), at=NOON)
    assert book.tasks(view="late", by=party.clerk(), on=later).rows == ()
    assert fine.status == "OPEN"


def test_a_meeting_is_refused_with_the_line_that_is_wrong(party):
    good = {
        "title": "站村联席会议",
        "unit": "S1",
        "held_at": NOON,
        "place": "村委会",
        "chair": "",
        "parties": "余村\n县农业农村局",
        "people": "",
        "guests": "",
        "items": "夏季用电",
    }
    for change, words in (
        ({"parties": ""}, "至少写一个其他参会单位"),
        ({"parties": "余村\n余村"}, "有重复"),
        ({"items": ""}, "1 到 20 个议题"),
        ({"items": "好的议题\n短｜" + "长" * 80}, "议题第 2 行"),
        ({"unit": "WTR"}, "本单位范围内的召集单位"),
        ({"chair": "查无此人"}, "主持人“查无此人”"),
        ({"held_at": NOON + 400 * DAY}, "前后一年"),
    ):
        with pytest.raises((UnableToMeetError, InvalidInputError), match=words):
            flow.call(asked=flow.Asked(**{**good, **change}), by=party.clerk(), at=NOON)
    assert not Meeting.objects.exists()

    ahead = flow.call(
        asked=flow.Asked(**{**good, "held_at": NOON + DAY}), by=party.clerk(), at=NOON
    )
    assert [p.name for p in ahead.parties.all()] == ["余村", "县农业农村局"]
    assert ahead.parties.first().area.code == "V1"
    with pytest.raises(UnableToMeetError, match="还没有到"):
        flow.hold(number=ahead.number, by=party.clerk(), at=NOON)
    with pytest.raises(UnableToMeetError, match="还没有召开"):
        resolve(party, ahead)
    flow.cancel(number=ahead.number, reason="改期", by=party.clerk(), at=NOON)
    with pytest.raises(IllegalTransitionError):
        flow.hold(number=ahead.number, by=party.clerk(), at=NOON + 2 * DAY)


def test_who_sat_in_a_meeting_reads_it_and_only_who_called_it_writes(party):
    asked = flow.Asked(
        title="两所会商",
        unit="S1",
        held_at=NOON,
        place="会议室",
        chair="",
        parties="梅溪供电所",
        people="",
        guests="",
        items="互供",
    )
    made = flow.call(asked=asked, by=party.clerk(), at=NOON)
    neighbour = party.clerk("S2")

    assert book.meeting(made.number, by=neighbour, on=party.on).may_write is False
    with pytest.raises(NotVisibleError):
        flow.hold(number=made.number, by=neighbour, at=NOON)
    for outsider in (party.clerk("WTR"), party.town.actor("S1", Role.STEWARD)):
        with pytest.raises(NotVisibleError):
            book.meeting(made.number, by=outsider, on=party.on)
