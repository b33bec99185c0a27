"""Delegated powers: a case outside the time, the township or the document is refused."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianliang.core.models import AuditEvent, StoredFile
from dianliang.domain.directory import power_book as book
from dianliang.domain.directory.models import Delegation, EnforcementCase, PowerKind
from dianliang.domain.directory.powers import UnableToDelegateError, UnableToRecordCaseError
from dianliang.flows import enforcing
from dianliang.flows.enforcing import Asked, Reported
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from tests import town as town_builder
from tests.core.test_files import photo
from tests.meeting import while_open
from tests.town import NOON, TODAY

DAY = timedelta(days=1)
FROM, UNTIL = TODAY - 100 * DAY, TODAY + 100 * DAY


def granted(town, *, kinds=("P01",), unit="S1", **changes):
    told = {
        "kind_codes": list(kinds),
        "area_code": "T1",
        "authority": "县经信局",
        "document": "安经信〔2026〕1 号",
        "scope": "10 千伏及以下",
        "measures": ["dissuade", "order"],
        "valid_from": FROM,
        "valid_until": UNTIL,
    }
    by = town.actor(unit)
    return enforcing.delegate(asked=Asked(**{**told, **changes}), by=by, at=NOON)


def report(town, number, *, unit="S1", at=NOON, **changes):
    told = {
        "on": TODAY - DAY,
        "area_code": "V1",
        "place": "村口，当事人电话 13812345678",
        "found": "线下堆放秸秆，身份证 330523196001011234",
        "measure": "order",
        "outcome": "promised",
        "outcome_words": "三日内清走",
        "photos": [],
    }
    reported = Reported(**{**told, **changes})
    return enforcing.record_case(number=number, reported=reported, by=town.actor(unit), at=at)


@pytest.mark.row("001-03")
def test_twelve_kinds_are_delegated_used_and_counted_per_power_and_township(town):
    kinds = list(PowerKind.objects.values_list("code", flat=True))
    assert len(kinds) == 12
    assert all(kind.legal_basis and kind.to_check for kind in PowerKind.objects.all())
    made = granted(town, kinds=kinds)
    case = report(town, made[0].number, photos=[photo()])
    report(town, made[0].number, area_code="T1")
    report(town, made[5].number, on=FROM)

    page = book.page(by=town.actor("S1"), since=TODAY - 365 * DAY, on=TODAY)

    assert (page.kinds_in_force, page.cases) == (12, 3)
    assert [(row.code, row.cases) for row in page.rows if row.cases] == [("P01", 2), ("P06", 1)]
    assert page.towns == (("T1", "天荒坪镇", 3),)
    assert book.page(by=town.actor("S1"), since=TODAY - 9 * DAY, on=TODAY).cases == 2
    assert "13812345678" not in case.place
    assert "330523196001011234" not in case.found
    file = book.file(made[0].number, by=town.actor("S1"), on=TODAY)
    assert [len(c.photos) for c in file.cases] == [0, 1]
    assert len(book.powers_of(area=town.areas["V2"], on=TODAY)) == 12
    assert AuditEvent.objects.filter(verb="directory.enforcementcase.record").count() == 3


@pytest.mark.row("001-03")
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"on": FROM - DAY}, "起才下放"),
        ({"on": TODAY + DAY}, "不能晚于今天"),
        ({"area_code": "V3"}, "石龙村委会不属于天荒坪镇"),
        ({"measure": "fine"}, "没有“罚款”这项措施，超出范围；可用：劝阻、制止、责令改正"),
        ({"outcome": ""}, "请选择结果"),
        ({"found": " "}, "发现的情况"),
        ({"area_code": "V9"}, "请选择案件所在"),
    ],
)
def test_a_case_outside_what_was_delegated_is_refused_with_the_reason(town, changes, words):
    (delegation,) = granted(town)

    with pytest.raises((UnableToRecordCaseError, InvalidInputError), match=words):
        report(town, delegation.number, photos=[photo()], **changes)

    assert not EnforcementCase.objects.exists()
    assert not StoredFile.objects.exists()


@given(on=st.integers(-140, 0), revoked=st.none() | st.integers(-99, 100))
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_case_stands_exactly_on_the_days_of_the_delegation(town, on, revoked):
    Delegation.objects.all().delete()
    (delegation,) = granted(town, valid_until=TODAY - 20 * DAY)
    if revoked is not None:
        Delegation.objects.update(revoked_on=TODAY + revoked * DAY)
    day = TODAY + on * DAY
    allowed = FROM <= day <= TODAY - 20 * DAY and (revoked is None or on < revoked)

    try:
        report(town, delegation.number, on=day)
        is_kept = True
    except UnableToRecordCaseError:
        is_kept = False

    assert is_kept == allowed
    assert bool(book.powers_of(area=town.areas["V1"], on=day)) == allowed
    EnforcementCase.objects.all().delete()


def test_a_power_is_delegated_once_at_a_time_and_only_to_a_township(town):
    (first,) = granted(town)
    with pytest.raises(UnableToDelegateError, match="时间重叠"):
        granted(town, kinds=("P02", "P01"), valid_from=UNTIL, valid_until=None)
    assert Delegation.objects.count() == 1
    enforcing.revoke(number=first.number, on=TODAY, reason="文件废止", by=town.actor("S1"), at=NOON)
    granted(town, valid_from=TODAY, valid_until=None)
    assert Delegation.objects.count() == 2
    for changes, words in (
        ({"area_code": "V1"}, "不是乡镇"),
        ({"area_code": "T2"}, "乡镇"),
        ({"measures": []}, "措施"),
        ({"measures": ["beat"]}, "措施"),
        ({"kinds": ()}, "执法事项"),
        ({"valid_until": FROM - DAY}, "止期"),
        ({"document": ""}, "文件字号"),
    ):
        with pytest.raises((UnableToDelegateError, InvalidInputError), match=words):
            granted(town, **{"kinds": ("P09",), **changes})


def test_what_was_taken_back_cannot_unmake_a_case(town):
    (delegation,) = granted(town)
    by = town.actor("S1")
    report(town, delegation.number, on=TODAY - DAY)
    for day, words in ((TODAY - 9 * DAY, "已有案件"), (FROM - DAY, "不能早于起始")):
        with pytest.raises(UnableToDelegateError, match=words):
            enforcing.revoke(number=delegation.number, on=day, reason="文件废止", by=by, at=NOON)
    enforcing.revoke(number=delegation.number, on=TODAY, reason="文件废止", by=by, at=NOON)
    with pytest.raises(UnableToRecordCaseError, match="收回"):
        report(town, delegation.number, on=TODAY)
    with pytest.raises(UnableToDelegateError, match="已于"):
        enforcing.revoke(number=delegation.number, on=TODAY, reason="文件废止", by=by, at=NOON)


def test_the_neighbour_finds_nothing(town):
    (delegation,) = granted(town)

    with pytest.raises(NotVisibleError):
        book.file(delegation.number, by=town.actor("S2"), on=TODAY)
    with pytest.raises(NotVisibleError):
        report(town, delegation.number, unit="S2")
    assert book.page(by=town.actor("S2"), since=FROM, on=TODAY).delegations == ()


def test_a_slip_is_taken_back_on_its_first_day_and_written_again_from_that_day(town):
    (slip,) = granted(town, document="安经信〔2062〕1 号")
    enforcing.revoke(number=slip.number, on=FROM, reason="写错", by=town.actor("S1"), at=NOON)

    (made,) = granted(town)

    assert book.powers_of(area=town.areas["V1"], on=TODAY)[0].number == made.number


@pytest.mark.parametrize("day", [date.min, date.max])
def test_a_delegation_in_an_odd_year_does_not_stand_in_the_way(town, day):
    by = town.actor("S1")
    (odd,) = granted(town, valid_from=day, valid_until=None)
    enforcing.revoke(number=odd.number, on=day, reason="写错", by=by, at=NOON)

    (made,) = granted(town)

    assert made.number != odd.number
    with pytest.raises(UnableToDelegateError, match="时间重叠"):
        granted(town)


@pytest.mark.django_db(transaction=True)
def test_two_who_delegate_at_once_leave_one(transactional_db):
    town = town_builder.build()

    outcomes = while_open(lambda: granted(town), lambda: granted(town))

    assert outcomes[0] is None
    assert isinstance(outcomes[1], UnableToDelegateError)
    assert Delegation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_case_first", [True, False])
def test_a_case_and_a_taking_back_at_once_agree(transactional_db, is_case_first):
    town = town_builder.build()
    by = town.actor("S1")
    (made,) = granted(town)

    def revoke():
        return enforcing.revoke(
            number=made.number, on=TODAY - 10 * DAY, reason="收回", by=by, at=NOON
        )

    def case():
        return report(town, made.number)

    outcomes = while_open(case, revoke) if is_case_first else while_open(revoke, case)

    assert outcomes[0] is None
    assert outcomes[1] is not None
    assert EnforcementCase.objects.count() == is_case_first
