"""Cameras, their zones and rules by version, events, proposals, signs, and deletions."""

from django.db import models
from django.db.models import F, Q

from dianliang.core.fields import EncryptedTextField
from dianliang.core.models import StoredFile
from dianliang.domain.directory.models import Unit
from dianliang.domain.linewatch import (
    lifecycle,
    spot_models,  # noqa: F401 (Django finds them from here)
)
from dianliang.domain.linewatch.thresholds import MOST_KEPT_DAYS
from dianliang.domain.territory.models import Area
from dianliang.domain.work.models import Job


class Camera(models.Model):
    """A camera that watches a span (摄像机). Only `operations` writes it."""

    number = models.CharField("摄像机编号", max_length=24, unique=True)
    name = models.CharField("名称", max_length=60)
    line_name = models.CharField("线路", max_length=60)
    span = models.CharField("档距", max_length=40)
    voltage_kv = models.FloatField("电压（kV）")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="所在区域")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="责任单位")
    lat = models.FloatField("纬度")
    lon = models.FloatField("经度")
    source = EncryptedTextField("画面来源")
    status = models.CharField(
        "状态",
        max_length=12,
        choices=[*lifecycle.CAMERA_LABELS.items()],
        default="REGISTERED",
    )
    picture = models.ForeignKey(
        StoredFile, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="画面"
    )
    pictured_at = models.DateTimeField("画面时间", null=True, blank=True)
    seen_at = models.DateTimeField("最近画面", null=True, blank=True)
    pictures_hz = models.FloatField("每秒画面", null=True, blank=True)
    troubles = models.JSONField("异常", default=list, blank=True)
    registered_at = models.DateTimeField("登记时间")
    registered_by = models.CharField("登记人", max_length=64)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "摄像机"
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.CAMERA_LABELS]), name="camera_status_known"
            ),
            models.CheckConstraint(
                condition=Q(voltage_kv__gt=0, voltage_kv__lte=1100), name="camera_voltage_sane"
            ),
            models.CheckConstraint(
                condition=Q(lat__range=(-90, 90), lon__range=(-180, 180)), name="camera_on_earth"
            ),
            models.CheckConstraint(
                condition=Q(picture=None) | Q(pictured_at__isnull=False),
                name="camera_picture_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(pictures_hz=None) | Q(pictures_hz__gte=0), name="camera_rate_sane"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class ZoneVersion(models.Model):
    """The zones of a camera as somebody drew them (区域版本). Never changed.

    `zones` are rows of id, kind, corners as shares of the picture (0..1) and, perhaps, a dwell
    time of their own in seconds.
    """

    camera = models.ForeignKey(
        Camera, models.PROTECT, related_name="zone_versions", verbose_name="摄像机"
    )
    number = models.PositiveIntegerField("版本")
    zones = models.JSONField("区域")
    reason = models.CharField("说明", max_length=200, blank=True)
    drawn_at = models.DateTimeField("划定时间")
    drawn_by = models.CharField("划定人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "区域版本"
        constraints = [
            models.UniqueConstraint(fields=["camera", "number"], name="zone_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.camera_id} v{self.number}"


class RuleVersion(models.Model):
    """When a camera warns, and how long it keeps (阈值版本). Never changed."""

    camera = models.ForeignKey(
        Camera, models.PROTECT, related_name="rule_versions", verbose_name="摄像机"
    )
    number = models.PositiveIntegerField("版本")
    dwell_s = models.FloatField("停留（秒）", default=8.0)
    least_people = models.PositiveIntegerField("最少人数", default=1)
    least_confidence = models.FloatField("最低把握", default=0.5)
    debounce_s = models.FloatField("重复预警间隔（秒）", default=120.0)
    escalate_s = models.FloatField("喊话后派单（秒）", default=60.0)
    quiet_from_min = models.PositiveIntegerField("静音起（分）", default=0)
    quiet_until_min = models.PositiveIntegerField("静音止（分）", default=0)
    retention_days = models.PositiveIntegerField("画面保存（天）", default=30)
    reason = models.CharField("说明", max_length=200, blank=True)
    set_at = models.DateTimeField("设定时间")
    set_by = models.CharField("设定人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "阈值版本"
        constraints = [
            models.UniqueConstraint(fields=["camera", "number"], name="watch_rules_once"),
            models.CheckConstraint(
                condition=Q(dwell_s__gt=0, dwell_s__lte=3600), name="watch_rules_dwell"
            ),
            models.CheckConstraint(
                condition=Q(least_people__range=(1, 20)), name="watch_rules_people"
            ),
            models.CheckConstraint(
                condition=Q(least_confidence__range=(0, 1)), name="watch_rules_confidence"
            ),
            models.CheckConstraint(
                condition=Q(debounce_s__range=(0, 86400), escalate_s__range=(0, 86400)),
                name="watch_rules_waits",
            ),
            models.CheckConstraint(
                condition=Q(quiet_from_min__lte=1440, quiet_until_min__lte=1440),
                name="watch_rules_quiet",
            ),
            models.CheckConstraint(
                condition=Q(retention_days__range=(1, MOST_KEPT_DAYS)),
                name="watch_rules_retention",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.camera_id} v{self.number}"


class WatchDay(models.Model):
    """How long a camera was watched on a day (看守时长)."""

    camera = models.ForeignKey(Camera, models.PROTECT, related_name="days", verbose_name="摄像机")
    on = models.DateField("日期")
    watched_s = models.FloatField("看守秒数", default=0)
    pictures = models.PositiveIntegerField("画面数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "看守时长"
        constraints = [
            models.UniqueConstraint(fields=["camera", "on"], name="watch_day_once"),
            models.CheckConstraint(condition=Q(watched_s__gte=0), name="watch_day_sane"),
        ]

    def __str__(self) -> str:
        return f"{self.camera_id} {self.on}"


class Event(models.Model):
    """Somebody stayed in a zone (守护事件): what was seen, what was done, what a person said of it.

    Its pictures have every head covered. `strip` are frames side by side, `frames` the seconds at
    which they were taken, counted from the first.
    """

    number = models.CharField("事件编号", max_length=24, unique=True)
    camera = models.ForeignKey(Camera, models.PROTECT, related_name="events", verbose_name="摄像机")
    zone = models.CharField("区域", max_length=40)
    kind = models.CharField("行为", max_length=8, choices=[("stay", "停留"), ("fishing", "垂钓")])
    happened_at = models.DateTimeField("发生时间")
    since_at = models.DateTimeField("停留开始")
    people = models.PositiveIntegerField("人数")
    confidence = models.FloatField("把握")
    reasons = models.JSONField("依据", default=list)
    warning = models.CharField(
        "预警",
        max_length=8,
        blank=True,
        choices=[("console", "只登记"), ("voice", "现场喊话"), ("steward", "派电管家")],
    )
    warned_at = models.DateTimeField("预警时间", null=True, blank=True)
    latency_s = models.FloatField("预警延迟（秒）", null=True, blank=True)
    status = models.CharField(
        "反馈", max_length=8, choices=[*lifecycle.EVENT_LABELS.items()], default="WAITING"
    )
    answered_at = models.DateTimeField("反馈时间", null=True, blank=True)
    answered_by = models.CharField("反馈人", max_length=64, blank=True)
    note = models.CharField("反馈说明", max_length=200, blank=True)
    snapshot = models.ForeignKey(
        StoredFile, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="画面"
    )
    strip = models.ForeignKey(
        StoredFile, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="连拍"
    )
    clip = models.ForeignKey(
        StoredFile, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="短片"
    )
    frames = models.JSONField("连拍时刻", default=list, blank=True)
    deleted_at = models.DateTimeField("画面删除时间", null=True, blank=True)
    voice = models.CharField(
        "喊话",
        max_length=8,
        blank=True,
        choices=[("waiting", "等喇叭应答"), ("spoken", "已喊话"), ("failed", "没有送到")],
    )
    voice_words = models.CharField("喇叭的应答", max_length=200, blank=True)
    voice_at = models.DateTimeField("应答时间", null=True, blank=True)
    need = models.CharField("需求编号", max_length=24, blank=True)
    job = models.ForeignKey(
        Job, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="工单"
    )
    told_name = models.CharField("通知的电管家", max_length=64, blank=True)
    told_at = models.DateTimeField("通知时间", null=True, blank=True)
    told_how = models.CharField("怎样通知", max_length=60, blank=True)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "守护事件"
        ordering = ["-happened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.EVENT_LABELS]), name="watch_event_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status="WAITING", answered_at=None)
                | (~Q(status="WAITING") & Q(answered_at__isnull=False) & ~Q(answered_by="")),
                name="watch_event_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["stay", "fishing"]), name="watch_event_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(warning__in=["", "console", "voice", "steward"]),
                name="watch_event_warning_known",
            ),
            models.CheckConstraint(
                condition=Q(confidence__range=(0, 1), people__gte=1), name="watch_event_sane"
            ),
            models.CheckConstraint(
                condition=Q(happened_at__gte=F("since_at")), name="watch_event_after_its_stay"
            ),
            models.CheckConstraint(
                condition=Q(warned_at=None, latency_s=None)
                | Q(warned_at__isnull=False, latency_s__gte=0),
                name="watch_event_warned_with_latency",
            ),
            models.CheckConstraint(
                condition=Q(voice__in=["", "waiting"], voice_at=None)
                | Q(voice__in=["spoken", "failed"], voice_at__isnull=False),
                name="watch_event_voice_answered",
            ),
            models.CheckConstraint(
                condition=Q(deleted_at=None) | Q(snapshot=None, strip=None, clip=None),
                name="watch_event_deleted_has_no_pictures",
            ),
        ]
        indexes = [
            models.Index(fields=["camera", "happened_at"], name="watch_event_camera"),
            models.Index(fields=["status", "happened_at"], name="watch_event_queue"),
        ]

    def __str__(self) -> str:
        return self.number


class RuleProposal(models.Model):
    """Thresholds that a camera's feedback speaks for (阈值建议). Never changed.

    `changes` leads from the name of a threshold to its value before and after. `parts` say the
    reason in the reader's language; proposals of before have none.
    """

    camera = models.ForeignKey(
        Camera, models.PROTECT, related_name="proposals", verbose_name="摄像机"
    )
    number = models.PositiveIntegerField("序号")
    rules = models.ForeignKey(RuleVersion, models.PROTECT, verbose_name="依据的阈值版本")
    true_count = models.PositiveIntegerField("属实")
    false_count = models.PositiveIntegerField("误报")
    changes = models.JSONField("建议")
    reason = models.CharField("理由", max_length=300)
    parts = models.JSONField("理由的句子和数", null=True, blank=True)
    made_at = models.DateTimeField("提出时间")

    class Meta:
        verbose_name = verbose_name_plural = "阈值建议"
        constraints = [
            models.UniqueConstraint(fields=["camera", "number"], name="rule_proposal_once")
        ]

    def __str__(self) -> str:
        return f"{self.camera_id} #{self.number}"


class RuleDecision(models.Model):
    """What a person made of a proposal (建议的处理)."""

    proposal = models.OneToOneField(
        RuleProposal, models.PROTECT, related_name="decision", verbose_name="建议"
    )
    is_applied = models.BooleanField("采用")
    reason = models.CharField("说明", max_length=200, blank=True)
    decided_at = models.DateTimeField("处理时间")
    decided_by = models.CharField("处理人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "建议的处理"

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.is_applied}"


class SignCheck(models.Model):
    """A sign of a span that somebody saw standing, with a photo (警示牌检查)."""

    camera = models.ForeignKey(Camera, models.PROTECT, related_name="signs", verbose_name="摄像机")
    code = models.CharField("项目", max_length=8)
    photo = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="照片"
    )
    note = models.CharField("说明", max_length=200, blank=True)
    done_at = models.DateTimeField("完成时间")
    done_by = models.CharField("完成人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "警示牌检查"
        constraints = [
            models.UniqueConstraint(fields=["camera", "code"], name="sign_check_once"),
            models.CheckConstraint(
                condition=Q(photo__isnull=False) | ~Q(note=""), name="sign_check_with_proof"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.camera_id} {self.code}"


class Deletion(models.Model):
    """Pictures that were deleted because their time was over (画面删除登记). Never changed.

    Without an event it was the view on which zones are drawn.
    """

    number = models.CharField("删除编号", max_length=24, unique=True)
    camera = models.ForeignKey(
        Camera, models.PROTECT, related_name="deletions", verbose_name="摄像机"
    )
    event = models.CharField("事件编号", max_length=24, blank=True)
    files = models.PositiveIntegerField("文件数")
    size_bytes = models.PositiveBigIntegerField("字节数")
    fingerprints = models.JSONField("摘要")
    taken_at = models.DateTimeField("拍摄时间")
    kept_days = models.PositiveIntegerField("规定保存（天）")
    deleted_at = models.DateTimeField("删除时间")

    class Meta:
        verbose_name = verbose_name_plural = "画面删除登记"
        ordering = ["-deleted_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(deleted_at__gt=F("taken_at")), name="deletion_after_taking"
            )
        ]

    def __str__(self) -> str:
        return self.number
