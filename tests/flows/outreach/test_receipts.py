"""Receipts: late, twice and in any order, from calls and files; and what a reader says himself."""

import json
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dianliang.core.checks import InvalidRowsError
from dianliang.domain.outreach.lifecycle import STAGES
from dianliang.domain.outreach.models import Delivery, Outreach, Receipt, Recipient
from dianliang.domain.outreach.operations import sending
from dianliang.domain.outreach.operations.outreach import UnableToReachError
from dianliang.domain.outreach.operations.receipts import Said, take_in
from dianliang.domain.outreach.phones import token_of
from dianliang.domain.outreach.queries import people, progress
from dianliang.flows.outreach import answering, contacts, handoff, leading, persons, receipts
from dianliang.flows.outreach.audience import write_now
from dianliang.integrations.messaging import signing
from dianliang.kernel.actor import SYSTEM
from dianliang.kernel.errors import InvalidInputError, NotVisibleError, StaleStateError
from tests.outreachworld import (
    FILE,
    SECRET,
    WEBHOOK,
    channel,
    clerk,
    drafted,
    firms,
    run,
    table,
)
from tests.town import NOON


def sent(town, kind=FILE, count=3):
    """An outreach of which one batch has left."""
    firms(town, count)
    channel(kind, port=9)
    outreach = drafted(town, kind)
    by = clerk(town)
    write_now(number=outreach.number, by=by, at=NOON)
    leading.release(
        number=outreach.number, channel=f"C-{kind}", by=clerk(town, name="second"), at=NOON
    )
    if kind == FILE:
        assert run(NOON)
        handoff.fetch(number=f"{outreach.number}-1-B001", form="xlsx", by=by, at=NOON)
    return outreach


said = st.tuples(st.sampled_from([-1, 3, 4, 5]), st.integers(0, 3))


@given(st.lists(said, max_size=6).flatmap(lambda s: st.tuples(st.just(s), st.permutations(s))))
@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_in_whatever_order_receipts_come_the_state_is_the_same(town, both):
    with transaction.atomic():
        outreach = sent(town, count=2)
        numbers = [f"{outreach.number}-{serial}-1" for serial in (1, 2)]
        for number, order in zip(numbers, both, strict=True):
            for stage, minute in [*order, *order[:2]]:
                at = NOON + timedelta(minutes=minute)
                one = Said(number=number, stage=stage, said_at=at, reason="空号")
                take_in([one], source="callback", source_ref="", by=SYSTEM, at=NOON)
        first, second = Delivery.objects.order_by("pk")

        assert (first.stage, first.failure) == (second.stage, second.failure)
        proved = [stage for stage, _minute in both[0] if stage > 0]
        assert first.stage == max(proved, default=2)
        assert bool(first.failure) == (not proved and bool(both[0]))
        who = Recipient.objects.get(serial=1)
        assert (who.stage, who.failure) == (first.stage, first.failure)
        assert Receipt.objects.filter(delivery=first).count() == len(set(both[0]))
        transaction.set_rollback(True)


def test_a_signed_call_counts_once_and_a_forged_or_old_one_not_at_all(town):
    outreach = sent(town, WEBHOOK)
    round_ = outreach.rounds.get()
    sending.plan_chunk(round_, after=0)
    batch = sending.claim(round_, at=NOON)
    sending.handed(batch, refused={}, by=SYSTEM, at=NOON)
    told = [{"id": f"{outreach.number}-1-1", "state": "delivered", "at": NOON.isoformat()}]
    body = json.dumps({"receipts": [*told, {"id": "nobody", "state": "read"}]}).encode()
    good = {
        "code": "C-webhook",
        "body": body,
        "signature": signing.sign(body, secret=SECRET, at=NOON),
        "at": NOON,
    }

    first, again = receipts.called(**good), receipts.called(**good)

    assert (first.new, again.new, again.known) == (1, 0, 1)
    assert first.strange == ("nobody",)
    undated = json.dumps({"receipts": [{**told[0], "at": ""}, {"id": "nobody", "state": "read"}]})
    for later in (0, 1):
        at = NOON + timedelta(minutes=later)
        signature = signing.sign(undated.encode(), secret=SECRET, at=at)
        once = {"body": undated.encode(), "signature": signature, "at": at}
        assert receipts.called(**{**good, **once}).new == 0
    round_.channel.is_active = False  # what it carried before still comes back
    round_.channel.save()
    late = json.dumps({"receipts": [{**told[0], "state": "read"}]}).encode()
    signature = signing.sign(late, secret=SECRET, at=NOON)
    assert receipts.called(**{**good, "body": late, "signature": signature}).new == 1
    odd = json.dumps({"receipts": [{"id": "\ud800", "state": "read"}]}).encode()
    with pytest.raises(InvalidInputError, match="id"):
        receipts.called(
            **{**good, "body": odd, "signature": signing.sign(odd, secret=SECRET, at=NOON)}
        )
    deep = b"[" * 100_000
    with pytest.raises(InvalidInputError, match="JSON"):
        receipts.called(
            **{**good, "body": deep, "signature": signing.sign(deep, secret=SECRET, at=NOON)}
        )
    for wrong in (
        {"signature": signing.sign(body, secret="x" * 16, at=NOON)},
        {"body": body + b" "},
        {"at": NOON + timedelta(minutes=6)},
        {"code": "C-none"},
    ):
        with pytest.raises(NotVisibleError):
            receipts.called(**{**good, **wrong})


def test_a_file_of_receipts_is_taken_whole_or_not_at_all(town):
    outreach = sent(town)
    by = clerk(town)
    number = f"{outreach.number}-1-1"
    wrong = [{"消息编号": number, "状态": "已送达"}, {"消息编号": "CD-x", "状态": "好了"}]

    with pytest.raises(InvalidRowsError) as refusal:
        receipts.bring(number=outreach.number, content=table(wrong), by=by, at=NOON)

    assert len(refusal.value.rows) == 2
    assert not Receipt.objects.exists()
    good = [
        {"消息编号": number, "状态": "已送达", "时间": "2026-11-24 11:00"},
        {"消息编号": number, "状态": "已阅读", "时间": "2026-11-24 11:30"},
        {"消息编号": f"{outreach.number}-2-1", "状态": "失败", "原因": "停机"},
    ]
    taken = receipts.bring(number=outreach.number, content=table(good), by=by, at=NOON)
    assert taken.new == 3
    an_hour_later = {"by": by, "at": NOON + timedelta(hours=1)}  # one of the rows has no time
    taken = receipts.bring(number=outreach.number, content=table(good), **an_hour_later)
    assert (taken.new, taken.known) == (0, 3)
    found = {f.label: (f.firms, f.messages) for f in progress.page(outreach.number, by=by).figures}
    assert (found["已阅读"], found["失败"], found["已移交"]) == ((1, 1), (1, 1), (1, 1))
    failed = people.listed(outreach.number, asked=people.Asked(state="-1"), by=by)
    assert [(row.key, row.reason) for row in failed.rows] == [("QY00002", "停机")]
    assert failed.rows[0].phone == "199****0002"


def test_a_reader_confirms_and_refuses_under_his_own_link(town):
    outreach = sent(town)
    link = token_of(outreach.number, 1)

    ahead = answering.read(token=link, counts=False, at=NOON)
    assert Recipient.objects.get(serial=1).stage == 2
    answering.read(token=link, counts=True, at=NOON)
    answering.acknowledge(token=link, at=NOON)
    answering.opt_out(token=link, agrees=False, at=NOON)

    notice = answering.read(token=link, counts=True, at=NOON)
    assert ahead.text.startswith("第1竹业厂您好，供电公司")
    assert (notice.is_acknowledged, notice.has_opted_out) == (True, True)
    assert STAGES[Recipient.objects.get(serial=1).stage] == "已确认"
    later = drafted(town, FILE)
    write_now(number=later.number, by=clerk(town), at=NOON)
    assert Recipient.objects.get(outreach=later, serial=1).excluded == "opted_out"
    with pytest.raises(NotVisibleError):
        answering.read(token=token_of(outreach.number, 99), counts=True, at=NOON)


def test_a_table_of_contacts_is_checked_row_by_row_and_kept_sealed(town):
    by = clerk(town)
    outreach = drafted(town, FILE, source="contacts")
    row = {"对象编码": "A1", "名称": "甲厂", "类别": "企业", "手机号": "19900000001"}
    bad = [row, {**row, "手机号": "0572-123"}, {**row, "对象编码": "A3", "类别": "工厂"}]

    with pytest.raises(InvalidRowsError) as refusal:
        contacts.bring(number=outreach.number, content=table(bad), by=by, at=NOON)

    assert len(refusal.value.rows) == 3
    assert not Recipient.objects.exists()
    good = [
        row,
        {**row, "对象编码": "A2", "名称": "乙厂"},
        {**row, "对象编码": "A3", "手机号": "19900000003", "接收意愿": "拒收"},
    ]
    contacts.bring(number=outreach.number, content=table(good), by=by, at=NOON)
    found = {r.key: (r.name, r.lead_id is not None, r.excluded) for r in Recipient.objects.all()}
    assert found == {
        "A1": ("甲厂", False, ""),
        "A2": ("乙厂", True, ""),
        "A3": ("甲厂", False, "opted_out"),
    }


def test_whom_nothing_could_be_sent_to_is_forgotten_in_time_too(town):
    (firm,) = firms(town, 1)
    outreach = drafted(town, FILE)
    who = {"key": firm.number, "kind": "enterprise", "unit": firm.unit, "excluded": "no_phone"}
    Recipient.objects.create(outreach=outreach, serial=1, customer=firm, **who)
    leading.move(number=outreach.number, verb="drop", reason="作废", by=clerk(town), at=NOON)

    persons.expire(before=NOON + timedelta(days=1), at=NOON)

    assert Recipient.objects.get().customer is None


def test_what_nobody_ends_ends_with_the_time_that_persons_are_kept(town):
    outreach = sent(town, WEBHOOK)
    Outreach.objects.update(created_at=NOON - timedelta(days=9))
    forgotten = drafted(town, FILE, title="没有放行的")
    Outreach.objects.filter(pk=forgotten.pk).update(created_at=NOON - timedelta(days=9))

    persons.expire(before=NOON - timedelta(hours=1), at=NOON)  # its round began later
    outreach.refresh_from_db()
    forgotten.refresh_from_db()
    assert (outreach.status, forgotten.status) == ("SENDING", "DROPPED")
    persons.expire(before=NOON + timedelta(hours=1), at=NOON)
    outreach.refresh_from_db()
    assert outreach.status == "CLOSED"
    assert not Recipient.objects.exclude(customer=None).exists()


def test_what_was_said_with_a_wish_is_read_where_it_was_said_and_above(town):
    said = {"phone": "19900001111", "agrees": False, "how": "phone", "words": "婆婆病了，别打扰"}
    leading.wish(**said, by=town.actor("S1"), at=NOON)
    (row,) = people.wishes()

    read = {unit: people.wish_row(row, by=town.actor(unit)) for unit in ("S1", "AJ", "S2")}
    assert {unit: bool(shown.words and shown.said_by) for unit, shown in read.items()} == {
        "S1": True,
        "AJ": True,
        "S2": False,
    }
    assert read["S2"].label == "拒收"


def test_of_two_tables_brought_at_once_one_holds_whole(town, monkeypatch):
    by = clerk(town)
    outreach = drafted(town, FILE, source="contacts")
    row = {"名称": "甲厂", "类别": "企业", "手机号": "19900000001"}
    real = contacts.read

    def bring(key):
        rows = table([{"对象编码": key, **row}])
        contacts.bring(number=outreach.number, content=rows, by=by, at=NOON)

    def slow(*args, **more):
        monkeypatch.setattr(contacts, "read", real)
        bring("B1")
        return real(*args, **more)

    monkeypatch.setattr(contacts, "read", slow)
    with pytest.raises(UnableToReachError):
        bring("A1")

    assert [one.key for one in Recipient.objects.all()] == ["B1"]


def test_a_table_that_another_one_replaces_is_written_no_further(town):
    first = drafted(town, FILE, source="contacts")
    second = Outreach.objects.get()
    for each in (first, second):
        leading.operations.clear(outreach=each)

    with pytest.raises(StaleStateError, match="另一份名单"):
        leading.operations.require_own(first)
    leading.operations.require_own(second)
