"""A firm looks at itself by its link, and at nobody else; it books a visit and sees what it did."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from dianliang.core.models import AuditEvent
from dianliang.domain.enterprises.models import Finding, FirmPass
from dianliang.domain.work.models import Job
from dianliang.faces.portal import firms
from dianliang.faces.ui.requests import now, today
from dianliang.flows import claims
from dianliang.flows.carbon import keeping
from dianliang.flows.enterprises import following, measuring, own
from dianliang.kernel.actor import Role
from tests.claims import POWER_ROW, clerk, estimate, table
from tests.faces.test_access import log_in
from tests.firms import firms_of, run_of
from tests.town import NOON

HOME = "/console/enterprises/"
UNTIL = today() + timedelta(days=90)


@pytest.fixture
def county(town, tmp_path, settings):
    settings.HOME = tmp_path
    firms_of(town, tmp_path)
    return run_of(town)


def link_of(town, number):
    """Give a firm a link; return its page's address."""
    made = own.issue(number=number, post="能源管理岗", valid_until=UNTIL, by=town.actor(), at=now())
    return f"/e/{made.token}/"


@pytest.mark.row("003-15")
@pytest.mark.row("000-08")
def test_a_firm_gets_a_link_sees_its_own_findings_and_books_a_visit(county, town):
    """The desk issues, the firm signs in, books, the desk sees the job; the report is its own."""
    desk = log_in(town, Role.DISPATCHER, "LM")
    sent = {"post": "能源管理岗", "until": UNTIL.isoformat()}
    page = desk.post(f"{HOME}firms/QY-1/link/", sent).content.decode()
    address = re.search(r'value="(http[^"]+/e/[^"]+)"', page).group(1)
    assert (
        address.rpartition("/e/")[2].strip("/")
        not in desk.get(f"{HOME}firms/QY-1/").content.decode()
    )

    firm = Client()
    assert firm.post("/e/", {"link": "x" * 24}).status_code == 422
    answer = firm.post("/e/", {"link": address})
    page = firm.get(answer.url).content.decode()
    assert "演示第 1 厂" in page
    assert "演示第 2 厂" not in page
    for words in ("哪里能省", "规则和要核对的", "平均日负荷", "电费花在哪些时段", "演示电价"):
        assert words in page
    assert firm.get("/e/").url == answer.url

    finding = Finding.objects.filter(analysis__customer__number="QY-1", is_counted=True)[0]
    book = f"{answer.url}findings/{finding.number}/book/"
    late = firm.post(book, {"on": (today() + timedelta(days=90)).isoformat(), "half": "am"})
    assert late.status_code == 422
    day = today() + timedelta(days=3)
    assert firm.post(book, {"on": day.isoformat(), "half": "am"}).status_code == 302
    job = Job.objects.get(finding__finding=finding)
    assert job.windows[0][0].startswith(f"{day}T")
    assert finding.decisions.get().decided_name == "企业 QY-1"
    assert "已约上门" in firm.get(answer.url).content.decode()
    assert job.number in desk.get(f"{HOME}firms/QY-1/").content.decode()
    assert firm.get(f"{answer.url}report.pdf").content.startswith(b"%PDF")
    trail = AuditEvent.objects.filter(verb="enterprises.firmanalysis.export").get()
    assert (trail.actor_name, trail.target_id) == ("企业 QY-1", "QY-1")


def test_no_effect_is_told_before_the_visit_is_done_and_what_is_declined_is_said(county, town):
    found = Finding.objects.filter(analysis__customer__number="QY-1").order_by("place")
    first, second = found[0], found[1]
    by, at = town.actor(), now()
    following.decide(number=first.number, verdict="accepted", words="", by=by, at=at)
    following.visit(number=first.number, by=by, at=at)
    following.decide(number=second.number, verdict="declined", words="已在改造", by=by, at=at)
    claims.restate_claim(
        draft=estimate(key=measuring.key_of(first.number)), reason="核实", by=clerk(town), at=at
    )
    firm, address = Client(), link_of(town, "QY-1")

    page = firm.get(address).content.decode()
    assert "做了之后" not in page
    assert "不计入合计（不处理）" in page

    Job.objects.filter(finding__finding=first).update(status="DONE", done_at=at)
    assert "做了之后" in firm.get(address).content.decode()


def test_a_firm_reaches_nothing_of_its_neighbour(county, town):
    address = link_of(town, "QY-1")
    other = Finding.objects.filter(analysis__customer__number="QY-2")[0]
    account = keeping.open_account(
        name="第 2 厂",
        kind="firm",
        boundary="厂区用电",
        unit_code="S1",
        subject_number="QY-2",
        by=clerk(town),
        at=NOON,
    ).number
    firm = Client()
    day = {"on": (today() + timedelta(days=3)).isoformat(), "half": "am"}

    assert firm.post(f"{address}findings/{other.number}/book/", day).status_code == 404
    assert firm.get(f"{address}carbon/{account}/").status_code == 404
    assert account not in firm.get(address).content.decode()
    assert not Job.objects.exists()


def test_a_firm_sees_its_own_carbon_account_and_not_whom_it_overlaps_with(county, town):
    for name, subject in (("第 1 厂", "QY-1"), ("邻厂", "QY-2")):
        number = keeping.open_account(
            name=name,
            kind="firm",
            boundary="厂区用电",
            unit_code="S1",
            subject_number=subject,
            by=clerk(town),
            at=NOON,
        ).number
        keeping.take_in(
            number=number, content=table(POWER_ROW), name="用能.csv", by=clerk(town), at=NOON
        )
    firm, address = Client(), link_of(town, "QY-1")
    page = firm.get(address).content.decode()
    inside = re.search(rf'href="({address}carbon/[^"]+)"', page).group(1)
    page = firm.get(inside).content.decode()

    assert "重复计算，请与供电所核对" in page
    assert "邻厂" not in page
    assert "办公楼总表" in page


def test_a_link_that_was_taken_back_or_is_over_opens_nothing(county, town):
    address = link_of(town, "QY-1")
    firm = Client()
    assert firm.get(address).status_code == 200
    desk = log_in(town, Role.DISPATCHER, "LM")
    number = FirmPass.objects.get().number
    assert desk.post(f"{HOME}links/{number}/back/").status_code == 302
    assert firm.get(address).status_code == 404
    assert firm.get("/e/").status_code == 200
    verbs = AuditEvent.objects.filter(verb__startswith="enterprises.firmpass")
    assert sorted(verbs.values_list("verb", flat=True)) == [
        "enterprises.firmpass.issue",
        "enterprises.firmpass.open",
        "enterprises.firmpass.revoke",
    ]
    second = link_of(town, "QY-1")
    FirmPass.objects.filter(revoked_at=None).update(valid_until=today() - timedelta(days=1))
    assert firm.get(second).status_code == 404


def test_a_firm_that_was_not_analysed_reads_why(county, town):
    page = Client().get(link_of(town, "QY-3")).content.decode()

    assert "没有读数" in page


def test_a_firm_cannot_book_what_the_desk_declined_nor_fill_the_crews_days(county, town):
    """A declined finding stays so; a half day is booked once; three visits wait at most."""
    address, firm = link_of(town, "QY-1"), Client()
    findings = list(Finding.objects.filter(analysis__customer__number="QY-1"))
    declined, *others = findings
    following.decide(
        number=declined.number, verdict="declined", words="已核对", by=town.actor(), at=now()
    )

    def asked(finding, days, half="am"):
        day = (today() + timedelta(days=days)).isoformat()
        place = f"{address}findings/{finding.number}/book/"
        return firm.post(place, {"on": day, "half": half, "key": finding.number})

    refused = asked(declined, 3)
    assert (refused.status_code, "已决定不采纳" in refused.content.decode()) == (422, True)
    assert declined.decisions.count() == 1
    assert asked(others[0], 3).status_code == 302
    again = asked(others[1], 3)
    assert (again.status_code, "这半天已约了上门" in again.content.decode()) == (422, True)
    assert asked(others[1], 3, "pm").status_code == 302
    booked = Job.objects.filter(finding__isnull=False)
    assert booked.count() == 2
    booked.update(windows=[["2030-01-01T08:30:00+08:00", "2030-01-01T11:30:00+08:00"]])
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(own, "MOST_OPEN", 2)
        full = asked(others[2], 5)
    assert (full.status_code, "已有 2 次上门在等" in full.content.decode()) == (422, True)
    assert booked.count() == 2


def test_the_device_forgets_a_link_that_is_over_and_reads_whom_to_ask(county, town):
    address, firm = link_of(town, "QY-1"), Client()
    kept = firm.get(address).cookies["firm"]
    assert 89 * 86_400 < kept["max-age"] <= 91 * 86_400
    FirmPass.objects.update(revoked_at=now(), revoked_by="值班")
    for place in (address, f"{address}report.pdf"):
        gone = firm.get(place)
        assert gone.status_code == 404
        assert "链接不对，或已收回、过期。请向供电所要新的链接。" in gone.content.decode()
    assert firm.cookies["firm"].value == ""
    firm.cookies["firm"] = "x" * 24
    assert firm.get("/e/").cookies["firm"]["max-age"] == 0


def test_wrong_links_are_counted_and_a_right_one_opens_from_the_same_address(county, town):
    address, firm = link_of(town, "QY-1"), Client()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(firms, "MOST_TRIES", 2)
        answers = [firm.get(f"/e/{'x' * 23}{n}/").status_code for n in range(4)]
        assert answers == [404, 404, 429, 429]
        assert "提交太频繁" in firm.post("/e/", {"link": "x" * 24}).content.decode()
        assert firm.get(address).status_code == 200
        assert firm.post("/e/", {"link": address}).status_code == 302
