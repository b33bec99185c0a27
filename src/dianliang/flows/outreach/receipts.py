"""Receipts that come back: signed calls of a channel, or a file that somebody brings."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from dianliang.core import blanks, sheets
from dianliang.core.blanks import Heading
from dianliang.core.checks import Checks
from dianliang.core.sheets import SheetRow
from dianliang.domain.outreach import access
from dianliang.domain.outreach.lifecycle import SAID
from dianliang.domain.outreach.models import Channel, Delivery
from dianliang.domain.outreach.operations.receipts import Said, Taken, take_in
from dianliang.integrations.messaging import signing
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import instant, without_controls

MOST_PER_CALL, MOST_BODY_BYTES = 5000, 2 * 1024 * 1024
EARLY = timedelta(minutes=5)
"""How far the clock of who reports may be ahead of ours."""
NUMBER, STATE, AT, WHY = "消息编号", "状态", "时间", "原因"
WORDS = tuple(word for word in SAID if not word.isascii())
HEADINGS: tuple[Heading, ...] = (
    (NUMBER, "移交文件里的消息编号，原样带回", ()),
    (STATE, "", WORDS),
    (AT, "例如 2026-11-26 09:30；留空按导入时间", ()),
    (WHY, "失败时填写", ()),
)
EXAMPLE = ("CD261126-0001-1-1", "已送达", "2026-11-26 09:30", "")
ADVICE = (
    "在“填写”表里从第 2 行起填写；第 2 行是例子，请删掉或改掉。",
    "同一条消息可以有几行（先送达、后阅读）；重复导入不会重复计数。",
    "任何一行有错，全部都不写入。",
)


def template() -> bytes:
    """Return the table of receipts to fill in."""
    return blanks.template(HEADINGS, example=EXAMPLE, title="触达回执", advice=ADVICE)


def bring(*, number: str, content: bytes, by: Actor, at: datetime) -> Taken:
    """Take in a file of receipts about an outreach.

    Raises:
        NotVisibleError: it is absent or another's.
        UnreadableSheetError, InvalidRowsError: the table; every wrong row is named.
        InvalidInputError: it is empty.
    """
    outreach = access.to_lead(number, by=by)
    rows = sheets.read(content, name="回执", headings=(NUMBER, STATE), optional=(AT, WHY))
    if not rows:
        raise InvalidInputError("回执文件是空的，请从第 2 行起填写。", field="receipts")
    known = set(
        Delivery.objects.filter(round__outreach=outreach)
        .exclude(stage=0)
        .values_list("number", flat=True)
    )
    checks = Checks("回执")
    said = [_said(row, checks, known, at=at) for row in rows]
    checks.raise_if_any()
    name = hashlib.sha256(content).hexdigest()[:16]
    return take_in(said, source="file", source_ref=name, by=by, at=at)


def _said(row: SheetRow, checks: Checks, known: set[str], *, at: datetime) -> Said:
    number = checks.code(row, NUMBER, 40, needed=True)
    if number and number not in known:
        words = f"消息编号 {number} 不是这次触达移交过的消息，请核对。"
        checks.add(row, words, NUMBER)
    state = row.get(STATE)
    if state not in SAID:
        checks.add(row, f"“{STATE}”应为{'、'.join(WORDS)}之一，现为“{state}”。", STATE)
    said_at = _instant(row.get(AT)) if row.get(AT) else at
    if said_at is None or said_at > at + EARLY:
        words = f"“{AT}”应形如 2026-11-26 09:30，且不晚于现在，现为“{row.get(AT)}”。"
        checks.add(row, words, AT)
    return Said(
        number=number,
        stage=SAID.get(state, 0),
        said_at=said_at or at,
        reason=checks.text(row, WHY, 120),
        is_dated=bool(row.get(AT)),
    )


def _instant(text: str) -> datetime | None:
    try:
        return instant(text.strip().replace("/", "-"), field="at", label=AT)
    except InvalidInputError:
        return None


def called(*, code: str, body: bytes, signature: str, at: datetime) -> Taken:
    """Take in what a channel tells by itself: signed with its secret, however often it comes.

    One that was taken out of use still tells of what it carried before.

    Raises:
        NotVisibleError: no such channel, or the signature is wrong, old or missing.
        InvalidInputError: the body is none that we know; nothing of it was kept.
    """
    rows = Channel.objects.exclude(kind=Channel.Kind.FILE)
    channel = None if "\0" in code else rows.filter(code=code).first()
    secret = channel.secret if channel is not None else ""
    if channel is None or not signing.is_signed(body, signature, secret=secret, at=at):
        raise NotVisibleError("没有这个通道，或签名不对。")
    told = _rows(body)
    said = [_heard(row, place, at=at) for place, row in enumerate(told, start=1)]
    own = set(
        Delivery.objects.filter(
            number__in=[one.number for one in said], round__channel=channel
        ).values_list("number", flat=True)
    )
    by = Actor(id=f"channel:{code}", name=channel.name, role=Role.SYSTEM)
    name = f"{code} {hashlib.sha256(body).hexdigest()[:16]}"
    kept = [one for one in said if one.number in own]
    taken = take_in(kept, source="callback", source_ref=name, by=by, at=at)
    strange = tuple(one.number for one in said if one.number not in own)
    return Taken(new=taken.new, known=taken.known, strange=taken.strange + strange)


def _rows(body: bytes) -> list[Any]:
    if len(body) > MOST_BODY_BYTES:
        raise InvalidInputError("一次回执不能超过 2 MB，请分开发送。", field="receipts")
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidInputError("回执不是 JSON。", field="receipts") from error
    rows = told.get("receipts") if isinstance(told, dict) else None
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_PER_CALL:
        message = Phrase("receipts 应为 1 到 %(n)d 条的列表。", n=MOST_PER_CALL)
        raise InvalidInputError(message, field="receipts")
    return rows


def _heard(row: Any, place: int, *, at: datetime) -> Said:
    found: Mapping[str, Any] = row if isinstance(row, dict) else {}
    number, state = str(found.get("id", "")), str(found.get("state", ""))
    said_at = _instant(str(found["at"])) if found.get("at") else at
    if not (number.isascii() and number.isprintable() and 0 < len(number) <= 40):
        raise InvalidInputError(Phrase("第 %(n)d 条缺少 id。", n=place), field="receipts")
    if state not in SAID or not state.isascii():
        known = "、".join(word for word in SAID if word.isascii())
        raise InvalidInputError(
            Phrase("第 %(n)d 条的 state 应为 %(known)s。", n=place, known=known), field="receipts"
        )
    if said_at is None or said_at > at + EARLY:
        raise InvalidInputError(
            Phrase("第 %(n)d 条的 at 应为不晚于现在的 ISO 8601 时间。", n=place), field="receipts"
        )
    reason = without_controls(str(found.get("reason") or ""))[:120]
    return Said(
        number=number,
        stage=SAID[state],
        said_at=said_at,
        reason=reason,
        is_dated=bool(found.get("at")),
    )
