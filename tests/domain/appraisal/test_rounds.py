"""Rounds: rules before the period, marks by others, results that stay, appeals."""

import pytest
from django.db.utils import IntegrityError

from dianliang.domain.appraisal.models import Figure, Round, Standing
from dianliang.domain.appraisal.operations import appeals
from dianliang.domain.appraisal.operations import rounds as operations
from dianliang.domain.appraisal.operations.rounds import UnableToRateError
from dianliang.flows.appraisal import ratings, rounds
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError
from tests.appraisals import DAY, Appraisal
from tests.core.test_files import photo
from tests.partyworld import Party

pytestmark = pytest.mark.django_db


@pytest.fixture
def it(town, noon):
    it = Appraisal(Party(town, noon))
    for code, unit in (("YS", "S1"), ("MX", "S2")):
        branch = it.party.branch(code, unit)
        it.post(branch, "secretary", it.party.person(f"{code}书记", unit, branch))
    return it


def second() -> Actor:
    return Actor(
        id="user:second",
        name="第二人",
        role=Role.PARTY_AFFAIRS,
        unit_path="/LM/AJ/",
        unit_code="AJ",
    )


def over(it: Appraisal, starter: str = "pioneer") -> Round:
    """A round whose period ended yesterday."""
    on = it.party.on
    return it.round(starter, since=on - 30 * DAY, until=on - DAY, at=it.at - 40 * DAY)


def test_a_contest_begins_after_its_rules_are_published_and_the_database_insists(it):
    on = it.party.on
    with pytest.raises(UnableToRateError, match="开始之前公布"):
        it.round("pioneer", since=on, until=on + 30 * DAY, at=it.at)
    held = rounds.announce(
        book=it.book("pioneer", name="二季度竞赛").number,
        title="竞赛",
        unit="AJ",
        since=on + DAY,
        until=on + 30 * DAY,
        by=it.clerk(),
        at=it.at,
    )
    with pytest.raises(IntegrityError):
        Round.objects.filter(pk=held.pk).update(since=on)


def test_nobody_marks_himself_and_a_mark_needs_evidence(it):
    on = it.party.on
    held = it.round("three_branch", since=on - 5 * DAY, until=on + 5 * DAY, at=it.at)
    asked = {
        "number": held.number,
        "subject": "YS",
        "indicator": "1",
        "points": 90,
        "text": "台账齐全",
        "record": "",
    }
    member = Actor(
        id="user:m",
        name="本支部的人",
        role=Role.PARTY_AFFAIRS,
        unit_path="/LM/AJ/",
        unit_code="AJ",
        person_number=it.party.people["YS书记"].number,
    )

    with pytest.raises(UnableToRateError, match="自己所在的支部"):
        rounds.mark(**asked, content=photo(), by=member, at=it.at)
    with pytest.raises(NotVisibleError):  # a station marks nobody in the company's round
        rounds.mark(**asked, content=photo(), by=it.clerk("S1"), at=it.at)
    with pytest.raises(UnableToRateError, match="佐证"):
        rounds.mark(**asked, content=None, by=it.clerk(), at=it.at)
    with pytest.raises(UnableToRateError, match="按系统记录"):
        rounds.mark(**{**asked, "indicator": "3"}, content=photo(), by=it.clerk(), at=it.at)
    rounds.mark(**asked, content=photo(), by=it.clerk(), at=it.at)

    page = ratings.round_page(held.number, edition=None, by=it.clerk(), on=on)
    assert page.missing == 1  # the other branch
    row = next(r for r in page.standings if r.subject == "YS")
    assert (row.place, row.figures[0].score) == (1, 18)


def test_a_result_waits_for_the_end_and_for_every_mark(it):
    on = it.party.on
    going_on = it.round("three_branch", since=on - 5 * DAY, until=on + 5 * DAY, at=it.at)
    with pytest.raises(UnableToRateError, match="才结束"):
        rounds.show(number=going_on.number, by=it.clerk(), at=it.at)
    with pytest.raises(UnableToRateError, match="2 项人工评分"):
        rounds.show(number=going_on.number, by=it.clerk(), at=it.at + 6 * DAY)


def test_equals_share_a_place_and_it_is_said(it):
    held = over(it)
    rounds.show(number=held.number, by=it.clerk(), at=it.at)

    rows = Standing.objects.filter(result__round=held)

    assert [(row.place, row.sharing, row.score) for row in rows] == [(1, 2, 0), (1, 2, 0)]


def test_a_frozen_result_does_not_move_and_a_correction_is_a_new_edition_with_a_reason(it):
    held = over(it)
    rounds.show(number=held.number, by=it.clerk(), at=it.at)
    meeting = called(it)

    page = ratings.round_page(held.number, edition=None, by=it.clerk(), on=it.party.on)
    assert {row.score for row in page.standings} == {0}
    rounds.correct(number=held.number, reason="补登漏记的会议", by=it.clerk(), at=it.at)

    page = ratings.round_page(held.number, edition=None, by=it.clerk(), on=it.party.on)
    first = ratings.round_page(held.number, edition=1, by=it.clerk(), on=it.party.on)
    best = page.standings[0]
    assert (best.subject, best.place, best.score) == ("YS", 1, 5)
    assert [r.number for f in best.figures for r in f.records] == [meeting.number]
    assert {row.score for row in first.standings} == {0}
    assert [e[:2] for e in page.editions] == [(2, "补登漏记的会议"), (1, "考评期结束")]


def called(it: Appraisal):
    """A joint meeting that the branch itself called and held three days ago."""
    it.party.town.units["YS"] = it.party.people["YS书记"].belongings.get().branch.unit
    return it.party.meeting("YS")


def test_an_appeal_is_decided_by_another_and_computes_the_result_anew(it):
    held = over(it, "three_branch")
    for code in ("YS", "MX"):
        it.mark(held, code)
    rounds.show(number=held.number, by=it.clerk(), at=it.at)
    asked = {"number": held.number, "subject": "YS", "indicator": "1", "text": "评议会漏记一次"}
    made = rounds.appeal(**asked, by=it.clerk("S1"), at=it.at)
    with pytest.raises(UnableToRateError, match="正在处理"):
        rounds.appeal(**asked, by=it.clerk("S1"), at=it.at)
    with pytest.raises(UnableToRateError, match="公示到"):
        rounds.publish(number=held.number, by=it.clerk(), at=it.at)
    with pytest.raises(UnableToRateError, match="由您评分"):
        decide(made.number, 100, by=it.clerk(), at=it.at)

    decide(made.number, 100, by=second(), at=it.at)

    page = ratings.round_page(held.number, edition=None, by=it.clerk(), on=it.party.on)
    row = next(r for r in page.standings if r.subject == "YS")
    assert (page.edition, row.figures[0].score, row.place) == (2, 20, 1)
    rounds.publish(number=held.number, by=it.clerk(), at=it.at + 6 * DAY)
    assert Figure.objects.filter(standing__result__round=held).count() == 2 * 2 * 8


def decide(number: str, points: int, *, by: Actor, at):
    return rounds.decide(
        number=number, verb="uphold", points=points, because="核对台账属实", by=by, at=at
    )


def test_a_person_is_rated_in_his_own_branch_and_sees_it(it):
    held = over(it, "three_person")
    rounds.show(number=held.number, by=it.clerk(), at=it.at)

    whole = ratings.round_page(held.number, edition=None, by=it.clerk(), on=it.party.on)
    station = ratings.round_page(held.number, edition=None, by=it.clerk("S1"), on=it.party.on)

    assert len(whole.standings) == 2
    assert [row.name for row in station.standings] == ["YS书记"]
    with pytest.raises(NotVisibleError):
        ratings.subject_page(
            held.number,
            it.party.people["MX书记"].number,
            edition=None,
            by=it.clerk("S1"),
            on=it.party.on,
        )


def test_who_looked_before_the_result_neither_marks_nor_appeals_late(it):
    held = over(it, "three_branch")
    for code in ("YS", "MX"):
        it.mark(held, code)
    seen = Round.objects.get(pk=held.pk)
    who = rounds.subject_of(held, "YS", by=it.clerk(), on=it.party.on)
    indicator = held.edition.indicators.filter(measure="").first()
    rounds.show(number=held.number, by=it.clerk(), at=it.at)

    with pytest.raises(UnableToRateError, match="已出结果"):
        operations.mark(
            round_=seen,
            indicator=indicator,
            subject=who,
            points=100,
            words="补分",
            file=None,
            record=("need", "XQ-1"),
            by=it.clerk(),
            at=it.at,
        )
    seen = Round.objects.get(pk=held.pk)
    rounds.publish(number=held.number, by=it.clerk(), at=it.at + 10 * DAY)
    with pytest.raises(UnableToRateError, match="公示期间"):
        appeals.appeal(
            round_=seen, indicator=indicator, subject=who, words="少了", by=second(), at=it.at
        )
