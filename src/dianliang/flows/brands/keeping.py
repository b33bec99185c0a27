"""Brands: written down, reviewed, shown; figures counted from the records that carry them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dianliang.core import audit, files
from dianliang.domain.brands import access, operations, queries
from dianliang.domain.brands.models import Brand, BrandReview
from dianliang.domain.honours.queries.register import ReportRow, reports_about
from dianliang.flows.branches.choices import branch_of, unit_of, words
from dianliang.flows.themes import kinds, marking, report
from dianliang.flows.themes.report import Report
from dianliang.flows.themes.shapes import Record
from dianliang.integrations.documents.model import Document, Facts, Heading, Paragraph, Table
from dianliang.integrations.documents.pdf import pdf
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase

KINDS = {str(code): str(label) for code, label in Brand.Kind.choices}
GRADES = {str(code): str(label) for code, label in BrandReview.Grade.choices}
EVERYBODY = Actor(id="visitor", name="访客", role=Role.PARTY_AFFAIRS, unit_path="/")
"""Through whose eyes the public figures are counted: all records, of which only counts are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person fills in for a brand; `branch` may be empty for a product."""

    name: str
    slogan: str
    kind: str
    branch: str
    unit: str
    intro: str
    since: date
    photo: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What is counted of a brand in a period, and what media reported of its records."""

    report: Report
    media: tuple[ReportRow, ...]


@transaction.atomic
def create(*, asked: Asked, by: Actor, at: datetime) -> Brand:
    """Write a brand down.

    Raises:
        InvalidInputError, UnableToBrandError: a field makes no sense; it is named.
    """
    if asked.kind not in KINDS:
        raise InvalidInputError("请选择类型。", field="kind")
    branch = branch_of(asked.branch, by=by) if asked.branch else None
    unit = branch.unit if branch else unit_of(asked.unit, by=by, field="unit", label="所属单位")
    return operations.create(
        name=words(asked.name, field="name", label="品牌名称", most=40, least=2),
        slogan=words(asked.slogan, field="slogan", label="口号", most=60, least=0),
        kind=asked.kind,
        branch=branch,
        unit=unit,
        intro=words(asked.intro, field="intro", label="品牌介绍", most=1000, least=4),
        since=asked.since,
        logo=files.keep_image(asked.photo, at=at, field="photo") if asked.photo else None,
        by=by,
        at=at,
    )


@transaction.atomic
def describe(
    *, number: str, slogan: str, intro: str, photo: bytes | None, by: Actor, at: datetime
) -> Brand:
    """Change what a brand says of itself; see the operation.

    Raises:
        NotVisibleError, InvalidInputError, UnableToBrandError: see the operation.
    """
    return operations.describe(
        brand=_brand(number, by),
        slogan=words(slogan, field="slogan", label="口号", most=60, least=0),
        intro=words(intro, field="intro", label="品牌介绍", most=1000, least=4),
        logo=files.keep_image(photo, at=at, field="photo") if photo else None,
        by=by,
        at=at,
    )


def submit(*, number: str, by: Actor, at: datetime) -> Brand:
    """Ask for review; see the operation.

    Raises:
        NotVisibleError, IllegalTransitionError, StaleStateError: see the operation.
    """
    return operations.submit(brand=_brand(number, by), by=by, at=at)


def decide(*, number: str, verb: str, reason: str, by: Actor, at: datetime) -> Brand:
    """Approve or send back; see the operation.

    Raises:
        NotVisibleError, InvalidInputError, UnableToBrandError: see the operation.
    """
    told = words(reason, field="reason", label="评审意见", most=200, least=2)
    return operations.decide(brand=_brand(number, by), verb=verb, words=told, by=by, at=at)


def end(*, number: str, verb: str, reason: str, by: Actor, at: datetime) -> Brand:
    """Retire or drop; see the operation.

    Raises:
        NotVisibleError, InvalidInputError, IllegalTransitionError: see the operation.
    """
    told = words(reason, field="reason", label="原因", most=200, least=2)
    return operations.end(brand=_brand(number, by), verb=verb, words=told, by=by, at=at)


def show(*, number: str, is_public: bool, by: Actor, at: datetime) -> Brand:
    """Show a brand to everybody, or no more; see the operation.

    Raises:
        NotVisibleError, UnableToBrandError: see the operation.
    """
    return operations.show(brand=_brand(number, by), is_public=is_public, by=by, at=at)


def attach(*, number: str, record: str, by: Actor, at: datetime) -> None:
    """Let a record, whatever its kind, count for a brand: it carries the brand's theme.

    Raises:
        NotVisibleError: the brand is absent or another's.
        InvalidInputError, UnableToThemeError: there is no such record, or the brand is over.
    """
    brand, found = _brand(number, by), _record(record, by)
    codes = [brand.number]
    marking.mark(kind=found.kind, number=found.number, codes=codes, by=by, at=at)


def detach(*, number: str, record: str, by: Actor, at: datetime) -> None:
    """Let a record count for a brand no more; see `attach`."""
    brand, found = _brand(number, by), _record(record, by)
    marking.unmark(kind=found.kind, number=found.number, code=brand.number, by=by, at=at)


def _record(number: str, by: Actor) -> Record:
    asked = words(number, field="record", label="记录编号", most=40, least=2)
    found = kinds.find(asked, by=by)
    if found is None:
        message = Phrase("没有找到编号为 %(asked)s 的记录，请核对。", asked=asked)
        raise InvalidInputError(message, field="record")
    return found


def page(*, number: str, since: date, until: date, by: Actor) -> Page:
    """Return the figures of a brand in a period, as far as the actor sees records.

    Raises:
        NotVisibleError: the brand is absent or another's.
        InvalidInputError: the period makes no sense.
    """
    brand = access.brand_to_see(number, by=by)
    found = report.report(code=brand.number, since=since, until=until, by=by)
    pairs = [(record.kind, record.number) for record, _ in found.records]
    return Page(report=found, media=reports_about(pairs))


def public_figures(*, number: str, since: date, until: date) -> tuple[tuple[str, str, int], ...]:
    """Return label, unit and value of what is counted of a public brand; no record is named.

    Raises:
        NotVisibleError: there is none.
    """
    brand = access.brand_to_visit(number)
    found = report.report(code=brand.number, since=since, until=until, by=EVERYBODY)
    return tuple(
        (figure.label, figure.unit, cell.value)
        for figure, cell in zip(found.columns, found.whole.cells, strict=True)
    )


def review(
    *, number: str, since: date, until: date, grade: str, reason: str, by: Actor, at: datetime
) -> BrandReview:
    """Review a brand's work in a period; the figures are kept as they are now.

    Raises:
        NotVisibleError, InvalidInputError, UnableToBrandError: see the operation.
    """
    if grade not in GRADES:
        raise InvalidInputError("请选择等次。", field="grade")
    brand = _brand(number, by)
    told = words(reason, field="reason", label="评审意见", most=300, least=2)
    found = report.report(code=brand.number, since=since, until=until, by=by)
    return operations.review(
        brand=brand,
        since=since,
        until=until,
        grade=grade,
        words=told,
        figures=_figures(found),
        by=by,
        at=at,
    )


def _figures(found: Report) -> Mapping[str, int]:
    cells = zip(found.columns, found.whole.cells, strict=True)
    return {figure.label: cell.value for figure, cell in cells}


def logo_of(*, number: str, by: Actor | None) -> bytes:
    """Return a brand's logo, to a reader of it or, without an actor, of a public one.

    Raises:
        NotVisibleError: there is none.
    """
    seen = access.brand_to_see(number, by=by) if by else None
    found = seen or access.brand_to_visit(number)
    if found.logo is None:
        raise NotVisibleError("没有标识。")
    return files.read(found.logo)


def printed(*, number: str, since: date, until: date, by: Actor, at: datetime) -> bytes:
    """Return a brand with its figures and its records as PDF; the printing is on record.

    Raises:
        NotVisibleError, InvalidInputError: see `page`.
    """
    file, counted = (
        queries.brand(number, by=by),
        page(number=number, since=since, until=until, by=by),
    )
    row, found = file.row, counted.report
    cells = zip(found.columns, found.whole.cells, strict=True)
    figures = [(figure.label, f"{cell.value} {figure.unit}") for figure, cell in cells]
    records = [[f"{r.on}", r.kind_label, r.number, r.title, r.unit_name] for r, _ in found.records]
    document = Document(
        title=row.name,
        subtitle=row.slogan,
        issuer=row.owner,
        number=row.number,
        blocks=[
            Paragraph(row.intro),
            Facts([("类型", row.kind_label), ("状态", row.status_label), *figures]),
            Heading(f"活动与佐证（{since} 至 {until}）"),
            Table(
                columns=["日期", "类别", "编号", "内容", "单位"],
                rows=records,
                widths=(1.4, 1.4, 1.8, 4, 2),
                empty="期内没有记录",
            ),
            Heading("评审"),
            Table(
                columns=["期间", "等次", "意见", "评审人"],
                rows=[
                    [f"{r.since} 至 {r.until}", r.grade_label, r.words, r.reviewed_by]
                    for r in file.reviews
                ],
                widths=(2, 1, 4, 1.2),
                empty="还没有评审",
            ),
        ],
    )
    target = access.brand_to_see(number, by=by)
    audit.record("brands.brand.print", target=target, by=by, at=at)
    return pdf([document], title=row.name, made_at=at)


def _brand(number: str, by: Actor) -> Brand:
    found = access.brand_to_see(number, by=by)
    if not access.may_write(found.unit.path, by=by):
        raise NotVisibleError("没有找到这个品牌。")
    return found
