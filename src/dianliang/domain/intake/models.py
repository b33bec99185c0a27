"""Needs and everything said about them."""

from django.db import models
from django.db.models import Q

from dianliang.core.fields import EncryptedTextField
from dianliang.core.models import StoredFile
from dianliang.domain.catalog.models import Service
from dianliang.domain.customers.models import Customer
from dianliang.domain.directory.models import Unit
from dianliang.domain.directory.owners import Owner
from dianliang.domain.intake import lifecycle
from dianliang.domain.territory.models import Area
from dianliang.domain.venues.models import Site
from dianliang.domain.work.models import Job
from dianliang.domain.workforce.models import Person, Team


class Need(models.Model):
    """Anything somebody asks for, with a clock, a promise and a rating (需求)."""

    class Channel(models.TextChoices):
        """How it came in."""

        PORTAL = "portal", "网页"
        QR = "qr", "扫码"
        PHONE = "phone", "电话"
        CHAT = "chat", "微信群"
        WINDOW = "window", "窗口"
        STEWARD = "steward", "电管家代报"
        OPEN311 = "open311", "接口"

    class Urgency(models.TextChoices):
        """How soon somebody must look."""

        NORMAL = "normal", "一般"
        URGENT = "urgent", "紧急"
        EMERGENCY = "emergency", "危险"

    class PlaceSource(models.TextChoices):
        """How the place is known."""

        PIN = "pin", "地图选点"
        VILLAGE = "village", "选村社区"
        TEXT = "text", "文字识别"
        SITE = "site", "扫码点位"
        NONE = "none", "未知"

    number = models.CharField("需求编号", max_length=24, unique=True)
    channel = models.CharField("渠道", max_length=12, choices=Channel.choices)
    text = models.TextField("内容", max_length=4000)
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, verbose_name="服务事项"
    )
    venue_type = models.CharField("场所类型", max_length=12, blank=True)
    area = models.ForeignKey(Area, models.PROTECT, verbose_name="所在区域")
    site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, verbose_name="点位")
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, verbose_name="客户"
    )
    address = models.CharField("地址", max_length=200, blank=True)
    lat = models.FloatField("纬度", null=True, blank=True)
    lon = models.FloatField("经度", null=True, blank=True)
    place_source = models.CharField("位置来源", max_length=8, choices=PlaceSource.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="承办单位")
    handed_over_from = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="移交单位"
    )
    handler = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="经办人"
    )
    facility_owner = models.CharField("设施归属", max_length=10, choices=Owner.choices, blank=True)
    urgency = models.CharField(
        "紧急程度", max_length=10, choices=Urgency.choices, default=Urgency.NORMAL
    )
    is_danger = models.BooleanField("涉险", default=False)
    status = models.CharField(
        "状态", max_length=12, choices=[*lifecycle.LABELS.items()], default="RECEIVED"
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name="并入"
    )
    received_at = models.DateTimeField("收到时间")
    response_due_at = models.DateTimeField("响应时限")
    on_site_due_at = models.DateTimeField("到场时限", null=True, blank=True)
    due_at = models.DateTimeField("办结时限")
    first_response_at = models.DateTimeField("首次响应时间", null=True, blank=True)
    resolved_at = models.DateTimeField("办结时间", null=True, blank=True)
    closed_at = models.DateTimeField("关闭时间", null=True, blank=True)
    clock_stopped_at = models.DateTimeField("停钟时间", null=True, blank=True)
    reopened_count = models.PositiveIntegerField("重办次数", default=0)
    avoided_team = models.ForeignKey(
        Team, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="回避队伍"
    )
    avoided_actor = models.CharField("回避经办人", max_length=64, blank=True)
    wish_starts_at = models.DateTimeField("约定上门起", null=True, blank=True)
    wish_ends_at = models.DateTimeField("约定上门止", null=True, blank=True)
    is_public = models.BooleanField("公开显示", default=True)
    is_generated = models.BooleanField("演示数据", default=False)
    photos = models.ManyToManyField(StoredFile, blank=True, related_name="+", verbose_name="照片")

    class Meta:
        verbose_name = verbose_name_plural = "需求"
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.LABELS]), name="need_status_known"
            ),
            models.CheckConstraint(
                condition=Q(facility_owner__in=["", *Owner.values]), name="need_owner_known"
            ),
            models.CheckConstraint(
                condition=Q(urgency__in=["normal", "urgent", "emergency"]),
                name="need_urgency_known",
            ),
            models.CheckConstraint(
                condition=Q(lat=None, lon=None) | Q(lat__range=(-90, 90), lon__range=(-180, 180)),
                name="need_on_earth",
            ),
            models.CheckConstraint(
                condition=Q(status="MERGED", merged_into__isnull=False)
                | (~Q(status="MERGED") & Q(merged_into=None)),
                name="need_merged_iff_target",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["WAITING", "PAUSED"], clock_stopped_at__isnull=False)
                | (~Q(status__in=["WAITING", "PAUSED"]) & Q(clock_stopped_at=None)),
                name="need_clock_stopped_iff_paused",
            ),
            models.CheckConstraint(
                condition=Q(wish_starts_at=None, wish_ends_at=None)
                | Q(wish_ends_at__gt=models.F("wish_starts_at")),
                name="need_wish_is_a_span",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "due_at"], name="need_queue"),
            models.Index(fields=["unit", "status"], name="need_unit"),
            models.Index(fields=["received_at"], name="need_received"),
            models.Index(fields=["area", "received_at"], name="need_area"),
            # All that the board counts, so that it never opens the rows: halves its time.
            models.Index(
                fields=[
                    "received_at",
                    "status",
                    "unit",
                    "area",
                    "service",
                    "channel",
                    "due_at",
                    "resolved_at",
                    "first_response_at",
                    "clock_stopped_at",
                    "reopened_count",
                    "handed_over_from",
                ],
                name="need_figures",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Participant(models.Model):
    """Somebody who asked for a need, or joined it (诉求人). Each follows and rates for himself."""

    class Kind(models.TextChoices):
        """On whose behalf."""

        RESIDENT = "resident", "居民本人"
        ON_BEHALF = "on_behalf", "代他人"
        ENTERPRISE = "enterprise", "企业"

    need = models.ForeignKey(Need, models.PROTECT, related_name="participants", verbose_name="需求")
    kind = models.CharField("类别", max_length=12, choices=Kind.choices, default=Kind.RESIDENT)
    token_hash = models.CharField("跟踪码摘要", max_length=64, unique=True)
    name = EncryptedTextField("称呼", blank=True)
    phone = EncryptedTextField("电话", blank=True)
    phone_index = models.CharField("电话索引", max_length=64, blank=True, db_index=True)
    on_behalf_of = EncryptedTextField("代谁", blank=True)
    firm = models.CharField("单位名称", max_length=80, blank=True)
    account_number = EncryptedTextField("户号", blank=True)
    text = models.TextField("补充描述", blank=True)
    is_first = models.BooleanField("首报", default=False)
    came_from = models.ForeignKey(
        Need, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="合并前的需求"
    )
    joined_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "诉求人"
        constraints = [
            models.UniqueConstraint(
                fields=["need"], condition=Q(is_first=True), name="participant_one_first"
            )
        ]

    def __str__(self) -> str:
        return f"{self.need} {self.get_kind_display()}"


class Rating(models.Model):
    """What a participant thinks of the outcome (评价). The database refuses to change a row."""

    participant = models.ForeignKey(
        Participant, models.PROTECT, related_name="ratings", verbose_name="诉求人"
    )
    round = models.PositiveIntegerField("第几次办理", default=0)
    stars = models.PositiveSmallIntegerField("星级")
    words = models.TextField("评语", max_length=1000, blank=True)
    rated_at = models.DateTimeField("时间")
    unit_code = models.CharField("被评单位", max_length=24)
    team_code = models.CharField("被评队伍", max_length=24, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "评价"
        constraints = [
            models.UniqueConstraint(fields=["participant", "round"], name="rating_once_a_round"),
            models.CheckConstraint(condition=Q(stars__range=(1, 5)), name="rating_stars"),
        ]

    def __str__(self) -> str:
        return f"{self.participant} {self.stars}"


class Message(models.Model):
    """Words between the handler and the person who asked, or among handlers (留言)."""

    need = models.ForeignKey(Need, models.PROTECT, related_name="messages", verbose_name="需求")
    at = models.DateTimeField("时间")
    author = models.CharField("作者", max_length=64)
    participant = models.ForeignKey(
        Participant, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="诉求人"
    )
    from_public = models.BooleanField("来自诉求人", default=False)
    is_internal = models.BooleanField("内部", default=False)
    text = models.TextField("内容", max_length=4000)
    photos = models.ManyToManyField(StoredFile, blank=True, related_name="+", verbose_name="照片")

    class Meta:
        verbose_name = verbose_name_plural = "留言"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.need} {self.author}"


class Suggestion(models.Model):
    """What triage proposed, as it was (建议). Immutable; a decision is another row."""

    need = models.ForeignKey(Need, models.PROTECT, related_name="suggestions", verbose_name="需求")
    at = models.DateTimeField("时间")
    version = models.CharField("版本", max_length=60)
    body = models.JSONField("内容")

    class Meta:
        verbose_name = verbose_name_plural = "建议"

    def __str__(self) -> str:
        return f"{self.need} {self.version}"


class Decision(models.Model):
    """What a person made of a suggestion (采纳记录)."""

    suggestion = models.ForeignKey(
        Suggestion, models.PROTECT, related_name="decisions", verbose_name="建议"
    )
    at = models.DateTimeField("时间")
    by_id = models.CharField("操作者编号", max_length=64)
    by_name = models.CharField("操作者", max_length=64)
    aspect = models.CharField("方面", max_length=24)
    proposed = models.CharField("建议值", max_length=80, blank=True)
    chosen = models.CharField("采用值", max_length=80, blank=True)
    is_tacit = models.BooleanField(
        "随受理采纳",
        default=False,
        help_text="只点了受理，没有单独确认这一项：不说明有人核对过。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "采纳记录"

    def __str__(self) -> str:
        return f"{self.suggestion} {self.aspect}"


class LearntModel(models.Model):
    """What triage learnt from decisions at one time (学习结果).

    `body` is what the engine keeps (arrays, never a pickle), empty once it is too old to go back
    to; `unseen` is what it named for each decision without having seen it.
    """

    status = models.CharField(
        "状态",
        max_length=10,
        choices=[*lifecycle.LEARNT_MODEL.labels.items()],
        default="READY",
    )
    made_at = models.DateTimeField("学成时间")
    made_by = models.CharField("由谁发起", max_length=64)
    version = models.CharField("程序版本", max_length=40)
    newest_decision = models.BigIntegerField("学到的最新采纳记录")
    decided = models.PositiveIntegerField("采纳记录数")
    history = models.PositiveIntegerField("未分类需求数")
    body = models.BinaryField("内容")
    unseen = models.JSONField("未见时的判断")
    figures = models.JSONField("指标")
    reason = models.CharField("说明", max_length=200, blank=True)
    used_from = models.DateTimeField("启用时间", null=True, blank=True)
    is_held = models.BooleanField("停止自动更新", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "学习结果"
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.LEARNT_MODEL.labels]),
                name="learnt_model_status_known",
            ),
            models.UniqueConstraint(
                fields=["status"], condition=Q(status="IN_USE"), name="learnt_model_one_in_use"
            ),
        ]

    def __str__(self) -> str:
        return f"第 {self.pk} 次学习"


class ClockPause(models.Model):
    """A time in which the promise clock of a need stood still, and why (停钟记录)."""

    need = models.ForeignKey(Need, models.PROTECT, related_name="pauses", verbose_name="需求")
    from_at = models.DateTimeField("起")
    until_at = models.DateTimeField("止", null=True, blank=True)
    reason = models.CharField("原因", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "停钟记录"
        constraints = [
            models.UniqueConstraint(
                fields=["need"], condition=Q(until_at=None), name="clock_pause_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.need} {self.reason}"


class NeedJob(models.Model):
    """A job that serves a need: one per element and unit when a need is split (需求拆分)."""

    need = models.ForeignKey(Need, models.PROTECT, related_name="parts", verbose_name="需求")
    job = models.OneToOneField(Job, models.PROTECT, related_name="need_part", verbose_name="工单")
    element = models.CharField("要素", max_length=10)

    class Meta:
        verbose_name = verbose_name_plural = "需求拆分"

    def __str__(self) -> str:
        return f"{self.need} → {self.job}"


class SavedFilter(models.Model):
    """A view of the queue that a dispatcher keeps (常用筛选)."""

    owner_id = models.CharField("所有者", max_length=64)
    name = models.CharField("名称", max_length=40)
    query = models.CharField("条件", max_length=500)
    owner_name = models.CharField("所有者姓名", max_length=64, blank=True)
    shared_with = models.CharField("共享给单位", max_length=24, blank=True, db_index=True)
    position = models.PositiveIntegerField("排序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "常用筛选"
        constraints = [
            models.UniqueConstraint(fields=["owner_id", "name"], name="saved_filter_once")
        ]

    def __str__(self) -> str:
        return self.name
