"""Amend what a grid project is after it was taken in (改工程资料)."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from dianliang.core import audit
from dianliang.core.fields import blind_index
from dianliang.domain.grid_projects.models import Project
from dianliang.domain.grid_projects.operations.projects import Details, UnableToBuildError
from dianliang.domain.territory.models import Area
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import StaleStateError
from dianliang.kernel.phrases import Phrase

AMENDED = (
    *("name", "voltage", "unit", "length_km", "capacity_mva", "budget_cny", "feeder"),
    "task_force",
)
"""Columns that may be amended: never the number, nor the kind that its milestones come from."""


def version(project: Project) -> str:
    """Return what tells whether a project's details changed since a form was opened."""
    columns = {column.name: column for column in Project._meta.fields}
    values = [columns[name].value_from_object(project) for name in AMENDED]
    areas = project.areas.order_by("pk").values_list("pk", flat=True)
    return blind_index("|".join(map(str, [*values, *areas])), context="project.version")[:16]


@transaction.atomic
def amend(*, project: Project, details: Details, seen: str, by: Actor, at: datetime) -> Project:
    """Bring a project's details up to date; the trail names the fields that changed.

    Raises:
        UnableToBuildError: it is closed or dropped, another kind, or leaves an issue's village out.
        StaleStateError: somebody amended it since the form was opened.
    """
    locked = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    if locked.status in {"CLOSED", "DROPPED"}:
        raise UnableToBuildError("工程已关闭或取消，不能再改。")
    if details.kind != locked.kind:
        message = "里程碑按类型生成，类型不能改；请取消这个工程，另行登记。"
        raise UnableToBuildError(message, field="kind")
    if seen != version(locked):
        raise StaleStateError("这个工程的资料刚被他人修改，请刷新后核对，再保存一次。")
    _require_areas(locked, details)
    changed = _changed(locked, details)
    if not changed:
        return locked
    for name in AMENDED:
        setattr(locked, name, getattr(details, name))
    locked.save(update_fields=list(AMENDED))
    locked.areas.set(details.areas)
    audit.record(
        "grid_projects.project.amend",
        target=locked,
        by=by,
        at=at,
        before="；".join(f"{label} {was}" for label, was, _ in changed),
        after="；".join(f"{label} {now}" for label, _, now in changed),
    )
    return locked


def _require_areas(project: Project, details: Details) -> None:
    if not details.areas:
        raise UnableToBuildError("请选择工程涉及的乡镇或村。", field="areas")
    for issue in project.issues.select_related("area"):
        if not any(issue.area.path.startswith(area.path) for area in details.areas):
            message = Phrase(
                "属地问题 %(number)s 发生在%(area)s，不能把这里从工程中去掉。",
                number=issue.number,
                area=issue.area.name,
            )
            raise UnableToBuildError(message, field="areas")


def _changed(project: Project, details: Details) -> list[tuple[str, str, str]]:
    """Return label, old and new value of each field that changes."""
    columns = {column.name: column for column in Project._meta.fields}
    found = [
        (str(columns[name].verbose_name), was, now)
        for name in AMENDED
        if (was := getattr(project, name)) != (now := getattr(details, name))
    ]
    told = [(label, _told(was), _told(now)) for label, was, now in found]
    before, after = _names(project.areas.all()), _names(details.areas)
    return told + ([("涉及乡镇村", before, after)] if before != after else [])


def _names(areas: Iterable[Area]) -> str:
    return "、".join(sorted(area.name for area in areas))


def _told(value: object) -> str:
    return "—" if value is None else str(value)
