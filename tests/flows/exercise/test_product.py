"""A small exercise through tasks, dispatches and events, as a commander would lead it."""

from datetime import datetime

import pytest

from dianliang.core.models import User
from dianliang.domain.work.models import Job, Plan, Visit
from dianliang.flows.dispatching import drafting
from dianliang.flows.exercise import report, world
from dianliang.flows.exercise.by_hand import ByHand
from dianliang.flows.exercise.playing import Game
from dianliang.flows.exercise.product import Product
from dianliang.flows.exercise.scenario import draw
from dianliang.kernel.calendar import SHANGHAI

BEGIN = datetime(2026, 7, 7, 6, 0, tzinfo=SHANGHAI)


@pytest.mark.django_db
@pytest.mark.row("002-08")
def test_a_flood_is_played_from_the_first_rain_to_the_last_and_nobody_works_too_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(drafting, "SMALL_S", 1)
    flood = draw(teams=6, customers=60, hours=36, happenings=8, seed=2, begin=BEGIN)
    desk = Product(world.build(flood))

    game = Game(flood).play(desk)

    found = report.outcome(game, violations=desk.violations)
    by_hand = report.outcome(Game(flood).play(ByHand()))
    undone = report.undone(game, desk)
    assert found.violations == ()
    assert [turn.words for turn in desk.turns if turn.is_whole] == [
        f"第 {n} 波雨：全面安排" for n in (1, 2, 3)
    ]
    assert all(turn.chosen <= 5 for turn in desk.turns)
    assert sum(undone.values()) == len(game.waiting)
    assert sum(tally.done for tally in found.tallies) > 0
    assert Plan.objects.filter(status="PUBLISHED").count() == 1
    assert Job.objects.filter(status="DONE").count() == Visit.objects.filter(status="DONE").count()
    told = report.words(found, by_hand, desk, undone)
    assert "服务曲线" in told
    assert "违反作息：平台 0" in told


@pytest.mark.django_db
def test_an_installation_that_was_only_set_up_is_not_thrown_away_for_an_exercise() -> None:
    assert not world.is_foreign()
    User.objects.create_user("root", "x" * 16, display_name="管理员")

    assert world.is_foreign()
