"""What a kind of records is that may carry themes: where it is, when it counts, what is counted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable, Expression

from dianliang.domain.branches import access as branches
from dianliang.kernel.actor import Actor

ONE = Value(1, output_field=IntegerField())
Rows = QuerySet[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Something counted of a kind of records: each record gives a whole number."""

    code: str
    label: str
    unit: str
    value: Combinable | Expression = ONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """Something by which a rule may choose records."""

    code: str
    label: str
    lookup: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of records. `day` is the date, or the instant (`is_instant`), at which it counts.

    `opens` leads to the number under which a page shows it.
    """

    code: str
    label: str
    whole: Callable[[], Rows]
    visible: Callable[[Actor], Rows]
    title: str
    day: str
    unit: str
    is_instant: bool = True
    opens: str = "number"
    figures: tuple[Figure, ...] = ()
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record of any kind as lists show it, with what it adds to each figure of its kind.

    One that `follows` carries its theme only because the record that it came from does.
    """

    kind: str
    kind_label: str
    number: str
    title: str
    unit_code: str
    unit_name: str
    on: date
    opens: str
    values: Mapping[str, int] = field(default_factory=dict)
    follows: bool = False


def within(rows: Rows, unit: str, by: Actor) -> Rows:
    """Return the rows of the actor's units; none to whom branches do not concern."""
    if by.role not in branches.READERS or not by.unit_path:
        return rows.none()
    return rows.filter(**{f"{unit}__path__startswith": by.unit_path})


def ones_if(**condition: Any) -> Case:
    """Return a value that is one for the records that fit, and zero for the others."""
    return Case(When(Q(**condition), then=ONE), default=Value(0), output_field=IntegerField())


SERVICE = Attribute(code="service", label="服务事项", lookup="service__code", hint="事项编码")
WORDS = Attribute(code="words", label="名称含有", lookup="title__icontains", hint="词语")
MODE = Attribute(code="mode", label="联建模式", lookup="mode__code", hint="模式编码")
BRANCH = Attribute(code="branch", label="支部", lookup="branch__unit__code", hint="支部编码")
