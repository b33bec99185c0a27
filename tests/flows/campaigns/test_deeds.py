"""A volunteer's deed on record counts for the campaigns that ask for one."""

from datetime import timedelta

import pytest

from dianliang.domain.programs.models import Activity, Target
from dianliang.domain.programs.operations.targets import EvidenceMissingError
from dianliang.domain.workforce.models import Person, Team
from dianliang.flows import volunteering
from dianliang.flows.campaigns import doing, opening
from dianliang.flows.campaigns.opening import UnableToOpenError
from tests.flows.campaigns.lists import frozen
from tests.town import NOON, TODAY


def held(town, people, **changes):
    known = {
        "title": "村容整治",
        "team_code": "V",
        "site_code": "FW-001",
        "area_code": "",
        "service_code": "",
        "started_at": NOON - timedelta(hours=3),
        "ended_at": NOON - timedelta(hours=1),
        "people": people,
        "served_people": 0,
        "words": "清线",
    }
    return volunteering.Held(**{**known, **changes})


@pytest.mark.row("004-22")
def test_each_volunteer_with_a_deed_on_record_is_done_by_itself(town):
    town.team("V", "S1", "volunteer")
    Team.objects.filter(code="V").update(is_volunteer=True)
    by = town.actor("S1")
    volunteering.register(held=held(town, ("V-0",)), by=by, at=NOON)

    campaign = frozen(town, source="people", query={}, table=None, proofs=["words"])
    assert [t.status for t in Target.objects.order_by("key")] == ["DONE", "OPEN"]

    late = held(town, ("V-1",), started_at=NOON, ended_at=NOON + timedelta(hours=1))
    volunteering.register(held=late, by=by, at=NOON + timedelta(hours=2))

    done = Target.objects.get(key="V-1")
    assert (done.status, done.activity.title) == ("DONE", "村容整治")
    assert doing.count_deeds(number=campaign.number, by=by, at=NOON) == 0
    with pytest.raises(UnableToOpenError):
        opening.open_batch(
            number=campaign.number, area_code="", most=9, is_nearby=False, by=by, at=NOON
        )


@pytest.mark.row("004-23")
def test_each_party_member_owes_an_essay_of_his_own_and_no_deed_stands_for_it(town):
    town.team("V", "S1", "volunteer")
    Team.objects.filter(code="V").update(is_volunteer=True)
    Person.objects.filter(number="V-0").update(is_party_member=True)
    by = town.actor("S1")
    volunteering.register(held=held(town, ("V-0",)), by=by, at=NOON)

    frozen(town, source="members", query={}, table=None, proofs=["words"])

    (target,) = Target.objects.all()
    assert (target.key, target.status) == ("V-0", "OPEN")
    with pytest.raises(EvidenceMissingError):
        doing.complete(number=target.number, photos=(), words="", by=by, at=NOON)
    essay = "学习心得：把群众的小事当大事，先从身边的线路做起。"
    done = doing.complete(number=target.number, photos=(), words=essay, by=by, at=NOON)
    assert (done.status, done.evidence.get().words) == ("DONE", essay)


def test_a_deed_before_the_campaign_began_does_not_count(town):
    town.team("V", "S1", "volunteer")
    Team.objects.filter(code="V").update(is_volunteer=True)
    volunteering.register(held=held(town, ("V-0",)), by=town.actor("S1"), at=NOON)

    campaign = frozen(
        town,
        source="people",
        query={},
        table=None,
        proofs=[],
        starts_on=TODAY + timedelta(days=1),
    )

    assert set(Target.objects.values_list("status", flat=True)) == {"OPEN"}
    assert doing.count_deeds(number=campaign.number, by=town.actor("S1"), at=NOON) == 0


@pytest.fixture
def volunteers(town):
    """A team of two volunteers."""
    town.team("V", "S1", "volunteer")
    Team.objects.filter(code="V").update(is_volunteer=True)
    return town


def asking(town, **changes):
    known = {"source": "people", "query": {}, "table": None, "proofs": []}
    return frozen(town, **{**known, **changes})


def test_a_deed_that_a_recheck_rejected_does_not_count_again(volunteers):
    by = volunteers.actor("S1")
    volunteering.register(held=held(volunteers, ("V-0",)), by=by, at=NOON)
    campaign = asking(volunteers)
    made = doing.draw(number=campaign.number, size=1, seed=1, by=by, at=NOON)
    number = made.checks.get().target.number
    doing.judge(number=number, passed=False, words="本人没有到场", by=by, at=NOON)

    later = NOON + timedelta(hours=1)
    assert doing.count_deeds(number=campaign.number, by=by, at=later) == 0
    earlier = held(
        volunteers,
        ("V-0",),
        title="也在复核之前",
        started_at=NOON - timedelta(hours=5),
        ended_at=NOON - timedelta(hours=4),
    )
    volunteering.register(held=earlier, by=by, at=later)
    with pytest.raises(EvidenceMissingError):
        doing.complete(number=number, photos=[], words="", by=by, at=later)
    assert Target.objects.get(number=number).status == "FAILED"

    again = held(
        volunteers, ("V-0",), started_at=later, ended_at=later + timedelta(hours=1), title="补做"
    )
    volunteering.register(held=again, by=by, at=later + timedelta(hours=2))
    done = Target.objects.get(number=number)
    assert (done.status, done.activity.title) == ("DONE", "补做")


@pytest.mark.parametrize("proofs", [["words"], ["photo"]])
def test_one_who_was_given_up_does_not_hold_up_the_deeds_of_all(volunteers, proofs):
    by = volunteers.actor("S1")
    campaign = asking(volunteers, proofs=proofs)
    given_up = Target.objects.get(key="V-0")
    doing.give_up(number=given_up.number, reason="refused", note="", by=by, at=NOON)

    volunteering.register(held=held(volunteers, ("V-0", "V-1"), words=""), by=by, at=NOON)

    assert Activity.objects.count() == 1
    found = Target.objects.order_by("key").values_list("status", "reason")
    assert list(found) == [("LACKING", ""), ("LACKING", "")]
    assert doing.count_deeds(number=campaign.number, by=by, at=NOON) == 0


def test_what_a_deed_brought_is_kept_once_however_often_it_is_looked_for(volunteers):
    by = volunteers.actor("S1")
    volunteering.register(held=held(volunteers, ("V-0",)), by=by, at=NOON)
    campaign = asking(volunteers, proofs=["words", "photo"])

    for _ in range(2):
        assert doing.count_deeds(number=campaign.number, by=by, at=NOON) == 0

    (piece,) = Target.objects.get(key="V-0").evidence.all()
    assert piece.words == "清线"


@pytest.mark.row("004-23")
def test_each_member_hands_in_an_essay_and_a_deed_is_none(town):
    """Seed 004: every member writes one; who has not is on the list."""
    town.team("V", "S1", "volunteer")
    Team.objects.filter(code="V").update(is_volunteer=True)
    Person.objects.filter(number="V-1").update(is_party_member=True)
    by = town.actor("S1")
    campaign = frozen(
        town, source="members", query={}, table=None, title="一人一篇心得", proofs=["words"]
    )
    held_later = held(town, ("V-1",), started_at=NOON, ended_at=NOON + timedelta(hours=1))
    volunteering.register(held=held_later, by=by, at=NOON + timedelta(hours=2))
    (essay,) = Target.objects.filter(campaign=campaign)
    assert (essay.key, essay.status) == ("V-1", "OPEN")
    with pytest.raises(EvidenceMissingError):
        doing.complete(number=essay.number, photos=[], words="", by=by, at=NOON)

    doing.complete(number=essay.number, photos=[], words="从日常工作学起：……", by=by, at=NOON)

    essay.refresh_from_db()
    assert essay.status == "DONE"
    assert essay.evidence.get().words.startswith("从日常工作学起")
    with pytest.raises(UnableToOpenError, match="由本人交证据"):
        opening.open_batch(
            number=campaign.number, area_code="", most=9, is_nearby=False, by=by, at=NOON
        )
