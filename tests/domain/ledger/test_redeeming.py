"""Goods for points: both leave together, neither falls below zero."""

import pytest

from dianliang.domain.ledger import queries, redeeming
from dianliang.domain.ledger.models import Entry, Redemption
from dianliang.domain.ledger.operations import OverdrawnError, OwnBenefitError, UnableToPostError
from dianliang.kernel.errors import KeyReusedError
from tests.ledgers import NOON, TODAY, article, build, give, officer

pytestmark = pytest.mark.django_db


def stock(unit, goods):
    return queries.balance(
        book="goods", holder_kind="unit", holder_code=unit.code, article=goods.code
    )


def points(person):
    return queries.balance(book="volunteer_points", holder_kind="person", holder_code=person.number)


def shop(pieces=3, has=50):
    ledger, goods = build(), article()
    give(ledger.people[0], has)
    redeeming.stock_up(
        article=goods,
        unit=ledger.unit,
        pieces=pieces,
        words="工会采购",
        on=TODAY,
        by=officer(),
        at=NOON,
        key="s1",
    )
    return ledger, goods


def redeem(ledger, goods, pieces=1, *, key="r1", by=None):
    return redeeming.redeem(
        person=ledger.people[0],
        article=goods,
        pieces=pieces,
        unit=ledger.unit,
        by=by or officer(),
        at=NOON,
        key=key,
    )


def test_points_and_goods_leave_together_once():
    ledger, goods = shop()

    done = redeem(ledger, goods, 2)

    assert redeem(ledger, goods, 2) == done
    assert (points(ledger.people[0]), stock(ledger.unit, goods)) == (10, 1)
    assert {done.points_entry.source_number, done.goods_entry.source_number} == {done.number}
    with pytest.raises(KeyReusedError):
        redeem(ledger, goods, 1)


def test_without_points_or_without_goods_nothing_leaves():
    ledger, goods = shop(pieces=1, has=100)

    with pytest.raises(OverdrawnError, match="雨伞umbrella不足：现有 1 把，需要 2 把"):
        redeem(ledger, goods, 2)
    with pytest.raises(OverdrawnError, match="志愿积分不足：现有 100 积分，需要 120 积分"):
        redeem(ledger, goods, 6)
    assert (points(ledger.people[0]), stock(ledger.unit, goods)) == (100, 1)
    assert Redemption.objects.count() == 0


def test_nobody_hands_goods_to_himself():
    ledger, goods = shop()

    with pytest.raises(OwnBenefitError):
        redeem(ledger, goods, by=officer(person="P0"))


def test_what_is_taken_back_gives_points_and_goods_back_once():
    ledger, goods = shop()
    done = redeem(ledger, goods)

    redeeming.take_back(redemption=done, because="质量问题", by=officer(), at=NOON)

    assert (points(ledger.people[0]), stock(ledger.unit, goods)) == (50, 3)
    with pytest.raises(UnableToPostError, match="不能重复冲正"):
        redeeming.take_back(redemption=done, because="质量问题", by=officer(), at=NOON)


def test_what_is_not_for_points_is_not_redeemed():
    ledger, goods = shop()
    goods.points = None

    with pytest.raises(redeeming.UnableToRedeemError, match="不可用积分兑换"):
        redeem(ledger, goods)


def test_other_goods_under_the_key_of_earlier_ones_are_not_lost_in_silence():
    ledger, goods = shop()
    told = {"words": "工会采购", "on": TODAY, "by": officer(), "at": NOON, "key": "s1"}
    again = redeeming.stock_up(article=goods, unit=ledger.unit, pieces=3, **told)

    with pytest.raises(KeyReusedError):
        redeeming.stock_up(article=goods, unit=ledger.unit, pieces=4, **told)
    assert (again.number, stock(ledger.unit, goods)) == (
        Entry.objects.get(key="stock/s1").number,
        3,
    )
