"""The demo's bases at work: two more matrices, keepers, hours, services, proofs, notices."""

from datetime import date, datetime, timedelta
from random import Random

from dianliang.domain.catalog.models import Service
from dianliang.domain.directory.models import Unit
from dianliang.domain.territory.models import Area
from dianliang.domain.venues import notices
from dianliang.domain.venues.hours import set_days, set_first
from dianliang.domain.venues.models import (
    BaseNotice,
    BaseProof,
    Keeper,
    Matrix,
    Node,
    Site,
    SiteService,
)
from dianliang.domain.venues.notices import Written
from dianliang.domain.venues.opening import Hours
from dianliang.domain.workforce.models import Person
from dianliang.flows.demo.county import County, serving
from dianliang.flows.demo.sites import hang, node_of
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI

EMBASSIES, CONSULATES = 26, 101
"""用电大使馆 and 领事馆, seed row 002-16."""
BACK = timedelta(days=200)
MADE_BY = "演示数据"
STANDARDS = (
    (
        "电力便民服务标准",
        """一、来有迎声，问有答声，走有送声。
二、能当场办的当场办，不能当场办的说明何时办好。
三、停电、漏电等急事立即转 95598，并陪同等待。
四、上门服务先出示证件，不收受任何礼品。
五、每件需求都有编号，办到哪一步扫码可查。""",
    ),
    (
        "抢修到达时限",
        """城区 45 分钟以内到达现场。
农村 90 分钟以内到达现场。
特殊边远地区 2 小时以内到达现场。""",
    ),
)
NEWS = (
    (
        "冬季安全用电提醒",
        """取暖器不与被褥靠近，离开时关电源。
老旧线路请扫码预约免费检查。""",
    ),
    ("本周便民服务日", "本周六 9:00–11:00，志愿者在阵地免费检查小家电，欢迎居民前来。"),
)


def build_bases(county: County, *, by: Actor, rng: Random, at: datetime) -> None:
    """Write what a year of running bases leaves behind, with some of it missing or expired."""
    _embassies(county, rng)
    _centres(county)
    sites = list(Site.objects.select_related("unit").order_by("code"))
    today = at.astimezone(SHANGHAI).date()
    _hours(sites, rng, on=today, by=by, at=at)
    _keepers(sites, rng, on=today, at=at)
    _services(sites, rng)
    _proofs(sites, rng, on=today, at=at)
    _notices(county.company, on=today, by=by, at=at)
    closed = next(site for site in sites if site.code == "ZD-01")
    first = today + timedelta(days=3)
    set_days(site=closed, first=first, last=first, spans=(), reason="设备检修", by=by, at=at)


def _embassies(county: County, rng: Random) -> None:
    matrix = Matrix.objects.create(
        code="DSG",
        name="26 大使馆 + 101 领事馆",
        unit=county.company,
        words="乡镇街道设大使馆，村社区设领事馆",
        position=2,
        is_generated=True,
    )
    places = rng.sample(county.villages, EMBASSIES + CONSULATES)
    sites = Site.objects.bulk_create(
        _site(county, area, number, is_embassy=number < EMBASSIES)
        for number, area in enumerate(places)
    )
    heads = Node.objects.bulk_create(
        node_of(matrix, site, "大使馆", None) for site in sites[:EMBASSIES]
    )
    Node.objects.bulk_create(
        node_of(matrix, site, "领事馆", heads[number % EMBASSIES])
        for number, site in enumerate(sites[EMBASSIES:])
    )


def _site(county: County, area: Area, number: int, *, is_embassy: bool) -> Site:
    place = area.name.removesuffix("村委会").removesuffix("居委会")
    return Site(
        code=f"DSG-{number + 1:03d}" if is_embassy else f"LSG-{number - EMBASSIES + 1:03d}",
        name=f"{place}{'大使馆' if is_embassy else '领事馆'}",
        kind=Site.Kind.BRANCH_BASE if is_embassy else Site.Kind.SPOT,
        unit=serving(county, area),
        venue_type="community" if is_embassy else "village",
        area=area,
        lat=area.lat or 30.6,
        lon=area.lon or 119.6,
        address=f"{area.name}一楼",
        is_generated=True,
    )


def _centres(county: County) -> None:
    """Hang the same bases a second time: 1+3+N, with headings that are no bases."""
    matrix = Matrix.objects.create(
        code="ZX",
        name="党群服务 1+3+N",
        unit=county.company,
        words="一个中心、三个片区、若干站点；同一批站点在另一个体系里",
        position=3,
        is_generated=True,
    )
    main = Site.objects.get(code="ZD-01")
    root = hang(matrix, main, "中心", None)
    heads = Node.objects.bulk_create(
        Node(
            matrix=matrix,
            code=f"PQ-{number}",
            name=name,
            label="片区",
            parent=root,
            path=f"{root.path}PQ-{number}/",
        )
        for number, name in enumerate(("东部片区", "中部片区", "西部片区"), start=1)
    )
    stations = Site.objects.filter(kind=Site.Kind.STATION).order_by("code")
    Node.objects.bulk_create(
        node_of(matrix, site, "站点", heads[number % 3]) for number, site in enumerate(stations)
    )


def _hours(sites: list[Site], rng: Random, *, on: date, by: Actor, at: datetime) -> None:
    day = ((510, 720), (810, 1050))
    busy = ((510, 1050),)
    pairs = []
    for site in sites:
        if rng.random() < 0.06:  # some are always forgotten
            continue
        is_hall = site.kind in {Site.Kind.MAIN_BASE, Site.Kind.BRANCH_BASE}
        week = (busy if is_hall else day,) * 5 + (((540, 960),) if is_hall else (),) * 2
        hours = Hours(
            from_on=on - BACK,
            week=week,
            on_holidays="usual" if site.kind == Site.Kind.MAIN_BASE else "closed",
            holiday=(),
            on_make_up="workday",
        )
        pairs.append((site, hours))
    set_first(pairs, by=by, at=at - BACK)


def _keepers(sites: list[Site], rng: Random, *, on: date, at: datetime) -> None:
    people: dict[int, list[str]] = {}
    everybody: list[str] = []
    rows = Person.objects.filter(is_active=True).order_by("number")
    for unit, number in rows.values_list("unit", "number"):
        people.setdefault(unit, []).append(number)
        everybody.append(number)
    Keeper.objects.bulk_create(
        Keeper(
            site=site,
            from_on=on - BACK,
            person_number=rng.choice(people.get(site.unit_id or 0, everybody)),
            reason="年度聘任",
            decided_at=at - BACK,
            decided_by=MADE_BY,
        )
        for site in sites
        if rng.random() > 0.05
    )


def _services(sites: list[Site], rng: Random) -> None:
    services = list(Service.objects.filter(is_active=True).order_by("code"))
    SiteService.objects.bulk_create(
        SiteService(site=site, service=service, words="")
        for site in sites
        for service in rng.sample(services, 4)
    )


def _proofs(sites: list[Site], rng: Random, *, on: date, at: datetime) -> None:
    """Write notes for the two items that are proved: most good, some old, waiting or missing."""
    texts = {
        "place": "统一标识、便民桌椅和插座齐全，已现场查看。",
        "project": "固定项目：每月便民用电检查。",
    }
    rows: list[BaseProof] = []
    for site in sites:
        for item, words in texts.items():
            chance = rng.random()
            if chance < 0.08:
                continue
            is_old, is_new = chance < 0.16, chance > 0.94
            begun = on - timedelta(days=rng.randint(20, 150) + (240 if is_old else 0))
            lasts = 240 if is_old else 365 if chance < 0.9 else 160
            rows.append(
                BaseProof(
                    number=f"ZM{on:%y%m%d}-9{len(rows):03d}",
                    site=site,
                    item=item,
                    kind="note",
                    words=words,
                    from_on=begun,
                    expires_on=begun + timedelta(days=lasts),
                    status="GIVEN" if is_new else "ACCEPTED",
                    share_percent=0 if is_new else rng.choice((100, 100, 100, 80)),
                    given_at=at - timedelta(days=1),
                    given_by="generated",
                    given_by_name=MADE_BY,
                    checked_at=None if is_new else at,
                    checked_by_name="" if is_new else MADE_BY,
                    is_generated=True,
                )
            )
    BaseProof.objects.bulk_create(rows)


def _notices(company: Unit, *, on: date, by: Actor, at: datetime) -> None:
    for kind, told in (("standard", STANDARDS), ("notice", NEWS)):
        for title, words in told:
            written = Written(
                title=title, words=words, photo=None, from_on=on - timedelta(days=30), until_on=None
            )
            notice = notices.draft(
                kind=kind, unit=company, node=None, written=written, by=by, at=at
            )
            notices.move(notice=notice, verb="publish", reason="", by=by, at=at)
    BaseNotice.objects.update(is_generated=True)
