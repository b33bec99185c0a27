"""Which days are off by law alone, for a year whose arrangement is not announced yet.

The State Council announces a year's holidays and 调休 in the autumn before. Until that is loaded,
what the law itself fixes is known: the thirteen days of 《全国年节及纪念日放假办法》 as in force
since 1 January 2025. What only the announcement says is left out rather than guessed: which
weekends are worked, and which working day stands in for a festival on a weekend. Near these days
a promise in working days may end some days off.
"""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path

FESTIVALS = Path(__file__).parent / "data/festivals.json"
"""Spring Festival, Clear and Bright, Dragon Boat and Mid-Autumn by year, in Beijing time, by the
Chinese calendar (GB/T 33661-2017). Twice the new moon falls within ten minutes of midnight:
6 February 2027 and 3 February 2030 stand here, where rough reckonings say another day.
"""
FIXED = (
    ("元旦", (1, 1)),
    ("劳动节", (5, 1)),
    ("劳动节", (5, 2)),
    ("国庆节", (10, 1)),
    ("国庆节", (10, 2)),
    ("国庆节", (10, 3)),
)
SPRING_FESTIVAL = range(-1, 3)
"""From the eve to the third day."""


def statutory_holidays(year: int) -> Mapping[date, str]:
    """Return the days that the law gives everybody off, each with its name.

    Beyond the years of the table only those with a fixed date are known.
    """
    found = {date(year, month, day): name for name, (month, day) in FIXED}
    if str(year) not in _festivals():
        return found
    days = (date.fromisoformat(f"{year}-{day}") for day in _festivals()[str(year)])
    spring, bright, boats, moon = days
    found |= {spring + timedelta(days=n): "春节" for n in SPRING_FESTIVAL}
    # In 2031 Mid-Autumn is on National Day, and one day keeps one name.
    return {bright: "清明节", boats: "端午节", moon: "中秋节"} | found


@cache
def _festivals() -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads(FESTIVALS.read_text(encoding="utf-8"))
    return found
