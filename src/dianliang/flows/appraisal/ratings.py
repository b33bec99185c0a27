"""Rounds as pages show them: provisional while they run, frozen with their records after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Q

from dianliang.domain.appraisal import access
from dianliang.domain.appraisal.lifecycle import ROUND
from dianliang.domain.appraisal.measures import label_of, unit_of
from dianliang.domain.appraisal.models import Appeal, Indicator, Result, Round, RuleBook, Standing
from dianliang.domain.appraisal.scoring import tones_of
from dianliang.domain.branches import access as branches
from dianliang.flows.appraisal.computing import rate
from dianliang.flows.appraisal.rounds import subject_of
from dianliang.flows.appraisal.standing import RecordRow, record_rows
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundRow:
    """A round in the list of rounds."""

    number: str
    title: str
    kind: str
    kind_label: str
    subject: str
    subject_label: str
    unit_name: str
    since: date
    until: date
    announced_on: date
    status: str
    status_label: str
    notice_until: date | None
    edition: str
    appeals: int
    is_generated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorRow:
    """An indicator as it was published."""

    key: int
    position: int
    dimension: str
    title: str
    source: str
    unit: str
    per_label: str
    full_at: Decimal
    weight: int
    is_by_hand: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow:
    """What an indicator gave somebody, with its records."""

    indicator: IndicatorRow
    value: Decimal
    score: Decimal
    records: tuple[RecordRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingRow:
    """One who is rated; `is_mine` when the actor may look into the records."""

    subject: str
    name: str
    branch_name: str
    score: Decimal
    place: int
    sharing: int
    band: str
    figures: tuple[FigureRow, ...]
    is_mine: bool
    band_tone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealRow:
    """An appeal with what was decided."""

    number: str
    round: str
    round_title: str
    indicator: str
    is_by_hand: bool
    subject: str
    subject_name: str
    words: str
    made_name: str
    made_at: datetime
    status: str
    status_label: str
    decided_name: str
    because: str
    may_decide: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundPage:
    """One round: who stands where, by which indicators; frozen editions of the result."""

    row: RoundRow
    announced_by: str
    indicators: tuple[IndicatorRow, ...]
    bands: tuple[tuple[str, Decimal, str], ...]
    """Name, least score and colour."""
    standings: tuple[StandingRow, ...]
    edition: int | None
    editions: tuple[tuple[int, str, str, datetime], ...]
    missing: int
    appeals: tuple[AppealRow, ...]
    may_lead: bool
    verbs: tuple[tuple[str, str], ...]

    @property
    def is_provisional(self) -> bool:
        """Tell whether the standing still follows from the records of the day."""
        return self.edition is None


def rounds(*, kind: str, by: Actor) -> tuple[RoundRow, ...]:
    """Return the rounds of a kind (all without one), latest first."""
    rows = access.rounds(by).annotate(n_open=Count("appeals", filter=Q(appeals__status="OPEN")))
    if kind:
        rows = rows.filter(edition__book__kind=kind)
    # A query with sums has no order of its own.
    return tuple(_row(row) for row in rows.order_by("-since", "-number"))


def _row(row: Round) -> RoundRow:
    book = row.edition.book
    return RoundRow(
        number=row.number,
        title=row.title,
        kind=book.kind,
        kind_label="竞赛" if row.is_contest else "三管考评",
        subject=book.subject,
        subject_label=book.get_subject_display(),
        unit_name=row.unit.name,
        since=row.since,
        until=row.until,
        announced_on=row.announced_on,
        status=row.status,
        status_label=row.get_status_display(),
        notice_until=row.notice_until,
        edition=f"{row.edition}",
        appeals=vars(row).get("n_open", 0),
        is_generated=row.is_generated,
    )


def indicator_row(row: Indicator) -> IndicatorRow:
    """Return an indicator as it was published."""
    return IndicatorRow(
        key=row.pk,
        position=row.position,
        dimension=row.dimension,
        title=row.title,
        source=label_of(row.measure),
        unit=unit_of(row.measure),
        per_label=row.get_per_display(),
        full_at=row.full_at,
        weight=row.weight,
        is_by_hand=not row.measure,
    )


def round_page(number: str, *, edition: int | None, by: Actor, on: date) -> RoundPage:
    """Return a round: its latest result, an earlier edition of it, or how it stands today.

    Raises:
        NotVisibleError: it is absent, another unit's, or has no such edition.
    """
    found = access.round_to_see(number, by=by)
    results = list(found.results.order_by("-edition"))
    shown = results[0] if results else None
    if edition is not None:
        shown = next((row for row in results if row.edition == edition), None)
        if shown is None:
            raise NotVisibleError("没有这一版结果。")
    indicators = tuple(indicator_row(row) for row in found.edition.indicators.all())
    rows = _frozen(shown, indicators, by=by) if shown else _today(found, indicators, by=by, on=on)
    bands = tuple(found.edition.bands.values_list("name", "least"))
    tones = tones_of(bands)
    if found.edition.book.subject == RuleBook.Subject.PERSON:
        rows = tuple(row for row in rows if row.is_mine)  # of people one sees one's own
    may_lead = branches.may_write(found.unit.path, by=by)
    verbs = ROUND.verbs(found.status, role=by.role) if may_lead else ()
    waiting = access.appeals(by).filter(round=found)
    return RoundPage(
        row=_row(found),
        announced_by=found.announced_by,
        indicators=indicators,
        bands=tuple((name, least, tones[name]) for name, least in bands),
        standings=tuple(replace(row, band_tone=tones.get(row.band, "")) for row in rows),
        edition=shown.edition if shown else None,
        editions=tuple((r.edition, r.reason, r.made_name, r.made_at) for r in results),
        missing=_missing(found, rows, indicators) if not shown else 0,
        appeals=tuple(_appeal(row, by=by) for row in waiting),
        may_lead=may_lead,
        verbs=tuple((r.verb, r.label) for r in verbs),
    )


def _missing(found: Round, rows: Sequence[StandingRow], indicators: Sequence[IndicatorRow]) -> int:
    given = set(found.marks.values_list("indicator_id", "subject"))
    wanted = {(i.key, row.subject) for i in indicators if i.is_by_hand for row in rows}
    return len(wanted - given)


def _today(
    found: Round, indicators: Sequence[IndicatorRow], *, by: Actor, on: date
) -> tuple[StandingRow, ...]:
    return tuple(
        StandingRow(
            subject=row.subject.code,
            name=row.subject.name,
            branch_name=row.subject.branch.unit.name,
            score=row.score,
            place=row.place.place,
            sharing=row.place.sharing,
            band=row.band,
            figures=tuple(
                FigureRow(
                    indicator=indicator,
                    value=row.figures[indicator.key].value,
                    score=row.figures[indicator.key].score,
                    records=record_rows(row.figures[indicator.key].records),
                )
                for indicator in indicators
            ),
            is_mine=by.reaches_unit(row.subject.branch.unit.path),
        )
        for row in rate(found, on=on)
    )


def _frozen(
    result: Result, indicators: Sequence[IndicatorRow], *, by: Actor
) -> tuple[StandingRow, ...]:
    known = {indicator.key: indicator for indicator in indicators}
    rows = result.standings.select_related("branch__unit").prefetch_related("figures")
    return tuple(_kept(row, known, by=by) for row in rows)


def _kept(row: Standing, known: Mapping[int, IndicatorRow], *, by: Actor) -> StandingRow:
    figures = sorted(row.figures.all(), key=lambda f: known[f.indicator_id].position)
    return StandingRow(
        subject=row.subject,
        name=row.name,
        branch_name=row.branch.unit.name,
        score=row.score,
        place=row.place,
        sharing=row.sharing,
        band=row.band,
        figures=tuple(
            FigureRow(
                indicator=known[figure.indicator_id],
                value=figure.value,
                score=figure.score,
                records=record_rows(figure.records),
            )
            for figure in figures
        ),
        is_mine=by.reaches_unit(row.branch.unit.path),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectPage:
    """One who is rated, with the records behind every figure, marks, and earlier periods."""

    page: RoundPage
    row: StandingRow
    marks: Mapping[int, tuple[int, str, str, str, str]]
    """By indicator: mark, words, assessor, token of a file, number of a record."""
    history: tuple[tuple[str, str, date, date, Decimal, int, str], ...]
    may_mark: bool
    may_appeal: bool


def subject_page(
    number: str, subject: str, *, edition: int | None, by: Actor, on: date
) -> SubjectPage:
    """Return one who is rated, of a branch of the actor's.

    Raises:
        NotVisibleError: the round is absent, or it is another unit's branch or person.
    """
    page = round_page(number, edition=edition, by=by, on=on)
    row = next((r for r in page.standings if r.subject == subject and r.is_mine), None)
    if row is None:
        raise NotVisibleError("没有找到这个考评对象。")
    found = access.round_to_see(number, by=by)
    marks = found.marks.filter(subject=subject).select_related("file")
    return SubjectPage(
        page=page,
        row=row,
        marks={
            mark.indicator_id: (
                mark.mark,
                mark.words,
                mark.assessor_name,
                mark.file.token if mark.file else "",
                mark.record_number,
            )
            for mark in marks
        },
        history=_history(found, subject),
        may_mark=page.may_lead and found.status == "OPEN",
        may_appeal=by.role in access.WRITERS and found.status == "SHOWN",
    )


def _history(
    found: Round, subject: str
) -> tuple[tuple[str, str, date, date, Decimal, int, str], ...]:
    """Return how the same one came out of other rounds by the same rule."""
    rows = (
        Standing.objects.filter(subject=subject, result__round__edition__book=found.edition.book)
        .exclude(result__round=found)
        .select_related("result__round")
        .order_by("-result__round__since", "-result__edition")
    )
    latest: dict[int, Standing] = {}
    for row in rows:
        latest.setdefault(row.result.round_id, row)
    return tuple(
        (
            row.result.round.number,
            row.result.round.title,
            row.result.round.since,
            row.result.round.until,
            row.score,
            row.place,
            row.band,
        )
        for row in latest.values()
    )


def mark_file(number: str, subject: str, token: str, *, by: Actor, on: date) -> tuple[str, str]:
    """Return the token and type of the file behind a mark.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    found = access.round_to_see(number, by=by)
    who = subject_of(found, subject, by=by, on=on)
    rows = found.marks.filter(subject=who.code, file__token=token or "-")
    row = rows.select_related("file").first()
    if row is None or row.file is None:
        raise NotVisibleError("没有找到这份文件。")
    return row.file.token, row.file.media_type


def appeals(*, view: str, by: Actor) -> tuple[AppealRow, ...]:
    """Return the appeals of the actor's branches, open ones or all."""
    rows = access.appeals(by)
    return tuple(
        _appeal(row, by=by) for row in (rows.filter(status="OPEN") if view == "open" else rows)
    )


def _appeal(row: Appeal, *, by: Actor) -> AppealRow:
    return AppealRow(
        number=row.number,
        round=row.round.number,
        round_title=row.round.title,
        indicator=row.indicator.title,
        is_by_hand=not row.indicator.measure,
        subject=row.subject,
        subject_name=row.subject_name,
        words=row.words,
        made_name=row.made_name,
        made_at=row.made_at,
        status=row.status,
        status_label=row.get_status_display(),
        decided_name=row.decided_name,
        because=row.because,
        may_decide=row.status == "OPEN"
        and row.made_by != by.id
        and branches.may_write(row.round.unit.path, by=by),
    )
