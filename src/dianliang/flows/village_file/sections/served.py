"""Whom the village's network serves, and what they asked for: figures only, nobody is named."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from dianliang.domain.customers.models import Customer
from dianliang.domain.intake.lifecycle import OPEN
from dianliang.domain.intake.models import Need
from dianliang.flows.village_file.model import Fact, Scope, Section

OLD_AFTER_YEARS = 20
"""Whose wiring is to be looked at (seed row 001-14)."""
CLOSEST_CARE = 1
HAZARD = "PWR-HAZARD"
"""The catalogue's code of a reported hazard of the network or behind the meter."""
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
    return _about(
        scope,
        key="needs",
        title="诉求",
        labels=(
            Fact(key="received", label="本年收到", value=0, unit="件"),
            Fact(key="resolved", label="其中已办结", value=0, unit="件"),
            Fact(key="open", label="在办", value=0, unit="件"),
            Fact(key="overdue", label="其中超期", value=0, unit="件", is_alarming=True),
        ),
    )


def hazards(scope: Scope) -> Mapping[int, Section]:
    """Return the hazards that people reported."""
    return _about(
        scope,
        key="hazards",
        title="居民报告的隐患",
        labels=(
            Fact(key="received", label="本年报告", value=0, unit="件"),
            Fact(key="resolved", label="其中已消除", value=0, unit="件"),
            Fact(key="open", label="未消除", value=0, unit="件", is_alarming=True),
            Fact(key="overdue", label="其中超期", value=0, unit="件", is_alarming=True),
        ),
    )


def counted(section: str, *, areas: Collection[int], at: datetime) -> QuerySet[Need]:
    """Return the needs of areas that a section counts by some of its facts."""
    asked = Need.objects.exclude(status__in=UNCOUNTED)
    asked = asked.filter(area_id__in=areas, received_at__lte=at)
    return asked.filter(service__code=HAZARD) if section == "hazards" else asked


def conditions(*, at: datetime, year_began: datetime) -> Mapping[str, Q]:
    """Return which needs each fact counts: what a figure says and what it opens are one rule."""
    this_year, is_open = Q(received_at__gte=year_began), Q(status__in=OPEN)
    return {
        "received": this_year,
        "resolved": this_year & ~is_open,
        "open": is_open,
        "overdue": is_open & Q(due_at__lt=at),
    }


def _about(
    scope: Scope, *, key: str, title: str, labels: tuple[Fact, ...]
) -> Mapping[int, Section]:
    by_fact = conditions(at=scope.at, year_began=scope.year_began)
    rows = (
        counted(key, areas=list(scope.homes), at=scope.at)
        .order_by()
        .values_list("area_id")
        .annotate(**{fact: Count("pk", filter=rule) for fact, rule in by_fact.items()})
    )
    found = scope.by_village((area_id, counts) for area_id, *counts in rows)
    sections = {}
    for pk, own in found.items():
        sums = dict(zip(by_fact, map(sum, zip(*own, strict=True)), strict=False))
        facts = (replace(fact, value=sums.get(fact.key, 0)) for fact in labels)
        sections[pk] = Section(
            key=key,
            title=title,
            facts=tuple(replace(f, is_alarming=f.is_alarming and bool(f.value)) for f in facts),
        )
    return sections
