"""Every write about rules: begun, drafted, published, dropped. What is published stays."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Max

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number
from dianliang.domain.appraisal.lifecycle import EDITION
from dianliang.domain.appraisal.measures import BY_HAND, FULL_MARK, MEASURES
from dianliang.domain.appraisal.models import Band, Edition, Indicator, ListItem, RuleBook
from dianliang.domain.branches.models import PostKind
from dianliang.domain.directory.models import Unit
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, StaleStateError
from dianliang.kernel.phrases import Phrase, joined

WHOLE = 100
MOST_ROWS = 60


class UnableToRuleError(DomainError):
    """The rule cannot be written down, or published, like this."""

    code = "appraisal.unable-to-rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A row of a task list's template; `post` is None for every member."""

    title: str
    post: PostKind | None
    measure: str
    whose: str
    least: int
    weight: int
    due_day: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """A row of a rating's indicators."""

    dimension: str
    title: str
    measure: str
    per: str
    full_at: Decimal
    weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What an edition says. Of a task list `items`, of a rating `aims` and `bands`."""

    reason: str
    late_percent: int = 50
    most_special: int = 20
    items: Sequence[Item] = ()
    aims: Sequence[Aim] = ()
    bands: Sequence[tuple[str, Decimal]] = ()


@transaction.atomic
def begin(
    *, name: str, kind: str, subject: str, period: str, unit: Unit, by: Actor, at: datetime
) -> RuleBook:
    """Begin a rule of a unit (新建规则); it says nothing before its first edition.

    Raises:
        UnableToRuleError: the unit has one of this name and kind.
    """
    if RuleBook.objects.filter(unit=unit, kind=kind, name=name).exists():
        raise UnableToRuleError(
            Phrase("%(unit)s已有名为“%(name)s”的规则。", unit=unit.name, name=name),
            field="name",
        )
    book = RuleBook.objects.create(
        number=next_number("GZ", at=at),
        name=name,
        kind=kind,
        subject=subject,
        period=period,
        unit=unit,
        created_by=by.name,
        created_at=at,
    )
    audit.record("appraisal.rulebook.begin", target=book, by=by, at=at, after=name)
    return book


@transaction.atomic
def draft(*, book: RuleBook, content: Content, by: Actor, at: datetime) -> Edition:
    """Begin a new edition of a rule (拟新版本).

    Raises:
        UnableToRuleError: there is a draft already, or a row makes no sense.
    """
    RuleBook.objects.select_for_update(no_key=True).get(pk=book.pk)
    if book.editions.filter(status="DRAFT").exists():
        raise UnableToRuleError("已有一份草稿，请先发布或作废。")
    last = book.editions.aggregate(last=Max("edition"))["last"] or 0
    edition = Edition.objects.create(
        book=book,
        edition=last + 1,
        reason=content.reason,
        late_percent=content.late_percent,
        most_special=content.most_special,
        drafted_name=by.name,
        drafted_at=at,
    )
    _write(edition, content)
    audit.record("appraisal.edition.draft", target=edition, by=by, at=at, reason=content.reason)
    return edition


@transaction.atomic
def keep(*, edition: Edition, content: Content, seen: int, by: Actor, at: datetime) -> Edition:
    """Keep a draft as it was filled in (保存草稿). `seen` is the revision that was on the screen.

    Raises:
        StaleStateError: somebody kept it meanwhile, or published it.
        UnableToRuleError: a row makes no sense.
    """
    kept = Edition.objects.filter(pk=edition.pk, status="DRAFT", revision=seen).update(
        revision=seen + 1,
        reason=content.reason,
        late_percent=content.late_percent,
        most_special=content.most_special,
    )
    if kept != 1:
        raise StaleStateError("这份草稿刚被他人修改或发布，请刷新后再改。")
    edition.items.all().delete()
    edition.indicators.all().delete()
    edition.bands.all().delete()
    edition.refresh_from_db()
    _write(edition, content)
    audit.record("appraisal.edition.keep", target=edition, by=by, at=at, reason=content.reason)
    return edition


def _write(edition: Edition, content: Content) -> None:
    if len(content.items) > MOST_ROWS or len(content.aims) > MOST_ROWS:
        raise UnableToRuleError(Phrase("最多 %(most)s 行，请合并。", most=MOST_ROWS), field="rows")
    for number, row in enumerate(content.items, start=1):
        _check_measure(row.measure, number, edition.book)
    for number, aim in enumerate(content.aims, start=1):
        _check_measure(aim.measure, number, edition.book)
        if aim.measure == BY_HAND and aim.full_at != FULL_MARK:
            message = Phrase(
                "第 %(number)s 行由人工评分，满分值应为 %(full_mark)s。",
                number=number,
                full_mark=FULL_MARK,
            )
            raise UnableToRuleError(message, field="rows")
    names = [name for name, _ in content.bands]
    if len(set(names)) != len(names) or len({at for _, at in content.bands}) != len(names):
        raise UnableToRuleError("等次名称和分数线不能重复。", field="bands")
    ListItem.objects.bulk_create(
        ListItem(
            edition=edition,
            position=position,
            title=row.title,
            post=row.post,
            measure=row.measure,
            whose=row.whose,
            least=row.least,
            weight=row.weight,
            due_day=row.due_day,
        )
        for position, row in enumerate(content.items, start=1)
    )
    Indicator.objects.bulk_create(
        Indicator(
            edition=edition,
            position=position,
            dimension=aim.dimension,
            title=aim.title,
            measure=aim.measure,
            per=aim.per,
            full_at=aim.full_at,
            weight=aim.weight,
        )
        for position, aim in enumerate(content.aims, start=1)
    )
    Band.objects.bulk_create(
        Band(edition=edition, name=name, least=least) for name, least in content.bands
    )


def _check_measure(code: str, number: int, book: RuleBook) -> None:
    if code == BY_HAND:
        return
    measure = MEASURES.get(code)
    if measure is None or (book.kind == RuleBook.Kind.TASKS and not measure.for_duties):
        raise UnableToRuleError(
            Phrase("第 %(number)s 行请选择记录来源。", number=number), field="rows"
        )
    rates_people = book.kind != RuleBook.Kind.TASKS and book.subject == RuleBook.Subject.PERSON
    if rates_people and not measure.of_person:
        message = Phrase(
            "第 %(number)s 行“%(label)s”的记录不分个人，只能用于支部。",
            number=number,
            label=Phrase(measure.label),
        )
        raise UnableToRuleError(message, field="rows")


def weights(edition: Edition) -> dict[str, int]:
    """Return the sum of weights for whom they have to be 100: each post, or the whole rating."""
    found: dict[str, int] = defaultdict(int)
    if edition.book.kind == RuleBook.Kind.TASKS:
        for item in edition.items.select_related("post"):
            found[item.post.name if item.post else "党员"] += item.weight
    else:
        for indicator in edition.indicators.all():
            found["指标"] += indicator.weight
    return dict(found)


@transaction.atomic
def enact(*, edition: Edition, seen: int, by: Actor, at: datetime) -> Edition:
    """Publish an edition (发布): from now on it stays as it is.

    Raises:
        UnableToRuleError: it is empty, weights do not sum to 100, or people's tasks ask for
            records that are not kept by person.
        IllegalTransitionError, StaleStateError: see the lifecycle; it changed on another screen.
    """
    locked = Edition.objects.select_for_update().get(pk=edition.pk)
    if locked.revision != seen:
        raise StaleStateError("这份草稿刚被他人修改，请刷新后核对再发布。")
    sums = weights(locked)
    if not sums:
        raise UnableToRuleError("草稿还是空的，请先填写。", field="rows")
    wrong = [
        Phrase("“%(name)s”合计 %(total)s", name=name, total=total)
        for name, total in sums.items()
        if total != WHOLE
    ]
    if wrong:
        message = Phrase(
            "权重合计应为 %(whole)s，现在%(wrong)s。", whole=WHOLE, wrong=joined("，", wrong)
        )
        raise UnableToRuleError(message, field="rows")
    for item in locked.items.all():
        measure = MEASURES.get(item.measure)
        if measure and not measure.of_person and item.whose == ListItem.Whose.OWN:
            message = Phrase("“%(title)s”的记录不分个人，请改为“本支部的记录”。", title=item.title)
            raise UnableToRuleError(message, field="rows")
    return transitions.apply(
        edition,
        "enact",
        lifecycle=EDITION,
        by=by,
        at=at,
        changes={"enacted_at": at, "enacted_name": by.name},
    )


@transaction.atomic
def drop(*, edition: Edition, by: Actor, at: datetime) -> Edition:
    """Give a draft up (作废).

    Raises:
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    return transitions.apply(edition, "drop", lifecycle=EDITION, by=by, at=at)
