"""Rooms and gear that units share, and who has them when."""

from django.db import models
from django.db.models import F, Q

from dianliang.core.fields import EncryptedTextField
from dianliang.domain.directory.models import Unit
from dianliang.domain.venues import lifecycle
from dianliang.domain.venues.models.sites import Site

ROOM_TYPES = (
    ("meeting", "会议室"),
    ("training", "培训教室"),
    ("activity", "活动室"),
    ("exhibition", "展厅"),
    ("reading", "书屋"),
)
GEAR_TYPES = (
    ("device", "音像设备"),
    ("tool", "工器具"),
    ("rescue", "应急装备"),
    ("sport", "文体器材"),
    ("stall", "宣传服务用品"),
)


class Bookable(models.Model):
    """A room, or a stock of equal pieces of gear, that may be booked (场室器材)."""

    class Kind(models.TextChoices):
        """Whether one sits in it or takes it away."""

        ROOM = "room", "场室"
        GEAR = "gear", "器材"

    class Audience(models.TextChoices):
        """Who may book."""

        UNIT = "unit", "本单位"
        ALLIANCE = "alliance", "各单位"
        PUBLIC = "public", "社会公众"

    code = models.CharField("场室器材编号", max_length=24, unique=True)
    name = models.CharField("名称", max_length=60)
    kind = models.CharField("类别", max_length=8, choices=Kind.choices)
    type = models.CharField("类型", max_length=12, choices=[*ROOM_TYPES, *GEAR_TYPES])
    site = models.ForeignKey(
        Site, models.PROTECT, related_name="bookables", verbose_name="所在阵地"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="管理单位")
    spot = models.CharField("位置", max_length=60, blank=True)
    words = models.TextField("说明", blank=True)
    places = models.PositiveSmallIntegerField("容纳人数", null=True, blank=True)
    pieces = models.PositiveSmallIntegerField("件数", default=1)
    audience = models.CharField(
        "谁可以预约", max_length=8, choices=Audience.choices, default=Audience.ALLIANCE
    )
    needs_approval = models.BooleanField("需要审批", default=False)
    slot_min = models.PositiveSmallIntegerField("时段长度（分钟）", default=30)
    longest_min = models.PositiveSmallIntegerField("一次最长（分钟）", default=240)
    lead_min = models.PositiveIntegerField("至少提前（分钟）", default=0)
    ahead_days = models.PositiveSmallIntegerField("最多提前（天）", default=30)
    grace_min = models.PositiveSmallIntegerField("迟到保留（分钟）", default=15)
    misses_allowed = models.PositiveSmallIntegerField(
        "未到场几次后暂停预约", default=2, help_text="90 天内；填 0 为不限。"
    )
    pause_days = models.PositiveSmallIntegerField("暂停预约（天）", default=30)
    door_token = models.CharField("签到码", max_length=40, unique=True)
    is_active = models.BooleanField("可预约", default=True)
    stopped_because = models.CharField("停用原因", max_length=200, blank=True)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "场室器材"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind="room",
                    type__in=[code for code, _ in ROOM_TYPES],
                    places__gt=0,
                    pieces=1,
                )
                | Q(
                    kind="gear",
                    type__in=[code for code, _ in GEAR_TYPES],
                    places=None,
                    pieces__gt=0,
                ),
                name="bookable_room_has_places_gear_has_pieces",
            ),
            models.CheckConstraint(
                condition=Q(audience__in=["unit", "alliance", "public"]),
                name="bookable_audience_known",
            ),
            models.CheckConstraint(
                condition=Q(slot_min__in=[15, 30, 60, 120, 240]), name="bookable_slot_on_the_grain"
            ),
            models.CheckConstraint(
                condition=Q(longest_min__gte=F("slot_min")), name="bookable_longest_fits_a_slot"
            ),
            models.CheckConstraint(
                condition=Q(is_active=True, stopped_because="")
                | Q(is_active=False, stopped_because__gt=""),
                name="bookable_stopped_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class BookableHours(models.Model):
    """When something may be booked, from a day on (开放时间版本).

    `spans` are rows of weekday (1 is Monday), opening and closing in minutes of the day. The
    version of a day is the latest that began by then, so that figures of the past stay.
    """

    bookable = models.ForeignKey(
        Bookable, models.CASCADE, related_name="hours", verbose_name="场室器材"
    )
    valid_from = models.DateField("起用日期")
    spans = models.JSONField("开放时段", default=list)

    class Meta:
        verbose_name = verbose_name_plural = "开放时间版本"
        ordering = ["bookable", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["bookable", "valid_from"], name="bookable_hours_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.bookable.code} {self.valid_from}"


class BookingSeries(models.Model):
    """Bookings that come again by a rule (周期预约); each occurrence is a booking of its own."""

    class Repeat(models.TextChoices):
        """How it comes again."""

        DAILY = "daily", "每天"
        WEEKLY = "weekly", "每周"
        MONTHLY = "monthly", "每月同一个星期几"

    number = models.CharField("周期预约号", max_length=24, unique=True)
    bookable = models.ForeignKey(
        Bookable, models.PROTECT, related_name="series", verbose_name="场室器材"
    )
    repeat = models.CharField("重复", max_length=8, choices=Repeat.choices)
    every = models.PositiveSmallIntegerField("间隔", default=1)
    weekdays = models.JSONField("星期", default=list)
    first_on = models.DateField("首日")
    last_on = models.DateField("末日")
    left_out = models.JSONField("除外日期", default=list)
    created_by = models.CharField("预约人编号", max_length=64)
    created_at = models.DateTimeField("预约时间")

    class Meta:
        verbose_name = verbose_name_plural = "周期预约"
        constraints = [
            models.CheckConstraint(
                condition=Q(repeat__in=["daily", "weekly", "monthly"]),
                name="booking_series_repeat_known",
            ),
            models.CheckConstraint(
                condition=Q(last_on__gte=F("first_on"), every__gt=0), name="booking_series_period"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Booking(models.Model):
    """Somebody has a room, or pieces of gear, from one instant to another (预约).

    The time is held by `SlotHold` as long as the booking lives. A closure takes it off the market:
    it is nobody's, and counts as not open.
    """

    number = models.CharField("预约编号", max_length=24, unique=True)
    bookable = models.ForeignKey(
        Bookable, models.PROTECT, related_name="bookings", verbose_name="场室器材"
    )
    series = models.ForeignKey(
        BookingSeries,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="bookings",
        verbose_name="周期预约",
    )
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    pieces = models.PositiveSmallIntegerField("件数", default=1)
    persons_count = models.PositiveSmallIntegerField("人数", null=True, blank=True)
    status = models.CharField(
        "状态", max_length=12, choices=[*lifecycle.BOOKING_LABELS.items()], default="ASKED"
    )
    is_closure = models.BooleanField("停用时段", default=False)
    purpose = EncryptedTextField("用途", blank=True)
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="预约单位",
        help_text="公众预约没有单位。",
    )
    booker_id = models.CharField("预约人编号", max_length=64, blank=True)
    name = EncryptedTextField("预约人", blank=True)
    phone = EncryptedTextField("电话", blank=True)
    phone_index = models.CharField("电话检索码", max_length=64, blank=True, db_index=True)
    token_hash = models.CharField("链接指纹", max_length=64, null=True, blank=True, unique=True)
    asked_at = models.DateTimeField("提出时间")
    decided_by = models.CharField("审批人", max_length=64, blank=True)
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)
    reason = models.CharField("原因", max_length=200, blank=True)
    checked_in_at = models.DateTimeField("签到时间", null=True, blank=True)
    ended_at = models.DateTimeField("结束使用时间", null=True, blank=True)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "预约"
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.BOOKING_LABELS]), name="booking_status_known"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="booking_period"),
            models.CheckConstraint(condition=Q(pieces__gt=0), name="booking_of_something"),
            models.CheckConstraint(
                condition=~Q(status__in=["IN_USE", "ENDED"]) | Q(checked_in_at__isnull=False),
                name="booking_used_was_checked_in",
            ),
            models.CheckConstraint(
                condition=Q(status="ENDED", ended_at__isnull=False)
                | (~Q(status="ENDED") & Q(ended_at=None)),
                name="booking_ended_at_iff_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["bookable", "starts_at"], name="booking_calendar"),
            models.Index(fields=["status", "starts_at"], name="booking_due"),
        ]

    def __str__(self) -> str:
        return self.number


class SlotHold(models.Model):
    """A quarter of an hour of one piece is taken (占用时段); the database lets it be taken once.

    `slot` counts quarters of an hour since 1970. Pieces are equal: a number is a ticket for its
    quarter, not a certain piece, so that a stock can never be unusable because it is fragmented.
    """

    bookable = models.ForeignKey(
        Bookable, models.CASCADE, related_name="+", verbose_name="场室器材"
    )
    slot = models.PositiveIntegerField("时段")
    piece = models.PositiveSmallIntegerField("第几件")
    booking = models.ForeignKey(Booking, models.CASCADE, related_name="holds", verbose_name="预约")

    class Meta:
        verbose_name = verbose_name_plural = "占用时段"
        constraints = [
            models.UniqueConstraint(
                fields=["bookable", "slot", "piece"], name="slot_taken_once_per_piece"
            ),
            models.CheckConstraint(condition=Q(piece__gt=0), name="slot_piece_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.bookable_id} {self.slot}/{self.piece}"


class BookingFeed(models.Model):
    """The secret address of a calendar of bookings: of one room or stock, or of a site."""

    token = models.CharField("日历链接", max_length=40, unique=True)
    bookable = models.OneToOneField(
        Bookable,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="feed",
        verbose_name="场室器材",
    )
    site = models.OneToOneField(
        Site,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="booking_feed",
        verbose_name="阵地",
    )

    class Meta:
        verbose_name = verbose_name_plural = "预约日历链接"
        constraints = [
            models.CheckConstraint(
                condition=Q(bookable=None, site__isnull=False)
                | Q(bookable__isnull=False, site=None),
                name="booking_feed_of_one_thing",
            )
        ]

    def __str__(self) -> str:
        return str(self.bookable or self.site)
