"""What a base must have (000-02): versions, proofs that others check, expiry, score, gaps."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from dianliang.core.models import AuditEvent
from dianliang.domain.insight.base_checks import checked
from dianliang.domain.programs.models import Activity
from dianliang.domain.venues import keepers, proofs, standards
from dianliang.domain.venues.models import BaseProof, BaseStandard, Site
from dianliang.domain.venues.proofs import UnableToProveError
from dianliang.domain.venues.sites import UnableToChangeSiteError
from dianliang.domain.venues.standards import SHIPPED, Item
from dianliang.domain.workforce.models import Person
from dianliang.flows.bases import proving
from dianliang.flows.bases import standard as publishing
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import (
    IllegalTransitionError,
    InvalidInputError,
    NotVisibleError,
    NotYourTurnError,
)
from tests.core.test_files import photo
from tests.flows.bases.things import PARTY, notice, proof, site
from tests.town import NOON, TODAY


@pytest.fixture
def base(town):
    Site.objects.filter(code="FW-001").update(unit=town.units["S1"])
    return Site.objects.get(code="FW-001")


def checker(town, unit="S1"):
    """Somebody else than who gives proofs."""
    return replace(town.actor(unit, PARTY), id="user:checker", name="核验人")


def accept(town, given, share=100, verdict=""):
    return proving.accept(
        number=given.number, share_percent=share, verdict=verdict, by=checker(town), at=NOON
    )


def states(base, on=TODAY, standard=None):
    found = checked([base.pk], standard=standard or standards.in_force(), on=on)[base.pk]
    return {item.key: item.state for item in found.items}, found.score, found.gaps


@pytest.mark.row("000-02")
def test_five_things_are_there_or_missing_from_records_and_checked_proofs(base, town):
    assert states(base) == (
        {
            "place": "missing",
            "team": "short",
            "activity": "short",
            "project": "missing",
            "mechanism": "short",
        },
        0.0,
        7,
    )
    given = proof(town)
    assert states(base)[0]["place"] == "waiting"
    accept(town, given)
    accept(town, proof(town, item="project", paper=photo((40, 30)), words=""), 80, "材料不全")
    Person.objects.create(number="R1", name="余阳", unit=town.units["S1"])
    keepers.hand_over(
        site=base, person_number="R1", from_on=TODAY, reason="聘任", by=town.actor("S1"), at=NOON
    )
    Activity.objects.create(
        number="XD-1",
        title="检查",
        team=town.team("XH", "S1"),
        area=base.area,
        site=base,
        started_at=NOON,
        ended_at=NOON + timedelta(hours=1),
        recorded_by="x",
    )
    notice(town)

    found, score, gaps = states(base)

    assert found == {
        "place": "met",
        "team": "met",
        "activity": "met",
        "project": "part",
        "mechanism": "met",
    }
    assert (score, gaps) == (96.0, 1)  # 80 % of one fifth; nobody has written the hours down
    assert states(base, on=TODAY + timedelta(days=340))[0]["place"] == "soon"
    later = states(base, on=TODAY + timedelta(days=366))
    assert (later[0]["place"], later[0]["activity"], later[1]) == ("expired", "short", 40.0)


def test_nobody_checks_what_he_gave_himself(base, town):
    given = proof(town)
    with pytest.raises(UnableToProveError, match="不能核验自己提交的佐证"):
        proving.accept(
            number=given.number,
            share_percent=100,
            verdict="",
            by=town.actor("S1", PARTY),
            at=NOON,
        )
    assert BaseProof.objects.get().status == "GIVEN"


def test_a_part_of_the_mark_and_a_refusal_say_why(base, town):
    given = proof(town)
    with pytest.raises(InvalidInputError, match="扣分原因"):
        accept(town, given, 50)
    for share in (0, 101):
        with pytest.raises(InvalidInputError, match="1 到 100"):
            accept(town, given, share)
    with pytest.raises(InvalidInputError, match="退回原因"):
        proving.refuse(number=given.number, verdict=" ", by=checker(town), at=NOON)
    proving.refuse(number=given.number, verdict="照片模糊", by=checker(town), at=NOON)
    assert states(base)[0]["place"] == "refused"
    again = accept(town, given)
    with pytest.raises(IllegalTransitionError):
        accept(town, again)
    proving.withdraw(number=given.number, verdict="换新照片", by=checker(town), at=NOON)
    assert states(base)[0]["place"] == "missing"
    verbs = AuditEvent.objects.filter(target_type="venues.baseproof").order_by("pk")
    assert [event.verb.rpartition(".")[2] for event in verbs] == [
        "give",
        "refuse",
        "accept",
        "withdraw",
    ]


def test_the_best_proof_counts_and_a_new_one_that_waits_does_no_harm(base, town):
    accept(town, proof(town), 60, "较旧")
    accept(town, proof(town, words="新布置"))
    proof(town, words="再交一份")

    found = checked([base.pk], standard=standards.in_force(), on=TODAY)[base.pk]

    assert (found.items[0].state, found.items[0].share) == ("met", 1.0)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"from_on": TODAY + timedelta(days=1)}, "from_on"),
        ({"from_on": TODAY - timedelta(days=400)}, "from_on"),
        ({"expires_on": TODAY}, "expires_on"),
        ({"expires_on": TODAY + timedelta(days=366)}, "expires_on"),
        ({"words": ""}, "words"),
        ({"words": "x" * 501}, "words"),
        ({"words": "a\0b"}, "words"),
        ({"record": "XD-404"}, "record"),
        ({"paper": b"<html>"}, "paper"),
        ({"item": "nope"}, "item"),
    ],
)
def test_a_proof_that_makes_no_sense_is_refused_by_its_field(base, town, changes, field):
    with pytest.raises(InvalidInputError) as refusal:
        proof(town, **changes)
    assert refusal.value.field == field
    assert not BaseProof.objects.exists()


def test_what_is_counted_from_records_nobody_has_to_prove(base, town):
    with pytest.raises(UnableToProveError, match="不用提交佐证"):
        proof(town, item="activity")


def test_a_record_shown_as_proof_must_be_of_this_base(base, town):
    need = town.post("路灯坏了", site_code="FW-001", at=NOON)
    other = town.post("路灯坏了", area_code="V3", at=NOON)

    assert proof(town, record=need.number.lower(), words="").kind == "record"
    with pytest.raises(InvalidInputError, match="不在这个阵地"):
        proof(town, record=other.number, words="")


def test_proofs_of_another_stations_bases_are_absent(base, town):
    given = proof(town)
    with pytest.raises(NotVisibleError):
        proving.refuse(number=given.number, verdict="不行", by=checker(town, "S2"), at=NOON)
    with pytest.raises(NotVisibleError):
        proof(town, unit="S2")


def test_a_closed_base_is_no_longer_checked(base, town):
    Site.objects.filter(pk=base.pk).update(closed_on=TODAY, closed_because="撤并")

    assert checked([base.pk], standard=SHIPPED, on=TODAY) == {}
    with pytest.raises(UnableToChangeSiteError, match="停用"):
        proof(town)


def test_the_database_keeps_proofs_in_shape(base, town):
    given = proof(town)
    for wrong in (
        {"status": "LOST"},
        {"share_percent": 101},
        {"expires_on": given.from_on},
        {"kind": "file"},
        {"words": ""},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            BaseProof.objects.update(**wrong)


def line(**changes):
    known = {"key": "", "name": "有阵地牌", "words": "门口有牌", "weight": 40}
    return Item(**{**known, **changes})


def publish(town, *items, seen=0, role=Role.ADMINISTRATOR, unit="AJ", name="六有"):
    return publishing.publish(
        name=name,
        items=items,
        seen=seen,
        reason="年度修订",
        by=town.actor(unit, role),
        at=NOON,
    )


def test_the_operators_own_words_take_effect_and_proofs_stay_with_their_item(base, town):
    accept(town, proof(town))
    place = SHIPPED.items[0]
    publish(town, replace(place, name="有场地", weight=60), line())

    found, score, _ = states(base)

    assert found == {"place": "met", "item1": "missing"}
    assert score == 60.0
    assert [v.standard.number for v in publishing.versions()] == [1, 0]
    publish(town, line(key="item1", name="有门牌"), line(name="有公约"), seen=1)
    assert {item.key for item in standards.in_force().items} == {"item1", "item2"}


def test_of_two_who_publish_at_once_the_second_is_told(town):
    publish(town, line())
    with pytest.raises(InvalidInputError, match="刚被他人发布"):
        publish(town, line())
    assert BaseStandard.objects.count() == 1


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ((), "至少要有一个条目"),
        ((line(), line()), "重名"),
        ((line(weight=0),), "1 到 100"),
        ((line(weight=101),), "1 到 100"),
        ((line(way="magic"),), "考核方式"),
        ((line(target=0),), "目标"),
        ((line(days=0),), "天数"),
        ((line(valid_days=0),), "有效期"),
        ((line(name=" "),), "名称"),
        ((line(words="x" * 201),), "要求"),
        (tuple(line(name=f"有{n}") for n in range(21)), "最多 20"),
        ((line(key="place"), line(key="place", name="另一个")), "同一个标识"),
    ],
)
def test_a_standard_that_makes_no_sense_is_refused(town, items, words):
    with pytest.raises(InvalidInputError, match=words):
        publish(town, *items)
    assert not BaseStandard.objects.exists()


def test_only_who_speaks_for_all_units_publishes_a_standard(town):
    for role, unit in ((Role.DISPATCHER, "LM"), (Role.PARTY_AFFAIRS, "S1")):
        with pytest.raises(NotYourTurnError):
            publish(town, line(), role=role, unit=unit)
    publish(town, line(), role=Role.PARTY_AFFAIRS, unit="LM")


def test_a_base_with_several_targets_earns_its_share(base, town):
    site(town, "P9")
    publish(town, line(way="services", target=2, name="有服务"))
    service = base.offers.model.service.field.related_model.objects.filter(is_active=True).first()
    base.offers.create(service=service)

    found = checked([base.pk], standard=standards.in_force(), on=TODAY)[base.pk]

    assert (found.items[0].have, found.score) == (1, 50.0)
    assert proofs.standings([base.pk], on=TODAY) == {}
