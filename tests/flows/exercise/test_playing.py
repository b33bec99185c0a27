"""An exercise without a database: what is drawn, and what crews can and cannot do."""

from datetime import datetime
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.flows.exercise import report
from dianliang.flows.exercise.by_hand import ByHand
from dianliang.flows.exercise.playing import Game
from dianliang.flows.exercise.scenario import CUT, LOST, Flood, draw
from dianliang.kernel.calendar import SHANGHAI

BEGIN = datetime(2026, 7, 7, 6, 0, tzinfo=SHANGHAI)


def flood(seed: int, *, teams: int = 12, customers: int = 120, happenings: int = 8) -> Flood:
    """Return a small flood."""
    return draw(
        teams=teams, customers=customers, hours=36, happenings=happenings, seed=seed, begin=BEGIN
    )


def test_the_full_size_is_that_of_the_seed() -> None:
    drawn = draw(teams=184, customers=5922, hours=36, happenings=12, seed=1, begin=BEGIN)

    kinds = [work.kind for work in drawn.works]
    assert (len(drawn.bands), len(drawn.works), len(drawn.seats)) == (184, 5922, 101)
    assert (kinds.count("pump_station"), kinds.count("shelter")) == (47, 120)
    assert len(drawn.gear) == 167
    assert {work.wave for work in drawn.works} == {0, 1, 2}


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_whoever_dispatches_crews_rest_gear_is_used_once_and_nobody_enters_the_water(
    seed: int,
) -> None:
    drawn = flood(seed)

    game = Game(drawn).play(ByHand())

    served = list(game.served.values())
    assert game.violations() == []
    assert not game.served.keys() & game.waiting.keys()
    assert len(game.used_gear) >= sum(bool(one.work.gear) for one in served)
    lost = {what.team: what.at for what in drawn.happenings if what.what == LOST}
    cuts = [what for what in drawn.happenings if what.what == CUT]
    skills = {band.code: band.skills for band in drawn.bands}
    for one in served:
        assert one.done_at <= lost.get(one.team, drawn.end)
        assert one.arrived_at >= game.since[one.work.code]
        assert not one.work.skill or one.work.skill in skills[one.team]
    for crew in game.crews.values():
        own = sorted((s for s in served if s.team == crew.band.code), key=lambda s: s.arrived_at)
        assert all(a.done_at <= b.arrived_at for a, b in pairwise(own))
    for cut in cuts:
        assert all(one.left_at <= cut.at for one in served if cut.covers(one.work.at))


@given(st.integers(0, 100))
def test_the_same_seed_is_the_same_exercise(seed: int) -> None:
    assert flood(seed) == flood(seed)


def test_the_curve_ends_where_the_tally_does() -> None:
    drawn = flood(3)

    found = report.outcome(Game(drawn).play(ByHand()))

    shares = [tally.done / max(1, tally.tasks) for tally in found.tallies]
    assert list(found.curve[-1].shares[:3]) == shares
    assert found.curve[-1].at == drawn.end
    assert all(0 <= share <= 1 for point in found.curve for share in point.shares)
