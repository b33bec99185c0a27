"""Posting: balanced, of one book, once, final, and never more than there is."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from dianliang.domain.ledger import operations, queries
from dianliang.domain.ledger.models import Account, Article, Book, Entry
from dianliang.domain.ledger.models import Line as Row
from dianliang.domain.ledger.operations import (
    Line,
    OverdrawnError,
    OwnBenefitError,
    Source,
    UnableToPostError,
    account,
)
from dianliang.kernel.actor import SYSTEM
from dianliang.kernel.errors import InvalidInputError, KeyReusedError
from tests.ledgers import NOON, TODAY, build, give, officer

pytestmark = pytest.mark.django_db


def post(*lines, book="volunteer_points", key="k", on=TODAY, by=SYSTEM):
    return operations.post(
        book=book,
        lines=lines,
        source=Source("visit", "V-1"),
        on=on,
        words="走访",
        by=by,
        at=NOON,
        key=key,
    )


def points_of(person):
    return queries.balance(book="volunteer_points", holder_kind="person", holder_code=person.number)


def test_what_a_person_earns_stands_against_where_it_came_from():
    (person, *_) = build().people

    entry = give(person, 30)

    assert entry.number == "FL261124-0001"
    assert points_of(person) == 30
    assert sorted(entry.lines.values_list("amount", flat=True)) == [-30, 30]


def test_the_same_key_enters_once_and_never_something_else():
    (person, *_) = build().people
    first = give(person, 30, key="visit/V-1")

    assert give(person, 30, key="visit/V-1") == first
    with pytest.raises(KeyReusedError):
        give(person, 31, key="visit/V-1")
    assert points_of(person) == 30


def test_lines_that_do_not_balance_are_refused():
    (person, *_) = build().people
    his = account("volunteer_points", "person", person.number)
    source = account("volunteer_points", "outside", "points")

    with pytest.raises(UnableToPostError, match="合计 1"):
        post(Line(his, 10), Line(source, -9))
    assert Entry.objects.count() == 0


def test_two_books_never_mix():
    (person, *_) = build().people
    his = account("volunteer_points", "person", person.number)
    other = account("member_points", "outside", "points")

    with pytest.raises(UnableToPostError, match="其他账本"):
        post(Line(his, 10), Line(other, -10))


def test_two_kinds_of_goods_never_mix():
    masks, drinks = Article.objects.get(code="mask"), Article.objects.get(code="cool_drink")
    stock = account("goods", "unit", "AJ01", article=masks)
    other = account("goods", "outside", "suppliers", article=drinks)

    with pytest.raises(UnableToPostError, match="同一种物品"):
        post(Line(stock, 10), Line(other, -10), book="goods")


def test_pieces_are_of_some_article_and_points_of_none():
    with pytest.raises(InvalidInputError, match="选择物品"):
        account("goods", "unit", "AJ01")
    with pytest.raises(InvalidInputError, match="不记物品"):
        account("money", "unit", "AJ01", article=Article.objects.get(code="mask"))


def insert(entry_id, lines, *, book="volunteer_points", by_person=""):
    """Write an entry past the operation, as a careless program would."""
    chosen = Book.objects.get(code=book)
    with transaction.atomic():
        Row.objects.bulk_create(
            [Row(entry_id=entry_id, account=a, amount=n, on=TODAY) for a, n in lines]
        )
        Entry.objects.create(
            id=entry_id,
            number=f"X{entry_id}",
            book=chosen,
            on=TODAY,
            words="x",
            source_kind="visit",
            source_number="V",
            key=f"x{entry_id}",
            posted_at=NOON,
            by_id="x",
            by_name="x",
            by_person=by_person,
        )


def test_the_database_itself_refuses_an_entry_that_does_not_balance_or_mixes_books():
    (person, *_) = build().people
    his = account("volunteer_points", "person", person.number)
    source = account("volunteer_points", "outside", "points")
    other = account("member_points", "outside", "points")
    for lines in ([(his, 5), (source, -4)], [(his, 5), (other, -5)], [], [(his, 5)]):
        with pytest.raises(IntegrityError, match="balances"):
            insert(7, lines)
    with pytest.raises(IntegrityError, match="gives nothing"):
        insert(7, [(his, 5), (source, -5)], by_person=person.number)

    insert(7, [(his, 5), (source, -5)])

    assert Entry.objects.filter(id=7).exists()


def test_an_entry_can_be_neither_changed_nor_deleted_nor_added_to():
    (person, *_) = build().people
    entry = give(person, 30)
    his = account("volunteer_points", "person", person.number)
    for statement in (
        "UPDATE ledger_entry SET words = 'x'",
        "UPDATE ledger_line SET amount = 1000",
        "DELETE FROM ledger_line",
        "DELETE FROM ledger_entry",
        "UPDATE ledger_account SET holder_code = 'P2'",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(IntegrityError, match="no line joins"), transaction.atomic():
        Row.objects.create(entry=entry, account=his, amount=5, on=TODAY)

    assert points_of(person) == 30


def test_nobody_gives_more_than_he_has():
    (person, *_) = build().people
    give(person, 30)
    his = account("volunteer_points", "person", person.number)
    gone = account("volunteer_points", "outside", "redeemed")

    with pytest.raises(OverdrawnError, match="队员0的志愿积分不足：现有 30 分，需要 31 分"):
        post(Line(his, -31), Line(gone, 31))
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.filter(pk=his.pk).update(amount=-1)
    post(Line(his, -30), Line(gone, 30))

    assert points_of(person) == 0


def test_nobody_posts_what_he_himself_receives():
    (person, *_) = build().people
    me = officer(person=person.number)

    with pytest.raises(OwnBenefitError, match="本人"):
        give(person, 30, by=me)


def test_a_mistake_is_undone_by_its_opposite_once():
    (person, *_) = build().people
    entry = give(person, 30, on=date(2026, 10, 3))

    counter = operations.reverse(entry.number, because="重复登记", by=SYSTEM, at=NOON)

    assert (counter.on, counter.reverses, points_of(person)) == (TODAY, entry, 0)
    assert (counter.source_kind, counter.source_number) == ("visit", "V-1")
    with pytest.raises(UnableToPostError, match=f"已由 {counter.number} 冲正"):
        operations.reverse(entry.number, because="再来", by=SYSTEM, at=NOON)
    with pytest.raises(UnableToPostError, match="本身是冲正"):
        operations.reverse(counter.number, because="再来", by=SYSTEM, at=NOON)


def test_nobody_undoes_what_concerns_himself_or_without_a_reason():
    (person, *_) = build().people
    entry = give(person, 30)

    with pytest.raises(OwnBenefitError):
        operations.reverse(entry.number, because="重复", by=officer(person=person.number), at=NOON)
    with pytest.raises(InvalidInputError, match="冲正原因"):
        operations.reverse(entry.number, because=" ", by=SYSTEM, at=NOON)


def test_many_are_entered_all_or_none():
    (person, *_) = build().people
    his = account("volunteer_points", "person", person.number)
    gone = account("volunteer_points", "outside", "redeemed")
    posting = operations.Posting(
        book="volunteer_points",
        lines=(Line(his, 10), Line(gone, -10)),
        source=Source("visit", "V-1"),
        on=TODAY,
        words="走访",
        key="a",
    )
    bad = operations.Posting(
        book="volunteer_points",
        lines=(Line(his, -11), Line(gone, 11)),
        source=Source("visit", "V-2"),
        on=TODAY,
        words="走访",
        key="b",
    )

    with pytest.raises(OverdrawnError):
        operations.post_all(postings=[posting, bad], by=SYSTEM, at=NOON)
    assert Entry.objects.count() == 0


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"on": date(2026, 11, 25)}, "不能晚于今天"),
        ({"key": ""}, "幂等键"),
        ({"book": "gold"}, "没有账本"),
    ],
)
def test_what_cannot_be_is_refused_with_words(changed, words):
    (person, *_) = build().people
    his = account("volunteer_points", "person", person.number)
    source = account("volunteer_points", "outside", "points")

    with pytest.raises(InvalidInputError, match=words):
        post(Line(his, 1), Line(source, -1), **changed)
