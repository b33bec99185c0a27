"""Works under way in a village."""

from collections.abc import Mapping

from dianliang.domain.work.models import Job
from dianliang.flows.village_file.model import Fact, Scope, Section, Table
from dianliang.kernel.calendar import SHANGHAI

OPEN = ("OPEN", "HANDED_OVER", "SCHEDULED")
MOST_JOBS = 40
CARE = "特殊客户走访"
"""What the file calls every visit to a special customer: why care is due is his own affair."""


def under_way(scope: Scope) -> Mapping[int, Section]:
    """Return the jobs that are not done."""
    rows = Job.objects.filter(
        area_id__in=list(scope.homes), status__in=OPEN, opened_at__lte=scope.at
    )
    found = scope.by_village(
        (job.area_id, job)
        for job in rows.select_related("unit", "service", "customer").order_by("due_at", "number")
    )
    return {pk: _section(own, scope) for pk, own in found.items()}


def _section(jobs: list[Job], scope: Scope) -> Section:
    late = sum(job.due_at is not None and job.due_at < scope.at for job in jobs)
    return Section(
        key="work",
        title="在办工单",
        facts=(
            Fact(key="open", label="未完成", value=len(jobs), unit="张"),
            Fact(
                key="scheduled",
                label="其中已排入计划",
                value=sum(job.status == "SCHEDULED" for job in jobs),
                unit="张",
            ),
            Fact(key="late", label="其中逾期", value=late, unit="张", is_alarming=late > 0),
        ),
        tables=(
            Table(
                key="jobs",
                title="工单",
                noun="工单",
                columns=("工单号", "事项", "承办单位", "状态", "承诺时限"),
                rows=tuple(
                    (
                        job.number,
                        _title(job),
                        job.unit.name,
                        job.get_status_display(),
                        f"{job.due_at.astimezone(SHANGHAI):%Y-%m-%d}" if job.due_at else None,
                    )
                    for job in jobs[:MOST_JOBS]
                ),
            ),
        ),
    )


def _title(job: Job) -> str:
    """Return what is done, without the words of anybody: a title may hold a name."""
    if job.customer is not None and job.customer.special_kind:
        return CARE
    return job.service.name if job.service else "其他工作"
