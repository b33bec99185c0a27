"""Desks and who reads at them, kept by those who read the counts only."""

from datetime import date, datetime

from dianliang.domain.directory.models import Unit
from dianliang.domain.voices import access, operations
from dianliang.domain.voices.models import Desk, Handler
from dianliang.flows.branches.choices import person_of, unit_of
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError, NotVisibleError


def units(*, by: Actor) -> tuple[tuple[str, str], ...]:
    """Return the units of the actor for which a desk may be opened."""
    own = Unit.objects.filter(path__startswith=by.unit_path or "-", valid_until=None)
    kinds = own.exclude(kind__in=[Unit.Kind.BRANCH, Unit.Kind.GOVERNMENT])
    return tuple(kinds.values_list("code", "name"))


def open_desk(*, unit: str, first: int, due: int, by: Actor, at: datetime) -> Desk:
    """Open a desk or change its clocks; see the operation.

    Raises:
        InvalidInputError, UnableToHearError: a field makes no sense; it is named.
    """
    return operations.open_desk(
        unit=unit_of(unit, by=by, field="unit", label="单位"),
        first_working_days=first,
        due_working_days=due,
        by=by,
        at=at,
    )


def name_handler(*, desk: str, person: str, from_on: date, by: Actor, at: datetime) -> Handler:
    """Name a handler; see the operation.

    Raises:
        NotVisibleError, InvalidInputError, UnableToHearError: see the operation.
    """
    return operations.name_handler(
        desk=_desk(desk, by),
        person=person_of(person, by=by, field="person", label="专办人"),
        from_on=from_on,
        by=by,
        at=at,
    )


def relieve(*, desk: str, handler: str, by: Actor, at: datetime) -> None:
    """Relieve a handler; see the operation.

    Raises:
        NotVisibleError, UnableToHearError: see the operation.
    """
    rows = Handler.objects.filter(desk=_desk(desk, by), until_on=None)
    key = int(handler) if handler.isascii() and handler.isdecimal() and len(handler) < 10 else 0
    found = rows.filter(pk=key).first()
    if found is None:
        raise InvalidInputError("没有找到这位专办人。", field="handler")
    operations.relieve(handler=found, by=by, at=at)


def _desk(code: str, by: Actor) -> Desk:
    found = None if "\0" in code else access.desks_to_count(by).filter(unit__code=code).first()
    if found is None:
        raise NotVisibleError("没有找到这个受理点。")
    return found
