"""Weather and meters whose truth is known."""

import numpy as np

from dianliang.engines.measurement import Weather


def weather(rng, days=730, start="2024-01-01"):
    """A place with cold winters and hot summers, from a Monday."""
    season = 16 - 12 * np.cos(2 * np.pi * (np.arange(days) - 20) / 365)
    times = np.datetime64(start) + np.arange(days)
    return Weather.of(times, season + 3 * ar1(rng, (days,), 0.7))


def ar1(rng, shape, rho):
    """Noise of unit variance whose neighbours in time correlate by rho."""
    out = rng.normal(size=shape)
    for row in range(1, shape[0]):
        out[row] = rho * out[row - 1] + np.sqrt(1 - rho**2) * out[row]
    return out


def load(rng, days, meters, *, rho=0.5, noise=8.0):
    """Meters that heat below 13 °C, cool above 23 °C and rest at week-ends, in kWh a day."""
    warm = days.temperature_c[:, None]
    heat = rng.uniform(0, 2, meters) * np.maximum(13 - warm, 0)
    cool = rng.uniform(0, 3, meters) * np.maximum(warm - 23, 0)
    rest = np.where(days.kinds > 0, -10.0, 0.0)[:, None]
    return 100 + heat + cool + rest + noise * ar1(rng, (len(days), meters), rho)
