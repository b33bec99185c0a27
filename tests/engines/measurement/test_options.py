"""Options A and D: what was only agreed or modelled never counts as verified."""

import numpy as np
import pytest

from dianliang.engines.measurement import Code, Status, calibrated, key_parameter


def test_power_is_measured_hours_are_agreed_and_both_are_uncertain():
    rng = np.random.default_rng(1)
    before, after = rng.normal(20, 1, 12), rng.normal(15, 1, 12)
    sure = key_parameter(before_kw=before, after_kw=after, hours=4000, hours_error=0)
    unsure = key_parameter(before_kw=before, after_kw=after, hours=4000, hours_error=600)

    assert sure.saved_kwh == pytest.approx(20000, rel=0.15)
    assert unsure.high_kwh - unsure.low_kwh > sure.high_kwh - sure.low_kwh
    assert unsure.findings[0].code is Code.STIPULATED
    assert unsure.findings[0].figures["share"] > 0.5
    assert unsure.status is Status.MEASURED
    with pytest.raises(ValueError, match="samples"):
        key_parameter(before_kw=before[:2], after_kw=after, hours=1, hours_error=0)
    with pytest.raises(ValueError, match="hours"):
        key_parameter(before_kw=before, after_kw=after, hours=0, hours_error=0)


def test_only_a_calibrated_model_carries_an_interval():
    rng = np.random.default_rng(2)
    bills = rng.uniform(80, 120, 12) * 100
    model = bills * rng.normal(1.01, 0.02, 12)
    good = calibrated(billed_kwh=bills, modelled_kwh=model, with_measure_kwh=model * 0.8)
    bad = calibrated(billed_kwh=bills, modelled_kwh=model * 1.2, with_measure_kwh=model)

    assert good.saved_kwh == pytest.approx(0.2 * bills.sum(), rel=1e-6)
    assert good.low_kwh < good.saved_kwh < good.high_kwh
    assert (good.status, good.findings[0].code) == (Status.MEASURED, Code.MODELLED)
    assert (bad.low_kwh, bad.status) == (None, Status.SCREENED)
    assert bad.findings[0].code is Code.UNCALIBRATED
    assert bad.findings[0].words
    assert bad.findings[0].english
    with pytest.raises(ValueError, match="twelve months"):
        calibrated(billed_kwh=bills[:6], modelled_kwh=model[:6], with_measure_kwh=model[:6])
