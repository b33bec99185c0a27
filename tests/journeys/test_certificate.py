"""A volunteer, from sign-up to a certificate that a stranger verifies without us or a network."""

import io
import os
import re
import subprocess
import sys
from datetime import timedelta

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from dianliang.domain.hours.models import HourNotice, HourRecord, ServiceCertificate
from dianliang.domain.programs.models import Session, SessionAttendance
from dianliang.faces.ui.requests import now
from dianliang.flows import giving_hours
from dianliang.flows.activities import planning
from dianliang.kernel.actor import Role
from tests.hours import IDENTITY
from tests.journeys.conftest import log_in
from tests.scanning import scanned
from tests.sessions import session_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TITLE = "独居老人用电检查"
PATIENCE_MS = 60_000
"""The first page of a new process loads the whole program, on a machine that others share."""
HERE = {"latitude": 30.51, "longitude": 119.61, "accuracy": 12}


def sign_up(page: Page) -> None:
    page.goto("/activities/")
    page.get_by_role("link", name=TITLE).click()
    page.get_by_label("姓名", exact=True).fill("章小禾")
    page.get_by_label("电话", exact=True).fill("13905720001")
    page.get_by_label("同意").check()
    page.get_by_role("button", name="报名", exact=True).click()
    expect(page.get_by_role("heading", name="章小禾")).to_be_visible()


def come_and_go(page: Page, desk: Page, session: Session) -> None:
    """Check in and out by the code on site; then let two hours have passed."""
    desk.goto(f"/console/activities/{session.number}/screen/")
    page.goto(desk.locator(".code-qr").get_attribute("data-address") or "")
    page.get_by_role("button", name="章小禾，我到了，签到").click()
    expect(page.get_by_text("已签到")).to_be_visible()
    page.get_by_role("button", name="我要走了，签退").click()
    expect(page.get_by_text("已签退").first).to_be_visible()
    planning.follow_clock(at=session.ends_at)
    start = now() - timedelta(hours=3)
    Session.objects.filter(pk=session.pk).update(
        starts_at=start, ends_at=start + timedelta(hours=2), signup_until=start
    )
    SessionAttendance.objects.update(
        checked_in_at=start, checked_out_at=start + timedelta(minutes=110), doubts=[]
    )
    desk.goto(f"/console/activities/{session.number}/")
    desk.get_by_label("服务人数").fill("9")
    desk.get_by_role("button", name="核销入账").click()
    expect(desk.get_by_text("已入账为志愿服务行动")).to_be_visible()


def review_and_announce(desk: Page) -> HourNotice:
    desk.goto("/console/hours/")
    desk.get_by_role("button", name="取入新记录").click()
    expect(desk.get_by_text("取入 1 条")).to_be_visible()
    desk.goto(f"/console/hours/{HourRecord.objects.get().number}/")
    expect(desk.get_by_text("签到核实").first).to_be_visible()
    desk.get_by_label("审核意见").fill("签到签退属实")
    desk.get_by_role("button", name="审核通过").click()
    expect(desk.get_by_text("待公示")).to_be_visible()
    desk.goto("/console/hours/notices/")
    desk.get_by_role("button", name="公示全部").click()
    expect(desk.get_by_text("已开始公示")).to_be_visible()
    return HourNotice.objects.get()


def certify(desk: Page, number: str) -> ServiceCertificate:
    desk.goto("/console/hours/certificates/new/?q=章小禾")
    desk.get_by_role("link", name="开具", exact=True).click()
    desk.get_by_label("证件号码").fill(IDENTITY)
    desk.get_by_label("负责人").fill("李某某")
    desk.get_by_label("联系方式").fill("0572-5012345")
    desk.get_by_role("button", name="出具并签名").click()
    expect(desk.get_by_text("已出具")).to_be_visible()
    certificate = ServiceCertificate.objects.get()
    assert certificate.person.number == number
    return certificate


WITHOUT_NETWORK = """
import runpy, sys

def refuse(event, args):
    if event in {"socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.bind"}:
        raise OSError("there is no network")

sys.addaudithook(refuse)
runpy.run_module("dianliang.cli", run_name="__main__", alter_sys=True)
"""


def offline(tmp_path, *words: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command as a stranger does: no installation, no home, no network."""
    return subprocess.run(
        [sys.executable, "-c", WITHOUT_NETWORK, "certificate", "verify", *words],
        capture_output=True,
        env={**os.environ, "DIANLIANG_HOME": str(tmp_path / "none")},
        check=False,
    )


def test_a_volunteer_is_certified_and_a_stranger_verifies_it_offline(browser_of, town, tmp_path):
    team = town.team("XH", "S1")
    start = now() + timedelta(minutes=30)
    session = session_of(town, team=team, starts_at=start, at=now())
    leader = town.user("leader", Role.PARTY_AFFAIRS, "S1")
    phone, office = browser_of(True), browser_of(False)
    phone.grant_permissions(["geolocation"])
    phone.set_geolocation(HERE)
    page, desk = phone.new_page(), office.new_page()
    for each in (page, desk):
        each.set_default_timeout(PATIENCE_MS)
    sign_up(page)
    log_in(desk, leader)
    come_and_go(page, desk, session)

    notice = review_and_announce(desk)
    page.goto("/hours/")
    page.get_by_role("link", name=notice.number).click()
    expect(page.get_by_text("章**")).to_be_visible()
    expect(page.get_by_text("章小禾")).to_have_count(0)
    giving_hours.publish_due(at=notice.ends_at)
    certificate = certify(desk, HourRecord.objects.get().person.number)
    assert certificate.verified_min == 110

    shown = desk.locator("svg.qr")
    picture = Image.open(io.BytesIO(shown.screenshot())).resize((900, 900))
    text = scanned(picture)
    paper = desk.request.get(f"/console/hours/certificates/{certificate.number}.pdf")
    (tmp_path / "证明.pdf").write_bytes(paper.body())
    for name in ("keys.json", "revoked.json"):
        (tmp_path / name).write_bytes(page.request.get(f"/certificates/{name}").body())
    keys, revoked = str(tmp_path / "keys.json"), str(tmp_path / "revoked.json")

    for source in (text, str(tmp_path / "证明.pdf")):
        told = offline(tmp_path, source, "--keys", keys, "--revoked", revoked)
        assert told.returncode == 0, told.stdout.decode() + told.stderr.decode()
        assert "姓名：章小禾" in told.stdout.decode()
    changed = text[:-9] + ("A" if text[-9] != "A" else "B") + text[-8:]
    assert offline(tmp_path, changed, "--keys", keys).returncode == 1

    stranger = browser_of(True).new_page()
    stranger.goto(text)
    expect(stranger.get_by_text("真实有效")).to_be_visible()
    expect(stranger.get_by_text(re.compile(r"3305\*+1238"))).to_be_visible()

    desk.get_by_text("撤销这份证明").click()
    desk.get_by_label("说明（不公开）").fill("录入有误")
    desk.get_by_role("button", name="撤销", exact=True).click()
    (tmp_path / "revoked.json").write_bytes(page.request.get("/certificates/revoked.json").body())
    told = offline(tmp_path, text, "--keys", keys, "--revoked", revoked)
    assert (told.returncode, "已被签发单位撤销" in told.stdout.decode()) == (1, True)
    page.goto("/v/")
    expect(page.get_by_text("1 小时 50 分").first).to_be_visible()
    expect(page.get_by_text(certificate.number)).to_be_visible()
