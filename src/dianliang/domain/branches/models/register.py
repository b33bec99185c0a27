"""Branches, who belongs to them, and who holds which post."""

from django.db import models
from django.db.models import Q

from dianliang.domain.branches import lifecycle
from dianliang.domain.directory.models import Unit
from dianliang.domain.workforce.models import Person


class Branch(models.Model):
    """What a unit of the kind 党支部 is beyond its name (党支部), seed rows 004-02 and 004-16.

    Its life-span is that of the unit. A temporary branch or a task force has an end from the first
    day; its people stay members of the branches they come from.
    """

    class Kind(models.TextChoices):
        """For how long it is meant."""

        ORDINARY = "ordinary", "党支部"
        TEMPORARY = "temporary", "临时党支部"
        TASK_FORCE = "task_force", "工作专班"

    unit = models.OneToOneField(
        Unit, models.PROTECT, related_name="branch", verbose_name="单位", primary_key=True
    )
    kind = models.CharField("类型", max_length=12, choices=Kind.choices, default=Kind.ORDINARY)
    status = models.CharField(
        "状态", max_length=12, choices=[*lifecycle.BRANCH_LABELS.items()], default="ACTIVE"
    )
    purpose = models.CharField("任务", max_length=300, blank=True)
    needs_representative = models.BooleanField(
        "应有党建代表", default=False, help_text="基层支部勾选；没有代表时列为缺口。"
    )
    created_by = models.CharField("登记人", max_length=64)
    created_at = models.DateTimeField("登记时间")
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "党支部"
        ordering = ["unit__path"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.BRANCH_LABELS]), name="branch_status_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="ordinary")
                | (Q(kind__in=["temporary", "task_force"], needs_representative=False))
                & ~Q(purpose=""),
                name="branch_temporary_has_a_purpose",
            ),
        ]

    def __str__(self) -> str:
        return self.unit.name

    @property
    def number(self) -> str:
        """Return the code of the unit, which audit events name."""
        return self.unit.code


class Belonging(models.Model):
    """From a day on a person belongs to a branch, or to none (组织关系).

    A period ends where the next row of the person begins: two branches on one day cannot be
    written down.
    """

    person = models.ForeignKey(
        Person, models.PROTECT, related_name="belongings", verbose_name="人员"
    )
    from_on = models.DateField("起")
    branch = models.ForeignKey(
        Branch,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="belongings",
        verbose_name="支部",
        help_text="留空表示从这一天起转出。",
    )
    reason = models.CharField("原因", max_length=200)
    decided_at = models.DateTimeField("登记时间")
    decided_by = models.CharField("登记人", max_length=64)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "组织关系"
        ordering = ["person__number", "from_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "from_on"], name="belonging_one_branch_a_day"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="belonging_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.from_on} {self.branch or ''}"


class Attachment(models.Model):
    """A person works in a temporary branch or a task force for a time (编入)."""

    branch = models.ForeignKey(
        Branch, models.PROTECT, related_name="attachments", verbose_name="临时党支部或专班"
    )
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="attachments", verbose_name="人员"
    )
    from_on = models.DateField("起")
    until_on = models.DateField("止")
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "编入"
        ordering = ["branch", "person__number"]
        constraints = [
            models.UniqueConstraint(fields=["branch", "person", "from_on"], name="attachment_once"),
            models.CheckConstraint(
                condition=Q(until_on__gte=models.F("from_on")), name="attachment_period"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.branch} {self.person}"


class PostKind(models.Model):
    """A post in a branch (支部职务): 支部书记, 组织委员 … Data, not code."""

    code = models.CharField("职务编码", max_length=16, unique=True)
    name = models.CharField("名称", max_length=24, unique=True)
    is_required = models.BooleanField("必设", default=False)
    position = models.PositiveSmallIntegerField("次序", default=0)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "支部职务"
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name


class Posting(models.Model):
    """From a day on a person, or nobody, holds a post in a branch (任职): one holder a day."""

    branch = models.ForeignKey(Branch, models.PROTECT, related_name="postings", verbose_name="支部")
    kind = models.ForeignKey(PostKind, models.PROTECT, verbose_name="职务")
    from_on = models.DateField("起")
    person = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="postings",
        verbose_name="任职人",
        help_text="留空表示从这一天起空缺。",
    )
    reason = models.CharField("依据", max_length=200)
    decided_at = models.DateTimeField("登记时间")
    decided_by = models.CharField("登记人", max_length=64)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "任职"
        ordering = ["branch", "kind__position", "from_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["branch", "kind", "from_on"], name="posting_one_holder_a_day"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="posting_has_a_basis"),
        ]

    def __str__(self) -> str:
        return f"{self.branch} {self.kind} {self.from_on} {self.person or ''}"
