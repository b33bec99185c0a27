"""What an inspection must say before it is kept, and what comes of it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianliang.core.models import AuditEvent
from dianliang.domain.catalog import inspecting as checklists
from dianliang.domain.catalog.models import ChecklistVersion
from dianliang.domain.safety.models import Hazard, Inspection, Notice
from dianliang.domain.safety.operations import inspecting
from dianliang.domain.safety.operations.inspecting import UnableToInspectError
from dianliang.domain.safety.operations.rectifying import EvidenceMissingError
from dianliang.kernel.errors import InvalidInputError, StaleStateError
from tests import hazards
from tests.fieldworld import NOON


@pytest.fixture
def steward(world):
    return world.actor("P2")


def keep(world, steward, change=lambda sheet, record: record, **given):
    sheet, record = hazards.record(NOON, **given)
    return inspecting.record(
        visit=world.visit(status="ARRIVED"),
        sheet=sheet,
        record=change(sheet, record),
        by=steward,
        at=NOON,
    )


def test_what_is_not_right_becomes_a_hazard_with_class_deadline_and_a_signed_notice(world, steward):
    kept = keep(world, steward, wrong=("H07", "H09"))

    hazard, grave = Hazard.objects.order_by("number")
    assert (hazard.status, hazard.hazard_class, hazard.party) == ("NOTIFIED", "general", "customer")
    assert hazard.due_at == NOON + timedelta(days=30)
    assert (grave.hazard_class, grave.due_at) == ("grave", NOON + timedelta(days=1))
    notice = Notice.objects.get()
    assert notice.received_how == "现场签收：王春花"
    assert {each.notice_id for each in (hazard, grave)} == {notice.pk}
    assert kept.done_by.number == "P2"
    verbs = AuditEvent.objects.filter(verb__startswith="safety").values_list("verb", flat=True)
    assert sorted(verbs) == [
        "safety.hazard.find",
        "safety.hazard.find",
        "safety.hazard.notify",
        "safety.hazard.notify",
        "safety.inspection.record",
        "safety.notice.issue",
    ]


def test_each_party_gets_its_own_notice_and_ours_is_told_at_once(world, steward):
    keep(world, steward, wrong=("H01", "H07"), signature=None, unsigned_reason="户主不在家")

    by_party = {hazard.party: hazard for hazard in Hazard.objects.all()}
    assert by_party["us"].status == "NOTIFIED"
    assert by_party["customer"].status == "FOUND"
    assert Notice.objects.count() == 2


def without(code):
    return lambda _, record: replace(
        record, answers=tuple(a for a in record.answers if a.code != code)
    )


def changed(code, **values):
    return lambda _, record: replace(
        record,
        answers=tuple(replace(a, **values) if a.code == code else a for a in record.answers),
    )


def hazard_with(**values):
    return lambda _, record: replace(record, found=(replace(record.found[0], **values),))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (without("H03"), "按试验按钮，保护器立即跳闸，复位后能合上”还没有填"),
        (changed("H07", value="ok"), "没有填不合格，却登记了隐患"),
        (lambda _, record: replace(record, found=()), "不合格，请登记隐患并拍照"),
        (changed("H04", number=None), "请填数值（mA）"),
        (changed("H04", number=float("nan")), "请填数值（mA）"),
        (changed("H04", number=100.0), "100 mA，合格范围 0–30，与“合格”不符"),
        (changed("H02", photos=()), "必须拍照"),
        (hazard_with(photo=None), "没有照片"),
        (hazard_with(deadline_days=91), "1 到 90 天"),
        (hazard_with(hazard_class="none"), "等级或责任方不对"),
        (lambda _, r: replace(r, signature=None), "请客户签名，或写明没有签名的原因"),
        (lambda _, r: replace(r, answers=(*r.answers, r.answers[0])), "与清单对不上"),
    ],
)
def test_an_incomplete_inspection_is_refused_with_the_item_and_nothing_is_kept(
    world, steward, change, words
):
    with pytest.raises(UnableToInspectError, match=words):
        keep(world, steward, change)

    assert [model.objects.count() for model in (Inspection, Hazard, Notice)] == [0, 0, 0]


def test_a_class_below_the_checklists_needs_words(world, steward):
    lower = hazard_with(code="H09", hazard_class="general", words="", deadline_days=30)
    with pytest.raises(UnableToInspectError, match="低于规定，请写明现场情况"):
        keep(world, steward, lower, wrong=("H09",))


def test_what_does_not_exist_here_needs_no_photo(world, steward):
    absent = changed("H09", value="na", photos=())

    assert keep(world, steward, absent, wrong=()).answers[8]["value"] == "na"


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_a_measured_value_is_right_exactly_within_its_range(number):
    item = checklists.Item(
        code="X",
        wording="电阻",
        hazard_class="major",
        deadline_days=10,
        party="customer",
        kind="number",
        unit="MΩ",
        least=0.5,
        most=1000,
    )
    answer = inspecting._measured(item, hazards.Answer(code="X", value="", number=number))

    assert (answer.value == "ok") == (0.5 <= number <= 1000)


def test_a_second_inspection_of_the_same_visit_is_told_that_there_is_one(world, steward):
    visit = world.visit(status="ARRIVED")
    hazards.inspected(world, steward, at=NOON, visit=visit)

    with pytest.raises(StaleStateError):
        hazards.inspected(world, steward, at=NOON, visit=visit)


def test_what_was_put_right_at_once_is_closed_by_its_pair_of_photos(world, steward):
    after = hazards.picture(NOON)
    keep(world, steward, hazard_with(fixed=after))

    hazard = Hazard.objects.get()
    assert (hazard.status, hazard.after, hazard.claim_words) == ("CLOSED", after, "当场整改")


def test_the_same_photo_twice_proves_nothing(world, steward):
    def same(_, record):
        return replace(record, found=(replace(record.found[0], fixed=record.found[0].photo),))

    with pytest.raises(EvidenceMissingError, match="同一张"):
        keep(world, steward, same)


def test_a_new_version_of_a_checklist_leaves_the_old_one_readable(db, dispatcher, noon):
    checklists.load_shipped()
    old = checklists.current("household")
    checklists.publish(
        code="household", items=old.items[:3], edition="本县 2027", by=dispatcher, at=noon
    )
    assert checklists.load_shipped() == 0

    now = checklists.current("household")
    assert (now.number, len(now.items)) == (2, 3)
    assert checklists.sheet("household", 1) == old


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"deadline_days": 0}, "第 2 项的整改期限"),
        ({"code": "H01"}, "第 2 项的编码 H01 重复"),
        ({"wording": " "}, "第 2 项没有写检查内容"),
        ({"kind": "number", "least": None}, "第 2 项要填数值"),
    ],
)
def test_a_checklist_that_contradicts_itself_is_not_published(db, dispatcher, noon, change, words):
    checklists.load_shipped()
    items = list(checklists.current("household").items[:3])
    items[1] = replace(items[1], **change)
    with pytest.raises(InvalidInputError, match=words):
        checklists.publish(code="household", items=items, edition="x", by=dispatcher, at=noon)

    assert ChecklistVersion.objects.filter(checklist__code="household").count() == 1


def test_every_shipped_item_says_what_follows_and_by_which_standard(db):
    checklists.load_shipped()
    for code, _ in checklists.kinds():
        sheet = checklists.current(code)
        assert len(sheet.items) >= 9
        for item in sheet.items:
            assert item.basis, item.code
            assert item.advice, item.code
            assert 1 <= item.deadline_days <= inspecting.MOST_DAYS[item.hazard_class]
