"""A minor's file and an export in clear take two people."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import transaction
from django.db.models import QuerySet
from django.db.utils import IntegrityError
from openpyxl import load_workbook

from dianliang.core.models import AuditEvent
from dianliang.domain.care.models import Unlock
from dianliang.domain.care.operations.unlocking import UnableToUnlockError
from dianliang.flows import care_files, care_sheets, care_unlocks
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import (
    IllegalTransitionError,
    InvalidInputError,
    NotVisibleError,
)
from tests.flows.test_care import customer
from tests.town import NOON, TODAY


def second(town, code="S1", name="second"):
    """Return somebody else who acts for a unit."""
    actor = town.actor(code)
    return type(actor)(
        id=f"user:{name}",
        name="第二人",
        role=actor.role,
        unit_path=actor.unit_path,
        unit_code=actor.unit_code,
    )


def child(town, **fields):
    return customer(town, "KH9", special_kind="left_behind_child", name="王小明", **fields)


def test_a_minors_file_opens_for_half_an_hour_after_a_second_person_agreed(town):
    child(town)
    by, other = town.actor("S1"), second(town)
    reveal = {"number": "KH9", "reason": "核对监护人", "by": by}
    with pytest.raises(UnableToUnlockError, match="第二人"):
        care_files.reveal(**reveal, at=NOON)
    unlock = care_files.ask_for_minor(number="KH9", reason="核对监护人", by=by, at=NOON)
    assert care_files.open_file(number="KH9", by=by, at=NOON).asked[0].is_mine
    with pytest.raises(UnableToUnlockError, match="自己"):
        care_unlocks.decide(number=unlock.number, verb="grant", by=by, at=NOON)
    care_unlocks.decide(number=unlock.number, verb="grant", by=other, at=NOON)

    assert care_files.reveal(**reveal, at=NOON).name == "王小明"
    with pytest.raises(UnableToUnlockError):  # what was granted was granted to one person
        care_files.reveal(**{**reveal, "by": other}, at=NOON)
    with pytest.raises(UnableToUnlockError):
        care_files.reveal(**reveal, at=NOON + timedelta(minutes=30))

    verbs = AuditEvent.objects.order_by("id").values_list("verb", "outcome")
    assert [verb for verb in verbs if verb[0] != "customers.customer.read"] == [
        ("customers.customer.reveal", "denied"),
        ("care.unlock.ask", "ok"),
        ("care.unlock.grant", "ok"),
        ("customers.customer.reveal", "ok"),
        ("customers.customer.reveal", "denied"),
        ("customers.customer.reveal", "denied"),
    ]
    log = care_files.access_log(number="KH9", before=None, by=by)
    assert {"申请批准", "批准"} <= {line.deed for line in log.lines}


def test_a_refused_request_opens_nothing_and_is_decided_once(town):
    child(town)
    by, other = town.actor("S1"), second(town)
    unlock = care_files.ask_for_minor(number="KH9", reason="核对", by=by, at=NOON)
    with pytest.raises(UnableToUnlockError, match="等待"):
        care_files.ask_for_minor(number="KH9", reason="再问", by=by, at=NOON)
    care_unlocks.decide(number=unlock.number, verb="refuse", by=other, at=NOON)

    with pytest.raises(IllegalTransitionError):
        care_unlocks.decide(number=unlock.number, verb="grant", by=other, at=NOON)
    with pytest.raises(UnableToUnlockError):
        care_files.reveal(number="KH9", reason="核对", by=by, at=NOON)
    assert care_unlocks.queue(by=other, at=NOON).waiting == ()


def test_a_request_of_yesterday_is_asked_anew(town):
    child(town)
    unlock = care_files.ask_for_minor(number="KH9", reason="核对", by=town.actor("S1"), at=NOON)
    later = NOON + timedelta(hours=24)

    assert care_unlocks.queue(by=second(town), at=later).waiting == ()
    with pytest.raises(UnableToUnlockError, match="24"):
        care_unlocks.decide(number=unlock.number, verb="grant", by=second(town), at=later)
    anew = care_files.ask_for_minor(number="KH9", reason="核对", by=town.actor("S1"), at=later)
    unlock.refresh_from_db()
    assert (unlock.status, anew.status) == ("LAPSED", "ASKED")


def test_what_a_small_unit_approved_opens_nothing_in_a_large_one(town):
    child(town)
    station, company = second(town, name="both"), second(town, "AJ", name="both")
    asked = {"by": station, "at": NOON}
    for unlock in (
        care_unlocks.ask_for_export(reason="年度核对", **asked),
        care_files.ask_for_minor(number="KH9", reason="核对", **asked),
    ):
        care_unlocks.decide(number=unlock.number, verb="grant", by=second(town), at=NOON)

    with pytest.raises(UnableToUnlockError):
        care_sheets.export(in_clear=True, reason="年度核对", by=company, at=NOON)
    with pytest.raises(UnableToUnlockError):
        care_files.reveal(number="KH9", reason="核对", by=company, at=NOON)
    assert care_unlocks.queue(by=company, at=NOON).export_open_until is None
    assert care_files.reveal(number="KH9", reason="核对", **asked).name == "王小明"
    assert cells(care_sheets.export(in_clear=True, reason="年度核对", **asked))


def test_a_minor_without_a_unit_is_locked_and_unlocked_like_any_other(town):
    child(town, unit=None)
    by = town.actor("S1")

    unlock = care_files.ask_for_minor(number="KH9", reason="核对", by=by, at=NOON)
    care_unlocks.decide(number=unlock.number, verb="grant", by=second(town), at=NOON)

    assert care_files.reveal(number="KH9", reason="核对", by=by, at=NOON).name == "王小明"


@pytest.mark.parametrize("purpose", ["minor", "export"])
def test_the_loser_of_two_presses_is_told_that_one_waits(town, purpose, monkeypatch):
    child(town)
    ask = {"reason": "核对", "by": town.actor("S1"), "at": NOON}

    def press():
        if purpose == "minor":
            return care_files.ask_for_minor(number="KH9", **ask)
        return care_unlocks.ask_for_export(**ask)

    press()
    monkeypatch.setattr(QuerySet, "exists", lambda _rows: False)  # the other has not written yet
    with pytest.raises(UnableToUnlockError, match="等待"):
        press()
    assert Unlock.objects.count() == 1


def test_a_neighbour_neither_sees_nor_decides(town):
    child(town)
    unlock = care_files.ask_for_minor(number="KH9", reason="核对", by=town.actor("S1"), at=NOON)

    for stranger in (town.actor("S2"), town.actor("S1", Role.COMMANDER)):
        assert care_unlocks.queue(by=stranger, at=NOON).waiting == ()
        with pytest.raises(NotVisibleError):
            care_unlocks.decide(number=unlock.number, verb="grant", by=stranger, at=NOON)


def test_the_database_itself_refuses_one_person_in_both_parts(town):
    unlock = care_unlocks.ask_for_export(reason="年度核对", by=town.actor("S1"), at=NOON)

    with pytest.raises(IntegrityError), transaction.atomic():
        Unlock.objects.filter(pk=unlock.pk).update(decided_by=unlock.asked_by)


def test_an_adults_file_needs_no_second_person(town):
    customer(town)

    with pytest.raises(InvalidInputError, match="不需要"):
        care_files.ask_for_minor(number="KH1", reason="核对", by=town.actor("S1"), at=NOON)


def cells(content):
    sheet = load_workbook(BytesIO(content)).active
    head, *rows = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_an_export_is_masked_and_in_clear_only_once_with_a_second_person(town):
    customer(town, "KH1", visit_password="白茶26", nominee="=李四")
    child(town, phone="13900139000")
    customer(town, "KH2", unit=town.units["S2"], name="隔壁")
    by = town.actor("S1")
    asked = {"reason": "年度核对", "by": by, "at": NOON}

    masked = cells(care_sheets.export(in_clear=False, **asked))
    assert [row["客户编号"] for row in masked] == ["KH1", "KH9"]
    assert (masked[0]["姓名"], masked[0]["上门口令"], masked[0]["联系人"]) == ("王*", "", "")
    with pytest.raises(UnableToUnlockError):
        care_sheets.export(in_clear=True, **asked)
    unlock = care_unlocks.ask_for_export(reason="年度核对", by=by, at=NOON)
    care_unlocks.decide(number=unlock.number, verb="grant", by=second(town), at=NOON)
    clear = cells(care_sheets.export(in_clear=True, **asked))
    with pytest.raises(UnableToUnlockError):
        care_sheets.export(in_clear=True, **asked)

    assert (clear[0]["姓名"], clear[0]["上门口令"], clear[0]["联系人"]) == (
        "王五",
        "白茶26",
        "=李四",
    )
    assert (clear[1]["姓名"], clear[1]["电话"]) == ("王**", "139****9000")
    events = AuditEvent.objects.filter(verb="customers.customer.export").order_by("id")
    assert [event.after for event in events] == ["2 户，遮盖", "2 户，明细"]


@pytest.mark.parametrize("role", [Role.COMMANDER, Role.ALLIANCE_UNIT, Role.AUDITOR, Role.STEWARD])
def test_nobody_else_exports(town, role):
    customer(town)
    stranger = town.actor("S1", role)

    with pytest.raises(NotVisibleError):
        care_sheets.export(in_clear=False, reason="看看", by=stranger, at=NOON)
    with pytest.raises(NotVisibleError):
        care_unlocks.ask_for_export(reason="看看", by=stranger, at=NOON)


def test_no_export_without_a_reason(town):
    with pytest.raises(InvalidInputError):
        care_sheets.export(in_clear=False, reason="", by=town.actor("S1"), at=NOON)


def test_a_minor_s_consent_is_the_guardian_s_to_give(town):
    file = child(town)
    said = {
        "number": file.number,
        "purpose": "photos",
        "unit_code": "",
        "given_on": TODAY,
        "by": town.actor("S1"),
        "at": NOON,
    }
    for how in ("signed", "verbal", "phone"):
        with pytest.raises(InvalidInputError, match="监护人"):
            care_files.give_consent(how=how, **said)

    assert care_files.give_consent(how="guardian", **said).given_how == "guardian"
