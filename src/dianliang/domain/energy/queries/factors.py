"""The library of factors: present versions, all versions of one, and what is official today."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet

from dianliang.core.shipped import SHIPPED_BY
from dianliang.domain.energy.models import Factor, FactorCheck
from dianliang.domain.territory.models import Area
from dianliang.kernel.actor import are_surely_two
from dianliang.kernel.errors import NotVisibleError

FACTOR_KINDS = dict(Factor.Kind.choices)
LEVELS = dict(Factor.Level.choices)
NATIONWIDE = "全国"
COMPARED = ("average", "residual", "fossil", "fuel")
"""Kinds of factors that stand beside the one that a claim used."""
SEEN = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"(\d+) public repos agree", r"\1 个公开代码库，数值一致"),
        (r"(\d+) (?:public )?repos?", r"\1 个公开代码库"),
        (r"^news \+ ", "新闻和 "),
        (r"^article ", "文章 "),
        (r" via ", "，转自 "),
        (r"^derived: ", "推算："),
    )
)
ENDINGS = ("省", "市", "自治区", "壮族", "回族", "维吾尔")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRow:
    """Who held a version against which document, what was compared, and who took it back.

    `is_other_known` tells whether personnel numbers show that it was not its recorder.
    """

    document: str
    words: str
    by: str
    at: datetime
    is_other_known: bool
    withdrawn_by: str
    withdrawn_at: datetime | None
    withdrawn_words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorRow:
    """One version of a factor; `is_transcribed` until somebody held it against its document."""

    code: str
    series: str
    edition: int
    name: str
    carrier: str
    kind: str
    kind_label: str
    level: str
    level_label: str
    region: str
    year: int
    value: Decimal
    low: Decimal | None
    high: Decimal | None
    unit: str
    source: str
    seen_in: str
    is_transcribed: bool
    check: CheckRow | None
    withdrawn: tuple[CheckRow, ...]
    reason: str
    recorded_by: str
    recorded_at: datetime


def factors(
    *, carrier: str = "", kind: str = "", region: str = "", year: int | None = None
) -> tuple[FactorRow, ...]:
    """Return the present version of every factor that fits."""
    rows = _present().filter(**({"year": year} if year else {}))
    for name, value in (("carrier", carrier), ("kind", kind), ("region", region)):
        rows = rows.filter(**{name: value}) if value else rows
    return tuple(factor_row(row) for row in rows)


def factor(code: str) -> FactorRow:
    """Return one version of a factor.

    Raises:
        NotVisibleError: there is none.
    """
    found = (
        None
        if "\0" in code
        else Factor.objects.prefetch_related("checks").filter(code=code).first()
    )
    if found is None:
        raise NotVisibleError("没有找到这个因子。")
    return factor_row(found)


def editions(series: str) -> tuple[FactorRow, ...]:
    """Return all versions of a factor, the present one first.

    Raises:
        NotVisibleError: there is none.
    """
    rows = (
        ()
        if "\0" in series
        else Factor.objects.prefetch_related("checks").filter(series=series).order_by("-edition")
    )
    found = tuple(factor_row(row) for row in rows)
    if not found:
        raise NotVisibleError("没有找到这个因子。")
    return found


def series_of(*, carrier: str, kind: str, level: str, region: str, year: int) -> str:
    """Return the number of the factor of these columns, or the one that it would get.

    Hyphens within a name are doubled and a level that the region does not say stands behind it:
    two factors never share a number.
    """
    columns = {"carrier": carrier, "kind": kind, "level": level, "region": region, "year": year}
    known = Factor.objects.filter(**columns).order_by("pk").values_list("series", flat=True).first()
    if known is not None:
        return known
    label = LEVELS.get(level, "")
    what, where = (name.replace("-", "--") for name in (carrier, region))
    place = where if region == label else f"{where}（{label}）"
    return f"{what}-{FACTOR_KINDS.get(kind, '')}-{place}-{year}"


def latest(carrier: str, *, kind: str = "average", region: str = NATIONWIDE) -> FactorRow | None:
    """Return the present version of a factor of the latest year, or None where there is none."""
    rows = _present().filter(carrier=carrier, kind=kind, region=region).order_by("-year")
    found = rows.first()
    return factor_row(found) if found else None


def official(carrier: str) -> tuple[FactorRow, ...]:
    """Return the latest factors of a carrier: nationwide of each kind, and of the own province."""
    found: dict[tuple[str, str], FactorRow] = {}
    rows = _present().filter(carrier=carrier, kind__in=COMPARED)
    for row in rows.filter(region__in=[NATIONWIDE, province()]).order_by("-year"):
        found.setdefault((row.kind, row.region), factor_row(row))
    wanted = [(kind, place) for kind in COMPARED for place in (province(), NATIONWIDE)]
    return tuple(found[one] for one in wanted if one in found)


def province() -> str:
    """Return the short name of the province that the areas lie in, as factors name it."""
    names = Area.objects.filter(level="province").order_by("path").values_list("name", flat=True)
    name = names.first() or ""
    for ending in ENDINGS:
        name = name.removesuffix(ending)
    return name


def factor_row(row: Factor) -> FactorRow:
    """Return a version of a factor as pages show it."""
    checks = [_check(row, made) for made in row.checks.all()]
    checked = next((made for made in checks if made.withdrawn_at is None), None)
    return FactorRow(
        code=row.code,
        series=row.series,
        edition=row.edition,
        name=row.name,
        carrier=row.carrier,
        kind=row.kind,
        kind_label=FACTOR_KINDS[row.kind],
        level=row.level,
        level_label=LEVELS[row.level],
        region=row.region,
        year=row.year,
        value=row.value,
        low=row.low,
        high=row.high,
        unit=row.unit,
        source=row.source.replace("; cited as ", "；引作"),
        seen_in=_seen(row.seen_in),
        is_transcribed=row.is_transcribed and checked is None,
        check=checked,
        withdrawn=tuple(made for made in checks if made.withdrawn_at is not None),
        reason=row.reason,
        recorded_by=row.recorded_by,
        recorded_at=row.recorded_at,
    )


def _check(row: Factor, made: FactorCheck) -> CheckRow:
    return CheckRow(
        document=made.document,
        words=made.words,
        by=made.checked_name,
        at=made.checked_at,
        is_other_known=(not row.recorded_id and row.recorded_by == SHIPPED_BY)
        or are_surely_two(row.recorded_person, made.checked_person),
        withdrawn_by=made.withdrawn_by,
        withdrawn_at=made.withdrawn_at,
        withdrawn_words=made.withdrawn_words,
    )


def _seen(said: str) -> str:
    """Say in Chinese where a figure was copied from; the table of grid factors notes it briefly."""
    for pattern, words in SEEN:
        said = pattern.sub(words, said)
    return said


def _present() -> QuerySet[Factor]:
    newer = Factor.objects.filter(series=OuterRef("series"), edition__gt=OuterRef("edition"))
    return Factor.objects.prefetch_related("checks").filter(~Exists(newer))
