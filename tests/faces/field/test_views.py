"""The phone's doors: own team in, neighbours and strangers out, every refusal in words."""

import json

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from django.utils import translation
from PIL import Image

from dianliang.core.models import AuditEvent, StoredFile, User
from dianliang.domain.directory.models import RoleAssignment
from dianliang.domain.work.models import Visit
from dianliang.domain.workforce.models import Attendance
from dianliang.faces.field import build
from dianliang.faces.field.requests import answer
from dianliang.faces.ui.requests import now, today
from dianliang.flows.briefing import Why
from dianliang.kernel.actor import Role
from dianliang.kernel.phrases import Phrase
from tests import fieldworld
from tests.core.test_files import photo
from tests.fieldworld import op


@pytest.fixture
def world(db):
    """The station today: the doors read the clock of the machine."""
    return fieldworld.build(today=today(), at=now())


@pytest.fixture
def log_in(world):
    def as_person(number: str) -> Client:
        client = Client()
        client.force_login(world.people[number].user)
        return client

    return as_person


def post(client, name, body, **headers):
    return client.post(
        reverse(f"field:{name}"), json.dumps(body), content_type="application/json", headers=headers
    )


def sync(client, who, *operations):
    return post(client, "sync", {"account": f"user:{who.lower()}", "operations": list(operations)})


def test_the_page_holds_nothing_personal_and_stays_logged_in(log_in, world):
    world.visit(need=world.need())
    client = log_in("P2")
    response = client.get(reverse("field:today"))

    assert response.status_code == 200
    assert response["X-Field-Build"] == build.build_id()
    assert not any(word in response.content.decode() for word in ("周电工", "王", "薪火队"))
    assert client.session.get_expiry_age() > 13 * 24 * 3600


def test_the_day_is_given_to_the_team_and_kept_by_nobody_between(log_in, world):
    visit = world.visit(need=world.need())
    response = log_in("P2").get(reverse("field:day"))

    (sheet,) = response.json()["day"]["sheets"]
    assert sheet["stop"]["number"] == visit.number
    assert "13800138000" not in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    assert log_in("P3").get(reverse("field:day")).json()["day"]["sheets"] == []


@pytest.mark.parametrize("name", ["day", "sync", "photos", "swap", "team_absence", "log_out"])
def test_a_stranger_is_asked_to_log_in_and_not_redirected(client, db, name):
    ask = client.get if name == "day" else client.post
    response = ask(reverse(f"field:{name}"))

    assert response.status_code == 401
    assert "登录" in response.json()["words"]


@pytest.mark.parametrize("name", ["today", "day", "sync", "photos", "swap", "team_absence"])
def test_a_dispatcher_finds_nothing_here(client, world, name):
    user = User.objects.create_user("d1", display_name="调度员")
    RoleAssignment.objects.create(user=user, role=Role.DISPATCHER, unit=world.unit)
    client.force_login(user)
    ask = client.get if name in {"today", "day"} else client.post

    assert ask(reverse(f"field:{name}")).status_code == 404


def test_a_steward_does_not_swap(log_in):
    body = {"team": "XH", "leaving": "P2", "coming": "P4"}

    assert post(log_in("P2"), "swap", body).status_code == 404


def test_a_captain_swaps_and_a_wrong_swap_is_said_in_words(log_in):
    captain = log_in("P1")
    body = {"team": "XH", "leaving": "P2", "coming": "P4"}

    assert [m["number"] for m in post(captain, "swap", body).json()["crew"]] == ["P1", "P4"]
    again = post(captain, "swap", body)
    assert again.status_code == 422
    assert "P2" not in again.json()["words"]
    assert Attendance.objects.count() == 1


def test_a_captain_takes_the_team_off_duty(log_in, world):
    visit = world.visit()
    response = post(log_in("P1"), "team_absence", {"team": "XH", "reason": "防汛集结"})

    assert response.json() == {"returned": [visit.number]}


def test_a_batch_is_answered_operation_by_operation(log_in, world):
    visit = world.visit()
    response = sync(
        log_in("P2"),
        "P2",
        op("a1", "accept", visit.number, at=world.at),
        op("b1", "accept", "SM-NONE", at=world.at),
    )

    assert [row["outcome"] for row in response.json()["results"]] == ["applied", "refused"]
    assert Visit.objects.get().status == "ACCEPTED"


def test_one_accounts_records_are_not_sent_by_another(log_in, world):
    visit = world.visit()
    response = sync(log_in("P1"), "P2", op("a1", "accept", visit.number, at=world.at))

    assert response.status_code == 422
    assert Visit.objects.get().status == "SCHEDULED"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"account": NaN}',
        b'{"account": "user:p2"}',
        b'{"account": "user:p2", "operations": 5}',
        b"\xff\xfe{\x00}\x00",
        b"[" * 100_000,
    ],
)
def test_what_is_not_a_batch_is_refused_in_words(log_in, body):
    response = log_in("P2").post(reverse("field:sync"), body, content_type="application/json")

    assert response.status_code == 422
    assert response.json()["words"]


def test_a_photo_is_kept_once_under_its_key(log_in):
    client = log_in("P2")

    def send(raw, key):
        kind, headers = "application/octet-stream", {"Idempotency-Key": key}
        return client.post(reverse("field:photos"), raw, kind, headers=headers)

    assert send(photo(), "k" * 12).json() == send(photo(), "k" * 12).json()
    assert StoredFile.objects.count() == 1
    assert send(b"<svg/>", "l" * 12).status_code == 422
    assert send(photo(), "").status_code == 422


def test_a_call_goes_to_the_dialler_and_leaves_a_trace(log_in, world):
    visit = world.visit(need=world.need(phone="138-0013-8000"))
    url = reverse("field:call", args=[visit.number, "asker-1"])
    response = log_in("P2").get(url)

    assert (response.status_code, response["Location"]) == (302, "tel:13800138000")
    assert AuditEvent.objects.filter(verb="work.visit.reveal_phone", outcome="ok").count() == 1


@pytest.mark.parametrize("who", ["P3", "P4"])
def test_neighbours_and_strangers_do_not_call(log_in, world, who):
    visit = world.visit(need=world.need())
    response = log_in(who).get(reverse("field:call", args=[visit.number, "asker-1"]))

    assert response.status_code == 404
    assert "1380013" not in response.content.decode()


def test_the_service_worker_covers_the_app_and_names_its_version(client, db):
    response = client.get(reverse("field:worker"))

    assert reverse("field:worker").startswith(reverse("field:today"))
    assert response["Content-Type"] == "text/javascript"
    assert response["Cache-Control"] == "no-cache"
    assert build.build_id() in response.content.decode()


ONLINE_ONLY = {"field/presence.js"}
"""Signing in at a service point asks the server's clock, so it is no page of the kept app."""


def test_every_file_of_the_app_is_named_for_the_phone_to_keep():
    scripts = {
        path.relative_to(build.HERE / "static").as_posix()
        for path in (build.HERE / "static").rglob("*")
        if path.is_file()
    }

    assert scripts - ONLINE_ONLY <= set(build.ASSETS)


def test_the_manifest_opens_the_app(client, db):
    manifest = client.get(reverse("field:manifest")).json()

    assert manifest["start_url"] == manifest["scope"] == "/field/"


def test_logging_out_ends_the_session(log_in):
    client = log_in("P2")

    assert client.post(reverse("field:log_out")).status_code == 200
    assert client.get(reverse("field:day")).status_code == 401


def test_the_words_of_the_scripts_come_in_english(log_in):
    client = log_in("P2")

    assert "Take leave" in client.get("/field/", headers={"accept-language": "en"}).content.decode()
    assert "Take leave" not in client.get("/field/").content.decode()


def test_the_home_screen_pictures_are_as_large_as_the_manifest_says(client, db):
    for icon in client.get(reverse("field:manifest")).json()["icons"]:
        found = finders.find(icon["src"].removeprefix(settings.STATIC_URL))
        assert found
        if icon["type"] == "image/png":
            with Image.open(found) as picture:
                assert icon["sizes"] == f"{picture.width}x{picture.height}"


@pytest.mark.parametrize(("size", "status", "kept"), [(12_000_000, 200, 1), (13_000_000, 400, 0)])
def test_a_photo_of_12_mb_is_kept_and_a_larger_one_is_not(log_in, size, status, kept):
    raw = photo() + bytes(size)
    headers = {"Idempotency-Key": "m" * 12}
    kind = "application/octet-stream"
    response = log_in("P2").post(reverse("field:photos"), raw, kind, headers=headers)

    assert response.status_code == status
    assert StoredFile.objects.count() == kept


def test_what_the_phone_is_told_comes_in_the_language_of_its_reader():
    why = Why(code="team", values={"words": Phrase("比次选 %(team)s 省 %(n)d 分钟", team="B", n=3)})
    with translation.override("en"):
        told = json.loads(answer({"why": [why], "plain": "余村"}).content)

    words = "Saves 3 minutes against the next best, B"
    assert told == {"why": [{"code": "team", "values": {"words": words}}], "plain": "余村"}
