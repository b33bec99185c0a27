"""The linear program of a zone.

Columns, each over all points: import, export, charge, discharge, stored, lost sun; then the
flexible loads over their own points; then the highest import of each billing month. Rows: the
balance of the bus at each point; what is stored from point to point; the energy of each flexible
load; import below the month's highest. Where a price is negative, to waste energy would pay, and
to come there empty: where the program therefore charges and discharges, or imports and exports, at
once, yes/no columns forbid it there and around, and it is solved again.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, linprog, milp
from scipy.sparse import csr_matrix, diags_array, eye_array, hstack, vstack

from dianliang.engines.zone._model import Battery, Flows, Profile, Tariff, Zone
from dianliang.engines.zone._validate import ErrorCode, InvalidZoneError, ZoneError

limited: Any = LinearConstraint
between: Any = Bounds
"""SciPy's own types know single numbers as limits only."""
NOTHING = Battery(power_kw=0.0, energy_kwh=0.0)
TIE_CNY_PER_KWH = 1e-6
"""So small that no bill shows it: of equal schedules the one that cycles and wastes least."""
IMPORT, EXPORT, CHARGE, DISCHARGE, STORED, LOST = range(6)
KINDS = 6
OPPOSITE = ((CHARGE, DISCHARGE), (IMPORT, EXPORT))
BOTH_KW = 1e-5
"""Both ways at once, below what the solver leaves of a zero."""
AROUND = 24
"""Points beside one that goes both ways to which it could simply move."""
Choices = tuple[NDArray[np.int64], NDArray[np.int64]]
"""The points with a yes/no column for each of the two pairs."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Solved:
    """Flows of least cost; what the limits of the battery are worth, None after yes/no columns."""

    flows: Flows
    worth_kwh_cny: float | None
    worth_kw_cny: float | None


class Program:
    """The program of one zone under one tariff; carbon has the price that is given, per kg."""

    def __init__(self, zone: Zone, tariff: Tariff, carbon_cny_per_kwh: Profile) -> None:
        self.zone, self.tariff = zone, tariff
        self.battery = zone.battery or NOTHING
        self.own = np.array([each.end - each.first for each in zone.flexible], np.int64)
        self.count = KINDS * zone.points + int(self.own.sum()) + zone.months
        self.costs = self._costs(carbon_cny_per_kwh)
        self.upper = self._upper()
        self.equal, self.equals = self._equalities()
        self.less = self._peaks()

    def _costs(self, carbon_cny_per_kwh: Profile) -> Profile:
        zone, tariff = self.zone, self.tariff
        step, points = zone.step_h, zone.points
        tie = np.full(points, TIE_CNY_PER_KWH * step)
        wear = self.battery.wear_cny_per_kwh * step
        return np.concatenate(
            [
                (tariff.buy_cny_per_kwh + carbon_cny_per_kwh) * step,
                -tariff.sell_cny_per_kwh * step + tie,
                tie,
                tie + wear,
                np.zeros(points),
                2 * tie,
                np.zeros(int(self.own.sum())),
                np.full(zone.months, tariff.demand_cny_per_kw),
            ]
        )

    def _upper(self) -> Profile:
        zone, battery, points = self.zone, self.battery, self.zone.points
        flexible = [np.full(each.end - each.first, each.most_kw) for each in zone.flexible]
        return np.concatenate(
            [
                np.full(points, zone.most_import_kw),
                np.full(points, zone.most_export_kw),
                np.full(points, battery.power_kw),
                np.full(points, battery.power_kw),
                np.full(points, battery.energy_kwh),
                zone.sun_kw,
                *flexible,
                np.full(zone.months, max(zone.most_import_kw, *zone.peaks_kw, 0.0)),
            ]
        )

    def _lower(self) -> Profile:
        lower = np.zeros(self.count)
        if self.zone.peaks_kw:
            lower[-self.zone.months :] = self.zone.peaks_kw
        # A battery ends with what it began with, so that no schedule lives on what is stored.
        lower[(STORED + 1) * self.zone.points - 1] = self.battery.first_kwh
        return lower

    def _equalities(self) -> tuple[csr_matrix, Profile]:
        """Return the rows of bus, battery and flexible loads, with their right sides."""
        zone, battery, points = self.zone, self.battery, self.zone.points
        unit, step = eye_array(points, format="csr"), zone.step_h
        nothing = csr_matrix((points, points))
        starts = np.array([each.first for each in zone.flexible], np.int64)
        total = int(self.own.sum())
        places = np.arange(total) - np.repeat(np.cumsum(self.own) - self.own, self.own)
        at = np.repeat(starts, self.own) + places
        drawn = csr_matrix((np.full(total, -1.0), (at, np.arange(total))), shape=(points, total))
        none = csr_matrix((points, zone.months))
        bus = hstack(
            [
                zone.converter * unit,
                -unit / zone.converter,
                -unit,
                unit,
                nothing,
                -unit,
                drawn,
                none,
            ]
        )
        one_way = np.sqrt(battery.efficiency)
        kept = unit - diags_array(np.ones(points - 1), offsets=-1, shape=(points, points))
        stored = hstack(
            [
                nothing,
                nothing,
                -one_way * step * unit,
                step / one_way * unit,
                kept,
                nothing,
                csr_matrix((points, total)),
                none,
            ]
        )
        loads = len(zone.flexible)
        owner = np.repeat(np.arange(loads), self.own)
        energy = hstack(
            [
                csr_matrix((loads, KINDS * points)),
                csr_matrix((np.full(total, step), (owner, np.arange(total))), shape=(loads, total)),
                csr_matrix((loads, zone.months)),
            ]
        )
        first = np.zeros(points)
        first[0] = battery.first_kwh
        needed = np.array([each.energy_kwh for each in zone.flexible])
        sides = np.concatenate([zone.load_kw - zone.sun_kw, first, needed])
        return csr_matrix(vstack([bus, stored, energy])), sides

    def _peaks(self) -> csr_matrix:
        """Return the rows that keep import below the highest of its month."""
        points, months = self.zone.points, self.zone.months
        rows = np.arange(points)
        highest = csr_matrix((np.full(points, -1.0), (rows, self.zone.month)), (points, months))
        between = csr_matrix((points, self.count - points - months))
        return csr_matrix(hstack([eye_array(points, format="csr"), between, highest]))

    def solve(self) -> Solved:
        """Return the flows of least cost.

        Raises:
            InvalidZoneError: the grid cannot feed the loads whatever is done.
        """
        found = self._linear()
        nowhere = np.empty(0, np.int64)
        choices = (nowhere, nowhere)
        while found.x is not None and (more := self._both_ways(found.x, choices)):
            choices = more
            found = self._with_choices(choices)
        if found.x is None:
            words = (
                f"购电上限 {self.zone.most_import_kw:g} 千瓦不够：有的时刻即使储能放电、"
                "柔性负荷让路，也满足不了负荷。请提高购电上限，或核对负荷。"
            )
            error = ZoneError(code=ErrorCode.TOO_LITTLE_POWER, id="", words=words)
            raise InvalidZoneError((error,))
        x: Profile = np.clip(found.x, 0, None)
        points = self.zone.points
        kinds = x[: KINDS * points].reshape(KINDS, points)
        edges = KINDS * points + np.cumsum(self.own)[:-1]
        parts = np.split(x[: self.count - self.zone.months], [KINDS * points, *edges])[1:]
        names = [each.id for each in self.zone.flexible]
        is_linear = not (choices[0].size or choices[1].size)
        worth = self._worth(found) if is_linear else (None, None)
        return Solved(
            flows=Flows(
                import_kw=kinds[IMPORT],
                export_kw=kinds[EXPORT],
                charge_kw=kinds[CHARGE],
                discharge_kw=kinds[DISCHARGE],
                stored_kwh=kinds[STORED],
                lost_sun_kw=kinds[LOST],
                flexible_kw=dict(zip(names, parts, strict=bool(names))),
            ),
            worth_kwh_cny=worth[0],
            worth_kw_cny=worth[1],
        )

    def _linear(self) -> OptimizeResult:
        return linprog(
            self.costs,
            A_ub=self.less,
            b_ub=np.zeros(self.zone.points),
            A_eq=self.equal,
            b_eq=self.equals,
            bounds=np.stack([self._lower(), self.upper], axis=1),
            method="highs-ds",
            # Measured on years of three zones: a fifth less time than with presolve and the
            # default weights, for the same optimum; nothing here can be presolved away.
            options={"presolve": False, "simplex_dual_edge_weight_strategy": "devex"},
        )

    def _both_ways(self, x: Profile, choices: Choices) -> Choices | None:
        """Return where yes/no columns are needed, more than there are; None where none is."""
        points = self.zone.points
        kinds = x[: KINDS * points].reshape(KINDS, points)
        more = list[NDArray[np.int64]]()
        for (one, other), chosen in zip(OPPOSITE, choices, strict=True):
            found = np.flatnonzero(np.minimum(kinds[one], kinds[other]) > BOTH_KW)
            found = np.setdiff1d(found, chosen)
            beside = found[:, None] + np.arange(-AROUND, AROUND + 1)
            wanted = np.union1d(chosen, beside[(beside >= 0) & (beside < points)])
            more.append(wanted if found.size else chosen)
        is_new = any(len(new) > len(old) for new, old in zip(more, choices, strict=True))
        return (more[0], more[1]) if is_new else None

    def _with_choices(self, choices: Choices) -> OptimizeResult:
        """Solve with yes/no columns at these points."""
        points, loads = self.zone.points, len(self.zone.flexible)
        extra = sum(map(len, choices))
        wide = [csr_matrix((count, extra)) for count in (2 * points + loads, points)]
        rows = [limited(hstack([self.equal, wide[0]]), self.equals, self.equals)]
        rows.append(limited(hstack([self.less, wide[1]]), -np.inf, 0.0))
        choice = self.count
        for (one, other), where in zip(OPPOSITE, choices, strict=True):
            chosen = choice + np.arange(len(where))
            here, there = one * points + where, other * points + where
            numbers, ones = np.arange(len(where)), np.ones(len(where))
            shape = (len(where), self.count + extra)
            allowed = csr_matrix((ones, (numbers, here)), shape)
            allowed -= csr_matrix((self.upper[here], (numbers, chosen)), shape)
            rows.append(limited(allowed, -np.inf, 0.0))
            forbidden = csr_matrix((ones, (numbers, there)), shape)
            forbidden += csr_matrix((self.upper[there], (numbers, chosen)), shape)
            rows.append(limited(forbidden, -np.inf, self.upper[there]))
            choice += len(where)
        return milp(
            np.concatenate([self.costs, np.zeros(extra)]),
            constraints=rows,
            integrality=np.concatenate([np.zeros(self.count), np.ones(extra)]),
            # A gap is room for ties: for flows that go both ways at once for nothing.
            options={"mip_rel_gap": 0.0},
            bounds=between(
                np.concatenate([self._lower(), np.zeros(extra)]),
                np.concatenate([self.upper, np.ones(extra)]),
            ),
        )

    def _worth(self, found: OptimizeResult) -> tuple[float | None, float | None]:
        """Return what one more kWh and one more kW of battery would save."""
        if self.zone.battery is None:
            return None, None
        prices: Profile = -found.upper.marginals
        points = self.zone.points
        kinds = prices[: KINDS * points].reshape(KINDS, points)
        return float(kinds[STORED].sum()), float(kinds[[CHARGE, DISCHARGE]].sum())
