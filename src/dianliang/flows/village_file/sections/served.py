"""Whom the village's network serves, and what they asked for: figures only, nobody is named."""

from collections import Counter
from collections.abc import Mapping
from datetime import date

from django.db.models import Count, Q, QuerySet

from dianliang.domain.customers.models import Customer
from dianliang.domain.intake.lifecycle import OPEN
from dianliang.domain.intake.models import Need
from dianliang.flows.village_file.model import Fact, Scope, Section

OLD_AFTER_YEARS = 20
"""Whose wiring is to be looked at (seed row 001-14)."""
CLOSEST_CARE = 1
HAZARDS = "-HAZARD"
"""How the catalogue's codes of reported hazards end."""
UNCOUNTED = ("MERGED", "CANCELLED")


def customers(scope: Scope) -> Mapping[int, Section]:
    """Return how many customers there are, and how many of each special kind."""
    old = Q(account_opened_on__lte=_years_before(scope.on, OLD_AFTER_YEARS))
    rows = (
        Customer.objects.filter(area_id__in=list(scope.homes))
        .order_by()
        .values_list("area_id", "kind", "special_kind", "special_level")
        .annotate(n=Count("pk"), old=Count("pk", filter=old))
    )
    found = scope.by_village((area_id, rest) for area_id, *rest in rows)
    return {pk: _customers(own) for pk, own in found.items()}


def _customers(rows: list[list[object]]) -> Section:
    kinds: Counter[str] = Counter()
    special: Counter[str] = Counter()
    closest = old = 0
    for kind, special_kind, level, count, old_ones in rows:
        number = int(str(count))
        kinds[str(kind)] += number
        old += int(str(old_ones))
        if special_kind:
            special[str(special_kind)] += number
            closest += number if level == CLOSEST_CARE else 0
    return Section(
        key="customers",
        title="客户",
        note="只列户数，不列个人信息。",
        facts=(
            Fact(key="resident", label="居民客户", value=kinds["resident"], unit="户"),
            Fact(key="enterprise", label="企业客户", value=kinds["enterprise"], unit="户"),
            Fact(key="old", label="立户满 20 年", value=old, unit="户"),
            Fact(key="special", label="特殊客户", value=special.total(), unit="户"),
            Fact(key="closest", label="一级关爱", value=closest, unit="户"),
            *(
                Fact(key=f"special.{kind}", label=str(label), value=special[kind], unit="户")
                for kind, label in Customer.SpecialKind.choices
            ),
        ),
    )


def _years_before(on: date, years: int) -> date:
    try:
        return on.replace(year=on.year - years)
    except ValueError:  # 29 February
        return on.replace(year=on.year - years, day=28)


def needs(scope: Scope) -> Mapping[int, Section]:
    """Return what was asked for this year, and what is still open."""
    counted = Need.objects.exclude(status__in=UNCOUNTED)
    return {
        pk: Section(
            key="needs",
            title="诉求",
            facts=(
                Fact(key="received", label="本年收到", value=received, unit="件"),
                Fact(key="resolved", label="其中已办结", value=resolved, unit="件"),
                Fact(key="open", label="在办", value=is_open, unit="件"),
                Fact(
                    key="overdue",
                    label="其中超期",
                    value=overdue,
                    unit="件",
                    is_alarming=overdue > 0,
                ),
            ),
        )
        for pk, (received, resolved, is_open, overdue) in _counts(scope, counted).items()
    }


def hazards(scope: Scope) -> Mapping[int, Section]:
    """Return the hazards that people reported."""
    reported = Need.objects.exclude(status__in=UNCOUNTED).filter(service__code__endswith=HAZARDS)
    return {
        pk: Section(
            key="hazards",
            title="隐患",
            facts=(
                Fact(key="received", label="本年报告", value=received, unit="件"),
                Fact(key="resolved", label="其中已消除", value=resolved, unit="件"),
                Fact(key="open", label="未消除", value=is_open, unit="件", is_alarming=is_open > 0),
                Fact(
                    key="overdue",
                    label="其中超期",
                    value=overdue,
                    unit="件",
                    is_alarming=overdue > 0,
                ),
            ),
        )
        for pk, (received, resolved, is_open, overdue) in _counts(scope, reported).items()
    }


Counts = tuple[int, int, int, int]


def _counts(scope: Scope, needs: QuerySet[Need]) -> dict[int, Counts]:
    this_year = Q(received_at__gte=scope.year_began)
    is_open = Q(status__in=OPEN)
    rows = (
        needs.filter(area_id__in=list(scope.homes), received_at__lte=scope.at)
        .order_by()
        .values_list("area_id")
        .annotate(
            received=Count("pk", filter=this_year),
            resolved=Count("pk", filter=this_year & ~is_open),
            open=Count("pk", filter=is_open),
            overdue=Count("pk", filter=is_open & Q(due_at__lt=scope.at)),
        )
    )
    found = scope.by_village((area_id, tuple(counts)) for area_id, *counts in rows)
    return {pk: _sums(own) for pk, own in found.items()}


def _sums(rows: list[Counts]) -> Counts:
    columns = [sum(column) for column in zip(*rows, strict=True)] or [0, 0, 0, 0]
    return columns[0], columns[1], columns[2], columns[3]
