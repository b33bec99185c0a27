"""How unhappy people sound, read from their latest words, for whoever calls them back."""

from datetime import timedelta

import pytest

from dianliang.domain.intake.models import Rating
from dianliang.domain.intake.queries.board import Filters, board
from dianliang.domain.intake.queries.detail import need_page
from dianliang.domain.intake.reporting import Reporter
from dianliang.flows import handling, mood, posting, rating
from tests.town import NOON

pytestmark = pytest.mark.django_db
FURIOUS = "打了三次电话都没人管，太气人了，再这样就投诉"
CALM = "谢谢，已经来电了"


@pytest.fixture
def need(town):
    return town.post("余村村没电了，气死人了", area_code="V1")


def say(town, words, *, minutes=1, token=None):
    at = NOON + timedelta(minutes=minutes)
    posting.add_words(token=token or town.token(), text=words, photos=(), at=at)


def row(by, tab="all"):
    found = board(by=by, filters=Filters(tab=tab), at=NOON)
    return mood.on_board(found).rows[0]


def test_a_message_that_is_angry_is_shown_with_its_words(town, dispatcher, need):
    say(town, FURIOUS)

    shown = row(dispatcher)

    assert shown.mood == "愤怒"
    assert shown.mood_words
    assert all(word in FURIOUS for word in shown.mood_words)
    page = mood.on_page(need_page(need.number, by=dispatcher, at=NOON))
    assert (page.row.mood, page.row.mood_words) == (shown.mood, shown.mood_words)


def test_what_was_asked_for_at_first_is_no_mood_of_the_service(dispatcher, need):
    assert row(dispatcher).mood == ""


def test_the_latest_words_of_a_person_count(town, dispatcher, need):
    say(town, FURIOUS)
    say(town, CALM, minutes=5)

    assert row(dispatcher).mood == ""


def test_one_who_is_angry_is_not_hidden_by_another_who_is_not(town, dispatcher, need):
    say(town, FURIOUS)
    posting.join_need(
        number=need.number,
        text=CALM,
        reporter=Reporter(phone="19900008555"),
        key="join-mood-1",
        follow_token="joined-mood-token",
        at=NOON + timedelta(minutes=9),
    )

    assert row(dispatcher).mood == "愤怒"


def test_an_unhappy_rating_reopens_the_need_and_its_words_are_read(town, dispatcher, need):
    handling.perform(verb="accept", number=need.number, fields={}, seen="", by=dispatcher, at=NOON)
    done = {"words": "已修好"}
    handling.perform(
        verb="resolve", number=need.number, fields=done, seen="", by=dispatcher, at=NOON
    )
    rating.rate_need(token=town.token(), stars=1, words="根本没修好，敷衍了事", at=NOON)
    assert Rating.objects.exists()

    assert row(dispatcher, tab="todo").mood in {"不满", "愤怒"}


def test_a_mood_changes_neither_order_nor_clock_nor_urgency(town, dispatcher, need):
    town.post("大溪村没电了", area_code="V2", at=NOON - timedelta(minutes=3))
    filters = Filters(tab="todo")
    before = board(by=dispatcher, filters=filters, at=NOON).rows

    say(town, FURIOUS, token=town.token(1))

    after = mood.on_board(board(by=dispatcher, filters=filters, at=NOON)).rows
    kept = [(r.number, r.urgency, r.clock_at, r.tone) for r in after]
    assert kept == [(r.number, r.urgency, r.clock_at, r.tone) for r in before]


def test_the_queue_notices_that_a_mood_has_changed(town, dispatcher, need):
    before = mood.on_board(board(by=dispatcher, filters=Filters(), at=NOON)).stamp

    say(town, FURIOUS)

    assert mood.on_board(board(by=dispatcher, filters=Filters(), at=NOON)).stamp != before


def test_many_rows_cost_as_many_queries_as_one(town, dispatcher, django_assert_max_num_queries):
    for number in range(12):
        town.post(f"第{number}户没电了", area_code="V1")
        say(town, FURIOUS)
    found = board(by=dispatcher, filters=Filters(), at=NOON)
    mood.on_board(found)

    with django_assert_max_num_queries(1):
        assert all(shown.mood for shown in mood.on_board(found).rows)
