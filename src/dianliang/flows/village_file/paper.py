"""The file of a village on paper: one description, printed as PDF and as Word."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO

from PIL import Image

from dianliang.core import audit, files
from dianliang.domain.insight import villages
from dianliang.domain.network import access
from dianliang.domain.territory.queries import spoken_name
from dianliang.flows.village_file.compiling import compile_files
from dianliang.flows.village_file.model import Photo, Section, Table, VillageFile, from_body, said
from dianliang.integrations.documents import model as paper
from dianliang.integrations.documents.pdf import pdf
from dianliang.integrations.documents.word import word
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import NotVisibleError

TITLE = "供电服务档案"
PRINTERS = {"pdf": pdf, "docx": word}
PRINTED_PX = 900
"""A photo is printed 80 mm wide: 280 dots an inch, a fifth of the bytes."""
SIGNERS = ("编制人", "供电所审核", "村（居）委会确认")
LONG = {
    "编号": 1.7,
    "工单号": 1.7,
    "名称": 2.0,
    "事项": 3.0,
    "原因": 2.0,
    "线路或变压器": 2.0,
    "所属线路": 1.6,
    "起点": 1.6,
    "终点": 1.6,
    "停电": 1.4,
    "复电": 1.4,
    "运维单位": 1.6,
    "承办单位": 1.8,
    "队员": 2.0,
}
"""Columns that hold numbers of records and sentences: how much wider than others they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A file on its way out."""

    name: str
    content: bytes


def print_one(*, code: str, kind: str, on: date | None, by: Actor, at: datetime) -> Printed:
    """Print the file of a village as of a day, as ``pdf`` or ``docx``; the export is on record.

    Raises:
        NotVisibleError: it is absent or somebody else's village, or nothing was kept by that day.
    """
    village = access.village_to_see(code, by=by)
    today = at.astimezone(SHANGHAI).date()
    if on is None or on >= today:
        file, version = compile_files([village], at=at)[village.pk], None
    else:
        found = villages.as_of(village, on)
        if found is None:
            raise NotVisibleError("当时还没有建档。")
        file, version = from_body(found.body), found.row.number
    document = document_of(file, on=on or today, version=version)
    content = PRINTERS[kind]([document], title=document.title, made_at=at.astimezone(SHANGHAI))
    audit.record_about(
        "insight.villageversion.print",
        target_type="insight.villageversion",
        target_id=village.code,
        by=by,
        at=at,
        after=kind,
    )
    return Printed(name=f"{document.title}-{on or today}.{kind}", content=content)


def document_of(file: VillageFile, *, on: date, version: int | None) -> paper.Document:
    """Describe a file for the printer."""
    blocks: list[paper.Block] = []
    for section in file.sections:
        blocks += _blocks(section)
    blocks.append(paper.Signatures([(signer, None) for signer in SIGNERS]))
    kept = f"第 {version} 版" if version is not None else "现况"
    return paper.Document(
        title=f"{spoken_name(file.name)}{TITLE}",
        issuer=file.township,
        subtitle=f"截至 {on:%Y-%m-%d}　{kept}",
        number=file.code,
        blocks=blocks,
    )


def _blocks(section: Section) -> list[paper.Block]:
    blocks: list[paper.Block] = [paper.Heading(section.title)]
    if section.facts:
        blocks.append(
            paper.Facts([(fact.label, said(fact.value, fact.unit)) for fact in section.facts])
        )
    blocks += [_table(table) for table in section.tables if table.rows]
    if section.photos:
        blocks.append(paper.Pictures(pictures=_pictures(section.photos)))
    if section.note:
        blocks.append(paper.Paragraph(section.note, is_note=True))
    return blocks


def _table(table: Table) -> paper.Table:
    return paper.Table(
        columns=table.columns,
        rows=[[said(cell) for cell in row] for row in table.rows],
        caption=table.title,
        numbers=table.numbers,
        widths=[LONG.get(column, 1.0) for column in table.columns],
    )


def _pictures(photos: Sequence[Photo]) -> list[paper.Picture]:
    found = []
    for photo in photos:
        path, caption = files.path_of(photo.sha256), f"{photo.caption}（{photo.taken_on}）"
        if path.exists():  # a backup may have come back without its photos
            found.append(paper.Picture(_small(path.read_bytes()), caption))
    return found


def _small(content: bytes) -> bytes:
    with Image.open(BytesIO(content)) as picture:
        picture.thumbnail((PRINTED_PX, PRINTED_PX))
        out = BytesIO()
        picture.save(out, "JPEG", quality=80)
    return out.getvalue()
