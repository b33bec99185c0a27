"""Donations: typed, for a purpose, approved by another, never more than there is."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from dianliang.core.models import AuditEvent
from dianliang.domain.ledger import giving, granting, pairing, queries
from dianliang.domain.ledger.models import Article, Gift, Grant, Pairing
from dianliang.domain.ledger.operations import OverdrawnError, OwnBenefitError
from dianliang.kernel.errors import (
    DomainError,
    IllegalTransitionError,
    KeyReusedError,
    NotVisibleError,
)
from tests.ledgers import NOON, TODAY, build, child, drive, gift, officer, pair

pytestmark = pytest.mark.django_db
FEN = giving.Thing(book="money", amount=6_000)


def left(made, book="money"):
    return queries.balance(book=book, holder_kind="fund", holder_code=made.number)


def ask(made, thing=FEN, *, account="", **more):
    return granting.ask(
        drive=made,
        thing=thing,
        beneficiary=granting.Beneficiary(
            name="李家", shown_name="余村困难家庭", people=3, account=account
        ),
        words="学费",
        by=officer(),
        at=NOON,
        **more,
    )


def test_what_was_given_is_handed_out_to_whom_another_person_approved():
    made = drive(build())
    gift(made)
    grant = ask(made)

    with pytest.raises(OwnBenefitError, match="申请人不能审批"):
        granting.approve(grant=grant, by=officer(), at=NOON)
    granting.approve(grant=grant, by=officer("o2"), at=NOON)
    assert (left(made), left(grant)) == (4_000, 6_000)
    granting.hand_out(grant=grant, on=TODAY, by=officer("o3"), at=NOON)

    assert (left(made), left(grant), grant.status) == (4_000, 0, "HANDED_OUT")
    assert grant.handed_out.source_number == grant.number
    with pytest.raises(IllegalTransitionError):
        granting.hand_out(grant=grant, on=TODAY, by=officer("o3"), at=NOON)


def test_the_beneficiary_does_not_approve():
    made = drive(build())
    gift(made)

    with pytest.raises(OwnBenefitError, match="受益人"):
        granting.approve(grant=ask(made, account="o2"), by=officer("o2"), at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.update(decided_by="o2")


def test_two_grants_together_never_promise_more_than_there_is():
    made = drive(build())
    gift(made)
    first, second = ask(made), ask(made)
    granting.approve(grant=first, by=officer("o2"), at=NOON)

    with pytest.raises(
        OverdrawnError, match=r"金蜜蜂助学的爱心资金不足：现有 40.00 元，需要 60.00 元"
    ):
        granting.approve(grant=second, by=officer("o2"), at=NOON)
    second.refresh_from_db()
    assert second.status == "ASKED"
    granting.withdraw(grant=first, because="家庭自愿放弃", by=officer(), at=NOON)
    granting.approve(grant=second, by=officer("o2"), at=NOON)

    assert (left(made), first.status) == (4_000, "WITHDRAWN")


def test_what_was_handed_out_and_came_back_returns_to_the_purpose():
    made = drive(build())
    gift(made)
    grant = ask(made)
    granting.approve(grant=grant, by=officer("o2"), at=NOON)
    granting.hand_out(grant=grant, on=TODAY, by=officer("o3"), at=NOON)

    granting.withdraw(grant=grant, because="家庭退回", by=officer(), at=NOON)

    assert (left(made), left(grant), grant.status) == (10_000, 0, "WITHDRAWN")
    with pytest.raises(IllegalTransitionError):
        granting.withdraw(grant=grant, because="再来一次", by=officer(), at=NOON)


def test_one_purpose_does_not_pay_for_another():
    ledger = build()
    rich, poor = drive(ledger), drive(ledger, title="清凉一夏")
    gift(rich)

    with pytest.raises(OverdrawnError, match="清凉一夏"):
        granting.approve(grant=ask(poor), by=officer("o2"), at=NOON)


def test_masks_money_and_blood_are_counted_each_in_its_own_measure():
    made = drive(build())
    masks = Article.objects.get(code="face_shield")
    anonymous = giving.Giver(kind="anonymous", people=21)
    for key, thing in (
        ("m", giving.Thing(book="goods", amount=20_000, article=masks)),
        ("b", giving.Thing(book="blood", amount=7_300)),
    ):
        giving.receive(
            drive=made,
            thing=thing,
            giver=anonymous,
            on=TODAY,
            note="",
            by=officer(),
            at=NOON,
            key=key,
        )
    gift(made, 3_600_000)

    assert [left(made, book) for book in ("money", "goods", "blood")] == [3_600_000, 20_000, 7_300]
    with pytest.raises(DomainError, match="物资请选择物品"):
        ask(made, giving.Thing(book="goods", amount=1))
    wrong = giving.Thing(book="goods", amount=1, article=Article.objects.get(code="mask"))
    with pytest.raises(OverdrawnError, match="医用口罩不足：现有 0 只"):
        granting.approve(grant=ask(made, wrong), by=officer("o2"), at=NOON)


def test_an_anonymous_giver_is_kept_without_a_name():
    made = drive(build())
    giver = giving.Giver(kind="anonymous", name="张三", phone="13800001111", shown_name="张三")
    kept = giving.receive(
        drive=made, thing=FEN, giver=giver, on=TODAY, note="", by=officer(), at=NOON, key="a"
    )

    kept.refresh_from_db()
    assert (kept.giver_name, kept.giver_phone, kept.shown_name) == ("", "", "爱心人士（匿名）")
    with pytest.raises(IntegrityError), transaction.atomic():
        Gift.objects.filter(pk=kept.pk).update(giver_name="张三")


def test_a_gift_sent_twice_is_entered_once():
    made = drive(build())

    assert gift(made) == gift(made)
    assert left(made) == 10_000


def test_a_gift_that_was_spent_cannot_be_undone_and_one_that_was_not_can():
    made = drive(build())
    first, second = gift(made), gift(made, 5_000, key="g2")
    granting.approve(grant=ask(made), by=officer("o2"), at=NOON)

    with pytest.raises(OverdrawnError):
        giving.undo_gift(gift=first, because="退回", by=officer(), at=NOON)
    giving.undo_gift(gift=second, because="重复登记", by=officer(), at=NOON)
    assert left(made) == 4_000


def test_a_drive_takes_only_while_it_is_open():
    made = drive(build())
    giving.move_drive(drive=made, verb="close", by=officer(), at=NOON)

    with pytest.raises(giving.UnableToGiveError, match="已结束"):
        gift(made)


def test_a_pairing_needs_the_guardian_a_child_and_a_second_person():
    ledger = build()
    who = child(ledger)
    made = pair(ledger, who)

    with pytest.raises(OwnBenefitError):
        pairing.decide(pairing=made, verb="approve", by=officer(), at=NOON)
    pairing.decide(pairing=made, verb="approve", by=officer("o2"), at=NOON)
    with pytest.raises(pairing.UnableToPairError, match="已有爱心家长"):
        pair(ledger, who, alias="小树苗02")
    with pytest.raises(pairing.UnableToPairError, match="化名不能含有"):
        pair(ledger, child(ledger, "王豆"), alias="王豆苗")
    other = child(ledger)
    with pytest.raises(pairing.UnableToPairError, match="已用过"):
        pair(ledger, other)
    other.special_kind = "elderly_alone"
    with pytest.raises(pairing.UnableToPairError, match="留守儿童"):
        pair(ledger, other, alias="小树苗03")


def test_the_trail_and_the_pairing_say_nothing_of_the_child_or_the_donor_in_clear():
    from django.db import connection

    ledger = build()
    pair(ledger, child(ledger, "赵星星"))

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM ledger_pairing")
        row = str(cursor.fetchall())
    trail = str(list(AuditEvent.objects.values_list("before", "after", "reason")))
    for secret in ("赵星星", "陈爱心", "13900002222"):
        assert secret not in row
        assert secret not in trail


def test_a_donors_link_opens_his_pairing_until_it_ends():
    ledger = build()
    made = pair(ledger, child(ledger))
    with pytest.raises(pairing.UnableToPairError):
        pairing.link(pairing=made, token="t" * 36, by=officer(), at=NOON)
    pairing.decide(pairing=made, verb="approve", by=officer("o2"), at=NOON)
    pairing.link(pairing=made, token="t" * 36, by=officer(), at=NOON)
    assert pairing.of_token("t" * 36) == made
    pairing.link(pairing=made, token="u" * 36, by=officer(), at=NOON)

    with pytest.raises(NotVisibleError):
        pairing.of_token("t" * 36)
    pairing.end(pairing=made, because="孩子随父母进城", on=TODAY, by=officer(), at=NOON)
    with pytest.raises(NotVisibleError):
        pairing.of_token("u" * 36)
    assert Pairing.objects.get().until == TODAY


def test_gifts_for_a_child_go_through_the_drive_of_pairings():
    ledger = build()
    made = pair(ledger, child(ledger))
    pairing.decide(pairing=made, verb="approve", by=officer("o2"), at=NOON)
    plain, caring = drive(ledger), drive(ledger, title="爱心家长", for_pairings=True)

    with pytest.raises(giving.UnableToGiveError, match="爱心结对项目"):
        gift(plain, pairing=made)
    gift(caring, pairing=made)
    assert left(caring) == 10_000


@pytest.mark.parametrize(
    ("thing", "words"),
    [
        (giving.Thing(book="money", amount=0), "大于零"),
        (giving.Thing(book="member_points", amount=1), "资金、物资或献血"),
    ],
)
def test_what_cannot_be_given_is_refused(thing, words):
    with pytest.raises(DomainError, match=words):
        ask(drive(build()), thing)


def test_a_gift_has_a_day_that_has_been():
    made = drive(build())
    with pytest.raises(DomainError, match="起止日期"):
        giving.receive(
            drive=made,
            thing=FEN,
            giver=giving.Giver(kind="anonymous"),
            on=date(2026, 8, 1),
            note="",
            by=officer(),
            at=NOON,
            key="x",
        )


def test_another_gift_under_the_key_of_an_earlier_one_is_not_lost_in_silence():
    made = drive(build())
    gift(made)

    with pytest.raises(KeyReusedError):
        gift(made, 5_000)
    assert left(made) == 10_000


def test_nobody_approves_what_he_is_named_to_receive():
    made = drive(build())
    gift(made)
    grant = ask(made)
    Grant.objects.filter(pk=grant.pk).update(beneficiary=officer("o2").name)
    grant.refresh_from_db()

    with pytest.raises(OwnBenefitError, match="受益人"):
        granting.approve(grant=grant, by=officer("o2"), at=NOON)


def test_an_alias_has_no_two_letters_of_the_childs_name_in_a_row():
    ledger = build()

    with pytest.raises(pairing.UnableToPairError, match="化名不能含有"):
        pair(ledger, child(ledger, "欧阳小明"), alias="小明同学")
