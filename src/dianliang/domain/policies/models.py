"""Policy lists (政策清单), seed row 002-03: 苏六条, 12 条 and their kind."""

from django.db import models
from django.db.models import F, Q

from dianliang.core.models import StoredFile
from dianliang.domain.directory.models import Unit
from dianliang.domain.policies import lifecycle

COUNTED = ("needs", "visits", "reached")
"""What can be counted of a unit's records; `flows.policies.counting` finds them."""


class PolicyList(models.Model):
    """A published document whose measures units carry out (政策清单)."""

    number = models.CharField("清单编号", max_length=24, unique=True)
    title = models.CharField("名称", max_length=80)
    short_name = models.CharField("简称", max_length=20)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="牵头单位")
    source = models.CharField("发文单位", max_length=80)
    document_number = models.CharField("文号", max_length=60, blank=True)
    issued_on = models.DateField("发文日期")
    link = models.URLField("原文网址", max_length=300, blank=True)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="原文"
    )
    created_by = models.CharField("登记人", max_length=64)
    created_at = models.DateTimeField("登记时间")
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "政策清单"
        ordering = ["-issued_on", "-pk"]

    def __str__(self) -> str:
        return self.short_name


class PolicyEdition(models.Model):
    """A version of a list (清单版本). Published, it never changes; a newer one takes its place."""

    policy = models.ForeignKey(
        PolicyList, models.PROTECT, related_name="editions", verbose_name="清单"
    )
    serial = models.PositiveSmallIntegerField("版本")
    words = models.CharField("修订说明", max_length=300, blank=True)
    status = models.CharField(
        "状态", max_length=12, choices=[*lifecycle.EDITION_LABELS.items()], default="DRAFT"
    )
    drafted_by = models.CharField("起草人", max_length=64)
    published_by = models.CharField("发布人", max_length=64, blank=True)
    published_at = models.DateTimeField("发布时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "政策清单版本"
        ordering = ["policy", "-serial"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.EDITION_LABELS]),
                name="policy_edition_status_known",
            ),
            models.UniqueConstraint(fields=["policy", "serial"], name="policy_edition_once"),
            models.UniqueConstraint(
                fields=["policy"], condition=Q(status="DRAFT"), name="policy_one_draft"
            ),
            models.UniqueConstraint(
                fields=["policy"], condition=Q(status="PUBLISHED"), name="policy_one_in_force"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["PUBLISHED", "SUPERSEDED"], published_at__isnull=False)
                | Q(status__in=["DRAFT", "DROPPED"], published_at=None),
                name="policy_published_at_iff_published",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy} 第 {self.serial} 版"


class Measure(models.Model):
    """One measure of an edition (条). `key` stays the same through the editions that carry it."""

    class Kind(models.TextChoices):
        """How one sees that it is done."""

        DONE = "done", "是否完成"
        QUANTITY = "quantity", "完成数量"
        COUNTED = "counted", "按系统记录"

    edition = models.ForeignKey(
        PolicyEdition, models.PROTECT, related_name="measures", verbose_name="版本"
    )
    key = models.CharField("条目标识", max_length=32)
    position = models.PositiveSmallIntegerField("第几条")
    title = models.CharField("措施", max_length=120)
    words = models.TextField("内容", max_length=1000, blank=True)
    kind = models.CharField("完成口径", max_length=8, choices=Kind.choices)
    counts = models.CharField("记录来源", max_length=8, blank=True)
    narrows = models.CharField("记录条件", max_length=40, blank=True)
    unit_word = models.CharField("计量单位", max_length=12, blank=True)
    least = models.PositiveIntegerField("目标数量", null=True, blank=True)
    due_on = models.DateField("完成期限")

    class Meta:
        verbose_name = verbose_name_plural = "政策措施"
        ordering = ["edition", "position"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "position"], name="policy_measure_place"),
            models.UniqueConstraint(fields=["edition", "key"], name="policy_measure_key"),
            models.CheckConstraint(
                condition=Q(kind="done", counts="", least=None, unit_word="")
                | Q(kind="quantity", counts="", least__gt=0) & ~Q(unit_word="")
                | Q(kind="counted", counts__in=COUNTED, least__gt=0) & ~Q(unit_word=""),
                name="policy_measure_fits_its_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"第 {self.position} 条 {self.title}"


class PolicyDuty(models.Model):
    """What one unit does about one measure (落实任务).

    It belongs to the measure's `key`; `measure` is that of the edition in force. What was done
    stays done when a new edition comes: `done_under` says under which it was.
    """

    number = models.CharField("任务编号", max_length=24, unique=True)
    policy = models.ForeignKey(
        PolicyList, models.PROTECT, related_name="duties", verbose_name="清单"
    )
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="duties", verbose_name="措施")
    key = models.CharField("条目标识", max_length=32)
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="policy_duties", verbose_name="责任单位"
    )
    helpers = models.ManyToManyField(
        Unit, blank=True, related_name="helped_policies", verbose_name="配合单位"
    )
    due_on = models.DateField("完成期限")
    least = models.PositiveIntegerField("目标数量", null=True, blank=True)
    status = models.CharField(
        "状态", max_length=12, choices=[*lifecycle.DUTY_LABELS.items()], default="OPEN"
    )
    quantity = models.PositiveIntegerField("完成数量", null=True, blank=True)
    records = models.JSONField("依据记录", default=list, blank=True)
    reported_by = models.CharField("报送账号", max_length=64, blank=True)
    reported_name = models.CharField("报送人", max_length=64, blank=True)
    reported_at = models.DateTimeField("报送时间", null=True, blank=True)
    decided_by = models.CharField("审核人", max_length=64, blank=True)
    done_on = models.DateField("完成日期", null=True, blank=True)
    done_under = models.PositiveSmallIntegerField("完成时版本", null=True, blank=True)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "落实任务"
        ordering = ["policy", "measure__position", "unit__path"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.DUTY_LABELS]), name="policy_duty_status_known"
            ),
            models.UniqueConstraint(
                fields=["policy", "key", "unit"],
                condition=~Q(status="CANCELLED"),
                name="policy_duty_of_a_unit_once",
            ),
            models.CheckConstraint(
                condition=Q(status="DONE", done_on__isnull=False, done_under__isnull=False)
                | ~Q(status="DONE") & Q(done_on=None, done_under=None),
                name="policy_done_on_iff_done",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["REPORTED", "DONE"], reported_at__isnull=False)
                | Q(status__in=["OPEN", "CANCELLED"]),
                name="policy_done_was_reported",
            ),
        ]
        indexes = [
            models.Index(fields=["policy", "status", "due_on"], name="policy_duty_matrix"),
            models.Index(fields=["unit", "status", "due_on"], name="policy_duty_of_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.measure}"


class PolicyEvidence(models.Model):
    """What shows that something was done (落实佐证): words, perhaps a record, perhaps a file."""

    duty = models.ForeignKey(
        PolicyDuty, models.PROTECT, related_name="evidence", verbose_name="任务"
    )
    words = models.CharField("说明", max_length=300)
    quantity = models.PositiveIntegerField("数量", null=True, blank=True)
    record_kind = models.CharField("记录类别", max_length=24, blank=True)
    record_number = models.CharField("记录编号", max_length=40, blank=True)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="文件"
    )
    added_by = models.CharField("登记人", max_length=64)
    added_at = models.DateTimeField("登记时间")
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "落实佐证"
        ordering = ["duty", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("added_at")),
                name="policy_evidence_withdrawn_later",
            ),
            models.UniqueConstraint(
                fields=["duty", "record_kind", "record_number"],
                condition=Q(withdrawn_at=None) & ~Q(record_number=""),
                name="policy_evidence_record_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.duty_id} {self.words}"
