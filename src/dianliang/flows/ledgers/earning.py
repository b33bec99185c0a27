"""Points follow from records that are there already (see `deeds`): nobody types them."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dianliang.domain.catalog.queries import work_calendar
from dianliang.domain.directory.models import Unit
from dianliang.domain.ledger import rules, settling
from dianliang.domain.ledger.models import PointRule, RuleVersion, Settlement
from dianliang.domain.ledger.scoring import score, totals
from dianliang.domain.workforce.models import Person
from dianliang.flows.ledgers.deeds import deeds
from dianliang.kernel.actor import SYSTEM, Actor, Role
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError, NotVisibleError, NotYourTurnError


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a changed rule would have given a person, against the rules as they are."""

    number: str
    name: str
    unit_name: str
    before: int
    after: int

    @property
    def change(self) -> int:
        """Return the points more, or less."""
        return self.after - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A rule tried on past records: those for whom it would differ, largest first."""

    since: date
    until: date
    records: int
    people: int
    before: int
    after: int
    differences: tuple[Difference, ...]

    @property
    def effect(self) -> str:
        """Return what it came to, in a sentence."""
        return (
            f"{self.since} 至 {self.until} 前的 {self.records} 条记录：{len(self.differences)} 人"
            f"有变化，合计由 {self.before} 分变为 {self.after} 分。"
        )


def may_rule(by: Actor) -> bool:
    """Tell whether an actor may say what earns points, and what they buy: it binds all units.

    He does for all of them, or for the company to which the stations belong.
    """
    if by.role not in (Role.PARTY_AFFAIRS, Role.ADMINISTRATOR):
        return False
    companies = Unit.objects.filter(path=by.unit_path, kind=Unit.Kind.COMPANY)
    return by.is_top or companies.exists()


def require_ruler(by: Actor) -> None:
    """Let nobody rule for all units who does not speak for them.

    Raises:
        NotYourTurnError: he does not.
    """
    if not may_rule(by):
        raise NotYourTurnError("积分规则和兑换积分对所有单位生效，请由总部修改。")


def rule_of(code: str) -> PointRule:
    """Return a rule.

    Raises:
        NotVisibleError: there is none.
    """
    found = PointRule.objects.select_related("book").filter(code=code).first()
    if found is None:
        raise NotVisibleError("没有这条规则。")
    return found


def draft_of(code: str) -> RuleVersion:
    """Return the draft of a rule.

    Raises:
        NotVisibleError: there is no rule, or no draft of it.
    """
    found = rule_of(code).versions.filter(status="DRAFT").select_related("rule__book").first()
    if found is None:
        raise NotVisibleError("这条规则没有草稿。")
    return found


def try_out(*, code: str, since: date, until: date, by: Actor, at: datetime) -> Trial:
    """Try the draft of a rule on past records; what it came to is kept with the draft.

    Raises:
        InvalidInputError: the days make no sense.
        NotVisibleError: there is no draft.
        NotYourTurnError: the actor does not speak for all units.
        UnableToRuleError: somebody has decided about it meanwhile.
    """
    require_ruler(by)
    version = draft_of(code)
    if not since < until <= at.astimezone(SHANGHAI).date():
        raise InvalidInputError("请选择已经过去的一段日期。", field="since")
    trial = trial_of(version, path=by.unit_path or "-", since=since, until=until)
    rules.note_trial(version=version, effect=trial.effect, by=by, at=at)
    return trial


def trial_of(version: RuleVersion, *, path: str, since: date, until: date) -> Trial:
    """Return what a version would have given, had it been in force for the whole period."""
    book = version.rule.book.code
    done = tuple(deeds(path, since, until))
    before = totals(score(done, rules.terms(book=book)))
    after = totals(score(done, rules.terms(book=book, instead=version)))
    differing = {n for n in before | after if before.get(n, 0) != after.get(n, 0)}
    people = Person.objects.filter(number__in=differing).select_related("unit")
    differences = [
        Difference(
            number=person.number,
            name=person.name,
            unit_name=person.unit.name,
            before=before.get(person.number, 0),
            after=after.get(person.number, 0),
        )
        for person in people
    ]
    return Trial(
        since=since,
        until=until,
        records=len({(deed.source_kind, deed.source_number) for deed in done}),
        people=len({deed.person for deed in done}),
        before=sum(before.values()),
        after=sum(after.values()),
        differences=tuple(sorted(differences, key=lambda row: (-abs(row.change), row.number))),
    )


@transaction.atomic
def settle(
    *, book: str, unit_code: str, since: date, until: date, by: Actor, at: datetime
) -> Settlement:
    """Count what records of a unit's people earned in [since, until) and was not counted before.

    Raises:
        InvalidInputError: the book counts no points.
        NotVisibleError: the unit is not the actor's.
        UnableToSettleError: see the operation.
    """
    if book not in rules.POINT_BOOKS:
        raise InvalidInputError("请选择积分账本。", field="book")
    unit = Unit.objects.filter(code=unit_code, path__startswith=by.unit_path or "-").first()
    if unit is None:
        raise NotVisibleError("请选择本单位范围内的单位。")
    # Two who count at once would count the same records: the second waits, and finds them counted.
    list(PointRule.objects.select_for_update(no_key=True).filter(book__code=book).order_by("pk"))
    counted = settling.counted(book=book, since=since, until=until)
    scored = score(
        deeds(unit.path, since, until),
        rules.terms(book=book),
        given=counted.given,
        done=counted.records,
    )
    return settling.make(
        book=book, unit=unit, since=since, until=until, scored=scored, by=by, at=at
    )


def show(*, settlement: Settlement, by: Actor, at: datetime) -> Settlement:
    """Show a settlement to all for the days of the notice, by the calendar of working days."""
    return settling.show(settlement=settlement, calendar=work_calendar(), by=by, at=at)


def enter_due(*, at: datetime) -> int:
    """Enter what has been shown long enough and nobody's open appeal holds up; return how many."""
    numbers = settling.due_numbers(at=at)
    for number in numbers:
        settling.enter(settlement=Settlement.objects.get(number=number), by=SYSTEM, at=at)
    return len(numbers)
