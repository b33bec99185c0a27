"""Rules as people fill them in: begun from a sample, drafted row by row, published."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from dianliang.domain.appraisal import access
from dianliang.domain.appraisal.lifecycle import EDITION
from dianliang.domain.appraisal.measures import (
    MEASURES,
    duty_measures,
    label_of,
    unit_of,
)
from dianliang.domain.appraisal.models import Edition, Indicator, ListItem, RuleBook
from dianliang.domain.appraisal.operations import rules
from dianliang.domain.appraisal.operations.rules import Aim, Content, Item, weights
from dianliang.domain.branches import access as branches
from dianliang.domain.branches.models import PostKind
from dianliang.domain.directory.models import Unit
from dianliang.flows.appraisal.filling import Row, read_aim, read_bands, read_item, whole
from dianliang.flows.branches.choices import unit_of as own_unit
from dianliang.flows.branches.choices import words
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase

STARTERS = json.loads(
    (Path(rules.__file__).parents[1] / "data" / "starters.json").read_text(encoding="utf-8")
)
"""Samples to begin with; what is published is what people made of them."""
SPARE_ROWS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class BookRow:
    """A rule in the list of rules."""

    number: str
    name: str
    kind: str
    kind_label: str
    subject_label: str
    period_label: str
    unit_name: str
    in_force: int | None
    has_draft: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionPage:
    """One edition with its rows and the sums of its weights."""

    edition: int
    revision: int
    status: str
    status_label: str
    reason: str
    late_percent: int
    most_special: int
    drafted_name: str
    drafted_at: datetime
    enacted_name: str
    enacted_at: datetime | None
    items: tuple[Row, ...]
    aims: tuple[Row, ...]
    bands: tuple[tuple[str, str], ...]
    sums: tuple[tuple[str, int], ...]
    verbs: tuple[tuple[str, str], ...]

    @property
    def spare(self) -> range:
        """Return places for rows that a form offers beyond those that are there."""
        return range(SPARE_ROWS)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookPage:
    """One rule with its editions, latest first."""

    row: BookRow
    editions: tuple[EditionPage, ...]
    may_write: bool

    @property
    def draft(self) -> EditionPage | None:
        """Return the edition that is being written, if any."""
        return next((row for row in self.editions if row.status == "DRAFT"), None)

    @property
    def current(self) -> EditionPage | None:
        """Return the edition that counts for what begins now."""
        return next((row for row in self.editions if row.status == "IN_FORCE"), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What the forms about rules offer."""

    posts: tuple[tuple[str, str], ...]
    measures: tuple[tuple[str, str, str], ...]
    duty_measures: tuple[tuple[str, str, str], ...]
    whose: tuple[tuple[str, str], ...]
    per: tuple[tuple[str, str], ...]


def offered() -> Offered:
    """Return what a row may be of."""
    return Offered(
        posts=tuple(PostKind.objects.filter(is_active=True).values_list("code", "name")),
        measures=tuple((code, m.label, m.unit) for code, m in MEASURES.items()),
        duty_measures=tuple((code, label, unit_of(code)) for code, label in duty_measures()),
        whose=tuple((str(code), str(label)) for code, label in ListItem.Whose.choices),
        per=tuple((str(code), str(label)) for code, label in Indicator.Per.choices),
    )


def units(by: Actor) -> tuple[tuple[str, str], ...]:
    """Return the units of the actor that have branches below them, for which he publishes."""
    paths = [branch.unit.path for branch in branches.branches(by)]
    own = Unit.objects.filter(path__startswith=by.unit_path or "-", valid_until=None)
    return tuple(
        (unit.code, unit.name)
        for unit in own.order_by("path")
        if any(path.startswith(unit.path) and path != unit.path for path in paths)
    )


def books(*, by: Actor) -> tuple[BookRow, ...]:
    """Return the rules that concern the actor."""
    rows = access.books(by).prefetch_related("editions")
    return tuple(_row(book) for book in rows)


def _row(book: RuleBook) -> BookRow:
    editions = list(book.editions.all())
    return BookRow(
        number=book.number,
        name=book.name,
        kind=book.kind,
        kind_label=book.get_kind_display(),
        subject_label=book.get_subject_display(),
        period_label=book.get_period_display() if book.period else "",
        unit_name=book.unit.name,
        in_force=max((e.edition for e in editions if e.status == "IN_FORCE"), default=None),
        has_draft=any(e.status == "DRAFT" for e in editions),
    )


def book(number: str, *, by: Actor) -> BookPage:
    """Return one rule.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    found = access.book_to_see(number, by=by)
    may_write = branches.may_write(found.unit.path, by=by)
    rows = found.editions.select_related("book").order_by("-edition")
    return BookPage(
        row=_row(found),
        editions=tuple(_edition(row, may_write=may_write, by=by) for row in rows),
        may_write=may_write,
    )


def _edition(row: Edition, *, may_write: bool, by: Actor) -> EditionPage:
    verbs = EDITION.verbs(row.status, role=by.role) if may_write else ()
    return EditionPage(
        edition=row.edition,
        revision=row.revision,
        status=row.status,
        status_label=row.get_status_display(),
        reason=row.reason,
        late_percent=row.late_percent,
        most_special=row.most_special,
        drafted_name=row.drafted_name,
        drafted_at=row.drafted_at,
        enacted_name=row.enacted_name,
        enacted_at=row.enacted_at,
        items=tuple(_item(item) for item in row.items.select_related("post")),
        aims=tuple(_aim(indicator) for indicator in row.indicators.all()),
        bands=tuple((band.name, f"{band.least.normalize():f}") for band in row.bands.all()),
        sums=tuple(weights(row).items()),
        verbs=tuple((r.verb, r.label) for r in verbs),
    )


def _item(item: ListItem) -> Row:
    return {
        "title": item.title,
        "post": item.post.code if item.post else "",
        "post_name": item.post.name if item.post else "党员",
        "measure": item.measure,
        "measure_label": label_of(item.measure),
        "unit": unit_of(item.measure) if item.measure else "",
        "whose": item.whose,
        "whose_label": item.get_whose_display(),
        "least": f"{item.least}",
        "weight": f"{item.weight}",
        "due_day": "" if item.due_day is None else f"{item.due_day}",
    }


def _aim(row: Indicator) -> Row:
    return {
        "dimension": row.dimension,
        "title": row.title,
        "measure": row.measure,
        "measure_label": label_of(row.measure),
        "unit": unit_of(row.measure),
        "per": row.per,
        "per_label": row.get_per_display(),
        "full_at": f"{row.full_at.normalize():f}",
        "weight": f"{row.weight}",
    }


def starters() -> tuple[tuple[str, str, str], ...]:
    """Return the samples that a rule may begin with: code, name, kind."""
    kinds = dict(RuleBook.Kind.choices)
    return tuple((row["code"], row["name"], str(kinds[row["kind"]])) for row in STARTERS)


@transaction.atomic
def begin(*, starter: str, name: str, unit: str, by: Actor, at: datetime) -> RuleBook:
    """Begin a rule from a sample, with the sample as its first draft.

    Raises:
        InvalidInputError, UnableToRuleError: a field makes no sense; it is named.
    """
    sample = next((row for row in STARTERS if row["code"] == starter), None)
    if sample is None:
        raise InvalidInputError("请选择样本。", field="starter")
    book = rules.begin(
        name=words(name or sample["name"], field="name", label="名称", most=40, least=2),
        kind=sample["kind"],
        subject=sample["subject"],
        period=sample["period"],
        unit=own_unit(unit, by=by, field="unit", label="制定单位"),
        by=by,
        at=at,
    )
    rules.draft(book=book, content=sample_content(sample), by=by, at=at)
    return book


def sample_content(sample: Mapping[str, Any]) -> Content:
    """Return what a sample says; posts that an administrator has taken away are left out."""
    posts = {kind.code: kind for kind in PostKind.objects.all()}
    return Content(
        reason="由样本起草",
        items=tuple(
            Item(
                title=title,
                post=posts.get(post),
                measure=measure,
                whose=whose,
                least=least,
                weight=weight,
                due_day=due_day,
            )
            for title, post, measure, whose, least, weight, due_day in sample.get("items", ())
            if not post or post in posts
        ),
        aims=tuple(
            Aim(
                dimension=dimension,
                title=title,
                measure=measure,
                per=per,
                full_at=Decimal(full_at),
                weight=weight,
            )
            for dimension, title, measure, per, full_at, weight in sample.get("aims", ())
        ),
        bands=tuple((name, Decimal(least)) for name, least in sample.get("bands", ())),
    )


def draft(*, number: str, by: Actor, at: datetime) -> Edition:
    """Begin the next edition of a rule as a copy of the one in force, or else of the last.

    Raises:
        NotVisibleError, UnableToRuleError: see the operation.
    """
    book = access.book_to_lead(number, by=by)
    kept = book.editions.order_by("-edition")
    last = kept.filter(status="IN_FORCE").first() or kept.filter(status="DROPPED").first()
    content = Content(reason="修订") if last is None else _content_of(last)
    return rules.draft(book=book, content=content, by=by, at=at)


def _content_of(edition: Edition) -> Content:
    return Content(
        reason="修订",
        late_percent=edition.late_percent,
        most_special=edition.most_special,
        items=tuple(
            Item(
                title=row.title,
                post=row.post,
                measure=row.measure,
                whose=row.whose,
                least=row.least,
                weight=row.weight,
                due_day=row.due_day,
            )
            for row in edition.items.select_related("post")
        ),
        aims=tuple(
            Aim(
                dimension=row.dimension,
                title=row.title,
                measure=row.measure,
                per=row.per,
                full_at=row.full_at,
                weight=row.weight,
            )
            for row in edition.indicators.all()
        ),
        bands=tuple(edition.bands.values_list("name", "least")),
    )


def _draft_of(number: str, *, by: Actor) -> Edition:
    book = access.book_to_lead(number, by=by)
    found = book.editions.filter(status="DRAFT").select_related("book").first()
    if found is None:
        raise NotVisibleError("没有草稿。")
    return found


def keep(
    *,
    number: str,
    seen: int,
    facts: Mapping[str, str],
    rows: Sequence[Row],
    bands: str,
    by: Actor,
    at: datetime,
) -> Edition:
    """Keep a draft as the form says; a row whose title is empty goes.

    Raises:
        NotVisibleError, InvalidInputError, UnableToRuleError, StaleStateError: see the operation.
    """
    edition = _draft_of(number, by=by)
    filled = [row for row in rows if row.get("title", "").strip()]
    is_list = edition.book.kind == RuleBook.Kind.TASKS
    content = Content(
        reason=words(facts.get("reason", ""), field="reason", label="制定理由", most=200, least=2),
        late_percent=whole(facts.get("late_percent", "50"), "逾期得分比例", most=100, least=0),
        most_special=whole(facts.get("most_special", "20"), "特色加分上限", most=100, least=0),
        items=tuple(read_item(n, row) for n, row in enumerate(filled, 1)) if is_list else (),
        aims=() if is_list else tuple(read_aim(n, row) for n, row in enumerate(filled, 1)),
        bands=() if is_list else tuple(read_bands(bands)),
    )
    return rules.keep(edition=edition, content=content, seen=seen, by=by, at=at)


def enact(*, number: str, seen: int, by: Actor, at: datetime) -> Edition:
    """Publish the draft of a rule.

    Raises:
        NotVisibleError, UnableToRuleError, StaleStateError: see the operation.
    """
    return rules.enact(edition=_draft_of(number, by=by), seen=seen, by=by, at=at)


def drop(*, number: str, by: Actor, at: datetime) -> Edition:
    """Give the draft of a rule up.

    Raises:
        NotVisibleError, StaleStateError: see the operation.
    """
    return rules.drop(edition=_draft_of(number, by=by), by=by, at=at)


def current(number: str, *, by: Actor) -> Edition:
    """Return the latest published edition of a rule that the actor may use.

    Raises:
        InvalidInputError: none was chosen, or nothing is published yet.
    """
    try:
        book = access.book_to_see(number, by=by)
    except NotVisibleError as absent:
        raise InvalidInputError("请选择规则。", field="book") from absent
    found = book.editions.filter(status="IN_FORCE").select_related("book")
    latest = found.order_by("-edition").first()
    if latest is None:
        raise InvalidInputError(Phrase("请先发布“%(n)s”。", n=book.name), field="book")
    return latest
