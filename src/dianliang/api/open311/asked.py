"""What was asked for, read strictly: a value that means nothing is named, not guessed."""

import math
from datetime import UTC, datetime, timedelta

from django.http import QueryDict

from dianliang.api.open311.forms import Open311Error
from dianliang.domain.intake.queries.requests import Search
from dianliang.domain.territory.queries import county
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.text import clean_text

SPAN = timedelta(days=90)
"""The standard's longest span between start_date and end_date."""
FIRST_YEAR, LAST_YEAR = 2000, 2100
MOST_ROWS, MOST_PAGES = 1000, 10_000
MOST_IDS = 200
STATUSES = frozenset({"open", "closed"})


def require_jurisdiction(asked: QueryDict) -> None:
    """Refuse a jurisdiction that is not ours; none means ours.

    Raises:
        Open311Error: it is another one.
    """
    given, ours = asked.get("jurisdiction_id", ""), county()
    if given and (ours is None or given != ours.code):
        raise Open311Error(404, "jurisdiction_id: 这里没有这个辖区。")


def search(asked: QueryDict, *, at: datetime) -> Search:
    """Return which requests are asked for.

    Raises:
        InvalidInputError: a value is not what the standard says.
    """
    ids = codes(asked.get("service_request_id", ""), "service_request_id")
    start = instant(asked.get("start_date", ""), "start_date")
    end = instant(asked.get("end_date", ""), "end_date")
    if not ids:
        end = end or (start + SPAN if start else at)
        start = max(start or end - SPAN, end - SPAN)
    status = {part.strip() for part in asked.get("status", "").split(",") if part.strip()}
    if not status <= STATUSES:
        raise InvalidInputError("应为 open 或 closed。", field="status")
    return Search(
        ids=ids,
        service_codes=codes(asked.get("service_code", ""), "service_code"),
        start=start,
        end=end,
        updated_after=instant(asked.get("updated_after", ""), "updated_after"),
        updated_before=instant(asked.get("updated_before", ""), "updated_before"),
        status=status.pop() if len(status) == 1 else "",
        page=whole(asked.get("page", ""), "page", most=MOST_PAGES, missing=1),
        page_size=whole(asked.get("page_size", ""), "page_size", most=MOST_ROWS, missing=MOST_ROWS),
    )


def codes(text: str, field: str) -> tuple[str, ...]:
    """Return the parts of a list, at most 200."""
    parts = clean_text(text, field=field, label="编号", most=MOST_IDS * 41).split(",")
    return tuple(part.strip()[:40] for part in parts if part.strip())[:MOST_IDS]


def instant(text: str, field: str) -> datetime | None:
    """Return an instant in W3C form; without an offset it is UTC."""
    if not text:
        return None
    try:
        parsed = datetime.fromisoformat(text)
        found = parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidInputError("时间应为 ISO 8601 格式。", field=field) from error
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        message = f"年份应在 {FIRST_YEAR} 到 {LAST_YEAR} 之间。"
        raise InvalidInputError(message, field=field)
    return found


def number(text: str, field: str) -> float | None:
    """Return a finite decimal number."""
    if not text:
        return None
    try:
        value = float(text)
    except ValueError as error:
        raise InvalidInputError("应为十进制数字。", field=field) from error
    if not math.isfinite(value):
        raise InvalidInputError("应为有限的数字。", field=field)
    return value


def whole(text: str, field: str, *, most: int, missing: int) -> int:
    """Return a whole number from 1 to `most`."""
    if not text:
        return missing
    fits = text.isascii() and text.isdecimal() and len(text) <= len(str(most))
    if not fits or not 1 <= int(text) <= most:
        raise InvalidInputError(f"应为 1 到 {most} 的整数。", field=field)
    return int(text)
