"""Rules of points as a page shows and changes them."""

from dataclasses import dataclass
from datetime import date, datetime

from dianliang.domain.ledger import rules
from dianliang.domain.ledger.lifecycle import RULE_VERSION_LABELS
from dianliang.domain.ledger.models import Book, PointRule, RuleVersion
from dianliang.flows.ledgers import earning
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError

TIMED = (PointRule.Basis.HOURS, PointRule.Basis.VERIFIED)
BASES = tuple((str(value), str(label)) for value, label in PointRule.Basis.choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """What a version gives, since when, and how it came about."""

    edition: int
    status: str
    status_label: str
    points: int
    per: int
    is_timed: bool
    most_a_day: int | None
    most_a_month: int | None
    from_on: date
    until_on: date | None
    reason: str
    effect: str
    drafted_name: str
    enacted_name: str
    is_now: bool
    is_tried: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """A rule with its versions, latest first."""

    code: str
    name: str
    book: str
    basis_label: str
    members_only: bool
    versions: tuple[VersionRow, ...]

    @property
    def current(self) -> VersionRow | None:
        """Return the version that counts today."""
        return next((row for row in self.versions if row.is_now), None)

    @property
    def draft(self) -> VersionRow | None:
        """Return the draft, if there is one."""
        return next((row for row in self.versions if row.status == "DRAFT"), None)


def rule_rows(*, on: date) -> tuple[RuleRow, ...]:
    """Return the rules, with the version that counts on a day marked."""
    found = PointRule.objects.select_related("book").prefetch_related("versions")
    return tuple(_rule_row(rule, on) for rule in found)


def _rule_row(rule: PointRule, on: date) -> RuleRow:
    versions = sorted(rule.versions.all(), key=lambda version: -version.edition)
    begun = [one for one in versions if one.status == "IN_FORCE" and one.from_on <= on]
    now = max(begun, key=lambda one: one.from_on, default=None)
    if now is not None and now.until_on is not None and on >= now.until_on:
        now = None
    return RuleRow(
        code=rule.code,
        name=rule.name,
        book=rule.book.name,
        basis_label=str(PointRule.Basis(rule.basis).label),
        members_only=rule.members_only,
        versions=tuple(_version_row(one, rule, is_now=one is now) for one in versions),
    )


def _version_row(version: RuleVersion, rule: PointRule, *, is_now: bool) -> VersionRow:
    return VersionRow(
        edition=version.edition,
        status=version.status,
        status_label=RULE_VERSION_LABELS[version.status],
        points=version.points,
        per=version.per,
        is_timed=rule.basis in TIMED,
        most_a_day=version.most_a_day,
        most_a_month=version.most_a_month,
        from_on=version.from_on,
        until_on=version.until_on,
        reason=version.reason,
        effect=version.effect,
        drafted_name=version.drafted_name,
        enacted_name=version.enacted_name,
        is_now=is_now,
        is_tried=version.tried_at is not None,
    )


Offer = rules.Offer
"""What a version is to give."""


def add(
    *, book: str, basis: str, name: str, members_only: bool, by: Actor, at: datetime
) -> PointRule:
    """Write down what is to earn points in all units; see the operation."""
    earning.require_ruler(by)
    return rules.add(book=book, basis=basis, name=name, members_only=members_only, by=by, at=at)


def draft(*, code: str, offer: rules.Offer, by: Actor, at: datetime) -> RuleVersion:
    """Draft the next version of a rule for all units; see the operation."""
    earning.require_ruler(by)
    return rules.draft(rule=earning.rule_of(code), offer=offer, by=by, at=at)


def decide_draft(*, code: str, verb: str, by: Actor, at: datetime) -> RuleVersion:
    """Put the draft of a rule in force, or give it up; see the operations.

    Raises:
        InvalidInputError: it can be put in force or given up only.
        NotVisibleError: there is no draft.
        NotYourTurnError: the actor does not speak for all units.
    """
    earning.require_ruler(by)
    act = {"enact": rules.enact, "drop": rules.drop}.get(verb)
    if act is None:
        raise InvalidInputError("请选择批准生效或作废。", field="verb")
    return act(version=earning.draft_of(code), by=by, at=at)


def point_books() -> tuple[tuple[str, str], ...]:
    """Return the books of points."""
    return tuple(
        Book.objects.filter(code__in=rules.POINT_BOOKS, is_active=True).values_list("code", "name")
    )
