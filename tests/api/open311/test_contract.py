"""Open311 GeoReport v2: the contract, in both forms, and nothing that breaks it."""

from datetime import datetime, timedelta
from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from dianliang.core.models import AuditEvent
from dianliang.domain.intake.models import Need
from dianliang.faces.ui.requests import now, today
from dianliang.flows import handling, tokens
from dianliang.kernel.actor import Role

V2 = "/api/open311/v2"
FIELDS = {
    "description",
    "service_notice",
    "zipcode",
    "media_url",
    "service_request_id",
    "status",
    "status_notes",
    "service_name",
    "service_code",
    "agency_responsible",
    "requested_datetime",
    "updated_datetime",
    "expected_datetime",
    "address",
    "address_id",
    "lat",
    "long",
    "extended_attributes",
}
ATTRIBUTE = {
    "variable",
    "code",
    "datatype",
    "required",
    "datatype_description",
    "order",
    "description",
    "values",
}


@pytest.fixture(autouse=True)
def keys(settings):
    settings.OPEN311_KEYS = ["open-sesame"]


def post(client, form="json", **values):
    sent = {"api_key": "open-sesame", "service_code": "PWR-OUTAGE", "description": "没电了"}
    return client.post(f"{V2}/requests.{form}", {**sent, **values})


def test_discovery_names_the_endpoint(client, town):
    body = client.get(f"{V2}/discovery.json").json()

    assert body.keys() == {"changeset", "contact", "key_service", "endpoints"}
    (there,) = body["endpoints"]
    assert there.keys() == {"specification", "url", "changeset", "type", "formats"}
    assert there["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert there["url"].endswith("/api/open311/v2")
    tree = ET.fromstring(client.get(f"{V2}/discovery.xml").content)
    assert tree.tag == "discovery"
    assert [e.text for e in tree.findall("endpoints/endpoint/formats/format")] == there["formats"]


def test_services_are_the_same_in_both_forms(client, town):
    listed = client.get(f"{V2}/services.json").json()
    tree = ET.fromstring(client.get(f"{V2}/services.xml").content)

    assert [row["service_code"] for row in listed] == [e.text for e in tree.iter("service_code")]
    assert {"service_code", "service_name", "description", "metadata", "type", "group"} <= listed[
        0
    ].keys()


def test_a_definition_is_given_or_404(client, town):
    found = client.get(f"{V2}/services/PWR-EV.json").json()
    assert found["service_code"] == "PWR-EV"
    area, venue = found["attributes"]
    assert area.keys() == venue.keys() == ATTRIBUTE
    assert venue["datatype"] == "singlevaluelist"
    tree = ET.fromstring(client.get(f"{V2}/services/PWR-EV.xml").content)
    assert tree.tag == "service_definition"
    keys = [e.text for e in tree.findall("attributes/attribute/values/value/key")]
    assert keys == [value["key"] for value in venue["values"]] != []
    missing = client.get(f"{V2}/services/NOPE.json")
    assert (missing.status_code, missing.json()[0]["code"]) == (404, 404)


def test_a_posted_request_is_found_again(client, town):
    answer = post(client, **{"attribute[area_code]": "V1"})

    assert answer.status_code == 201
    number = answer.json()[0]["service_request_id"]
    (row,) = client.get(f"{V2}/requests/{number}.json").json()
    assert row.keys() == FIELDS
    finer = {"detail_status": "RECEIVED", "detail_label": "待受理"}
    assert (row["status"], row["extended_attributes"]) == ("open", finer)
    tree = ET.fromstring(client.get(f"{V2}/requests.xml").content)
    assert tree.tag == "service_requests"
    assert tree.find("request/service_request_id").text == number


def test_a_program_that_repeats_itself_gets_the_same_number_and_one_need(client, town):
    sent = {"account_id": "4711", "attribute[area_code]": "V1"}
    numbers = {post(client, **sent).json()[0]["service_request_id"] for _ in range(3)}
    assert len(numbers) == Need.objects.count() == 1

    other = post(client, **sent, description="还是没电").json()[0]

    assert other["account_id"] == "4711"
    assert other["service_request_id"] not in numbers
    assert Need.objects.count() == 2


def test_a_key_of_the_client_says_what_is_a_repetition(client, town):
    sent = {"api_key": "open-sesame", "service_code": "PWR-OUTAGE", "description": "没电了"}

    def with_key(key, **changes):
        headers = {"Idempotency-Key": key}
        return client.post(f"{V2}/requests.json", {**sent, **changes}, headers=headers)

    first, again, other = with_key("one-key-1"), with_key("one-key-1"), with_key("one-key-2")
    assert first.json() == again.json() != other.json()
    assert with_key("one-key-1", description="别的").status_code == 409


def test_a_token_with_the_right_to_post_is_a_key_until_it_is_taken_back(client, town):
    town.user("robot", Role.DISPATCHER)
    until = today() + timedelta(days=9)
    may, not_ = (
        tokens.issue(username="robot", name=n, scopes=[n], expires_on=until, at=now())
        for n in ("post", "read")
    )
    assert post(client, api_key=may).status_code == 201
    assert post(client, api_key=not_).status_code == 403

    tokens.revoke(username="robot", name="post", at=now())

    assert post(client, api_key=may, description="又没电").status_code == 403
    assert AuditEvent.objects.filter(verb="api.denied").count() == 2


def test_the_address_of_a_picture_is_kept_and_a_picture_sent_is_stored(client, town):
    picture = BytesIO()
    Image.new("RGB", (9, 9), "red").save(picture, "PNG")
    upload = SimpleUploadedFile("a.png", picture.getvalue(), content_type="image/png")

    answer = post(client, media_url="https://example.org/a.jpg", media=upload)

    assert answer.status_code == 201
    need = Need.objects.get()
    assert need.text.endswith("图片：https://example.org/a.jpg")
    assert need.photos.count() == 1


def test_nothing_personal_leaves(client, town):
    area = town.areas["V1"]
    post(
        client,
        description="张三家没电，电话13800001111",
        lat="30.5123",
        long="119.6123",
        address_string="余村8号",
        first_name="三",
        last_name="张",
        phone="13800001111",
        email="zhang@example.org",
    )
    town.post("文化礼堂没电", site_code="FW-001", at=now())

    for path in (f"{V2}/requests.json", f"{V2}/requests.xml", "/api/needs.geojson"):
        text = client.get(path).content.decode()
        for secret in ("张", "1380000", "8号", "30.5123", "119.6123", "example.org", "没电，"):
            assert secret not in text
    place, home = client.get(f"{V2}/requests.json").json()
    assert (home["lat"], home["long"], home["address"]) == (area.lat, area.lon, area.name)
    assert (place["lat"], place["address"]) == (30.51, "余村电力服务站")
    geo = client.get("/api/needs.geojson")
    assert geo["Content-Type"] == "application/geo+json"
    kinds = [feature["properties"]["position"] for feature in geo.json()["features"]]
    assert kinds == ["place", "village"]


def test_a_need_that_is_not_public_is_nowhere(client, town):
    need = town.post(area_code="V1")
    Need.objects.update(is_public=False)

    assert client.get(f"{V2}/requests.json").json() == []
    assert client.get(f"{V2}/requests/{need.number}.json").status_code == 404
    assert client.get("/api/needs.geojson").json()["features"] == []


def test_a_token_stands_for_its_number(client, town):
    need = town.post(area_code="V1")

    (row,) = client.get(f"{V2}/tokens/{town.token()}.json").json()

    assert row["service_request_id"] == need.number
    assert client.get(f"{V2}/tokens/guess.json").status_code == 404


def test_status_filters_split_open_from_closed(client, town):
    open_, done = town.post(area_code="V1"), town.post("路灯坏了", area_code="V1")
    Need.objects.filter(pk=done.pk).update(status="CLOSED")

    found = {
        status: [
            r["service_request_id"]
            for r in client.get(
                f"{V2}/requests.json",
                {
                    "status": status,
                    "start_date": "2026-11-01T00:00:00Z",
                    "end_date": "2026-12-01T00:00:00Z",
                },
            ).json()
        ]
        for status in ("open", "closed")
    }

    assert found == {"open": [open_.number], "closed": [done.number]}


def test_every_filter_of_the_standard_narrows_the_list(client, town):
    old = town.post(area_code="V1", at=now() - timedelta(days=100))
    new = town.post("想装充电桩", area_code="V1", service_code="PWR-EV", at=now())

    def numbers(**asked):
        rows = client.get(f"{V2}/requests.json", asked).json()
        return [row["service_request_id"] for row in rows]

    assert numbers() == [new.number]
    assert numbers(service_request_id=f"{old.number},{new.number},X") == [new.number, old.number]
    assert numbers(service_code="PWR-EV") == [new.number]
    assert numbers(service_code="WTR-LEAK,NOPE") == []
    long_ago = (now() - timedelta(days=120)).isoformat()
    assert numbers(start_date=long_ago) == [old.number]
    assert numbers(end_date=(now() - timedelta(days=50)).isoformat()) == [old.number]
    assert numbers(start_date=long_ago, end_date=now().isoformat()) == [new.number]
    assert numbers(status="open,closed") == [new.number]
    assert numbers(jurisdiction_id="C") == [new.number]
    assert client.get(f"{V2}/requests.json", {"jurisdiction_id": "XX"}).status_code == 404
    hour_ago = (now() - timedelta(hours=1)).isoformat()
    assert numbers(updated_after=hour_ago) == [new.number]
    assert numbers(updated_before=hour_ago) == []
    both = {"service_request_id": f"{old.number},{new.number}"}
    assert numbers(**both, page_size=1) == [new.number]
    assert numbers(**both, page_size=1, page=2) == [old.number]
    assert numbers(**both, page_size=1, page=10_000) == []


def test_what_happened_to_a_request_moves_its_time_of_update(client, town):
    need = town.post(area_code="V1", at=now() - timedelta(days=2))
    handling.accept(number=need.number, by=town.actor(), at=now() - timedelta(hours=3))

    (row,) = client.get(f"{V2}/requests/{need.number}.json").json()

    asked, moved = (
        datetime.fromisoformat(row[f"{name}_datetime"]) for name in ("requested", "updated")
    )
    assert timedelta(hours=44) < moved - asked < timedelta(hours=46)
    assert row["requested_datetime"].endswith("+08:00")
    assert row["extended_attributes"]["detail_status"] == "ACCEPTED"


@pytest.mark.parametrize("key", ["", "wrong", "\0", "钥匙"])
def test_posting_needs_a_key(client, town, key):
    assert post(client, api_key=key).status_code == 403


@pytest.mark.parametrize(
    "values",
    [
        {"service_code": ""},
        {"description": ""},
        {"description": "停电\0"},
        {"lat": "x", "long": "1"},
        {"lat": "nan", "long": "119"},
        {"lat": "1e999", "long": "119"},
        {"lat": "10", "long": "10"},
        {"attribute[area_code]": "XX"},
        {"media_url": "javascript:alert(1)"},
        {"phone": "\0"},
    ],
)
@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_bad_request_says_what_is_wrong(client, town, values, form):
    answer = post(client, form, **values)

    assert answer.status_code == 400
    if form == "json":
        assert answer.json()[0]["description"]
    else:
        assert ET.fromstring(answer.content).find("error/description").text
    assert not Need.objects.exists()


def test_an_unknown_service_or_jurisdiction_is_404_as_the_standard_says(client, town):
    assert post(client, service_code="NOPE").status_code == 404
    assert post(client, jurisdiction_id="elsewhere").status_code == 404
    assert post(client, jurisdiction_id="C").status_code == 201


def test_other_methods_are_refused(client, town):
    answer = client.delete(f"{V2}/requests.xml")

    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, POST")
    assert ET.fromstring(answer.content).find("error/code").text == "405"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("requests.json?service_request_id=%00", 400),
        ("requests.json?service_code=%00", 400),
        ("requests.json?service_request_id=%ED%A0%80", 200),
        ("requests.json?page=9223372036854775808", 400),
        ("requests.json?page=10000&page_size=1000", 200),
        ("requests.json?page=0", 400),
        ("requests.json?page_size=NaN", 400),
        ("requests.json?page_size=1e999", 400),
        ("requests.json?start_date=0001-01-01", 400),
        ("requests.json?end_date=9999-12-31T23:59:59-23:59", 400),
        ("requests.json?status=closing", 400),
        ("requests/%00.json", 400),
        ("requests/9223372036854775808.json", 404),
        ("tokens/%00.json", 404),
        ("tokens/%ED%A0%80.xml", 404),
        ("services/%00.xml", 404),
        ("services/PWR-EV.json?jurisdiction_id=%00", 404),
    ],
)
def test_odd_addresses_get_the_same_answer_on_every_database(client, town, path, status):
    assert client.get(f"{V2}/{path}").status_code == status


def test_a_body_that_cannot_be_read_or_is_too_large_is_told_in_the_standards_words(
    client, town, settings
):
    broken = client.post(
        f"{V2}/requests.json", b"--x\r\n", content_type="multipart/form-data; boundary="
    )
    assert (broken.status_code, broken.json()[0]["code"]) == (400, 400)
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    large = post(client, description="没" * 500)
    assert (large.status_code, large.json()[0]["code"]) == (400, 400)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.dictionaries(
        st.sampled_from(["service_request_id", "service_code", "start_date", "end_date", "status"]),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
        | st.sampled_from(["0001-01-01", "9999-12-31T23:59:59Z", "open", "1e999", str(2**63)]),
    )
)
def test_no_query_breaks_the_list(client, town, query):
    assert client.get(f"{V2}/requests.json", query).status_code in {200, 400}
