"""Papers are kept as they are, or refused: nothing that acts by itself."""

import zlib

import pytest

from dianliang.core import files, papers
from dianliang.kernel.errors import InvalidInputError
from tests.core.test_files import photo
from tests.town import NOON

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def packed(text, *, pack=zlib.compress):
    """Return a PDF with an object stream."""
    body = b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode>>\nstream\n%s\nendstream"
    return PDF.replace(b"<<>>", body % pack(text))


def test_a_pdf_that_opens_at_a_place_or_packs_harmless_objects_is_kept():
    for raw in (
        PDF.replace(b"<<>>", b"<</OpenAction [3 0 R /Fit]>>"),
        packed(b"5 0 <</Type/Page>>"),
    ):
        assert files.read(papers.keep_paper(raw, at=NOON, field="annex")) == raw


def test_a_pdf_is_kept_byte_for_byte_and_a_photo_re_encoded():
    paper = papers.keep_paper(PDF, at=NOON, field="annex")
    picture = papers.keep_paper(photo(), at=NOON, field="annex")

    assert (paper.media_type, files.read(paper)) == ("application/pdf", PDF)
    assert picture.media_type == "image/jpeg"


def test_a_scan_whose_pixels_look_like_a_script_by_chance_is_kept():
    scan = PDF.replace(b"<<>>", b"<</Length 9>>\nstream\n\x8f/JS\x00\xffxyz\nendstream")

    assert files.read(papers.keep_paper(scan, at=NOON, field="annex")) == scan


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (PDF[:-7], "不完整"),
        (PDF.replace(b"<<>>", b"<</JavaScript (x)>>"), "脚本"),
        (PDF.replace(b"<<>>", b"<</Launch (x)>>"), "脚本"),
        (PDF.replace(b"<<>>", b"<<>>\nstream\nx\nendstream\n<</JS (x)>>"), "脚本"),
        (b"<html></html>", "无法识别"),
        (b"\n" + PDF, "无法识别"),
        (PDF.replace(b"<<>>", b"<</S/#4aava#53cript>>"), "脚本"),
        (PDF.replace(b"<<>>", b"<</OpenAction 5 0 R>>"), "自动动作"),
        (PDF.replace(b"<<>>", b"<</A#41 <</O 5 0 R>>>>"), "自动动作"),
        (PDF.replace(b"<<>>", b"%stream\n<</EmbeddedFile 1>>\n%endstream"), "内嵌"),
        (packed(b"5 0 <</JS (x)>>"), "脚本"),
        (packed(b"5 0 <</#4a#53 (x)>>"), "脚本"),
        (packed(b"5 0 <<>>", pack=lambda text: text), "查不清"),
        (packed(b"5 0 " + b" " * 65 * 1024 * 1024), "查不清"),
        (b"%PDF-" + b"0" * papers.MOST_BYTES + b"%%EOF", "20 MB"),
    ],
)
def test_what_is_no_harmless_paper_is_refused(raw, words):
    with pytest.raises(InvalidInputError, match=words):
        papers.keep_paper(raw, at=NOON, field="annex")
