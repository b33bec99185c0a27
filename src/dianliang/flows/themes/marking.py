"""Let records carry themes, by hand and by rule; keep the trees."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Q

from dianliang.domain.branches.access import READERS
from dianliang.domain.catalog import theme_queries, themes
from dianliang.domain.catalog.theme_models import ThemeMark, ThemeRule
from dianliang.domain.catalog.theme_queries import Carried, ThemeRow, theme_to_use
from dianliang.domain.directory.models import Unit
from dianliang.flows.themes import kinds, tables
from dianliang.flows.themes.shapes import Record
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase, joined
from dianliang.kernel.text import clean_text

MARKERS = frozenset({Role.PARTY_AFFAIRS, Role.DISPATCHER})
"""Who lets a record carry a theme: whoever works with it."""
KEEPERS = frozenset({Role.PARTY_AFFAIRS, Role.ADMINISTRATOR})
SAMPLES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What the part of a record's page about themes shows."""

    record: Record
    carried: tuple[Carried, ...]
    offered: tuple[tuple[str, tuple[ThemeRow, ...]], ...]
    may_mark: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """A rule as the table of rules shows it."""

    key: int
    theme_code: str
    theme_name: str
    tree: str
    kind_label: str
    attribute_label: str
    value: str
    is_active: bool
    marks: int
    created_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a rule would do now: whom it fits, who carries the theme already, who is new."""

    theme_name: str
    kind_label: str
    attribute_label: str
    value: str
    fitting: int
    carrying: int
    taken_off: int
    fresh: int
    samples: tuple[Record, ...]


def part(*, kind: str, number: str, by: Actor, on: date) -> Part:
    """Return which themes a record carries and which may be set.

    Raises:
        NotVisibleError: the record is absent or another's.
    """
    record = kinds.record_to_see(kind, number, by=by)
    carried = theme_queries.carried(kind=kind, number=number, on=on)
    held = {theme.code for theme in carried}
    rows = [row for row in theme_queries.themes(on=on) if row.is_in_use]
    roots = [row for row in rows if row.depth == 0]
    offered = tuple(
        (
            root.name,
            tuple(
                row
                for row in rows
                if row.depth and row.path.startswith(root.path) and row.code not in held
            ),
        )
        for root in roots
    )
    return Part(
        record=record,
        carried=carried,
        offered=tuple((name, found) for name, found in offered if found),
        may_mark=by.role in MARKERS,
    )


def offers(*, kind: str, number: str, by: Actor) -> bool:
    """Tell whether the actor may open the themes of a record: one that counts, and is his."""
    return by.role in READERS and kinds.counts(kind, number, by=by)


@transaction.atomic
def mark(*, kind: str, number: str, codes: Sequence[str], by: Actor, at: datetime) -> int:
    """Let a record carry some themes; return how many were asked for.

    Raises:
        NotVisibleError: the record or a theme is absent, or the record is another's.
        InvalidInputError, UnableToThemeError: none was chosen, or one is not in use.
    """
    _require_marker(by)
    kinds.record_to_see(kind, number, by=by)
    chosen = [code for code in dict.fromkeys(codes) if code]
    if not chosen:
        raise InvalidInputError("请选择主题。", field="themes")
    for code in chosen:
        themes.mark(theme=theme_to_use(code), kind=kind, number=number, on=_today(at), by=by, at=at)
    return len(chosen)


def unmark(*, kind: str, number: str, code: str, by: Actor, at: datetime) -> None:
    """Take a theme off a record.

    Raises:
        NotVisibleError: the record or the theme is absent, or the record is another's.
    """
    _require_marker(by)
    kinds.record_to_see(kind, number, by=by)
    themes.withdraw(theme=theme_to_use(code), kind=kind, number=number, by=by, at=at)


def may_keep(by: Actor) -> bool:
    """Tell whether the actor keeps the trees and the rules: they are the whole company's."""
    company = Unit.objects.filter(kind=Unit.Kind.COMPANY).order_by("path").first()
    return by.role in KEEPERS and company is not None and by.reaches_unit(company.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """What a person fills in for a new theme."""

    code: str
    name: str
    parent: str
    basis: str
    valid_from: date
    valid_until: date | None


def plant(*, asked: Planted, by: Actor, at: datetime) -> None:
    """Add a theme.

    Raises:
        NotVisibleError: there is no such parent.
        InvalidInputError, UnableToThemeError: a field makes no sense; it is named.
    """
    _require_keeper(by)
    code = clean_text(asked.code, field="code", label="主题编码", most=24, least=1)
    if not (code.isascii() and code.replace("-", "").isalnum()):
        raise InvalidInputError("主题编码只用字母、数字和连字符。", field="code")
    if code in tables.AXES:
        message = Phrase("编码 %(code)s 在双向表里另有用处，请换一个。", code=code)
        raise InvalidInputError(message, field="code")
    themes.plant(
        code=code,
        name=clean_text(asked.name, field="name", label="名称", most=40, least=1),
        parent=theme_to_use(asked.parent) if asked.parent else None,
        basis=clean_text(asked.basis, field="basis", label="依据", most=200),
        valid_from=asked.valid_from,
        valid_until=asked.valid_until,
        by=by,
        at=at,
    )


def rename(*, code: str, name: str, from_on: date, reason: str, by: Actor, at: datetime) -> None:
    """Call a theme something else from a day on.

    Raises:
        NotVisibleError, InvalidInputError, UnableToThemeError: see the operation.
    """
    _require_keeper(by)
    themes.rename(
        theme=theme_to_use(code),
        name=clean_text(name, field="name", label="新名称", most=40, least=1),
        from_on=from_on,
        reason=clean_text(reason, field="reason", label="原因", most=200, least=2),
        by=by,
        at=at,
    )


def end(*, code: str, on: date, reason: str, by: Actor, at: datetime) -> None:
    """Let a theme be used until a day only.

    Raises:
        NotVisibleError, InvalidInputError, UnableToThemeError: see the operation.
    """
    _require_keeper(by)
    words = clean_text(reason, field="reason", label="停用原因", most=200, least=2)
    themes.end(theme=theme_to_use(code), on=on, reason=words, by=by, at=at)


def rules(*, on: date) -> tuple[RuleRow, ...]:
    """Return the table of rules with how many records each has marked."""
    called, roots = theme_queries.names(on=on), theme_queries.themes(on=on)
    in_order = ThemeRule.objects.order_by("theme__path", "record_kind", "attribute", "value")
    trees = {row.code: row.name for row in roots if row.depth == 0}
    marks = Count("marks", filter=Q(marks__is_active=True))
    return tuple(
        RuleRow(
            key=rule.pk,
            theme_code=rule.theme.code,
            theme_name=called[rule.theme_id],
            tree=trees.get(rule.theme.path.split("/")[1], ""),
            kind_label=_kind_label(rule),
            attribute_label=_attribute_label(rule),
            value=rule.value,
            is_active=rule.is_active,
            marks=vars(rule)["n_marks"],
            created_by=rule.created_by,
        )
        for rule in in_order.select_related("theme").annotate(n_marks=marks)
    )


def try_rule(*, code: str, kind: str, attribute: str, value: str, by: Actor, at: datetime) -> Trial:
    """Return what a rule would do now, without writing anything.

    Raises:
        NotVisibleError, InvalidInputError: see `add_rule`.
    """
    _require_keeper(by)
    theme = theme_to_use(code)
    return _trial(_checked(theme.pk, kind, attribute, value), on=_today(at))


def try_stored(*, key: int, by: Actor, at: datetime) -> Trial:
    """Return what a rule of the table would do now, without writing anything.

    Raises:
        NotVisibleError: there is no such rule.
    """
    _require_keeper(by)
    return _trial(_rule(key), on=_today(at))


def add_rule(
    *, code: str, kind: str, attribute: str, value: str, by: Actor, at: datetime
) -> ThemeRule:
    """Add a rule; it marks when it is applied, by hand or each hour.

    Raises:
        NotVisibleError: there is no such theme or kind.
        InvalidInputError, UnableToThemeError: the attribute is not this kind's, or no value.
    """
    _require_keeper(by)
    theme = theme_to_use(code)
    rule = _checked(theme.pk, kind, attribute, value)
    return themes.add_rule(
        theme=theme,
        kind=kind,
        attribute=attribute,
        value=rule.value,
        on=_today(at),
        by=by,
        at=at,
    )


def stop_rule(*, key: int, by: Actor, at: datetime) -> None:
    """Let a rule mark nothing any more.

    Raises:
        NotVisibleError: there is no such rule.
    """
    _require_keeper(by)
    themes.stop_rule(rule=_rule(key), by=by, at=at)


def apply_rules(*, by: Actor, at: datetime, key: int | None = None) -> int:
    """Apply one rule, or all that are active; return how many marks are new.

    Raises:
        NotVisibleError: there is no such rule.
    """
    if by.role is not Role.SYSTEM:
        _require_keeper(by)
    chosen = [_rule(key)] if key is not None else list(_active(on=_today(at)))
    return sum(
        themes.mark_by_rule(rule=rule, numbers=_fitting(rule), by=by, at=at) for rule in chosen
    )


def _active(*, on: date) -> list[ThemeRule]:
    rows = ThemeRule.objects.filter(is_active=True).select_related("theme")
    in_use = {row.code for row in theme_queries.themes(on=on) if row.is_in_use}
    return [rule for rule in rows if rule.theme.code in in_use]


def _checked(theme_id: int, kind: str, attribute: str, value: str) -> ThemeRule:
    wanted = kinds.kind_named(kind)
    if attribute not in {found.code for found in wanted.attributes}:
        offered = joined("、", (Phrase(found.label) for found in wanted.attributes))
        message = Phrase(
            "%(label)s可以按：%(offered)s。请重新选择。",
            label=Phrase(wanted.label),
            offered=offered,
        )
        raise InvalidInputError(message, field="attribute")
    words = clean_text(value, field="value", label="取值", most=60, least=1)
    return ThemeRule(theme_id=theme_id, record_kind=kind, attribute=attribute, value=words)


def _fitting(rule: ThemeRule) -> list[str]:
    kind = kinds.kind_named(rule.record_kind)
    lookup = next(a.lookup for a in kind.attributes if a.code == rule.attribute)
    rows = kind.whole().filter(**{lookup: rule.value}).order_by("number")
    return list(rows.values_list("number", flat=True).distinct())


def _trial(rule: ThemeRule, *, on: date) -> Trial:
    kind, numbers = kinds.kind_named(rule.record_kind), _fitting(rule)
    known = ThemeMark.objects.filter(theme_id=rule.theme_id, record_kind=kind.code)
    held = dict(known.values_list("record_number", "is_active"))
    fresh = [number for number in numbers if number not in held]
    shown = kind.whole().filter(number__in=fresh[-SAMPLES:])
    return Trial(
        theme_name=theme_queries.names(on=on)[rule.theme_id],
        kind_label=kind.label,
        attribute_label=_attribute_label(rule),
        value=rule.value,
        fitting=len(numbers),
        carrying=sum(held.get(number, False) for number in numbers),
        taken_off=sum(held.get(number) is False for number in numbers),
        fresh=len(fresh),
        samples=tuple(kinds.records(kind, shown)),
    )


def _rule(key: int) -> ThemeRule:
    found = ThemeRule.objects.select_related("theme").filter(pk=key).first()
    if found is None:
        raise NotVisibleError("没有找到这条规则。")
    return found


def _kind_label(rule: ThemeRule) -> str:
    found = kinds.BY_CODE.get(rule.record_kind)
    return found.label if found else rule.record_kind


def _attribute_label(rule: ThemeRule) -> str:
    kind = kinds.BY_CODE.get(rule.record_kind)
    found = [a.label for a in kind.attributes if a.code == rule.attribute] if kind else []
    return found[0] if found else rule.attribute


def _require_marker(by: Actor) -> None:
    if by.role not in MARKERS:
        raise InvalidInputError("您的角色只能查看主题。", field="themes")


def _require_keeper(by: Actor) -> None:
    if not may_keep(by):
        message = "主题和规则由公司党建部门维护，本单位只能查看和标记。"
        raise InvalidInputError(message, field="theme")


def _today(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()
