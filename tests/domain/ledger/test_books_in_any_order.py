"""After any sequence of posts and reversals the books agree with a plain account of them."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from dianliang.domain.ledger import operations, queries, verifying
from dianliang.domain.ledger.models import Account
from dianliang.domain.ledger.operations import OverdrawnError, UnableToPostError
from dianliang.kernel.errors import KeyReusedError
from tests.domain.ledger.test_races import spend
from tests.ledgers import NOON, TODAY, build, give, officer

BOOKS = ["volunteer_points", "member_points", "volunteer_hours"]
PEOPLE = [0, 1, 2]
FIRST = date(2026, 8, 28)


class Books(RuleBasedStateMachine):
    """What people do with the books, beside a plain sum of what each should have."""

    def __init__(self):
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.people = build().people
        self.had = {}
        self.entries = []
        self.undone = set()

    def teardown(self):
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    def add(self, who, book, on, amount):
        key = (self.people[who].number, book)
        self.had.setdefault(key, []).append((on, amount))

    def has(self, who, book):
        return sum(n for _, n in self.had.get((self.people[who].number, book), ()))

    @rule(
        who=st.sampled_from(PEOPLE),
        book=st.sampled_from(BOOKS),
        amount=st.integers(1, 500),
        day=st.integers(0, 88),
    )
    def earn(self, who, book, amount, day):
        on = FIRST + timedelta(days=day)
        key = f"e{len(self.entries)}"
        entry = give(self.people[who], amount, book=book, on=on, key=key)
        assert give(self.people[who], amount, book=book, on=on, key=key) == entry
        with pytest.raises(KeyReusedError):
            give(self.people[who], amount + 1, book=book, on=on, key=key)
        self.add(who, book, on, amount)
        self.entries.append((entry.number, who, book, amount))

    @rule(who=st.sampled_from(PEOPLE), book=st.sampled_from(BOOKS), amount=st.integers(1, 700))
    def use(self, who, book, amount):
        key = f"u{len(self.entries)}"
        if amount > self.has(who, book):
            with pytest.raises(OverdrawnError):
                spend(self.people[who], amount, book=book, key=key)
            return
        entry = spend(self.people[who], amount, book=book, key=key)
        self.add(who, book, TODAY, -amount)
        self.entries.append((entry.number, who, book, -amount))

    @precondition(lambda self: self.entries)
    @rule(choose=st.randoms(use_true_random=False))
    def reverse(self, choose):
        number, who, book, amount = choose.choice(self.entries)

        def undo():
            return operations.reverse(number, because="更正", by=officer(), at=NOON)

        if number in self.undone:
            with pytest.raises(UnableToPostError):
                undo()
        elif self.has(who, book) - amount < 0:
            with pytest.raises(OverdrawnError):
                undo()
        else:
            undo()
            self.undone.add(number)
            self.add(who, book, TODAY, -amount)

    @invariant()
    def every_book_sums_to_zero_and_every_balance_is_its_sum(self):
        verdict = verifying.verify()
        assert verdict.is_right
        for (number, book), moves in self.had.items():
            held = Account.objects.get(book__code=book, holder_kind="person", holder_code=number)
            assert held.amount == sum(n for _, n in moves)

    @rule(cut=st.integers(0, 90), length=st.integers(1, 60), book=st.sampled_from(BOOKS))
    def look(self, cut, length, book):
        since = FIRST + timedelta(days=cut)
        until = since + timedelta(days=length)
        found = {
            row.code: (row.opening, row.closing)
            for row in queries.balances(book, by="person", since=since, until=until)
        }
        for (number, of_book), moves in self.had.items():
            if of_book == book:
                opening = sum(n for on, n in moves if on < since)
                closing = sum(n for on, n in moves if on < until)
                assert found.get(number, (0, 0)) == (opening, closing)


@pytest.mark.django_db
def test_whatever_people_do_the_books_agree():
    run_state_machine_as_test(
        Books, settings=settings(max_examples=8, stateful_step_count=12, deadline=None)
    )
