"""The interface for programs: the loop by HTTP, in problem details where something is wrong."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from dianliang.core import jobs as background
from dianliang.core.models import ApiToken, AuditEvent
from dianliang.domain.intake.models import Need
from dianliang.faces.ui.requests import now, today
from dianliang.flows import tokens
from dianliang.kernel.actor import Role
from tests import projectworld

KEY = "program-key-0001"


def bearer(town, role=Role.DISPATCHER, unit="LM", username="robot", scopes=tuple(tokens.SCOPES)):
    """Give a program an account and a token; return the header that it sends."""
    town.user(username, role, unit)
    until = today() + timedelta(days=30)
    secret = tokens.issue(
        username=username, name="小程序", scopes=scopes, expires_on=until, at=now()
    )
    return {"Authorization": f"Bearer {secret}"}


def program(town, role=Role.DISPATCHER, unit="LM", username="robot", scopes=tuple(tokens.SCOPES)):
    """Return a client that sends a token of its own account."""
    return Client(headers=bearer(town, role, unit, username, scopes))


@pytest.fixture
def robot(town):
    return program(town)


def send(client, path, body=None, **headers):
    return client.post(
        f"/api/v1{path}", body or {}, content_type="application/json", headers=headers
    )


def post(client, key=KEY, **body):
    given = {"text": "余村村家里没电了", "area_code": "V1", **body}
    return send(client, "/needs", given, **{"Idempotency-Key": key})


def test_a_need_goes_from_its_posting_to_a_published_plan(robot, town):
    town.team("XH", "S1", "repair")
    number = post(robot, service_code="PWR-OUTAGE").json()["number"]
    assert robot.get("/api/v1/needs").json()["rows"][0]["number"] == number
    accepted = send(robot, f"/needs/{number}/accept")
    assert accepted.json()["row"]["status"] == "ACCEPTED"
    opened = send(robot, f"/needs/{number}/jobs").json()["numbers"]
    assert [job["number"] for job in robot.get("/api/v1/jobs").json()["rows"]] == opened
    tomorrow = (today() + timedelta(days=1)).isoformat()
    body = {"job_numbers": opened, "team_codes": ["XH"], "seconds": 1}
    started = send(robot, "/plans", {**body, "first_on": tomorrow, "last_on": tomorrow})
    assert started.status_code == 202
    background.run_next(owner="test", clock=now)
    plan = robot.get(f"/api/v1/plans/{started.json()['number']}").json()
    assert plan["lanes"][0]["stops"][0]["why"]

    published = send(
        robot, f"/plans/{plan['row']['number']}/publish", {"revision": plan["revision"]}
    )

    assert len(published.json()["visits"]) == 1
    figures = robot.get(f"/api/v1/figures?first={today()}&last={tomorrow}").json()
    assert figures["whole"]["received"] == 1


def test_a_program_says_what_a_need_is_and_whose_facility(robot):
    number = post(robot, service_code="PWR-LIGHT").json()["number"]
    body = {"service_code": "PWR-LIGHT", "owner": "property"}

    answer = send(robot, f"/needs/{number}/classify", body)

    assert answer.json()["facility_owner"] == "property"
    assert send(robot, f"/needs/{number}/classify", {**body, "owner": "king"}).status_code == 422


def test_the_same_key_gets_the_same_answer_and_stores_one_need(robot, client):
    first, again = post(robot), post(robot)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert Need.objects.count() == 1
    assert client.get(first.json()["follow_path"]).status_code == 200

    other = post(robot, text="别的事情")
    assert (other.status_code, other.json()["type"]) == (
        409,
        "urn:dianliang:idempotency.key-reused",
    )


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"text": ""}, "need.text"),
        ({"text": "停电\x00"}, "need.text"),
        ({"lat": 91, "lon": 0}, "need.lat"),
        ({"phone": "电话"}, "need.phone"),
        ({"area_code": "无"}, "area_code"),
        ({"service_code": "无"}, "service_code"),
        ({"lat": 30.5}, "lat"),
    ],
)
def test_a_bad_field_is_named_in_a_problem_and_nothing_is_kept(robot, body, field):
    answer = post(robot, **body)

    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["fields"][0]["field"] == field
    assert not Need.objects.exists()


@pytest.mark.parametrize(
    "raw",
    [
        '{"text": "停电", "lat": NaN, "lon": 1}',
        '{"text": "停电", "lat": 1e999, "lon": 1}',
        '{"text": "\\ud800\\ud800"}',
        '{"text": 1e999}',
        "[]",
        "{",
        "\ufeff{}",
        "",
    ],
)
def test_odd_json_is_refused(robot, raw):
    answer = robot.post(
        "/api/v1/needs",
        raw.encode("utf-8", "surrogatepass"),
        content_type="application/json",
        headers={"Idempotency-Key": KEY},
    )

    assert answer.status_code in {400, 422}
    assert answer.json()["status"] == answer.status_code


@pytest.mark.parametrize(
    "path",
    [
        "/needs/%00",
        "/needs/XQ%ED%A0%80",
        "/needs?page=9223372036854775808",
        "/needs?page=0",
        "/needs?tab=%00",
        "/needs?q=%00",
        "/areas?level=%00",
        "/plans/%00",
        "/figures?first=0001-01-01&last=9999-12-31",
        "/figures?first=2026-01-01&last=2025-01-01",
    ],
)
def test_odd_addresses_are_refused(robot, path):
    assert robot.get(f"/api/v1{path}").status_code in {404, 422}


def test_a_step_that_does_not_follow_is_a_conflict_and_an_unknown_verb_is_absent(robot):
    number = post(robot).json()["number"]

    assert send(robot, f"/needs/{number}/resume").status_code == 409
    assert send(robot, f"/needs/{number}/fly").status_code == 404
    assert send(robot, f"/needs/{number}/pause", {"reason": ""}).status_code == 422
    assert send(robot, f"/needs/{number}/jobs").status_code == 422


OBJECTS = ("/needs/{0}", "/needs/{0}/duplicates")
ACTS = ("/needs/{0}/accept", "/needs/{0}/jobs", "/needs/{0}/hand_over")


@pytest.mark.parametrize(
    ("role", "unit"),
    [
        (Role.DISPATCHER, "S2"),
        (Role.ALLIANCE_UNIT, "WTR"),
        (Role.STEWARD, "S1"),
        (Role.CAPTAIN, "S1"),
        (Role.PARTY_AFFAIRS, "S2"),
        (Role.AUDITOR, "S2"),
        (Role.COMMANDER, "S2"),
        (Role.ADMINISTRATOR, "S2"),
    ],
)
def test_a_foreign_need_is_absent_for_every_role(robot, town, role, unit):
    number = post(robot).json()["number"]
    stranger = program(town, role, unit, "stranger")

    for path in OBJECTS:
        assert stranger.get(f"/api/v1{path.format(number)}").status_code == 404
    for path in ACTS:
        assert send(stranger, path.format(number), {"reason": "x"}).status_code == 404


@pytest.mark.parametrize("role", [Role.PARTY_AFFAIRS, Role.COMMANDER, Role.AUDITOR])
def test_who_only_reads_changes_nothing(robot, town, role):
    number = post(robot).json()["number"]
    reader = program(town, role, "LM", "reader")

    assert reader.get(f"/api/v1/needs/{number}").status_code == 200
    assert post(reader).status_code == 404
    for path in ACTS:
        assert send(reader, path.format(number), {"reason": "x"}).status_code == 404
    assert reader.get("/api/v1/plans").status_code == 404


def test_without_a_valid_token_nothing_is_answered(town, client):
    robot = program(town)
    assert client.get("/api/v1/needs").status_code == 401
    assert client.get("/api/v1/needs", headers={"Authorization": "Bearer dl_x"}).status_code == 401
    ApiToken.objects.update(expires_on=today())
    answer = robot.get("/api/v1/needs")
    assert (answer.status_code, answer["WWW-Authenticate"][:6]) == (401, "Bearer")


def test_a_token_is_shown_once_kept_as_a_digest_and_taken_back(town):
    town.user("robot", Role.DISPATCHER)
    out = StringIO()
    call_command("token", "issue", "robot", "小程序", "--scopes", "read", stdout=out)
    secret = out.getvalue().split()[0]
    robot = Client(headers={"Authorization": f"Bearer {secret}"})
    assert robot.get("/api/v1/services").status_code == 200
    assert secret not in str(ApiToken.objects.values())

    call_command("token", "list", stdout=out)
    assert "robot  小程序  read  有效" in out.getvalue()
    call_command("token", "revoke", "robot", "小程序", stdout=out)
    call_command("token", "list", stdout=out)
    assert "已收回（" in out.getvalue()

    assert robot.get("/api/v1/services").status_code == 401
    verbs = AuditEvent.objects.filter(target_type="core.apitoken").values_list("verb", flat=True)
    assert list(verbs) == ["core.apitoken.issue", "core.apitoken.revoke"]
    with pytest.raises(CommandError, match="nobody"):
        call_command("token", "issue", "nobody", "x")
    with pytest.raises(CommandError, match="权限应为"):
        call_command("token", "issue", "robot", "x", "--scopes", "everything")
    with pytest.raises(CommandError, match="天数"):
        call_command("token", "issue", "robot", "x", "--days", "0")


def test_grid_projects_and_their_issues_are_read_by_programs(town):
    told = projectworld.objects(town)
    number, issue = told["grid project"]["number"], told["local issue"]["number"]
    robot, stranger = program(town, unit="S1"), program(town, unit="S2", username="stranger")

    rows = robot.get("/api/v1/grid-projects").json()["rows"]
    one = robot.get(f"/api/v1/grid-projects/{number}").json()
    issues = robot.get(f"/api/v1/local-issues?project={number}").json()["rows"]

    assert [row["number"] for row in rows] == [number]
    assert rows[0]["variance_days"] == one["card"]["row"]["variance_days"]
    assert {"code", "planned_on", "variance_days", "slack_days"} <= one["card"]["steps"][0].keys()
    assert one["claim"]["refusal"]
    assert [row["number"] for row in issues] == [issue]
    assert stranger.get("/api/v1/grid-projects").json()["rows"] == []
    assert stranger.get(f"/api/v1/grid-projects/{number}").status_code == 404
    assert stranger.get(f"/api/v1/local-issues?project={number}&view=all").json()["total"] == 0
    assert stranger.get(f"/api/v1/grid-projects?q={number}").json()["total"] == 0


@pytest.mark.parametrize(
    "odd", ["%00", "%25%3Cb%3E", "..%2F..%2F", "a" * 41, "' OR 1=1 --", "{0}%25(n)s"]
)
def test_a_number_of_no_project_is_nobody_s_whatever_it_holds(town, odd):
    projectworld.objects(town)
    robot = program(town, unit="S1")

    assert robot.get(f"/api/v1/grid-projects/{odd}").status_code in {404, 422}
    for path in (f"grid-projects?q={odd}", f"local-issues?view=all&project={odd}"):
        answer = robot.get(f"/api/v1/{path}")
        assert answer.status_code == 422 or answer.json()["rows"] == []
    for path in ("grid-projects", "local-issues"):
        assert robot.get(f"/api/v1/{path}?page=0").status_code == 422
        assert robot.get(f"/api/v1/{path}?page=9999&view={odd[:40]}").status_code in {200, 422}
