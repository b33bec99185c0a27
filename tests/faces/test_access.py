"""Every route × every role × a foreign object: who gets in, and who finds nothing."""

import pytest
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

from dianliang.kernel.actor import Role
from tests.town import PASSWORD

STAFF = [role for role in Role if role not in {Role.RESIDENT, Role.ENTERPRISE, Role.SYSTEM}]
DESK = {Role.DISPATCHER, Role.ALLIANCE_UNIT}
CREW = {Role.STEWARD, Role.CAPTAIN}
BOARD = DESK | {Role.PARTY_AFFAIRS, Role.COMMANDER, Role.AUDITOR, Role.ADMINISTRATOR}
OPEN_SHELLS = {"field:worker", "field:manifest"}
"""What a browser fetches before anyone has logged in; holds no data."""
PUBLIC = ("portal:", "api:", "v1:", "ui:", "login", "logout", "home", "set_language", "admin:")


def walk(patterns, prefix="", names=""):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            name = f"{names}{pattern.namespace}:" if pattern.namespace else names
            yield from walk(pattern.url_patterns, prefix + str(pattern.pattern), name)
        elif isinstance(pattern, URLPattern):
            yield f"{names}{pattern.name}", prefix + str(pattern.pattern), pattern.callback


ROUTES = [route for route in walk(get_resolver().url_patterns) if not route[0].startswith("admin:")]
GUARDED = [route for route in ROUTES if not route[0].startswith(PUBLIC)]


def allowed(name: str) -> set[Role]:
    """Say who may open a route; a route that nobody thought of fails the test."""
    if name.startswith("console:"):
        return DESK
    if name.startswith("board:"):
        return BOARD
    if name.startswith("field:"):
        return CREW
    raise AssertionError(f"no rule for {name}")


@pytest.mark.parametrize(
    ("name", "view"), [(n, v) for n, _, v in GUARDED], ids=[n for n, _, _ in GUARDED]
)
def test_every_guarded_route_asks_for_the_roles_that_the_rule_says(name, view):
    if name in OPEN_SHELLS:
        return
    asked = set(view.required_roles)

    assert asked
    assert asked <= allowed(name)


@pytest.mark.django_db
@pytest.mark.parametrize("role", STAFF)
def test_a_role_opens_its_own_face_and_finds_no_other(client, town, role):
    town.user("someone", role, "S1")
    client.login(username="someone", password=PASSWORD)

    for path, roles in (("/console/", DESK), ("/board/", BOARD), ("/console/plans/", DESK)):
        assert client.get(path).status_code == (200 if role in roles else 404)


@pytest.mark.django_db
def test_a_stranger_is_sent_to_log_in(client, town):
    for path in ("/console/", "/board/", "/field/"):
        answer = client.get(path)
        assert (answer.status_code, answer.url.split("?")[0]) == (302, "/login/")


@pytest.mark.django_db
@pytest.mark.parametrize(("unit", "expected"), [("S1", 200), ("S2", 404), ("WTR", 404)])
def test_a_need_is_seen_by_its_unit_and_by_nobody_beside_it(client, town, unit, expected):
    need = town.post("余村村没电了", area_code="V1")
    town.user("desk", Role.DISPATCHER, unit)
    client.login(username="desk", password=PASSWORD)

    assert client.get(f"/console/needs/{need.number}/").status_code == expected
    for verb in ("accept", "decline", "hand_over", "classify", "merge", "resolve"):
        sent = client.post(f"/console/needs/{need.number}/do/{verb}/", {"reason": "x"})
        assert sent.status_code == 404 if expected == 404 else sent.status_code in {302, 422}
    asker = need.participants.get()
    revealed = client.post(f"/console/needs/{need.number}/reveal/{asker.pk}/", {"reason": "x"})
    assert revealed.status_code == expected
