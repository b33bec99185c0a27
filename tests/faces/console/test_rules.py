"""The page of the unit table, as administrators use it; it works without any script."""

import re
from dataclasses import asdict
from io import BytesIO

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation

from dianliang.domain.directory import rules
from dianliang.domain.directory.models import RoutingRule
from dianliang.domain.directory.queries import Reason
from dianliang.domain.directory.rules import RuleRow
from dianliang.faces.ui.requests import now
from dianliang.flows import handling
from dianliang.flows.rules import sheets
from dianliang.kernel.actor import Role
from tests.town import PASSWORD

pytestmark = pytest.mark.django_db
RULE = {"service_code": "PWR-LIGHT", "area_code": "C", "owner": "municipal", "unit_code": "LM"}
SOUND = {"service_code": "PWR-LIGHT", "area_code": "C", "owner": "", "unit_code": "AJ"}


def enter(town, name, role=Role.ADMINISTRATOR):
    town.user(name, role, "LM")
    client = Client()
    client.login(username=name, password=PASSWORD)
    return client


@pytest.fixture
def ann(town):
    return enter(town, "ann")


def save(client, revision=None, follow=True, **fields):
    revision = rules.draft().revision if revision is None else revision
    sent = {"revision": revision, "place": "", "act": "save", **fields}
    return client.post("/console/rules/row/", sent, follow=follow)


def words(answer):
    return answer.content.decode()


def hidden(page, name):
    return re.search(f'name="{name}" value="([^"]*)"', page)[1]


def apply(client, page, **more):
    sent = {name: hidden(page, name) for name in ("revision", "version", "days")}
    return client.post("/console/rules/apply/", {**sent, "reason": "试行", **more}, follow=True)


def test_from_a_rule_to_a_need_that_follows_it_and_back(ann, town):
    town.post("村口的路灯坏了", area_code="V1", service_code="PWR-LIGHT", at=now())

    page = words(save(ann, **RULE, assisting=["AJ"]))
    assert "草稿，1 处改动" in page
    trial = words(ann.get("/console/rules/trial/?days=30"))
    assert "最近 30 天共 1 条需求，按草稿有 1 条会派给别的单位" in trial
    assert "黑楼道与路灯 → 要素联盟" in trial
    assert "原来派给：天荒坪供电所" in trial
    assert "协办会变的" in trial
    refused = apply(ann, trial)
    assert refused.status_code == 422
    assert "还有提示没有确认" in words(refused)
    assert 'value="试行"' in words(refused)
    done = words(apply(ann, trial, read=hidden(trial, "read")))

    assert "派单规则第 2 版已生效" in done
    need = town.post("村口的路灯又坏了", area_code="V1", service_code="PWR-LIGHT", at=now())
    assert need.unit.code == "LM"
    ann.post(
        "/console/rules/restore/",
        {"number": 1, "revision": rules.draft().revision, "version": 2, "reason": "退回"},
    )
    assert rules.in_force() == ()
    assert rules.version_in_force() == 3


def test_the_second_administrator_keeps_what_he_entered(ann, town):
    ben = enter(town, "ben")
    seen = rules.draft().revision
    save(ann, **SOUND)

    answer = save(ben, revision=seen, **{**RULE, "area_code": "T1"})

    assert answer.status_code == 409
    assert "ann在" in words(answer)
    assert '<option value="T1" selected>' in words(answer)
    assert '<option value="municipal" selected>' in words(answer)
    assert len(rules.draft().rows) == 1
    again = save(ben, revision=hidden(words(answer), "revision"), **{**RULE, "area_code": "T1"})
    assert again.status_code == 200
    assert len(rules.draft().rows) == 2


def test_a_missing_choice_is_said_beside_the_kept_form(ann):
    answer = save(ann, **{**RULE, "unit_code": ""})

    assert answer.status_code == 422
    assert "请填写主办单位" in words(answer)
    assert '<option value="PWR-LIGHT" selected>' in words(answer)


def test_a_rule_is_opened_changed_and_removed(ann):
    save(ann, **SOUND)
    assert "改规则" in words(ann.get("/console/rules/?edit=0"))
    assert "改规则" not in words(ann.get("/console/rules/?edit=7"))
    assert "改规则" not in words(ann.get("/console/rules/?edit=x"))

    save(ann, **{**SOUND, "unit_code": "S1"}, place="0")
    assert [row.unit_code for row in rules.draft().rows] == ["S1"]
    assert "请填整数" not in words(save(ann, **SOUND, place="0", act="remove"))

    assert rules.draft().rows == ()


def test_errors_are_listed_and_leave_no_way_to_apply(ann):
    save(ann, **SOUND)
    page = words(save(ann, **SOUND))
    trial = words(ann.get("/console/rules/trial/"))

    assert "有 1 处错误" in page
    assert "与第 1 条的事项、区域、设施归属都相同" in trial
    assert "/console/rules/apply/" not in trial


def test_a_file_goes_out_comes_back_and_wrong_rows_are_named(ann, town):
    RoutingRule.objects.create(
        service_code="PWR-LIGHT", area=town.areas["C"], unit=town.units["AJ"]
    )
    sent = ann.get("/console/rules/table.xlsx?which=current").content
    answer = ann.post(
        "/console/rules/upload/", {"revision": 0, "table": BytesIO(sent)}, follow=True
    )
    assert "文件中的 1 条规则" in words(answer)
    assert rules.draft().rows == rules.in_force()
    wrong = sheets.filled([RuleRow(service_code="NOSUCH", area_code="C", unit_code="AJ")])

    refused = ann.post("/console/rules/upload/", {"revision": 1, "table": BytesIO(wrong)})

    assert refused.status_code == 422
    assert "第 2 行 A 列" in words(refused)
    assert "请先选择文件" in words(ann.post("/console/rules/upload/", {"revision": 1}))
    for which, status in (("draft", 200), ("blank", 200), ("1", 404), ("x", 404), ("9" * 30, 404)):
        answer = ann.get(f"/console/rules/table.xlsx?which={which}")
        assert answer.status_code == status


def test_a_draft_is_given_up_once(ann):
    save(ann, **SOUND)
    revision = rules.draft().revision

    ann.post("/console/rules/discard/", {"revision": revision})

    assert not rules.draft().is_open
    assert ann.post("/console/rules/discard/", {"revision": revision}).status_code == 409
    assert ann.get("/console/rules/trial/").status_code == 302


@pytest.mark.parametrize("days", ["0", "x", "9999"])
def test_odd_spans_are_refused_in_words(ann, days):
    save(ann, **SOUND)

    answer = ann.get(f"/console/rules/trial/?days={days}")

    assert answer.status_code == 422
    assert "试算天数应" in words(answer)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_other_roles_find_no_table_and_no_link_to_it(town, role):
    client = enter(town, "other", role)

    assert client.get("/console/rules/").status_code in {302, 404}
    assert client.post("/console/rules/apply/").status_code in {302, 404}
    assert "/console/rules/" not in words(client.get(reverse("home"), follow=True))


def test_an_administrator_finds_the_table_and_none_of_the_desks_alarms(ann):
    assert "/console/rules/" in words(ann.get(reverse("home"), follow=True))
    page = words(ann.get("/console/rules/"))

    assert "/console/alarm/" not in page
    assert 'href="/console/intake/"' not in page
    assert 'href="/admin/"' in page


def test_the_handler_reads_who_assists_and_splits_with_one_press(town):
    made = RoutingRule.objects.create(
        service_code="PWR-OUTAGE", area=town.areas["C"], unit=town.units["S1"]
    )
    made.assisting.set([town.units["WTR"]])
    need = town.post("家里停电了，也停水了", area_code="V1", service_code="PWR-OUTAGE", at=now())
    desk = enter(town, "desk", Role.DISPATCHER)
    address = f"/console/needs/{need.number}/"
    assert "主办天荒坪供电所，协办水务公司" in words(desk.get(address))
    handling.accept(number=need.number, by=town.actor("S1"), at=now())

    page = words(desk.get(address))
    form = page[page.index("team-up") :]
    form = form[: form.index("</form>")]
    sent = {
        name: re.findall(f'name="{name}" value="([^"]*)"', form)
        for name in ("part_service", "part_unit", "part_detail")
    }
    answer = desk.post(f"{address}split/", sent, follow=True)

    assert "已开 2 张工单" in words(answer)
    assert list(need.parts.order_by("pk").values_list("job__unit__code", flat=True)) == [
        "S1",
        "WTR",
    ]
    assert "team-up" not in words(answer)


def test_the_handler_says_whose_facility_it_is(town):
    RoutingRule.objects.create(
        service_code="PWR-LIGHT",
        area=town.areas["C"],
        unit=town.units["AJ"],
        owner="municipal",
    )
    need = town.post("门口的灯不亮", area_code="V1", service_code="PWR-LIGHT", at=now())
    desk = enter(town, "desk", Role.DISPATCHER)

    answer = desk.post(
        f"/console/needs/{need.number}/do/classify/",
        {"service_code": "PWR-LIGHT", "owner": "municipal"},
        follow=True,
    )

    need.refresh_from_db()
    assert need.unit.code == "AJ"
    assert "设施归属：市政" in words(answer)


def test_odd_places_and_second_presses_are_answered(ann):
    save(ann, **SOUND)

    for odd in ("0000009", "000000999999999999", "٣", "-1"):
        assert ann.get("/console/rules/", {"edit": odd}).status_code == 200
    sent = {"revision": rules.draft().revision, "place": "", "act": "remove", **SOUND}
    assert ann.post("/console/rules/row/", sent).status_code == 422
    trial = words(ann.get("/console/rules/trial/?days=30"))
    read = re.search(r'name="read" value="([^"]*)"', trial)
    more = {"read": read[1]} if read else {}
    assert "已生效" in words(apply(ann, trial, **more))
    assert "可能刚才已经生效" in words(apply(ann, trial, **more))


def test_the_warning_names_the_version_that_would_be_overwritten(ann):
    save(ann, **SOUND)
    trial = words(ann.get("/console/rules/trial/?days=30"))
    read = re.search(r'name="read" value="([^"]*)"', trial)
    apply(ann, trial, **({"read": read[1]} if read else {}))
    save(ann, **{**SOUND, "service_code": "PWR-EV"})
    sent = {"number": 1, "revision": rules.draft().revision, "version": 2, "reason": "退回"}
    ann.post("/console/rules/restore/", sent)

    page = words(ann.get("/console/rules/"))
    assert "第 3 版的改动会被这份草稿覆盖" in page
    assert "{current}" not in page


@pytest.mark.parametrize("owner", ["", "市政"])
@pytest.mark.parametrize("assisting", [(), ("水务公司",), ("水务公司", "天荒坪供电所")])
@pytest.mark.parametrize("kind", ["rule", "serves", "company"])
def test_the_page_says_why_a_unit_handles_a_need_as_the_record_does(kind, owner, assisting):
    reason = Reason(
        kind=kind,
        unit="供电公司",
        place="天荒坪镇",
        service="黑楼道与路灯",
        owner=owner,
        assisting=assisting,
    )

    for kept in (reason, asdict(reason)):
        with translation.override("zh-hans"):
            said = render_to_string("console/unit_reason.html", {"r": kept})
        assert said.strip() == reason.words


def test_a_reason_that_was_kept_in_words_alone_is_still_shown():
    said = render_to_string("console/unit_reason.html", {"r": {"words": "章村供电所服务章村镇"}})

    assert said.strip() == "章村供电所服务章村镇"
