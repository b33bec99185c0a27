"""Task lists of a period, and the duties that each holder of a post has by them."""

from django.db import models
from django.db.models import F, Q

from dianliang.core.models import StoredFile
from dianliang.domain.appraisal import lifecycle
from dianliang.domain.appraisal.models.rules import MEASURED, Edition, ListItem
from dianliang.domain.branches.models import Branch
from dianliang.domain.directory.models import Unit
from dianliang.domain.workforce.models import Person


class TaskList(models.Model):
    """What the branches of a unit do in a month, quarter or year (任务清单), seed row 004-13."""

    number = models.CharField("清单编号", max_length=24, unique=True)
    title = models.CharField("名称", max_length=80)
    edition = models.ForeignKey(
        Edition, models.PROTECT, related_name="lists", verbose_name="规则版本"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    since = models.DateField("起")
    until = models.DateField("止")
    status = models.CharField(
        "状态", max_length=10, choices=[*lifecycle.LIST_LABELS.items()], default="OPEN"
    )
    published_by = models.CharField("发布人", max_length=64)
    published_at = models.DateTimeField("发布时间")
    closed_at = models.DateTimeField("结算时间", null=True, blank=True)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "任务清单"
        ordering = ["-since", "-number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.LIST_LABELS]), name="task_list_status_known"
            ),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="task_list_period"),
            models.CheckConstraint(
                condition=Q(status="CLOSED", closed_at__isnull=False)
                | ~Q(status="CLOSED") & Q(closed_at=None),
                name="task_list_closed_at_iff_closed",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Duty(models.Model):
    """One person does one thing of a task list (规定动作或特色动作).

    `records` and `counted` are written when the list is closed; until then they follow from the
    records of the day. What has a measure is never reported by hand.
    """

    class Kind(models.TextChoices):
        """Where it comes from."""

        FIXED = "fixed", "规定动作"
        SPECIAL = "special", "特色动作"

    number = models.CharField("任务编号", max_length=24, unique=True)
    task_list = models.ForeignKey(
        TaskList, models.PROTECT, related_name="duties", verbose_name="任务清单"
    )
    kind = models.CharField("类型", max_length=8, choices=Kind.choices)
    item = models.ForeignKey(
        ListItem,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="duties",
        verbose_name="规定动作",
    )
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="duties", verbose_name="支部")
    person = models.ForeignKey(Person, models.PROTECT, related_name="duties", verbose_name="责任人")
    post_name = models.CharField("职务", max_length=24)
    title = models.CharField("任务", max_length=80)
    measure = models.CharField("记录来源", max_length=12, blank=True)
    whose = models.CharField("谁的记录", max_length=8, choices=ListItem.Whose.choices)
    least = models.PositiveIntegerField("至少", default=1)
    weight = models.PositiveSmallIntegerField("权重")
    due_on = models.DateField("完成期限")
    words = models.CharField("说明", max_length=300, blank=True)
    status = models.CharField(
        "状态", max_length=10, choices=[*lifecycle.DUTY_LABELS.items()], default="OPEN"
    )
    proposed_by = models.CharField("提出人账号", max_length=64, blank=True)
    reported_by = models.CharField("报告人账号", max_length=64, blank=True)
    reported_on = models.DateField("报告日期", null=True, blank=True)
    decided_by = models.CharField("确认人", max_length=64, blank=True)
    done_on = models.DateField("完成日期", null=True, blank=True)
    counted = models.PositiveIntegerField("结算数量", null=True, blank=True)
    records = models.JSONField("结算依据", default=list, blank=True)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "支部任务"
        ordering = ["task_list", "branch", "person__number", "number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.DUTY_LABELS]), name="duty_status_known"
            ),
            models.UniqueConstraint(
                fields=["task_list", "branch", "person", "item"],
                condition=Q(item__isnull=False),
                name="duty_of_an_item_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="fixed", item__isnull=False)
                | Q(kind="special", item=None, measure="") & ~Q(proposed_by=""),
                name="duty_fixed_iff_of_an_item",
            ),
            models.CheckConstraint(
                condition=Q(measure__in=["", *MEASURED]), name="duty_measure_known"
            ),
            models.CheckConstraint(
                condition=Q(measure="") | Q(reported_on=None, reported_by=""),
                name="duty_with_records_is_never_typed",
            ),
            models.CheckConstraint(
                condition=Q(status="DONE", done_on__isnull=False)
                | ~Q(status="DONE") & Q(done_on=None),
                name="duty_done_on_iff_done",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "status", "due_on"], name="duty_of_person"),
            models.Index(fields=["task_list", "branch", "status"], name="duty_matrix"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class DutyEvidence(models.Model):
    """What shows that a duty was done (任务佐证): words, perhaps a file, perhaps a record."""

    duty = models.ForeignKey(Duty, models.PROTECT, related_name="evidence", verbose_name="任务")
    words = models.CharField("说明", max_length=300)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="文件"
    )
    record_kind = models.CharField("佐证类别", max_length=24, blank=True)
    record_number = models.CharField("佐证编号", max_length=40, blank=True)
    added_by = models.CharField("登记人", max_length=64)
    added_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "支部任务佐证"
        ordering = ["duty", "pk"]

    def __str__(self) -> str:
        return f"{self.duty} {self.words}"
