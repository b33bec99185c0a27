"""How far a sum of residuals may stray: autocorrelation, parameters, few degrees of freedom.

Residuals are taken as a slow part that decays from day to day and a part without memory
(ARMA(1,1)), because a plain AR(1) reads too little into the slow part. Sources: ASHRAE Guideline
14-2014 annex B (fractional savings uncertainty, effective number of points); Box and Jenkins, Time
Series Analysis, 1970 (autocorrelations of ARMA(1,1): rho_k = rho_1 phi^(k-1)); Marriott and Pope,
Biometrika 41 (1954) 390 (correlations of residuals are too small).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from dianliang.engines.measurement._days import Floats

LAGS = 7
"""Decay is read off this many lags."""
HIGHEST_RHO = 0.97
MOST_ABOVE = 3.0
"""A slow part makes sums vary at most so many times more than AR(1) has it."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Noise:
    """What residuals of M series say about themselves; all of shape (M,).

    `sigma` is their standard deviation per step, `rho` how fast their memory decays from one step
    to the next, `inflation` how many times correlation multiplies the variance of a long sum,
    `effective` how many independent steps the n are worth, `freedom` what is left of them.
    """

    sigma: Floats
    rho: Floats
    inflation: Floats
    n: Floats
    effective: Floats
    freedom: Floats

    def sum_variance(self, steps: Floats) -> Floats:
        """Return the variance of the sum of `steps` (M,) future residuals.

        Correlation needs time to add up: over few steps the sum grows by less than `inflation`.
        """
        rho = np.minimum(self.rho, HIGHEST_RHO)
        steps = np.maximum(steps, 1.0)
        short = 1 + (self.inflation - 1) * (1 - (1 - rho**steps) / (steps * (1 - rho)))
        return np.asarray(self.sigma**2 * steps * short)

    def quantile(self, level: float) -> Floats:
        """Return Student's two-sided quantile for a level such as 0.9."""
        return np.asarray(stdtrit(self.freedom, 0.5 + level / 2))


def noise(residuals: Floats, parameters: Floats) -> Noise:
    """Judge residuals (n, M), NaN where missing, of fits that took `parameters` (M,) numbers."""
    known = np.isfinite(residuals)
    n = known.sum(axis=0).astype(float)
    r = np.where(known, residuals, 0.0)
    power = np.maximum((r**2).sum(axis=0), 1e-300)
    rho = np.array(
        [
            (r[lag:] * r[:-lag]).sum(axis=0)
            / power
            * n
            / np.maximum((known[lag:] & known[:-lag]).sum(axis=0), 1)
            for lag in range(1, LAGS + 2)
        ]
    )
    # A fit takes slow movement out of its residuals: each parameter hides about 1/n of it.
    share = parameters / np.maximum(n, 1)
    rho = (rho + share) / (1 + share)
    first = np.clip(rho[0], 0.0, HIGHEST_RHO)
    near, far = rho[:-1].sum(axis=0), rho[1:].sum(axis=0)
    sure = (first > 2 / np.sqrt(np.maximum(n, 1))) & (near > first)
    decay = np.where(sure, far / np.where(sure, near, 1.0), first)
    decay = np.clip(decay, first, HIGHEST_RHO)
    # Decay read off a short series may be anything: it counts up to a bound only.
    most = MOST_ABOVE * (1 + first) / (1 - first)
    inflation = np.minimum(1 + 2 * first / (1 - decay), most)
    effective = n / inflation
    freedom = np.maximum(effective - parameters, 1.0)
    # Parameters follow slow movement, of which correlated days hold few independent pieces.
    sigma = np.sqrt(power / np.maximum(n, 1.0) * (freedom + parameters) / freedom)
    return Noise(
        sigma=sigma, rho=decay, inflation=inflation, n=n, effective=effective, freedom=freedom
    )
