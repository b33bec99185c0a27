"""Brands as pages show them; figures come from the records that carry their theme."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from dianliang.domain.branches.models import Branch
from dianliang.domain.brands import access
from dianliang.domain.brands.lifecycle import BRAND, LABELS, LIVE
from dianliang.domain.brands.models import Brand, BrandReview
from dianliang.kernel.actor import Actor

VIEWS = {"live": "在用", "ended": "已结束", "all": "全部"}


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandRow:
    """A brand as lists need it."""

    number: str
    name: str
    slogan: str
    kind: str
    kind_label: str
    owner: str
    branch_code: str
    since: date
    until: date | None
    intro: str
    has_logo: bool
    logo_token: str
    is_public: bool
    status: str
    status_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow:
    """What somebody made of a brand."""

    since: date
    until: date
    grade_label: str
    words: str
    figures: Mapping[str, int]
    reviewed_by: str
    reviewed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandFile:
    """A whole brand, without its figures."""

    row: BrandRow
    reviews: tuple[ReviewRow, ...]
    may_write: bool
    verbs: tuple[tuple[str, str], ...]


def brands(*, view: str, by: Actor) -> tuple[tuple[BrandRow, ...], dict[str, int]]:
    """Return the brands of the actor's units cut by a view, and the counts of all views."""
    rows = tuple(row_of(brand) for brand in access.brands(by))
    cuts = {
        "live": tuple(row for row in rows if row.status in LIVE),
        "ended": tuple(row for row in rows if row.status not in LIVE),
        "all": rows,
    }
    return cuts.get(view, rows), {name: len(cut) for name, cut in cuts.items()}


def without(*, by: Actor) -> tuple[tuple[str, str], ...]:
    """Return code and name of the actor's branches that have no brand: a gap."""
    live = Brand.objects.filter(kind=Brand.Kind.BRANCH, status__in=LIVE).values("branch_id")
    rows = Branch.objects.filter(unit__path__startswith=by.unit_path or "-", status="ACTIVE")
    lacking = rows.filter(kind=Branch.Kind.ORDINARY).exclude(pk__in=live)
    return tuple(lacking.values_list("unit__code", "unit__name"))


def brand(number: str, *, by: Actor) -> BrandFile:
    """Return one brand.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    found = access.brand_to_see(number, by=by)
    may_write = access.may_write(found.unit.path, by=by)
    verbs = BRAND.verbs(found.status, role=by.role) if may_write else ()
    return BrandFile(
        row=row_of(found),
        reviews=_reviews(found.reviews.all()),
        may_write=may_write,
        verbs=tuple((r.verb, r.label) for r in verbs),
    )


def row_of(found: Brand) -> BrandRow:
    """Return a brand as lists need it."""
    return BrandRow(
        number=found.number,
        name=found.name,
        slogan=found.slogan,
        kind=found.kind,
        kind_label=found.get_kind_display(),
        owner=found.branch.unit.name if found.branch else found.unit.name,
        branch_code=found.branch.unit.code if found.branch else "",
        since=found.since,
        until=found.until,
        intro=found.intro,
        has_logo=found.logo is not None,
        logo_token=found.logo.token if found.logo else "",
        is_public=found.is_public,
        status=found.status,
        status_label=LABELS[found.status],
    )


def _reviews(rows: Iterable[BrandReview]) -> tuple[ReviewRow, ...]:
    return tuple(
        ReviewRow(
            since=row.since,
            until=row.until,
            grade_label=row.get_grade_display(),
            words=row.words,
            figures=row.figures,
            reviewed_by=row.reviewed_by,
            reviewed_at=row.reviewed_at,
        )
        for row in rows
    )


def public() -> tuple[BrandRow, ...]:
    """Return the brands that everybody may see."""
    return tuple(row_of(found) for found in access.public())


def public_one(number: str) -> BrandRow:
    """Return a brand that everybody may see.

    Raises:
        NotVisibleError: there is none.
    """
    return row_of(access.brand_to_visit(number))
