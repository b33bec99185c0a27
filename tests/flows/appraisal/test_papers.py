"""A result on paper: the bulletin and a certificate as Word and PDF, Excel with every record."""

from io import BytesIO

import openpyxl
import pytest
from docx import Document
from pypdf import PdfReader

from dianliang.core.models import AuditEvent
from dianliang.flows.appraisal import papers, rounds
from dianliang.kernel.errors import NotVisibleError
from tests.appraisals import DAY, Appraisal
from tests.partyworld import Party

pytestmark = pytest.mark.django_db


@pytest.fixture
def it(town, noon):
    it = Appraisal(Party(town, noon))
    branch = it.party.branch("YS", "S1")
    it.post(branch, "secretary", it.party.person("书记", "S1", branch))
    return it


@pytest.fixture
def held(it):
    on = it.party.on
    made = it.round("pioneer", since=on - 30 * DAY, until=on - DAY, at=it.at - 40 * DAY)
    rounds.show(number=made.number, by=it.clerk(), at=it.at)
    rounds.publish(number=made.number, by=it.clerk(), at=it.at + 6 * DAY)
    return made


def said(it):
    return {"by": it.clerk(), "on": it.party.on, "at": it.at}


def test_the_bulletin_names_places_and_rules_in_both_formats(it, held):
    word = papers.bulletin(held.number, kind="docx", edition=None, **said(it))
    pdf = papers.bulletin(held.number, kind="pdf", edition=1, **said(it))

    told = "".join(c.text for t in Document(BytesIO(word.content)).tables for c in t._cells)
    shown = "".join(page.extract_text() for page in PdfReader(BytesIO(pdf.content)).pages)
    for words in ("天荒坪供电所党支部YS", "任务清单平均得分"):
        assert words in told
        assert words in "".join(shown.split())
    assert AuditEvent.objects.filter(verb="appraisal.round.print").count() == 2


def test_a_certificate_comes_once_the_result_is_published(it, held):
    file = papers.certificate(held.number, "YS", kind="docx", **said(it))

    words = "".join(p.text for p in Document(BytesIO(file.content)).paragraphs)
    assert "位列第 1 名" in words
    other = it.round("three_person", since=it.party.on, until=it.party.on + DAY, at=it.at)
    with pytest.raises(NotVisibleError, match="公布后"):
        papers.certificate(other.number, it.party.people["书记"].number, kind="pdf", **said(it))


def test_excel_holds_the_standing_the_rules_and_the_duties(it, held):
    book = openpyxl.load_workbook(
        BytesIO(papers.round_sheet(held.number, edition=None, **said(it)).content)
    )
    assert book["名次"]["B2"].value == "天荒坪供电所党支部YS"
    assert sum(row[6].value for row in book["指标"].iter_rows(min_row=2)) == 100

    listed = it.task_list()
    sheet = openpyxl.load_workbook(BytesIO(papers.list_sheet(listed.number, **said(it)).content))[
        "任务明细"
    ]
    assert sheet.max_row - 1 == listed.duties.count()
