"""Claims as lists and pages show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from dianliang.core.models import AuditEvent
from dianliang.domain.energy import access
from dianliang.domain.energy.contesting import contest_of, did_ask, may_take_back
from dianliang.domain.energy.freshness import is_stale
from dianliang.domain.energy.lifecycle import CLAIM, CURRENT, LABELS
from dianliang.domain.energy.models import Claim
from dianliang.domain.energy.queries.factors import FactorRow, factor_row, official
from dianliang.domain.energy.shapes import ClaimRow
from dianliang.domain.energy.telling import sentence, words_of
from dianliang.kernel.actor import SYSTEM, Actor, are_surely_two
from dianliang.kernel.phrases import phrase_of
from dianliang.kernel.quantities import Quantity

KINDS = dict(Claim.Kind.choices)
MEASURES = dict(Claim.Measure.choices)
OPTIONS = dict(Claim.Option.choices)
ADDED_UP = ("kWh", "tCO2", "CNY", "tce")
"""Units of measure whose numbers may be added up."""


MOST_USING = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """Claims of one kind, measure, state and period added up; those counted in others left out."""

    kind_label: str
    measure_label: str
    status_label: str
    from_on: date
    until_on: date
    quantity: Quantity
    count: int
    left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a list of claims is cut by; empty is everything. `status` may be ``current``."""

    status: str = "current"
    kind: str = ""
    measure: str = ""
    subject_kind: str = ""
    subject_number: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRow:
    """Something that a claim rests on."""

    kind: str
    number: str
    words: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that was done with a claim, by whom and why."""

    at: datetime
    verb_label: str
    after_label: str
    actor_name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What the same activity comes to by another factor; `times` is the claim over it."""

    factor: FactorRow
    quantity: Quantity
    times: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimPage:
    """All that bears a number out."""

    row: ClaimRow
    option_label: str
    method: str
    engine: str
    engine_version: str
    boundary: str
    base_from_on: date | None
    base_until_on: date | None
    from_on: date | None
    until_on: date | None
    factor: FactorRow | None
    activity: Quantity | None
    implied: float | None
    beside: tuple[Beside, ...]
    findings: tuple[str, ...]
    evidence: tuple[EvidenceRow, ...]
    part_of: ClaimRow | None
    parts: tuple[ClaimRow, ...]
    supersedes: ClaimRow | None
    superseded_by: ClaimRow | None
    key: str
    held_back: str
    is_stale: bool
    digest: str
    verifier: str
    is_verifier_known: bool
    """Whether personnel numbers show that another than its recorder verified it."""
    verified_at: datetime | None
    history: tuple[Step, ...]
    verbs: tuple[tuple[str, str], ...]
    contested_by: str
    """Who asks for a verified number to be replaced or withdrawn; empty if nobody does."""


def claims(*, asked: Asked, by: Actor) -> tuple[ClaimRow, ...]:
    """Return the claims of the actor's units that fit, latest first."""
    return tuple(row_of(claim) for claim in _fitting(asked, by=by))


def totals(*, asked: Asked, by: Actor) -> tuple[Total, ...]:
    """Add up what fits: never across units of measure, kinds, states or periods, no claim twice.

    A claim that is part of another of the same cut is left out, and one that names no period.
    Emissions are never added: a county's account may hold its stations', a village's its factories'
    (GHG Protocol Corporate Standard, chapter 3), and by place and by market are one emission.
    Without intervals: claims are not independent of each other, so their intervals do not add.
    """
    rows = _fitting(asked, by=by).filter(measure__in=ADDED_UP, status__in=CURRENT)
    rows = rows.exclude(kind=Claim.Kind.EMISSION).exclude(from_on=None)
    cut = ("kind", "measure", "status", "from_on", "until_on")
    found = [*rows.values_list("pk", "part_of_id", "value", *cut)]
    known = {row[0] for row in found}
    groups: dict[tuple[Any, ...], list[float]] = {}
    left: dict[tuple[Any, ...], int] = {}
    for _, whole, value, *of in found:
        group = tuple(of)
        groups.setdefault(group, [])
        if whole in known:
            left[group] = left.get(group, 0) + 1
        else:
            groups[group].append(value)
    return tuple(
        Total(
            kind_label=KINDS[kind],
            measure_label=MEASURES[measure],
            status_label=LABELS[status],
            from_on=first,
            until_on=until,
            quantity=Quantity(value=sum(values), unit=measure),
            count=len(values),
            left_out=left.get((kind, measure, status, first, until), 0),
        )
        for (kind, measure, status, first, until), values in sorted(groups.items())
    )


def of_subject(kind: str, number: str, *, by: Actor) -> tuple[ClaimRow, ...]:
    """Return the current claims about one subject that the actor may see, latest first."""
    return claims(asked=Asked(subject_kind=kind, subject_number=number), by=by)


def using(series: str, *, by: Actor) -> tuple[ClaimRow, ...]:
    """Return the current claims that were reckoned with any version of a factor, latest first."""
    rows = access.claims(by).filter(factor__series=series, status__in=CURRENT)
    return tuple(row_of(claim) for claim in rows.order_by("-pk")[:MOST_USING])


def by_key(keys: Iterable[str], *, by: Actor) -> dict[str, ClaimRow]:
    """Return current claims by the key that they were recorded under; see `ClaimDraft`."""
    rows = access.claims(by).filter(key__in=[*keys], status__in=CURRENT)
    return {claim.key: row_of(claim) for claim in rows}


def stale(numbers: Iterable[str]) -> frozenset[str]:
    """Return which of these claims were stated of other entries than their account has now."""
    rows = Claim.objects.filter(number__in=[*numbers])
    return frozenset(claim.number for claim in rows if is_stale(claim))


def claim_row(number: str, *, by: Actor) -> ClaimRow:
    """Return a claim as a link needs it.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    return row_of(access.claim_to_see(number, by=by))


def claim_page(number: str, *, by: Actor) -> ClaimPage:
    """Return all that bears a number out, with today's official factors beside its own.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    claim = access.claim_to_see(number, by=by)
    seen = access.claims(by)
    older = seen.filter(superseded_by=claim).first()
    newer = seen.filter(supersedes=claim).first()
    whole = seen.filter(parts=claim).first()
    asked = contest_of(claim)
    return ClaimPage(
        row=row_of(claim),
        option_label=OPTIONS[claim.option],
        method=sentence(claim, "method"),
        engine=claim.engine,
        engine_version=claim.engine_version,
        boundary=sentence(claim, "boundary"),
        base_from_on=claim.base_from_on,
        base_until_on=claim.base_until_on,
        from_on=claim.from_on,
        until_on=claim.until_on,
        factor=factor_row(claim.factor) if claim.factor else None,
        activity=_activity(claim),
        implied=_implied(claim),
        beside=_beside(claim),
        findings=tuple(map(phrase_of, claim.findings)),
        evidence=tuple(
            EvidenceRow(kind=one.kind, number=one.number, words=words_of(one), digest=one.digest)
            for one in claim.evidence.all()
        ),
        part_of=row_of(whole) if whole else None,
        parts=tuple(row_of(part) for part in seen.filter(part_of=claim)),
        supersedes=row_of(older) if older else None,
        superseded_by=row_of(newer) if newer else None,
        key=claim.key,
        held_back=sentence(claim, "held_back"),
        is_stale=claim.status in CURRENT and is_stale(claim),
        digest=claim.digest,
        verifier=claim.verifier,
        is_verifier_known=claim.recorded_by == SYSTEM.id
        or are_surely_two(claim.recorder_person, claim.verifier_person),
        verified_at=claim.verified_at,
        history=_history(claim),
        verbs=_verbs(claim, asked, by=by),
        contested_by=asked.actor_name if asked else "",
    )


def _verbs(claim: Claim, asked: AuditEvent | None, *, by: Actor) -> tuple[tuple[str, str], ...]:
    """Return what the actor may do; of what is verified, what two people do falls to each."""
    rows = CLAIM.verbs(claim.status, role=by.role) if by.role in access.READERS else ()
    left_out: set[str] = set()
    if claim.status == "VERIFIED":
        left_out = {"supersede", "withdraw", "uncontest"} if asked is None else {"contest"}
        if asked is not None and did_ask(asked, claim, by=by):
            left_out |= {"supersede", "withdraw"}
        if asked is not None and not may_take_back(asked, claim, by=by):
            left_out |= {"uncontest"}
    return tuple((row.verb, row.label) for row in rows if row.verb not in left_out)


def row_of(claim: Claim) -> ClaimRow:
    """Return a claim as lists and links need it."""
    return ClaimRow(
        number=claim.number,
        title=sentence(claim, "title"),
        kind=claim.kind,
        kind_label=KINDS[claim.kind],
        quantity=Quantity(
            value=claim.value,
            unit="" if claim.measure == "count" else claim.measure,
            low=claim.low,
            high=claim.high,
            confidence=claim.confidence,
        ),
        measure_label=MEASURES[claim.measure],
        no_interval=sentence(claim, "no_interval"),
        status=claim.status,
        status_label=LABELS[claim.status],
        subject_kind=claim.subject_kind,
        subject_number=claim.subject_number,
        subject_name=sentence(claim, "subject_name"),
        unit_name=claim.unit.name,
        recorded_at=claim.recorded_at,
        recorder=claim.recorder,
        is_generated=claim.is_generated,
    )


def _fitting(asked: Asked, *, by: Actor) -> QuerySet[Claim]:
    rows = access.claims(by)
    if asked.status == "current":
        rows = rows.filter(status__in=CURRENT)
    elif asked.status:
        rows = rows.filter(status=asked.status)
    cuts = {
        "kind": asked.kind,
        "measure": asked.measure,
        "subject_kind": asked.subject_kind,
        "subject_number": asked.subject_number,
    }
    rows = rows.filter(**{name: value for name, value in cuts.items() if value})
    if asked.words:
        words = asked.words.replace("\0", "")
        named = ("title", "subject_name", "number")
        rows = rows.filter(Q(*[(f"{name}__contains", words) for name in named], _connector=Q.OR))
    return rows


def _history(claim: Claim) -> tuple[Step, ...]:
    """Return what was done with a claim, as the trail has it."""
    kind = Claim._meta.label_lower
    labels = {f"{kind}.{row.verb}": row.label for row in CLAIM} | {f"{kind}.record": "登记"}
    events = AuditEvent.objects.filter(
        target_type=kind, target_id=claim.number, verb__in=labels, outcome=AuditEvent.Outcome.OK
    )
    return tuple(
        Step(
            at=event.at,
            verb_label=labels[event.verb],
            after_label=LABELS.get(event.after, ""),
            actor_name=event.actor_name,
            reason=event.reason,
        )
        for event in events.order_by("at", "pk")
    )


def _activity(claim: Claim) -> Quantity | None:
    if claim.activity is None:
        return None
    return Quantity(value=claim.activity, unit=claim.activity_unit)


def _implied(claim: Claim) -> float | None:
    """Return the kilograms of CO2 per unit of activity that a claim in tonnes comes to."""
    if claim.measure != "tCO2" or not claim.activity:
        return None
    return claim.value * 1000 / claim.activity


def _beside(claim: Claim) -> tuple[Beside, ...]:
    """Return what the activity comes to by today's official factors."""
    if claim.measure != "tCO2" or not claim.activity:
        return ()
    carrier = claim.factor.carrier if claim.factor else "电力"
    per = f"kgCO2/{claim.activity_unit}"
    wanted = [row for row in official(carrier) if row.unit == per]
    return tuple(
        Beside(
            factor=row,
            quantity=Quantity(value=claim.activity * float(row.value) / 1000, unit="tCO2"),
            times=claim.value * 1000 / (claim.activity * float(row.value)) if row.value else None,
        )
        for row in wanted
    )
