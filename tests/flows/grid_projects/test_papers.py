"""The report fits on two pages and says what is not known."""

from io import BytesIO

import pytest
from django.utils import translation
from docx import Document
from pypdf import PdfReader

from dianliang.faces.ui.templatetags.ui import translated
from dianliang.flows.grid_projects import papers
from tests.projectworld import Works
from tests.town import NOON, TODAY

pytestmark = pytest.mark.django_db


def test_the_report_says_against_what_and_what_is_not_known_on_two_pages(town):
    works = Works(town)
    number = works.running()
    works.report(number)
    asked = {"number": number, "by": works.desk, "on": TODAY, "at": NOON}

    pages = PdfReader(BytesIO(papers.report(kind="pdf", **asked))).pages
    word = Document(BytesIO(papers.report(kind="word", **asked)))

    text = "".join(page.extract_text() for page in pages).replace("\n", "")
    assert len(pages) <= 2
    assert "还不知道的" in text
    assert any("还不知道的" in row.text for row in word.paragraphs)


def test_the_report_is_printed_in_english_for_who_reads_english(town):
    works = Works(town)
    number = works.running()
    works.report(number)
    asked = {"number": number, "by": works.desk, "on": TODAY, "at": NOON, "kind": "pdf"}

    with translation.override("en"):
        made = papers.report(**asked, say=translated, language="en")

    text = "\n".join(page.extract_text() for page in PdfReader(BytesIO(made)).pages)
    assert "Page 1 of" in text
    assert f"No. {number}" in text
    for words in ("里程碑", "关键线路", "属地问题", "还不知道", "晚 ", "万元", "天。"):
        assert words not in text
