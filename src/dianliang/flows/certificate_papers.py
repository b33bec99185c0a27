"""A certificate of hours on paper, with a code that holds all of it, signed."""

import io
from datetime import datetime
from typing import Any

import segno

from dianliang.core import audit
from dianliang.domain.hours import access, queries
from dianliang.domain.hours.models import ServiceCertificate
from dianliang.domain.hours.particulars import UnableToCertifyError
from dianliang.domain.hours.queries import HourRow, hours_words
from dianliang.engines import attesting
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
from dianliang.kernel.phrases import Phrase

TITLE = "志愿服务记录证明"
MOST_DETAIL = 200
"""Lines of the annex: about five pages. The sums above it are of all."""
GROUP = 8
HOW = (
    "核验：用手机扫描二维码打开核验网页；或完全离线：从签发单位网站下载公钥文件 keys.json，运行 "
    "dianliang certificate verify 扫码所得文字 --keys keys.json。二维码含上表全部内容和数字签名，"
    "改动任何一处都不能通过核验。"
)


def paper(*, number: str, address: str, by: Actor, at: datetime) -> tuple[str, bytes]:
    """Return a certificate as PDF with its name; printing is on record.

    `address` is the public page that the code opens; what it verifies stands behind a ``#``, which
    no browser sends to a server by itself.

    Raises:
        NotVisibleError: absent, or another unit's.
        UnableToCertifyError: it was revoked.
    """
    found = access.certificate_to_see(number, by=by)
    if found.status == "REVOKED":
        raise UnableToCertifyError(Phrase("%(number)s 已撤销，不能再打印。", number=number))
    audit.record("hours.servicecertificate.print", target=found, by=by, at=at)
    content = pdf([document(found, address=address)], title=f"{TITLE} {number}", made_at=at)
    return f"{number}.pdf", content


def document(found: ServiceCertificate, *, address: str) -> Document:
    """Describe a certificate: the fields of 民发〔2015〕149号, and the records behind it."""
    statement = attesting.decode(found.payload)
    name = statement.name if statement else found.name
    records = queries.rows(found.records.order_by("started_at", "pk")[:MOST_DETAIL])
    total = found.verified_min + found.declared_min
    blocks: list[Block] = [
        Paragraph(
            f"兹证明 {name} 在 {found.from_on:%Y年%m月%d日} 至 {found.until_on:%Y年%m月%d日} "
            f"期间参加志愿服务，经公示无异议的服务时间共 {hours_words(total)}。"
        ),
        Facts(
            [
                ("姓名", name),
                ("志愿者编号", found.volunteer_number),
                ("证件类型", str(ServiceCertificate.Document(found.document_kind).label)),
                ("证件号码", found.document_number),
                ("签到核实时间", hours_words(found.verified_min)),
                ("人工申报时间", hours_words(found.declared_min)),
                ("志愿服务内容", found.content),
                ("证明出具单位", found.issuer),
                ("负责人", found.head),
                ("经办人", found.handler),
                ("联系方式", found.contact),
                ("出具日期", f"{found.issued_on:%Y-%m-%d}"),
                ("证明编号", found.number),
                ("备注", found.remarks or "—"),
            ]
        ),
        Signatures(
            [("负责人（签字）", None), ("经办人（签字）", None), ("出具单位（盖章）", None)]
        ),
        Pictures(pictures=[Picture(code(found.payload, address=address), "扫码核验")], columns=3),
        Paragraph(HOW, is_note=True),
        Paragraph(f"核验码（与二维码相同，可复制）：{grouped(found.payload)}", is_note=True),
        Heading("附：所依据的志愿服务时间"),
        Table(
            columns=["日期", "服务内容", "身份", "时间", "核实方式"],
            rows=[_line(row) for row in records],
            widths=(1.6, 4, 1.2, 1.8, 1.6),
        ),
    ]
    if more := max(0, found.records.count() - MOST_DETAIL):
        blocks.append(Paragraph(f"另有 {more} 条没有列出，已计入上面的合计。", is_note=True))
    return Document(title=TITLE, issuer=found.issuer, number=found.number, blocks=blocks)


def _line(row: HourRow) -> list[str]:
    how = "签到核实" if row.is_verified else "人工申报"
    if row.takes_back:
        how = f"{how}（冲销 {row.takes_back}）"
    return [_day(row.started_at), row.content or "—", row.role, row.words, how]


def grouped(payload: str) -> str:
    """Return a payload in groups, so that a line can break; verifying leaves the spaces out."""
    return " ".join(payload[i : i + GROUP] for i in range(0, len(payload), GROUP))


def code(payload: str, *, address: str) -> bytes:
    """Return the QR code as PNG: the address in bytes, the payload in the denser letters."""
    parts: Any = [(f"{address}#", None), (payload, None)]  # each in its own mode
    drawn = segno.make(parts, error="m", micro=False)
    out = io.BytesIO()
    drawn.save(out, kind="png", scale=8, border=4)
    return out.getvalue()


def _day(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d}"
