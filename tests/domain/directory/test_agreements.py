"""Agreements with townships: from a draft to the end, renewed in time, and who has none."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.utils import IntegrityError

from dianliang.core.models import AuditEvent
from dianliang.domain.directory import agreement_book as book
from dianliang.domain.directory.agreements import UnableToAgreeError
from dianliang.domain.directory.models import Agreement
from dianliang.flows import agreeing
from dianliang.flows.agreeing import Asked
from dianliang.kernel.errors import IllegalTransitionError, InvalidInputError, NotVisibleError
from tests.core.test_files import photo
from tests.town import NOON, TODAY

DAY = timedelta(days=1)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def asked(**changes):
    told = {
        "title": "天荒坪镇村网共建协议",
        "kind": "building",
        "scope": "共建服务点，协调通道",
        "unit_codes": ["S1"],
        "area_codes": ["T1"],
        "valid_from": TODAY - 100 * DAY,
        "valid_until": TODAY + 200 * DAY,
        "remind_days": 90,
    }
    return Asked(**{**told, **changes})


def drafted(town, unit="S1", **changes):
    return agreeing.keep_draft(number="", asked=asked(**changes), by=town.actor(unit), at=NOON)


def signed(town, unit="S1", **changes):
    agreement = drafted(town, unit, **changes)
    return agreeing.sign(
        number=agreement.number, signed_on=TODAY - 100 * DAY, by=town.actor(unit), at=NOON
    )


@pytest.mark.row("001-02")
def test_an_agreement_goes_from_draft_to_signed_to_renewed_to_its_end(town):
    by = town.actor("S1")
    number = drafted(town).number
    agreeing.keep_draft(number=number, asked=asked(title="改过的协议"), by=by, at=NOON)
    agreeing.attach(number=number, title="签字页", content=photo(), by=by, at=NOON)
    agreeing.attach(number=number, title="扫描件", content=PDF, by=by, at=NOON)
    agreeing.sign(number=number, signed_on=TODAY, by=by, at=NOON)

    file = book.file(number, by=by, on=TODAY)
    assert (file.row.title, file.row.status, file.row.days_left) == ("改过的协议", "IN_FORCE", 200)
    assert [a.media_type for a in file.annexes] == ["image/jpeg", "application/pdf"]
    assert [r.number for r in book.agreements_of(area=town.areas["V1"], on=TODAY)] == [number]

    later = NOON + 150 * DAY
    agreeing.renew(
        number=number,
        signed_on=later.date(),
        valid_until=TODAY + 900 * DAY,
        by=by,
        at=later,
    )
    after_the_end = NOON + 901 * DAY
    assert agreeing.end_expired(at=NOON + 900 * DAY) == 0
    assert agreeing.end_expired(at=after_the_end) == 1
    agreement = Agreement.objects.get()
    assert (agreement.status, agreement.ended_on) == ("ENDED", TODAY + 900 * DAY)
    told = AuditEvent.objects.filter(target_id=number).order_by("id")
    assert [event.verb.rpartition(".")[2] for event in told] == [
        "draft",
        "amend",
        "attach",
        "attach",
        "sign",
        "renew",
        "end",
    ]
    past = TODAY + 500 * DAY
    assert len(book.agreements_of(area=town.areas["V1"], on=past)) == 1
    assert not book.agreements_of(area=town.areas["V1"], on=after_the_end.date())


@pytest.mark.row("003-09")
def test_townships_without_an_agreement_and_with_one_that_ends_soon_are_told(town):
    company = town.actor("AJ")
    states = {c.code: c.state for c in book.coverage(by=company, on=TODAY)}
    assert states == {"T1": "none", "T2": "none"}

    signed(town, valid_until=TODAY + 89 * DAY)
    signed(town, "AJ", unit_codes=["AJ"], area_codes=["V3"])

    page = book.register(view="soon", by=company, on=TODAY)
    assert (page.without, page.ending, page.counts) == (
        1,
        1,
        {"open": 2, "soon": 1, "over": 0, "all": 2},
    )
    covered = {c.code: (c.villages_with_own, c.villages) for c in page.coverage}
    assert covered == {"T1": (0, 2), "T2": (1, 1)}
    signed(town, "AJ", unit_codes=["AJ"], area_codes=["C"], valid_until=None)
    assert {c.state for c in book.coverage(by=company, on=TODAY)} == {"good"}


def test_an_agreement_that_was_terminated_counts_until_that_day(town):
    number = signed(town).number
    by = town.actor("S1")
    with pytest.raises(InvalidInputError, match="终止原因"):
        agreeing.terminate(number=number, on=TODAY, reason=" ", by=by, at=NOON)
    with pytest.raises(UnableToAgreeError, match="不能晚于今天"):
        agreeing.terminate(number=number, on=TODAY + DAY, reason="区划调整", by=by, at=NOON)

    agreeing.terminate(number=number, on=TODAY, reason="区划调整", by=by, at=NOON)

    area = town.areas["T1"]
    assert len(book.agreements_of(area=area, on=TODAY - DAY)) == 1
    assert not book.agreements_of(area=area, on=TODAY)
    with pytest.raises(IllegalTransitionError):
        agreeing.renew(
            number=number, signed_on=TODAY, valid_until=TODAY + 400 * DAY, by=by, at=NOON
        )
    assert "区划调整" in AuditEvent.objects.get(verb="directory.agreement.terminate").reason


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"unit_codes": []}, "单位方"),
        ({"area_codes": []}, "乡镇或村"),
        ({"unit_codes": ["S2"]}, "本单位范围"),
        ({"area_codes": ["T2"]}, "服务区域"),
        ({"kind": "love"}, "类别"),
        ({"valid_until": TODAY - 101 * DAY}, "不能早于生效"),
        ({"valid_until": TODAY + 40 * 366 * DAY}, "超过 30 年"),
        ({"remind_days": 0}, "提前提醒"),
        ({"title": ""}, "协议名称"),
    ],
)
def test_an_agreement_that_makes_no_sense_is_refused(town, changes, words):
    with pytest.raises((UnableToAgreeError, InvalidInputError), match=words):
        drafted(town, **changes)

    assert not Agreement.objects.exists()


def test_what_is_signed_is_changed_no_more_and_renewed_only_forward(town):
    number, by = signed(town).number, town.actor("S1")
    with pytest.raises(UnableToAgreeError, match="已签订"):
        agreeing.keep_draft(number=number, asked=asked(title="偷改"), by=by, at=NOON)
    for until, words in ((TODAY + 100 * DAY, "晚于原届满日期"), (TODAY + 200 * DAY, "晚于")):
        with pytest.raises(UnableToAgreeError, match=words):
            agreeing.renew(number=number, signed_on=TODAY, valid_until=until, by=by, at=NOON)
    with pytest.raises(UnableToAgreeError, match="还没有届满"):
        agreeing.end(number=number, by=by, at=NOON)
    with pytest.raises(UnableToAgreeError, match="不能晚于今天"):
        agreeing.sign(number=drafted(town).number, signed_on=TODAY + DAY, by=by, at=NOON)


def test_the_neighbour_finds_nothing(town):
    number = signed(town).number

    with pytest.raises(NotVisibleError):
        book.file(number, by=town.actor("S2"), on=TODAY)
    with pytest.raises(NotVisibleError):
        agreeing.attach(number=number, title="x", content=PDF, by=town.actor("S2"), at=NOON)
    assert book.register(view="all", by=town.actor("S2"), on=TODAY).rows == ()


def test_the_database_keeps_the_shape_of_an_agreement(town):
    agreement = signed(town)
    for wrong in ({"signed_on": None}, {"ended_on": TODAY}, {"valid_until": TODAY - 101 * DAY}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Agreement.objects.filter(pk=agreement.pk).update(**wrong)


@pytest.mark.row("001-02")
def test_a_joint_agreement_is_led_by_the_unit_above_all_its_parties_only(town):
    number = signed(town, "AJ", unit_codes=["S1", "S2"]).number
    alone = signed(town, "AJ", unit_codes=["AJ"]).number

    for unit, which in (("S1", number), ("S2", number), ("S1", alone), ("WTR", number)):
        by = town.actor(unit)
        with pytest.raises(UnableToAgreeError, match="共同的上级单位"):
            agreeing.terminate(number=which, on=TODAY, reason="不想要了", by=by, at=NOON)
        file = book.file(which, by=by, on=TODAY)
        assert (file.may_change, file.verbs) == (False, ())
    with pytest.raises(NotVisibleError):
        agreeing.terminate(number=alone, on=TODAY, reason="不想要了", by=town.actor("S2"), at=NOON)

    above = town.actor("AJ")
    assert {verb for verb, _ in book.file(number, by=above, on=TODAY).verbs} >= {"terminate"}
    made = agreeing.terminate(number=number, on=TODAY, reason="区划调整", by=above, at=NOON)
    assert made.status == "TERMINATED"


def test_a_unit_that_merely_serves_the_township_does_not_renew_for_the_parties(town):
    number = signed(town, "AJ", unit_codes=["S2"], area_codes=["T1"]).number
    by, until = town.actor("S1"), TODAY + 900 * DAY
    with pytest.raises(UnableToAgreeError, match="梅溪供电所"):
        agreeing.renew(number=number, signed_on=TODAY, valid_until=until, by=by, at=NOON)
    agreeing.renew(number=number, signed_on=TODAY, valid_until=until, by=town.actor("S2"), at=NOON)
