"""What engines computed of grids, seasons and zones, as lists and pages need it."""

import json
import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from dianliang.domain.relief.models import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyRow:
    """A study with what was asked and what came of it, without its details."""

    number: str
    kind: str
    kind_label: str
    title: str
    unit_path: str
    inputs: dict[str, Any]
    result: dict[str, Any]
    engine: str
    made_at: datetime
    made_by: str
    is_generated: bool


def studies(*, kind: str, unit_path: str, most: int = 50) -> tuple[StudyRow, ...]:
    """Return the newest studies of a kind made within a unit. One query."""
    return tuple(_row(row) for row in _of_unit(kind, unit_path).defer("detail")[:most])


def study(*, kind: str, number: str, unit_path: str) -> StudyRow | None:
    """Return a study made within a unit, or nothing. One query."""
    found = None
    if "\0" not in number:
        found = _of_unit(kind, unit_path).defer("detail").filter(number=number).first()
    return _row(found) if found else None


def detail(number: str) -> dict[str, Any]:
    """Return the details of a study.

    Raises:
        Study.DoesNotExist: there is none.
    """
    packed = Study.objects.values_list("detail", flat=True).get(number=number)
    told: dict[str, Any] = json.loads(zlib.decompress(bytes(packed)))
    return told


def _of_unit(kind: str, unit_path: str) -> QuerySet[Study]:
    if not unit_path:
        return Study.objects.none()
    return Study.objects.filter(kind=kind, unit_path__startswith=unit_path)


def _row(row: Study) -> StudyRow:
    return StudyRow(
        number=row.number,
        kind=row.kind,
        kind_label=row.get_kind_display(),
        title=row.title,
        unit_path=row.unit_path,
        inputs=row.inputs,
        result=row.result,
        engine=row.engine,
        made_at=row.made_at,
        made_by=row.made_by,
        is_generated=row.is_generated,
    )
