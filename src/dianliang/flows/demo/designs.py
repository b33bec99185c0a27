"""Measurement projects of every design, a table of factors, a file of readings. All generated."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from dianliang.domain.energy.shapes import ProjectDraft
from dianliang.flows.carbon import factor_tables
from dianliang.flows.energy import options
from dianliang.flows.measuring import projects, tables
from dianliang.flows.measuring.bringing import Wanted
from dianliang.flows.readings import intake
from dianliang.integrations.meter_files import Hints
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.calendar import SHANGHAI

Rows = Iterable[Sequence[object]]
MACHINES, SPELL_DAYS, SPELLS = 6, 3, 4
BASE_DAYS, REPORT_DAYS = 120, 60
METERS, POINTS = 3, 96
SPIKE_KW = 900.0


def build_designs(*, rng: Random, by: Actor, at: datetime) -> None:
    """Open, compute and state a project of each design that no other part of the demo has."""
    today = at.astimezone(SHANGHAI).date()
    first = today - timedelta(days=REPORT_DAYS)
    made: tuple[tuple[str, str, Rows, Wanted | None], ...] = (
        ("六台注塑机交叉试验（演示）", "trial", _crossover(rng, first), None),
        ("注塑车间按产量折算（演示）", "production", _output(rng, first), None),
        ("路灯换 LED：抽样功率（演示）", "samples", _samples(rng), _hours()),
        ("办公楼空调：账单校准（演示）", "bills", _bills(rng), None),
    )
    for title, design, rows, wanted in made:
        _stated(title, design, rows, wanted=wanted, first=first, by=by, at=at)


def _stated(
    title: str,
    design: str,
    rows: Rows,
    *,
    wanted: Wanted | None,
    first: date,
    by: Actor,
    at: datetime,
) -> None:
    number = projects.open_project(
        draft=ProjectDraft(
            title=title,
            subject_name="恒源注塑厂（演示）",
            boundary="所列设备的用电；不含其他设备。",
            design=design,
            measure_on=first,
            is_generated=True,
        ),
        unit_code=by.unit_code,
        by=by,
        at=at,
    ).number
    content = _csv((*_HEADINGS[design](), *tables.OPTIONAL.get(design, ())), rows)
    projects.take_in(
        number=number, content=content, name="演示读数.csv", by=by, at=at, wanted=wanted
    )
    projects.compute(number=number, at=at)
    projects.state(number=number, reason="", by=by, at=at)


def _crossover(rng: Random, first: date) -> Rows:
    """Yield machines that have the measure in every other spell, in an order drawn by lot."""
    for machine in range(MACHINES):
        level = 0.5 * rng.gauss(1, 0.12)
        has_first = rng.random() < 0.5
        for day in range(SPELLS * SPELL_DAYS):
            has = (day // SPELL_DAYS % 2 == 0) is has_first
            ratio = level * (0.88 if has else 1) * rng.gauss(1, 0.04)
            told = "有" if has else "无"
            yield f"{machine + 1} 号机", told, round(ratio, 4), first + timedelta(days=day)


def _output(rng: Random, first: date) -> Rows:
    for day in range(-BASE_DAYS, REPORT_DAYS):
        output = 1500 + rng.gauss(0, 260)
        kwh = 140 + 0.42 * output * (0.9 if day >= 0 else 1) + rng.gauss(0, 18)
        yield first + timedelta(days=day), round(kwh, 1), round(output), 22


def _samples(rng: Random) -> Rows:
    return [(round(rng.gauss(0.15, 0.006), 4), round(rng.gauss(0.06, 0.003), 4)) for _ in range(24)]


def _hours() -> Wanted:
    return Wanted(hours=4100.0, hours_error=60.0)


def _bills(rng: Random) -> Rows:
    for month in range(1, 13):
        base = 62_000 + 19_000 * (month in {7, 8, 9}) + 9_000 * (month in {1, 2, 12})
        modelled = round(base * rng.gauss(1, 0.02))
        yield f"2025-{month:02d}", base, modelled, round(modelled * 0.87)


_HEADINGS: dict[str, Callable[[], Sequence[str]]] = {
    "trial": lambda: tables.NEEDED["trial"],
    "production": lambda: tables.NEEDED["production"],
    "samples": lambda: (options.BEFORE, options.AFTER),
    "bills": lambda: (options.MONTH, options.BILLED, options.MODELLED, options.WITH_MEASURE),
}


def bring_factors(*, by: Actor, at: datetime) -> None:
    """Import two factors of scope 3 that say of themselves that they are made for trying out."""
    said = "演示数据，不是任何公布的因子"
    rows = [
        ("公路货运", "上下游活动（范围 3）", "本单位", "本单位", 2025, 0.1, "kgCO2/tkm", said),
        ("员工通勤", "上下游活动（范围 3）", "本单位", "本单位", 2025, 0.15, "kgCO2/km", said),
    ]
    admin = replace(by, role=Role.ADMINISTRATOR)
    content = _csv(factor_tables.NEEDED, rows)
    factor_tables.take_in(content=content, name="演示因子.csv", by=admin, at=at)


def send_readings(*, rng: Random, by: Actor, at: datetime) -> None:
    """Send a month's first days of three meters in, with a gap and a spike, for the desk to judge.

    The file waits for the dispatcher to confirm it; nothing is stored before.
    """
    last = at.astimezone(SHANGHAI).date().replace(day=1)
    clock = [f"{point // 4:02d}:{point % 4 * 15:02d}" for point in range(POINTS)]
    rows = []
    for meter in range(METERS):
        for day in range(7):
            kw: list[object] = [round(8 + rng.gauss(0, 0.8), 2) for _ in clock]
            if meter == 1 and day == 2:
                kw[30:40] = [""] * 10
            if meter == 2 and day == 4:
                kw[50] = SPIKE_KW
            on = last - timedelta(days=7 - day)
            rows.append((f"YS-{meter + 1:03d}", on, *kw))
    content = _csv(("表号", "日期", *clock), rows)
    intake.order_look(content=content, name="演示读数.csv", hints=Hints(unit="kW"), by=by, at=at)


def _csv(names: Sequence[str], rows: Rows) -> bytes:
    return "\n".join(",".join(map(str, row)) for row in (names, *rows)).encode()
