"""Party branches of the demo county, after the figures of seed rows 001-05, 004-02 to 004-05.

13 branches with 311 members, 59 pairings of which 18 and 14 belong to the 8 alliances, 28 young
people seconded, 8 topics, a temporary branch. Figures on pages are counted from these rows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from dianliang.domain.branches.models import (
    Alliance,
    Attachment,
    Belonging,
    Branch,
    Pairing,
    PairingMode,
    PairingResult,
    PairingStep,
    Posting,
    PostKind,
    Secondment,
    SecondmentKind,
    Topic,
    TopicAction,
    TopicLead,
)
from dianliang.domain.directory.models import Unit
from dianliang.domain.territory.models import Area
from dianliang.domain.territory.queries import spoken_name
from dianliang.domain.workforce.keys import phone_key
from dianliang.domain.workforce.models import Person
from dianliang.flows.demo import words
from dianliang.flows.demo.county import County
from dianliang.flows.demo.meetings import build_meetings
from dianliang.flows.demo.theming import build_themes
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI

OFFICES = ("综合", "运检", "营销", "建设", "调控")
MEMBERS, PAIRINGS, LEARNING, BUILDING = 311, 59, 18, 14
YOUNG, REPRESENTATIVES = 28, 8
MOST_FROM_STATIONS = 240
FIRMS = ("竹业", "茶业", "椅业", "机械", "家居", "食品", "纺织")
GENERATED = "演示数据"
TOPICS = (
    ("白茶专变推广", "白茶专变台数", "台", "up", "0", "14"),
    ("台区线损治理", "台区线损率", "%", "down", "3.1", "2.2"),
    ("迎峰度夏重过载治理", "重过载台区", "个", "down", "18", "7"),
    ("网架优化", "配网联络率", "%", "up", "86.5", ""),
    ("优质服务提升", "报修到达及时率", "%", "up", "95.2", ""),
    ("老旧表箱消缺", "待消缺表箱", "只", "down", "420", ""),
    ("能效服务上门", "上门能效分析企业", "户", "up", "12", ""),
    ("党员服务队响应提速", "平均响应时长", "分钟", "down", "", ""),
)


@dataclass(frozen=True, slots=True)
class Made:
    """What later parts stand on."""

    branches: list[Branch]
    members: dict[int, list[Person]]


def build_branches(county: County, *, rng: Random, by: Actor, at: datetime) -> None:
    """Write branches, members, posts, links, topics, meetings and marks."""
    today = at.astimezone(SHANGHAI).date()
    made = _register(county, rng=rng, today=today, at=at)
    _posts(made, today=today, at=at)
    _secondments(made, today=today, at=at)
    _pairings(made, county, rng=rng, today=today, at=at)
    _temporary(made, county, today=today, at=at)
    _topics(made, county, today=today, at=at)
    build_meetings(made.branches, made.members, county.villages, by=by, at=at)
    build_themes(by=by, at=at)


def _register(county: County, *, rng: Random, today: date, at: datetime) -> Made:
    founded = today - timedelta(days=2200)
    hosts = [(station, station.name.removesuffix("（演示）"), True) for station in county.stations]
    hosts += [(county.company, f"{name}", False) for name in OFFICES]
    units = [
        Unit(
            code=f"DZB{number:02d}",
            name=f"{name}党支部（演示）",
            kind=Unit.Kind.BRANCH,
            parent=host,
            path=f"{host.path}DZB{number:02d}/",
            valid_from=founded,
            is_generated=True,
        )
        for number, (host, name, _) in enumerate(hosts, start=1)
    ]
    stored = Unit.objects.bulk_create(units)
    branches = [
        Branch(
            unit=unit,
            # One office asked for a representative and has none yet: a gap to find.
            needs_representative=is_station or unit.name.startswith("建设"),
            created_by=GENERATED,
            created_at=at,
            is_generated=True,
        )
        for unit, (_, _, is_station) in zip(stored, hosts, strict=True)
    ]
    Branch.objects.bulk_create(branches)
    members = _members(branches, county, rng=rng)
    Belonging.objects.bulk_create(
        Belonging(
            person=person,
            branch_id=branch_id,
            from_on=today - timedelta(days=rng.randint(60, 2000)),
            reason="组织关系转入",
            decided_at=at,
            decided_by=GENERATED,
            is_generated=True,
        )
        for branch_id, people in members.items()
        for person in people
    )
    return Made(branches, members)


def _members(branches: list[Branch], county: County, *, rng: Random) -> dict[int, list[Person]]:
    """Put the party members of each station into its branch, and hire the offices' own."""
    stations = {
        station.pk: branch
        for station, branch in zip(county.stations, branches[: len(county.stations)], strict=True)
    }
    found = Person.objects.filter(is_party_member=True, is_active=True, unit_id__in=stations)
    own = list(found.order_by("number")[:MOST_FROM_STATIONS])
    offices = branches[len(county.stations) :]
    hired = Person.objects.bulk_create(
        Person(
            number=f"RY91{number:03d}",
            name=words.name(rng),
            phone=words.phone(9100 + number),
            phone_index=phone_key(words.phone(9100 + number)),
            unit=county.company,
            title="专责",
            is_party_member=True,
            is_generated=True,
        )
        for number in range(1, MEMBERS - len(own) + 1)
    )
    members: dict[int, list[Person]] = {branch.pk: [] for branch in branches}
    for person in own:
        members[stations[person.unit_id].pk].append(person)
    for place, person in enumerate(hired):
        members[offices[place % len(offices)].pk].append(person)
    return members


def _posts(made: Made, *, today: date, at: datetime) -> None:
    """Fill the posts of each branch; one has no publicity member: a gap to find."""
    kinds = list(PostKind.objects.all())
    rows = []
    for place, branch in enumerate(made.branches):
        for kind, person in zip(kinds, made.members[branch.pk], strict=False):
            if place == 3 and kind.code == "publicity":
                continue
            rows.append(
                Posting(
                    branch=branch,
                    kind=kind,
                    person=person,
                    from_on=today - timedelta(days=30),
                    reason="支部换届选举",
                    decided_at=at,
                    decided_by=GENERATED,
                    is_generated=True,
                )
            )
    Posting.objects.bulk_create(rows)


def _secondments(made: Made, *, today: date, at: datetime) -> None:
    """Send 8 representatives and 28 young people to the stations' branches."""
    ways = {kind.code: kind for kind in SecondmentKind.objects.all()}
    stations = made.branches[:REPRESENTATIVES]
    senders = [p for branch in made.branches[8:] for p in made.members[branch.pk][5:]]
    rows = []
    for number, person in enumerate(senders[: REPRESENTATIVES + YOUNG], start=1):
        is_sent_down = number <= REPRESENTATIVES
        branch = stations[(number - 1) % REPRESENTATIVES]
        rows.append(
            Secondment(
                number=f"PD{today:%y%m%d}-9{number:03d}",
                kind=ways["down" if is_sent_down else "post"],
                person=person,
                from_unit=person.unit,
                branch=branch,
                post="党建代表" if is_sent_down else "党支部副书记（挂职）",
                from_on=today - timedelta(days=200),
                until_on=today + timedelta(days=165),
                status="RUNNING",
                created_by=GENERATED,
                created_at=at,
                is_generated=True,
            )
        )
    Secondment.objects.bulk_create(rows)


def _pairings(made: Made, county: County, *, rng: Random, today: date, at: datetime) -> None:
    """Write 59 pairings: 18 and 14 in the 8 alliances, the others with villages."""
    modes = {mode.code: mode for mode in PairingMode.objects.all()}
    stations = made.branches[:REPRESENTATIVES]
    alliances = Alliance.objects.bulk_create(
        Alliance(
            number=f"LJ{today:%y%m%d}-9{number:03d}",
            title=f"“红立方”{branch.unit.name.partition('供电所')[0]}联盟（演示）",
            branch=branch,
            theme_words=("线损提升", "网架优化", "优质服务", "乡村振兴")[number % 4],
            starts_on=today - timedelta(days=190),
            status="RUNNING",
            created_by=GENERATED,
            created_at=at,
            is_generated=True,
        )
        for number, branch in enumerate(stations, start=1)
    )
    villages = rng.sample(county.villages, PAIRINGS)
    rows = []
    for place, village in enumerate(villages):
        is_learning, is_building = place < LEARNING, LEARNING <= place < LEARNING + BUILDING
        inside = is_learning or is_building
        code = "learning" if is_learning else "building" if is_building else "village"
        many = len(stations) if inside else len(made.branches)
        branch = made.branches[place % many]
        rows.append(
            Pairing(
                number=f"JD{today:%y%m%d}-9{place + 1:03d}",
                branch=branch,
                mode=modes[code],
                other_area=None if is_building else village,
                other_name=_other(village, code, place),
                alliance=alliances[place % many] if inside else None,
                goal="每季度联合主题党日一次，共办一件实事。",
                from_on=today - timedelta(days=180),
                until_on=today + timedelta(days=185),
                signed_on=today - timedelta(days=180),
                status="RUNNING",
                created_by=GENERATED,
                created_at=at,
                is_generated=True,
            )
        )
    _plans(Pairing.objects.bulk_create(rows), today=today, at=at)


def _plans(pairings: list[Pairing], *, today: date, at: datetime) -> None:
    """Write two planned steps for each pairing, and what came of the first."""
    steps = PairingStep.objects.bulk_create(
        PairingStep(
            pairing=pairing,
            position=position,
            words=("联合主题党日", "共办一件民生实事")[position - 1],
            due_on=today + timedelta(days=-80 if position == 1 else 60),
        )
        for pairing in pairings
        for position in (1, 2)
    )
    PairingResult.objects.bulk_create(
        PairingResult(
            number=f"GJ{today:%y%m%d}-9{number:03d}",
            pairing=step.pairing,
            step=step,
            on=today - timedelta(days=85 - number % 60),
            words="联合主题党日，学习研讨并走访村民。",
            recorded_by=GENERATED,
            recorded_at=at,
        )
        # Every ninth has let its first step go by: overdue plans to find.
        for number, step in enumerate(steps, start=1)
        if step.position == 1 and number % 9
    )


def _other(village: Area, code: str, place: int) -> str:
    name = spoken_name(village.name)
    if code == "building":
        return f"{name}{FIRMS[place % len(FIRMS)]}企业党支部（演示）"
    return f"{name}{'标杆' if code == 'learning' else ''}党支部（演示）"


def _temporary(made: Made, county: County, *, today: date, at: datetime) -> None:
    """Write the temporary branch of a building site."""
    host = county.stations[6]
    unit = Unit.objects.create(
        code="LSZB01",
        name="“乡村振兴·零碳先行”示范区建设临时党支部（演示）",
        kind=Unit.Kind.BRANCH,
        parent=host,
        path=f"{host.path}LSZB01/",
        valid_from=today - timedelta(days=70),
        valid_until=today + timedelta(days=110),
        is_generated=True,
    )
    branch = Branch.objects.create(
        unit=unit,
        kind=Branch.Kind.TEMPORARY,
        purpose="智能开关站新建工程现场党建与攻坚",
        created_by=GENERATED,
        created_at=at,
        is_generated=True,
    )
    people = made.members[made.branches[9].pk][:4] + made.members[made.branches[11].pk][:4]
    Attachment.objects.bulk_create(
        Attachment(
            branch=branch,
            person=person,
            from_on=unit.valid_from or today,
            until_on=unit.valid_until or today,
            is_generated=True,
        )
        for person in people
    )
    Posting.objects.create(
        branch=branch,
        kind=PostKind.objects.get(code="secretary"),
        person=people[0],
        from_on=unit.valid_from or today,
        reason="公司党委批复",
        decided_at=at,
        decided_by=GENERATED,
        is_generated=True,
    )


def _topics(made: Made, county: County, *, today: date, at: datetime) -> None:
    """Write 8 topics: three measured, four at work, one without a baseline yet."""
    begun = today - timedelta(days=150)
    rows = []
    for number, (title, measure, unit, better, before, after) in enumerate(TOPICS, start=1):
        status = "CLOSED" if number == 1 else "MEASURED" if after else "ACTING"
        rows.append(
            Topic(
                number=f"KT{begun:%y%m%d}-9{number:03d}",
                title=f"{title}（演示）",
                branch=made.branches[number - 1],
                goal=f"以党建促业务，改善{measure}",
                measure=measure,
                measure_unit=unit,
                better=better,
                due_on=today + timedelta(days=40 * number - 60),
                before=Decimal(before) if before else None,
                before_on=begun if before else None,
                before_source="演示数据：年初月报" if before else "",
                after=Decimal(after) if after else None,
                after_on=today - timedelta(days=10) if after else None,
                after_source="演示数据：本月月报" if after else "",
                status=status if before else "PROPOSED",
                created_by=GENERATED,
                created_at=datetime.combine(begun, time(9), SHANGHAI),
                is_generated=True,
            )
        )
    topics = Topic.objects.bulk_create(rows)
    offices = [branch.unit for branch in made.branches[8:]]
    leads: dict[str, Callable[[int], Unit]] = {
        "coordinate": lambda _: county.company,
        "integrate": lambda place: offices[1 + place % 4],
        "carry_out": lambda place: made.branches[place].unit,
        "guide": lambda _: offices[0],
    }
    TopicLead.objects.bulk_create(
        TopicLead(topic=topic, tier=tier, unit=lead(place))
        for place, topic in enumerate(topics)
        for tier, lead in leads.items()
    )
    TopicAction.objects.bulk_create(
        TopicAction(
            topic=topic,
            position=position,
            words=("摸排建档", "逐户实施")[position - 1],
            person=made.members[topic.branch_id][position],
            due_on=begun + timedelta(days=60 * position),
            done_on=begun + timedelta(days=50 * position) if topic.before_on else None,
            done_words="已完成（演示）" if topic.before_on else "",
        )
        for topic in topics
        for position in (1, 2)
    )
