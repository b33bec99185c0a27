"""What a mini-program or a group-chat robot lives on: scopes, following, changes, conflicts."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from dianliang.api.v1 import access, needs
from dianliang.core.models import AuditEvent, RateWindow
from dianliang.domain.intake.models import Message, Need, Rating
from dianliang.domain.intake.queries import changes
from dianliang.faces.ui.requests import now
from dianliang.flows import handling
from dianliang.kernel.actor import Role
from tests.api.v1.test_api import post, program, send

ONCE = {"Idempotency-Key": "once-and-only-once"}


@pytest.fixture
def robot(town):
    return program(town)


def denied():
    return AuditEvent.objects.filter(verb="api.denied", outcome="denied")


def photo():
    out = BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "PNG")
    return SimpleUploadedFile("pole.png", out.getvalue(), content_type="image/png")


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [
        ("read", {"/needs", "/changes", "/jobs", "/plans", "/teams"}),
        ("post", set()),
        ("handle", set()),
        ("plan", set()),
    ],
)
def test_a_token_opens_only_what_it_was_given_for(town, scope, allowed):
    robot = program(town, scopes=[scope])

    for path in ("/needs", "/changes", "/jobs", "/plans", "/teams"):
        expected = 200 if path in allowed else 403
        assert robot.get(f"/api/v1{path}").status_code == expected
    assert post(robot).status_code == (201 if scope == "post" else 403)
    assert send(robot, "/needs/X/accept").status_code == (404 if scope == "handle" else 403)
    plan = {"job_numbers": ["x"], "team_codes": ["x"], "first_on": "2026-1-1", "last_on": "x"}
    assert send(robot, "/plans", plan).status_code in ({422} if scope == "plan" else {403, 422})


def test_every_refusal_is_on_record_with_who_and_what(robot, town):
    number = post(robot).json()["number"]
    stranger = program(town, Role.DISPATCHER, "S2", "stranger")
    reader = program(town, Role.AUDITOR, "LM", "reader", ["read"])

    stranger.get(f"/api/v1/needs/{number}")
    send(reader, f"/needs/{number}/accept")
    Client().get("/api/v1/needs/%00")

    assert list(denied().order_by("pk").values_list("actor_id", "reason")) == [
        ("user:stranger", "access.not-visible"),
        ("user:reader", "access.scope"),
        ("program", "access.no-token"),
    ]
    assert number in denied().order_by("pk").first().target_id


def test_a_flood_of_strangers_does_not_fill_the_record(town, client, monkeypatch):
    monkeypatch.setattr(access, "STRANGERS_ON_RECORD", 3)

    for _ in range(6):
        assert client.get("/api/v1/needs").status_code == 401

    assert denied().count() == 3


def test_the_person_who_asked_follows_adds_a_photo_and_rates_through_a_program(robot, town):
    kept = post(robot, text="路灯不亮", channel="chat").json()
    follow = f"/api/v1/follow/{kept['follow_token']}"
    assert robot.get(follow).json()["status"] == "RECEIVED"

    for _ in range(2):
        said = robot.post(f"{follow}/messages", {"text": "在桥头", "photos": photo()}, headers=ONCE)
        assert said.status_code == 201
    message = Message.objects.get()
    (picture,) = said.json()["messages"][0]["photo_tokens"]
    shown = robot.get(f"{follow}/photos/{picture}")
    assert (shown["Content-Type"], shown.content[:2]) == ("image/jpeg", b"\xff\xd8")
    by = town.actor()
    handling.accept(number=kept["number"], by=by, at=now())
    handling.resolve(number=kept["number"], words="换好了", by=by, at=now())
    for _ in range(2):
        rated = send(robot, f"/follow/{kept['follow_token']}/rating", {"stars": 5}, **ONCE)
        assert (rated.status_code, rated.json()["stars"]) == (201, 5)

    assert (message.text, Rating.objects.count()) == ("在桥头", 1)
    assert Need.objects.get().channel == "chat"
    event = AuditEvent.objects.get(verb="intake.need.rate")
    assert (event.actor_id, event.role) == ("user:robot", "resident")


def test_following_takes_the_secret_of_the_person(robot, town):
    kept = post(robot).json()
    other = f"/follow/{'x' * 36}"

    assert robot.get(f"/api/v1{other}").status_code == 404
    assert send(robot, f"{other}/rating", {"stars": 5}, **ONCE).status_code == 404
    assert send(robot, f"{other}/cancellation", {"reason": "x"}, **ONCE).status_code == 404
    gone = send(
        robot, f"/follow/{kept['follow_token']}/cancellation", {"reason": "自己修好了"}, **ONCE
    )
    assert gone.json()["status"] == "CANCELLED"


@pytest.mark.parametrize("content", [b"", b"\xff\xd8broken", b"GIF89a", b"<svg/>"])
def test_a_poisoned_photo_is_refused_and_nothing_is_said(robot, content):
    follow = post(robot).json()["follow_token"]
    bad = SimpleUploadedFile("x.jpg", content, content_type="image/jpeg")

    answer = robot.post(f"/api/v1/follow/{follow}/messages", {"photos": bad}, headers=ONCE)

    assert answer.status_code == 422
    assert not Message.objects.exists()


def test_who_acts_on_what_has_changed_is_told(robot, town):
    number = post(robot, service_code="PWR-OUTAGE").json()["number"]
    seen = robot.get(f"/api/v1/needs/{number}")["ETag"]
    again = robot.get(f"/api/v1/needs/{number}", headers={"If-None-Match": seen})
    assert (again.status_code, again.content) == (304, b"")
    accepted = send(robot, f"/needs/{number}/accept", **{"If-Match": seen})
    assert (accepted.status_code, accepted["ETag"] == seen) == (200, False)

    late = send(robot, f"/needs/{number}/jobs", **{"If-Match": seen})

    assert (late.status_code, late.json()["type"]) == (412, "urn:dianliang:state.changed")
    fresh = {"If-Match": accepted["ETag"]}
    assert send(robot, f"/needs/{number}/jobs", **fresh).status_code == 201


def test_changes_come_in_order_once_and_only_of_ones_own(robot, town, monkeypatch):
    monkeypatch.setattr(changes, "SETTLED", timedelta(0))
    number = post(robot, service_code="PWR-OUTAGE").json()["number"]
    first = robot.get("/api/v1/changes").json()
    assert [row["verb"] for row in first["rows"]] == ["post"]
    handling.accept(number=number, by=town.actor(), at=now())

    second = robot.get("/api/v1/changes", {"after": first["next_cursor"]}).json()

    assert [(r["number"], r["verb"], r["after"]) for r in second["rows"]] == [
        (number, "accept", "ACCEPTED")
    ]
    assert robot.get("/api/v1/changes", {"after": second["next_cursor"]}).json()["rows"] == []
    stranger = program(town, Role.DISPATCHER, "S2", "stranger")
    assert stranger.get("/api/v1/changes").json()["rows"] == []


def test_a_change_waits_until_no_earlier_one_can_still_appear(robot):
    post(robot)

    assert robot.get("/api/v1/changes").json()["rows"] == []


def test_too_many_requests_are_told_when_to_come_back(robot, monkeypatch):
    monkeypatch.setattr(access, "MOST_PER_MINUTE", 2)
    answers = [robot.get("/api/v1/services") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 1 <= int(answers[-1]["Retry-After"]) <= 60
    assert answers[-1]["Content-Type"] == "application/problem+json"


def test_danger_gets_through_whatever_was_posted_before(robot, monkeypatch):
    monkeypatch.setattr(needs, "MOST_POSTS", 1)
    monkeypatch.setattr(access, "MOST_PER_MINUTE", 0)
    assert post(robot, "program-key-1", text="路灯不亮").status_code == 201
    slow = post(robot, "program-key-2", text="楼道灯坏了")
    assert (slow.status_code, "Retry-After" in slow) == (429, True)
    assert Need.objects.get().text == "路灯不亮"
    assert RateWindow.objects.get().count == 1

    assert post(robot, "program-key-1", text="路灯不亮").status_code == 201
    danger = post(robot, "program-key-3", text="电线断了掉在路上，有人触电")
    assert (danger.status_code, danger.json()["is_danger"]) == (201, True)


def test_the_address_of_a_calendar_is_found_and_renewed(robot, town):
    from io import StringIO

    from django.core.management import call_command

    town.team("XH", "S1", "repair")
    (team,) = robot.get("/api/v1/teams").json()
    assert robot.get(team["calendar_path"]).status_code == 200
    out = StringIO()
    call_command("token", "calendar", "XH", stdout=out)
    assert team["calendar_path"] in out.getvalue()

    call_command("token", "calendar", "XH", "--renew", stdout=out)

    assert robot.get(team["calendar_path"]).status_code == 404
    assert robot.get(robot.get("/api/v1/teams").json()[0]["calendar_path"]).status_code == 200
    assert AuditEvent.objects.filter(verb="workforce.team.renew_calendar").count() == 1


def test_a_list_of_two_is_a_list(robot):
    """Ninja takes a tuple of two for a status and a body."""
    found = robot.get("/api/v1/areas", {"level": "township"})

    assert [area["code"] for area in found.json()] == ["T1", "T2"]
