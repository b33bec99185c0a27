"""Open311 GeoReport v2: the contract, in both forms, and nothing that breaks it."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianliang.domain.intake.models import Need

V2 = "/api/open311/v2"
FIELDS = {
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


@pytest.fixture(autouse=True)
def keys(settings):
    settings.OPEN311_KEYS = ["open-sesame"]


def post(client, form="json", **values):
    sent = {"api_key": "open-sesame", "service_code": "PWR-OUTAGE", "description": "没电了"}
    return client.post(f"{V2}/requests.{form}", {**sent, **values})


def test_discovery_names_the_endpoint(client, town):
    body = client.get(f"{V2}/discovery.json").json()

    assert body["endpoints"][0]["url"].endswith("/api/open311/v2")
    assert ET.fromstring(client.get(f"{V2}/discovery.xml").content).tag == "discovery"


def test_services_are_the_same_in_both_forms(client, town):
    listed = client.get(f"{V2}/services.json").json()
    tree = ET.fromstring(client.get(f"{V2}/services.xml").content)

    assert [row["service_code"] for row in listed] == [e.text for e in tree.iter("service_code")]
    assert {"service_code", "service_name", "description", "metadata", "type", "group"} <= listed[
        0
    ].keys()


def test_a_definition_is_given_or_404(client, town):
    assert client.get(f"{V2}/services/PWR-EV.json").json()["service_code"] == "PWR-EV"
    missing = client.get(f"{V2}/services/NOPE.json")
    assert (missing.status_code, missing.json()[0]["code"]) == (404, 404)


def test_a_posted_request_is_found_again(client, town):
    answer = post(client, **{"attribute[area_code]": "V1"})

    assert answer.status_code == 201
    number = answer.json()[0]["service_request_id"]
    (row,) = client.get(f"{V2}/requests/{number}.json").json()
    assert row.keys() == FIELDS
    assert (row["status"], row["extended_attributes"]) == ("open", {"detail_status": "RECEIVED"})
    tree = ET.fromstring(client.get(f"{V2}/requests.xml").content)
    assert tree.tag == "service_requests"
    assert tree.find("request/service_request_id").text == number


def test_the_same_account_id_posts_once(client, town):
    numbers = {
        post(client, account_id="4711", **{"attribute[area_code]": "V1"}).json()[0][
            "service_request_id"
        ]
        for _ in range(3)
    }

    assert len(numbers) == 1
    assert Need.objects.count() == 1


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


@pytest.mark.parametrize("key", ["", "wrong", "\0", "钥匙"])
def test_posting_needs_a_key(client, town, key):
    assert post(client, api_key=key).status_code == 403


@pytest.mark.parametrize(
    "values",
    [
        {"service_code": ""},
        {"service_code": "NOPE"},
        {"description": ""},
        {"description": "停电\0"},
        {"lat": "x", "long": "1"},
        {"lat": "nan", "long": "119"},
        {"lat": "1e999", "long": "119"},
        {"lat": "10", "long": "10"},
        {"attribute[area_code]": "XX"},
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


def test_other_methods_are_refused(client, town):
    assert client.delete(f"{V2}/requests.json").status_code == 405


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
