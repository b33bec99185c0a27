"""A run is told whole, however long before the days that are asked for it began."""

from datetime import UTC, date, datetime

import numpy as np

from dianliang.engines.loading import POINTS, Meter, Network, Span, Transformer
from dianliang.flows.energy.judging import judged
from dianliang.integrations.curve_store import CurveStore, keep_register, register
from tests.engines.loading.days import FIRST_ON, readings

AT = datetime(2026, 7, 20, tzinfo=UTC)
DAYS = 14


def test_a_run_of_days_is_told_from_its_begin_to_its_end(tmp_path):
    load = np.full((1, DAYS, POINTS), 20_000)
    load.reshape(-1)[3 * POINTS + 20 : 12 * POINTS - 8] = 120_000
    store = CurveStore(tmp_path)
    store.add(readings(load), source="a.csv", at=AT)
    keep_register(
        tmp_path,
        Network.of(
            [Meter(number="M0", transformer="T")], [Transformer(number="T", capacity_kva=100.0)]
        ),
    )
    network = register(tmp_path)
    assert network

    (one,) = judged(store, network, Span(date(2026, 7, 7), date(2026, 7, 9)))
    (all_days,) = judged(store, network, Span(FIRST_ON, date(2026, 7, 14)))

    run = one.runs[0]
    assert (run.on, run.minute, run.points) == (date(2026, 7, 3), 300, 9 * POINTS - 28)
    assert (run.may_begin_before, run.may_go_on) == (False, False)
    assert one.runs == all_days.runs
    assert one.points == 2 * POINTS
