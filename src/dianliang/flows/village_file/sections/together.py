"""What is done together for a village: charges, agreements, care, checks, campaigns, rebuilding.

Figures and records of staff and public bodies; nobody who is served is named.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.db.models import Count, Q

from dianliang.domain.care.queries import SOON_DAYS
from dianliang.domain.catalog.queries import work_calendar
from dianliang.domain.customers.models import Customer
from dianliang.domain.customers.visiting import due_before, expired
from dianliang.domain.directory import agreement_book
from dianliang.domain.programs.lifecycle import COUNTS_AS_DONE
from dianliang.domain.programs.models import Target
from dianliang.domain.renewal import queries as renewal_book
from dianliang.domain.renewal.models import Project
from dianliang.domain.safety.lifecycle import OPEN as STANDING
from dianliang.domain.safety.models import Hazard, Inspection
from dianliang.domain.territory.models import Area
from dianliang.domain.territory.queries import ancestors
from dianliang.domain.workforce.charging import InCharge, charges
from dianliang.flows.village_file.model import Fact, Scope, Section, Table
from dianliang.kernel.actor import Role
from dianliang.kernel.calendar import SHANGHAI

MOST_HAZARDS = 40
"""As many as two pages of paper hold; the figures above them count all."""


def in_charge(scope: Scope) -> Mapping[int, Section]:
    """Return who answers for the village, and where nobody does (seed rows 000-03, 000-19)."""
    paths = {path for village in scope.villages for path in ancestors(village)}
    own = {village.path for village in scope.villages}
    above = Area.objects.filter(path__in=paths - own)
    known = charges(scope.villages, on=scope.on, above=above)
    return {village.pk: _in_charge(known[village.code]) for village in scope.villages}


def _in_charge(rows: Iterable[InCharge]) -> Section:
    due = [row for row in rows if row.is_due or row.number]
    gaps = sum(row.is_gap for row in due)
    return Section(
        key="charge",
        title="责任区",
        facts=(
            Fact(key="gaps", label="无人负责的岗位", value=gaps, unit="个", is_alarming=gaps > 0),
        ),
        tables=(
            Table(
                key="charge",
                title="责任人",
                noun="岗位",
                columns=("岗位", "责任人", "状态", "自"),
                rows=tuple(
                    (
                        row.kind_name,
                        row.name or "无",
                        row.state_label,
                        row.since.isoformat() if row.since else None,
                    )
                    for row in due
                ),
            ),
        ),
    )


def agreements(scope: Scope) -> Mapping[int, Section]:
    """Return the agreements that the village, or an area above it, is a party of (row 001-02)."""
    in_force = agreement_book.in_force(on=scope.on)
    found = {}
    for village in scope.villages:
        above = set(ancestors(village))
        rows = [row for paths, row in in_force if paths & above]
        found[village.pk] = Section(
            key="agreements",
            title="共建协议",
            facts=(Fact(key="count", label="有效协议", value=len(rows), unit="份"),),
            tables=(
                Table(
                    key="agreements",
                    title="有效协议",
                    noun="协议",
                    columns=("编号", "名称", "单位方", "届满日期"),
                    rows=tuple(
                        (
                            row.number,
                            row.title,
                            "、".join(row.unit_names),
                            row.valid_until.isoformat() if row.valid_until else "长期",
                        )
                        for row in rows
                    ),
                ),
            ),
        )
    return found


def care(scope: Scope) -> Mapping[int, Section]:
    """Return how the regular visits to special customers stand (row 001-10)."""
    calendar, on = work_calendar(), scope.on
    rows = (
        Customer.objects.filter(special_level__isnull=False, area_id__in=list(scope.homes))
        .order_by()
        .values_list("area_id")
        .annotate(
            due=Count("pk", filter=due_before(on + timedelta(SOON_DAYS + 1), calendar=calendar)),
            overdue=Count("pk", filter=due_before(on, calendar=calendar)),
            bare=Count("pk", filter=Q(consented_on=None)),
            expired=Count("pk", filter=expired(on)),
        )
    )
    found = scope.by_village((area_id, counts) for area_id, *counts in rows)
    return {pk: _care(own) for pk, own in found.items()}


def _care(rows: list[list[int]]) -> Section:
    due, overdue, bare, ended = (
        (sum(column) for column in zip(*rows, strict=True)) if rows else [0] * 4
    )
    return Section(
        key="care",
        title="特殊客户走访",
        facts=(
            Fact(key="due", label="一周内应走访", value=due, unit="户"),
            Fact(key="overdue", label="逾期", value=overdue, unit="户", is_alarming=overdue > 0),
            Fact(key="bare", label="缺同意", value=bare, unit="户"),
            Fact(
                key="expired", label="等级到期待复核", value=ended, unit="户", is_alarming=ended > 0
            ),
        ),
    )


def checks(scope: Scope) -> Mapping[int, Section]:
    """Return the inspections of the year and the hazards that still stand (rows 001-14, 002-18)."""
    areas = list(scope.homes)
    looked = Inspection.objects.filter(
        area_id__in=areas, inspected_at__gte=scope.year_began, inspected_at__lte=scope.at
    )
    inspected = scope.by_village(looked.order_by().values_list("area_id").annotate(Count("pk")))
    told = Q(status__in=STANDING) | Q(found_at__gte=scope.year_began)
    known = Hazard.objects.filter(told, area_id__in=areas, found_at__lte=scope.at)
    hazards = scope.by_village(
        (hazard.area_id, hazard) for hazard in known.order_by("due_at", "number")
    )
    return {pk: _checks(sum(inspected[pk]), own, scope) for pk, own in hazards.items()}


def _checks(inspected: int, hazards: list[Hazard], scope: Scope) -> Section:
    standing = [hazard for hazard in hazards if hazard.status in STANDING]
    late = sum(hazard.due_at < scope.at for hazard in standing)
    new = sum(hazard.found_at >= scope.year_began for hazard in hazards)
    return Section(
        key="checks",
        title="用电检查与隐患",
        facts=(
            Fact(key="inspected", label="本年检查", value=inspected, unit="次"),
            Fact(key="found", label="本年发现隐患", value=new, unit="处"),
            Fact(key="standing", label="未消除", value=len(standing), unit="处"),
            Fact(key="late", label="其中逾期", value=late, unit="处", is_alarming=late > 0),
        ),
        tables=(
            Table(
                key="standing",
                title="未消除的隐患",
                noun="隐患",
                columns=("编号", "检查内容", "等级", "整改责任方", "状态", "整改期限"),
                rows=tuple(
                    (
                        hazard.number,
                        hazard.item,
                        hazard.get_hazard_class_display(),
                        hazard.get_party_display(),
                        hazard.get_status_display(),
                        f"{hazard.due_at.astimezone(SHANGHAI):%Y-%m-%d}",
                    )
                    for hazard in standing[:MOST_HAZARDS]
                ),
            ),
        ),
    )


def campaigns(scope: Scope) -> Mapping[int, Section]:
    """Return how far campaigns have come in the village, of the list that was frozen."""
    rows = (
        Target.objects.filter(
            area_id__in=list(scope.homes), campaign__status__in=["FROZEN", "CLOSED"]
        )
        .exclude(status="EXCLUDED")
        .order_by("campaign__number")
        .values_list("area_id", "campaign__number", "campaign__title", "campaign__due_on")
        .annotate(total=Count("pk"), done=Count("pk", filter=Q(status__in=COUNTS_AS_DONE)))
    )
    found = scope.by_village((area_id, rest) for area_id, *rest in rows)
    return {pk: _campaigns(own) for pk, own in found.items()}


def _campaigns(rows: list[list[object]]) -> Section:
    told: dict[object, tuple[object, object, int, int]] = {}
    for number, title, due_on, total, done in rows:
        before = told.get(number, (title, due_on, 0, 0))
        told[number] = (title, due_on, before[2] + int(str(done)), before[3] + int(str(total)))
    return Section(
        key="campaigns",
        title="专项行动",
        facts=(Fact(key="count", label="涉及本村", value=len(told), unit="项"),),
        tables=(
            Table(
                key="campaigns",
                title="专项行动",
                noun="专项行动",
                columns=("编号", "名称", "完成期限", "已完成", "目标"),
                rows=tuple(
                    (str(number), str(title), str(due_on), done, total)
                    for number, (title, due_on, done, total) in told.items()
                ),
                numbers=frozenset({3, 4}),
            ),
        ),
    )


def rebuilding(scope: Scope) -> Mapping[int, Section]:
    """Return the stages of rebuilding, of villages that were taken in (row 003-08)."""
    pks = [village.pk for village in scope.villages]
    taken_in = {
        project.area_id: renewal_book.village_row(project, on=scope.on, role=Role.SYSTEM)
        for project in renewal_book.told(Project.objects.filter(area_id__in=pks))
    }
    out = Section(
        key="renewal",
        title="千村改造",
        facts=(Fact(key="batch", label="批次", value="未列入"),),
    )
    return {pk: _rebuilding(taken_in[pk]) if pk in taken_in else out for pk in pks}


def _rebuilding(row: renewal_book.VillageRow) -> Section:
    return Section(
        key="renewal",
        title="千村改造",
        facts=(
            Fact(key="batch", label="批次", value=row.batch),
            Fact(
                key="stage",
                label="当前阶段",
                value=row.current.name if row.current else "已全部完成",
            ),
            Fact(
                key="late",
                label="拖期",
                value=row.late_days,
                unit="天",
                is_alarming=row.late_days > 0,
            ),
        ),
        tables=(
            Table(
                key="stages",
                title="各阶段",
                noun="阶段",
                columns=("阶段", "状态", "责任方", "计划完成", "完成日期"),
                rows=tuple(
                    (
                        step.name,
                        step.status_label,
                        step.party_label,
                        step.planned_on.isoformat() if step.planned_on else None,
                        step.done_on.isoformat() if step.done_on else None,
                    )
                    for step in row.steps
                ),
            ),
        ),
    )
