"""What stands in a project's way at the place: land, trees, crossings (属地问题)."""

from django.db import models
from django.db.models import Q

from dianliang.core.models import StoredFile
from dianliang.domain.directory.models import Unit
from dianliang.domain.grid_projects import lifecycle
from dianliang.domain.grid_projects.models.projects import Milestone, Project
from dianliang.domain.territory.models import Area
from dianliang.domain.workforce.models import Person


class IssueKind(models.Model):
    """What an issue is about, and how soon it has to be accepted and solved (时限规则). Data.

    Both clocks are working days after the day of the report. A rule that is changed counts for
    what is reported from then on.
    """

    code = models.CharField("编码", max_length=16, unique=True)
    name = models.CharField("名称", max_length=24, unique=True)
    accept_days = models.PositiveSmallIntegerField("受理时限（工作日）")
    solve_days = models.PositiveSmallIntegerField("解决时限（工作日）")
    position = models.PositiveSmallIntegerField("次序", default=0)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "属地问题类型"
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(accept_days__gt=0, solve_days__gt=0), name="issue_kind_has_clocks"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Issue(models.Model):
    """Something local that keeps a project from going on (属地问题). Only `operations` writes it.

    From `blocks_from_on` on it keeps `milestone` from being reached, until the day on which it
    was solved. What that cost is computed, never typed.
    """

    number = models.CharField("问题编号", max_length=24, unique=True)
    project = models.ForeignKey(Project, models.PROTECT, related_name="issues", verbose_name="项目")
    kind = models.ForeignKey(IssueKind, models.PROTECT, verbose_name="类型")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="村（社区）")
    milestone = models.ForeignKey(
        Milestone,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="issues",
        verbose_name="影响的里程碑",
    )
    blocks_from_on = models.DateField("从哪天起受阻", null=True, blank=True)
    words = models.CharField("情况", max_length=500)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="责任单位")
    status = models.CharField(
        "状态", max_length=10, choices=[*lifecycle.ISSUE_LABELS.items()], default="REPORTED"
    )
    reported_at = models.DateTimeField("上报时间")
    reported_by = models.CharField("上报人", max_length=64)
    reporter = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="上报人员"
    )
    accept_due_at = models.DateTimeField("受理时限")
    due_at = models.DateTimeField("解决时限")
    accepted_at = models.DateTimeField("受理时间", null=True, blank=True)
    solved_at = models.DateTimeField("解决时间", null=True, blank=True)
    solved_by = models.CharField("解决人", max_length=64, blank=True)
    solved_by_account = models.CharField("解决账号", max_length=64, blank=True)
    solved_person = models.CharField("解决人编号", max_length=24, blank=True)
    verified_person = models.CharField("核实人编号", max_length=24, blank=True)
    answer = models.CharField("处理结果", max_length=500, blank=True)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "属地问题"
        ordering = ["-reported_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.ISSUE_LABELS]), name="issue_status_known"
            ),
            models.CheckConstraint(condition=~Q(words=""), name="issue_has_words"),
            models.CheckConstraint(
                condition=Q(milestone=None, blocks_from_on=None)
                | Q(milestone__isnull=False, blocks_from_on__isnull=False),
                name="issue_blocks_from_a_day",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["SOLVED", "VERIFIED"], solved_at__isnull=False)
                & ~Q(answer="")
                | ~Q(status__in=["SOLVED", "VERIFIED"]) & Q(solved_at=None),
                name="issue_solved_with_an_answer",
            ),
        ]
        indexes = [models.Index(fields=["status", "due_at"], name="issue_queue")]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"


class IssueNote(models.Model):
    """What was said or shown about an issue (办理记录), never changed."""

    issue = models.ForeignKey(Issue, models.CASCADE, related_name="notes", verbose_name="问题")
    words = models.CharField("说明", max_length=500)
    file = models.ForeignKey(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="照片或文件",
    )
    noted_at = models.DateTimeField("时间")
    noted_by = models.CharField("记录人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "办理记录"
        ordering = ["noted_at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="issue_note_has_words")]

    def __str__(self) -> str:
        return f"{self.issue} {self.noted_at}"


class IssueLink(models.Model):
    """What an issue came from or led to in other rooms: a need, a task of a joint meeting."""

    class Kind(models.TextChoices):
        """Where the number belongs."""

        NEED = "need", "需求"
        TASK = "task", "会议任务"

    issue = models.ForeignKey(Issue, models.CASCADE, related_name="links", verbose_name="问题")
    kind = models.CharField("类别", max_length=8, choices=Kind.choices)
    target = models.CharField("编号", max_length=24)

    class Meta:
        verbose_name = verbose_name_plural = "关联"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "target", "issue"], name="issue_link_once"),
            models.UniqueConstraint(
                fields=["target"], condition=Q(kind="need"), name="issue_of_a_need_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["need", "task"]), name="issue_link_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.issue} {self.target}"
