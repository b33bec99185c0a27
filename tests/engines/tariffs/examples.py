"""A tariff of round numbers, whose bills can be reckoned by hand."""

from datetime import date, timedelta

import numpy as np

from dianliang.engines.tariffs import Band, BasicRule, Certainty, DayKind, Period, Tariff

ALL = tuple(range(1, 13))
DAYS = tuple(DayKind)


def band(first, last, period, *, months=ALL, days=DAYS):
    return Band(
        months=tuple(months),
        days=tuple(days),
        from_minute=first * 60,
        until_minute=last * 60,
        period=period,
    )


def tariff(**changes):
    """Peak 8–20 at 1.00, valley 20–8 at 0.30; 40 a kW, 30 a kVA; levy 0.05."""
    given = {
        "code": "DEMO-10KV",
        "version": 1,
        "title": "演示两部制",
        "region": "演示县",
        "customer_class": "工商业",
        "voltage": "10kV",
        "valid_from": date(2025, 1, 1),
        "valid_until": None,
        "bands": (band(8, 20, Period.PEAK), band(20, 8, Period.VALLEY)),
        "prices": {Period.PEAK: 1.0, Period.VALLEY: 0.3},
        "levy_cny_kwh": 0.05,
        "demand_cny_kw": 40.0,
        "capacity_cny_kva": 30.0,
        "basic": BasicRule(),
        "source": "演示",
        "year": 2025,
        "certainty": Certainty.GENERATED,
    }
    return Tariff(**{**given, **changes})


def days_of(first, last):
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def flat(kw, days, firms=1):
    return np.full((firms, len(days), 96), round(kw * 1000), np.int32)
