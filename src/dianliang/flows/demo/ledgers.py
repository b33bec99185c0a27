"""Books of the demo county: points settled month by month, donations, donors and children.

After the figures of the seeds: 20,000 face shields, 7,300 ml of blood from 21 people, 36,000 and
350,000 yuan, 9 homes and 44 children. Every figure on a page is the sum of these records.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from dianliang.domain.catalog.queries import work_calendar
from dianliang.domain.customers.models import Customer
from dianliang.domain.intake.tokens import phone_key
from dianliang.domain.ledger import appealing, giving, granting, redeeming, rules, settling
from dianliang.domain.ledger.giving import Giver, Thing
from dianliang.domain.ledger.granting import Beneficiary
from dianliang.domain.ledger.models import Article, Award, Drive, Pairing, PointRule, Settlement
from dianliang.domain.ledger.queries import holdings
from dianliang.domain.venues.models import Site
from dianliang.domain.workforce.models import Person
from dianliang.flows.demo import words
from dianliang.flows.demo.county import County
from dianliang.flows.ledgers import earning
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.calendar import SHANGHAI

HOMES, CHILDREN = 9, 44
RULES = (
    ("volunteer_points", "hours", "志愿服务每满一小时", False, 2, 60, 16, 60),
    ("volunteer_points", "activity", "参加一次志愿服务行动", False, 3, 1, 6, None),
    ("volunteer_points", "visit", "上门走访一户", False, 2, 1, 10, None),
    ("member_points", "activity", "党员参加志愿服务", True, 5, 1, 10, 30),
    ("member_points", "visit", "党员联系群众走访", True, 3, 1, 9, 30),
    ("member_points", "gift", "党员爱心捐赠", True, 5, 1, None, 10),
    ("volunteer_points", "lecture", "主讲一场宣讲或课程", False, 10, 1, None, 40),
    ("volunteer_points", "course", "完成一门培训", False, 10, 1, None, None),
    ("volunteer_points", "rating", "群众好评", False, 2, 1, 6, 30),
    ("member_points", "meeting", "参加联席会议", True, 5, 1, None, 20),
    ("member_points", "task", "按期办结会议任务", True, 8, 1, None, 40),
    ("member_points", "proposal", "课题验收", True, 20, 1, None, None),
)
"""Book, basis, name, members only, points, per, most a day and a month."""
SHOWN_NAMES = ("一位老党员", "余山热心人", "电力职工", "竹乡小店", "退休教师", "路过的司机")


@dataclass(frozen=True, slots=True)
class Officers:
    """Two of party affairs: what one proposes the other approves."""

    one: Actor
    other: Actor


def build_ledgers(county: County, *, rng: Random, at: datetime) -> None:
    """Settle three months of points, receive and hand out gifts, pair donors with children."""
    party = Actor(
        id="user:party",
        name="党建专责",
        role=Role.PARTY_AFFAIRS,
        unit_path=county.company.path,
        area_path="/",
        unit_code=county.company.code,
    )
    both = Officers(party, replace(party, id="user:party2", name="党建主任"))
    _donate(county, both, rng=rng, at=at)
    _pair(county, both, rng=rng, at=at)
    _rules(both, at=at)
    _settle(county, both, at=at)
    _shop(county, both, at=at)


def _rules(both: Officers, *, at: datetime) -> None:
    year = at.astimezone(SHANGHAI).date().replace(month=1, day=1) - timedelta(days=365)
    first = at - timedelta(days=300)
    for book, basis, name, members, points, per, day, month in RULES:
        rule = rules.add(
            book=book, basis=basis, name=name, members_only=members, by=both.one, at=first
        )
        PointRule.objects.filter(pk=rule.pk).update(is_generated=True)
        offer = _offer(points, per, day, month, from_on=year)
        version = rules.draft(rule=rule, offer=offer, by=both.one, at=first)
        rules.note_trial(version=version, effect="首版，无可比记录。", by=both.one, at=first)
        rules.enact(version=version, by=both.other, at=first)


def _offer(
    points: int, per: int, day: int | None, month: int | None, *, from_on: date
) -> rules.Offer:
    return rules.Offer(
        points=points,
        per=per,
        most_a_day=day,
        most_a_month=month,
        from_on=from_on,
        until_on=None,
        reason="支部大会讨论通过（演示）",
    )


def _settle(county: County, both: Officers, *, at: datetime) -> None:
    """Settle the last two whole months and what has gone of this one, which is still shown."""
    this = at.astimezone(SHANGHAI).date().replace(day=1)
    before = (this - timedelta(days=1)).replace(day=1)
    earlier = (before - timedelta(days=1)).replace(day=1)
    for book in rules.POINT_BOOKS:
        for since, until in ((earlier, before), (before, this)):
            _one(county, both, book, since, until, at=at, is_posted=until != this)
    rule = PointRule.objects.get(name=RULES[1][2])
    draft = rules.draft(
        rule=rule,
        offer=_offer(4, 1, 8, None, from_on=this + timedelta(days=40)),
        by=both.one,
        at=at,
    )
    trial = earning.trial_of(draft, path=county.company.path, since=earlier, until=this)
    rules.note_trial(version=draft, effect=trial.effect, by=both.one, at=at)


def _one(
    county: County,
    both: Officers,
    book: str,
    since: date,
    until: date,
    *,
    at: datetime,
    is_posted: bool,
) -> None:
    made_at = at - timedelta(days=9 if is_posted else 1)
    try:
        made = earning.settle(
            book=book,
            unit_code=county.company.code,
            since=since,
            until=until,
            by=both.one,
            at=made_at,
        )
    except settling.UnableToSettleError:
        return  # a month in which nothing of the kind happened
    Settlement.objects.filter(pk=made.pk).update(is_generated=True)
    settling.approve(settlement=made, by=both.other, at=made_at)
    settling.show(settlement=made, calendar=work_calendar(), by=both.one, at=made_at)
    if is_posted and made.notice_until is not None and made.notice_until <= at:
        settling.enter(settlement=made, by=both.one, at=at)
    elif (award := Award.objects.filter(settlement=made, points__gt=0).first()) is not None:
        appealing.appeal(
            award=award,
            wanted=award.points + 2,
            words="当天下午还走访了一户，没有计入（演示）",
            by=replace(both.one, id="user:volunteer", name=award.person.name),
            at=at,
        )


def _donate(county: County, both: Officers, *, rng: Random, at: datetime) -> None:
    today = at.astimezone(SHANGHAI).date()
    health = _drive(county, both, "众志成城防疫互助", "防护物资、献血和困难帮扶", at=at)
    shields = Article.objects.get(code="face_shield")
    team = Giver(kind="unit", name="青年突击队", shown_name="公司青年突击队", people=60)
    _receive(health, Thing(book="goods", amount=20_000, article=shields), team, today, both, at)
    blood = Giver(kind="unit", name="献血志愿者", shown_name="21 名献血志愿者", people=21)
    _receive(health, Thing(book="blood", amount=7_300), blood, today, both, at)
    _many(health, 3_600_000, rng, both, today, at)
    _grant(health, Thing(book="goods", amount=12_000, article=shields), "县人民医院", both, at)
    _grant(health, Thing(book="goods", amount=6_500, article=shields), "各社区防疫点", both, at)
    _grant(health, Thing(book="blood", amount=7_300), "县中心血站", both, at)
    bees = _drive(county, both, "金蜜蜂帮扶基金", "帮助弱势群体：助学、助医、助困", at=at)
    _many(bees, 35_000_000, rng, both, today, at)
    for place in range(8):
        thing = Thing(book="money", amount=rng.randint(8, 30) * 100_000)
        area = county.villages[place * 7 % len(county.villages)].name
        _grant(bees, thing, f"{area}困难家庭", both, at, keeps=place >= 6)
    cool = _drive(county, both, "清凉一夏", "为户外劳动者送清凉饮料", at=at)
    drinks = Article.objects.get(code="cool_drink")
    shop = Giver(kind="unit", name="供销合作社", shown_name="供销合作社")
    _receive(cool, Thing(book="goods", amount=3_600, article=drinks), shop, today, both, at)
    _grant(cool, Thing(book="goods", amount=2_400, article=drinks), "环卫工人和快递员", both, at)


def _drive(
    county: County,
    both: Officers,
    title: str,
    purpose: str,
    *,
    at: datetime,
    is_for_pairings: bool = False,
) -> Drive:
    drive = giving.plan_drive(
        title=title,
        purpose=purpose,
        unit=county.company,
        opens_on=at.astimezone(SHANGHAI).date() - timedelta(days=200),
        closes_on=None,
        is_for_pairings=is_for_pairings,
        by=both.one,
        at=at - timedelta(days=200),
        is_generated=True,
    )
    return giving.move_drive(drive=drive, verb="open", by=both.one, at=at - timedelta(days=200))


def _many(drive: Drive, fen: int, rng: Random, both: Officers, today: date, at: datetime) -> None:
    """Let members of staff give a sum together, one after the other."""
    people = list(Person.objects.filter(is_party_member=True).order_by("number")[:6])
    share = fen // (len(people) + 4) // 100 * 100
    for place, person in enumerate(people):
        giver = Giver(
            kind="person",
            name=person.name,
            phone=person.phone,
            index=phone_key(person.phone),
            shown_name=person.name[0] + "师傅",
        )
        on = today - timedelta(days=20 + place * 9)
        _receive(drive, Thing(book="money", amount=share), giver, on, both, at)
    rest = fen - share * len(people)
    first = rest // 3
    for amount in (first, first, rest - 2 * first):
        giver = Giver(kind="person", name=words.name(rng), shown_name=rng.choice(SHOWN_NAMES))
        _receive(drive, Thing(book="money", amount=amount), giver, today, both, at)


def _receive(
    drive: Drive,
    thing: Thing,
    giver: Giver,
    on: date,
    both: Officers,
    at: datetime,
    pairing: Pairing | None = None,
) -> None:
    giving.receive(
        drive=drive,
        thing=thing,
        giver=giver,
        on=on,
        note="演示数据",
        by=both.one,
        at=at,
        key=f"demo/{drive.number}/{drive.gifts.count()}",
        pairing=pairing,
    )


def _grant(
    drive: Drive,
    thing: Thing,
    shown_name: str,
    both: Officers,
    at: datetime,
    *,
    keeps: bool = False,
    pairing: Pairing | None = None,
) -> None:
    grant = granting.ask(
        drive=drive,
        thing=thing,
        beneficiary=Beneficiary(name=shown_name, shown_name=shown_name),
        words=drive.purpose,
        by=both.one,
        at=at,
        pairing=pairing,
    )
    if keeps:
        return
    granting.approve(grant=grant, by=both.other, at=at)
    on = at.astimezone(SHANGHAI).date()
    granting.hand_out(grant=grant, on=on, by=both.one, at=at)


def _pair(county: County, both: Officers, *, rng: Random, at: datetime) -> None:
    """Pair 44 children of 9 homes with donors, and hand some of them what was given."""
    today = at.astimezone(SHANGHAI).date()
    drive = _drive(
        county, both, "爱心家长", "为留守儿童筹集学费和学习用品", at=at, is_for_pairings=True
    )
    homes = list(Site.objects.exclude(unit=None).order_by("code")[:HOMES])
    children = _children(county, rng=rng, today=today)
    pairs = Pairing.objects.bulk_create(
        Pairing(
            number=f"AX{today:%y%m%d}-9{place:03d}",
            alias=f"小树苗{place + 1:02d}",
            child=child,
            home=homes[place % len(homes)] if homes else None,
            unit=child.unit or county.company,
            donor_name=words.name(rng),
            donor_phone=words.phone(8000 + place),
            donor_index=phone_key(words.phone(8000 + place)),
            agreed="每学期一次学习用品，每月一次通话，学费不足时补齐。",
            since=today - timedelta(days=rng.randint(60, 300)),
            guardian_agreed_on=today - timedelta(days=320),
            status="ACTIVE",
            proposed_by=both.one.id,
            proposed_name=both.one.name,
            proposed_at=at,
            decided_by=both.other.id,
            decided_name=both.other.name,
            decided_at=at,
            is_generated=True,
        )
        for place, child in enumerate(children)
    )
    for place, pair in enumerate(pairs[:5]):
        giver = Giver(kind="person", name=pair.donor_name, shown_name="一位爱心家长")
        thing = Thing(book="money", amount=80_000)
        _receive(drive, thing, giver, today, both, at, pairing=pair)
        if place < 3:
            thing = Thing(book="money", amount=60_000)
            _grant(drive, thing, "结对儿童", both, at, pairing=pair)


def _children(county: County, *, rng: Random, today: date) -> list[Customer]:
    """Return left-behind children; those that the county lacks are registered."""
    kind = Customer.SpecialKind.LEFT_BEHIND_CHILD
    own = Customer.objects.filter(special_kind=kind, unit__path__startswith=county.company.path)
    found = list(own.select_related("unit").order_by("number")[:CHILDREN])
    template = found[0]
    more = []
    for place in range(CHILDREN - len(found)):
        source = found[place % len(found)]
        more.append(
            Customer(
                number=f"KH9{place:05d}",
                kind=Customer.Kind.RESIDENT,
                name=words.name(rng),
                phone=words.phone(9000 + place),
                address=source.address,
                area=source.area,
                unit=source.unit,
                lat=source.lat,
                lon=source.lon,
                special_kind=kind,
                special_level=3,
                consented_on=template.consented_on,
                renewal_due_on=today + timedelta(days=200),
                visit_interval_days=90,
                last_visited_on=today - timedelta(days=rng.randint(1, 60)),
                nominee=f"{words.name(rng)} {words.phone(9300 + place)}",
                is_generated=True,
            )
        )
    return found + Customer.objects.bulk_create(more)


def _shop(county: County, both: Officers, *, at: datetime) -> None:
    today = at.astimezone(SHANGHAI).date()
    for code, name, measure, points in (
        ("umbrella", "晴雨伞", "把", 20),
        ("thermos", "保温杯", "个", 35),
    ):
        article = Article.objects.create(
            code=code, name=name, measure=measure, points=points, is_generated=True
        )
        redeeming.stock_up(
            article=article,
            unit=county.company,
            pieces=40,
            words="工会采购（演示）",
            on=today,
            by=both.one,
            at=at,
            key=f"demo-{code}",
        )
    rich = sorted(holdings(book=redeeming.BOOK).items(), key=lambda pair: (-pair[1], pair[0]))
    for number, points in rich[:3]:
        if points >= 20:
            redeeming.redeem(
                person=Person.objects.get(number=number),
                article=Article.objects.get(code="umbrella"),
                pieces=1,
                unit=county.company,
                by=both.one,
                at=at,
                key=f"demo-{number}",
            )
