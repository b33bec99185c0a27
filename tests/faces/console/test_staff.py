"""People, certificates, teams and doubles, as party-affairs staff use the pages."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dianliang.core.models import AuditEvent
from dianliang.domain.workforce.models import Certificate, Membership, Person, Team
from dianliang.faces.ui.requests import today
from dianliang.kernel.actor import Role
from tests.core.test_files import photo
from tests.flows.staffing.books import workbook
from tests.staff import certificate, member, person
from tests.town import PASSWORD

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def desk(client, town):
    town.user("party", Role.PARTY_AFFAIRS, "S1")
    client.login(username="party", password=PASSWORD)
    return client


def page(answer, status=200):
    assert answer.status_code == status
    return answer.content.decode()


def test_a_person_is_registered_certified_and_found_by_what_he_can_do(desk, town):
    form = {"name": "周电工", "unit_code": "S1", "phone": "13800000001"}
    assert "请填写姓名" in page(desk.post("/console/staff/new/", {**form, "name": ""}), 422)
    assert 'value="13800000001"' in page(
        desk.post("/console/staff/new/", {**form, "name": ""}), 422
    )
    answer = desk.post(
        "/console/staff/new/", {**form, "roles": ["steward", "lecturer"]}, follow=True
    )
    shown = page(answer)
    number = Person.objects.get().number
    assert "138****0001" in shown
    assert "13800000001" not in shown
    act = f"/console/staff/people/{number}/do/"
    paper = {"skill": "repair", "level": "2", "certificate_number": "ZS-1"}
    days = {"issued_on": today(), "expires_on": today() + 30 * DAY}
    assert "失效日期应晚于" in page(
        desk.post(f"{act}certify/", {**paper, **days, "expires_on": today()}), 422
    )
    scan = SimpleUploadedFile("zs.jpg", photo())
    assert "将到期" in page(
        desk.post(f"{act}certify/", {**paper, **days, "scan": scan}, follow=True)
    )
    row = Certificate.objects.get()
    kept = desk.get(f"/console/staff/people/{number}/evidence/{row.evidence.token}/")
    assert kept["Content-Disposition"].startswith("attachment")
    assert desk.get(f"/console/staff/people/{number}/evidence/x/").status_code == 404

    assert "周电工" in page(desk.get("/console/staff/?skill=repair&role=lecturer&q=13800000001"))
    assert "周电工" not in page(desk.get("/console/staff/?skill=line"))
    assert "还有 30 天" in page(desk.get("/console/staff/expiring/?days=30"))
    reason = {"certificate": row.pk, "on": today(), "reason": "违章"}
    assert "已收回" in page(desk.post(f"{act}withdraw/", reason, follow=True))
    assert "还有 30 天" not in page(desk.get("/console/staff/expiring/?days=30"))


def test_two_presses_register_one_person_and_the_old_may_serve(desk, town):
    form = {"name": "周老", "unit_code": "S1", "born_on": "1941-05-06", "key": "k" * 32}
    first, again = (desk.post("/console/staff/new/", form) for _ in range(2))

    assert first["Location"] == again["Location"]
    assert Person.objects.get().born == "1941-05-06"
    assert "1900 年到" in page(
        desk.post("/console/staff/new/", {**form, "born_on": "0941-05-06"}), 422
    )


def test_hours_and_days_away_are_told_on_the_page(desk, town):
    who = person(town, "P1", "周电工")
    act = "/console/staff/people/P1/do/"
    assert "应为“时:分”" in page(desk.post(f"{act}hours/", {"from-1-1": "09:00"}), 422)
    shown = page(desk.post(f"{act}hours/", {"from-1-1": "09:00", "to-1-1": "12:00"}, follow=True))
    assert "09:00–12:00" in shown
    away = {"first_on": today(), "last_on": today() + DAY, "reason": "培训"}
    assert "培训" in page(desk.post(f"{act}away/", away, follow=True))
    row = who.absences.get()
    page(desk.post(f"{act}back/", {"absence": row.pk}, follow=True))
    assert not who.absences.exists()
    assert desk.post(f"{act}back/", {"absence": row.pk}).status_code == 404
    assert desk.post(f"{act}fly/", {}).status_code == 404


def test_sealed_details_are_shown_once_for_a_reason(desk, town):
    person(town, "P1", "周电工", phone="13800000001")
    address = "/console/staff/people/P1/reveal/"
    assert "请填写查看事由" in page(desk.post(address, {"reason": ""}), 422)
    assert "13800000001" in page(desk.post(address, {"reason": "电话核实"}))
    assert "13800000001" not in page(desk.get("/console/staff/people/P1/"))
    assert AuditEvent.objects.get(verb="workforce.person.reveal").reason == "电话核实"


def test_two_who_are_one_are_merged_side_by_side_and_old_links_still_lead(desk, town):
    team = town.team("D1", "S1")
    kept = person(town, "P1", "王芳", phone="13800000001", title="电管家")
    gone = person(town, "P2", "王芳", phone="13800000002", title="讲师")
    member(team, gone)
    certificate(gone)
    person(town, "P3", "王芳")
    assert page(desk.get("/console/staff/twins/")).count("对照</a>") == 3
    shown = page(desk.get("/console/staff/twins/P1/P2/"))
    assert "证书 1" in shown
    assert Person.objects.count() == 5
    assert "请填写认定依据" in page(desk.post("/console/staff/twins/P1/P2/", {"reason": ""}), 422)
    page(
        desk.post("/console/staff/twins/P1/P3/", {"act": "apart", "reason": "不同人"}, follow=True)
    )

    choice = {"act": "merge", "reason": "已电话核实", "take-phone": "second", "take-title": "first"}
    done = page(desk.post("/console/staff/twins/P1/P2/", choice, follow=True))

    assert "P2 今后指向 P1" in done
    kept.refresh_from_db()
    assert (kept.phone, kept.title) == ("13800000002", "电管家")
    assert Membership.objects.filter(person=kept, team=team).exists()
    assert desk.get("/console/staff/people/P2/")["Location"] == "/console/staff/people/P1/"
    assert "已电话核实" in page(desk.get("/console/staff/merges/"))
    assert desk.get("/console/staff/twins/P1/P2/")["Location"] == "/console/staff/people/P1/"


def test_a_team_is_founded_staffed_led_and_ended(desk, town):
    person(town, "P1", "周电工")
    form = {
        "code": "new",
        "name": "突击队",
        "unit_code": "S1",
        "lat": "30.5",
        "lon": "119.6",
        "shift_starts": "08:30",
        "shift_ends": "17:30",
        "ends_on": today() + 20 * DAY,
    }
    assert "十进制度" in page(desk.post("/console/staff/new-team/", {**form, "lat": "x"}), 422)
    for code in ("a/b", "..", "\0"):
        told = page(desk.post("/console/staff/new-team/", {**form, "code": code}), 422)
        assert ("用在网址里" in told or "无法保存" in told, "突击队" in told) == (True, True)
    page(desk.post("/console/staff/new-team/", form, follow=True))
    act = "/console/staff/teams/new/do/"
    joined = page(
        desk.post(f"{act}join/", {"person": "P1", "on": today(), "leads": "1"}, follow=True)
    )
    assert "队长" in joined
    unknown = desk.post(f"{act}join/", {"person": "NO", "on": today()})
    assert (unknown.status_code, "没有这个人" in unknown.content.decode()) == (422, True)
    assert "临时，至" in page(desk.get("/console/staff/teams/"))
    assert "请填写结束原因" in page(desk.post(f"{act}end/", {"on": today(), "reason": ""}), 422)
    page(desk.post(f"{act}end/", {"on": today() - DAY + DAY, "reason": "任务完成"}, follow=True))
    assert Team.objects.get().ends_on == Membership.objects.get().valid_until == today()
    assert "由调度员办理" in page(desk.post(f"{act}hand_over/", {"to": ""}), 422)


def test_a_list_is_previewed_decided_and_taken_in(desk, town):
    person(town, "P1", "王芳")
    table = workbook(人员=[{"姓名": "王芳", "单位编码": "S1", "电话": "13800000001"}])
    bad = workbook(人员=[{"姓名": "", "单位编码": "S1"}])
    address = "/console/staff/lists/"
    assert "请先选择文件" in page(desk.post(address, {}), 422)
    assert "第 2 行 B 列" in page(
        desk.post(address, {"table": SimpleUploadedFile("b.xlsx", bad)}), 422
    )
    shown = page(desk.post(address, {"table": SimpleUploadedFile("a.xlsx", table)}, follow=True))
    assert "就是 王芳 P1" in shown
    assert "13800000001" not in shown
    number = shown.split('class="soft small number">MD')[1][:11]
    take = f"/console/staff/lists/MD{number}/do/take_in/"
    assert "请选择是哪一位" in page(desk.post(take, {}), 422)
    done = page(desk.post(take, {"row-2": "P1"}, follow=True))
    assert "更新人员" in done
    assert Person.objects.get(number="P1").phone == "13800000001"
    assert desk.get("/console/staff/lists/template.xlsx").content[:2] == b"PK"


def test_an_auditor_reads_and_changes_nothing(client, town):
    person(town, "P1", "周电工")
    town.user("auditor", Role.AUDITOR, "S1")
    client.login(username="auditor", password=PASSWORD)
    shown = page(client.get("/console/staff/people/P1/"))
    assert "certificate_number" not in shown
    assert client.post("/console/staff/people/P1/do/hours/", {}).status_code == 404
    assert client.get("/console/staff/twins/").status_code == 404
