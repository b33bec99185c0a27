"""A document says the same in PDF and in Word, whatever people wrote into it."""

from datetime import datetime
from io import BytesIO

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from dianliang.integrations.documents.model import (
    Document,
    Facts,
    Heading,
    Paragraph,
    Picture,
    Pictures,
    Signatures,
    Table,
    image_suffix,
)
from dianliang.integrations.documents.pdf import pdf
from dianliang.integrations.documents.word import word
from dianliang.kernel.calendar import SHANGHAI

NOON = datetime(2026, 7, 1, 12, 0, tzinfo=SHANGHAI)


def picture(form: str = "PNG") -> bytes:
    written = BytesIO()
    Image.new("RGB", (60, 40), "#b7791f").save(written, form)
    return written.getvalue()


def notice(words: str = "进户线绝缘老化") -> Document:
    return Document(
        title="用电隐患告知书",
        issuer="国网安吉县供电公司",
        number="YH-000001",
        subtitle="一般隐患",
        code=Picture(picture(), "扫码验真"),
        blocks=[
            Facts([("地点", "孝源街道"), ("限期", "2026-07-08"), ("类别", "一般")]),
            Heading("隐患情况"),
            Paragraph(words),
            Table(columns=["项目", "数值"], rows=[["绝缘电阻", "0.3"]], numbers=frozenset({1})),
            Table(columns=["项目"], rows=[], empty="没有其他隐患"),
            Pictures(pictures=[Picture(picture("JPEG"), "整改前"), Picture(picture(), "整改后")]),
            Signatures([("客户签字", picture()), ("检查人签字", None)]),
        ],
    )


def words_of_pdf(content: bytes) -> str:
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    return "".join(text.split())


def words_of_word(content: bytes) -> str:
    paper = docx.Document(BytesIO(content))
    told = [paragraph.text for paragraph in paper.paragraphs]
    told += [c.text for table in paper.tables for row in table.rows for c in row.cells]
    return "".join("".join(told).split())


def test_both_forms_say_everything():
    one = notice()
    printed = words_of_pdf(pdf([one], title=one.title, made_at=NOON))
    written = words_of_word(word([one], title=one.title, made_at=NOON))
    for text in (
        "用电隐患告知书",
        "国网安吉县供电公司",
        "YH-000001",
        "扫码验真",
        "孝源街道",
        "隐患情况",
        "进户线绝缘老化",
        "绝缘电阻",
        "没有其他隐患",
        "整改前",
        "整改后",
        "客户签字",
        "检查人签字",
    ):
        assert text in printed, text
        assert text in written, text


def test_several_documents_have_contents_and_start_on_new_pages():
    villages = [Document(title=f"{n}号村", blocks=[Paragraph("情况")]) for n in range(1, 6)]
    read = PdfReader(BytesIO(pdf(villages, title="一村一档", made_at=NOON)))
    assert len(read.pages) == 6
    contents = "".join(read.pages[0].extract_text().split())
    assert all(f"{n}号村" in contents for n in range(1, 6))
    assert "第3页，共6页" in "".join(read.pages[2].extract_text().split())


def test_rare_characters_of_names_are_printed_with_our_font():
    printed = pdf([notice("䶮家、𠅤家与㙦家")], title="告知书", made_at=NOON)
    assert "䶮家、𠅤家与㙦家" in words_of_pdf(printed)
    fonts = {
        str(font.get_object()["/BaseFont"])
        for page in PdfReader(BytesIO(printed)).pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert fonts
    assert all("NotoSansSC" in name for name in fonts)


def test_the_same_document_is_printed_to_the_same_bytes():
    first, second = (pdf([notice()], title="告知书", made_at=NOON) for _ in range(2))
    assert first == second


@settings(max_examples=25, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60))
def test_what_people_wrote_is_never_markup(words):
    """Signs of typst (#, $, [, @), of XML and control characters change nothing but themselves."""
    one = notice(f"#panic() $x {words} ]")
    assert pdf([one], title='#read("/etc/passwd")', made_at=NOON).startswith(b"%PDF")
    assert "#panic()$x" in words_of_word(word([one], title="<w:t>", made_at=NOON))


@pytest.mark.parametrize("sign", ["\0", "\x1b", "\ufffe", "\uffff"])
def test_a_sign_that_xml_cannot_carry_is_left_out_and_the_rest_is_said(sign):
    one = Document(
        title=f"告知{sign}书", issuer=f"供电{sign}所", blocks=[Paragraph(f"绝缘{sign}老化")]
    )

    written = words_of_word(word([one], title=one.title, made_at=NOON))

    assert written == "供电所告知书绝缘老化"


def test_what_is_no_picture_is_refused():
    assert image_suffix(picture()) == ".png"
    assert image_suffix(picture("JPEG")) == ".jpg"
    wrong = Document(title="告知书", blocks=[Pictures(pictures=[Picture(b"<svg/>")])])
    for form in (pdf, word):
        with pytest.raises(ValueError, match="JPEG or PNG"):
            form([wrong], title="告知书", made_at=NOON)


def test_nothing_to_print_is_refused():
    for form in (pdf, word):
        with pytest.raises(ValueError, match="nothing"):
            form([], title="空", made_at=NOON)


def test_without_its_font_nothing_is_printed_rather_than_boxes(tmp_path, monkeypatch):
    from dianliang.integrations.documents import pdf as printing

    monkeypatch.setattr(printing, "FOLDER", tmp_path)
    printing._fonts.cache_clear()
    with pytest.raises(printing.MissingFontError, match="字体"):
        pdf([notice()], title="告知书", made_at=NOON)

    monkeypatch.undo()
    assert pdf([notice()], title="告知书", made_at=NOON)
