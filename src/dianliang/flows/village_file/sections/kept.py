"""What people keep in the file themselves: the plan of the year, photos."""

from collections.abc import Mapping

from dianliang.domain.insight.lifecycle import PLAN_ITEM_OPEN
from dianliang.domain.insight.models import PlanItem, VillagePhoto
from dianliang.flows.village_file.model import Fact, Photo, Scope, Section, Table


def plan(scope: Scope) -> Mapping[int, Section]:
    """Return the plan of the year, and what is left of earlier ones."""
    pks = [village.pk for village in scope.villages]
    rows = PlanItem.objects.filter(area_id__in=pks, year=scope.on.year) | PlanItem.objects.filter(
        area_id__in=pks, year__lt=scope.on.year, status__in=PLAN_ITEM_OPEN
    )
    found = scope.by_village((item.area_id, item) for item in rows)
    return {pk: _plan(items, scope) for pk, items in found.items()}


def _plan(items: list[PlanItem], scope: Scope) -> Section:
    late = sum(item.due_on < scope.on and item.status in PLAN_ITEM_OPEN for item in items)
    return Section(
        key="plan",
        title="年度计划",
        facts=(
            Fact(key="count", label="计划事项", value=len(items), unit="项"),
            Fact(
                key="done",
                label="已完成",
                value=sum(item.status == "DONE" for item in items),
                unit="项",
            ),
            Fact(key="late", label="逾期未完成", value=late, unit="项", is_alarming=late > 0),
        ),
        tables=(
            Table(
                key="items",
                title="计划事项",
                noun="计划事项",
                columns=("编号", "事项", "责任人或单位", "完成期限", "状态"),
                rows=tuple(
                    (
                        item.number,
                        item.title,
                        item.owner,
                        item.due_on.isoformat(),
                        item.get_status_display(),
                    )
                    for item in items
                ),
            ),
        ),
    )


def photos(scope: Scope) -> Mapping[int, Section]:
    """Return the photos."""
    pks = [village.pk for village in scope.villages]
    rows = VillagePhoto.objects.filter(area_id__in=pks, removed_at=None).select_related("file")
    found = scope.by_village((photo.area_id, photo) for photo in rows)
    return {
        pk: Section(
            key="photos",
            title="照片",
            facts=(Fact(key="count", label="照片", value=len(own), unit="张"),),
            photos=tuple(
                Photo(
                    token=photo.file.token,
                    sha256=photo.file.sha256,
                    caption=photo.caption,
                    taken_on=photo.taken_on.isoformat(),
                )
                for photo in own
            ),
        )
        for pk, own in found.items()
    }
