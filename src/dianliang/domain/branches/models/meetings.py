"""Joint meetings (联席会议): agenda, resolutions, and the tasks that follow from them."""

from django.db import models
from django.db.models import Q

from dianliang.core.models import StoredFile
from dianliang.domain.branches import lifecycle
from dianliang.domain.directory.models import Unit
from dianliang.domain.territory.models import Area
from dianliang.domain.workforce.models import Person


class Meeting(models.Model):
    """Branches and others sit together (联席会议), seed row 001-06. Only `operations` writes it."""

    number = models.CharField("会议编号", max_length=24, unique=True)
    title = models.CharField("名称", max_length=80)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="召集单位")
    held_at = models.DateTimeField("时间")
    place = models.CharField("地点", max_length=80)
    chair = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="主持人"
    )
    people = models.ManyToManyField(Person, blank=True, related_name="+", verbose_name="参会人员")
    guests = models.CharField("外单位参会", max_length=200, blank=True)
    status = models.CharField(
        "状态", max_length=12, choices=[*lifecycle.MEETING_LABELS.items()], default="DRAFT"
    )
    closed_at = models.DateTimeField("销号时间", null=True, blank=True)
    created_by = models.CharField("登记人", max_length=64)
    created_at = models.DateTimeField("登记时间")
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "联席会议"
        ordering = ["-held_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.MEETING_LABELS]), name="meeting_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status="CLOSED", closed_at__isnull=False)
                | ~Q(status="CLOSED") & Q(closed_at=None),
                name="meeting_closed_at_iff_closed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class MeetingParty(models.Model):
    """Who sits at the table: a unit, a village, or an organisation outside (参会单位)."""

    meeting = models.ForeignKey(
        Meeting, models.CASCADE, related_name="parties", verbose_name="会议"
    )
    name = models.CharField("名称", max_length=60)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位"
    )
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="村社区"
    )

    class Meta:
        verbose_name = verbose_name_plural = "参会单位"
        ordering = ["meeting", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "name"], name="meeting_party_once")
        ]

    def __str__(self) -> str:
        return self.name


class AgendaItem(models.Model):
    """Something that a meeting talks about, and what was said (议题)."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="items", verbose_name="会议")
    position = models.PositiveSmallIntegerField("次序")
    title = models.CharField("议题", max_length=120)
    presenter = models.CharField("汇报", max_length=60, blank=True)
    discussion = models.TextField("讨论情况", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "议题"
        ordering = ["meeting", "position"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "position"], name="agenda_item_position")
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.title}"


class Resolution(models.Model):
    """What a meeting decided on an item (议定事项): it leads to tasks, or says why to none."""

    number = models.CharField("议定编号", max_length=24, unique=True)
    item = models.ForeignKey(
        AgendaItem, models.PROTECT, related_name="resolutions", verbose_name="议题"
    )
    words = models.CharField("议定事项", max_length=300)
    no_task_reason = models.CharField("无需立项的原因", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "议定事项"
        ordering = ["item__position", "pk"]

    def __str__(self) -> str:
        return f"{self.number} {self.words}"


class Task(models.Model):
    """What somebody has to do by a day, from a resolution (会议任务)."""

    number = models.CharField("任务编号", max_length=24, unique=True)
    resolution = models.ForeignKey(
        Resolution, models.PROTECT, related_name="tasks", verbose_name="议定事项"
    )
    title = models.CharField("任务", max_length=120)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="责任单位")
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="branch_tasks", verbose_name="责任人"
    )
    due_on = models.DateField("完成期限")
    status = models.CharField(
        "状态", max_length=12, choices=[*lifecycle.TASK_LABELS.items()], default="OPEN"
    )
    closed_on = models.DateField("办结日期", null=True, blank=True)
    opened_at = models.DateTimeField("立项时间")
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "会议任务"
        ordering = ["due_on", "number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.TASK_LABELS]), name="branch_task_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status="CLOSED", closed_on__isnull=False)
                | ~Q(status="CLOSED") & Q(closed_on=None),
                name="branch_task_closed_on_iff_closed",
            ),
        ]
        indexes = [models.Index(fields=["status", "due_on"], name="branch_task_queue")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class TaskEvidence(models.Model):
    """What shows that a task was done (任务佐证): words, perhaps a file, perhaps a record."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="evidence", verbose_name="任务")
    words = models.CharField("说明", max_length=300)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="文件"
    )
    record_kind = models.CharField("佐证类别", max_length=24, blank=True)
    record_number = models.CharField("佐证编号", max_length=40, blank=True)
    added_by = models.CharField("登记人", max_length=64)
    added_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "任务佐证"
        ordering = ["task", "pk"]

    def __str__(self) -> str:
        return f"{self.task} {self.words}"
