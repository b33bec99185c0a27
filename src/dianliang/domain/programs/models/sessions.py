"""Sessions in time and place: planned, announced, signed up for, held, accounted for (活动场次)."""

from django.db import models
from django.db.models import F, Q

from dianliang.core.models import StoredFile
from dianliang.domain.catalog.models import Service, Skill
from dianliang.domain.directory.models import Unit
from dianliang.domain.programs import lifecycle
from dianliang.domain.programs.models.activities import Activity
from dianliang.domain.programs.models.courses import Course
from dianliang.domain.programs.models.series import Kind, Series, SignupRole
from dianliang.domain.programs.models.volunteers import PersonalLink
from dianliang.domain.territory.models import Area
from dianliang.domain.venues.models import Booking, Site
from dianliang.domain.workforce.models import Person, Team

MOST_PLACES = 5000
MOST_RADIUS_M = 5000


class Session(models.Model):
    """Something that people come to at a time and a place (活动场次)."""

    number = models.CharField("场次编号", max_length=24, unique=True)
    title = models.CharField("名称", max_length=60)
    kind = models.CharField("类别", max_length=12, choices=Kind.choices, default=Kind.ACTION)
    role = models.CharField(
        "报名身份", max_length=12, choices=SignupRole.choices, default=SignupRole.VOLUNTEER
    )
    series = models.ForeignKey(
        Series, models.PROTECT, null=True, blank=True, related_name="sessions", verbose_name="系列"
    )
    series_on = models.DateField("系列日期", null=True, blank=True)
    course = models.ForeignKey(
        Course, models.PROTECT, null=True, blank=True, related_name="sessions", verbose_name="课程"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="主办单位")
    partners = models.ManyToManyField(
        Unit, blank=True, related_name="joint_sessions", verbose_name="联办单位"
    )
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="sessions", verbose_name="队伍"
    )
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="所在区域")
    site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="sessions", verbose_name="阵地"
    )
    place = models.CharField("地点", max_length=80, blank=True)
    lat = models.FloatField("纬度", null=True, blank=True)
    lon = models.FloatField("经度", null=True, blank=True)
    radius_m = models.PositiveIntegerField("签到范围（米）", default=300)
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, verbose_name="服务事项"
    )
    skills = models.ManyToManyField(Skill, blank=True, related_name="+", verbose_name="所需技能")
    words = models.TextField("说明", blank=True)
    contact = models.CharField("联系电话", max_length=40, blank=True)
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    signup_until = models.DateTimeField("报名截止")
    places = models.PositiveIntegerField("名额", null=True, blank=True)
    is_public = models.BooleanField("公开报名", default=False)
    is_changing_code = models.BooleanField("动态签到码", default=False)
    status = models.CharField(
        "状态", max_length=12, choices=[*lifecycle.SESSION_LABELS.items()], default="DRAFT"
    )
    served_people = models.PositiveIntegerField("服务人数", default=0)
    result = models.TextField("活动小结", blank=True)
    cancelled_because = models.CharField("取消原因", max_length=200, blank=True)
    activity = models.OneToOneField(
        Activity,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="session",
        verbose_name="入账行动",
    )
    booking = models.OneToOneField(
        Booking,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="session",
        verbose_name="所订场室",
    )
    created_by = models.CharField("编制人", max_length=64)
    created_at = models.DateTimeField("编制时间")
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "活动场次"
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.SESSION_LABELS]), name="session_status_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=Kind.values, role__in=SignupRole.values),
                name="session_kind_and_role_known",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at"), signup_until__lte=F("ends_at")),
                name="session_period",
            ),
            models.CheckConstraint(
                condition=Q(places=None) | Q(places__range=(1, MOST_PLACES)),
                name="session_places_sane",
            ),
            models.CheckConstraint(
                condition=Q(radius_m__range=(20, MOST_RADIUS_M)), name="session_radius_sane"
            ),
            models.CheckConstraint(
                condition=Q(lat=None, lon=None) | Q(lat__range=(-90, 90), lon__range=(-180, 180)),
                name="session_on_earth",
            ),
            models.CheckConstraint(
                condition=Q(activity=None) | Q(status="ACCOUNTED"),
                name="session_activity_when_accounted",
            ),
            models.CheckConstraint(
                condition=~Q(status="CANCELLED") | Q(cancelled_because__gt=""),
                name="session_cancelled_has_reason",
            ),
            models.UniqueConstraint(fields=["series", "series_on"], name="session_once_a_day"),
        ]
        indexes = [
            models.Index(fields=["status", "starts_at"], name="session_ahead"),
            models.Index(fields=["unit", "starts_at"], name="session_of_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Signup(models.Model):
    """Somebody means to come to a session, or waits for a place (报名)."""

    class Channel(models.TextChoices):
        """Through which door."""

        PORTAL = "portal", "网页报名"
        CONSOLE = "console", "单位代报"
        FIELD = "field", "现场应用"
        ON_SITE = "on_site", "现场到场"

    session = models.ForeignKey(
        Session, models.PROTECT, related_name="signups", verbose_name="活动场次"
    )
    person = models.ForeignKey(Person, models.PROTECT, related_name="signups", verbose_name="人员")
    role = models.CharField("身份", max_length=12, choices=SignupRole.choices)
    channel = models.CharField("渠道", max_length=8, choices=Channel.choices)
    link = models.ForeignKey(
        PersonalLink,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="signups",
        verbose_name="个人链接",
    )
    status = models.CharField(
        "状态", max_length=12, choices=[*lifecycle.SIGNUP_LABELS.items()], default="PLACED"
    )
    signed_at = models.DateTimeField("报名时间")
    moved_up_at = models.DateTimeField("递补时间", null=True, blank=True)
    ended_at = models.DateTimeField("退出时间", null=True, blank=True)
    reason = models.CharField("原因", max_length=200, blank=True)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "报名"
        ordering = ["signed_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.SIGNUP_LABELS]), name="signup_status_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    role__in=SignupRole.values,
                    channel__in=["portal", "console", "field", "on_site"],
                ),
                name="signup_role_and_channel_known",
            ),
            models.UniqueConstraint(
                fields=["session", "person"],
                condition=Q(status__in=["PLACED", "WAITING", "ATTENDED", "ABSENT"]),
                name="signup_once",
            ),
        ]
        indexes = [
            models.Index(fields=["session", "status", "signed_at"], name="signup_queue"),
            models.Index(fields=["person", "status"], name="signup_of_person"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """Return what audit events call it."""
        return f"{self.session.number}/{self.person.number}"


class SessionAttendance(models.Model):
    """When somebody came and went, how that was noted, and what is doubtful about it (考勤).

    `doubts` name what does not show by itself; such a line is kept, shown and counted apart.
    """

    class Way(models.TextChoices):
        """How it was noted."""

        CODE = "code", "扫码"
        CAPTAIN = "captain", "队长登记"
        DESK = "desk", "事后补登"

    signup = models.OneToOneField(
        Signup, models.PROTECT, related_name="attendance", verbose_name="报名"
    )
    way = models.CharField("签到方式", max_length=8, choices=Way.choices)
    checked_in_at = models.DateTimeField("签到时间")
    lat = models.FloatField("签到纬度", null=True, blank=True)
    lon = models.FloatField("签到经度", null=True, blank=True)
    accuracy_m = models.PositiveIntegerField("定位误差（米）", null=True, blank=True)
    away_m = models.PositiveIntegerField("离地点（米）", null=True, blank=True)
    out_way = models.CharField("签退方式", max_length=8, choices=Way.choices, blank=True)
    checked_out_at = models.DateTimeField("签退时间", null=True, blank=True)
    out_away_m = models.PositiveIntegerField("签退离地点（米）", null=True, blank=True)
    doubts = models.JSONField("存疑", default=list, blank=True)
    noted_by = models.CharField("登记人", max_length=64)
    noted_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "活动考勤"
        constraints = [
            models.CheckConstraint(
                condition=Q(way__in=["code", "captain", "desk"])
                & Q(out_way__in=["", "code", "captain", "desk"]),
                name="session_attendance_way_known",
            ),
            models.CheckConstraint(
                condition=Q(checked_out_at=None, out_way="")
                | (Q(checked_out_at__gte=F("checked_in_at")) & ~Q(out_way="")),
                name="session_attendance_order",
            ),
            models.CheckConstraint(
                condition=Q(lat=None, lon=None) | Q(lat__range=(-90, 90), lon__range=(-180, 180)),
                name="session_attendance_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.signup} {self.checked_in_at:%F %H:%M}"


class SessionNotice(models.Model):
    """What somebody who signed up has to know; shown on his page, or told by telephone (通知)."""

    class Kind(models.TextChoices):
        """What happened."""

        PLACED = "placed", "报名成功"
        WAITING = "waiting", "进入候补"
        MOVED_UP = "moved_up", "候补转正"
        CHANGED = "changed", "时间地点变更"
        CANCELLED = "cancelled", "场次取消"
        LAPSED = "lapsed", "候补未成"
        FEEDBACK = "feedback", "请评价"

    signup = models.ForeignKey(Signup, models.CASCADE, related_name="notices", verbose_name="报名")
    kind = models.CharField("类别", max_length=12, choices=Kind.choices)
    words = models.CharField("内容", max_length=300)
    at = models.DateTimeField("时间")
    seen_at = models.DateTimeField("本人看到", null=True, blank=True)
    told_at = models.DateTimeField("电话告知", null=True, blank=True)
    told_by = models.CharField("告知人", max_length=64, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "活动通知"
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["signup", "at"], name="session_notice_of")]

    def __str__(self) -> str:
        return f"{self.signup} {self.kind}"


class SessionPhoto(models.Model):
    """A photo that shows a session (活动照片)."""

    session = models.ForeignKey(
        Session, models.CASCADE, related_name="photos", verbose_name="活动场次"
    )
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="照片")
    words = models.CharField("说明", max_length=60, blank=True)
    added_by = models.CharField("上传人", max_length=64)
    added_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = verbose_name_plural = "活动照片"
        ordering = ["added_at", "pk"]

    def __str__(self) -> str:
        return f"{self.session} {self.words}"


class Feedback(models.Model):
    """What somebody who was there says of a session; once, and nobody can change it (活动评价)."""

    signup = models.OneToOneField(
        Signup, models.CASCADE, related_name="feedback", verbose_name="报名"
    )
    stars = models.PositiveSmallIntegerField("星级")
    words = models.TextField("评语", blank=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "活动评价"
        constraints = [
            models.CheckConstraint(condition=Q(stars__range=(1, 5)), name="session_feedback_stars")
        ]

    def __str__(self) -> str:
        return f"{self.signup} {self.stars}"
