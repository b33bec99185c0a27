"""Verify a schedule against the physics of its zone, apart from how it was found."""

from collections.abc import Iterator
from math import sqrt

from dianliang.engines.zone._model import Battery, Flows, Zone

SLACK_KW = 1e-4


def check(zone: Zone, flows: Flows) -> tuple[str, ...]:
    """Return everything in which flows break the zone's physics or limits, point by point."""
    return (*_points(zone, flows), *_loads(zone, flows))


def _points(zone: Zone, flows: Flows) -> Iterator[str]:
    battery = zone.battery or Battery(power_kw=0.0, energy_kwh=0.0)
    drawn = [0.0] * zone.points
    for each in zone.flexible:
        for place, power in enumerate(flows.flexible_kw[each.id]):
            drawn[each.first + place] += float(power)
    stored, one_way = battery.first_kwh, sqrt(battery.efficiency)
    for point in range(zone.points):
        bought, sold = float(flows.import_kw[point]), float(flows.export_kw[point])
        taken, given = float(flows.charge_kw[point]), float(flows.discharge_kw[point])
        lost, sun = float(flows.lost_sun_kw[point]), float(zone.sun_kw[point])
        comes = bought * zone.converter + given + sun
        goes = sold / zone.converter + taken + lost + float(zone.load_kw[point]) + drawn[point]
        if abs(comes - goes) > SLACK_KW:
            yield f"point {point}: {comes} kW come, {goes} kW go"
        stored += (taken * one_way - given / one_way) * zone.step_h
        if abs(stored - float(flows.stored_kwh[point])) > SLACK_KW * (point + 1):
            yield f"point {point}: {flows.stored_kwh[point]} kWh said, {stored} are stored"
        if not -SLACK_KW * (point + 1) <= stored <= battery.energy_kwh + SLACK_KW * (point + 1):
            yield f"point {point}: {stored} kWh in {battery.energy_kwh}"
        for name, power, most in (
            ("import", bought, zone.most_import_kw),
            ("export", sold, zone.most_export_kw),
            ("charge", taken, battery.power_kw),
            ("discharge", given, battery.power_kw),
            ("lost sun", lost, sun),
        ):
            if not -SLACK_KW <= power <= most + SLACK_KW:
                yield f"point {point}: {name} {power} of {most} kW"
        if min(taken, given) > SLACK_KW or min(bought, sold) > SLACK_KW:
            yield f"point {point}: both ways at once"
    if zone.points and stored < battery.first_kwh - SLACK_KW * zone.points:
        yield f"ends with {stored} kWh of {battery.first_kwh}"


def _loads(zone: Zone, flows: Flows) -> Iterator[str]:
    for each in zone.flexible:
        run = [float(power) for power in flows.flexible_kw[each.id]]
        if len(run) != each.end - each.first:
            yield f"{each.id}: {len(run)} points"
        if abs(sum(run) * zone.step_h - each.energy_kwh) > SLACK_KW * len(run):
            yield f"{each.id}: {sum(run) * zone.step_h} of {each.energy_kwh} kWh"
        if any(not -SLACK_KW <= power <= each.most_kw + SLACK_KW for power in run):
            yield f"{each.id}: more than {each.most_kw} kW"
