"""The register of outages: of one thing, with times that can be, and whom it hit."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.db.utils import IntegrityError

from dianliang.core.models import AuditEvent
from dianliang.domain.network import operations, queries
from dianliang.domain.network.models import Outage, Transformer
from dianliang.domain.network.operations import Told, UnableToRecordOutageError
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError
from tests import villages
from tests.town import NOON, TODAY

pytestmark = pytest.mark.django_db


def told(feeder=None, transformer=None, **more):
    fields = {"kind": "fault", "started_at": NOON - timedelta(hours=3), "ended_at": None}
    return Told(feeder=feeder, transformer=transformer, **{**fields, "reason": "雷击", **more})


def test_a_line_that_fails_hits_every_village_on_it_and_the_households_behind(town):
    line = villages.network(town)
    Transformer.objects.filter(number="B2").update(retired_on=TODAY - timedelta(days=5))

    made = operations.record_outage(told=told(line), by=town.actor("S1"), at=NOON)

    assert {area.code for area in made.areas.all()} == {"V1", "V2"}
    assert made.households == 300  # the one that is out of service has nobody
    assert AuditEvent.objects.get(verb="network.outage.record").target_id == made.number


def test_a_transformer_that_fails_hits_its_own_village(town):
    villages.network(town)
    one = Transformer.objects.get(number="B4")

    made = operations.record_outage(told=told(transformer=one), by=town.actor("S1"), at=NOON)

    assert ([area.code for area in made.areas.all()], made.households) == (["V2"], 100)


def test_what_nobody_hangs_on_that_day_cannot_have_been_out(town):
    villages.network(town)
    gone = Transformer.objects.get(number="B4")
    Transformer.objects.filter(pk=gone.pk).update(retired_on=TODAY - timedelta(days=5))

    for nothing in (told(transformer=gone), told(villages.feeder(town, "F9", villages=()))):
        with pytest.raises(UnableToRecordOutageError, match="没有在运的变压器"):
            operations.record_outage(told=nothing, by=town.actor("S1"), at=NOON)
    assert not Outage.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "other"}, "计划停电或故障停电"),
        ({"started_at": NOON + timedelta(hours=1)}, "不能晚于现在"),
        ({"ended_at": NOON - timedelta(hours=3)}, "晚于停电时间"),
        ({"ended_at": NOON + timedelta(days=40)}, "30 天"),
        ({"reason": " "}, "停电原因"),
    ],
)
def test_what_cannot_have_been_is_refused_and_nothing_is_kept(town, changes, words):
    line = villages.network(town)

    with pytest.raises((UnableToRecordOutageError, InvalidInputError), match=words):
        operations.record_outage(told=told(line, **changes), by=town.actor("S1"), at=NOON)

    assert not Outage.objects.exists()


def test_an_outage_is_of_one_thing(town):
    line = villages.network(town)
    both = told(line, Transformer.objects.get(number="B1"))

    for wrong in (told(), both):
        with pytest.raises(UnableToRecordOutageError, match="二者填一个"):
            operations.record_outage(told=wrong, by=town.actor("S1"), at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        Outage.objects.create(
            number="X", kind="fault", started_at=NOON, reason="x", recorded_by="x"
        )


def test_a_planned_outage_may_lie_ahead(town):
    line = villages.network(town)
    ahead = told(line, kind="planned", started_at=NOON + timedelta(days=3))

    made = operations.record_outage(told=ahead, by=town.actor("S1"), at=NOON)

    assert made.started_at > NOON


def test_power_comes_back_once(town):
    outage = villages.outage(town)
    again = Outage.objects.get(pk=outage.pk)
    back = NOON - timedelta(hours=1)
    operations.end_outage(outage=outage, ended_at=back, by=town.actor("S1"), at=NOON)

    with pytest.raises(UnableToRecordOutageError, match="已登记复电"):
        operations.end_outage(outage=again, ended_at=back, by=town.actor("S1"), at=NOON)
    (row,) = queries.outages(
        areas=[town.areas["V1"].pk], since=NOON - timedelta(days=9), until=NOON
    )
    assert row.duration_h == pytest.approx(29)


def test_power_does_not_come_back_tomorrow(town):
    outage = villages.outage(town)

    with pytest.raises(UnableToRecordOutageError, match="不能晚于现在"):
        operations.end_outage(
            outage=outage, ended_at=NOON + timedelta(hours=1), by=town.actor("S1"), at=NOON
        )


def test_a_transformer_counts_from_its_first_day_to_before_its_last(town):
    line = villages.feeder(town)
    villages.transformer(line, "B9", town.areas["V1"], installed_on=TODAY, retired_on=TODAY)
    villages.transformer(line, "B8", town.areas["V1"], installed_on=TODAY)

    def standing(on):
        rows = queries.transformers(areas=[town.areas["V1"].pk], on=on)
        return [row.number for row in rows]

    assert standing(TODAY - timedelta(days=1)) == []
    assert standing(TODAY) == ["B8"]


def test_an_outage_of_an_odd_year_is_refused_and_one_of_old_books_is_kept(town):
    line, by = villages.network(town), town.actor("S1")
    first = datetime(1, 1, 1, tzinfo=SHANGHAI)
    last = datetime(9999, 12, 31, 23, tzinfo=SHANGHAI)
    ends = last + timedelta(minutes=50)
    year = timedelta(days=366)
    for changes in (
        {"started_at": first},
        {"kind": "planned", "started_at": last, "ended_at": ends},
        {"kind": "planned", "started_at": NOON + year + timedelta(days=1)},
    ):
        with pytest.raises(UnableToRecordOutageError, match="核对年份"):
            operations.record_outage(told=told(line, **changes), by=by, at=NOON)
    over = told(line, ended_at=last)
    with pytest.raises(UnableToRecordOutageError, match="30 天"):
        operations.record_outage(told=over, by=by, at=NOON)

    old = told(line, started_at=NOON - 9 * year, ended_at=NOON - 9 * year + timedelta(hours=2))
    assert operations.record_outage(told=old, by=by, at=NOON).ended_at is not None
