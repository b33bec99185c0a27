"""Rules of points and their versions: drafted, tried on past records, put in force by another."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from dianliang.core import audit, transitions
from dianliang.domain.ledger.lifecycle import RULE_VERSION
from dianliang.domain.ledger.models import Award, Book, PointRule, RuleVersion
from dianliang.domain.ledger.operations import pass_gate
from dianliang.domain.ledger.scoring import Terms
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, InvalidInputError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

MOST_POINTS = 10_000
POINT_BOOKS = ("volunteer_points", "member_points")


class UnableToRuleError(DomainError):
    """The rule cannot be as it is told, or not yet."""

    code = "ledger.unable-to-rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a version is to give; see `RuleVersion`."""

    points: int
    per: int
    most_a_day: int | None
    most_a_month: int | None
    from_on: date
    until_on: date | None
    reason: str


@transaction.atomic
def add(
    *, book: str, basis: str, name: str, members_only: bool, by: Actor, at: datetime
) -> PointRule:
    """Write down what is to earn points; it gives none before a version is in force.

    Raises:
        InvalidInputError: the book counts no points, or basis or name cannot be.
        UnableToRuleError: there is a rule of this name.
    """
    chosen = pass_gate().get(book)  # of two at once the second takes the next code
    if chosen is None or chosen.quantity != Book.Quantity.POINTS:
        raise InvalidInputError("请选择积分账本。", field="book")
    if basis not in PointRule.Basis.values:
        raise InvalidInputError("请选择计分依据。", field="basis")
    name = clean_text(name, field="name", label="名称", most=40, least=2)
    if PointRule.objects.filter(book=chosen, name=name).exists():
        raise UnableToRuleError(
            Phrase("%(kind)s已有规则“%(name)s”，请改它的分值。", kind=chosen.name, name=name),
            field="name",
        )
    position = (PointRule.objects.aggregate(last=Max("position"))["last"] or 0) + 1
    rule = PointRule.objects.create(
        code=f"R{position:03d}",
        name=name,
        book=chosen,
        basis=basis,
        members_only=members_only,
        position=position,
    )
    audit.record_about(
        "ledger.pointrule.add",
        target_type="ledger.pointrule",
        target_id=rule.code,
        by=by,
        at=at,
        after=f"{chosen.name} {name}",
    )
    return rule


@transaction.atomic
def draft(*, rule: PointRule, offer: Offer, by: Actor, at: datetime) -> RuleVersion:
    """Prepare the next version of a rule; a draft that was open is dropped.

    Raises:
        InvalidInputError: a number, a day or the reason cannot be.
        UnableToRuleError: it would change what has been counted.
    """
    PointRule.objects.select_for_update(no_key=True).get(pk=rule.pk)
    _check(offer)
    _require_uncounted(rule, offer.from_on, at=at)
    for old in rule.versions.filter(status="DRAFT"):
        transitions.apply(old, "drop", lifecycle=RULE_VERSION, by=by, at=at, note="另拟新稿")
    last = rule.versions.aggregate(last=Max("edition"))["last"] or 0
    version = RuleVersion.objects.create(
        rule=rule,
        edition=last + 1,
        points=offer.points,
        per=offer.per,
        most_a_day=offer.most_a_day,
        most_a_month=offer.most_a_month,
        from_on=offer.from_on,
        until_on=offer.until_on,
        reason=clean_text(offer.reason, field="reason", label="理由", most=200, least=2),
        drafted_at=at,
        drafted_by=by.id,
        drafted_name=by.name,
    )
    _record("ledger.ruleversion.draft", version, by=by, at=at, reason=version.reason)
    return version


@transaction.atomic
def note_trial(*, version: RuleVersion, effect: str, by: Actor, at: datetime) -> None:
    """Keep what trying a draft on past records came to.

    Raises:
        UnableToRuleError: it is no draft any more.
    """
    tried = RuleVersion.objects.filter(pk=version.pk, status="DRAFT")
    if not tried.update(tried_at=at, effect=effect[:200]):
        raise UnableToRuleError("该版本已不是草稿，不能再试算。")
    _record("ledger.ruleversion.try", version, by=by, at=at, reason=effect)


@transaction.atomic
def enact(*, version: RuleVersion, by: Actor, at: datetime) -> RuleVersion:
    """Put a draft in force from its day on.

    Raises:
        UnableToRuleError: it was not tried, is the actor's own draft, or would change what has
            been counted meanwhile.
        IllegalTransitionError, StaleStateError: it is no draft any more.
    """
    PointRule.objects.select_for_update(no_key=True).get(pk=version.rule_id)
    version.refresh_from_db()
    if version.tried_at is None:
        raise UnableToRuleError("请先用过去的记录试算，看过差异后再批准生效。")
    if version.drafted_by == by.id:
        raise UnableToRuleError("拟定人不能批准自己的规则，请由另一人批准。")
    _require_uncounted(version.rule, version.from_on, at=at)
    if version.rule.versions.filter(status="IN_FORCE", from_on=f"{version.from_on}").exists():
        message = Phrase("%(from_on)s 已有一版生效，请另选生效日期。", from_on=f"{version.from_on}")
        raise UnableToRuleError(message, field="from_on")
    return transitions.apply(
        version,
        "enact",
        lifecycle=RULE_VERSION,
        by=by,
        at=at,
        note=f"{version.from_on} 起",
        changes={"enacted_at": at, "enacted_by": by.id, "enacted_name": by.name},
    )


def drop(*, version: RuleVersion, by: Actor, at: datetime) -> RuleVersion:
    """Give a draft up.

    Raises:
        IllegalTransitionError, StaleStateError: it is no draft any more.
    """
    return transitions.apply(version, "drop", lifecycle=RULE_VERSION, by=by, at=at)


def terms(*, book: str, instead: RuleVersion | None = None) -> tuple[Terms, ...]:
    """Return the versions in force; `instead` stands for all of its rule, as if it always had."""
    versions = RuleVersion.objects.filter(rule__book__code=book, status="IN_FORCE")
    if instead is not None:
        versions = versions.exclude(rule=instead.rule)
    found = [_terms(version) for version in versions.select_related("rule")]
    if instead is not None:
        found.append(replace(_terms(instead), from_on=date.min, until_on=None))
    return tuple(found)


def _terms(version: RuleVersion) -> Terms:
    return Terms(
        rule=version.rule.code,
        version=version.pk,
        basis=version.rule.basis,
        points=version.points,
        per=version.per,
        most_a_day=version.most_a_day,
        most_a_month=version.most_a_month,
        from_on=version.from_on,
        until_on=version.until_on,
        members_only=version.rule.members_only,
    )


def _check(offer: Offer) -> None:
    numbers: Iterable[tuple[str, str, int | None]] = (
        ("points", "分值", offer.points),
        ("per", "每多少计一次", offer.per),
        ("most_a_day", "每日上限", offer.most_a_day),
        ("most_a_month", "每月上限", offer.most_a_month),
    )
    for field, label, value in numbers:
        if value is not None and not 1 <= value <= MOST_POINTS:
            raise InvalidInputError(
                Phrase("%(label)s应为 1 到 %(most)d。", label=Phrase(label), most=MOST_POINTS),
                field=field,
            )
    if offer.until_on is not None and offer.until_on <= offer.from_on:
        raise InvalidInputError("终止日期应晚于生效日期。", field="until_on")
    day, month = offer.most_a_day, offer.most_a_month
    if day is not None and month is not None and month < day:
        raise InvalidInputError("每月上限不能小于每日上限。", field="most_a_month")


def _require_uncounted(rule: PointRule, from_on: date, *, at: datetime) -> None:
    """Refuse to change what has been counted: that is corrected by counter-entries."""
    last = Award.objects.filter(rule=rule).aggregate(last=Max("on"))["last"]
    if last is not None and from_on <= last:
        message = Phrase(
            "%(last)s 及以前的记录已按现行规则计分，新版本应从 %(last)s 之后的日期生效。",
            last=f"{last}",
        )
        raise UnableToRuleError(message, field="from_on")
    today = at.astimezone(SHANGHAI).date()
    if abs((from_on - today).days) > 3 * 366:
        raise UnableToRuleError(
            Phrase("生效日期 %(from_on)s 离今天太远，请核对。", from_on=f"{from_on}"),
            field="from_on",
        )


def _record(verb: str, version: RuleVersion, *, by: Actor, at: datetime, reason: str = "") -> None:
    after = f"{version.points}/{version.per}"
    audit.record(verb, target=version, by=by, at=at, after=after, reason=reason)
