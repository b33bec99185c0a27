"""Names that people use and that are no area of ours: old ones, neighbours', roads."""

import pytest

from dianliang.domain.intake.models import Suggestion
from dianliang.domain.intake.queries.detail import need_page
from dianliang.domain.territory.models import PlaceName
from dianliang.flows import posting, triage
from dianliang.kernel.actor import Role
from tests.town import NOON, PASSWORD

pytestmark = pytest.mark.django_db


def name(town, text, kind, level="village", area=None, **given):
    return PlaceName.objects.create(
        name=text, kind=kind, level=level, area=town.areas[area] if area else None, **given
    )


def test_a_village_that_was_merged_leads_to_the_one_of_today(town):
    name(town, "冷水坞村", "former", area="V1")

    need = town.post("冷水坞村家里没电了", area_code="")

    assert need.area == town.areas["V1"]
    (found,) = triage.suggest("冷水坞村家里没电了").places
    assert "已撤并或更名，现为" in found.reason


def test_a_road_leads_to_where_it_lies(town):
    name(town, "云鸿西路", "road", "road", area="V2", aliases=["云鸿路"])

    assert town.post("云鸿西路12号门口路灯不亮", area_code="").area == town.areas["V2"]
    assert town.post("云鸿路口有棵树倒了", area_code="").area == town.areas["V2"]


def test_a_neighbour_is_recognised_and_nobody_is_sent_there(town):
    name(town, "百丈镇", "outside", "township")

    need = town.post("百丈镇那边停电了", area_code="")

    assert need.place_source == "none"
    page = need_page(need.number, by=town.actor(), at=NOON)
    assert any("不在本服务区" in place for place in page.places)
    assert Suggestion.objects.get(need=need).body["places"][0]["is_outside"]


def test_a_new_name_counts_at_once(town):
    text = "龙潭坞村水管漏了"
    assert posting.named_area_code(triage.suggest(text)) == ""

    name(town, "龙潭坞村", "former", area="V3")

    assert posting.named_area_code(triage.suggest(text)) == "V3"


def test_what_does_not_fit_is_said_in_words(client, town):
    town.user("keeper", Role.ADMINISTRATOR, "LM")
    client.login(username="keeper", password=PASSWORD)
    sent = {"name": "某路", "kind": "road", "level": "village", "area": "", "aliases": "[]"}

    page = client.post("/admin/territory/placename/add/", sent).content.decode()

    assert "请选择现在的村，或道路所在的村、乡镇。" in page
    assert "道路的级别选“道路”" in page
    client.post(
        "/admin/territory/placename/add/",
        {**sent, "kind": "outside", "area": town.areas["V1"].pk},
    )
    assert not PlaceName.objects.exists()
    client.post(
        "/admin/territory/placename/add/",
        {**sent, "level": "road", "area": town.areas["V1"].pk},
    )
    assert PlaceName.objects.get().area == town.areas["V1"]
