"""Pages about appraisals: each opens with and without content; what is refused says why."""

import pytest
from django.test import Client
from django.urls import reverse

from dianliang.core.models import User
from dianliang.domain.appraisal.models import Duty, RuleBook, TaskList
from dianliang.faces.ui.requests import now
from dianliang.kernel.actor import Role
from tests.appraisals import DAY, Appraisal
from tests.partyworld import Party
from tests.town import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def it(town):
    it = Appraisal(Party(town, now()))
    branch = it.party.branch("YS", "S1")
    it.post(branch, "secretary", it.party.person("书记", "S1", branch))
    return it


def enter(it: Appraisal, role: Role, unit: str = "AJ", person: str = "") -> Client:
    user: User = it.party.town.user(f"{role}-{unit}-{person}", role, unit)
    if person:
        who = it.party.people[person]
        who.user = user
        who.save()
    client = Client()
    client.login(username=user.username, password=PASSWORD)
    return client


def at(name: str, *parts: str) -> str:
    return reverse(f"console:appraisal_{name}", args=parts)


NEXT = {
    "lists": "去起草任务清单模板",
    "books": "还没有规则，选一个样本开始。",
    "rounds": "去起草考评办法",
    "appeals": "没有待裁定的申诉。",
    "mine": "您的账号没有关联人员",
}


@pytest.mark.parametrize(("name", "words"), NEXT.items())
def test_an_empty_page_says_what_to_do_next(it, name, words):
    answer = enter(it, Role.PARTY_AFFAIRS).get(at(name))

    assert answer.status_code == 200
    assert words in answer.content.decode()


def test_a_rule_is_begun_written_published_and_a_list_follows(it):
    client = enter(it, Role.PARTY_AFFAIRS)
    client.post(at("begin"), {"starter": "month", "name": "月清单", "unit": "AJ"})
    book = RuleBook.objects.get()
    page = client.get(at("book", book.number)).content.decode()
    assert "100 / 100" in page

    row = {"title": ["开会", ""], "post": ["secretary", ""], "measure": ["meeting", ""]}
    row |= {"whose": ["branch", "own"], "least": ["1", ""], "weight": ["90", ""]}
    row |= {"due_day": ["", ""], "reason": "试行", "seen": "0"}
    client.post(at("book_act", book.number, "keep"), row)
    refused = client.post(at("book_act", book.number, "enact"), {"seen": "1"})
    assert refused.status_code == 422
    assert "权重合计应为 100，现在“支部书记”合计 90" in refused.content.decode()
    stale = client.post(at("book_act", book.number, "keep"), row)
    assert stale.status_code == 409
    wrong = client.post(
        at("book_act", book.number, "keep"), {**row, "seen": "1", "weight": ["x", ""]}
    )
    assert wrong.status_code == 422
    assert "第 1 行权重应填整数" in wrong.content.decode()
    client.post(at("book_act", book.number, "keep"), {**row, "weight": ["100", ""], "seen": "1"})
    client.post(at("book_act", book.number, "enact"), {"seen": "2"})
    client.post(at("publish"), {"book": book.number, "unit": "AJ", "on": f"{it.party.on}"})

    held = TaskList.objects.get()
    for name, parts in (("list", ()), ("duties", ()), ("list_sheet", ())):
        assert client.get(at(name, held.number, *parts)).status_code == 200
    assert Duty.objects.get().title == "开会"


def test_a_member_reports_on_his_own_page_and_the_clerk_confirms(it):
    it.task_list()
    duty = Duty.objects.get(title__startswith="讲党课")
    phone = enter(it, Role.STEWARD, "S1", "书记")
    own = reverse("field:tasks")
    assert duty.title in phone.get(own).content.decode()

    short = phone.post(own, {"act": "report", "number": duty.number, "words": ""})
    assert short.status_code == 422
    other = Duty.objects.exclude(pk=duty.pk).filter(measure="meeting").get()
    typed = phone.post(own, {"act": "report", "number": other.number, "words": "开过了"})
    assert typed.status_code == 422
    assert "不能手工填报" in typed.content.decode()
    phone.post(own, {"act": "report", "number": duty.number, "words": "讲了一次"})
    clerk = enter(it, Role.PARTY_AFFAIRS)
    clerk.post(at("duty_act", duty.number, "confirm"))

    duty.refresh_from_db()
    assert duty.status == "DONE"
    assert "讲了一次" in clerk.get(at("duty", duty.number)).content.decode()
    again = clerk.post(at("duty_act", duty.number, "confirm"))
    assert again.status_code == 422


def test_nobody_reports_for_another_on_the_own_page(it):
    branch = it.party.people["书记"].belongings.get().branch
    it.party.person("党员", "S1", branch)
    it.task_list()
    duty = Duty.objects.get(title__startswith="讲党课")
    phone = enter(it, Role.STEWARD, "S1", "党员")

    sent = {"act": "report", "number": duty.number, "words": "我来报"}
    assert phone.post(reverse("field:tasks"), sent).status_code == 404


def test_a_contest_is_announced_and_its_provisional_standing_opens_to_records(it):
    client = enter(it, Role.PARTY_AFFAIRS)
    book = it.book("pioneer")
    asked = {"book": book.number, "title": "先锋支部", "unit": "AJ"}
    late = {"since": f"{it.party.on}", "until": f"{it.party.on + 30 * DAY}"}
    assert client.post(at("announce"), {**asked, **late}).status_code == 422
    answer = client.post(at("announce"), {**asked, **late, "since": f"{it.party.on + DAY}"})
    page = client.get(answer.url).content.decode()
    assert "临时名次" in page
    number = book.editions.get().rounds.get().number
    for name, parts in (("subject", ("YS",)), ("round_file", ("xlsx",))):
        assert client.get(at(name, number, *parts)).status_code == 200
    assert client.get(at("round_file", number, "pdf")).status_code == 404  # no result yet


def test_a_list_costs_as_many_queries_with_many_people_as_with_one(
    it, django_assert_max_num_queries
):
    branch = it.party.people["书记"].belongings.get().branch
    for number in range(12):
        it.party.person(f"党员{number}", "S1", branch)
    held = it.task_list()
    client = enter(it, Role.COMMANDER)

    with django_assert_max_num_queries(45):
        page = client.get(at("list", held.number))
    assert page.status_code == 200
    with django_assert_max_num_queries(45):
        client.get(at("duties", held.number))
