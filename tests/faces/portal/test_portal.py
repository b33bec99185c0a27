"""The portal as a resident meets it: no account, no dead end."""

from io import BytesIO

import pytest
from django.urls import reverse
from PIL import Image

from dianliang.domain.intake.models import Need
from dianliang.faces.portal import asking, challenge
from dianliang.faces.ui.requests import now
from dianliang.flows import handling
from tests.town import NOON

FORM = {"key": "k" * 32, "follow": "follow-token-of-the-test", "kind": "resident"}


def send(client, **values):
    return client.post(reverse("portal:post"), {**FORM, **values})


@pytest.mark.parametrize(
    "path",
    ["/", "/?venue=school", "/post/", "/needs/", "/algorithm/", "/q/FW-001/", "/services/PWR-EV/"],
)
def test_every_public_page_opens_without_an_account(client, town, path):
    assert client.get(path).status_code == 200


def test_a_need_is_posted_followed_and_spoken_about(client, town):
    answer = send(client, text="家里没电了", area_code="V1")

    assert answer.status_code == 302
    page = client.get(answer.url)
    need = Need.objects.get()
    assert need.number in page.content.decode()
    assert "天荒坪供电所" in page.content.decode()
    client.post(f"{answer.url}say/", {"text": "是三单元"})
    assert need.messages.get().text == "是三单元"


def test_pressing_twice_is_one_need(client, town):
    urls = {send(client, text="家里没电了", area_code="V1").url for _ in range(2)}

    assert len(urls) == 1
    assert Need.objects.count() == 1


def test_a_photo_is_kept_and_shown_to_its_owner_only(client, town):
    picture = BytesIO()
    Image.new("RGB", (40, 30), "orange").save(picture, "PNG")
    picture.seek(0)
    picture.name = "x.png"
    url = send(client, text="灯坏了", area_code="V1", photos=picture).url
    photo = Need.objects.get().photos.get()

    shown = client.get(f"{url}photos/{photo.token}/")

    assert shown["Content-Type"] == "image/jpeg"
    assert client.get(f"/n/somebody-else/photos/{photo.token}/").status_code == 404


@pytest.mark.parametrize(
    "values",
    [
        {"text": ""},
        {"text": "停电\0了"},
        {"text": "停电了", "area_code": "XX"},
        {"text": "停电了", "lat": "nan", "lon": "119"},
        {"text": "停电了", "lat": "1e999", "lon": "119"},
        {"text": "停电了", "lat": "31.9", "lon": "118.8"},
        {"text": "停电了", "phone": "x\0"},
        {"text": "停电了", "site_code": "\0"},
    ],
)
def test_a_mistake_is_shown_beside_its_field_and_the_words_are_kept(client, town, values):
    answer = send(client, **values)

    assert answer.status_code == 422
    assert "error" in answer.content.decode()
    assert not Need.objects.exists()


def test_a_likely_duplicate_is_offered_before_sending(client, town):
    town.post("余村文化礼堂旁边的电线杆被车撞歪了", area_code="V1", at=now())

    offered = send(client, text="文化礼堂旁边电线杆被撞歪", area_code="V1")
    assert "相似的事" in offered.content.decode()
    first = Need.objects.get()
    joined = client.post(f"/join/{first.number}/", {**FORM, "text": "我也看到了"})

    assert joined.status_code == 302
    assert first.participants.count() == 2


def test_saying_no_to_the_duplicate_posts_it(client, town):
    town.post("余村文化礼堂旁边的电线杆被车撞歪了", area_code="V1")

    send(client, text="文化礼堂旁边电线杆被撞歪", area_code="V1", confirmed="1")

    assert Need.objects.count() == 2


def flood(client, text, monkeypatch):
    monkeypatch.setattr(asking, "MOST_POSTS", 1)
    return [
        send(client, text=text, area_code="V1", confirmed="1", key=f"{i}" * 32, follow=f"{i}" * 24)
        for i in range(3)
    ]


def test_a_flood_is_slowed_down_with_a_way_on(client, town, monkeypatch):
    answers = flood(client, "路灯坏了", monkeypatch)

    assert [a.status_code for a in answers] == [302, 429, 429]
    assert "继续提交" in answers[1].content.decode()
    assert int(answers[1]["Retry-After"]) > 0


def test_danger_is_never_slowed_down(client, town, monkeypatch):
    answers = flood(client, "电线断了掉在地上", monkeypatch)

    assert [a.status_code for a in answers] == [302, 302, 302]


def test_a_solved_challenge_opens_the_way_once(client, town, monkeypatch):
    import base64
    import json

    from altcha import v1 as altcha

    flood(client, "路灯坏了", monkeypatch)
    asked = challenge.fresh(at=NOON.replace(year=2099))
    solved = altcha.solve_challenge(
        asked["challenge"], asked["salt"], "SHA-256", challenge.HARDNESS, 0
    )
    payload = {k: asked[k] for k in ("algorithm", "challenge", "salt", "signature")}
    sent = base64.b64encode(json.dumps({**payload, "number": solved.number}).encode()).decode()

    codes = [
        send(
            client,
            text="路灯坏了",
            area_code="V1",
            confirmed="1",
            altcha=sent,
            key=k * 32,
            follow=k * 24,
        ).status_code
        for k in ("x", "y")
    ]

    assert codes == [302, 429]


def test_danger_shows_the_emergency_numbers_while_typing(client, town):
    answer = client.post("/post/hints/", {"text": "电线断了掉在地上"})

    assert "tel:119" in answer.content.decode()
    assert "tel:" not in client.post("/post/hints/", {"text": "想装充电桩"}).content.decode()


def test_a_done_need_is_rated_and_an_unhappy_one_comes_back(client, town):
    url = send(client, text="家里没电了", area_code="V1").url
    need = Need.objects.get()
    handling.accept(number=need.number, by=town.actor(), at=NOON)
    handling.resolve(number=need.number, words="修好了", by=town.actor(), at=NOON)

    assert "办得怎么样" in client.get(url).content.decode()
    client.post(f"{url}rate/", {"stars": "1", "words": "又坏了"})

    need.refresh_from_db()
    assert (need.status, need.reopened_count) == ("RECEIVED", 1)


def test_what_is_public_holds_no_words_and_no_exact_place(client, town):
    town.post("张三家停电，电话13812345678", lat=30.512345, lon=119.612345, phone="13812345678")

    pages = (
        client.get("/needs/").content.decode() + client.get("/api/needs.geojson").content.decode()
    )

    assert "张三" not in pages
    assert "13812345678" not in pages
    assert "30.512345" not in pages
    assert "30.51" in pages


@pytest.mark.parametrize("path", ["/n/guess/", "/q/nope/", "/n/guess/photos/x/"])
def test_what_does_not_exist_is_404_with_help(client, town, path):
    answer = client.get(path)

    assert answer.status_code == 404
    assert "95598" in answer.content.decode()
