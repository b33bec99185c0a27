"""All files at once: printed in the background, fetched by whoever asked, cleared away."""

import zipfile
from datetime import timedelta
from io import BytesIO

import docx
import pytest
from pypdf import PdfReader

from dianliang.core import files
from dianliang.core.models import AuditEvent, BackgroundJob, StoredFile
from dianliang.domain.network.models import Transformer
from dianliang.domain.territory.models import Area
from dianliang.flows.village_file import exporting, paper, versions
from dianliang.flows.village_file.exporting import UnableToExportError
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from tests.flows.village_file.conftest import NAMES, PHONE
from tests.town import NOON, TODAY
from tests.villages import run_jobs

pytestmark = pytest.mark.django_db


def pdf_text(content):
    return "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


def word_text(content):
    document = docx.Document(BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


@pytest.mark.parametrize(("kind", "read"), [("pdf", pdf_text), ("docx", word_text)])
def test_a_file_on_paper_says_what_the_file_says(filed, kind, read):
    made = paper.print_one(code="V1", kind=kind, on=None, by=filed.actor("S1"), at=NOON)
    text = read(made.content)

    assert made.name == f"余村村供电服务档案-2026-11-24.{kind}"
    for words in ("余村村供电服务档案", "截至 2026-11-24", "B3 公变", "过载", "更换表箱", "配电房"):
        assert words in text, words
    for secret in (*NAMES, PHONE, "12号"):
        assert secret not in text
    assert AuditEvent.objects.get(verb="insight.villageversion.print").after == kind


def test_an_earlier_day_is_printed_as_it_was(filed):
    Transformer.objects.filter(number="B3").update(name="换新公变")
    by, later = filed.actor("S1"), NOON + timedelta(days=5)

    def text(on):
        made = paper.print_one(code="V1", kind="pdf", on=on, by=by, at=later)
        return pdf_text(made.content)

    assert "B3 公变" in text(TODAY)
    assert "换新公变" in text(None)
    assert "第 1 版" in text(TODAY + timedelta(days=1))
    with pytest.raises(NotVisibleError, match="还没有建档"):
        text(TODAY - timedelta(days=1))


def test_an_archive_holds_pdf_and_word_of_every_village_of_the_unit(filed):
    by = filed.actor("S1")
    number = exporting.order(kind="zip", on=None, by=by, at=NOON).pk
    assert exporting.export(number, by=by).is_going_on

    run_jobs(NOON)

    assert exporting.export(number, by=by).is_ready
    found = exporting.fetch(number, by=by, at=NOON)
    with zipfile.ZipFile(found.path) as archive:
        names = set(archive.namelist())
        word = word_text(archive.read("天荒坪镇/余村村供电服务档案-V1.docx"))
    assert names == {
        f"天荒坪镇/{name}供电服务档案-{code}.{kind}"
        for name, code in (("余村村", "V1"), ("大溪村", "V2"))
        for kind in ("pdf", "docx")
    }
    assert "B3 公变" in word
    assert found.name == "供电服务档案-2村-2026-11-24.zip"


@pytest.mark.parametrize("name", ["..", ".", "../../outside", " ..镇\u200b. "])
def test_no_name_of_a_township_leads_out_of_the_archive(filed, name):
    Area.objects.filter(code="T1").update(name=name)
    number = exporting.order(kind="zip", on=None, by=filed.actor("S1"), at=NOON).pk
    run_jobs(NOON)
    found = exporting.fetch(number, by=filed.actor("S1"), at=NOON)
    with zipfile.ZipFile(found.path) as archive:
        for path in archive.namelist():
            folder, file = path.split("/")
            assert folder.strip(". ") == folder
            assert folder
            assert path.isprintable()
            assert file.startswith(("余村村", "大溪村"))


def test_a_bound_pdf_has_contents_and_every_village(filed):
    by = filed.actor("LM")
    number = exporting.order(kind="pdf", on=None, by=by, at=NOON).pk
    run_jobs(NOON)
    text = pdf_text(exporting.fetch(number, by=by, at=NOON).path.read_bytes())

    for village in ("余村村", "大溪村", "石龙村"):
        assert text.count(f"{village}供电服务档案") >= 2  # in the contents and on its page


def test_an_export_of_an_earlier_day_holds_what_was_kept_by_then(filed):
    by, later = filed.actor("LM"), NOON + timedelta(days=3)
    number = exporting.order(kind="zip", on=TODAY, by=by, at=later).pk
    run_jobs(later)

    with zipfile.ZipFile(exporting.fetch(number, by=by, at=later).path) as archive:
        assert len(archive.namelist()) == 2
    with pytest.raises(UnableToExportError, match="还没有任何一村建档"):
        exporting.order(kind="zip", on=TODAY - timedelta(days=9), by=by, at=later)


def test_nobody_else_fetches_it_and_an_unfinished_one_is_not_there(filed):
    by = filed.actor("S1")
    number = exporting.order(kind="pdf", on=None, by=by, at=NOON).pk

    with pytest.raises(NotVisibleError, match="还没有完成"):
        exporting.fetch(number, by=by, at=NOON)
    run_jobs(NOON)
    with pytest.raises(NotVisibleError):
        exporting.fetch(number, by=filed.actor("LM"), at=NOON)


def test_one_person_does_not_fill_the_queue(filed):
    by = filed.actor("S1")
    for _ in range(2):
        exporting.order(kind="pdf", on=None, by=by, at=NOON)

    with pytest.raises(UnableToExportError, match="两个导出任务"):
        exporting.order(kind="pdf", on=None, by=by, at=NOON)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"kind": "exe", "on": None}, "压缩包"),
        ({"kind": "zip", "on": TODAY.replace(year=2027)}, "今天"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(filed, asked, words):
    with pytest.raises(InvalidInputError, match=words):
        exporting.order(**asked, by=filed.actor("S1"), at=NOON)


def test_a_unit_without_villages_exports_nothing(filed):
    nobody = Actor(id="x", name="x", role=Role.COMMANDER)

    with pytest.raises(UnableToExportError, match="没有服务的村社区"):
        exporting.order(kind="zip", on=None, by=nobody, at=NOON)


def test_after_a_week_the_archive_is_gone_and_the_photos_stay(
    filed, django_capture_on_commit_callbacks
):
    by = filed.actor("S1")
    number = exporting.order(kind="pdf", on=None, by=by, at=NOON).pk
    run_jobs(NOON)
    path = exporting.fetch(number, by=by, at=NOON).path
    photos = StoredFile.objects.filter(media_type="image/jpeg").count()

    assert exporting.forget_old(at=NOON + timedelta(days=6)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert exporting.forget_old(at=NOON + timedelta(days=8)) == 1

    assert not path.exists()
    assert StoredFile.objects.filter(media_type="image/jpeg").count() == photos
    assert exporting.forget_old(at=NOON + timedelta(days=9)) == 0
    assert not exporting.export(number, by=by).is_ready


def test_a_photo_that_is_lost_on_disk_does_not_stop_the_printing(filed):
    stored = StoredFile.objects.get(media_type="image/jpeg")
    files.path_of(stored.sha256).unlink()

    made = paper.print_one(code="V1", kind="pdf", on=None, by=filed.actor("S1"), at=NOON)

    assert "更换表箱" in pdf_text(made.content)


def test_a_cancelled_export_keeps_nothing(filed):
    by = filed.actor("S1")
    job = exporting.order(kind="pdf", on=None, by=by, at=NOON)
    BackgroundJob.objects.filter(pk=job.pk).update(status="cancelled")

    assert run_jobs(NOON) == 0
    assert versions.NIGHTLY not in exporting.export(job.pk, by=by).progress_note
    assert not StoredFile.objects.filter(media_type="application/pdf").exists()
