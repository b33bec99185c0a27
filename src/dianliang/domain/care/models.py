"""Care for special customers."""

from django.db import models
from django.db.models import F, Q

from dianliang.core.fields import EncryptedTextField
from dianliang.domain.care import lifecycle
from dianliang.domain.customers.models import Customer
from dianliang.domain.directory.models import Unit
from dianliang.domain.territory.models import Area
from dianliang.domain.work.models import Job


class Unlock(models.Model):
    """A second person lets somebody see what is locked, for a short time (双人批准)."""

    class Purpose(models.TextChoices):
        """What is locked."""

        MINOR = "minor", "查看未成年人信息"
        EXPORT = "export", "导出特殊客户明细"

    number = models.CharField("批准单号", max_length=24, unique=True)
    purpose = models.CharField("用途", max_length=8, choices=Purpose.choices)
    customer = models.ForeignKey(
        Customer,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="unlocks",
        verbose_name="客户",
    )
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="申请单位")
    reason = models.CharField("事由", max_length=200)
    asked_by = models.CharField("申请人编号", max_length=64)
    asked_name = models.CharField("申请人", max_length=64)
    asked_at = models.DateTimeField("申请时间")
    status = models.CharField(
        "状态", max_length=12, choices=[*lifecycle.UNLOCK_LABELS.items()], default="ASKED"
    )
    decided_by = models.CharField("批准人编号", max_length=64, blank=True)
    decided_name = models.CharField("批准人", max_length=64, blank=True)
    expires_at = models.DateTimeField("有效至", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "双人批准"
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.UNLOCK_LABELS]), name="unlock_status_known"
            ),
            models.CheckConstraint(
                condition=Q(purpose="minor", customer__isnull=False)
                | Q(purpose="export", customer=None),
                name="unlock_customer_iff_minor",
            ),
            models.CheckConstraint(
                condition=Q(decided_by="") | ~Q(decided_by=F("asked_by")),
                name="unlock_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["GRANTED", "USED"])
                | (Q(expires_at__isnull=False) & ~Q(decided_by="")),
                name="unlock_granted_by_whom_until_when",
            ),
            models.UniqueConstraint(
                fields=["asked_by", "unit", "customer"],
                condition=Q(status="ASKED", purpose="minor"),
                name="unlock_minor_asked_once",
            ),
            models.UniqueConstraint(
                fields=["asked_by", "unit"],
                condition=Q(status="ASKED", purpose="export"),
                name="unlock_export_asked_once",
            ),
        ]
        indexes = [models.Index(fields=["unit", "status", "asked_at"], name="unlock_queue")]

    def __str__(self) -> str:
        return self.number


class Alert(models.Model):
    """Power is out or bad weather comes: special customers of some areas are called (联系清单).

    `about` numbers what it was made for, such as an incident: a unit has one open list about it.
    """

    class Kind(models.TextChoices):
        """What happens."""

        PLANNED = "planned", "计划停电"
        FAULT = "fault", "故障停电"
        WARNING = "warning", "灾害预警"

    number = models.CharField("联系清单号", max_length=24, unique=True)
    kind = models.CharField("类别", max_length=8, choices=Kind.choices)
    title = models.CharField("事由", max_length=80)
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("预计结束", null=True, blank=True)
    areas = models.ManyToManyField(Area, related_name="+", verbose_name="影响区域")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="发起单位")
    about = models.CharField("来由编号", max_length=40, blank=True)
    status = models.CharField(
        "状态", max_length=8, choices=[*lifecycle.ALERT_LABELS.items()], default="OPEN"
    )
    opened_by = models.CharField("发起人", max_length=64)
    opened_at = models.DateTimeField("发起时间")
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "停电与预警联系"
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.ALERT_LABELS]), name="alert_status_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["planned", "fault", "warning"]), name="alert_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")), name="alert_period"
            ),
            models.UniqueConstraint(
                fields=["about", "unit"],
                condition=Q(status="OPEN") & ~Q(about=""),
                name="alert_one_open_about_a_thing",
            ),
            models.CheckConstraint(
                condition=Q(status="OPEN", closed_at=None)
                | Q(status="CLOSED", closed_at__isnull=False),
                name="alert_closed_at_iff_closed",
            ),
        ]
        indexes = [models.Index(fields=["status", "opened_at"], name="alert_latest")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Contact(models.Model):
    """One special customer to be called in an alert (联系任务). `rank` 0 is life support."""

    alert = models.ForeignKey(
        Alert, models.CASCADE, related_name="contacts", verbose_name="联系清单"
    )
    customer = models.ForeignKey(
        Customer, models.CASCADE, related_name="contacts", verbose_name="客户"
    )
    rank = models.PositiveSmallIntegerField("先后")
    status = models.CharField(
        "状态", max_length=12, choices=[*lifecycle.CONTACT_LABELS.items()], default="WAITING"
    )
    calls_count = models.PositiveSmallIntegerField("联系次数", default=0)
    called_at = models.DateTimeField("最近联系", null=True, blank=True)
    called_by = models.CharField("联系人员", max_length=64, blank=True)
    job = models.ForeignKey(
        Job, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="帮助工单"
    )

    class Meta:
        verbose_name = verbose_name_plural = "联系任务"
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.CONTACT_LABELS]), name="contact_status_known"
            ),
            models.UniqueConstraint(fields=["alert", "customer"], name="contact_once"),
        ]
        indexes = [models.Index(fields=["alert", "rank", "id"], name="contact_order")]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """Return what audit events call it."""
        return f"{self.alert.number}/{self.customer.number}"


class Call(models.Model):
    """Somebody called, when, and what came of it (联系记录). Never changed."""

    contact = models.ForeignKey(
        Contact, models.CASCADE, related_name="calls", verbose_name="联系任务"
    )
    at = models.DateTimeField("时间")
    by_id = models.CharField("联系人员编号", max_length=64)
    by_name = models.CharField("联系人员", max_length=64)
    outcome = models.CharField("结果", max_length=12, choices=[*lifecycle.CONTACT_LABELS.items()])
    note = EncryptedTextField("情况", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "联系记录"
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["NO_ANSWER", "REACHED", "NEEDS_HELP"]),
                name="call_outcome_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.contact} {self.at:%F %H:%M}"
