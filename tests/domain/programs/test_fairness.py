"""Who may grab, and whose bid comes first."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianliang.domain.programs.fairness import Rules, Standing, Tender, explained, may_grab, rank
from tests.town import NOON

RULES = Rules()


def team(code="A", recent=0, **changes) -> Standing:
    return Standing(code=code, name=f"{code}队", recent=recent, **changes)


def grab(one, *others, at=NOON, grace=30):
    until = NOON + timedelta(minutes=grace)
    return may_grab(one, (one, *others), grace_until=until, rules=RULES, at=at)


def test_while_an_offer_is_young_whoever_took_fewest_goes_first_and_the_others_are_told_when():
    eager, patient = team("A", 3), team("B", 1)

    refused = grab(eager, patient)

    assert (refused.may, grab(patient, eager).may) == (False, True)
    assert "本队 3 单，最少的 1 单" in refused.words
    assert refused.since == NOON + timedelta(minutes=30)
    assert grab(eager, patient, at=NOON + timedelta(minutes=30)).may


def test_a_team_that_has_just_grabbed_rests_even_when_nobody_else_wants():
    fresh = team(taken_at=NOON - timedelta(minutes=59))

    assert not grab(fresh).may
    assert grab(fresh, at=NOON + timedelta(minutes=1)).may


def test_a_team_that_did_not_come_stays_out_for_days():
    missed = team(missed_at=NOON - timedelta(days=13))

    assert "爽约" in grab(missed).words
    assert grab(missed, at=NOON + timedelta(days=1)).may


def test_who_rests_does_not_hold_up_the_others():
    resting = team("A", 0, taken_at=NOON - timedelta(minutes=5))

    assert grab(team("B", 2), resting).may


@given(st.lists(st.integers(0, 5), min_size=1, max_size=8))
def test_somebody_may_always_grab(figures):
    teams = [team(f"T{n}", recent) for n, recent in enumerate(figures)]
    verdicts = [grab(one, *teams).may for one in teams]

    assert any(verdicts)
    assert all(
        may == (recent == min(figures)) for may, recent in zip(verdicts, figures, strict=True)
    )


def test_bids_are_ranked_by_what_is_published_and_who_cannot_is_last():
    tenders = [
        Tender(team=team("A", 2), people=9, at=NOON),
        Tender(team=team("B", 1), people=2, at=NOON + timedelta(hours=1)),
        Tender(team=team("C", 1), people=4, at=NOON + timedelta(hours=2)),
        Tender(team=team("D", 0), people=9, at=NOON, lacks="D队这段时间已有“义诊”"),
    ]

    ranked = rank(tenders, rules=RULES)

    assert [one.code for one in ranked] == ["C", "B", "A", "D"]
    assert ranked[0].reasons[:2] == ("近 30 天承接 1 单", "出 4 人")
    assert (ranked[3].can, ranked[3].reasons[0]) == (False, "D队这段时间已有“义诊”")


@pytest.mark.parametrize("way", ["assign", "grab", "bid", "self_book"])
def test_every_way_is_explained_in_a_sentence(way):
    assert explained(way, RULES).endswith("。")
