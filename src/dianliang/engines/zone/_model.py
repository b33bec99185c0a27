"""A zone with sun, battery and loads that can wait (光储直柔), and what its schedule says."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Profile = NDArray[np.float64]
"""A value for each point of the period, shape (points,)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Battery:
    """A battery: `efficiency` is that of a round trip, `wear_cny_per_kwh` of what it gives off.

    It begins with `begins_kwh`, half full where None, and ends with at least as much.
    """

    power_kw: float
    energy_kwh: float
    efficiency: float = 0.9
    wear_cny_per_kwh: float = 0.02
    begins_kwh: float | None = None

    @property
    def first_kwh(self) -> float:
        """Return what it holds at the beginning."""
        return self.energy_kwh / 2 if self.begins_kwh is None else self.begins_kwh


@dataclass(frozen=True, slots=True, kw_only=True)
class Flexible:
    """A load that can wait: cars that charge while they stand, cold stores, pumps.

    It takes `energy_kwh` at `most_kw` or less between the points `first` and `end` (half-open).
    """

    id: str
    first: int
    end: int
    energy_kwh: float
    most_kw: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tariff:
    """What energy costs at each point, and each kW of the highest import of a billing month.

    Prices are versioned inputs: what they are and since when is the caller's to say.
    """

    buy_cny_per_kwh: Profile
    sell_cny_per_kwh: Profile
    demand_cny_per_kw: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Zone:
    """What a zone has; all profiles have one value for each point of `step_h` hours.

    `month` numbers the billing month of each point from 0; `peaks_kw` are the highest imports that
    these months have had already, none where the tuple is empty. `converter` is the efficiency
    between the zone's bus and the grid: 1 where all is behind one meter on AC.
    """

    load_kw: Profile
    sun_kw: Profile
    month: NDArray[np.int64]
    step_h: float = 1.0
    battery: Battery | None = None
    flexible: tuple[Flexible, ...] = ()
    most_import_kw: float
    most_export_kw: float
    converter: float = 1.0
    peaks_kw: tuple[float, ...] = ()

    @property
    def points(self) -> int:
        """Return how many points there are."""
        return len(self.load_kw)

    @property
    def months(self) -> int:
        """Return how many billing months there are."""
        return int(self.month.max()) + 1 if len(self.month) else 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Flows:
    """What flows at each point in kW, and what is stored at its end in kWh."""

    import_kw: Profile
    export_kw: Profile
    charge_kw: Profile
    discharge_kw: Profile
    stored_kwh: Profile
    lost_sun_kw: Profile
    flexible_kw: Mapping[str, Profile] = field(default_factory=dict[str, Profile])
    """By load, over its own points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """A period in sums: energy in kWh, money in CNY, carbon in kg.

    `self_use` is the share of the sun's energy that the zone uses or stores (自发自用率), None
    where no sun shines; `autonomy` the share of consumption that is not imported (自给率), None
    where nothing is consumed. `peaks_kw` are the highest imports by billing month.
    """

    consumed_kwh: float
    sun_kwh: float
    import_kwh: float
    export_kwh: float
    lost_sun_kwh: float
    through_battery_kwh: float
    energy_cny: float
    demand_cny: float
    wear_cny: float
    carbon_kg: float
    peaks_kw: tuple[float, ...]
    self_use: float | None
    autonomy: float | None

    @property
    def cost_cny(self) -> float:
        """Return what the period costs: energy, demand and wear; carbon has no part of it."""
        return self.energy_cny + self.demand_cny + self.wear_cny


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The cheapest running of a zone, beside the same zone without battery or patience.

    `worth_kwh_cny` is what one more kWh of battery would save over the period and `worth_kw_cny`
    one more kW of its power (both to first order), None where yes/no decisions had to be made.
    """

    flows: Flows
    balance: Balance
    plain: Balance
    worth_kwh_cny: float | None
    worth_kw_cny: float | None

    @property
    def saved_cny(self) -> float:
        """Return what the schedule saves against the zone without battery or patience."""
        return self.plain.cost_cny - self.balance.cost_cny

    @property
    def avoided_kg(self) -> float:
        """Return the carbon that it avoids against the same."""
        return self.plain.carbon_kg - self.balance.carbon_kg
