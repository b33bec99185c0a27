"""The months, quarters and years that task lists are for; days in Shanghai, both included."""

from datetime import date, timedelta

MONTHS = {"month": 1, "quarter": 3, "year": 12}


def period_of(kind: str, on: date) -> tuple[date, date]:
    """Return the first and the last day of the period of a kind that a day lies in.

    Raises:
        KeyError: there is no such kind of period.
    """
    length = MONTHS[kind]
    month = (on.month - 1) // length * length + 1
    first = date(on.year, month, 1)
    over = month + length
    following = date(on.year + (over > 12), over - 12 if over > 12 else over, 1)
    return first, following - timedelta(days=1)


def title_of(kind: str, first: date) -> str:
    """Return what people call a period, such as ``2026年第四季度``."""
    if kind == "year":
        return f"{first.year}年"
    if kind == "quarter":
        return f"{first.year}年第{'一二三四'[(first.month - 1) // 3]}季度"
    return f"{first.year}年{first.month}月"
