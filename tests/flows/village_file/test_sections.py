"""What a village's file says: every section from records, in a few queries, naming no customer."""

import json
from datetime import datetime, timedelta

import pytest

from dianliang.core.models import BackgroundJob
from dianliang.domain.insight.models import VillageProfile, VillageVersion
from dianliang.domain.network.models import Outage, Transformer
from dianliang.domain.territory.models import Area
from dianliang.domain.venues.models import Site
from dianliang.flows import worker
from dianliang.flows.village_file import exporting, page, stations, versions
from dianliang.flows.village_file.compiling import compile_files
from dianliang.flows.village_file.model import as_body
from dianliang.flows.village_file.sections import SECTIONS
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from tests import villages
from tests.flows.village_file.conftest import NAMES, PHONE
from tests.town import NOON, TODAY
from tests.villages import run_jobs

pytestmark = pytest.mark.django_db


def file(town, code="V1", at=NOON):
    village = Area.objects.select_related("parent").get(code=code)
    return compile_files([village], at=at)[village.pk]


def told(found, section):
    return {fact.key: fact.value for fact in found.section(section).facts}


def test_the_file_has_every_section_also_of_a_village_without_anything(filed):
    full, empty = file(filed), file(filed, "V3")

    assert len(full.sections) == len(empty.sections) == len(SECTIONS)
    assert [s.key for s in full.sections] == [s.key for s in empty.sections]
    assert told(empty, "transformers")["count"] == 0


def test_figures_are_those_of_the_records(filed):
    found = file(filed)

    assert told(found, "transformers") == {
        "count": 3,
        "public": 2,
        "dedicated": 1,
        "capacity": 615,
        "households": 300,
    }
    load = told(found, "load")
    assert (load["over"], load["heavy"], load["unknown"]) == (1, 1, 0)
    assert load["share"] == pytest.approx(100 * (120 / 0.95 + 170 + 110) / 615, abs=0.1)
    assert [row[0] for row in found.section("load").tables[0].rows] == ["B3", "B2"]
    assert told(found, "lines") == {"count": 1, "length": 12.6}
    assert (told(found, "outages")["count"], told(found, "outages")["hours"]) == (1, 3.0)
    assert told(found, "work")["open"] == 1
    assert told(found, "plan") == {"count": 1, "done": 0, "late": 0}
    assert told(found, "people")["workers"] == "陈网格"
    assert told(found, "people")["station"] == "天荒坪供电所"
    assert told(found, "station")["name"] == "余村电力服务站"
    assert len(found.section("photos").photos) == 1


def test_an_outage_that_goes_on_over_new_year_is_told_and_one_that_is_over_is_not(town):
    villages.network(town)
    began = datetime(2026, 12, 31, 22, tzinfo=SHANGHAI)
    for number in range(2):
        villages.outage(town, hours=3 * number or None)
    Outage.objects.filter(ended_at=None).update(started_at=began)
    Outage.objects.exclude(ended_at=None).update(
        started_at=began, ended_at=began + timedelta(hours=1)
    )
    section = file(town, at=began + timedelta(hours=4)).section("outages")

    facts = {fact.key: fact.value for fact in section.facts}
    assert facts == {"count": 0, "hours": 0, "now": 1, "announced": 0}
    assert len(section.tables[0].rows) == 1


def test_customers_of_grid_cells_count_with_their_village(filed):
    customers = told(file(filed), "customers")

    assert (customers["resident"], customers["special"], customers["closest"]) == (2, 2, 1)
    assert (customers["special.life_support"], customers["special.disabled"]) == (1, 1)
    assert customers["old"] == 2


def test_the_file_names_no_customer_and_no_door(filed):
    text = json.dumps(as_body(file(filed)), ensure_ascii=False)

    for secret in (*NAMES, PHONE, "12号", "没电了"):
        assert secret not in text


def test_many_villages_cost_as_many_queries_as_one(filed, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    every = list(Area.objects.filter(level="village").select_related("parent"))
    with CaptureQueriesContext(connection) as one:
        compile_files(every[:1], at=NOON)
    with django_assert_num_queries(len(one)):
        compile_files(every, at=NOON)


def test_a_plan_that_is_late_alarms(filed):
    late = file(filed, at=NOON + timedelta(days=30)).section("plan")

    assert [fact.is_alarming for fact in late.facts if fact.key == "late"] == [True]


def test_a_village_names_its_station_or_gets_the_nearest(filed):
    far = Site.objects.create(
        code="FW-002",
        name="梅溪服务站",
        kind="station",
        area=filed.areas["V3"],
        lat=30.77,
        lon=119.76,
    )
    own = [filed.areas[code] for code in ("V1", "V2", "V3")]

    nearest = {pk: s.station.code for pk, s in stations.served_by(own).items()}
    assert [nearest[v.pk] for v in own] == ["FW-001", "FW-001", "FW-002"]
    VillageProfile.objects.update_or_create(area=own[0], defaults={"station": far})
    served = stations.served_by(own)[own[0].pk]
    assert (served.station, served.is_chosen) == (far, True)
    rows = stations.stations(by=filed.actor("S1"))
    assert {row.code: [v.code for v in row.villages] for row in rows} == {
        "FW-001": ["V2"],
        "FW-002": ["V1"],
    }


def test_a_past_day_shows_the_version_of_that_day(filed):
    by = filed.actor("S1")
    Transformer.objects.filter(number="B1").update(capacity_kva=630)
    later = NOON + timedelta(days=10)
    versions.keep_one(code="V1", reason="增容", by=by, at=later)

    def seen(on):
        return page.file_page(code="V1", on=on, by=by, at=NOON + timedelta(days=20))

    assert seen(TODAY - timedelta(days=1)).file is None
    assert seen(TODAY + timedelta(days=5)).file.value("transformers", "capacity") == 615
    assert seen(TODAY + timedelta(days=15)).file.value("transformers", "capacity") == 930
    assert seen(None).is_present
    with pytest.raises(InvalidInputError, match="不能晚于今天"):
        seen(TODAY + timedelta(days=30))


def test_two_versions_are_told_apart_in_words(filed):
    by = filed.actor("S1")
    line = Transformer.objects.get(number="B1").feeder
    Transformer.objects.create(
        number="B7", name="新公变", capacity_kva=400, area=filed.areas["V1"], feeder=line
    )
    found = page.compare(code="V1", before=1, after=None, by=by, at=NOON)

    words = [change.words for change in found.changes]
    assert "变压器 +1：B7 新公变" in words
    assert "变压器 3 台 → 4 台（+1）" in words


def test_what_did_not_change_is_not_kept_again_and_says_so(filed):
    with pytest.raises(versions.UnableToKeepVillageError, match="与最近一版相同"):
        versions.keep_one(code="V1", reason="再存一次", by=filed.actor("S1"), at=NOON)


def test_another_stations_village_is_absent(filed):
    beside = filed.actor("S2")

    for ask in (
        lambda: page.file_page(code="V1", on=None, by=beside, at=NOON),
        lambda: page.compare(code="V1", before=1, after=None, by=beside, at=NOON),
        lambda: versions.keep_one(code="V1", reason="核对", by=beside, at=NOON),
    ):
        with pytest.raises(NotVisibleError):
            ask()


def test_every_night_what_changed_is_kept_once(filed):
    versions.order_if_due(at=NOON.replace(hour=17))  # one in the morning: too early
    assert not BackgroundJob.objects.filter(kind=versions.KEEP).exists()
    night = NOON.replace(hour=18)  # two in the morning
    for minute in range(3):
        versions.order_if_due(at=night + timedelta(minutes=minute))

    assert run_jobs(night) == 1

    kept = {(v.area.code, v.number, v.reason) for v in VillageVersion.objects.all()}
    nightly = {(code, 1, versions.NIGHTLY) for code in ("V2", "V3")}
    assert kept >= {("V1", 1, "建档"), *nightly}
    versions.order_if_due(at=night + timedelta(minutes=9))
    assert run_jobs(night) == 0


def test_the_worker_knows_the_nightly_chore_and_both_jobs():
    assert {versions.keep_in_background, exporting.export_in_background} <= set(worker.HANDLERS)
