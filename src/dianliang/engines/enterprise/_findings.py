"""From figures to findings: what is worth saying, how sure, and what shows it."""

from dataclasses import dataclass

import numpy as np

from dianliang.engines.enterprise._demand import cheapest_ways, now_cny, plain_ways_cny
from dianliang.engines.enterprise._hours import Hours
from dianliang.engines.enterprise._model import (
    POINTS,
    Confidence,
    Finding,
    Firm,
    Floats,
    Ints32,
    Kind,
    Market,
    Options,
    Point,
    Way,
)
from dianliang.engines.enterprise._reactive import reactive_of
from dianliang.engines.enterprise._shifting import shifted
from dianliang.engines.enterprise._standby import (
    busy_days,
    excess_cny,
    idle_of,
    longest_stand,
    step_of,
)
from dianliang.engines.enterprise._sun import sun_fit, valued

MOST_POINTS = 5
MOSTLY = 0.5


@dataclass(frozen=True, kw_only=True, eq=False)
class Seen:
    """One firm's readings without gaps (D, 96) in W, and what was drawn from them."""

    power_w: Ints32
    firm: Firm
    market: Market
    options: Options
    hours: Hours
    month_kwh: Floats
    month_most_w: Floats
    month_energy_cny: Floats
    month_running_hours: Floats

    def point(self, day: int, at: int) -> Point:
        """Name a quarter hour with what was drawn in it."""
        kw = float(self.power_w[day, at]) / 1000
        return Point(day=self.market.days[day], minute=at * 15, kw=kw)

    @property
    def demand_cny(self) -> Floats:
        """What demand costs in each month as things are."""
        return now_cny(
            self.firm, most_kw=self.month_most_w / 1000, kwh=self.month_kwh, market=self.market
        )


def basic_charge(seen: Seen) -> list[Finding]:
    """Compare how demand is paid with the cheapest lawful way.

    The low is what a way saves that needs no forecast. The high is hindsight, so nobody can be
    sure of it unless the low is most of it.
    """
    firm, market = seen.firm, seen.market
    if firm.way is Way.NONE:
        return []
    most_kw = seen.month_most_w / 1000
    now = float(seen.demand_cny.sum())
    best = cheapest_ways(firm, most_kw=most_kw, kwh=seen.month_kwh, market=market)
    plain = plain_ways_cny(firm, most_kw=most_kw, kwh=seen.month_kwh, market=market)
    way, cost = min(plain.items(), key=lambda one: one[1])
    low, high = max(0.0, now - cost), now - sum(one.cny for one in best)
    months = market.months
    plan = "；".join(
        f"{months[one.first]}~{months[one.end - 1]} {one.way}"
        + (f" {one.contract_kw:.1f}" if one.contract_kw is not None else "")
        for one in best
    )
    return [
        Finding(
            kind=Kind.BASIC_CHARGE,
            low_cny=low,
            high_cny=high,
            rule="basic-charge-choice",
            facts={
                "now_way": firm.way,
                "now_cny": now,
                "plain_way": way,
                "plain_cny": cost,
                "best_cny": sum(one.cny for one in best),
                "best_plan": plan,
                "most_kw": float(most_kw.max()),
                "capacity_kva": firm.capacity_kva,
            },
            confidence=_sureness(low, high),
            group="basic-charge",
            points=_peaks(seen),
        )
    ]


def _sureness(low_cny: float, high_cny: float) -> Confidence:
    if low_cny >= MOSTLY * high_cny:
        return Confidence.HIGH
    return Confidence.MEDIUM if low_cny > 0 else Confidence.LOW


def _peaks(seen: Seen) -> tuple[Point, ...]:
    """Return the greatest quarter hours of the months with the greatest demand."""
    found: list[Point] = []
    for month in np.argsort(-seen.month_most_w, kind="stable")[:MOST_POINTS]:
        days = np.flatnonzero(seen.market.month == month)
        at = int(seen.power_w[days].argmax())
        found.append(seen.point(int(days[at // POINTS]), at % POINTS))
    return tuple(found)


def power_factor(seen: Seen) -> list[Finding]:
    """Price the power factor, where reactive energy was read and a standard is agreed."""
    firm, market = seen.firm, seen.market
    rates = market.rates.get(firm.standard) if firm.standard else None
    if rates is None or len(firm.kvarh) != len(market.months):
        return []
    levies = seen.month_kwh * market.levy
    found = reactive_of(
        kwh=seen.month_kwh,
        kvarh=np.array([np.nan if one is None else one for one in firm.kvarh], np.float64),
        base_cny=seen.month_energy_cny - levies + seen.demand_cny,
        rates=rates,
        running_hours=seen.month_running_hours,
    )
    if found is None:
        return []
    return [
        Finding(
            kind=Kind.POWER_FACTOR,
            low_cny=found.low_cny,
            high_cny=found.high_cny,
            rule="power-factor-1983",
            facts={
                "standard": firm.standard or 0.0,
                "target": found.target,
                "kvar": found.kvar,
                "worst_month": market.months[found.worst_month],
                "worst_factor": found.worst_factor,
                "months_read": float(found.months_read),
            },
            confidence=Confidence.HIGH,
            group="power-factor",
        )
    ]


def shift(seen: Seen) -> list[Finding]:
    """Bound what could move from dear to cheap hours within the firm's own hours."""
    options = seen.options
    both = [
        shifted(
            seen.power_w,
            hours=seen.hours,
            market=seen.market,
            month_most_w=seen.month_most_w,
            share=share,
        )
        for share in (options.shift_low, options.shift_high, 1.0)
    ]
    (low_kwh, low), (high_kwh, high), (most_kwh, most) = both
    days = np.argsort(-high, kind="stable")[:MOST_POINTS]
    points = tuple(
        seen.point(int(day), int(seen.power_w[day].argmax())) for day in days if high[day] > 0
    )
    return [
        Finding(
            kind=Kind.SHIFT,
            low_cny=float(low.sum()),
            high_cny=float(high.sum()),
            rule="time-of-use",
            facts={
                "low_share": options.shift_low,
                "high_share": options.shift_high,
                "low_kwh": float(low_kwh.sum()),
                "high_kwh": float(high_kwh.sum()),
                "most_kwh": float(most_kwh.sum()),
                "most_cny": float(most.sum()),
            },
            confidence=Confidence.MEDIUM,
            group="shift",
            points=points,
        )
    ]


def standby(seen: Seen) -> list[Finding]:
    """Price what is drawn on nights of working days above the firm's own better nights."""
    idle = idle_of(seen.power_w, hours=seen.hours, market=seen.market, at_work=True)
    if idle is None:
        return []
    high, best_w, _ = excess_cny(idle, 10)
    low, good_w, _ = excess_cny(idle, 25)
    worst = np.argsort(-idle.mean_w, kind="stable")[:MOST_POINTS]
    at = int(np.flatnonzero(~seen.hours.workday)[0])
    found = [
        Finding(
            kind=Kind.STANDBY,
            low_cny=low,
            high_cny=high,
            rule="own-better-nights",
            facts={
                "mean_kw": float(idle.mean_w.mean()) / 1000,
                "good_kw": good_w / 1000,
                "best_kw": best_w / 1000,
                "days": float(len(idle.day)),
            },
            confidence=Confidence.LOW,
            group="standby",
            points=tuple(seen.point(int(idle.day[one]), at) for one in worst),
        )
    ]
    step = step_of(idle)
    if step is not None:
        found.append(
            Finding(
                kind=Kind.STANDBY_STEP,
                low_cny=0.5 * step.cny,
                high_cny=step.cny,
                rule="base-rose-and-stayed",
                facts={
                    "since": seen.market.days[step.day],
                    "before_kw": step.before_w / 1000,
                    "after_kw": step.after_w / 1000,
                },
                confidence=Confidence.MEDIUM,
                group="standby",
                points=(seen.point(step.day, at),),
            )
        )
    return found


def rest_days(seen: Seen) -> list[Finding]:
    """Price rest days that draw much more than the firm's usual rest days."""
    idle = idle_of(seen.power_w, hours=seen.hours, market=seen.market, at_work=False)
    if idle is None:
        return []
    busy, usual = busy_days(idle, seen.hours)
    over = np.where(busy, idle.mean_w - usual, 0.0) * idle.cny_per_w
    days = np.argsort(-over, kind="stable")[: min(MOST_POINTS, int(busy.sum()))]
    return [
        Finding(
            kind=Kind.REST_DAYS,
            low_cny=0.0,
            high_cny=float(over.sum()),
            rule="own-usual-rest-days",
            facts={
                "days": float(busy.sum()),
                "of_days": float(len(idle.day)),
                "usual_kw": usual / 1000,
                "busy_kw": float(idle.mean_w[busy].mean()) / 1000 if busy.any() else 0.0,
            },
            confidence=Confidence.LOW,
            group="rest-days",
            points=tuple(
                seen.point(day, int(seen.power_w[day].argmax())) for day in idle.day[days].tolist()
            ),
        )
    ]


def sun(seen: Seen) -> list[Finding]:
    """Fit a roof to the firm's load; an investment, so it stands beside the total."""
    wish = seen.options.sun
    if wish is None:
        return []
    kw = seen.power_w / 1000.0
    fit = sun_fit(kw, firm=seen.firm, market=seen.market, sun=wish)
    if fit is None:
        return []
    poor = valued(
        fit.kwp, kw, wish.kw_per_kwp * wish.low_yield, seen.market.price, wish.feed_in_cny_kwh
    )
    cost = fit.kwp * wish.cny_per_kwp
    return [
        Finding(
            kind=Kind.SUN,
            low_cny=poor.cny,
            high_cny=fit.cny,
            rule="self-use",
            facts={
                "kwp": fit.kwp,
                "kwh": fit.kwh,
                "self_share": fit.self_share,
                "cost_cny": cost,
                "feed_in_cny_kwh": wish.feed_in_cny_kwh,
            },
            confidence=Confidence.LOW,
            group="investment",
            is_counted=False,
        )
    ]


def stuck(seen: Seen) -> list[Finding]:
    """Doubt readings that stand at one and the same power, above the base, for a day or longer."""
    length, day, at = longest_stand(seen.power_w, above_w=seen.hours.base_w)
    if length < seen.options.stuck_points:
        return []
    return [
        Finding(
            kind=Kind.STUCK,
            low_cny=0.0,
            high_cny=0.0,
            rule="one-power-for-a-day",
            facts={"hours": length / 4, "kw": float(seen.power_w[day, at]) / 1000},
            confidence=Confidence.HIGH,
            group="readings",
            points=(seen.point(day, at),),
            is_counted=False,
        )
    ]
