"""What a dispatcher fills in. Shape only: meaning is checked by the flow."""

import re

from django.http import QueryDict

from dianliang.domain.intake.queries.board import TABS, Filters
from dianliang.faces.console.paging import page_number

URGENCIES = (("emergency", "危险"), ("urgent", "紧急"), ("normal", "一般"))
CHANNELS = (
    ("portal", "网页"),
    ("qr", "扫码"),
    ("phone", "电话"),
    ("chat", "微信群"),
    ("window", "窗口"),
    ("steward", "电管家代报"),
    ("open311", "接口"),
)
MOST_NUMBERS = 60
_NUMBER = re.compile(r"[A-Z]{2}\d{6}-\d{1,8}")


def filters_of(query: QueryDict) -> Filters:
    """Read filters from an address; what makes no sense is left out."""
    return Filters(
        tab=query.get("tab", "todo") if query.get("tab") in TABS else "todo",
        q=query.get("q", "").replace("\0", "")[:60],
        service=query.get("service", "").replace("\0", "")[:24],
        unit=query.get("unit", "").replace("\0", "")[:24],
        urgency=query.get("urgency", "") if query.get("urgency") in dict(URGENCIES) else "",
        channel=query.get("channel", "") if query.get("channel") in dict(CHANNELS) else "",
        overdue=query.get("overdue") == "1",
        numbers=_numbers(query.get("numbers", "")),
        page=page_number(query),
    )


def _numbers(text: str) -> str:
    """Keep what looks like numbers of needs: a link from elsewhere chose them."""
    return ",".join(_NUMBER.findall(text)[:MOST_NUMBERS])
