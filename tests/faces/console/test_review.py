"""The screen on which people decide categories, without a browser."""

import pytest
from django.test import Client

from dianliang.domain.intake.models import Decision, Need
from dianliang.flows.reviewing import queue
from dianliang.kernel.actor import Role
from tests.town import PASSWORD

pytestmark = pytest.mark.django_db


def enter(town, role=Role.DISPATCHER, unit="S1"):
    town.user(f"{role}-{unit}", role, unit)
    client = Client()
    client.login(username=f"{role}-{unit}", password=PASSWORD)
    return client


def page(answer):
    return answer.content.decode()


def press(client, need, **sent):
    form = {"view": "first", **sent}
    return client.post(f"/console/review/{need.number}/", form, follow=True)


@pytest.fixture
def needs(town):
    return [town.post(f"余村村{i}组停电了", area_code="V1") for i in range(3)]


def shown(answer):
    return answer.context["item"] and answer.context["item"].number


def by_number(needs, number):
    return next(need for need in needs if need.number == number)


def test_one_choice_leads_to_the_next_until_there_is_none(town, needs):
    client = enter(town)
    answer = client.get("/console/review/")
    seen = []
    while number := shown(answer):
        seen.append(number)
        answer = press(client, by_number(needs, number), service="PWR-OUTAGE")

    assert sorted(seen) == sorted(need.number for need in needs)
    assert "没有等人定类别的需求" in page(answer)
    assert Decision.objects.filter(aspect="service", chosen="PWR-OUTAGE").count() == 3


def test_what_is_put_aside_comes_back_when_asked_for(town, needs):
    client = enter(town)
    for need in needs:
        press(client, need, skip="1")
    assert shown(client.get("/console/review/")) is None

    answer = client.post("/console/review/again/", follow=True)

    assert shown(answer)
    assert not Decision.objects.exists()


def test_undo_takes_back_the_last_and_shows_it_again(town, needs):
    client = enter(town)
    press(client, needs[1], service="WTR-OUTAGE")

    answer = client.post("/console/review/undo/", follow=True)

    assert shown(answer) == needs[1].number
    assert not Decision.objects.exists()
    assert Need.objects.get(pk=needs[1].pk).unit.code == "S1"
    assert "没有可以撤销的" in page(client.post("/console/review/undo/", follow=True))


def test_a_refusal_shows_the_same_need_with_what_was_written(town, needs):
    client = enter(town)

    answer = press(client, needs[0], other="飞船", search="1")

    assert answer.status_code == 422
    assert shown(answer) == needs[0].number
    assert "没有叫“飞船”的服务事项" in page(answer)
    assert 'value="飞船"' in page(answer)


def test_enter_in_the_search_never_chooses_the_first_service(town, needs):
    """The first button of a form is what Enter presses."""
    words = page(enter(town).get("/console/review/"))
    form = words[words.index("review/XQ") :]

    assert form.index('name="search"') < form.index('name="service"')


def test_the_second_of_two_who_decide_is_told_and_goes_on(town, needs):
    first, second = enter(town), enter(town, unit="AJ")
    press(first, needs[0], service="PWR-OUTAGE")

    answer = press(second, needs[0], service="WTR-OUTAGE")

    assert answer.status_code == 409
    assert "刚有人定过" in page(answer)
    assert shown(answer) != needs[0].number


def test_the_blind_page_tells_nothing_of_the_first_choice(town, needs, monkeypatch):
    monkeypatch.setattr("dianliang.domain.intake.queries.reviewing.SECOND_EVERY", 1)
    press(enter(town), needs[0], service="WTR-OUTAGE")
    other = enter(town, unit="LM")

    answer = other.get("/console/review/?view=second")

    assert shown(answer) == needs[0].number
    assert "%" not in "".join(c.reason for c in answer.context["item"].candidates)
    assert "现在按" not in page(answer)
    after = press(other, needs[0], service="PWR-OUTAGE", view="second")
    assert after.context["view"] == queue.View.SECOND
    assert shown(after) is None
    assert Decision.objects.get(aspect="second").proposed == "WTR-OUTAGE"


def test_an_administrator_settles_a_contradiction_with_one_press(town):
    text = "桥头路灯从上周三晚上开始就一直不亮，晚上走路很危险，请尽快派人来修理一下"
    twice = [town.post(words, area_code="V1") for words in (text, f"{text}！")]
    admin = enter(town, Role.ADMINISTRATOR, "LM")
    for need, service in zip(twice, ("PWR-HAZARD", "PWR-OUTAGE"), strict=True):
        press(admin, need, service=service)
    assert "都定为" in page(admin.get("/console/review/doubts/"))
    sent = {"number": [need.number for need in twice], "service": "PWR-HAZARD"}

    without = admin.post("/console/review/doubts/settle/", sent)
    answer = admin.post("/console/review/doubts/settle/", {**sent, "reason": "归隐患"}, follow=True)

    assert without.status_code == 422
    assert "请填写理由" in page(without)
    assert "没有互相矛盾的" in page(answer)


def test_the_page_of_drift_says_what_each_figure_means(town, needs):
    words = page(enter(town, Role.ADMINISTRATOR, "LM").get("/console/drift/"))

    assert words.index("总的看") < words.index("PSI")
    for said in ("问的事变了吗", "改动率", "没把握", "没见过的字词", "平均相差 ECE", "停电报修"):
        assert said in words


@pytest.mark.parametrize(
    ("path", "most"),
    [("/console/review/", 14), ("/console/review/doubts/", 14), ("/console/drift/", 20)],
)
def test_pages_ask_little_of_the_database(town, needs, path, most, django_assert_max_num_queries):
    admin = enter(town, Role.ADMINISTRATOR, "LM")
    for need in needs[:2]:
        press(admin, need, service="PWR-OUTAGE")
    admin.get(path)

    with django_assert_max_num_queries(most):
        assert admin.get(path).status_code == 200


def test_only_a_need_that_waits_can_be_put_aside(town, needs):
    client = enter(town)
    url = "/console/review/{}/".format

    assert client.post(url("XQ000000-0000"), {"skip": "1"}).status_code == 404
    press(client, needs[0], service="PWR-OUTAGE")
    answer = client.post(url(needs[0].number), {"skip": "1"}, follow=True)

    assert "已不在等" in page(answer)
    assert client.session["review"].get("skipped", []) == []
