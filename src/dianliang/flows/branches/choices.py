"""What the forms offer, and what people mean by a name or a number that they type."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from dianliang.domain.branches import access
from dianliang.domain.branches.models import (
    Branch,
    PairingMode,
    PostKind,
    SecondmentKind,
    Topic,
    TopicLead,
)
from dianliang.domain.branches.operations.terms import Other
from dianliang.domain.directory.models import Unit
from dianliang.domain.directory.scope import areas_of
from dianliang.domain.territory.models import Area
from dianliang.domain.territory.queries import spoken_name
from dianliang.domain.workforce.models import Person
from dianliang.flows.themes import kinds
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

Offered = tuple[tuple[str, str], ...]
SPLIT = re.compile("[\n\r;；]+")
LONGEST_LIST = 40
ENDINGS = ("", "委会", "居委会", "村委会", "社区居委会")
"""What the register of places adds to the name that people use: 余村 is 余村村委会."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a form about branches offers."""

    hosts: Offered
    kinds: Offered
    posts: Offered
    modes: Offered
    ways: Offered
    units: Offered
    topic_kinds: Offered
    directions: Offered
    tiers: Offered


def choices(*, by: Actor) -> Choices:
    """Return what the actor may choose from: his units, and the kinds that are in use."""
    at_work = Q(valid_until=None) | Q(branch__status="ACTIVE")  # a temporary one has its end
    own = Unit.objects.filter(at_work, path__startswith=by.unit_path or "-")
    hosts = own.exclude(kind__in=[Unit.Kind.BRANCH, Unit.Kind.GOVERNMENT])
    return Choices(
        hosts=_named(hosts),
        kinds=_pairs(Branch.Kind.choices),
        posts=tuple(PostKind.objects.filter(is_active=True).values_list("code", "name")),
        modes=tuple(PairingMode.objects.filter(is_active=True).values_list("code", "name")),
        ways=tuple(SecondmentKind.objects.filter(is_active=True).values_list("code", "name")),
        units=_named(own),
        topic_kinds=_pairs(Topic.Kind.choices),
        directions=_pairs(Topic.Better.choices),
        tiers=_pairs(TopicLead.Tier.choices),
    )


def _named(units: Iterable[Unit]) -> Offered:
    return tuple((unit.code, unit.name) for unit in units)


def _pairs(offered: Sequence[tuple[object, object]]) -> Offered:
    return tuple((str(code), str(label)) for code, label in offered)


def words(text: str, *, field: str, label: str, most: int, least: int = 1) -> str:
    """Return a text that was typed, cleaned.

    Raises:
        InvalidInputError: too short, too long, or not storable.
    """
    return clean_text(text, field=field, label=label, most=most, least=least)


def branch_of(code: str, *, by: Actor, field: str = "branch") -> Branch:
    """Return a branch of the actor that a form names.

    Raises:
        InvalidInputError: none was chosen, or it is not his.
    """
    try:
        return access.branch_to_see(code, by=by)
    except NotVisibleError as absent:
        raise InvalidInputError("请选择本单位的支部。", field=field) from absent


def unit_of(code: str, *, by: Actor, field: str, label: str) -> Unit:
    """Return a unit of the actor that a form names.

    Raises:
        InvalidInputError: none was chosen, or it is not his.
    """
    found = None if "\0" in code else Unit.objects.filter(code=code).first()
    if found is None or not by.reaches_unit(found.path):
        raise InvalidInputError(
            Phrase("请选择本单位范围内的%(label)s。", label=Phrase(label)), field=field
        )
    return found


def person_of(text: str, *, by: Actor, field: str, label: str) -> Person:
    """Return the person that a number or a name means, among the actor's units.

    Raises:
        InvalidInputError: nothing was typed, nobody is meant, or several are; they are listed.
    """
    asked = words(text, field=field, label=label, most=60)
    number = asked.split()[0]
    own = Person.objects.filter(unit__path__startswith=by.unit_path or "-").select_related("unit")
    found = list(own.filter(Q(number=number) | Q(name=asked))[: LONGEST_LIST + 1])
    exact = [person for person in found if person.number == number]
    if exact:
        return exact[0]
    if not found:
        message = Phrase(
            "%(label)s“%(asked)s”不在本单位人员中，请填人员编号或姓名。",
            label=Phrase(label),
            asked=asked,
        )
        raise InvalidInputError(message, field=field)
    if len(found) > 1:
        listed = "、".join(f"{p.number}（{p.unit.name}）" for p in found[:5])
        message = Phrase(
            "%(label)s“%(asked)s”有 %(n)d 位同名：%(listed)s。请填人员编号。",
            label=Phrase(label),
            asked=asked,
            n=len(found),
            listed=listed,
        )
        raise InvalidInputError(message, field=field)
    return found[0]


def people_of(text: str, *, by: Actor, field: str, label: str) -> list[Person]:
    """Return the persons that a list of numbers or names means; each once.

    Raises:
        InvalidInputError: one of them is unknown or means several; too many.
    """
    parts = [part.strip() for part in re.split("[、,，\\s]+", text) if part.strip()]
    if len(parts) > LONGEST_LIST:
        raise InvalidInputError(
            Phrase("%(label)s最多 %(most)s 人。", label=Phrase(label), most=LONGEST_LIST),
            field=field,
        )
    found = [person_of(part, by=by, field=field, label=label) for part in parts]
    return list({person.pk: person for person in found}.values())


def other_of(text: str, *, by: Actor, field: str, label: str) -> Other:
    """Return the other side that a text names: a unit, an area of the actor, or only a name.

    Raises:
        InvalidInputError: nothing was typed, or it is too long.
    """
    name = words(text, field=field, label=label, most=60, least=2)
    unit = Unit.objects.filter(Q(name=name) | Q(code=name)).first()
    if unit is not None:
        return Other(name=unit.name, unit=unit)
    place = name.removesuffix("党支部").removesuffix("党委").removesuffix("党总支")
    written = [f"{place}{ending}" for ending in ENDINGS]
    areas = areas_of(by).filter(Q(code=name) | Q(name__in=written))
    found = list(areas.exclude(level=Area.Level.GRID)[:2])
    if len(found) == 1:
        area = found[0]
        return Other(name=spoken_name(area.name) if name == area.code else name, area=area)
    return Other(name=name)


def lines(text: str) -> list[str]:
    """Return the lines of a text that hold anything."""
    return [part.strip() for part in SPLIT.split(text) if part.strip()]


def record_of(number: str, *, by: Actor, field: str = "record") -> tuple[str, str]:
    """Return kind and number of the record that a number means; empty for none.

    Raises:
        InvalidInputError: there is no such record that the actor may see.
    """
    asked = clean_text(number, field=field, label="佐证编号", most=40)
    if not asked:
        return "", ""
    found = kinds.find(asked, by=by)
    if found is None:
        message = Phrase("没有找到编号为 %(asked)s 的记录，请核对；没有记录可留空。", asked=asked)
        raise InvalidInputError(message, field=field)
    return found.kind, found.number
