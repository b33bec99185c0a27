"""Who answers for which village of the demo county, its agreements, and delegated powers.

After the figures of seed rows 001-02, 001-03 and 003-09: 13 agreements, 12 kinds of powers, one
accountable person for each cell, with a few gaps to find.
"""

from datetime import date, datetime, timedelta
from random import Random

from dianliang.domain.directory import agreements, powers
from dianliang.domain.directory.agreements import Terms
from dianliang.domain.directory.models import Agreement, Delegation, EnforcementCase, PowerKind
from dianliang.domain.territory.models import Area
from dianliang.domain.territory.queries import spoken_name
from dianliang.domain.workforce.models import Absence, Charge, ChargeKind, Person
from dianliang.flows.demo.county import County, serving
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI

AGREEMENTS = 13
"""Townships with an agreement, seed row 003-09."""
TOWNS_WITH_POWERS = 4
"""Seed row 001-02: one district and three townships."""
CASES = 26
VILLAGES_WITH_GRIDS = 30
GRIDS_EACH = 2
GAP_EVERY, VACANT_EVERY, FOREIGN = 31, 67, 7
"""Gaps to find: nobody, nobody for now, and somebody of another unit."""
SIGNED_DAYS = 420
FOUND = (
    ("村口架空线下堆放秸秆约 3 立方米，距导线不足 4 米", "dissuade", "corrected"),
    ("河堤 10 千伏线路下有人垂钓，鱼竿距导线不足 2 米", "dissuade", "corrected"),
    ("保护区内新栽毛竹约 20 株", "order", "promised"),
    ("吊车未经批准在线路旁作业", "stop", "corrected"),
    ("杆塔基础旁取土，深约 0.6 米", "order", "promised"),
    ("线路下搭建钢棚，劝阻无效", "hand_on", "handed_on"),
)


def build_together(county: County, *, rng: Random, by: Actor, at: datetime) -> None:
    """Write grids, people in charge, agreements, and powers with their cases."""
    today = at.astimezone(SHANGHAI).date()
    grids = _grids(county.villages, rng=rng)
    _charges(county, grids, rng=rng, by=by, at=at)
    towns = [area for area in county.areas if area.level == Area.Level.TOWNSHIP]
    _agreements(county, towns, by=by, at=at, today=today)
    _powers(towns[:TOWNS_WITH_POWERS], county.villages, rng=rng, by=by, at=at)


def _grids(villages: list[Area], *, rng: Random) -> list[Area]:
    """Divide some villages into grids, marked as generated."""
    made = [
        Area(
            code=f"{village.code}{number:02d}",
            name=f"{spoken_name(village.name)}第{'一二三四'[number - 1]}网格",
            level=Area.Level.GRID,
            parent=village,
            path=f"{village.path}{village.code}{number:02d}/",
            area_class=village.area_class,
            lat=(village.lat or 30.6) + rng.gauss(0, 0.003),
            lon=(village.lon or 119.6) + rng.gauss(0, 0.003),
            coordinate_source=Area.CoordinateSource.GENERATED,
        )
        for village in villages[:: max(1, len(villages) // VILLAGES_WITH_GRIDS)]
        for number in range(1, GRIDS_EACH + 1)
    ]
    return Area.objects.bulk_create(made)


def _charges(county: County, grids: list[Area], *, rng: Random, by: Actor, at: datetime) -> None:
    """Put somebody in charge of every cell but a few, and plan some hand-overs."""
    today = at.astimezone(SHANGHAI).date()
    kinds = {kind.code: kind for kind in ChargeKind.objects.all()}
    stewards = _staff(county, "电管家")
    workers = _staff(county, "网协员")
    office = _office(county)
    turn: dict[tuple[str, int], int] = {}
    rows: list[Charge] = []

    def put(kind: str, area: Area, person: Person | None, from_on: date, why: str) -> None:
        rows.append(
            Charge(
                area=area,
                kind=kinds[kind],
                person=person,
                from_on=from_on,
                reason=why,
                decided_at=datetime.combine(min(from_on, today - timedelta(days=1)), at.timetz()),
                decided_by=by.name,
                is_generated=True,
            )
        )

    def next_of(staff: dict[int, list[Person]], area: Area, what: str) -> Person | None:
        unit = serving(county, area).pk
        own = staff.get(unit, [])
        number = turn.setdefault((what, unit), 0)
        turn[what, unit] += 1
        return own[number % len(own)] if own else None

    first = today - timedelta(days=300)
    for area in county.areas:
        if area.level in {Area.Level.CITY, Area.Level.COUNTY}:
            put("manager", area, office[0], first, "年度任命")
        elif area.level == Area.Level.TOWNSHIP:
            put("manager", area, next_of(stewards, area, "town"), first, "年度任命")
    for number, village in enumerate(county.villages, start=1):
        if number % GAP_EVERY:
            own = office[1] if number == FOREIGN else next_of(stewards, village, "village")
            put("manager", village, own, first, "年度任命")
            put("liaison", village, next_of(workers, village, "liaison"), first, "年度任命")
        if number % VACANT_EVERY == 0:
            put("manager", village, None, today - timedelta(days=12), "原责任人调离，待补")
    for grid in grids[:-3]:
        put("grid", grid, next_of(workers, grid, "grid"), first, "网格划分")
    ahead = today.replace(day=1) + timedelta(days=62)
    for village in rng.sample(county.villages, 3):
        put("manager", village, office[1], ahead.replace(day=1), "轮岗")
    Charge.objects.bulk_create(rows)
    away = [row.person for row in rows if row.kind.code == "manager" and row.person][40]
    Absence.objects.create(
        person=away, first_on=today, last_on=today + timedelta(days=5), reason="培训（演示）"
    )


def _staff(county: County, title: str) -> dict[int, list[Person]]:
    found: dict[int, list[Person]] = {}
    units = [county.company, *county.stations]
    for person in Person.objects.filter(title=title, unit__in=units).order_by("number"):
        found.setdefault(person.unit_id, []).append(person)
    return found


def _office(county: County) -> list[Person]:
    """Hire two for the company's own desk: they look after the county and the city above it."""
    made = [
        Person(
            number=f"RY9000{number}",
            name=name,
            unit=county.company,
            title="客户经理",
            is_generated=True,
        )
        for number, name in enumerate(("周春林", "钱雪松"), start=1)
    ]
    return Person.objects.bulk_create(made)


def _agreements(county: County, towns: list[Area], *, by: Actor, at: datetime, today: date) -> None:
    """Write 13: one ends within the quarter, one is still a draft; two townships have none."""
    signed_on = today - timedelta(days=SIGNED_DAYS)
    for number, town in enumerate(towns[:AGREEMENTS]):
        until = today + timedelta(days=38 if number == 5 else 200 + 90 * (number % 4))
        parties = [s for s in county.stations if town in s.areas.all()] or [county.company]
        terms = Terms(
            title=f"{town.name}村网共建协议（演示）",
            kind=Agreement.Kind.BUILDING,
            scope="共建村网服务点和网格；乡镇协调通道、青苗与占地；供电所公布责任人、走访特殊客户、"
            "每季度联合排查电力设施隐患一次。",
            units=[county.company, *parties] if parties != [county.company] else parties,
            areas=[town],
            valid_from=signed_on,
            valid_until=until,
            remind_days=90,
        )
        agreement = agreements.draft(terms=terms, by=by, at=at)
        if number != AGREEMENTS - 1:
            agreements.sign(agreement=agreement, signed_on=signed_on, by=by, at=at)
    Agreement.objects.update(is_generated=True)


def _powers(
    towns: list[Area], villages: list[Area], *, rng: Random, by: Actor, at: datetime
) -> None:
    """Delegate all 12 kinds to four townships and record some cases."""
    today = at.astimezone(SHANGHAI).date()
    begun = today - timedelta(days=400)
    measures = [code for code in powers.MEASURES if code != "fine"]
    made = [
        powers.delegate(
            grant=powers.Grant(
                kind=kind,
                area=town,
                authority="县经济和信息化局（演示）",
                document="演示文件〔2025〕1 号",
                scope="辖区内 10 千伏及以下电力设施",
                measures=measures,
                valid_from=begun,
                valid_until=today + timedelta(days=60 if town == towns[-1] else 900),
            ),
            by=by,
            at=at,
        )
        for town in towns
        for kind in PowerKind.objects.filter(is_active=True)
    ]
    for number in range(CASES):
        held = made[rng.randrange(len(made))]
        own = [village for village in villages if village.path.startswith(held.area.path)]
        found, measure, outcome = FOUND[number % len(FOUND)]
        powers.record_case(
            delegation=held,
            happened=powers.Happened(
                on=today - timedelta(days=rng.randint(3, 320)),
                area=rng.choice(own),
                place="村道旁（演示）",
                found=found,
                measure=measure,
                outcome=outcome,
                outcome_words="",
                photos=(),
            ),
            by=by,
            at=at,
        )
    Delegation.objects.update(is_generated=True)
    EnforcementCase.objects.update(is_generated=True)
