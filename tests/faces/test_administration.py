"""The administration pages: only administrators enter, and every write is in the trail."""

from datetime import date

import pytest
from django.contrib import admin

from dianliang.core.models import AuditEvent, User
from dianliang.domain.catalog.models import CalendarDay, Skill
from dianliang.domain.catalog.operations import replace_year
from dianliang.domain.directory.models import RoutingRule, Unit
from dianliang.faces.ui.requests import today
from dianliang.kernel.actor import Role
from tests.town import PASSWORD

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "a-quite-long-word-7"


@pytest.fixture
def desk(client, town):
    town.user("keeper", Role.ADMINISTRATOR, "S1")
    client.login(username="keeper", password=PASSWORD)
    return client


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_other_roles_find_no_administration(client, town, role):
    town.user("someone", role, "S1")
    client.login(username="someone", password=PASSWORD)

    assert client.get("/admin/").status_code in {302, 404}
    assert client.get("/admin/", follow=True).status_code == 404


def test_a_stranger_is_asked_to_log_in(client, db):
    answer = client.get("/admin/", follow=True)

    assert answer.redirect_chain[-1][0].startswith("/login/")


def test_every_list_and_form_opens(desk, monkeypatch):
    apps = desk.get("/admin/").context["available_apps"]
    # The list of all models beside each page is the same on each: seen once, on the first.
    monkeypatch.setattr(admin.site, "get_app_list", lambda *_: [])
    for model in (model for app in apps for model in app["models"]):
        assert desk.get(model["admin_url"]).status_code == 200
        if model["add_url"]:
            assert desk.get(model["add_url"]).status_code == 200


def test_choices_are_told_in_the_readers_language_and_kept_in_chinese(desk):
    english = {"accept-language": "en"}
    listed, form = (
        desk.get(f"/admin/directory/unit/{rest}", headers=english).content.decode()
        for rest in ("", "add/")
    )
    chinese = desk.get("/admin/directory/unit/").content.decode()

    for kind in Unit.Kind:
        assert f">{kind.label}</a>" not in listed
        assert f">{kind.label}</option>" not in form
        assert f">{kind.label}</a>" in chinese
    assert ">Service station<" in listed
    assert Unit.objects.get(code="S1").get_kind_display() == Unit.Kind.STATION.label


def test_a_change_tells_the_trail_before_and_after(desk):
    skill = Skill.objects.create(code="NEW", name="甲")

    desk.post(f"/admin/catalog/skill/{skill.pk}/change/", {"code": "NEW", "name": "乙"})

    event = AuditEvent.objects.get(verb="catalog.skill.change")
    assert event.actor_id == "user:keeper"
    assert "甲 → 乙" in event.reason


def test_deleting_many_leaves_one_event_each(desk):
    rows = [Skill.objects.create(code=f"X{i}", name=f"技能{i}") for i in range(3)]

    desk.post(
        "/admin/catalog/skill/",
        {"action": "delete_selected", "_selected_action": [r.pk for r in rows], "post": "yes"},
    )

    assert not Skill.objects.filter(code__startswith="X").exists()
    assert AuditEvent.objects.filter(verb="catalog.skill.delete").count() == 3


def test_rules_are_looked_at_here_and_changed_only_as_a_whole(desk, town):
    rule = RoutingRule.objects.create(
        service_code="PWR-LIGHT", area=town.areas["C"], unit=town.units["AJ"]
    )
    page = f"/admin/directory/routingrule/{rule.pk}"

    assert desk.get(f"{page}/change/").status_code == 200
    for address in ("/admin/directory/routingrule/add/", f"{page}/change/", f"{page}/delete/"):
        assert desk.post(address, {"service_code": "PWR-METER", "post": "yes"}).status_code == 403

    assert RoutingRule.objects.get().service_code == "PWR-LIGHT"


def test_a_new_password_is_set_and_never_written_into_the_trail(desk, town):
    town.user("forgetful", Role.STEWARD, "S1")
    user = User.objects.get(username="forgetful")

    desk.post(
        f"/admin/core/user/{user.pk}/password/",
        {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "usable_password": "true"},
    )

    user.refresh_from_db()
    assert user.check_password(NEW_PASSWORD)
    assert NEW_PASSWORD not in AuditEvent.objects.get(verb="core.user.change").reason


def test_the_trail_itself_cannot_be_edited(desk):
    Skill.objects.create(code="Y", name="丙")
    assert desk.get("/admin/core/auditevent/add/").status_code == 403


def test_the_first_page_says_which_year_lacks_its_holidays(desk):
    CalendarDay.objects.all().delete()
    answer = desk.get("/admin/")
    assert "节假日与调休安排尚未载入" in answer.content.decode()

    for year in (today().year, today().year + 1):
        replace_year(year, days=[(date(year, 1, 1), "holiday", "元旦")], version="通知")

    assert "节假日与调休安排尚未载入" not in desk.get("/admin/").content.decode()
