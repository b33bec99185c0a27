"""People, teams and certificates for tests about them."""

from datetime import timedelta

from dianliang.core.files import keep_image
from dianliang.domain.catalog.models import Skill
from dianliang.domain.workforce.keys import document_key, phone_key
from dianliang.domain.workforce.models import Certificate, Membership, Person
from dianliang.flows.staffing import lists
from tests.core.test_files import photo
from tests.flows.staffing.books import workbook
from tests.town import NOON, TODAY

DAY = timedelta(days=1)


def person(town, number, name="", *, unit="S1", phone="", card="", **fields):
    """Write somebody down as an import would."""
    kind = "identity_card" if card else ""
    return Person.objects.create(
        number=number,
        name=name or f"人员{number}",
        unit=town.units[unit],
        phone=phone,
        phone_index=phone_key(phone),
        document_kind=kind,
        document=card,
        document_index=document_key(kind, card),
        **fields,
    )


def certificate(who, skill="repair", *, since=-100, until=300, **fields):
    """Give somebody a certificate; days count from today."""
    return Certificate.objects.create(
        person=who,
        skill=Skill.objects.get(code=skill),
        issued_on=TODAY + since * DAY,
        expires_on=TODAY + until * DAY,
        **fields,
    )


def member(team, who, *, since=-50, until=None, leads=False):
    """Let somebody belong to a team; days count from today."""
    return Membership.objects.create(
        team=team,
        person=who,
        is_captain=leads,
        valid_from=TODAY + since * DAY,
        valid_until=None if until is None else TODAY + until * DAY,
    )


def identity_card(body="33052319600101123"):
    """Return an identity card's number with the right check digit."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


def things(town):
    """One of each thing that a page about people shows, all of station S1."""
    who, other = person(town, "RY-1", "王芳"), person(town, "RY-2", "王芳")
    paper = certificate(who, evidence=keep_image(photo(), at=NOON))
    member(town.team("ZD1", "S1"), who)
    row = lists.keep(
        content=workbook(人员=[{"姓名": "李雷", "单位编码": "S1"}]),
        name="名单.xlsx",
        by=town.actor("S1"),
        at=NOON,
    )
    return {
        "person": {"number": "RY-1", "verb": "hours", "token": paper.evidence.token},
        "twins": {"first": who.number, "second": other.number},
        "team": {"code": "ZD1", "verb": "hand_over"},
        "staff list": {"number": row.number, "verb": "take_in"},
    }


__all__ = ["DAY", "NOON", "TODAY", "certificate", "identity_card", "member", "person"]
