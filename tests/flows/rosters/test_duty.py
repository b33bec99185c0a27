"""A roster from its making to an exchange of turns: lawful, without gap, changed in the open."""

from datetime import datetime, time, timedelta
from itertools import pairwise

import pytest
from django.db import transaction

from dianliang.core import jobs as background
from dianliang.core.models import AuditEvent
from dianliang.domain.catalog.models import Skill
from dianliang.domain.rosters import operations
from dianliang.domain.rosters.models import Roster, Shift, Swap, Turn
from dianliang.domain.rosters.operations import UnableToRosterError
from dianliang.domain.workforce.models import Absence, Certificate, Person, WeeklySlot
from dianliang.flows import crewday
from dianliang.flows.rosters import changing, making, own, reading
from dianliang.flows.staffing import people
from dianliang.kernel.actor import SYSTEM, Role
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import (
    IllegalTransitionError,
    InvalidInputError,
    NotVisibleError,
    NotYourTurnError,
    StaleStateError,
)
from tests.flows.rosters.watch import TOMORROW, arranged, asked, crew, made, on, person, published
from tests.town import NOON, TODAY

pytestmark = pytest.mark.django_db


def test_a_watch_is_arranged_without_gap_and_published(town):
    roster = arranged(town, made(town))

    shifts = list(roster.shifts.order_by("position"))
    assert (shifts[0].starts_at, shifts[-1].ends_at) == (roster.starts_at, roster.ends_at)
    assert all(a.ends_at == b.starts_at for a, b in pairwise(shifts))
    assert roster.status == "READY"
    assert [len(there) for _, there in sorted(on(roster).items())] == [1] * 9
    assert on(roster, live=True) == {}

    published(town, roster)

    assert on(roster, live=True) == on(roster)
    page = reading.page(number=roster.number, by=town.actor("S1"), at=NOON)
    assert (page.row.status, page.breaches, page.changed) == ("PUBLISHED", (), 0)
    first = reading.register(by=town.actor("S1"), at=TOMORROW + timedelta(hours=1)).now
    assert [duty.person for duty in first] == on(roster)[1]
    assert AuditEvent.objects.filter(verb="rosters.roster.publish").count() == 1


def test_what_is_short_says_why_and_is_published_with_a_reason_only(town):
    roster = arranged(town, made(town, crew(town, 1)))

    short = roster.outcome["short"]
    assert short
    assert "距相邻班次不足 11 小时" in short[0]["words"]
    with pytest.raises(InvalidInputError, match="还缺"):
        published(town, roster)
    assert published(town, roster, because="另两人在外支援").short_because == "另两人在外支援"


def test_a_skill_counts_only_with_a_certificate_that_holds_to_the_end(town):
    able, expiring, none = crew(town, 3)
    skill = Skill.objects.get(code="repair")
    for number, days in ((able, 100), (expiring, 2)):
        Certificate.objects.create(
            person=Person.objects.get(number=number),
            skill=skill,
            issued_on=TODAY - timedelta(days=10),
            expires_on=TODAY + timedelta(days=days),
        )

    roster = arranged(
        town, made(town, [able, expiring, none], days=2, size=2, skills={"repair": 1})
    )

    with_skill = {n for n, there in on(roster).items() if able in there}
    lacking = {each["shift"] for each in roster.outcome["short"] if each["skill"] == "repair"}
    assert with_skill
    assert lacking == set(range(1, 7)) - with_skill


def test_a_certificate_that_was_withdrawn_mans_no_shift_and_the_day_after_counts_for_none(town):
    withdrawn, until_the_end = crew(town, 2)
    skill, ends = Skill.objects.get(code="repair"), TOMORROW.date() + timedelta(days=2)
    for number, taken in ((withdrawn, TODAY), (until_the_end, None)):
        Certificate.objects.create(
            person=Person.objects.get(number=number),
            skill=skill,
            issued_on=TODAY - timedelta(days=10),
            expires_on=ends if taken is None else ends + timedelta(days=99),
            withdrawn_on=taken,
            withdrawn_why="违章" if taken else "",
        )
    midnight = datetime.combine(ends, time(), SHANGHAI)
    times = {"starts_at": midnight - timedelta(days=1), "ends_at": midnight}

    roster = arranged(
        town, made(town, [withdrawn, until_the_end], size=2, skills={"repair": 1}, **times)
    )

    told = {(each["shift"], each["skill"]) for each in roster.outcome["short"]}
    manned = {n for n, there in on(roster).items() if until_the_end in there}
    assert manned
    assert {n for n, skill in told if skill} == {1, 2, 3} - manned
    page = reading.page(number=roster.number, by=town.actor("S1"), at=NOON)
    lacking = [words for day in page.days for cell in day.cells for words in cell.lacking]
    assert f"缺 1 名会“{skill.name}”的人" in lacking


def test_nobody_is_put_on_duty_outside_his_weekly_hours(town):
    free, bound = crew(town, 2)
    WeeklySlot.objects.create(
        person=Person.objects.get(number=bound),
        weekday=TOMORROW.weekday(),
        starts=time(8),
        ends=time(16),
    )

    roster = arranged(town, made(town, [free, bound], days=2, size=2))

    assert {n for n, there in on(roster).items() if bound in there} <= {1}
    revision = {"number": roster.number, "revision": roster.revision}
    with pytest.raises(UnableToRosterError, match="不在岗"):
        changing.put_on(
            shift=3, person=bound, because="没有别人", by=town.actor("S1"), at=NOON, **revision
        )


def test_what_has_begun_is_neither_published_nor_unpublished_late(town):
    roster = published(town, arranged(town, made(town, crew(town, 6))))
    known = on(roster)
    change = {"number": roster.number, "by": town.actor("S1"), "at": NOON}
    spare = next(n for n in (f"ZS1{k}" for k in range(6)) if n not in known[1] + known[2])
    changing.take_off(revision=roster.revision, shift=1, person=known[1][0], **change)
    for shift in (1, 2):
        roster.refresh_from_db()
        if shift == 2:
            changing.take_off(revision=roster.revision, shift=2, person=known[2][0], **change)
            roster.refresh_from_db()
        changing.put_on(
            revision=roster.revision, shift=shift, person=spare, because="换人", **change
        )
    later = TOMORROW + timedelta(hours=1)

    roster = arranged(town, roster, at=later)
    assert not roster.outcome.get("error")
    published(town, roster, because="x", at=later)

    after = on(roster, live=True)
    assert after == on(roster)
    assert after[1] == known[1]
    assert after[2] == [spare]


def test_who_is_ill_is_replaced_and_the_others_keep_their_turns(town):
    roster = published(town, arranged(town, made(town, crew(town, 6))))
    known = on(roster)
    ill = known[5][0]
    Absence.objects.create(
        person=Person.objects.get(number=ill),
        first_on=TODAY + timedelta(days=2),
        last_on=TODAY + timedelta(days=9),
        reason="病假",
    )

    later = TOMORROW + timedelta(hours=10)
    roster = arranged(town, roster, at=later)
    page = reading.page(number=roster.number, by=town.actor("S1"), at=later)

    after = on(roster)
    assert on(roster, live=True) == known
    assert {n for n in known if known[n] != after[n]} == {
        n for n in known if known[n] == [ill] and n > 2
    }
    assert page.changed == 2 * sum(known[n] != after[n] for n in known)
    assert published(town, roster, at=later).status == "PUBLISHED"
    assert on(roster, live=True) == after


def test_nobody_is_on_two_published_rosters_at_once(town):
    people = crew(town, 5)
    first = published(town, arranged(town, made(town, people)))
    both = made(town, people, title="保电值守", purpose="event")
    second = arranged(town, both)

    spans = {
        (turn.person_id, turn.shift.starts_at)
        for turn in Turn.objects.filter(is_planned=True).select_related("shift")
    }
    assert len(spans) == Turn.objects.filter(is_planned=True).count()
    shift = Shift.objects.get(roster=second, position=1)
    busy = Person.objects.get(number=on(first)[1][0])
    Turn.objects.filter(shift=shift).delete()
    Turn.objects.create(shift=shift, person=busy, is_fixed=True, exempt_because="硬排")
    with pytest.raises(UnableToRosterError, match="同时在值"):
        published(town, second, because="x")


def test_by_hand_a_rule_is_named_and_a_reason_lets_people_be_tired_but_not_doubled(town):
    roster = arranged(town, made(town, crew(town, 5)))
    by, whole = town.actor("S1"), on(roster)
    place = {"number": roster.number, "by": by, "at": NOON}
    changing.take_off(revision=roster.revision, shift=2, person=whole[2][0], **place)
    roster.refresh_from_db()
    tired = {"revision": roster.revision, "shift": 2, "person": whole[1][0], **place}

    with pytest.raises(UnableToRosterError, match=r"少于 11 小时(.|\n)*破例"):
        changing.put_on(because="", **tired)
    changing.put_on(because="台风夜，自愿连班", **tired)

    turn = Turn.objects.get(shift__roster=roster, shift__position=2)
    assert (turn.is_fixed, turn.exempt_because) == (True, "台风夜，自愿连班")
    with pytest.raises(StaleStateError):
        changing.put_on(because="再来", **tired)
    with pytest.raises(UnableToRosterError, match="班次只要 1 人"):
        changing.put_on(because="硬排", **{**tired, "revision": tired["revision"] + 1, "shift": 3})
    roster = arranged(town, roster)
    assert on(roster)[2] == [whole[1][0]]
    assert published(town, roster).status == "PUBLISHED"


def test_a_candidate_says_what_stands_against_him_and_the_rested_come_first(town):
    roster = arranged(town, made(town, crew(town, 5)))
    found = reading.candidates(number=roster.number, shift=2, by=town.actor("S1"), at=NOON)

    neighbours = {*on(roster)[1], *on(roster)[3]} - {*on(roster)[2]}
    told = {each.number: each.against for each in found}
    assert set(told) == {f"ZS1{n}" for n in range(5)} - {*on(roster)[2]}
    assert all(any("小时" in words for words in told[number]) for number in neighbours)
    assert [len(each.against) for each in found] == sorted(len(each.against) for each in found)


def test_two_exchange_their_turns_once_a_third_has_approved(town):
    roster = published(town, arranged(town, made(town, crew(town, 6))))
    known = on(roster)
    giver = known[1][0]
    offer = next(
        o
        for o in own.offers(number=roster.number, shift=1, by=person(town, giver), at=NOON)
        if o.back
    )
    swap = changing.ask_swap(
        number=roster.number,
        shift=1,
        taker=offer.number,
        back=offer.back,
        reason="家里有事",
        by=person(town, giver),
        at=NOON,
    )

    third = next(who for (who,) in known.values() if who not in {giver, offer.number})
    rival = Swap.objects.create(
        number="HB-RIVAL",
        shift=roster.shifts.get(position=next(n for n in known if known[n] == [third])),
        giver=Person.objects.get(number=third),
        taker=swap.taker,
        back=swap.back,
        reason="也看中了这一班",
        asked_at=NOON,
        asked_by="第三人",
    )

    def settle(verb, by):
        return changing.settle_swap(number=swap.number, verb=verb, note="", by=by, at=NOON)

    with pytest.raises(NotVisibleError):
        settle("agree", person(town, third))
    with pytest.raises(NotVisibleError):
        settle("approve", town.actor("S2"))
    with pytest.raises(NotYourTurnError):
        settle("agree", person(town, giver))
    with pytest.raises(UnableToRosterError, match="已经在申请换班"):
        changing.ask_swap(
            number=roster.number,
            shift=1,
            taker=offer.number,
            back=offer.back,
            reason="再问一次",
            by=person(town, giver),
            at=NOON,
        )
    settle("agree", person(town, offer.number))
    with pytest.raises(NotYourTurnError):
        settle("approve", person(town, giver, Role.DISPATCHER))
    settle("approve", town.actor("S1"))

    after = on(roster, live=True)
    assert (after[1], after[offer.back]) == ([offer.number], [giver])
    assert {n for n in known if known[n] != after[n]} == {1, offer.back}
    swap.refresh_from_db()
    rival.refresh_from_db()
    assert (swap.status, rival.status) == ("APPROVED", "REFUSED")
    with pytest.raises(IllegalTransitionError):
        settle("withdraw", person(town, giver))
    mine = own.own(by=person(town, giver), at=NOON)
    assert offer.back in {duty.shift for duty in mine.turns}
    assert mine.swaps == ()


def test_an_exchange_waits_while_the_roster_is_arranged_anew(town):
    roster = published(town, arranged(town, made(town, crew(town, 6))))
    giver = on(roster)[4][0]
    offer = own.offers(number=roster.number, shift=4, by=person(town, giver), at=NOON)[0]
    whom = {"number": roster.number, "shift": 4, "taker": offer.number, "back": None}
    swap = changing.ask_swap(reason="家里有事", by=person(town, giver), at=NOON, **whom)
    step = {"number": swap.number, "note": "", "at": NOON}
    changing.settle_swap(verb="agree", by=person(town, offer.number), **step)
    roster.refresh_from_db()
    making.arrange(number=roster.number, revision=roster.revision, by=town.actor("S1"), at=NOON)

    with pytest.raises(UnableToRosterError, match="正在重新排班"):
        changing.settle_swap(verb="approve", by=town.actor("S1"), **step)
    assert Swap.objects.get().status == "AGREED"
    assert background.run_next(owner="test", clock=lambda: NOON)
    roster.refresh_from_db()
    published(town, roster)
    changing.settle_swap(verb="approve", by=town.actor("S1"), **step)
    assert on(roster, live=True)[4] == [offer.number]


def test_an_exchange_that_became_unlawful_is_refused_when_it_is_approved(town):
    roster = published(town, arranged(town, made(town, crew(town, 6))))
    giver = on(roster)[4][0]
    offer = own.offers(number=roster.number, shift=4, by=person(town, giver), at=NOON)[0]
    swap = changing.ask_swap(
        number=roster.number,
        shift=4,
        taker=offer.number,
        back=None,
        reason="家里有事",
        by=person(town, giver),
        at=NOON,
    )
    changing.settle_swap(
        number=swap.number, verb="agree", note="", by=person(town, offer.number), at=NOON
    )
    Absence.objects.create(
        person=Person.objects.get(number=offer.number),
        first_on=TODAY,
        last_on=TODAY + timedelta(days=9),
        reason="培训",
    )

    with pytest.raises(UnableToRosterError, match="不在岗"):
        changing.settle_swap(
            number=swap.number, verb="approve", note="", by=town.actor("S1"), at=NOON
        )
    assert on(roster, live=True)[4] == [giver]
    assert Swap.objects.get().status == "AGREED"


def test_a_cancelled_roster_frees_people_and_ends_what_was_asked(town):
    people = crew(town, 6)
    roster = published(town, arranged(town, made(town, people)))
    giver = on(roster)[5][0]
    offer = own.offers(number=roster.number, shift=5, by=person(town, giver), at=NOON)[0]
    changing.ask_swap(
        number=roster.number,
        shift=5,
        taker=offer.number,
        back=None,
        reason="家里有事",
        by=person(town, giver),
        at=NOON,
    )

    begun = TOMORROW + timedelta(hours=9)
    changing.cancel(
        number=roster.number, reason="改由调控中心统一值守", by=town.actor("S1"), at=begun
    )

    assert set(on(roster, live=True)) == {1, 2}
    assert Swap.objects.get().status == "REFUSED"
    assert Roster.objects.get().status == "CANCELLED"


def test_a_neighbouring_unit_sees_nothing_and_takes_nobody(town):
    roster = arranged(town, made(town))
    other = town.actor("S2")
    foreign = crew(town, 1, unit="S2")

    assert not reading.register(by=other, at=NOON).rows
    with pytest.raises(NotVisibleError):
        reading.page(number=roster.number, by=other, at=NOON)
    with pytest.raises(NotVisibleError):
        making.arrange(number=roster.number, revision=roster.revision, by=other, at=NOON)
    with pytest.raises(InvalidInputError, match="不在本单位"):
        made(town, foreign)
    stranger = person(town, "ZS10")
    with pytest.raises(NotVisibleError):
        changing.settle_swap(number="HB000000-0000", verb="agree", note="", by=stranger, at=NOON)


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"ends_at": TOMORROW}, "ends_at", "晚于"),
        ({"ends_at": TOMORROW + timedelta(days=93)}, "ends_at", "最长 92 天"),
        ({"starts_at": TOMORROW - timedelta(days=9), "ends_at": NOON}, "ends_at", "已经过去"),
        ({"changes": ()}, "changes", "交接班时间"),
        ({"size": 0}, "size", "1 到"),
        ({"skills": {"repair": 2}}, "skills", "1 到 1"),
        ({"skills": {"nothing": 1}}, "skills", "没有这项技能"),
        ({"site_code": "FW-001"}, "site_code", "没有这个地点"),
        ({"people": []}, "people", "至少选一名"),
        ({"people": ["ZS10", "没有"]}, "people", "没有 不在本单位"),
        ({"rest_h": 99}, "rest_h", "0 到 48"),
        ({"week_h": 0}, "week_h", "1 到 168"),
        ({"purpose": "x"}, "purpose", "用途"),
        ({"title": " "}, "title", "名称"),
    ],
)
def test_what_cannot_be_names_the_field_and_keeps_nothing(town, changed, field, words):
    people = crew(town)
    with pytest.raises(InvalidInputError, match=words) as refusal:
        making.make(asked=asked(**{"people": people, **changed}), by=town.actor("S1"), at=NOON)

    assert refusal.value.field == field
    assert not Roster.objects.exists()


def test_times_of_change_are_read_as_people_write_them():
    assert [f"{hour:%H:%M}" for hour in making.hours("8:00、16：00, 00:00")] == [
        "08:00",
        "16:00",
        "00:00",
    ]
    with pytest.raises(InvalidInputError, match="25:00"):
        making.hours("08:00 25:00")


def test_two_who_change_the_same_roster_are_told(town):
    roster = arranged(town, made(town))
    stale = {
        "number": roster.number,
        "revision": roster.revision,
        "by": town.actor("S1"),
        "at": NOON,
    }
    changing.publish(because="", **stale)

    with pytest.raises(StaleStateError), transaction.atomic():
        changing.publish(because="", **stale)
    with pytest.raises(StaleStateError):
        making.arrange(**stale)


def test_who_leaves_or_is_away_is_off_his_turns_at_once_and_the_planner_is_told(town):
    roster = published(town, arranged(town, made(town)))
    before = on(roster, live=True)
    away, gone = before[1][0], next(who for (who,) in before.values() if who != before[1][0])
    ahead = [n for n, there in before.items() if there == [gone]]
    shift = Shift.objects.get(roster=roster, position=ahead[0])
    swap = changing.ask_swap(
        number=roster.number,
        shift=shift.position,
        taker=own.offers(number=roster.number, shift=ahead[0], by=person(town, gone), at=NOON)[
            0
        ].number,
        back=None,
        reason="有事",
        by=person(town, gone),
        at=NOON,
    )

    people.leave_office(number=gone, on=TODAY, reason="调离", by=town.actor("S1"), at=NOON)
    day = TOMORROW.date()
    crewday.report_absence(
        person_number=away, first_on=day, last_on=day, reason="看病", by=person(town, away), at=NOON
    )

    now = on(roster, live=True)
    assert not any(gone in there for there in now.values())
    assert now == on(roster)
    assert 1 not in now
    swap.refresh_from_db()
    assert swap.status == "REFUSED"
    page = reading.page(number=roster.number, by=town.actor("S1"), at=NOON)
    assert (page.row.status, page.row.opened) == ("PUBLISHED", len(page.opened))
    assert {one.shift for one in page.opened} == set(before) - set(now)
    whys = {f"{TODAY} 起离岗", f"{day} 至 {day} 不在"}
    assert {one.why for one in page.opened} == whys
    changing.put_on(
        number=roster.number,
        revision=page.revision,
        shift=1,
        person=next(n for n in before[2] if n not in {gone, away}),
        because="顶班",
        by=town.actor("S1"),
        at=NOON,
    )
    page = reading.page(number=roster.number, by=town.actor("S1"), at=NOON)
    assert 1 not in {one.shift for one in page.opened}


def test_an_arrangement_is_not_kept_when_somebody_has_left_meanwhile(town):
    roster = made(town)
    shift, gone = roster.shifts.all()[0], roster.people.all()[0]
    Turn.objects.create(shift=shift, person=gone, is_live=True)
    making.arrange(number=roster.number, revision=roster.revision, by=town.actor("S1"), at=NOON)
    roster.refresh_from_db()
    people.leave_office(number=gone.number, on=TODAY, reason="调离", by=town.actor("S1"), at=NOON)
    done = {"roster": roster, "by": SYSTEM, "at": NOON}

    with pytest.raises(StaleStateError):
        operations.keep(chosen=[(shift.pk, gone.pk)], outcome={}, **done)
    operations.give_up(words="中断", **done)

    roster.refresh_from_db()
    assert [one["person"] for one in roster.outcome["opened"]] == [gone.number]
