"""The pages by which an incident is commanded, as a commander presses his way through them."""

import json
import re
from datetime import timedelta

import pytest
from django.test import Client

from dianliang.core.models import User
from dianliang.domain.mobilisation import lines
from dianliang.domain.mobilisation.models import Lesson, LineWork, SituationReport, Whereabouts
from dianliang.domain.workforce.models import Person
from dianliang.faces.ui.requests import now, today
from dianliang.kernel.actor import Role
from tests.flows.incidents.things import opened
from tests.town import PASSWORD

pytestmark = pytest.mark.django_db
KEY = "k" * 32


def enter(town, role, name):
    town.user(name, role, "S1")
    client = Client()
    client.login(username=name, password=PASSWORD)
    return client


@pytest.mark.row("002-08")
def test_a_commander_tells_the_situation_watches_it_and_learns_from_it(flood):
    chief = enter(flood.town, Role.COMMANDER, "chief")
    at = f"/console/incidents/{flood.number}"
    assert "还没有情况报告" in chief.get(f"{at}/reports/").text
    made = chief.post(f"{at}/reports/make/", {"key": KEY}, follow=True)
    assert "第 1 期情况报告" in made.text
    report = SituationReport.objects.get()
    one = f"/console/incidents/reports/{report.number}"
    left = chief.get(f"{one}/records/tasks.unserved/")
    assert "没有所需的装备" in left.text
    for kind, start in (("docx", b"PK"), ("pdf", b"%PDF")):
        assert chief.get(f"{one}/file.{kind}").content.startswith(start)
    assert chief.get(f"{one}/file.xlsx").status_code == 404
    chief.cookies["django_language"] = "en"
    labels = re.findall(r"<(?:h2|h3|dt|th)[^>]*>([^<]*)", chief.get(f"{one}/").text)
    assert [words for words in labels if re.search("[\u4e00-\u9fff]", words)] == []
    del chief.cookies["django_language"]
    chief.post(f"{at}/reports/make/", {"key": "l" * 32})
    second = SituationReport.objects.get(position=2)
    page = chief.get(f"/console/incidents/reports/{second.number}/?to={report.number}")
    assert "增减" in page.text

    live = chief.get(f"{at}/live/")
    assert "每 10 秒自动更新" in live.text
    fresh = chief.get(f"{at}/live/fresh/")
    assert fresh.text.lstrip().startswith('<div id="live"')
    assert chief.get(f"{at}/live/track/A/").json() == {"points": []}

    routes = f"{at}/dispatch/routes/"
    assert "A队" in chief.get(f"{routes}?crew=B&rank=second").text
    assert len(chief.get(f"{routes}drawn/?q=A").json()["crews"]) == 1
    assert chief.get(f"{routes}crews/A/").text.lstrip().startswith("<section")
    assert chief.get(f"{routes}crews/C/").status_code == 404
    assert chief.get(f"{routes}?as=xlsx").content.startswith(b"PK")

    sent = {"words": "灯塔不够", "action": "汛前调拨", "owner": "A-0", "key": KEY}
    wrong = chief.post(f"{at}/lessons/", {**sent, "due_on": "2020-01-01"})
    assert (wrong.status_code, Lesson.objects.count()) == (422, 0)
    due = today() + timedelta(days=30)
    page = chief.post(f"{at}/lessons/", {**sent, "due_on": f"{due}"}, follow=True)
    assert "灯塔不够" in page.text
    assert report.number in page.text
    lesson = Lesson.objects.get()
    done = {"outcome": "已调两座到梅溪库"}
    settle = f"{at}/lessons/{lesson.number}/settle/"
    assert "已落实" in chief.post(settle, done, follow=True).text
    assert chief.post(settle, done).status_code == 422
    undone = chief.get(f"{at}/review/?view=undone")
    assert "没有所需的装备" in undone.text
    assert chief.get(f"{at}/review/file.docx").content.startswith(b"PK")

    party = enter(flood.town, Role.PARTY_AFFAIRS, "party")
    assert "重要客户供电" not in party.get(one + "/").text
    assert party.get(f"{one}/records/supply.followed/").status_code == 404


def test_a_phone_tells_its_places_to_its_own_account_only(flood):
    town = flood.town
    crew = enter(town, Role.STEWARD, "crew")
    Person.objects.filter(number="A-1").update(user=User.objects.get(username="crew"))
    fix = {"lat": 30.5, "lon": 119.6, "accuracy": 8, "at": now().isoformat()}

    def tell(account, fixes):
        body = {"account": account, "sent_at": now().isoformat(), "fixes": fixes}
        return crew.post("/field/positions/", json.dumps(body), content_type="application/json")

    assert tell("user:other", [fix]).status_code == 422
    assert tell("user:crew", "x").status_code == 422
    answer = tell("user:crew", [fix]).json()
    assert (answer["kept"], answer["tracking"]["number"]) == (1, flood.number)
    assert Whereabouts.objects.get().person.number == "A-1"
    day = crew.get("/field/day/").json()["day"]
    assert day["tracking"]["title"] == flood.incident.title


def test_a_commander_corrects_the_kilometres_of_a_line_and_gives_it_up(town):
    chief = enter(town, Role.COMMANDER, "liner")
    do = f"/console/incidents/{opened(town, at=now()).number}/dispatch/do"
    asked = {"line_what": "堤防排灯", "path": "30.5,119.6 30.518,119.6", "km": "2", "rank": "first"}
    assert "已登记" in chief.post(f"{do}/line/", {**asked, "key": KEY}, follow=True).text
    line = LineWork.objects.get()
    at = now()
    told = lines.report(
        line=line,
        team=town.team("A", "S1"),
        span=(0, 1500),
        on=today(),
        told_at=at,
        by=town.actor("S1", Role.STEWARD),
        at=at,
    )

    back = {"report": told.pk, "reason": ""}
    assert chief.post(f"{do}/take_back/", back).status_code == 422
    page = chief.post(f"{do}/take_back/", {**back, "reason": "报错了"}, follow=True)
    assert "这些里程重新待排" in page.text
    assert chief.post(f"{do}/take_back/", {"report": "x", "reason": "报错了"}).status_code == 404
    gone = {"line": line.number, "reason": "险情解除"}
    assert "已完成的保留" in chief.post(f"{do}/cancel_line/", gone, follow=True).text
