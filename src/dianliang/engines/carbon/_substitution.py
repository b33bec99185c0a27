"""What driving with electricity saves against a fuel: every assumption is an input.

Avoided = distance × (fuel per distance × its factor) - electricity × its factor. Distance follows
from the electricity that was charged. Source: CDM methodology AMS-III.C (emission reductions by
electric and hybrid vehicles), without leakage.
"""

from dataclasses import dataclass

from dianliang.engines.carbon._checks import BadAccountError, within
from dianliang.engines.carbon._lines import EmissionFactor
from dianliang.kernel.phrases import Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Driving:
    """What is assumed: electricity per 100 km from the socket, fuel per 100 km, its density.

    `fuel` is a factor per kilogram of fuel, `power` one per kWh.
    """

    kwh_per_100_km: float
    litres_per_100_km: float
    kg_per_litre: float
    fuel: EmissionFactor
    power: EmissionFactor


@dataclass(frozen=True, slots=True, kw_only=True)
class Substitution:
    """What was avoided, of what: kilograms of CO2, kWh, km; `kg_per_kwh` is avoided per kWh."""

    avoided_kg: float
    fuel_kg: float
    power_kg: float
    distance_km: float
    kg_per_kwh: float

    def kwh_for(self, avoided_kg: float) -> float:
        """Return the kWh that have to be charged to avoid so much.

        Raises:
            BadAccountError: charging avoids nothing under these assumptions.
        """
        if self.kg_per_kwh <= 0:
            raise BadAccountError(Phrase("按这些假设充电并不减排。"), "charging avoids nothing")
        return avoided_kg / self.kg_per_kwh


def substitution(kwh: float, *, driving: Driving) -> Substitution:
    """Return what charging `kwh` avoids.

    Raises:
        BadAccountError: a figure is no number or cannot be.
    """
    within(kwh, Phrase("充电量"), "the energy charged", low=0)
    within(driving.kwh_per_100_km, Phrase("百公里电耗"), "kWh per 100 km", low=1, high=1000)
    within(driving.litres_per_100_km, Phrase("百公里油耗"), "litres per 100 km", low=0.1, high=500)
    within(driving.kg_per_litre, Phrase("燃料密度"), "density", low=0.4, high=1.2)
    distance = kwh / driving.kwh_per_100_km * 100
    litres = distance / 100 * driving.litres_per_100_km
    fuel = litres * driving.kg_per_litre * driving.fuel.kg_per_unit
    power = kwh * driving.power.kg_per_unit
    a_kwh = driving.litres_per_100_km * driving.kg_per_litre * driving.fuel.kg_per_unit
    return Substitution(
        avoided_kg=fuel - power,
        fuel_kg=fuel,
        power_kg=power,
        distance_km=distance,
        kg_per_kwh=a_kwh / driving.kwh_per_100_km - driving.power.kg_per_unit,
    )
