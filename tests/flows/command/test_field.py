"""Crews in action: places in batches, tasks done by one press, and what the board shows of it."""

from datetime import timedelta

import pytest

from dianliang.domain.incidents.models import Incident
from dianliang.domain.key_customers.models import SupplyReport
from dianliang.domain.mobilisation import positions as kept
from dianliang.domain.mobilisation.models import TrackPoint, Whereabouts
from dianliang.domain.workforce.models import Person
from dianliang.flows import day_route, fieldwork, personal_records, worker
from dianliang.flows.command import board, positions
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from tests.command import HOUR, MINUTE, done, op
from tests.town import NOON, TODAY

pytestmark = pytest.mark.django_db


def fix(minutes, lat=30.51, lon=119.6, **changed):
    at = (NOON + minutes * MINUTE).isoformat()
    return {"lat": lat, "lon": lon, "accuracy": 9, "at": at, **changed}


def tell(flood, fixes, *, at, person="A-1"):
    by = flood.crew(person)
    return positions.take(fixes, sent_at=at.isoformat(), by=by, on=TODAY, at=at)


def test_places_are_told_only_in_action_kept_thin_and_erased_by_rule(flood):
    at = NOON + 20 * MINUTE
    batch = [fix(n / 2, lat=30.5 + n / 1000) for n in range(2, 40)]
    taken = tell(flood, batch, at=at)
    assert (taken.kept, taken.left, taken.tracking.number) == (38, 0, flood.number)
    again = tell(flood, batch[:10], at=at)
    assert again.kept == 10
    row = Whereabouts.objects.get()
    assert (row.spot, row.at) == ("30.53900,119.60000,9", NOON + 19.5 * MINUTE)
    assert [p.slot_at for p in TrackPoint.objects.order_by("slot_at")] == [
        NOON + n * MINUTE for n in (0, 5, 10, 15)
    ]
    bad = [None, fix(1, lat=float("nan")), fix(1, lon=181), fix(1, lat=True), fix(1, at="昨天")]
    old = [fix(-5), fix(1, at=(NOON - timedelta(hours=25)).isoformat())]
    assert tell(flood, bad + old + [fix(20)], at=at).kept == 1
    assert tell(flood, [fix(50)], at=at).kept == 1  # a clock that is ahead tells of now
    for wrong in ("x", [fix(1)] * 241):
        with pytest.raises(InvalidInputError):
            tell(flood, wrong, at=at)

    flood.town.team("C", "S1")
    idle = tell(flood, [fix(1)], at=at, person="C-1")
    assert (idle.kept, idle.left, idle.tracking) == (0, 1, None)
    day = day_route.day(by=flood.crew(), at=at)
    assert day.tracking.title == flood.incident.title

    own = personal_records.kept(Person.objects.get(number="A-1"))
    assert len(own["track"]) == 5
    Incident.objects.filter(pk=flood.incident.pk).update(status="CLOSED", ended_at=NOON + HOUR)
    assert tell(flood, [fix(21)], at=at + MINUTE).tracking is None
    for chore in worker.CHORES:
        if chore.__code__.co_names[:2] == ("positions", "forget"):
            chore(NOON + HOUR)
    assert not Whereabouts.objects.exists()
    assert TrackPoint.objects.count() == 5
    kept.forget(at=NOON + timedelta(days=31))
    assert not TrackPoint.objects.exists()


def test_a_task_is_done_by_one_press_offline_and_the_board_shows_it(flood):
    first = board.open_board(number=flood.number, by=flood.chief, at=NOON + 5 * MINUTE)
    assert (first.counts.tasks, first.counts.waiting, first.counts.out) == (5, 1, 0)
    (sheet, _) = day_route.day(by=flood.crew(), at=NOON).sheets
    assert (sheet.task.incident, sheet.task.is_followed) == (flood.incident.title, True)

    assert done(flood, "ZY-0", supply="tied")[-1] == "refused"  # which generator?
    assert done(flood, "ZY-1", supply="tied", generator="浙E·1 发电车") == ["applied"] * 4
    told = SupplyReport.objects.get()
    assert (told.state, told.watched.customer.number) == ("tied", "ZY-1")
    assert told.happened_at == NOON + 80 * MINUTE

    visit = flood.visit("ZY-3")
    steps = [
        op("accept", visit, minutes=81),
        op("depart", visit, minutes=82, after="accept"),
        op("decline", visit, minutes=85, after="depart", reason="道路不通，过不去"),
    ]
    crew = flood.crew("B-1")
    results = fieldwork.sync(steps, by=crew, at=NOON + 90 * MINUTE)
    assert [result.outcome.value for result in results] == ["applied"] * 3
    tell(flood, [fix(60)], at=NOON + 61 * MINUTE)

    at = NOON + 95 * MINUTE
    found = board.board(number=flood.number, by=flood.chief, at=at)
    assert (found.counts.done, found.counts.waiting, found.supply.now.counts["tied"]) == (1, 2, 1)
    (stuck,) = [row for row in found.urgent if row.said]
    assert (stuck.said, stuck.status_label) == ("道路不通，过不去", "待安排")
    rows = {row.code: row for row in found.teams}
    assert (rows["A"].state, rows["A"].is_silent, rows["A"].age_s) == ("ARRIVED", True, 35 * 60)
    assert "35 分钟没有位置" in found.alarms[0].words
    assert [mark["code"] for mark in found.marks] == ["A"]
    assert len(board.tracks(number=flood.number, team="A", by=flood.chief, at=at)) == 1
    late = board.board(number=flood.number, by=flood.chief, at=NOON + 14 * HOUR)
    assert any("已连续作业 13.3 小时" in alarm.words for alarm in late.alarms)
    for by in (flood.town.actor("S2", Role.COMMANDER), flood.town.actor("S1", Role.PARTY_AFFAIRS)):
        with pytest.raises(NotVisibleError):
            board.board(number=flood.number, by=by, at=at)
    with pytest.raises(NotVisibleError):
        board.tracks(number=flood.number, team="C", by=flood.chief, at=at)
