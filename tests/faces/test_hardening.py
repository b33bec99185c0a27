"""What strangers, neighbours and colleagues tried, and what they get instead."""

import re
import shutil
import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from dianliang.core import drafts
from dianliang.core.models import AuditEvent
from dianliang.domain.intake.models import Need, Participant, Rating
from dianliang.faces.console import links
from dianliang.faces.portal import asking
from dianliang.faces.ui import bodies, views
from dianliang.faces.ui.encodings import only_utf8
from dianliang.faces.ui.requests import now, source_of
from dianliang.flows import handling, identity, posting, triage
from dianliang.kernel.actor import Role
from tests.browsing import upload
from tests.town import NOON, PASSWORD

HOUSE = "张大爷家电线杆歪了，电话13812345678"


@pytest.fixture
def logged_in(town):
    """Return a browser of somebody in a role of a unit."""

    def browser(name: str, role: Role, unit: str = "LM") -> Client:
        town.user(name, role, unit)
        client = Client()
        client.login(username=name, password=PASSWORD)
        return client

    return browser


def resolved(town, **asked) -> Need:
    need = town.post(**asked)
    by = town.actor()
    handling.accept(number=need.number, by=by, at=NOON)
    handling.resolve(number=need.number, words="已修好", by=by, at=NOON)
    return Need.objects.get(pk=need.pk)


# A stranger -----------------------------------------------------------------------------------


def test_two_strangers_who_join_without_a_key_do_not_share_a_page(client, town):
    need = town.post(area_code="V1")
    form = {"text": "我家也是"}

    first = client.post(f"/join/{need.number}/", {**form, "name": "王芳"}).url
    second = Client().post(f"/join/{need.number}/", form).url

    assert first != second
    assert Participant.objects.filter(need=need, is_first=False).count() == 2


def test_who_asks_for_hints_without_end_is_still_told_of_danger(client, town, monkeypatch):
    monkeypatch.setattr(asking, "MOST_HINTS_A_MINUTE", 0)
    town.post("余村村电线杆歪了", area_code="V1", at=now())

    told = client.post("/post/hints/", {"text": "余村村电线杆歪了，着火了"}).content.decode()

    assert "119" in told
    assert Need.objects.get().number not in told


@pytest.mark.parametrize("text", ["1" * 4000, "1-" * 2000, "138" * 1300, "１" * 4000], ids=len)
def test_digits_without_end_do_not_hold_a_server_up(town, text):
    triage.suggest("停电了")  # learns first
    began = time.process_time()

    triage.suggest(text)

    assert time.process_time() - began < 0.1


@pytest.mark.parametrize(
    ("charset", "status"),
    [
        *((f"; charset={name}", 400) for name in ("unicode_escape", "zlib", "rot13", "idna", "?")),
        ("; charset*=zlib''x", 400),
        ("; charset=UTF8", 200),
        ("", 200),
    ],
)
def test_a_request_in_an_encoding_that_nothing_can_store_is_refused(charset, status):
    answers: list[str] = []

    def django(_environ, start_response):
        start_response("200 OK", [])
        return []

    environ = {"CONTENT_TYPE": f"multipart/form-data; boundary=X{charset}"}
    only_utf8(django)(environ, lambda line, _headers: answers.append(line[:3]))

    assert answers == [str(status)]


@pytest.mark.parametrize("announced", [bodies.MOST_BYTES + 1, 10**30, "0" * 12 + "9" * 12, -1, "²"])
def test_a_body_that_no_form_could_send_is_refused_before_it_is_read(client, town, announced):
    answer = client.post("/post/", {"text": "灯坏了"}, CONTENT_LENGTH=str(announced))

    assert answer.status_code == 413
    assert not Need.objects.exists()


def test_photos_of_forms_leave_room_for_needs(client, town, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10**6))
    form = {"key": "k" * 32, "kind": "resident", "area_code": "V1", "photos": upload("a.jpg")}

    refused = client.post("/post/", {**form, "text": "路灯坏了"})
    danger = client.post("/post/", {**form, "text": "电线杆着火了", "photos": upload("a.jpg")})

    assert "晚些再补充" in refused.content.decode()
    assert danger.status_code == 302
    assert drafts.SPARED_BYTES > 10**6


def test_refused_open311_keys_do_not_fill_the_trail(client, town, monkeypatch):
    monkeypatch.setattr("dianliang.api.open311.views.STRANGERS", 0)

    answer = client.post("/api/open311/v2/requests.json", {"api_key": "guess", "description": "x"})

    assert answer.status_code == 403
    assert not AuditEvent.objects.filter(verb="api.denied").exists()


# Who wants to log in --------------------------------------------------------------------------


def test_a_name_that_no_database_keeps_is_a_failed_log_in(client, town):
    answer = client.post("/login/", {"username": "a\0b", "password": "x"})

    assert answer.status_code == 200
    assert AuditEvent.objects.get(verb=identity.LOG_IN).target_id == "a\N{REPLACEMENT CHARACTER}b"


def test_many_names_from_one_source_are_slowed_down(client, town, monkeypatch):
    monkeypatch.setattr(views, "MOST_LOG_INS", 2)
    town.user("desk", Role.DISPATCHER)

    for name in ("a", "b"):
        client.post("/login/", {"username": name, "password": "x"})
    third = client.post("/login/", {"username": "desk", "password": PASSWORD})

    assert third.status_code == 429
    assert int(third["Retry-After"]) > 0
    assert "_auth_user_id" not in client.session
    assert AuditEvent.objects.filter(verb=identity.LOG_IN).count() == 2


def test_behind_a_proxy_a_stranger_does_not_lock_a_colleague_out(client, town, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.AXES_ENABLED = True
    town.user("desk", Role.DISPATCHER)

    for _ in range(settings.AXES_FAILURE_LIMIT + 1):
        stranger = {"x-forwarded-for": "1.1.1.1, 203.0.113.9"}
        client.post("/login/", {"username": "desk", "password": "x"}, headers=stranger)
    right = {"username": "desk", "password": PASSWORD}
    locked = client.post("/login/", right, headers={"x-forwarded-for": "203.0.113.9"})
    colleague = client.post("/login/", right, headers={"x-forwarded-for": "198.51.100.7"})

    assert locked.status_code != 302
    assert colleague.status_code == 302


@pytest.mark.parametrize(
    ("added", "source"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::9", "2001:db8:1:2::"),
        ("203.0.113.9", "203.0.113.9"),
        ("nonsense", "127.0.0.1"),
        ("", "127.0.0.1"),
    ],
)
def test_a_customer_is_one_source_however_many_addresses_he_has(rf, settings, added, source):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

    assert source_of(rf.get("/", headers={"x-forwarded-for": f"9.9.9.9, {added}"})) == source


# A colleague of the neighbouring unit ---------------------------------------------------------


def test_a_neighbour_who_types_what_he_suspects_reads_no_foreign_words(town, logged_in):
    town.post(HOUSE, area_code="V1", at=now())
    private = town.post(
        "独居老人灯泡坏了没人换", service_code="CARE-ELDER", area_code="V1", at=now()
    )
    asked = {"text": "独居老人灯泡坏了，电线杆歪了", "area_code": "V1"}

    water = logged_in("water", Role.ALLIANCE_UNIT, "WTR").post("/console/intake/hints/", asked)
    own = logged_in("desk", Role.DISPATCHER).post("/console/intake/hints/", asked)

    assert private.number not in water.content.decode()
    assert "没人换" not in water.content.decode()
    assert "张大爷" not in water.content.decode()
    assert private.number in own.content.decode()


def test_likely_duplicates_of_another_unit_are_shown_as_the_public_sees_them(town):
    foreign = town.post(HOUSE, area_code="V1")
    hidden = town.post(f"{HOUSE}，老人独居", service_code="CARE-ELDER", area_code="V1")
    asked = posting.Asked(text="电线杆歪了", area_code="V1")
    neighbour = town.actor("WTR", Role.ALLIANCE_UNIT)

    seen = posting.duplicates_of(asked=asked, at=NOON, by=neighbour)
    own = posting.duplicates_of(asked=asked, at=NOON, by=town.actor())

    assert [likely.number for likely in seen] == [foreign.number]
    assert "13812345678" not in seen[0].text
    assert {likely.number for likely in own} == {foreign.number, hidden.number}
    assert any("张大爷" in likely.text for likely in own)


# The desk that took a need in -----------------------------------------------------------------


def test_who_is_logged_in_cannot_rate_in_somebodys_name(client, town, logged_in):
    resolved(town, area_code="V1")
    link = f"/n/{town.token()}/"
    desk = logged_in("desk", Role.DISPATCHER)

    page = desk.get(link).content.decode()
    refused = desk.post(f"{link}rate/", {"stars": "5"})

    assert 'name="stars"' not in page
    assert refused.status_code == 403
    assert not Rating.objects.exists()
    denied = AuditEvent.objects.get(verb=identity.DENIED)
    assert (denied.target_type, town.token() in denied.target_id) == ("portal:rate", False)
    assert 'name="stars"' in client.get(link).content.decode()
    assert client.post(f"{link}rate/", {"stars": "5"}).status_code == 302


def test_a_stolen_table_of_sessions_opens_no_need(town, logged_in):
    desk = logged_in("desk", Role.DISPATCHER)
    form = {"key": "k" * 32, "text": "路灯坏了", "area_code": "V1"}

    number = re.search(r"XQ[\d-]+", desk.post("/console/intake/", form).url).group()
    shown = desk.get(f"/console/needs/{number}/").content.decode()
    token = re.search(r"/n/(\w+)/", shown).group(1)

    assert Client().get(f"/n/{token}/").status_code == 200
    assert token not in str(dict(desk.session))
    assert number in desk.session[links.SESSION_KEY]


def test_sessions_that_are_over_are_forgotten(town, logged_in):
    logged_in("desk", Role.DISPATCHER)
    session = Session.objects.get()

    assert identity.forget_sessions(at=session.expire_date - timedelta(hours=1)) == 0
    assert identity.forget_sessions(at=session.expire_date + timedelta(hours=1)) == 1


@pytest.mark.parametrize("path", ["/console/", "/board/", "/ui/roles/", "/home/", "/console/care/"])
def test_pages_of_people_who_are_logged_in_stay_out_of_shared_caches(logged_in, path):
    kept = logged_in("desk", Role.DISPATCHER).get(path)["Cache-Control"]

    assert "private" in kept or "no-store" in kept


def test_a_revealed_number_is_kept_in_no_cache(town, logged_in):
    need = town.post(area_code="V1", phone="13812345678")
    who = need.participants.get()
    desk = logged_in("desk", Role.DISPATCHER)

    path = f"/console/needs/{need.number}/reveal/{who.pk}/"
    answer = desk.post(path, {"reason": "回电话核实地址"})

    assert "13812345678" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"


def test_leaving_the_phone_app_is_on_record(logged_in):
    phone = logged_in("steward", Role.STEWARD)

    phone.post("/field/log-out/")

    assert AuditEvent.objects.filter(verb=identity.LOG_OUT, actor_id="user:steward").exists()


@pytest.mark.parametrize(
    "path",
    [
        "/console/care/%00/",
        "/console/agreements/%00/",
        "/console/renewal/%00/",
        "/console/campaigns/%00/",
        "/console/charge/%00/",
        "/console/villages/%00/",
        "/console/care/?after=2026-01-01~1~%00",
    ],
)
def test_a_character_that_no_database_keeps_is_told_wherever_it_comes(logged_in, path):
    desk = logged_in("desk", Role.DISPATCHER)

    assert desk.get(path).status_code in {200, 400, 404}


def test_a_form_with_it_is_told_too(logged_in):
    desk = logged_in("desk", Role.DISPATCHER)
    for path in ("/console/care/open/", "/console/charge/hand-over/", "/console/renewal/take-in/"):
        sent = {"numbers": "\0", "cells": "\0", "villages": "\0", "kind": "\0", "on": "2026-11-25"}
        assert desk.post(path, sent).status_code in {302, 400, 404, 422}, path
