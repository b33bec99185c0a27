"""One accountable person for each base: a rule that cannot be broken (000-03)."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianliang.core.models import AuditEvent
from dianliang.domain.insight.base_checks import keeping
from dianliang.domain.venues import hours, keepers, sites
from dianliang.domain.venues.keepers import UnableToHandOverBaseError
from dianliang.domain.venues.models import Keeper, Site
from dianliang.domain.venues.sites import UnableToChangeSiteError
from dianliang.domain.workforce.models import Absence, Person
from tests.town import NOON, TODAY


@pytest.fixture
def base(town):
    for number in ("R1", "R2"):
        Person.objects.create(number=number, name=f"{number}员", unit=town.units["S1"])
    return Site.objects.get(code="FW-001")


def give(base, town, number, on=TODAY, at=NOON):
    return keepers.hand_over(
        site=base, person_number=number, from_on=on, reason="聘任", by=town.actor("LM"), at=at
    )


@pytest.mark.row("000-03")
def test_a_second_person_for_the_same_day_cannot_be_stored(base, town):
    give(base, town, "R1")

    with pytest.raises(UnableToHandOverBaseError, match="已登记过交接"):
        give(base, town, "R2")
    with pytest.raises(IntegrityError), transaction.atomic():
        Keeper.objects.create(
            site=base,
            from_on=TODAY,
            person_number="R2",
            reason="x",
            decided_at=NOON,
            decided_by="x",
        )
    assert keepers.in_office([base.pk], on=TODAY) == {base.pk: "R1"}


def test_a_hand_over_ends_what_was_before_and_a_vacancy_shows(base, town):
    give(base, town, "R1", on=TODAY - timedelta(days=300))
    give(base, town, "R2", on=TODAY + timedelta(days=10))
    give(base, town, "", on=TODAY + timedelta(days=20))

    def state(days):
        kept = keeping([base.pk], on=TODAY + timedelta(days=days))[base.pk]
        return kept.state, kept.number

    assert (state(0), state(9), state(10)) == (("held", "R1"), ("held", "R1"), ("held", "R2"))
    assert state(20) == ("vacant", "")
    assert keeping([base.pk], on=TODAY - timedelta(days=301)) == {}
    told = AuditEvent.objects.filter(verb="venues.site.hand_over").order_by("pk")
    assert [(event.before, event.after) for event in told] == [
        ("空缺", "R1"),
        ("R1", "R2"),
        ("R2", "空缺"),
    ]


def test_who_left_or_is_away_leaves_a_gap(base, town):
    give(base, town, "R1")
    person = Person.objects.get(number="R1")
    Absence.objects.create(person=person, first_on=TODAY, last_on=TODAY, reason="病假")
    assert keeping([base.pk], on=TODAY)[base.pk].state == "away"
    Person.objects.filter(number="R1").update(is_active=False, left_on=TODAY + timedelta(days=1))

    assert keeping([base.pk], on=TODAY + timedelta(days=1))[base.pk].state == "left"
    Keeper.objects.update(person_number="GONE")
    assert keeping([base.pk], on=TODAY)[base.pk].is_gap


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (TODAY - timedelta(days=93), "不能补记"),
        (TODAY - timedelta(days=40), "应晚于这一天"),
        (TODAY + timedelta(days=367), "最多提前 366 天"),
    ],
)
def test_history_is_not_written_over(base, town, on, words):
    give(base, town, "R1", on=TODAY - timedelta(days=30))
    with pytest.raises(UnableToHandOverBaseError, match=words):
        give(base, town, "R2", on=on)


def test_the_first_one_may_be_taken_over_from_paper_but_not_from_another_age(base, town):
    with pytest.raises(UnableToHandOverBaseError, match="早于 2000-01-01"):
        give(base, town, "R1", on=date(1999, 12, 31))
    give(base, town, "R1", on=date(2019, 5, 1))
    with pytest.raises(UnableToHandOverBaseError, match="不用再登记"):
        give(base, town, "R1", on=TODAY)


def test_only_what_is_to_come_or_was_written_today_can_be_taken_back(base, town):
    by, later = town.actor("LM"), NOON + timedelta(days=1)
    give(base, town, "R1")
    give(base, town, "R2", on=TODAY + timedelta(days=10))
    keepers.take_back(site=base, from_on=TODAY + timedelta(days=10), by=by, at=later)
    with pytest.raises(UnableToHandOverBaseError, match="已经生效"):
        keepers.take_back(site=base, from_on=TODAY, by=by, at=later)
    with pytest.raises(UnableToHandOverBaseError, match="没有交接"):
        keepers.take_back(site=base, from_on=TODAY + timedelta(days=10), by=by, at=later)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.tuples(st.sampled_from(["R1", "R2", ""]), st.integers(-100, 380)), max_size=8),
    st.integers(-120, 400),
)
def test_whatever_is_registered_a_day_has_one_person_or_a_vacancy(base, town, rows, day):
    Keeper.objects.all().delete()
    for number, days in rows:
        try:
            give(base, town, number, on=TODAY + timedelta(days=days))
        except UnableToHandOverBaseError:
            continue
    on = TODAY + timedelta(days=day)
    begun = Keeper.objects.filter(from_on__lte=on).order_by("-from_on")

    told = keepers.in_office([base.pk], on=on)

    assert told == ({base.pk: begun[0].person_number} if begun else {})
    days = [row.from_on for row in Keeper.objects.all()]
    assert len(set(days)) == len(days)


def test_whom_the_day_before_had_may_not_hide_that_the_day_is_taken(base, town):
    give(base, town, "R1", on=TODAY - timedelta(days=20))
    give(base, town, "R2", on=TODAY)

    with pytest.raises(UnableToHandOverBaseError, match="已登记过交接"):
        give(base, town, "R1", on=TODAY)


def test_a_slip_of_today_may_be_taken_back_and_the_page_says_so(base, town):
    give(base, town, "R1", on=TODAY - timedelta(days=20), at=NOON - timedelta(days=20))
    give(base, town, "R2", on=TODAY)

    terms = keepers.terms_of(base, on=TODAY)

    assert [(term.person_number, term.can_go) for term in terms] == [("R2", True), ("R1", False)]
    keepers.take_back(site=base, from_on=TODAY, by=town.actor("LM"), at=NOON)
    assert keepers.in_office([base.pk], on=TODAY) == {base.pk: "R1"}
    assert not any(term.can_go for term in keepers.terms_of(base, on=TODAY + timedelta(days=1)))


def test_a_base_that_was_closed_meanwhile_is_not_changed(base, town):
    Site.objects.filter(pk=base.pk).update(closed_on=TODAY, closed_because="撤并")
    act = {"by": town.actor("LM"), "at": NOON}

    for change in (
        lambda: sites.offer(site=base, services={}, known=(), **act),
        lambda: hours.set_days(site=base, first=TODAY, last=TODAY, spans=(), reason="检修", **act),
    ):
        with pytest.raises(UnableToChangeSiteError):
            change()
