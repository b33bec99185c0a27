"""The versions of a village's file: which there are, which was in force on a day, is it sound."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Max

from dianliang.domain.insight.models import VillageVersion
from dianliang.domain.insight.operations import digest_of
from dianliang.domain.territory.models import Area
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import NotVisibleError


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """A version as a list shows it."""

    number: int
    made_at: datetime
    made_by: str
    reason: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version with what was in it; a file that was tampered with is not sound."""

    row: VersionRow
    body: Mapping[str, Any]

    @property
    def is_sound(self) -> bool:
        """Tell whether the body is still what the digest says."""
        return digest_of(self.body) == self.row.digest


def versions(area: Area) -> tuple[VersionRow, ...]:
    """Return the versions of a village's file, newest first."""
    return tuple(
        _row(version) for version in VillageVersion.objects.filter(area=area).defer("body")
    )


def version(area: Area, number: int) -> Version:
    """Return one version.

    Raises:
        NotVisibleError: there is none with this number.
    """
    found = VillageVersion.objects.filter(area=area, number=number).first()
    if found is None:
        raise NotVisibleError("没有这一版档案。")
    return Version(row=_row(found), body=found.body)


def as_of(area: Area, on: date) -> Version | None:
    """Return the version that was in force at the end of a day, or None before the first."""
    found = VillageVersion.objects.filter(area=area, made_at__lt=_end_of(on)).first()
    return Version(row=_row(found), body=found.body) if found else None


def all_as_of(areas: Collection[int], on: date) -> dict[int, Version]:
    """Return the version of each village in force at the end of a day. Two queries."""
    made = VillageVersion.objects.filter(area_id__in=areas, made_at__lt=_end_of(on))
    newest = made.order_by().values("area_id").annotate(n=Max("pk")).values("n")
    return {
        row.area_id: Version(row=_row(row), body=row.body)
        for row in VillageVersion.objects.filter(pk__in=newest)
    }


def is_kept_by(codes: Collection[str], on: date) -> bool:
    """Tell whether any of these villages had a version at the end of a day."""
    made = VillageVersion.objects.filter(area__code__in=codes, made_at__lt=_end_of(on))
    return made.exists()


def last_kept(areas: Collection[int]) -> dict[int, tuple[int, datetime]]:
    """Return for each village how many versions there are and when the last was made."""
    rows = VillageVersion.objects.filter(area_id__in=areas).order_by().values_list("area_id")
    return {pk: (n, at) for pk, n, at in rows.annotate(n=Count("pk"), at=Max("made_at"))}


def _end_of(on: date) -> datetime:
    return datetime.combine(on + timedelta(days=1), time(), SHANGHAI)


def _row(found: VillageVersion) -> VersionRow:
    return VersionRow(
        number=found.number,
        made_at=found.made_at,
        made_by=found.made_by,
        reason=found.reason,
        digest=found.digest,
    )
