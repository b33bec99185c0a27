"""The notice that tells a party of its hazards: a PDF with its number and a code to verify it."""

import io
from datetime import datetime

import segno

from dianliang.core import audit, files
from dianliang.core.models import StoredFile
from dianliang.domain.catalog.models import HazardClass, Party
from dianliang.domain.safety import access
from dianliang.domain.safety.lifecycle import HAZARD_LABELS
from dianliang.domain.safety.models import Hazard, Inspection, Notice
from dianliang.integrations.documents.model import (
    Block,
    Document,
    Facts,
    Heading,
    Paragraph,
    Picture,
    Pictures,
    Signatures,
    Table,
)
from dianliang.integrations.documents.pdf import pdf
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI

TITLE = "用电安全隐患整改通知书"
DUTY = (
    "请在期限内完成整改。整改后扫描右上角二维码上传照片，我们会安排人员上门复查；"
    "复查合格并留存整改前后照片后销号。整改完成前请停用有隐患的线路和电器。"
)


def notice_pdf(*, number: str, link: str, by: Actor, at: datetime) -> tuple[str, bytes]:
    """Return a notice as PDF with its name; `link` is what the code opens, without its token.

    Raises:
        NotVisibleError: it is absent or not the actor's to see.
    """
    notice = access.notice_to_see(number, by=by)
    audit.record("safety.notice.print", target=notice, by=by, at=at)
    content = pdf([document(notice, link=link)], title=f"{TITLE} {notice.number}", made_at=at)
    return f"{notice.number}.pdf", content


def document(notice: Notice, *, link: str) -> Document:
    """Describe a notice: what was found where, by when it is to be put right, and how to say so."""
    inspection = Inspection.objects.select_related(
        "unit", "area", "visit__job", "done_by", "checklist__checklist", "signature", "customer"
    ).get(pk=notice.inspection_id)
    hazards = list(notice.hazards.select_related("before", "after").order_by("number"))
    blocks: list[Block] = [
        Facts(_facts(notice, inspection)),
        Heading("隐患与整改要求"),
        Table(
            columns=["编号", "隐患", "等级", "整改要求", "期限", "状态"],
            rows=[_row(hazard) for hazard in hazards],
            widths=(2.2, 4, 1.4, 4, 1.7, 1.4),
        ),
        Paragraph(DUTY),
        Pictures(pictures=[each for hazard in hazards for each in _pictures(hazard)]),
        Signatures(_signatures(notice, inspection)),
        Paragraph(
            "责任方对隐患有异议的，可拨打 95598 或向签发单位申请复核。"
            f"检查依据：{inspection.checklist}（{inspection.checklist.edition}）。",
            is_note=True,
        ),
    ]
    return Document(
        title=TITLE,
        issuer=inspection.unit.name,
        number=notice.number,
        subtitle=f"致：{Party(notice.party).label}",
        code=Picture(_code(f"{link}{notice.token}/"), "扫码验真、报整改"),
        blocks=blocks,
    )


def _facts(notice: Notice, inspection: Inspection) -> list[tuple[str, str]]:
    job = inspection.visit.job
    return [
        ("检查场所", inspection.checklist.checklist.name),
        ("地点", " ".join(part for part in (inspection.area.name, job.address) if part)),
        ("检查日期", _day(inspection.inspected_at)),
        ("检查人", inspection.done_by.name if inspection.done_by else notice.issued_by),
        ("检查编号", inspection.number),
        ("签发日期", _day(notice.issued_at)),
        ("送达", notice.received_how or "待送达"),
        ("客户编号", inspection.customer.number if inspection.customer else "—"),
    ]


def _row(hazard: Hazard) -> list[str]:
    words = "：".join(part for part in (hazard.item, hazard.words) if part)
    return [
        hazard.number,
        words,
        str(HazardClass(hazard.hazard_class).label),
        hazard.advice or "—",
        _day(hazard.due_at),
        HAZARD_LABELS[hazard.status],
    ]


def _pictures(hazard: Hazard) -> list[Picture]:
    shown = [Picture(files.small(hazard.before), f"{hazard.number} 整改前")]
    if hazard.after is not None:
        shown.append(Picture(files.small(hazard.after), f"{hazard.number} 整改后"))
    return shown


def _signatures(notice: Notice, inspection: Inspection) -> list[tuple[str, bytes | None]]:
    signed: StoredFile | None = inspection.signature if notice.party == Party.CUSTOMER else None
    return [
        (f"{Party(notice.party).label}签收", files.small(signed) if signed else None),
        ("检查人", None),
    ]


def _code(address: str) -> bytes:
    out = io.BytesIO()
    segno.make(address, error="q", micro=False).save(out, kind="png", scale=6, border=2)
    return out.getvalue()


def _day(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d}"
