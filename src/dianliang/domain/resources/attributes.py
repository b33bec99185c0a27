"""Hold what is said of a piece of gear against its kind, and put it into words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

LONGEST = 60
Value = float | str
FORMS = ("number", "text", "choice")
PREFIX = "attribute_"
"""Before the code of an attribute stands this in the names of form fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """What a kind of gear is told by; `form` is number, text or choice."""

    code: str
    label: str
    unit: str = ""
    form: str = "text"
    least: float | None = None
    most: float | None = None
    choices: tuple[str, ...] = ()
    is_required: bool = False

    @property
    def field(self) -> str:
        """Return the name of its field in a form."""
        return f"{PREFIX}{self.code}"

    @property
    def heading(self) -> str:
        """Return its label with its unit."""
        return f"{self.label}（{self.unit}）" if self.unit else self.label


def attributes_of(rows: Sequence[Mapping[str, Any]]) -> tuple[Attribute, ...]:
    """Return what a kind's rows say, as they are kept with it."""
    return tuple(Attribute(**{**row, "choices": tuple(row.get("choices", ()))}) for row in rows)


def validated(rows: Any) -> tuple[Attribute, ...]:
    """Return what rows typed by an administrator say.

    Raises:
        InvalidInputError: they are no attributes; what is wrong is told with its row.
    """
    if not isinstance(rows, list):
        raise InvalidInputError("属性应为一个列表。", field="attributes")
    found: list[Attribute] = []
    for place, row in enumerate(rows, start=1):
        try:
            (attribute,) = attributes_of([row])
            "".join((attribute.code, attribute.label, attribute.unit, *attribute.choices))  # texts
        except (TypeError, ValueError) as error:
            known = "code、label、unit、form、least、most、choices、is_required"
            message = Phrase("第 %(place)s 个属性只能有 %(known)s。", place=place, known=known)
            raise InvalidInputError(message, field="attributes") from error
        if attribute.form not in FORMS or not re.fullmatch("[a-z][a-z0-9_]{0,23}", attribute.code):
            message = Phrase(
                "第 %(place)s 个属性的 form 应为 %(choices)s，code 用小写字母。",
                place=place,
                choices="、".join(FORMS),
            )
            raise InvalidInputError(message, field="attributes")
        if attribute.form == "choice" and not attribute.choices:
            raise InvalidInputError(
                Phrase("第 %(place)s 个属性要有 choices。", place=place), field="attributes"
            )
        bounds = (attribute.least, attribute.most)
        if attribute.form == "number" and not all(isinstance(n, int | float) for n in bounds):
            raise InvalidInputError(
                Phrase("第 %(place)s 个属性要有 least 和 most。", place=place), field="attributes"
            )
        if attribute.code in {one.code for one in found}:
            raise InvalidInputError(
                Phrase("属性 %(code)s 重复。", code=attribute.code), field="attributes"
            )
        found.append(attribute)
    return tuple(found)


def checked(attributes: Sequence[Attribute], given: Mapping[str, str]) -> dict[str, Value]:
    """Return the values as they are kept: numbers as numbers, what was left empty left out.

    Raises:
        InvalidInputError: one is missing, no number, out of range, or no choice; it is named.
    """
    found: dict[str, Value] = {}
    for attribute in attributes:
        text = given.get(attribute.code, "").strip()
        if text:
            found[attribute.code] = _value(attribute, text)
        elif attribute.is_required:
            message = Phrase("请填写%(heading)s。", heading=attribute.heading)
            raise InvalidInputError(message, field=attribute.field)
    return found


def _value(attribute: Attribute, text: str) -> Value:
    if attribute.form == "number":
        return _number(attribute, text)
    if attribute.form == "choice":
        if text not in attribute.choices:
            message = Phrase(
                "%(label)s请选择：%(choices)s。",
                label=attribute.label,
                choices="、".join(attribute.choices),
            )
            raise InvalidInputError(message, field=attribute.field)
        return text
    return clean_text(text, field=attribute.field, label=attribute.label, most=LONGEST)


def _number(attribute: Attribute, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not isfinite(number):
        message = Phrase(
            "%(heading)s应填数字，现为“%(text)s”。", heading=attribute.heading, text=text[:20]
        )
        raise InvalidInputError(message, field=attribute.field)
    low, high = attribute.least, attribute.most
    if (low is not None and number < low) or (high is not None and number > high):
        message = Phrase(
            "%(heading)s应在 %(low)s 到 %(high)s 之间，现为 %(number)s。",
            heading=attribute.heading,
            low=f"{low:g}",
            high=f"{high:g}",
            number=f"{number:g}",
        )
        raise InvalidInputError(message, field=attribute.field)
    return number


def told(
    attributes: Sequence[Attribute], values: Mapping[str, Value]
) -> tuple[tuple[str, str], ...]:
    """Return label and value with unit of what is known, in the kind's order."""
    return tuple(
        (attribute.label, said(attribute, values[attribute.code]))
        for attribute in attributes
        if attribute.code in values
    )


def said(attribute: Attribute, value: Value) -> str:
    """Return a value with its unit."""
    shown = f"{value:g}" if isinstance(value, int | float) else value
    return f"{shown} {attribute.unit}".strip()
