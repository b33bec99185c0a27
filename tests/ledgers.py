"""A small world of people whose accounts the tests of the ledger fill."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from dianliang.core.models import StoredFile
from dianliang.domain.customers.models import Customer
from dianliang.domain.directory.models import Unit
from dianliang.domain.ledger import (
    appealing,
    giving,
    granting,
    operations,
    pairing,
    redeeming,
    rules,
    settling,
)
from dianliang.domain.ledger.models import (
    Article,
    Award,
    Drive,
    Entry,
    Gift,
    Pairing,
    PointRule,
    RuleVersion,
    Settlement,
)
from dianliang.domain.ledger.operations import Line, Source
from dianliang.domain.ledger.scoring import Deed, Scored, score
from dianliang.domain.territory.models import Area
from dianliang.domain.venues.models import Site
from dianliang.domain.workforce.models import Person, Team
from dianliang.kernel.actor import SYSTEM, Actor, Role
from dianliang.kernel.calendar import WorkCalendar
from tests.town import Town

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
LATER = NOON + timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Ledger:
    """A unit with three people."""

    unit: Unit
    people: tuple[Person, ...]


def build(*, people: int = 3) -> Ledger:
    """Make a unit with people."""
    unit = Unit.objects.create(
        code="AJ01", name="余山供电所", kind=Unit.Kind.STATION, path="/AJ/AJ01/"
    )
    made = [
        Person.objects.create(number=f"P{n}", name=f"队员{n}", unit=unit) for n in range(people)
    ]
    return Ledger(unit, tuple(made))


def officer(name: str = "o1", *, person: str = "") -> Actor:
    """Return somebody of party affairs."""
    return Actor(
        id=name,
        name=f"党建专责{name}",
        role=Role.PARTY_AFFAIRS,
        unit_path="/",
        area_path="/",
        unit_code="AJ01",
        person_number=person,
    )


def give(
    person: Person,
    amount: int,
    *,
    book: str = "volunteer_points",
    on: date = TODAY,
    key: str = "",
    by: Actor = SYSTEM,
    team: str = "",
) -> Entry:
    """Enter that a person got something."""
    lines = (
        Line(operations.account(book, "person", person.number), amount, team, "AJ01"),
        Line(operations.account(book, "outside", "points"), -amount),
    )
    key = key or f"{book}/{person.number}/{on}/{amount}/{Entry.objects.count()}"
    return operations.post(
        book=book,
        lines=lines,
        source=Source("visit", "V-1"),
        on=on,
        words="走访",
        by=by,
        at=NOON,
        key=key,
    )


def rule(
    *, book: str = "volunteer_points", basis: str = "visit", name: str = "走访一户"
) -> PointRule:
    """Make a rule without a version."""
    return rules.add(book=book, basis=basis, name=name, members_only=False, by=officer(), at=NOON)


def offer(points: int = 5, *, from_on: date = date(2026, 9, 1), **more: object) -> rules.Offer:
    """Say what a version gives."""
    told = {"per": 1, "most_a_day": None, "most_a_month": None, "until_on": None, **more}
    return rules.Offer(points=points, from_on=from_on, reason="支部大会通过", **told)  # type: ignore[arg-type]


def in_force(made: PointRule, points: int = 5, **more: object) -> RuleVersion:
    """Put a version of a rule in force."""
    version = rules.draft(rule=made, offer=offer(points, **more), by=officer(), at=NOON)  # type: ignore[arg-type]
    rules.note_trial(version=version, effect="无差异", by=officer(), at=NOON)
    return rules.enact(version=version, by=officer("o2"), at=NOON)


def deeds(ledger: Ledger, *, per_person: int = 2) -> list[Deed]:
    """Return visits of the people of a unit in October."""
    return [
        Deed(
            basis="visit",
            person=person.number,
            is_member=False,
            team="",
            unit=ledger.unit.code,
            on=date(2026, 10, 1) + timedelta(days=n),
            quantity=1,
            source_kind="visit",
            source_number=f"{person.number}-{n}",
        )
        for person in ledger.people
        for n in range(per_person)
    ]


def scored(ledger: Ledger, *, per_person: int = 2) -> tuple[Scored, ...]:
    """Return what they earn by the rules in force."""
    return score(deeds(ledger, per_person=per_person), rules.terms(book="volunteer_points"))


def settlement(ledger: Ledger, *, per_person: int = 2) -> Settlement:
    """Count the points of October."""
    if not RuleVersion.objects.exists():
        in_force(rule())
    return settling.make(
        book="volunteer_points",
        unit=ledger.unit,
        since=date(2026, 10, 1),
        until=date(2026, 11, 1),
        scored=scored(ledger, per_person=per_person),
        by=officer(),
        at=NOON,
    )


def entered(ledger: Ledger) -> Settlement:
    """Count, check, show and enter the points of October."""
    made = settlement(ledger)
    settling.approve(settlement=made, by=officer("o2"), at=NOON)
    settling.show(settlement=made, calendar=WorkCalendar(), by=officer("o2"), at=NOON)
    return settling.enter(settlement=made, by=officer("o2"), at=LATER)


def award_of(made: Settlement, person: Person) -> Award:
    """Return the first points of a person in a settlement."""
    return Award.objects.filter(settlement=made, person=person).order_by("pk")[0]


def drive(ledger: Ledger, *, title: str = "金蜜蜂助学", for_pairings: bool = False) -> Drive:
    """Open a call to give."""
    made = giving.plan_drive(
        title=title,
        purpose="资助困难家庭学生",
        unit=ledger.unit,
        opens_on=date(2026, 9, 1),
        closes_on=None,
        is_for_pairings=for_pairings,
        by=officer(),
        at=NOON,
    )
    return giving.move_drive(drive=made, verb="open", by=officer(), at=NOON)


def gift(
    made: Drive, fen: int = 10_000, *, key: str = "g1", pairing: Pairing | None = None
) -> Gift:
    """Receive money for a purpose."""
    return giving.receive(
        drive=made,
        thing=giving.Thing(book="money", amount=fen),
        giver=giving.Giver(kind="person", name="王小明", phone="13800001111", shown_name="王先生"),
        on=TODAY,
        note="",
        by=officer(),
        at=NOON,
        key=key,
        pairing=pairing,
    )


def child(ledger: Ledger, name: str = "李小苗") -> Customer:
    """Register a left-behind child whose file is locked."""
    area, _ = Area.objects.get_or_create(
        code="V1", defaults={"name": "余村村", "level": "village", "path": "/V1/"}
    )
    return Customer.objects.create(
        number=f"KH-{Customer.objects.count()}",
        kind="resident",
        name=name,
        area=area,
        unit=ledger.unit,
        special_kind=Customer.SpecialKind.LEFT_BEHIND_CHILD,
        special_level=1,
    )


def homes(town: Town, count: int) -> list[Site]:
    """Open homes for children of migrant workers."""
    return [
        Site.objects.create(
            code=f"HOME-{n}",
            name=f"留守学生之家{n}",
            kind=Site.Kind.PRACTICE_POINT,
            area=town.areas["V1"],
            unit=town.units["S1"],
            lat=30.5,
            lon=119.6,
        )
        for n in range(count)
    ]


def pair(ledger: Ledger, who: Customer, *, alias: str = "小树苗01") -> Pairing:
    """Propose a donor for a child."""
    return pairing.propose(
        child=who,
        alias=alias,
        donor=pairing.Donor(kind="person", name="陈爱心", phone="13900002222"),
        agreement=pairing.Agreement(
            words="每学期一次学习用品，每月一次通话",
            since=date(2026, 9, 1),
            until=None,
            guardian_agreed_on=date(2026, 8, 20),
        ),
        home=None,
        unit=ledger.unit,
        by=officer(),
        at=NOON,
    )


def article(code: str = "umbrella", *, points: int | None = 20) -> Article:
    """Make something that points buy."""
    return Article.objects.create(code=code, name=f"雨伞{code}", measure="把", points=points)


def team(code: str, unit: Unit) -> Team:
    """Make a team without members."""
    return Team.objects.create(
        code=code,
        name=f"{code}队",
        unit=unit,
        base_lat=30.6,
        base_lon=119.7,
        shift_starts=time(8),
        shift_ends=time(17),
        calendar_token=f"token-{code}",
        is_volunteer=True,
    )


def objects(unit: Unit, receipt: StoredFile) -> dict[str, dict[str, object]]:
    """Make one of each thing that pages of the ledger show, all of a unit."""
    ledger = Ledger(
        unit,
        tuple(Person.objects.create(number=f"LP{n}", name=f"队员{n}", unit=unit) for n in (0, 1)),
    )
    entry = give(ledger.people[0], 60)
    shown = settlement(ledger)
    settling.approve(settlement=shown, by=officer("o2"), at=NOON)
    settling.show(settlement=shown, calendar=WorkCalendar(), by=officer("o2"), at=NOON)
    award = award_of(shown, ledger.people[0])
    appeal = appealing.appeal(award=award, wanted=9, words="少计了一户", by=officer("o3"), at=NOON)
    goods = article()
    redeeming.stock_up(
        article=goods, unit=unit, pieces=3, words="采购", on=TODAY, by=officer(), at=NOON, key="s"
    )
    redeemed = redeeming.redeem(
        person=ledger.people[0],
        article=goods,
        pieces=1,
        unit=unit,
        by=officer(),
        at=NOON,
        key="r",
    )
    call = drive(ledger)
    given = gift(call)
    Gift.objects.filter(pk=given.pk).update(receipt=receipt)
    grant = granting.ask(
        drive=call,
        thing=giving.Thing(book="money", amount=100),
        beneficiary=granting.Beneficiary(name="李家", shown_name="困难家庭"),
        words="学费",
        by=officer(),
        at=NOON,
    )
    paired = pair(ledger, child(ledger))
    return {
        "ledger holder": {"book": "volunteer_points", "kind": "person", "code": "LP0"},
        "ledger entry": {"number": entry.number},
        "ledger record": {"kind": "gift", "number": given.number},
        "settlement": {"number": shown.number, "verb": "show", "award": award.pk},
        "appeal": {"number": appeal.number},
        "redemption": {"number": redeemed.number},
        "donation": {
            "number": call.number,
            "grant": grant.number,
            "gift": given.number,
            "verb": "undo",
        },
        "grant": {"number": call.number, "grant": grant.number, "verb": "refuse"},
        "drive": {"number": call.number, "verb": "reopen"},
        "receipt": {"token": receipt.token},
        "pairing": {"number": paired.number, "verb": "end"},
    }
