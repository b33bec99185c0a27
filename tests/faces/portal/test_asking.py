"""What may go wrong while somebody asks: nothing typed is lost, nobody in danger waits."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from dianliang.core.files import MAX_IMAGE_BYTES
from dianliang.domain.intake.models import Need, Participant
from dianliang.faces.portal import asking, photos
from dianliang.faces.portal.forms import NeedForm
from dianliang.faces.ui.requests import source_of
from dianliang.kernel.actor import Role
from tests.browsing import upload
from tests.town import PASSWORD

FORM = {"key": "k" * 32, "kind": "resident"}


def send(client, **values):
    return client.post(reverse("portal:post"), {**FORM, **values})


def page(answer):
    return answer.content.decode()


def kept(answer):
    return re.findall(r'name="kept" value="([^"]+)"', page(answer))


def test_a_mistake_keeps_words_choices_and_photos(client, town):
    answer = send(
        client,
        text="灯坏了三天了",
        area_code="V1",
        service_code="PWR-LIGHT",
        kind="on_behalf",
        on_behalf_of="三组王奶奶",
        phone="打我爸手机",
        photos=[upload("a.jpg"), upload("b.heic", kind="HEIF")],
    )

    assert answer.status_code == 422
    assert "电话只能包含数字" in page(answer)
    for typed in ("灯坏了三天了", "三组王奶奶", "打我爸手机"):
        assert typed in page(answer)
    for code in ("V1", "PWR-LIGHT"):
        assert re.search(rf'value="{code}"[^>]*selected', page(answer))
    assert len(kept(answer)) == 2
    again = send(
        client, text="灯坏了三天了", area_code="V1", phone="13812345678", kept=kept(answer)
    )
    assert again.status_code == 302
    assert Need.objects.get().photos.count() == 2


def test_one_bad_photo_is_named_and_the_good_ones_stay(client, town):
    answer = send(
        client,
        text="灯坏了三天了",
        area_code="V1",
        photos=[upload("好.jpg"), upload("坏.png", content=b"<svg onload=x>")],
    )

    assert answer.status_code == 422
    assert "坏.png：无法识别这张照片" in page(answer)
    assert len(kept(answer)) == 1
    assert client.get(reverse("portal:draft", args=kept(answer)))["Content-Type"] == "image/jpeg"
    assert not Need.objects.exists()


def test_an_oversized_photo_is_refused_before_it_is_read(client, town, monkeypatch):
    monkeypatch.setattr(photos, "MAX_IMAGE_BYTES", 100)

    answer = send(client, text="灯坏了", area_code="V1", photos=upload("大.jpg"))

    assert answer.status_code == 422
    assert "大.jpg：照片超过 12 MB" in page(answer)
    assert MAX_IMAGE_BYTES == 12 * 1024 * 1024


def test_a_seventh_photo_is_refused_and_six_stay(client, town):
    answer = send(
        client, text="灯坏了", area_code="V1", photos=[upload(f"{i}.jpg", i) for i in range(7)]
    )

    assert answer.status_code == 422
    assert len(kept(answer)) == 6


def test_photos_pass_through_the_offer_of_duplicates(client, town):
    town.post("余村文化礼堂旁边的电线杆被车撞歪了", area_code="V1")
    offered = send(client, text="文化礼堂旁边电线杆被撞歪", area_code="V1", photos=upload("a.jpg"))

    send(
        client,
        text="文化礼堂旁边电线杆被撞歪",
        area_code="V1",
        kept=kept(offered)[:1],
        confirmed="1",
    )

    assert Need.objects.latest("pk").photos.count() == 1


def test_a_made_up_photo_name_is_told_and_nothing_breaks(client, town):
    for token in ("\0", "../../x", "a" * 24, "a" * 5000):
        answer = send(client, text="灯坏了", area_code="V1", kept=token)
        assert answer.status_code == 422
        assert "重新选择" in page(answer)


def test_stepping_back_and_changing_the_words_is_told_apart_from_pressing_twice(client, town):
    first = send(client, text="家里没电了", area_code="V1")
    answer = send(client, text="自来水也停了", area_code="V1", confirmed="1")

    assert answer.status_code == 422
    assert "刚才已经提交过" in page(answer)
    assert first.url in page(answer)
    fresh = re.search(r'name="key" value="(\w+)"', page(answer)).group(1)
    assert fresh != FORM["key"]
    send(client, text="自来水也停了", area_code="V1", confirmed="1", key=fresh)
    assert Need.objects.count() == 2


def test_joining_then_posting_from_the_same_form_are_two_links(client, town):
    number = town.post("余村文化礼堂旁边的电线杆被车撞歪了", area_code="V1").number
    joined = client.post(f"/join/{number}/", {**FORM, "text": "我也看到了", "area_code": "V1"})
    posted = send(client, text="路灯也不亮", area_code="V1", confirmed="1")

    assert joined.status_code == posted.status_code == 302
    assert joined.url != posted.url
    assert client.post(f"/join/{number}/", {**FORM, "text": "我也看到了"}).url == joined.url
    assert Participant.objects.count() == 3


def test_a_joiner_keeps_his_name_his_phone_and_whom_he_speaks_for(client, town):
    number = town.post("余村文化礼堂旁边的电线杆被车撞歪了", area_code="V1").number

    client.post(
        f"/join/{number}/",
        {
            **FORM,
            "text": "我家门口",
            "kind": "on_behalf",
            "on_behalf_of": "王奶奶",
            "phone": "13800000000",
        },
    )

    joiner = Participant.objects.get(is_first=False)
    assert (joiner.kind, joiner.on_behalf_of, joiner.phone) == (
        "on_behalf",
        "王奶奶",
        "13800000000",
    )


def test_a_steward_who_posts_for_an_elder_is_on_record(client, town):
    town.user("steward", Role.STEWARD, "S1")
    client.login(username="steward", password=PASSWORD)

    send(client, text="王奶奶家灯不亮", area_code="V1", kind="on_behalf", on_behalf_of="王奶奶")

    assert (Need.objects.get().channel, Participant.objects.get().kind) == ("steward", "on_behalf")


def test_the_catalogue_carries_its_venue_into_the_form(client, town):
    home = page(client.get("/?venue=school"))
    assert "/services/VOL-CLASS/?venue=school" in home

    form = page(client.get("/services/VOL-CLASS/?venue=school"))

    for code in ("VOL-CLASS", "school"):
        assert re.search(rf'value="{code}" selected', form)


# Danger -------------------------------------------------------------------------------------


def exhaust(client, monkeypatch):
    """Use up what a source may post in an hour."""
    monkeypatch.setattr(asking, "MOST_POSTS", 0)
    assert send(client, text="路灯坏了", area_code="V1", key="x" * 32).status_code == 429


DANGERS = ["电线断了掉在地上", "变压器起火了", "家里停电呼吸机没电了"]


@pytest.mark.parametrize("text", DANGERS)
def test_danger_passes_with_the_limit_exhausted_and_the_form_half_wrong(
    client, town, monkeypatch, text
):
    exhaust(client, monkeypatch)

    answer = send(
        client,
        text=text,
        area_code="XX",
        phone="叫人快来",
        lat="1e999",
        photos=upload("坏.jpg", content=b"x"),
        altcha="forged",
        key="\0",
    )

    assert answer.status_code == 302
    need = Need.objects.get()
    assert (need.is_danger, need.urgency) == (True, "emergency")
    followed = page(client.get(answer.url))
    assert all(f"tel:{number}" in followed for number in ("95598", "119", "120"))
    assert "电话" in followed


def test_danger_is_not_asked_about_duplicates_and_stands_at_the_top(client, town):
    town.post("余村文化礼堂电线断了掉在地上", area_code="V1")
    town.user("desk", Role.DISPATCHER)
    send(client, text="余村文化礼堂电线断了掉在地上", area_code="V1")
    town.post("想给车位装充电桩", area_code="V1")

    assert Need.objects.filter(is_danger=True).count() == 2
    client.login(username="desk", password=PASSWORD)
    rows = re.findall(r'<tr id="(XQ[^"]+)"', page(client.get("/console/")))
    dangers = set(Need.objects.filter(is_danger=True).values_list("number", flat=True))
    assert set(rows[:2]) == dangers


def test_a_second_danger_from_the_same_page_is_taken_in_at_once(client, town):
    first = send(client, text="电线断了掉在地上", area_code="V1")
    second = send(client, text="变压器起火了", area_code="V1")

    assert first.status_code == second.status_code == 302
    assert first.url != second.url
    assert Need.objects.filter(is_danger=True).count() == 2


def test_joining_in_danger_is_not_held_back_either(client, town, monkeypatch):
    number = town.post("余村文化礼堂电线断了掉在地上", area_code="V1").number
    exhaust(client, monkeypatch)

    answer = client.post(f"/join/{number}/", {**FORM, "text": "电线断了掉在地上，冒火花"})

    assert answer.status_code == 302


def test_behind_a_proxy_a_sender_cannot_choose_his_address(rf, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

    asked = rf.get("/", headers={"x-forwarded-for": "1.1.1.1, 203.0.113.9"})

    assert source_of(asked) == "203.0.113.9"


# Forged and impossible ------------------------------------------------------------------------

ODD_PATHS = [
    "/q/%00/",
    "/services/%00/",
    "/n/%00/",
    "/n/%ED%A0%80/",
    "/n/x/?known=%00",
    "/n/x/photos/%00/",
    "/post/photos/%00/",
    "/post/?text=%00&venue=%00",
    "/join/%00/",
    "/?venue=%00",
    "/needs/?town=%00&element=%00&state=%00",
]
EVIL = ["\0", "\ud800", "1e999", "nan", "-1e999", "9" * 400, "'--", "🙂" * 5000, "../../x"]


@pytest.mark.parametrize("value", EVIL)
@pytest.mark.parametrize("field", [*NeedForm.base_fields, "kept"])
def test_nothing_that_is_sent_breaks_the_form(client, town, field, value):
    body = {**FORM, "text": "路灯坏了", "area_code": "V1", "confirmed": "1", field: value}
    sent = "&".join(f"{k}={quoted(v)}" for k, v in body.items())

    for path in ("/post/", "/post/hints/", "/join/XQ-1/"):
        answer = client.post(path, sent, content_type="application/x-www-form-urlencoded")
        assert answer.status_code in {200, 302, 422}


def quoted(value):
    return "".join(f"%{byte:02X}" for byte in value.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("path", ODD_PATHS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_address_breaks_the_portal(client, town, path, method):
    assert getattr(client, method)(path).status_code in {200, 302, 303, 404, 405, 422}


def test_a_photo_of_a_followed_need_with_a_forged_name_is_absent(client, town):
    url = send(client, text="灯坏了", area_code="V1").url

    for name in ("%00", "a" * 300, "..%2F..", "aaaaaaaaaaaa"):
        assert client.get(f"{url}photos/{name}/").status_code == 404


@pytest.mark.parametrize(
    ("lat", "lon"),
    [("31.9", "118.8"), ("0", "0"), ("91", "119"), ("30.5", ""), ("", "119.6"), ("1e308", "1e308")],
)
def test_a_place_outside_the_county_is_refused_beside_the_map(client, town, lat, lon):
    answer = send(client, text="灯坏了", lat=lat, lon=lon)

    assert answer.status_code == 422
    assert not Need.objects.exists()
    assert re.search(r'class="error">[^<]*(选点|纬度|经度)', page(answer))


def test_a_form_without_its_token_is_refused_with_numbers_to_call(town):
    answer = Client(enforce_csrf_checks=True).post("/post/", {**FORM, "text": "灯坏了"})

    assert answer.status_code == 403
    assert "95598" in page(answer)
    assert not Need.objects.exists()
