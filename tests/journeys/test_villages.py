"""A manager, the file of a village, last month, and what he takes to the meeting."""

import zipfile
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import docx
import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from dianliang.domain.network.models import Feeder, Transformer
from dianliang.faces.ui.requests import now, today
from dianliang.flows.village_file import editing, versions
from dianliang.kernel.actor import Role
from tests import town as town_builder
from tests import villages
from tests.journeys.conftest import log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
A_MONTH = timedelta(days=31)


@pytest.fixture
def county(transactional_db):
    """A county whose first village grew since last month."""
    town = town_builder.build()
    villages.network(town)
    by = town.actor("AJ")
    editing.plan(
        code="V1",
        title="更换老旧表箱",
        owner="供电所",
        due_on=today() + timedelta(days=9),
        by=by,
        at=now(),
    )
    versions.keep_one(code="V1", reason="月初核对", by=by, at=now() - A_MONTH)
    line = Feeder.objects.get()
    villages.transformer(line, "B9", town.areas["V1"], installed_on=today(), name="新增公变")
    Transformer.objects.filter(number="B2").update(capacity_kva=400)
    return town


def pdf_text(path):
    return "".join(page.extract_text() for page in PdfReader(path).pages)


def word_text(content):
    document = docx.Document(BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def saved(page, press) -> Path:
    with page.expect_download() as waiting:
        press()
    return Path(waiting.value.path())


@pytest.mark.row("001-07")
@pytest.mark.row("000-18")
def test_a_manager_reads_last_months_file_compares_and_takes_it_along(county, browser_of):
    manager = county.user("manager", Role.COMMANDER, "AJ")
    page = browser_of(False).new_page()
    wrong = []
    page.on("response", lambda answer: wrong.append(answer.url) if answer.status >= 400 else None)
    log_in(page, manager)
    page.goto("/board/")
    page.get_by_role("link", name="村档").click()
    page.get_by_role("link", name="余村村委会").click()
    figures = page.locator("#transformers .figures")
    expect(figures).to_contain_text("4 台")

    page.get_by_label("看哪一天的档案").fill((today() - timedelta(days=20)).isoformat())
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_text("第 1 版，")).to_contain_text("月初核对")
    expect(figures).to_contain_text("3 台")
    expect(page.get_by_text("新增公变")).to_have_count(0)
    before = pdf_text(saved(page, page.get_by_role("link", name="下载 PDF").click))

    page.get_by_role("link", name="回到现况").click()
    page.get_by_role("button", name="比较").click()
    changes = page.get_by_role("region", name="处变化")
    expect(changes).to_contain_text("变压器 +1：B9 新增公变")
    expect(changes).to_contain_text("B2 B2 公变：容量（kVA） 200 → 400")

    page.get_by_role("link", name="← 余村村委会").click()
    after = pdf_text(saved(page, page.get_by_role("link", name="下载 PDF").click))
    path = saved(page, page.get_by_role("link", name="下载 Word").click)
    page.locator("#load").get_by_role("link", name="1 台").first.click()
    expect(page.get_by_role("row", name="B3")).to_contain_text("过载")

    assert "第 1 版" in before
    assert "新增公变" not in before
    for text in (after, word_text(path.read_bytes())):
        for words in ("余村村供电服务档案", "新增公变", "更换老旧表箱", "1,130 kVA"):
            assert words in text, words
    assert wrong == []


@pytest.mark.row("001-07")
def test_all_files_come_as_one_archive_while_the_page_shows_how_far_it_is(county, browser_of):
    manager = county.user("manager", Role.COMMANDER, "AJ")
    page = browser_of(True).new_page()
    log_in(page, manager)
    page.goto("/console/villages/")
    page.get_by_role("button", name="开始导出").click()
    expect(page.get_by_text("正在导出 3 村")).to_be_visible()
    expect(page.get_by_role("progressbar", name="导出进度")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    villages.run_jobs(now())

    ready = page.get_by_role("link", name="下载 3 村")
    expect(ready).to_be_visible()
    with zipfile.ZipFile(saved(page, ready.click)) as archive:
        assert len(archive.namelist()) == 6
        name = next(n for n in archive.namelist() if "余村" in n and n.endswith(".docx"))
        assert "新增公变" in word_text(archive.read(name))
