"""Claims, carbon accounts and measurement projects of the demo county; all of it generated."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from math import pi, sin
from random import Random

from dianliang.domain.energy.shapes import ProjectDraft
from dianliang.flows import claims
from dianliang.flows.carbon import driving, keeping, reading
from dianliang.flows.demo import designs
from dianliang.flows.demo.county import County
from dianliang.flows.measuring import projects, rolling, tables
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.calendar import SHANGHAI

MONTHS = 20
BASE_DAYS, REPORT_DAYS = 365, 120
ACCOUNTS = (
    ("县公司本部（演示）", "company", 52_000, 1.4),
    ("{station}", "station", 8_600, 0.5),
    ("余村村集体（演示）", "village", 6_200, 0.0),
    ("恒源注塑厂（演示）", "firm", 145_000, 0.9),
    ("新能源车服务中心（演示）", "ev_centre", 310_000, 0.0),
)
"""Name, kind, kWh a month and tonnes of petrol a quarter."""
FREIGHT = "公路货运-上下游活动（范围 3）-本单位-2025"
"""The series of a factor that the demo imports; see `designs.bring_factors`."""
REPORTED_T = 16_000.0
"""What an electric vehicle centre said that it had avoided, seed row 000-12."""
SCENARIO = rolling.Scenario(
    title="注塑机节能发热圈改造",
    machines=4000,
    fraction=0.35,
    measured_fraction=0.36,
    saved_kwh=60e6,
    co2_t=59_000.0,
    cost_cny=40e6,
    before=0.85,
    after=0.998,
)
"""What a county reported, seed row 004-18."""


def build_claims(county: County, *, rng: Random, by: Actor, at: datetime) -> None:
    """Write all of it through the flows that people use."""
    unit = county.company
    clerk = replace(
        by,
        id="user:party",
        name="党建专责",
        role=Role.PARTY_AFFAIRS,
        unit_path=unit.path,
        unit_code=unit.code,
    )
    today = at.astimezone(SHANGHAI).date()
    designs.bring_factors(by=clerk, at=at)
    rolling.state(scenario=SCENARIO, by=clerk, at=at, is_generated=True)
    stated = _accounts(county, rng=rng, by=clerk, today=today, at=at)
    _one_pair(rng=rng, by=clerk, today=today, at=at)
    _shop(rng=rng, by=clerk, today=today, at=at)
    designs.build_designs(rng=rng, by=clerk, at=at)
    desk = replace(by, id="user:dispatcher", unit_path=unit.path, unit_code=unit.code)
    designs.send_readings(rng=rng, by=desk, at=at)
    second = replace(clerk, id="user:commander", name="指挥长", role=Role.COMMANDER)
    claims.lead_on(number=stated, verb="verify", reason="抽查了三张抄表单", by=second, at=at)


def _accounts(county: County, *, rng: Random, by: Actor, today: date, at: datetime) -> str:
    """Open accounts and state what a year emits; return the number of the last such claim."""
    station, stated = county.stations[0], ""
    for name, kind, monthly_kwh, petrol_t in ACCOUNTS:
        is_station = kind == "station"
        code = station.code if is_station else county.company.code
        account = keeping.open_account(
            name=name.format(station=station.name),
            kind=kind,
            boundary="本单位场所的外购电力和自有车辆用油；不含员工通勤。",
            unit_code=code,
            by=by,
            at=at,
            is_generated=True,
        )
        rows = _activity(monthly_kwh, petrol_t, rng=rng, today=today, number=account.number)
        content = _csv((*reading.NEEDED, *reading.OPTIONAL), rows)
        keeping.take_in(number=account.number, content=content, name="演示.csv", by=by, at=at)
        stated = keeping.state_year(
            number=account.number, year=today.year, basis="location", reason="", by=by, at=at
        ).number
        if kind == "ev_centre":
            driving.state_reported(
                name=account.name,
                subject_number=account.number,
                avoided_t=REPORTED_T,
                unit_code=code,
                by=by,
                at=at,
                is_generated=True,
            )
    return stated


def _activity(
    monthly_kwh: float, petrol_t: float, *, rng: Random, today: date, number: str
) -> Iterable[Sequence[object]]:
    """Yield the months before this one; a quarter's petrol with its first month."""
    month = today.replace(day=1)
    starts = [month]
    for _ in range(MONTHS):
        starts.append((starts[-1] - timedelta(days=1)).replace(day=1))
    for first in reversed(starts[1:]):
        until = (first + timedelta(days=31)).replace(day=1)
        kwh = monthly_kwh * (1 + 0.2 * sin(2 * pi * (first.month - 4) / 12) + rng.gauss(0, 0.04))
        power = ("总表", "电力", 2, first, until, round(kwh), "kWh", 1, "", "", "演示抄表", "")
        yield (f"{number} {power[0]}", *power[1:])
        if petrol_t:
            haul = (f"{number} 物资配送", "公路货运", 3, first, until, round(monthly_kwh / 20))
            yield (*haul, "tkm", 8, FREIGHT, "", "演示运单", 4)
        if petrol_t and first.month % 3 == 1:
            tank = (f"{number} 公务车", "汽油", 1, first, until, round(petrol_t, 2), "t", 5)
            yield (*tank, "", "", "演示加油单", "")
    certificate = f"DEMO-{number}"
    last = month - timedelta(days=1)
    covered = round(monthly_kwh * 0.3)
    yield (
        *(f"{number} 总表", "电力", 2, last.replace(day=1), month, covered, "kWh"),
        *("", "", certificate, "演示绿证", ""),
    )


def _one_pair(*, rng: Random, by: Actor, today: date, at: datetime) -> None:
    """Two lines beside each other for a day, as the seed has it: no interval, but its doubts."""
    on = today - timedelta(days=60)
    number = _opened(
        ProjectDraft(
            title="注塑机发热圈 24 小时对照（演示）",
            subject_name="恒源注塑厂（演示）",
            boundary="17、18 号生产线整机用电，按产量折算；不含烘料和冷却。",
            design="trial",
            measure_on=on,
            efficiency_before=0.85,
            efficiency_after=0.998,
            is_generated=True,
        ),
        by=by,
        at=at,
    )
    rows = [
        ("17 号与 18 号线", has, round(level * rng.gauss(1, 0.05), 4), on)
        for _ in range(96)
        for has, level in (("无", 0.50), ("有", 0.32))
    ]
    _computed(number, "trial", rows, by=by, at=at)


def _shop(*, rng: Random, by: Actor, today: date, at: datetime) -> None:
    """Measure a shop by its weather: a year before, four months after."""
    measure_on = today - timedelta(days=REPORT_DAYS)
    number = _opened(
        ProjectDraft(
            title="商场冷站改造（演示）",
            subject_name="递铺商场（演示）",
            boundary="商场总表全部用电。",
            design="weather",
            measure_on=measure_on,
            is_generated=True,
        ),
        by=by,
        at=at,
    )
    rows = []
    for days in range(BASE_DAYS + REPORT_DAYS):
        on = measure_on + timedelta(days=days - BASE_DAYS)
        warm = 16 + 12 * sin(2 * pi * (on.timetuple().tm_yday - 110) / 365) + rng.gauss(0, 2)
        kwh = 2600 + 120 * max(0.0, warm - 21) + 60 * max(0.0, 9 - warm) + rng.gauss(0, 90)
        rows.append((on, round(kwh * (0.84 if on >= measure_on else 1), 1), round(warm, 1)))
    _computed(number, "weather", rows, by=by, at=at)


def _opened(draft: ProjectDraft, *, by: Actor, at: datetime) -> str:
    return projects.open_project(draft=draft, unit_code=by.unit_code, by=by, at=at).number


def _computed(
    number: str, design: str, rows: Iterable[Sequence[object]], *, by: Actor, at: datetime
) -> None:
    """Give a project its readings, compute it, state it."""
    content = _csv((*tables.NEEDED[design], *tables.OPTIONAL[design]), rows)
    projects.take_in(number=number, content=content, name="演示读数.csv", by=by, at=at)
    projects.compute(number=number, at=at)
    projects.state(number=number, reason="", by=by, at=at)


def _csv(names: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    return "\n".join(",".join(map(str, row)) for row in (names, *rows)).encode()
