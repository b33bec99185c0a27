"""What the forms about incidents offer, and what people mean by what they typed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from dianliang.domain.directory.models import Unit
from dianliang.domain.directory.scope import areas_of
from dianliang.domain.incidents.models import Incident
from dianliang.domain.incidents.queries.incidents import LEVELS
from dianliang.domain.rosters.models import Roster
from dianliang.domain.territory.models import Area
from dianliang.domain.workforce.models import Team
from dianliang.flows.named_areas import named_areas
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

Offered = tuple[tuple[str, str], ...]
MOST_AHEAD = timedelta(days=90)
MOST_TARGET = Decimal(10) ** 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the actor may choose from: his units, townships, teams, rosters."""

    units: Offered
    townships: Offered
    teams: Offered
    rosters: Offered


def choices(*, by: Actor, unit: Unit | None = None) -> Choices:
    """Return what a form offers; teams and rosters are those of an incident's unit."""
    path = unit.path if unit else by.unit_path or "-"
    units = Unit.objects.filter(path__startswith=by.unit_path or "-", valid_until=None)
    teams = Team.objects.filter(unit__path__startswith=path, is_active=True)
    rosters = Roster.objects.filter(unit__path__startswith=path, status="PUBLISHED")
    townships = areas_of(by).filter(level=Area.Level.TOWNSHIP).order_by("code")
    return Choices(
        units=tuple(units.exclude(kind=Unit.Kind.BRANCH).values_list("code", "name")),
        townships=tuple(townships.values_list("code", "name")),
        teams=tuple(teams.order_by("code").values_list("code", "name")),
        rosters=tuple(rosters.order_by("-starts_at").values_list("number", "title")),
    )


def words(text: str, *, field: str, label: str, most: int, least: int = 2) -> str:
    """Return a text that was typed, cleaned; see `clean_text`."""
    return clean_text(text, field=field, label=label, most=most, least=least)


def unit_of(code: str, *, by: Actor) -> Unit:
    """Return the unit in charge.

    Raises:
        InvalidInputError: none was chosen, or it is not the actor's.
    """
    found = None if "\0" in code else Unit.objects.filter(code=code).first()
    if found is None or not by.reaches_unit(found.path):
        raise InvalidInputError("请选择本单位范围内的负责单位。", field="unit")
    return found


def level_of(text: str) -> int:
    """Return a level.

    Raises:
        InvalidInputError: it is none of the four.
    """
    if text not in {str(level) for level in LEVELS}:
        raise InvalidInputError("请选择响应级别（I 到 IV 级）。", field="level")
    return int(text)


def kind_of(text: str) -> str:
    """Return a kind of incident.

    Raises:
        InvalidInputError: it is none.
    """
    if text not in Incident.Kind.values:
        raise InvalidInputError("请选择事件类别。", field="kind")
    return text


def areas_asked(codes: Sequence[str], villages: str, *, by: Actor) -> list[Area]:
    """Return the townships that were ticked and the villages that were typed; perhaps none.

    Raises:
        InvalidInputError: one is unknown, or not the actor's.
    """
    if not codes and not villages.strip():
        return []
    found = named_areas(codes, villages)
    own = set(areas_of(by).values_list("pk", flat=True))
    foreign = [area.name for area in found if area.pk not in own]
    if foreign:
        named = "、".join(foreign[:5])
        raise InvalidInputError(
            Phrase("不在本单位服务范围内：%(areas)s。", areas=named), field="areas"
        )
    return found


def teams_of(codes: Collection[str], *, unit: Unit) -> list[Team]:
    """Return the teams that were ticked.

    Raises:
        InvalidInputError: one is unknown, off duty, or of another unit.
    """
    rows = Team.objects.filter(code__in=codes, unit__path__startswith=unit.path, is_active=True)
    found = list(rows)
    if len(found) < len(set(codes)):
        raise InvalidInputError("有的队伍不在负责单位范围内或已不在岗，请重新勾选。", field="teams")
    return found


def rosters_of(numbers: Collection[str], *, unit: Unit) -> list[Roster]:
    """Return the rosters that were ticked.

    Raises:
        InvalidInputError: one is unknown, not published, or of another unit.
    """
    rows = Roster.objects.filter(
        number__in=numbers, unit__path__startswith=unit.path, status="PUBLISHED"
    )
    found = list(rows)
    if len(found) < len(set(numbers)):
        raise InvalidInputError("有的值班表还没有发布，请重新勾选。", field="rosters")
    return found


def amount(text: str, *, field: str, label: str) -> Decimal:
    """Return an amount with at most two decimals.

    Raises:
        InvalidInputError: it is none, below zero or beyond anything that is counted here.
    """
    try:
        found = Decimal(text.strip())
    except InvalidOperation as wrong:
        raise InvalidInputError(
            Phrase("%(label)s应填数字。", label=Phrase(label)), field=field
        ) from wrong
    if not found.is_finite() or not 0 <= found <= MOST_TARGET:
        raise InvalidInputError(
            Phrase(
                "%(label)s应在 0 到 %(most)s 之间。", label=Phrase(label), most=str(MOST_TARGET)
            ),
            field=field,
        )
    if found != round(found, 2):
        raise InvalidInputError(Phrase("%(label)s最多两位小数。", label=Phrase(label)), field=field)
    return found


def require_soon(moment: datetime, *, at: datetime, field: str, label: str) -> None:
    """Refuse a moment that nobody means.

    Raises:
        InvalidInputError: it is more than 90 days away.
    """
    if abs(moment - at) > MOST_AHEAD:
        raise InvalidInputError(
            Phrase("%(label)s离现在超过 90 天，请核对日期。", label=Phrase(label)), field=field
        )
