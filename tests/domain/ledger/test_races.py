"""Many at once, each on his own connection: nothing is overdrawn, doubled or out of balance."""

import threading
from random import Random

import pytest
from django.db import connection

from dianliang.domain.ledger import giving, granting, operations, queries, redeeming, verifying
from dianliang.domain.ledger.models import Entry, Redemption
from dianliang.domain.ledger.operations import OverdrawnError
from dianliang.kernel.errors import DomainError
from tests.ledgers import NOON, TODAY, article, build, drive, gift, give, officer

pytestmark = pytest.mark.django_db(transaction=True)
TRIES = 20


def at_once(acts):
    """Do everything at the same moment; return what each came to."""
    gate, outcomes = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        try:
            gate.wait()
            outcomes[place] = act()
        except DomainError as refusal:
            outcomes[place] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_twenty_who_redeem_at_once_get_no_more_than_the_stock():
    ledger, goods = build(people=TRIES), article()
    for person in ledger.people:
        give(person, 30)
    redeeming.stock_up(
        article=goods,
        unit=ledger.unit,
        pieces=5,
        words="工会采购",
        on=TODAY,
        by=officer(),
        at=NOON,
        key="s",
    )

    def redeem(person):
        return lambda: redeeming.redeem(
            person=person,
            article=goods,
            pieces=1,
            unit=ledger.unit,
            by=officer(),
            at=NOON,
            key=f"r-{person.number}",
        )

    outcomes = at_once([redeem(person) for person in ledger.people])

    assert sum(isinstance(one, Redemption) for one in outcomes) == 5
    assert sum(isinstance(one, OverdrawnError) for one in outcomes) == TRIES - 5
    held = queries.balance(book="goods", holder_kind="unit", holder_code="AJ01", article=goods.code)
    assert held == 0
    assert sum(queries.holdings(book="volunteer_points").values()) == TRIES * 30 - 5 * 20
    assert verifying.verify().is_right


def test_twenty_grants_approved_at_once_never_overspend_a_purpose():
    made = drive(build())
    gift(made, 10_000)
    grants = [
        granting.ask(
            drive=made,
            thing=giving.Thing(book="money", amount=3_000),
            beneficiary=granting.Beneficiary(name="李家", shown_name="困难家庭"),
            words="学费",
            by=officer(),
            at=NOON,
        )
        for _ in range(TRIES)
    ]

    outcomes = at_once(
        [
            lambda grant=grant: granting.approve(grant=grant, by=officer("o2"), at=NOON)
            for grant in grants
        ]
    )

    assert sum(isinstance(one, OverdrawnError) for one in outcomes) == TRIES - 3
    left = queries.balance(book="money", holder_kind="fund", holder_code=made.number)
    assert left == 1_000
    assert verifying.verify().is_right


def test_the_same_key_sent_by_twenty_at_once_enters_once():
    (person, *_) = build().people
    accounts = give(person, 1)

    outcomes = at_once([lambda: give(person, 30, key="visit/V-9") for _ in range(TRIES)])

    assert len({one.number for one in outcomes}) == 1
    assert Entry.objects.count() == 2
    assert accounts.number == "FL261124-0001"


def test_one_entry_undone_by_twenty_at_once_is_undone_once():
    (person, *_) = build().people
    entry = give(person, 30)

    outcomes = at_once(
        [
            lambda: operations.reverse(entry.number, because="重复", by=officer(), at=NOON)
            for _ in range(TRIES)
        ]
    )

    assert sum(isinstance(one, Entry) for one in outcomes) == 1
    assert verifying.verify().is_right


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_many_do_at_once_every_book_sums_to_zero_and_balances_are_their_sums(seed):
    people = build(people=4).people
    dice = Random(seed)

    def some(seed):
        own = Random(seed)

        def act():
            for _ in range(12):
                try:
                    one_thing(own, people)
                except DomainError:
                    continue

        return act

    at_once([some(dice.random()) for _ in range(6)])

    verdict = verifying.verify()
    numbers = list(Entry.objects.order_by("id").values_list("number", flat=True))
    assert verdict.is_right
    assert sum(book.lines for book in verdict.books) == 2 * len(numbers)
    assert numbers == [f"FL261124-{place:04d}" for place in range(1, len(numbers) + 1)]


def one_thing(dice, people):
    book = dice.choice(["volunteer_points", "member_points", "volunteer_hours"])
    person = dice.choice(people)
    if dice.random() < 0.2 and (entry := Entry.objects.order_by("?").first()) is not None:
        operations.reverse(entry.number, because="随机", by=officer(), at=NOON)
        return
    amount, key = dice.randint(1, 40), f"k{dice.randint(0, 80)}"
    if dice.random() < 0.3:
        spend(person, amount, book=book, key=f"s{key}")
    else:
        give(person, amount, book=book, key=f"{book}{key}{person.number}{amount}")


def spend(person, amount, *, book, key):
    return operations.post(
        book=book,
        lines=(
            operations.Line(operations.account(book, "person", person.number), -amount),
            operations.Line(operations.account(book, "outside", "redeemed"), amount),
        ),
        source=operations.Source("hand", key),
        on=TODAY,
        words="使用",
        by=officer(),
        at=NOON,
        key=f"{key}{book}{person.number}{amount}",
    )
