"""QR labels to print, cut out and stick on: of gear, of a store and of its shelves."""

import io
from collections.abc import Callable, Sequence
from datetime import datetime

import segno

from dianliang.core import audit
from dianliang.domain.resources import access
from dianliang.domain.resources.queries import stock, things
from dianliang.domain.resources.queries.things import Filters
from dianliang.integrations.documents.model import Document, Paragraph, Picture, Pictures
from dianliang.integrations.documents.pdf import pdf
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase

Address = Callable[..., str]
"""Return the whole address that a label leads to: of a piece, of a store, or of an item in it."""
MOST_LABELS = 300
COLUMNS = 4
ADVICE = "按一张标签一件裁开张贴；手机扫码登录后即可查看或领用。"


def of_gear(*, filters: Filters, address: Address, by: Actor, at: datetime) -> bytes:
    """Return a label for each piece that filters leave.

    Raises:
        InvalidInputError: there is none, or more than a printer should have at once.
    """
    on = at.astimezone(SHANGHAI).date()
    found = list(things.chosen(filters=filters, by=by, on=on)[: MOST_LABELS + 1])
    if not found or len(found) > MOST_LABELS:
        message = Phrase("一次打印 1 到 %(most)s 张标签，请先筛选。", most=MOST_LABELS)
        raise InvalidInputError(message)
    rows = [(f"{piece.number} {piece.name}", address(piece.number)) for piece in found]
    audit.record_about(
        "resources.resource.labels",
        target_type="resources.resource",
        target_id=by.unit_code or "/",
        by=by,
        at=at,
        after=f"{len(rows)}",
    )
    return _sheet("装备标签", rows, at=at)


def parts_of(items: int) -> int:
    """Return in how many parts the labels of a store with so many items are printed."""
    return max(1, -(-(items + 1) // MOST_LABELS))


def of_store(
    *, code: str, part: int = 1, door: Address, item: Address, by: Actor, at: datetime
) -> bytes:
    """Return a part of a store's labels: first its door's, then one for each item in it.

    Raises:
        NotVisibleError: the store is absent or another's, or its labels have no such part.
    """
    store = access.store_to_see(code, by=by)
    labels = [(store.name, door(code))]
    labels += [
        (f"{row.name} {row.spec} {row.shelf}".strip(), item(code, row.item))
        for row in stock.stocks_of(store)
    ]
    rows = labels[(part - 1) * MOST_LABELS : part * MOST_LABELS]
    if part < 1 or not rows:
        raise NotVisibleError("没有这一份标签。")
    audit.record("resources.store.labels", target=store, by=by, at=at, after=f"{len(rows)}")
    return _sheet(f"{store.name}标签", rows, at=at)


def _sheet(title: str, rows: Sequence[tuple[str, str]], *, at: datetime) -> bytes:
    pictures = [Picture(_code(address), words) for words, address in rows]
    advice, labels = Paragraph(ADVICE, is_note=True), Pictures(pictures=pictures, columns=COLUMNS)
    return pdf([Document(title=title, blocks=[advice, labels])], title=title, made_at=at)


def _code(address: str) -> bytes:
    out = io.BytesIO()
    segno.make(address, error="q", micro=False).save(out, kind="png", scale=6, border=2)
    return out.getvalue()
