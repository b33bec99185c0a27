"""Every write of the table of rules: prepared row by row, in force only as a whole."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from dianliang.core import audit
from dianliang.domain.directory import rules
from dianliang.domain.directory.models import RoutingRule, RuleDraft, RuleVersion, Unit
from dianliang.domain.directory.rules import RuleRow
from dianliang.domain.territory.models import Area
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, InvalidInputError, StaleStateError
from dianliang.kernel.phrases import Phrase

MOST_RULES = 5000


class UnableToChangeRulesError(DomainError):
    """The table cannot be changed in this way now."""

    code = "directory.unable-to-change-rules"


def _held(seen: int) -> RuleDraft:
    """Return the one draft, locked, if it is as the person saw it.

    Raises:
        StaleStateError: another administrator changed it meanwhile; who and when is said.
    """
    RuleDraft.objects.get_or_create(pk=1)
    kept = RuleDraft.objects.select_for_update().get(pk=1)
    if kept.revision != seen:
        when = f"{kept.changed_at.astimezone(SHANGHAI):%H:%M} " if kept.changed_at else ""
        raise StaleStateError(
            Phrase(
                "您打开这一页之后，%(changed_by)s在 %(when)s改过派单规则。您的修改"
                "没有写入，填写的内容还在；下面是最新的规则，请看过再提交。",
                changed_by=kept.changed_by,
                when=when,
            )
        )
    return kept


def _keep(draft: RuleDraft, rows: Sequence[RuleRow] | None, *, by: Actor, at: datetime) -> None:
    draft.rows = None if rows is None else rules.as_json(rows)
    draft.revision += 1
    draft.changed_at = at
    draft.changed_by = by.name
    draft.save()


@transaction.atomic
def change_draft(
    *, rows: Sequence[RuleRow], seen: int, words: str, by: Actor, at: datetime
) -> RuleDraft:
    """Replace the rows of the draft; the table in force stays as it is. `words` tell the trail.

    Raises:
        UnableToChangeRulesError: there are too many rows.
        StaleStateError: another administrator changed the draft meanwhile.
    """
    if len(rows) > MOST_RULES:
        raise UnableToChangeRulesError(
            Phrase("派单规则最多 %(most)s 条，请合并成较大区域的规则。", most=MOST_RULES)
        )
    draft = _held(seen)
    if draft.rows is None:
        draft.base = rules.version_in_force()
    _keep(draft, rows, by=by, at=at)
    audit.record("directory.ruledraft.change", target=draft, by=by, at=at, reason=words)
    return draft


@transaction.atomic
def discard_draft(*, seen: int, by: Actor, at: datetime) -> RuleDraft:
    """Give the draft up; the table in force stays as it is.

    Raises:
        UnableToChangeRulesError: there is no draft.
        StaleStateError: another administrator changed the draft meanwhile.
    """
    draft = _held(seen)
    if draft.rows is None:
        raise UnableToChangeRulesError("现在没有草稿。")
    before = f"{len(draft.rows)} 条"
    _keep(draft, None, by=by, at=at)
    audit.record("directory.ruledraft.discard", target=draft, by=by, at=at, before=before)
    return draft


@transaction.atomic
def put_in_force(
    *, seen: int, version: int, reason: str, effect: str = "", by: Actor, at: datetime
) -> RuleVersion:
    """Let the draft take effect as a whole, as the next version. Its rows were checked.

    Raises:
        InvalidInputError: there is no reason.
        UnableToChangeRulesError: there is no draft.
        StaleStateError: the draft, or the table in force, changed meanwhile.
    """
    draft = _held(seen)
    if draft.rows is None:
        raise UnableToChangeRulesError("现在没有草稿，没有什么可以生效。")
    made = _replace(rules.from_json(draft.rows), version, reason, effect, by=by, at=at)
    _keep(draft, None, by=by, at=at)
    _record("apply", made, by=by, at=at)
    return made


@transaction.atomic
def restore(
    *, number: int, seen: int, version: int, reason: str, effect: str = "", by: Actor, at: datetime
) -> RuleVersion:
    """Let an earlier version take effect again, as a new one; an open draft is kept.

    Raises:
        InvalidInputError: there is no reason.
        UnableToChangeRulesError: there is no such version.
        StaleStateError: the draft, or the table in force, changed meanwhile.
    """
    draft = _held(seen)
    earlier = rules.version(number)
    if earlier is None:
        raise UnableToChangeRulesError(Phrase("没有第 %(number)s 版。", number=number))
    told = f"恢复第 {number} 版：{reason}" if reason else ""
    made = _replace(earlier.rows, version, told, effect, by=by, at=at)
    rows = None if draft.rows is None else rules.from_json(draft.rows)
    _keep(draft, rows, by=by, at=at)
    _record("restore", made, by=by, at=at)
    return made


def _replace(
    rows: Sequence[RuleRow], version: int, reason: str, effect: str, *, by: Actor, at: datetime
) -> RuleVersion:
    if not reason:
        raise InvalidInputError("请写明为什么改派单规则。", field="reason")
    current = rules.version_in_force()
    if current != version:
        raise StaleStateError(
            Phrase(
                "派单规则已经是第 %(current)s 版，您看到的是第 %(version)s 版。"
                "没有生效；请重新试算。",
                current=current,
                version=version,
            )
        )
    if current == 0:
        current = _keep_what_was_before(at)
    _write(rows)
    return RuleVersion.objects.create(
        number=current + 1,
        rows=rules.as_json(rows),
        at=at,
        by_id=by.id,
        by_name=by.name,
        reason=reason,
        effect=effect,
    )


def _keep_what_was_before(at: datetime) -> int:
    """Keep the table that was set up without versions, so that one can return to it."""
    rows = rules.as_json(rules.in_force())
    first = RuleVersion(number=1, rows=rows, at=at, by_id="system", by_name="系统")
    first.reason = "此前的派单规则"
    first.save()
    return first.number


def _write(rows: Sequence[RuleRow]) -> None:
    areas: Mapping[str, int] = dict(Area.objects.values_list("code", "pk"))
    units: Mapping[str, int] = dict(Unit.objects.values_list("code", "pk"))
    RoutingRule.objects.all().delete()
    made = [
        RoutingRule(
            service_code=row.service_code,
            area_id=areas[row.area_code],
            owner=row.owner,
            unit_id=units[row.unit_code],
        )
        for row in rows
    ]
    RoutingRule.objects.bulk_create(made)
    helping = RoutingRule.assisting.through
    helping.objects.bulk_create(
        helping(routingrule_id=rule.pk, unit_id=units[code])
        for rule, row in zip(made, rows, strict=True)
        for code in row.assisting
    )


def _record(verb: str, made: RuleVersion, *, by: Actor, at: datetime) -> None:
    audit.record(
        f"directory.ruleversion.{verb}",
        target=made,
        by=by,
        at=at,
        before=f"第 {made.number - 1} 版",
        after=f"第 {made.number} 版",
        reason="；".join(part for part in (made.reason, made.effect) if part),
    )
