"""Following a need: each sees his own words, nobody's typing is lost, a waiting page is polite."""

import re
from datetime import timedelta

import pytest

from dianliang.domain.intake.models import Need, Participant, Rating
from dianliang.faces.portal import following
from dianliang.flows import handling
from tests.browsing import upload
from tests.town import NOON

FORM = {"key": "k" * 32, "kind": "resident", "area_code": "V1"}


def page(answer):
    return answer.content.decode()


@pytest.fixture
def pair(client, town):
    """A need with its first reporter and a neighbour who joined; their links."""
    text = "张三家门口电线杆歪了，电话13812345678"
    first = client.post("/post/", {**FORM, "text": text, "photos": upload("a.jpg")}).url
    number = Need.objects.get().number
    joined = client.post(f"/join/{number}/", {**FORM, "text": "我家门口也看得到"}).url
    return first, joined, Need.objects.get()


def test_number_promise_handler_and_link_are_told(client, pair):
    first, _, need = pair

    shown = page(client.get(first))

    assert need.number in shown
    assert "天荒坪供电所" in shown
    assert re.search(r"承诺：.*办结 <strong>\d\d-\d\d \d\d:\d\d", shown, re.DOTALL)
    assert f"http://testserver{first}" in shown


def test_who_joins_reads_nothing_personal_of_the_other(client, pair):
    first, joined, need = pair
    client.post(f"{first}say/", {"text": "我叫张三，住三单元", "photos": upload("b.jpg", 3)})
    by = handling_actor(need)
    handling.tell(number=need.number, text="已联系13812345678", is_internal=False, by=by, at=NOON)

    seen = page(client.get(joined))

    for private in ("张三", "13812345678", "三单元"):
        assert private not in seen
    assert "我家门口也看得到" in seen
    assert "已联系***********" in seen
    for photo in (*need.photos.all(), *need.messages.exclude(photos=None).get().photos.all()):
        assert client.get(f"{joined}photos/{photo.token}/").status_code == 404
        assert client.get(f"{first}photos/{photo.token}/").status_code == 200


def handling_actor(need):
    from dianliang.kernel.actor import Actor, Role

    return Actor(
        id="user:1", name="值班", role=Role.DISPATCHER, unit_path=need.unit.path, area_path="/"
    )


def test_what_a_joiner_adds_is_his_own(client, pair):
    first, joined, _ = pair

    client.post(f"{joined}say/", {"text": "我的电话是13900000000"})

    assert "13900000000" in page(client.get(joined))
    assert "13900000000" not in page(client.get(first))


def test_each_is_told_that_it_is_done_and_rates_for_himself(client, pair):
    first, joined, need = pair
    by = handling_actor(need)
    handling.accept(number=need.number, by=by, at=NOON)
    handling.resolve(number=need.number, words="扶正了", by=by, at=NOON)

    for url, stars in ((first, "5"), (joined, "4")):
        assert "扶正了" in page(client.get(url))
        client.post(f"{url}rate/", {"stars": stars})

    assert sorted(Rating.objects.values_list("stars", flat=True)) == [4, 5]


@pytest.mark.parametrize("stars", ["0", "6", "", "１", "1e999", "\0"])
def test_impossible_stars_are_refused_and_the_words_stay(client, pair, stars):
    first, _, need = pair
    by = handling_actor(need)
    handling.accept(number=need.number, by=by, at=NOON)
    handling.resolve(number=need.number, words="好了", by=by, at=NOON)

    answer = client.post(f"{first}rate/", {"stars": stars, "words": "师傅很耐心"})

    assert answer.status_code == 422
    assert "请选择 1 到 5 星" in page(answer)
    assert "师傅很耐心" in page(answer)


def test_words_that_cannot_be_kept_stay_in_their_form(client, pair):
    first, _, _ = pair

    answer = client.post(
        f"{first}say/",
        {"text": "补充一下", "photos": [upload("好.jpg"), upload("坏.jpg", content=b"x")]},
    )

    assert answer.status_code == 422
    assert "补充一下</textarea>" in page(answer)
    assert "坏.jpg" in page(answer)
    assert 'name="kept"' in page(answer)


def test_a_cancelled_need_stays_readable(client, pair):
    first, joined, _ = pair

    assert client.post(f"{joined}cancel/").status_code == 422
    client.post(f"{first}cancel/", {"reason": "自己修好了"})

    assert "已取消" in page(client.get(first))
    assert client.post(f"{first}say/", {"text": "还有一句"}).status_code == 422


def test_a_waiting_page_is_answered_in_nothing_until_something_moves(client, pair):
    first, _, need = pair
    version = re.search(r'data-version="(\w+)"', page(client.get(first))).group(1)

    assert client.get(f"{first}?known={version}").status_code == 204
    handling.accept(number=need.number, by=handling_actor(need), at=NOON + timedelta(hours=1))
    moved = client.get(f"{first}?known={version}")

    assert "已受理" in page(moved)
    assert "<html" not in page(moved)


def test_a_phone_finds_its_needs_again_and_only_its_own(client, town, pair):
    first, joined, need = pair
    town.post("想装充电桩", area_code="V1")
    tokens = [url.split("/")[2] for url in (first, joined)]

    shown = page(client.post("/mine/", {"token": [*tokens, "guessed-token", "\0"]}))

    assert shown.count(need.number) == 2
    assert Need.objects.latest("pk").number not in shown
    assert page(client.post("/mine/", {"token": "guessed-token"})).strip() == ""


def test_a_long_list_costs_as_many_queries_as_a_short_one(
    client, town, django_assert_max_num_queries
):
    tokens = []
    for _ in range(8):
        town.post(area_code="V1")
        tokens.append(town.token())

    with django_assert_max_num_queries(6):
        assert page(client.post("/mine/", {"token": tokens})).count("need-line") == 8


def test_too_many_words_in_an_hour_are_slowed_down(client, pair, monkeypatch):
    monkeypatch.setattr(following, "MOST_WORDS", 1)
    first, _, _ = pair

    assert client.post(f"{first}say/", {"text": "一"}).status_code == 302
    answer = client.post(f"{first}say/", {"text": "又一句"})

    assert answer.status_code == 422
    assert "提交太频繁" in page(answer)
    assert "又一句</textarea>" in page(answer)


def test_after_a_merge_both_follow_the_same_need(client, town):
    urls = [
        client.post("/post/", {**FORM, "text": t, "key": k * 32, "confirmed": "1"}).url
        for k, t in (("a", "电线杆歪了"), ("b", "村口杆子斜了"))
    ]
    into, merged = Need.objects.order_by("pk")
    handling.merge(number=merged.number, into=into.number, by=handling_actor(merged), at=NOON)

    assert into.number in page(client.get(urls[1]))
    assert "电线杆歪了" not in page(client.get(urls[1]))
    assert Participant.objects.filter(need=into).count() == 2


def test_what_concerns_the_weak_is_on_no_public_page(client, town):
    need = town.post("独居老人灯泡坏了没人换", service_code="CARE-ELDER", area_code="V1")

    for path in ("/needs/", "/api/needs.geojson", "/api/open311/v2/requests.json", "/"):
        assert need.number not in page(client.get(path))


def test_the_public_list_is_filtered_by_town_element_and_state(client, town):
    here = town.post("路灯坏了", service_code="PWR-LIGHT", area_code="V1").number
    there = town.post("自来水停了", service_code="WTR-OUTAGE", area_code="V3").number

    assert there not in page(client.get("/needs/?town=T1"))
    assert here in page(client.get("/needs/?town=T1"))
    assert here not in page(client.get("/needs/?element=water"))
    assert here not in page(client.get("/needs/?state=lit"))
    assert here in page(client.get("/needs/?state=open"))
