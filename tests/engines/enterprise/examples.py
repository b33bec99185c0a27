"""A year of a made firm: working days from eight to eighteen, a base at other times."""

from datetime import date, timedelta

import numpy as np

from dianliang.engines.enterprise import Firm, Market, Way

DAYS = [date(2025, 1, 1) + timedelta(days=n) for n in range(365)]
KINDS = np.array([0 if day.weekday() < 5 else 1 for day in DAYS])
MONTH = np.array([day.month - 1 for day in DAYS])
PEAK, VALLEY = 1, 3
RATES = {0.9: np.concatenate([np.linspace(0.45, 0.005, 90), [0.0], [-0.0075] * 10])}


def market(**changes):
    """Peak 9–11 at 1.2, flat 0.7, valley 11–13 and 22–8 at 0.3; 40 a kW, 30 a kVA."""
    row = np.full(96, 2, np.int8)
    row[36:44] = PEAK
    row[44:52] = row[:32] = row[88:] = VALLEY
    period = np.tile(row, (365, 1))
    price = np.array([0.0, 1.2, 0.7, 0.3, 0.0])[period]
    given = {
        "kinds": KINDS,
        "month": MONTH,
        "months": tuple(f"2025-{n:02d}" for n in range(1, 13)),
        "days": tuple(map(str, DAYS)),
        "period": period,
        "price": price,
        "levy": np.zeros(12),
        "demand": np.full(12, 40.0),
        "capacity": np.full(12, 30.0),
        "rates": RATES,
    }
    return Market(**{**given, **changes})


def firm(**changes):
    given = {"number": "QY-1", "way": Way.NONE, "capacity_kva": 400.0}
    return Firm(**{**given, **changes})


def shop(*, work_kw=200.0, base_kw=20.0):
    """One shift on working days, nothing but a base otherwise: (365, 96) in W."""
    power = np.full((365, 96), round(base_kw * 1000), np.int32)
    power[KINDS == 0, 32:72] = round(work_kw * 1000)
    return power


def kinds_of(analysis):
    return {one.kind: one for one in analysis.findings}
