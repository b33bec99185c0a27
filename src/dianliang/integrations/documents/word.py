"""Documents as Word files, by python-docx."""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

import docx
from docx.document import Document as Paper
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import _Cell as Cell
from docx.text.paragraph import Paragraph as Line

from dianliang.integrations.documents.model import (
    Block,
    Document,
    Facts,
    Heading,
    Link,
    Paragraph,
    Pictures,
    Signatures,
    Table,
    image_suffix,
)
from dianliang.kernel.text import without_controls

FACES = {"Normal": "仿宋", "Title": "黑体", "Heading 1": "黑体", "Heading 2": "黑体"}
"""Faces of official papers, named only: every Chinese Windows has them, we ship none."""
QUIET = RGBColor(0x5B, 0x6B, 0x76)
LINKED = RGBColor(0x12, 0x61, 0x6B)
TEXT_MM = 170.0


def word(documents: Sequence[Document], *, title: str, made_at: datetime) -> bytes:
    """Write documents into one Word file (docx), each from a new page.

    Raises:
        ValueError: there is no document, or a picture is neither JPEG nor PNG.
    """
    if not documents:
        raise ValueError("nothing to print")
    paper = docx.Document()
    _dress(paper)
    paper.core_properties.title = without_controls(title)
    paper.core_properties.author = without_controls(documents[0].issuer)
    paper.core_properties.created = paper.core_properties.modified = made_at
    for index, document in enumerate(documents):
        if index:
            paper.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        _write(paper, document)
    written = BytesIO()
    paper.save(written)
    return written.getvalue()


def _dress(paper: Paper) -> None:
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin, section.bottom_margin = Mm(20), Mm(18)
    for name, face in FACES.items():
        style = paper.styles[name]
        if not isinstance(style, ParagraphStyle):
            continue
        style.font.name = face
        style.font.color.rgb = RGBColor(0x1C, 0x2B, 0x36)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("w:eastAsia", "w:hAnsi", "w:ascii"):
            fonts.set(qn(kind), face)
    normal = paper.styles["Normal"]
    if isinstance(normal, ParagraphStyle):
        normal.font.size = Pt(11)


def _write(paper: Paper, document: Document) -> None:
    if document.issuer:
        _quiet(paper, document.issuer)
    paper.add_heading(without_controls(document.title), 0)
    label = "编号" if document.language == "zh" else "No."
    number = f"{label} {document.number}" if document.number else ""
    line = "　".join(filter(None, (document.subtitle, number)))
    if line:
        _quiet(paper, line)
    if document.code:
        _picture(paper.add_paragraph(), document.code.content, width_mm=24)
        _quiet(paper, document.code.caption)
    for block in document.blocks:
        _block(paper, block)


def _block(paper: Paper, block: Block) -> None:
    match block:
        case Heading(text, level):
            paper.add_heading(without_controls(text), level)
        case Paragraph(text, True):
            _quiet(paper, text)
        case Paragraph(text, _):
            paper.add_paragraph(without_controls(text))
        case Facts(rows):
            _facts(paper, rows)
        case Table():
            _table(paper, block)
        case Pictures():
            _pictures(paper, block)
        case Signatures(places):
            _signatures(paper, places)


def _quiet(paper: Paper, text: str) -> None:
    run = paper.add_paragraph().add_run(without_controls(text))
    run.font.size = Pt(9)
    run.font.color.rgb = QUIET


def _facts(paper: Paper, rows: Sequence[tuple[str, str]]) -> None:
    table = paper.add_table(rows=(len(rows) + 1) // 2, cols=4, style="Table Grid")
    for index, (label, value) in enumerate(rows):
        cells = table.rows[index // 2].cells
        left = 2 * (index % 2)
        _say(cells[left], label, is_bold=True)
        _say(cells[left + 1], value)
    paper.add_paragraph()


def _table(paper: Paper, block: Table) -> None:
    if block.caption:
        _quiet(paper, block.caption)
    table = paper.add_table(rows=1, cols=len(block.columns), style="Table Grid")
    table.autofit = False
    shares = block.widths or [1.0] * len(block.columns)
    widths = [Mm(TEXT_MM * share / sum(shares)) for share in shares]
    head = table.rows[0]
    # A head that repeats is the only way to read a table of several pages.
    properties = head._tr.get_or_add_trPr()  # noqa: SLF001 (no public way to it)
    properties.append(OxmlElement("w:tblHeader"))
    for cell, title in zip(head.cells, block.columns, strict=True):
        _say(cell, title, is_bold=True)
    for row in block.rows:
        cells = table.add_row().cells
        for index, (cell, text) in enumerate(zip(cells, row, strict=True)):
            _say(cell, text, is_number=index in block.numbers)
    if not block.rows:
        cells = table.add_row().cells
        _say(cells[0].merge(cells[-1]), block.empty)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    paper.add_paragraph()


def _say(cell: Cell, said: str | Link, *, is_bold: bool = False, is_number: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    run = paragraph.add_run(without_controls(said if isinstance(said, str) else said.text))
    run.bold = is_bold
    run.font.size = Pt(10)
    if isinstance(said, Link):
        run.font.color.rgb = LINKED
        to = paragraph.part.relate_to(said.address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        link = OxmlElement("w:hyperlink")
        link.set(qn("r:id"), to)
        text = run._r  # noqa: SLF001 (no public way to it)
        text.addprevious(link)
        link.append(text)
    if is_number:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _pictures(paper: Paper, block: Pictures) -> None:
    rows = -(-len(block.pictures) // block.columns)
    table = paper.add_table(rows=rows, cols=block.columns)
    width_mm = TEXT_MM / block.columns - 6
    for index, picture in enumerate(block.pictures):
        cell = table.rows[index // block.columns].cells[index % block.columns]
        _picture(cell.paragraphs[0], picture.content, width_mm=width_mm)
        cell.add_paragraph(without_controls(picture.caption))
    paper.add_paragraph()


def _picture(place: Line, content: bytes, *, width_mm: float) -> None:
    image_suffix(content)
    place.add_run().add_picture(BytesIO(content), width=Mm(width_mm))


def _signatures(paper: Paper, places: Sequence[tuple[str, bytes | None]]) -> None:
    table = paper.add_table(rows=2, cols=len(places))
    for index, (label, signed) in enumerate(places):
        above, below = table.rows[0].cells[index], table.rows[1].cells[index]
        if signed:
            image_suffix(signed)
            above.paragraphs[0].add_run().add_picture(BytesIO(signed), height=Mm(15))
        else:
            _say(above, "＿＿＿＿＿＿＿＿")
        _say(below, label)
    paper.add_paragraph()
