"""Inspections, hazards, notices."""

from django.db import models
from django.db.models import F, Q

from dianliang.core.fields import EncryptedTextField
from dianliang.core.models import StoredFile
from dianliang.domain.catalog.models import ChecklistVersion, HazardClass, Party
from dianliang.domain.customers.models import Customer
from dianliang.domain.directory.models import Unit
from dianliang.domain.safety import lifecycle
from dianliang.domain.territory.models import Area
from dianliang.domain.work.models import Job, Visit
from dianliang.domain.workforce.models import Person


class Inspection(models.Model):
    """What was looked at on one visit, and how it was (检查记录). Never changed."""

    number = models.CharField("检查编号", max_length=24, unique=True)
    visit = models.OneToOneField(
        Visit, models.PROTECT, related_name="inspection", verbose_name="上门"
    )
    checklist = models.ForeignKey(ChecklistVersion, models.PROTECT, verbose_name="清单版本")
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, verbose_name="客户"
    )
    area = models.ForeignKey(Area, models.PROTECT, verbose_name="所在区域")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="检查单位")
    done_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="检查人"
    )
    inspected_at = models.DateTimeField("检查时间")
    answers = models.JSONField("检查结果", default=list)
    remarks = EncryptedTextField("备注", blank=True)
    photos = models.ManyToManyField(StoredFile, blank=True, related_name="+", verbose_name="照片")
    signature = models.ForeignKey(
        StoredFile, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="签名"
    )
    signer = EncryptedTextField("签收人", blank=True)
    unsigned_reason = models.CharField("未签原因", max_length=120, blank=True)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "检查记录"
        indexes = [models.Index(fields=["area", "inspected_at"], name="inspection_area")]

    def __str__(self) -> str:
        return self.number


class Notice(models.Model):
    """A paper that tells one party of the hazards of one inspection (隐患整改通知书).

    `token` is what its QR code carries. `received_how` says how it came into whose hands.
    """

    number = models.CharField("通知书编号", max_length=24, unique=True)
    token = models.CharField("验真码", max_length=40, unique=True)
    inspection = models.ForeignKey(
        Inspection, models.PROTECT, related_name="notices", verbose_name="检查记录"
    )
    party = models.CharField("责任方", max_length=12, choices=Party.choices)
    issued_at = models.DateTimeField("签发时间")
    issued_by = models.CharField("签发人", max_length=64)
    received_at = models.DateTimeField("送达时间", null=True, blank=True)
    received_how = EncryptedTextField("送达情况", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "隐患整改通知书"
        constraints = [
            models.UniqueConstraint(fields=["inspection", "party"], name="notice_once_per_party"),
            models.CheckConstraint(
                condition=Q(party__in=["customer", "us", "village", "government"]),
                name="notice_party_known",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Hazard(models.Model):
    """Something dangerous that must be put right, and the proof that it was (隐患).

    Only `operations` writes it. Nothing closes without a photo after beside the photo before.
    """

    number = models.CharField("隐患编号", max_length=24, unique=True)
    inspection = models.ForeignKey(
        Inspection, models.PROTECT, related_name="hazards", verbose_name="检查记录"
    )
    notice = models.ForeignKey(
        Notice, models.PROTECT, related_name="hazards", verbose_name="通知书"
    )
    item_code = models.CharField("项目编码", max_length=12)
    item = models.CharField("检查内容", max_length=120)
    hazard_class = models.CharField("隐患等级", max_length=8, choices=HazardClass.choices)
    party = models.CharField("整改责任方", max_length=12, choices=Party.choices)
    words = EncryptedTextField("隐患情况", blank=True)
    advice = models.CharField("整改要求", max_length=200, blank=True)
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, verbose_name="客户"
    )
    area = models.ForeignKey(Area, models.PROTECT, verbose_name="所在区域")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="责任单位")
    lat = models.FloatField("纬度")
    lon = models.FloatField("经度")
    status = models.CharField(
        "状态", max_length=12, choices=[*lifecycle.HAZARD_LABELS.items()], default="FOUND"
    )
    found_at = models.DateTimeField("发现时间")
    due_at = models.DateTimeField("整改期限")
    before = models.ForeignKey(
        StoredFile, models.PROTECT, related_name="+", verbose_name="整改前照片"
    )
    claim = models.ForeignKey(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="报整改照片",
    )
    claimed_at = models.DateTimeField("报整改时间", null=True, blank=True)
    claimed_by = models.CharField("报整改人", max_length=64, blank=True)
    claim_words = EncryptedTextField("整改说明", blank=True)
    repair_job = models.ForeignKey(
        Job, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="整改工单"
    )
    recheck_job = models.ForeignKey(
        Job, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="复查工单"
    )
    after = models.ForeignKey(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="整改后照片",
    )
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    ended_by = models.CharField("结束人", max_length=64, blank=True)
    reason = models.CharField("升级或撤销原因", max_length=200, blank=True)
    escalated_at = models.DateTimeField("升级时间", null=True, blank=True)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "隐患"
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.HAZARD_LABELS]), name="hazard_status_known"
            ),
            models.CheckConstraint(
                condition=Q(hazard_class__in=["general", "major", "grave"]),
                name="hazard_class_known",
            ),
            models.CheckConstraint(
                condition=Q(party__in=["customer", "us", "village", "government"]),
                name="hazard_party_known",
            ),
            models.CheckConstraint(
                condition=Q(due_at__gt=F("found_at")), name="hazard_due_after_found"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["RECTIFIED", "RECHECK"])
                | Q(claim__isnull=False, claimed_at__isnull=False),
                name="hazard_claim_has_photo",
            ),
            models.CheckConstraint(
                condition=~Q(status="RECHECK") | Q(recheck_job__isnull=False),
                name="hazard_recheck_has_job",
            ),
            models.CheckConstraint(
                condition=~Q(status="CLOSED") | (Q(after__isnull=False) & ~Q(ended_by="")),
                name="hazard_closed_with_evidence",
            ),
            models.CheckConstraint(
                condition=Q(after=None) | ~Q(after=F("before")), name="hazard_two_photos"
            ),
            models.CheckConstraint(
                condition=Q(after=None) | ~Q(after=F("claim")) | Q(ended_at=F("claimed_at")),
                name="hazard_recheck_photo_is_new",
            ),
            models.CheckConstraint(
                condition=Q(claimed_at=None) | Q(claimed_at__gte=F("found_at")),
                name="hazard_claimed_after_found",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None)
                | Q(ended_at__gte=F("found_at"), claimed_at=None)
                | Q(ended_at__gte=F("claimed_at"), claimed_at__isnull=False),
                name="hazard_ended_after_claimed",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["ESCALATED", "WITHDRAWN"]) | ~Q(reason=""),
                name="hazard_reason_said",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["CLOSED", "WITHDRAWN"], ended_at__isnull=False)
                | (~Q(status__in=["CLOSED", "WITHDRAWN"]) & Q(ended_at=None)),
                name="hazard_ended_at_iff_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "status", "due_at"], name="hazard_queue"),
            models.Index(fields=["area", "status"], name="hazard_area"),
            models.Index(fields=["status", "due_at"], name="hazard_overdue"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.item}"
