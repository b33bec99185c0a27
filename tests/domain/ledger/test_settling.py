"""Points: counted by rules, approved by others, shown, entered, appealed."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from dianliang.core.models import AuditEvent
from dianliang.domain.ledger import appealing, queries, rules, settling
from dianliang.domain.ledger.models import Award, Entry, RuleVersion
from dianliang.domain.ledger.operations import OwnBenefitError
from dianliang.domain.workforce.models import Membership
from dianliang.kernel.calendar import WorkCalendar
from dianliang.kernel.errors import IllegalTransitionError
from tests.ledgers import (
    LATER,
    NOON,
    TODAY,
    award_of,
    build,
    entered,
    in_force,
    offer,
    officer,
    rule,
    settlement,
    team,
)

pytestmark = pytest.mark.django_db


def points_of(person):
    return queries.balance(book="volunteer_points", holder_kind="person", holder_code=person.number)


def test_what_was_counted_approved_and_shown_is_entered_and_names_rule_and_record():
    ledger = build()
    made = entered(ledger)

    assert [points_of(person) for person in ledger.people] == [10, 10, 10]
    award = award_of(made, ledger.people[0])
    assert (award.entry.rule, award.entry.source_number) == (award.version, "P0-0")
    assert award.entry.on == date(2026, 10, 1)


def test_nobody_approves_his_own_points():
    ledger = build()
    made = settlement(ledger)
    me = officer("o2", person="P0")

    checked = settling.approve(settlement=made, by=me, at=NOON)

    assert (checked.approved, checked.own) == (4, 2)
    with pytest.raises(OwnBenefitError, match="须由他人审核"):
        settling.approve(settlement=made, by=me, at=NOON)
    with pytest.raises(OwnBenefitError, match="本人"):
        settling.refuse(award=award_of(made, ledger.people[0]), because="重复", by=me, at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        Award.objects.filter(person=ledger.people[0]).update(decided_person=ledger.people[0])


def test_a_captain_does_not_approve_the_points_of_his_team():
    ledger = build()
    led = team("T1", ledger.unit)
    Membership.objects.create(
        team=led, person=ledger.people[2], is_captain=True, valid_from=date(2026, 1, 1)
    )
    made = settlement(ledger)
    Award.objects.filter(person=ledger.people[0]).update(team=led)
    captain = officer("o3", person="P2")

    checked = settling.approve(settlement=made, by=captain, at=NOON)

    assert (checked.approved, checked.own, checked.of_team) == (2, 2, 2)
    with pytest.raises(OwnBenefitError, match="队长"):
        settling.refuse(award=award_of(made, ledger.people[0]), because="重复", by=captain, at=NOON)


def test_a_record_earns_by_a_rule_once():
    ledger = build()
    settlement(ledger)

    counted = settling.counted(
        book="volunteer_points", since=date(2026, 10, 1), until=date(2026, 11, 1)
    )
    assert ("R001", "P0", "visit", "P0-0") in counted.records
    with pytest.raises(IntegrityError), transaction.atomic():
        settlement(ledger)


def test_points_are_shown_three_working_days_before_they_are_entered():
    made = settlement(build())
    with pytest.raises(settling.UnableToSettleError, match="6 条积分没有审核"):
        settling.show(settlement=made, calendar=WorkCalendar(), by=officer(), at=NOON)
    settling.approve(settlement=made, by=officer(), at=NOON)
    settling.show(settlement=made, calendar=WorkCalendar(), by=officer(), at=NOON)

    assert made.notice_until.date() == TODAY + timedelta(days=3)
    with pytest.raises(settling.UnableToSettleError, match="公示期到 2026-11-27"):
        settling.enter(settlement=made, by=officer(), at=NOON + timedelta(days=3))
    assert settling.due_numbers(at=NOON) == []
    assert settling.due_numbers(at=LATER) == [made.number]


def test_what_was_refused_is_not_entered():
    ledger = build()
    made = settlement(ledger)
    settling.refuse(
        award=award_of(made, ledger.people[0]), because="当天未到", by=officer(), at=NOON
    )
    settling.approve(settlement=made, by=officer(), at=NOON)
    settling.show(settlement=made, calendar=WorkCalendar(), by=officer(), at=NOON)
    settling.enter(settlement=made, by=officer(), at=LATER)

    assert points_of(ledger.people[0]) == 5
    with pytest.raises(IllegalTransitionError):
        settling.enter(settlement=made, by=officer(), at=LATER)
    assert Entry.objects.count() == 5


def test_a_settlement_that_is_given_up_can_be_counted_anew():
    ledger = build()
    settling.drop(settlement=settlement(ledger), by=officer(), at=NOON)

    assert settlement(ledger).awards.count() == 6


def appeal(award, wanted=8):
    return appealing.appeal(
        award=award,
        wanted=wanted,
        words="当天走访了两户，只计了一户",
        by=officer("P0", person="P0"),
        at=LATER,
    )


def decide(made, by, *, verb="uphold", granted=8):
    return appealing.decide(
        appeal=made, verb=verb, granted=granted, because="核对记录属实", by=by, at=LATER
    )


def test_an_upheld_appeal_is_put_right_by_a_counter_entry_and_a_new_one():
    ledger = build()
    award = award_of(entered(ledger), ledger.people[0])

    done = decide(appeal(award), officer("o3"))

    assert points_of(ledger.people[0]) == 13
    assert done.counter_entry.reverses == award.entry
    assert done.new_entry.rule == award.version
    again = decide(appeal(award, wanted=9), officer("o3"), granted=9)
    assert again.counter_entry.reverses == done.new_entry
    assert points_of(ledger.people[0]) == 14


def test_an_appeal_is_decided_by_somebody_who_had_no_part_in_it():
    ledger = build()
    award = award_of(entered(ledger), ledger.people[0])
    made = appeal(award)

    for by in (officer("P0"), officer("o2"), officer("o3", person="P0")):
        with pytest.raises(OwnBenefitError):
            decide(made, by)
    decide(made, officer("o3"), verb="reject", granted=None)

    assert (made.status, points_of(ledger.people[0])) == ("REJECTED", 10)
    assert AuditEvent.objects.filter(verb="ledger.appeal.reject").count() == 1


def test_an_appeal_in_the_notice_changes_what_is_entered_and_holds_it_up_until_then():
    ledger = build()
    made = settlement(ledger)
    settling.approve(settlement=made, by=officer("o2"), at=NOON)
    with pytest.raises(appealing.UnableToAppealError, match="还没有公示"):
        appeal(award_of(made, ledger.people[0]))
    settling.show(settlement=made, calendar=WorkCalendar(), by=officer("o2"), at=NOON)
    asked = appeal(award_of(made, ledger.people[0]))
    with pytest.raises(appealing.UnableToAppealError, match="正在处理"):
        appeal(award_of(made, ledger.people[0]))
    with pytest.raises(settling.UnableToSettleError, match="1 件申诉"):
        settling.enter(settlement=made, by=officer("o2"), at=LATER)
    decide(asked, officer("o3"))
    settling.enter(settlement=made, by=officer("o2"), at=LATER)

    assert points_of(ledger.people[0]) == 13
    assert not Entry.objects.filter(reverses__isnull=False).exists()


def test_a_version_is_tried_and_put_in_force_by_a_second_person():
    made = rule()
    version = rules.draft(rule=made, offer=offer(), by=officer(), at=NOON)

    with pytest.raises(rules.UnableToRuleError, match="试算"):
        rules.enact(version=version, by=officer("o2"), at=NOON)
    rules.note_trial(version=version, effect="无差异", by=officer(), at=NOON)
    with pytest.raises(rules.UnableToRuleError, match="另一人"):
        rules.enact(version=version, by=officer(), at=NOON)
    rules.enact(version=version, by=officer("o2"), at=NOON)

    with pytest.raises(IntegrityError, match="stays as it is"), transaction.atomic():
        RuleVersion.objects.filter(pk=version.pk).update(points=50)


def test_a_new_version_does_not_touch_what_has_been_counted():
    ledger = build()
    entered(ledger)
    (version,) = RuleVersion.objects.all()

    with pytest.raises(rules.UnableToRuleError, match="2026-10-02 及以前"):
        rules.draft(
            rule=version.rule, offer=offer(9, from_on=date(2026, 10, 2)), by=officer(), at=NOON
        )
    in_force(version.rule, 9, from_on=date(2026, 10, 3))

    assert [one.points for one in rules.terms(book="volunteer_points")] == [5, 9]


def test_a_version_drafted_anew_replaces_the_draft():
    made = rule()
    first = rules.draft(rule=made, offer=offer(), by=officer(), at=NOON)
    rules.draft(rule=made, offer=offer(6), by=officer(), at=NOON)

    first.refresh_from_db()
    assert first.status == "DROPPED"
    assert made.versions.filter(status="DRAFT").get().edition == 2


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"points": 0}, "分值"),
        ({"per": 0}, "每多少"),
        ({"most_a_day": 9, "most_a_month": 3}, "每月上限"),
        ({"until_on": date(2026, 9, 1)}, "终止日期"),
        ({"from_on": date(2036, 9, 1)}, "离今天太远"),
    ],
)
def test_a_version_that_makes_no_sense_is_refused(told, words):
    with pytest.raises(Exception, match=words):
        rules.draft(rule=rule(), offer=offer(**told), by=officer(), at=NOON)


def test_an_appeal_after_entering_starts_from_what_an_earlier_one_let_be_entered():
    ledger = build()
    made = settlement(ledger)
    settling.approve(settlement=made, by=officer("o2"), at=NOON)
    settling.show(settlement=made, calendar=WorkCalendar(), by=officer("o2"), at=NOON)
    decide(appeal(award_of(made, ledger.people[0])), officer("o3"))
    settling.enter(settlement=made, by=officer("o2"), at=LATER)
    assert points_of(ledger.people[0]) == 13

    decide(appeal(award_of(made, ledger.people[0]), wanted=9), officer("o3"), granted=9)
    assert points_of(ledger.people[0]) == 14
    decide(appeal(award_of(made, ledger.people[0]), wanted=0), officer("o3"), granted=0)
    assert points_of(ledger.people[0]) == 5
    decide(appeal(award_of(made, ledger.people[0]), wanted=7), officer("o3"), granted=7)
    assert points_of(ledger.people[0]) == 12


def test_what_was_counted_later_in_the_month_counts_for_the_caps_of_the_month():
    ledger = build()
    settlement(ledger)

    counted = settling.counted(
        book="volunteer_points", since=date(2026, 9, 20), until=date(2026, 10, 2)
    )

    assert {one.on for one in counted.given} == {date(2026, 10, 1), date(2026, 10, 2)}
    before = settling.counted(
        book="volunteer_points", since=date(2026, 9, 1), until=date(2026, 10, 1)
    )
    assert before.given == ()


def test_a_captain_whose_time_is_to_end_or_has_ended_since_does_not_approve_either():
    ledger = build()
    led = team("T1", ledger.unit)
    post = Membership.objects.create(
        team=led, person=ledger.people[2], is_captain=True, valid_from=date(2026, 1, 1)
    )
    made = settlement(ledger)
    Award.objects.filter(person=ledger.people[0]).update(team=led)
    award = award_of(made, ledger.people[0])

    for last in (date(2027, 1, 1), award.on):
        Membership.objects.filter(pk=post.pk).update(valid_until=last)
        with pytest.raises(OwnBenefitError, match="队长"):
            settling.require_other(award, by=officer("o3", person="P2"))
    Membership.objects.filter(pk=post.pk).update(valid_until=award.on - timedelta(days=1))
    settling.require_other(award, by=officer("o3", person="P2"))
