"""Readings of a generated plant, as the tables that a measurement project takes in."""

from datetime import date, timedelta

import numpy as np

from dianliang.flows.measuring import tables

BEGAN = date(2025, 1, 1)
MEASURE_ON = date(2026, 1, 1)


def csv(design, rows):
    """Return rows as the table of a design."""
    names = (*tables.NEEDED[design], *tables.OPTIONAL[design])
    return "\n".join([",".join(names), *(",".join(map(str, row)) for row in rows)]).encode()


def weather_days(*, saved=0.2, days=730, seed=10, bump=0.0):
    """Days of a shop that cools: `saved` of its energy from `MEASURE_ON` on, 300 kWh a day."""
    chance = np.random.default_rng(seed)
    rows = []
    for number in range(days):
        on = BEGAN + timedelta(days=number)
        warm = 16 + 12 * np.sin(2 * np.pi * (number - 110) / 365) + chance.normal(0, 2)
        kwh = 300 + 9 * max(0.0, warm - 22) - (40 if on.weekday() >= 5 else 0)
        kwh += chance.normal(0, 12)
        if on >= MEASURE_ON:
            kwh = kwh * (1 - saved) + (bump if on >= date(2026, 7, 1) else 0)
        rows.append((on, round(float(kwh), 2), round(float(warm), 2)))
    return rows


def shifts(*, saved=0.15, days=160, seed=4):
    """Days of a moulding machine: 0.5 kWh a kilogram and 6 kWh an hour, less `saved` afterwards."""
    chance = np.random.default_rng(seed)
    rows = []
    for number in range(days):
        on = MEASURE_ON + timedelta(days=number - days // 2)
        kilograms, hours = chance.uniform(400, 1500), chance.uniform(12, 24)
        kwh = 0.5 * kilograms + 6 * hours + chance.normal(0, 15)
        kwh *= 1 - saved if on >= MEASURE_ON else 1
        rows.append((on, round(kwh, 2), round(kilograms, 1), round(hours, 2)))
    return rows


def one_pair(*, seed=5):
    """Lines 17 and 18 beside each other for 24 hours: 36 % less per kilogram (seed row 004-17)."""
    chance = np.random.default_rng(seed)
    rows = []
    for _ in range(96):
        rows.append(("17 号与 18 号", "无", round(0.5 * chance.normal(1, 0.05), 4), "2026-01-02"))
        rows.append(("17 号与 18 号", "有", round(0.32 * chance.normal(1, 0.05), 4), "2026-01-02"))
    return rows


def crossover(*, units=8, saved=0.12, seed=6):
    """Eight machines, each with and without the measure over several days."""
    chance = np.random.default_rng(seed)
    rows = []
    for number in range(units):
        level = chance.normal(0.5, 0.05)
        for _ in range(5):
            for has, factor in (("无", 1.0), ("有", 1 - saved)):
                ratio = level * factor * chance.normal(1, 0.02)
                rows.append((f"{number + 1} 号机", has, round(float(ratio), 5), "2026-01-02"))
    return rows
