"""Rules: what is published sums to 100 and stays; a draft of another screen is not overwritten."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianliang.domain.appraisal.models import Edition, RuleBook
from dianliang.domain.appraisal.operations import rules
from dianliang.domain.appraisal.operations.rules import Aim, Content, UnableToRuleError, weights
from dianliang.flows.appraisal import rulebooks
from dianliang.flows.appraisal.rulebooks import STARTERS, sample_content
from dianliang.kernel.errors import IllegalTransitionError, StaleStateError
from tests.appraisals import Appraisal
from tests.partyworld import Party

pytestmark = pytest.mark.django_db


@pytest.fixture
def it(town, noon):
    return Appraisal(Party(town, noon))


def aim(title: str, weight: int, measure: str = "meeting") -> Aim:
    return Aim(
        dimension="管事",
        title=title,
        measure=measure,
        per="total",
        full_at=Decimal(100),
        weight=weight,
    )


def begun(it: Appraisal, starter: str = "pioneer") -> RuleBook:
    return rulebooks.begin(starter=starter, name="", unit="AJ", by=it.clerk(), at=it.at)


def kept(it: Appraisal, book: RuleBook, content: Content) -> Edition:
    draft = book.editions.get(status="DRAFT")
    return rules.keep(edition=draft, content=content, seen=draft.revision, by=it.clerk(), at=it.at)


@pytest.mark.parametrize("starter", [row["code"] for row in STARTERS])
def test_every_sample_can_be_published_as_it_is(it, starter):
    book = it.book(starter)

    assert set(weights(book.editions.get(status="IN_FORCE")).values()) == {100}


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.integers(1, 100), min_size=1, max_size=6))
def test_what_is_published_sums_to_100(it, found):
    book = RuleBook.objects.first() or begun(it)
    draft = book.editions.filter(status="DRAFT").first() or rulebooks.draft(
        number=book.number, by=it.clerk(), at=it.at
    )
    content = Content(reason="试", aims=[aim(f"指标{n}", w) for n, w in enumerate(found)])
    draft = kept(it, book, content)
    if sum(found) != 100:
        with pytest.raises(UnableToRuleError, match=f"合计 {sum(found)}。"):
            rules.enact(edition=draft, seen=draft.revision, by=it.clerk(), at=it.at)
        return
    rules.enact(edition=draft, seen=draft.revision, by=it.clerk(), at=it.at)
    assert weights(book.editions.filter(status="IN_FORCE").latest("edition")) == {"指标": 100}


def test_a_draft_that_changed_on_another_screen_is_not_overwritten(it):
    book = begun(it)
    draft = book.editions.get()
    content = Content(reason="改", aims=[aim("联席会议", 100)])
    rules.keep(edition=draft, content=content, seen=0, by=it.clerk(), at=it.at)

    with pytest.raises(StaleStateError):
        rules.keep(edition=draft, content=content, seen=0, by=it.clerk(), at=it.at)
    with pytest.raises(StaleStateError):
        rules.enact(edition=draft, seen=0, by=it.clerk(), at=it.at)

    assert draft.indicators.count() == 1


def test_what_is_published_cannot_be_changed_only_followed_by_a_new_edition(it):
    book = it.book("pioneer")
    first = book.editions.get()

    with pytest.raises(StaleStateError):
        rules.keep(edition=first, content=Content(reason="x"), seen=0, by=it.clerk(), at=it.at)
    with pytest.raises(IllegalTransitionError):
        rules.drop(edition=first, by=it.clerk(), at=it.at)
    second = rulebooks.draft(number=book.number, by=it.clerk(), at=it.at)

    assert second.edition == 2
    assert [i.title for i in second.indicators.all()] == [i.title for i in first.indicators.all()]
    with pytest.raises(UnableToRuleError, match="已有一份草稿"):
        rulebooks.draft(number=book.number, by=it.clerk(), at=it.at)


def test_a_person_is_not_rated_by_records_that_name_no_person(it):
    book = begun(it, "three_person")

    with pytest.raises(UnableToRuleError, match="第 1 行“召开联席会议”"):
        kept(it, book, Content(reason="x", aims=[aim("联席会议", 100, "meeting")]))


def test_a_task_by_records_of_the_branch_cannot_ask_for_ones_own(it):
    book = begun(it, "month")
    sample = sample_content(STARTERS[0])
    wrong = [replace(row, whose="own") for row in sample.items]
    draft = kept(it, book, replace(sample, items=wrong))

    with pytest.raises(UnableToRuleError, match="请改为“本支部的记录”"):
        rules.enact(edition=draft, seen=draft.revision, by=it.clerk(), at=it.at)
