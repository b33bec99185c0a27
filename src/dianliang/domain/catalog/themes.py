"""Every write about themes: the trees, their names, the rules, and what carries which."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from dianliang.core import audit
from dianliang.domain.catalog.theme_models import Theme, ThemeMark, ThemeName, ThemeRule
from dianliang.domain.catalog.theme_queries import names
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase

DEEPEST = 6
AT_ONCE = 500


class UnableToThemeError(DomainError):
    """The theme, its rule or its mark cannot be written down like this."""

    code = "catalog.unable-to-theme"


@transaction.atomic
def plant(
    *,
    code: str,
    name: str,
    parent: Theme | None,
    basis: str,
    valid_from: date,
    valid_until: date | None,
    by: Actor,
    at: datetime,
) -> Theme:
    """Add a tree, or a branch of one (新增主题).

    Raises:
        UnableToThemeError: the code is taken, the tree is too deep, the parent is over, or the
            days make no sense.
    """
    above = parent.path if parent else "/"
    if above.count("/") > DEEPEST:
        raise UnableToThemeError(
            Phrase("主题树最多 %(deepest)s 层。", deepest=DEEPEST), field="parent"
        )
    if valid_until is not None and valid_until < valid_from:
        raise UnableToThemeError("停用日期早于启用日期，请核对。", field="valid_until")
    if parent is not None and parent.valid_until is not None and parent.valid_until < valid_from:
        message = Phrase(
            "上级“%(parent)s”已于 %(valid_until)s 停用。",
            parent=parent,
            valid_until=parent.valid_until,
        )
        raise UnableToThemeError(message, field="parent")
    siblings = Theme.objects.filter(path__startswith=above)
    position = sum(row.path.count("/") == above.count("/") + 1 for row in siblings) + 1
    theme, is_new = Theme.objects.get_or_create(
        code=code,
        defaults={
            "path": f"{above}{code}/",
            "name": name,
            "position": position,
            "basis": basis,
            "valid_from": valid_from,
            "valid_until": valid_until,
        },
    )
    if not is_new:
        message = Phrase("编码 %(code)s 已用于“%(theme)s”，请换一个。", code=code, theme=theme)
        raise UnableToThemeError(message, field="code")
    audit.record("catalog.theme.plant", target=theme, by=by, at=at, after=code, reason=name)
    return theme


@transaction.atomic
def rename(
    *, theme: Theme, name: str, from_on: date, reason: str, by: Actor, at: datetime
) -> ThemeName:
    """Call a theme something else from a day on (改名); earlier reports keep the earlier name.

    Raises:
        UnableToThemeError: it has got another name on that day already.
    """
    before = names(on=from_on)[theme.pk]
    row, is_new = ThemeName.objects.get_or_create(
        theme=theme,
        from_on=from_on,
        defaults={"name": name, "reason": reason, "decided_by": by.name, "decided_at": at},
    )
    if not is_new:
        message = Phrase(
            "“%(theme)s”在 %(from_on)s 已改名为“%(name)s”，请换一个日期。",
            theme=theme,
            from_on=from_on,
            name=row.name,
        )
        raise UnableToThemeError(message, field="from_on")
    audit.record(
        "catalog.theme.rename",
        target=theme,
        by=by,
        at=at,
        before=before,
        after=name,
        reason=f"{from_on}：{reason}",
    )
    return row


@transaction.atomic
def end(*, theme: Theme, on: date, reason: str, by: Actor, at: datetime) -> Theme:
    """Let a theme, and what lies below it, be used until a day only (停用). Marks stay.

    Raises:
        UnableToThemeError: the day lies before its first, or there is no reason.
    """
    if not reason:
        raise UnableToThemeError("请写明停用原因。", field="reason")
    if theme.valid_from is not None and on < theme.valid_from:
        message = Phrase("停用日期不能早于启用日期 %(valid_from)s。", valid_from=theme.valid_from)
        raise UnableToThemeError(message, field="on")
    for row in Theme.objects.filter(path__startswith=theme.path):
        starts = row.valid_from or on
        if starts <= on and (row.valid_until is None or row.valid_until > on):
            Theme.objects.filter(pk=row.pk).update(valid_until=on)
    theme.valid_until = on
    audit.record("catalog.theme.end", target=theme, by=by, at=at, after=f"{on}", reason=reason)
    return theme


@transaction.atomic
def mark(*, theme: Theme, kind: str, number: str, on: date, by: Actor, at: datetime) -> ThemeMark:
    """Let a record carry a theme (标记); pressed twice it is marked once.

    Raises:
        UnableToThemeError: the theme is not in use on the day.
    """
    _require_in_use(theme, on=on)
    row, is_new = ThemeMark.objects.get_or_create(
        theme=theme,
        record_kind=kind,
        record_number=number,
        defaults={"origin": ThemeMark.Origin.HAND, "marked_by": by.name, "marked_at": at},
    )
    if not is_new and row.is_active:
        return row
    if not is_new:
        row.is_active, row.origin, row.rule = True, ThemeMark.Origin.HAND, None
        row.marked_by, row.marked_at = by.name, at
        row.withdrawn_by, row.withdrawn_at = "", None
        row.save()
    _record("mark", theme, kind, number, by=by, at=at)
    return row


@transaction.atomic
def withdraw(*, theme: Theme, kind: str, number: str, by: Actor, at: datetime) -> None:
    """Take a theme off a record (撤下); no rule sets it again."""
    taken = ThemeMark.objects.filter(
        theme=theme, record_kind=kind, record_number=number, is_active=True
    ).update(is_active=False, withdrawn_by=by.name, withdrawn_at=at)
    if taken:
        _record("withdraw", theme, kind, number, by=by, at=at)


@transaction.atomic
def mark_by_rule(*, rule: ThemeRule, numbers: Collection[str], by: Actor, at: datetime) -> int:
    """Let the records that fit a rule carry its theme; return how many got it anew.

    What carries it already, or had it taken off by hand, stays as it is.
    """
    known = ThemeMark.objects.filter(theme_id=rule.theme_id, record_kind=rule.record_kind)
    held = set(known.values_list("record_number", flat=True))
    fresh = [number for number in dict.fromkeys(numbers) if number not in held]
    ThemeMark.objects.bulk_create(
        (
            ThemeMark(
                theme_id=rule.theme_id,
                record_kind=rule.record_kind,
                record_number=number,
                origin=ThemeMark.Origin.RULE,
                rule=rule,
                marked_by=by.name,
                marked_at=at,
            )
            for number in fresh
        ),
        batch_size=AT_ONCE,
        ignore_conflicts=True,
    )
    if fresh:
        audit.record(
            "catalog.themerule.apply",
            target=rule,
            by=by,
            at=at,
            after=f"{len(fresh)} 条",
            reason=str(rule),
        )
    return len(fresh)


@transaction.atomic
def add_rule(
    *, theme: Theme, kind: str, attribute: str, value: str, on: date, by: Actor, at: datetime
) -> ThemeRule:
    """Say that what a record is like implies a theme (新增规则).

    Raises:
        UnableToThemeError: the theme is not in use, or there is such a rule.
    """
    _require_in_use(theme, on=on)
    rule, is_new = ThemeRule.objects.get_or_create(
        theme=theme,
        record_kind=kind,
        attribute=attribute,
        value=value,
        defaults={"created_by": by.name, "created_at": at},
    )
    if not is_new and rule.is_active:
        raise UnableToThemeError("已有同样的规则。", field="value")
    if not is_new:
        ThemeRule.objects.filter(pk=rule.pk).update(is_active=True)
        rule.is_active = True
    audit.record("catalog.themerule.add", target=rule, by=by, at=at, reason=str(rule))
    return rule


@transaction.atomic
def stop_rule(*, rule: ThemeRule, by: Actor, at: datetime) -> None:
    """Let a rule mark nothing any more (停用规则). What it marked stays."""
    if ThemeRule.objects.filter(pk=rule.pk, is_active=True).update(is_active=False):
        audit.record("catalog.themerule.stop", target=rule, by=by, at=at, reason=str(rule))


def _require_in_use(theme: Theme, *, on: date) -> None:
    begins, ends = theme.valid_from, theme.valid_until
    if (begins is not None and on < begins) or (ends is not None and on > ends):
        message = Phrase("主题“%(theme)s”在 %(on)s 不在使用期内。", theme=theme, on=on)
        raise UnableToThemeError(message, field="theme")


def _record(verb: str, theme: Theme, kind: str, number: str, *, by: Actor, at: datetime) -> None:
    audit.record_about(
        f"catalog.thememark.{verb}",
        target_type="catalog.thememark",
        target_id=number,
        by=by,
        at=at,
        after=theme.code,
        reason=f"{kind} {number} {theme.name}",
    )
