"""Measurement projects as pages and flows need them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from dianliang.domain.energy import access
from dianliang.domain.energy.lifecycle import PROJECT_LABELS
from dianliang.domain.energy.models import MeasurementProject
from dianliang.kernel.actor import Actor
from dianliang.kernel.phrases import phrase_of
from dianliang.kernel.quantities import Quantity

SENTENCES = ("findings", "refusals", "to_check")
"""What of a result are lists of sentences."""
WHOLE_SENTENCES = ("method", "held_back")
DESIGNS = dict(MeasurementProject.Design.choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectRow:
    """A measurement project; `saved` is what was computed, None before."""

    number: str
    title: str
    subject_name: str
    subject_number: str
    finding_number: str
    boundary: str
    design: str
    design_label: str
    measure_on: date
    efficiency_before: float | None
    efficiency_after: float | None
    part_share: float
    events: tuple[Mapping[str, Any], ...]
    count: int
    agreed: Mapping[str, Any]
    source: str
    digest: str
    result: Mapping[str, Any] | None
    refusal: str
    unit_code: str
    unit_name: str
    status: str
    status_label: str
    is_generated: bool

    @property
    def saved(self) -> Quantity | None:
        """Return the saving with its interval or range."""
        told = self.result
        if told is None:
            return None
        return Quantity(
            value=told["value"],
            unit=told["measure"],
            low=told["low"],
            high=told["high"],
            confidence=told["level"],
        )

    @property
    def is_more(self) -> bool:
        """Tell whether more was used than expected."""
        return self.result is not None and self.result["value"] < 0

    @property
    def shown(self) -> Quantity | None:
        """Return the saving, or by how much more was used, with its interval or range."""
        saved = self.saved
        if saved is None or not self.is_more:
            return saved
        low, high = (None if end is None else -end for end in (saved.high, saved.low))
        return replace(saved, value=-saved.value, low=low, high=high)

    @property
    def share(self) -> float | None:
        """Return what is `shown` as a share of what was expected."""
        fraction = (self.result or {}).get("fraction")
        return None if fraction is None else abs(fraction)

    @property
    def saved_words(self) -> str:
        """Return the saving in words, or why nothing can be computed."""
        if self.shown is None:
            return self.refusal
        return f"{'用电增加 ' if self.is_more else ''}{self.shown.words()}"


def projects(*, by: Actor) -> tuple[ProjectRow, ...]:
    """Return the measurement projects of the actor's units, latest first."""
    return tuple(map(project_row, access.projects(by).defer("rows")))


def project(number: str, *, by: Actor) -> ProjectRow:
    """Return one measurement project.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    return project_row(access.project_to_see(number, by=by))


def of_firm(number: str, *, by: Actor) -> tuple[ProjectRow, ...]:
    """Return the projects about a firm that the actor may see, latest first."""
    return tuple(map(project_row, access.projects(by).filter(subject_number=number).defer("rows")))


def project_row(row: MeasurementProject) -> ProjectRow:
    """Return a project as pages show it; a list leaves out how many readings there are."""
    is_deferred = "rows" in row.get_deferred_fields()
    return ProjectRow(
        number=row.number,
        title=row.title,
        subject_name=row.subject_name,
        subject_number=row.subject_number,
        finding_number=row.finding_number,
        boundary=row.boundary,
        design=row.design,
        design_label=DESIGNS[row.design],
        measure_on=row.measure_on,
        efficiency_before=row.efficiency_before,
        efficiency_after=row.efficiency_after,
        part_share=row.part_share,
        events=tuple(row.events),
        count=0 if is_deferred else len(row.rows),
        agreed=row.agreed,
        source=row.source,
        digest=row.digest,
        result=_told(row.result),
        refusal=phrase_of(row.refusal_told) if row.refusal_told else row.refusal,
        unit_code=row.unit.code,
        unit_name=row.unit.name,
        status=row.status,
        status_label=PROJECT_LABELS[row.status],
        is_generated=row.is_generated,
    )


def _told(result: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return a result with its sentences as such."""
    if result is None:
        return None
    said = {name: [phrase_of(one) for one in result.get(name, ())] for name in SENTENCES}
    whole = {name: phrase_of(result.get(name, "")) for name in WHOLE_SENTENCES}
    return {**result, **said, **whole}
