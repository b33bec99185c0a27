"""Run a zone at least cost, and say what that gives beside a zone that does nothing."""

from dataclasses import replace

import numpy as np

from dianliang.engines.zone._model import Balance, Flows, Profile, Schedule, Tariff, Zone
from dianliang.engines.zone._program import NOTHING, Program
from dianliang.engines.zone._validate import InvalidZoneError, validate

KG_PER_T = 1000


def solve(
    zone: Zone,
    tariff: Tariff,
    *,
    carbon_kg_per_kwh: Profile,
    carbon_cny_per_t: float = 0.0,
) -> Schedule:
    """Return the schedule of least cost, where carbon has the price that is given.

    `carbon_kg_per_kwh` is the factor of what is imported at each point (location-based); export is
    credited nothing. A year of hours is one linear program; so is a day ahead in quarter hours.

    Raises:
        InvalidZoneError: the input contradicts itself, all that is wrong with it; or the grid
            cannot feed the loads whatever is done.
    """
    errors = validate(zone, tariff, carbon_kg_per_kwh)
    if errors:
        raise InvalidZoneError(errors)
    price = carbon_kg_per_kwh * (carbon_cny_per_t / KG_PER_T)
    solved = Program(zone, tariff, price).solve()
    return Schedule(
        flows=solved.flows,
        balance=balance(zone, tariff, solved.flows, carbon_kg_per_kwh),
        plain=balance(zone, tariff, plain_flows(zone), carbon_kg_per_kwh),
        worth_kwh_cny=solved.worth_kwh_cny,
        worth_kw_cny=solved.worth_kw_cny,
    )


def plain_flows(zone: Zone) -> Flows:
    """Return what flows without battery or patience: flexible loads run as soon as they can.

    Import is what it then has to be, even above the zone's limit; sun above the limit of export
    is lost.
    """
    load, flexible = zone.load_kw.copy(), dict[str, Profile]()
    for each in zone.flexible:
        run = np.zeros(each.end - each.first)
        full = int(each.energy_kwh // (each.most_kw * zone.step_h)) if each.most_kw else 0
        run[:full] = each.most_kw
        if full < len(run):
            run[full] = each.energy_kwh / zone.step_h - full * each.most_kw
        load[each.first : each.end] += run
        flexible[each.id] = run
    left = zone.sun_kw - load
    export = np.minimum(np.clip(left, 0, None) * zone.converter, zone.most_export_kw)
    nothing = np.zeros(zone.points)
    return Flows(
        import_kw=np.clip(-left, 0, None) / zone.converter,
        export_kw=export,
        charge_kw=nothing,
        discharge_kw=nothing,
        stored_kwh=nothing,
        lost_sun_kw=np.clip(left, 0, None) - export / zone.converter,
        flexible_kw=flexible,
    )


def balance(zone: Zone, tariff: Tariff, flows: Flows, carbon_kg_per_kwh: Profile) -> Balance:
    """Return a period in sums."""
    step, battery = zone.step_h, zone.battery or NOTHING
    waiting = sum(float(run.sum()) for run in flows.flexible_kw.values())
    consumed = (float(zone.load_kw.sum()) + waiting) * step
    sun, lost = float(zone.sun_kw.sum()) * step, float(flows.lost_sun_kw.sum()) * step
    imported, exported = float(flows.import_kw.sum()) * step, float(flows.export_kw.sum()) * step
    before = zone.peaks_kw or (0.0,) * zone.months
    peaks = tuple(
        max(float(flows.import_kw[zone.month == month].max(initial=0.0)), peak)
        for month, peak in enumerate(before)
    )
    through = float(flows.discharge_kw.sum()) * step
    bought = float(flows.import_kw @ tariff.buy_cny_per_kwh) * step
    sold = float(flows.export_kw @ tariff.sell_cny_per_kwh) * step
    return Balance(
        consumed_kwh=consumed,
        sun_kwh=sun,
        import_kwh=imported,
        export_kwh=exported,
        lost_sun_kwh=lost,
        through_battery_kwh=through,
        energy_cny=bought - sold,
        demand_cny=sum(peaks) * tariff.demand_cny_per_kw,
        wear_cny=through * battery.wear_cny_per_kwh,
        carbon_kg=float(flows.import_kw @ carbon_kg_per_kwh) * step,
        peaks_kw=peaks,
        self_use=(sun - lost - exported / zone.converter) / sun if sun else None,
        autonomy=1 - imported * zone.converter / consumed if consumed else None,
    )


def without_battery(zone: Zone) -> Zone:
    """Return the same zone without its battery, to ask what the battery alone is worth."""
    return replace(zone, battery=None)
