"""Stock: never below nought, every balance follows from the movements, nothing is changed later."""

import threading

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.db.utils import IntegrityError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianliang.domain.resources.models import Movement, Stock
from dianliang.domain.resources.operations import counting, stocking
from dianliang.domain.resources.operations.counting import UnableToCountError
from dianliang.domain.resources.operations.stocking import Purpose, UnableToStockError
from dianliang.domain.resources.queries import stock as book
from tests.gear import captain, desk, stock
from tests.town import NOON

pytestmark = pytest.mark.django_db
WORK = Purpose(kind="incident", number="FX-7", words="圩堤照明")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["receive", "issue", "give_back", "write_off", "count"]),
        st.integers(1, 12),
    ),
    max_size=14,
)


def press(kept, verb, pieces, by, issued):
    """Do one thing; return what it changed."""
    if verb == "receive":
        return stocking.receive(stock=kept, pieces=pieces, words="", by=by, at=NOON).pieces
    if verb == "issue":
        issued.append(stocking.issue(stock=kept, pieces=pieces, purpose=WORK, by=by, at=NOON))
        return -pieces
    if verb == "write_off":
        return stocking.write_off(stock=kept, pieces=pieces, words="坏了", by=by, at=NOON).pieces
    if verb == "give_back":
        if not issued:
            return 0
        last = issued[-1]
        return stocking.give_back(issued=last, pieces=pieces, words="", by=by, at=NOON).pieces
    count = counting.open_count(store=kept.store, by=by, at=NOON)
    before = Stock.objects.get(pk=kept.pk).quantity
    counting.enter(count=count, stock=kept, counted=pieces, why="漏记", by=by, at=NOON)
    counting.post(count=count, by=by, at=NOON)
    return pieces - before


@given(STEPS)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_pressed_the_balance_is_the_sum_of_the_movements_and_never_below(town, steps):
    with transaction.atomic():
        kept, by, plain, issued = stock(town, pieces=5), desk(town), 5, []
        for verb, pieces in steps:
            try:
                with transaction.atomic():
                    plain += press(kept, verb, pieces, by, issued)
            except UnableToStockError:
                continue
        kept.refresh_from_db()
        moves = list(kept.movements.order_by("serial").values_list("pieces", "balance"))
        assert plain == kept.quantity == sum(n for n, _ in moves) >= 0
        assert [left for _, left in moves] == [
            sum(n for n, _ in moves[: place + 1]) for place in range(len(moves))
        ]
        assert book.store(kept.store.code, by=by).unsound == ()
        transaction.set_rollback(True)


def test_the_database_itself_refuses_what_the_movements_do_not_lead_to(town):
    kept = stock(town, pieces=5)
    first = kept.movements.get()

    def refused(act):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()

    loose = {
        "stock": kept,
        "by_id": "x",
        "by_name": "x",
        "at": NOON,
        "kind": "receive",
    }
    refused(lambda: Movement.objects.create(number="1", serial=2, pieces=3, balance=9, **loose))
    refused(lambda: Movement.objects.create(number="2", serial=4, pieces=1, balance=6, **loose))
    refused(lambda: Movement.objects.filter(pk=first.pk).update(pieces=50))
    refused(first.delete)
    refused(lambda: Stock.objects.filter(pk=kept.pk).update(quantity=F("quantity") - 6))
    Stock.objects.filter(pk=kept.pk).update(quantity=7)
    assert book.store(kept.store.code, by=desk(town)).unsound == ("圩堤照明灯",)


def test_a_return_never_brings_more_than_was_taken_and_names_what_for(town):
    kept, who = stock(town), captain(town)
    issued = stocking.issue(stock=kept, pieces=6, purpose=WORK, by=who, at=NOON)
    stocking.give_back(issued=issued, pieces=4, words="余", by=who, at=NOON)

    with pytest.raises(UnableToStockError, match="还有 2 未退"):
        stocking.give_back(issued=issued, pieces=3, words="", by=who, at=NOON)
    back = stocking.give_back(issued=issued, pieces=2, words="", by=who, at=NOON)
    assert (back.purpose_number, back.balance) == ("FX-7", 10)
    with pytest.raises(UnableToStockError, match="只能退还领用"):
        stocking.give_back(issued=back, pieces=1, words="", by=who, at=NOON)


def test_a_difference_is_explained_and_things_may_move_while_one_counts(town):
    kept, by = stock(town), desk(town)
    count = counting.open_count(store=kept.store, by=by, at=NOON)
    with pytest.raises(UnableToCountError, match="正在盘点"):
        counting.open_count(store=kept.store, by=by, at=NOON)
    with pytest.raises(UnableToCountError, match="差异原因"):
        counting.enter(count=count, stock=kept, counted=8, why="", by=by, at=NOON)
    counting.enter(count=count, stock=kept, counted=8, why="两套漏记", by=by, at=NOON)
    stocking.issue(stock=kept, pieces=3, purpose=WORK, by=captain(town), at=NOON)

    counting.post(count=count, by=by, at=NOON)

    kept.refresh_from_db()
    assert kept.quantity == 5
    with pytest.raises(UnableToCountError, match="已经结束"):
        counting.enter(count=count, stock=kept, counted=8, why="x", by=by, at=NOON)


@pytest.mark.django_db(transaction=True)
def test_of_fifty_who_take_the_last_piece_at_once_exactly_one_gets_it(town):
    kept, gate, outcomes = stock(town, pieces=1), threading.Barrier(50), []

    def take(place):
        try:
            gate.wait()
            own = Stock.objects.select_related("item").get(pk=kept.pk)
            who = captain(town, name=f"队长{place}")
            outcomes.append(stocking.issue(stock=own, pieces=1, purpose=WORK, by=who, at=NOON))
        except UnableToStockError as refusal:
            outcomes.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=[place]) for place in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(outcomes) == 50
    assert sum(isinstance(one, Movement) for one in outcomes) == 1
    kept.refresh_from_db()
    assert (kept.quantity, kept.movements.count()) == (0, 2)
