"""What is being answered (事件、应急响应), the alerts it follows, and what was noted on the way."""

from django.db import models
from django.db.models import F, Q

from dianliang.domain.directory.models import Unit
from dianliang.domain.incidents import lifecycle
from dianliang.domain.incidents.models.alerts import PublicAlert
from dianliang.domain.rosters.models import Roster
from dianliang.domain.territory.models import Area
from dianliang.domain.workforce.models import Person, Team


class Incident(models.Model):
    """Something that threatens supply or people, and who leads the answer. See `operations`.

    Where it is: areas of the tree with all below them, and `shapes`, in the form of the zones of
    an alert (`zones`): one area with `polygons`, `circles`. `level` is I (gravest) to IV. A drill
    (演练) stays one: nothing turns it into the real thing. `revision` grows with every decision.
    """

    class Kind(models.TextChoices):
        """What it is about."""

        FLOOD = "flood", "防汛"
        TYPHOON = "typhoon", "台风"
        ICE = "ice", "覆冰雨雪"
        COLD = "cold", "寒潮"
        HEAT = "heat", "高温"
        EARTHQUAKE = "earthquake", "地震"
        OUTAGE = "outage", "大面积停电"
        OTHER = "other", "其他"

    number = models.CharField("事件编号", max_length=24, unique=True)
    title = models.CharField("名称", max_length=60)
    kind = models.CharField("类别", max_length=12, choices=Kind.choices)
    is_drill = models.BooleanField("演练", default=False)
    level = models.PositiveSmallIntegerField("响应级别")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="负责单位")
    areas = models.ManyToManyField(Area, blank=True, related_name="+", verbose_name="区域")
    shapes = models.JSONField("划定范围", default=list, blank=True)
    commander = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="指挥长"
    )
    teams = models.ManyToManyField(Team, blank=True, related_name="+", verbose_name="投入队伍")
    rosters = models.ManyToManyField(Roster, blank=True, related_name="+", verbose_name="值班表")
    status = models.CharField(
        "状态",
        max_length=12,
        choices=[*lifecycle.INCIDENT_LABELS.items()],
        default="WATCHING",
    )
    revision = models.PositiveIntegerField("稿次", default=0)
    opened_by = models.CharField("登记人", max_length=64)
    opened_at = models.DateTimeField("登记时间")
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "事件"
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.INCIDENT_LABELS]), name="incident_status_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        *("flood", "typhoon", "ice", "cold", "heat", "earthquake"),
                        *("outage", "other"),
                    ]
                ),
                name="incident_kind_known",
            ),
            models.CheckConstraint(condition=Q(level__range=(1, 4)), name="incident_level"),
            models.CheckConstraint(
                condition=~Q(status__in=["ACTIVE", "DEMOBILISING"]) | Q(commander__isnull=False),
                name="incident_response_is_led",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["CLOSED", "CANCELLED"], ended_at__isnull=False)
                | Q(status__in=["WATCHING", "ACTIVE", "DEMOBILISING"], ended_at=None),
                name="incident_ended_at",
            ),
        ]
        indexes = [models.Index(fields=["status", "-opened_at"], name="incident_latest")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class IncidentAlert(models.Model):
    """An alert that an incident follows (事件所据预警), and what was decided about it.

    The first is the one that the incident was opened from; later messages of its chain wait
    until a person decides (待处置): none of them moves an incident by itself.
    """

    incident = models.ForeignKey(
        Incident, models.PROTECT, related_name="followed", verbose_name="事件"
    )
    alert = models.ForeignKey(PublicAlert, models.PROTECT, related_name="+", verbose_name="预警")
    status = models.CharField(
        "处置",
        max_length=12,
        choices=[*lifecycle.INCIDENT_ALERT_LABELS.items()],
        default="WAITING",
    )
    decided_by = models.CharField("处置人", max_length=64, blank=True)
    decided_at = models.DateTimeField("处置时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "事件所据预警"
        constraints = [
            models.UniqueConstraint(fields=["incident", "alert"], name="incident_alert_once"),
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.INCIDENT_ALERT_LABELS]),
                name="incident_alert_status_known",
            ),
            models.CheckConstraint(
                condition=Q(status="WAITING", decided_at=None)
                | Q(status__in=["FOLLOWED", "KEPT"], decided_at__isnull=False),
                name="incident_alert_decided_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} ← {self.alert_id}"


class LogEntry(models.Model):
    """What was noted about an incident: by whom, when, in words (事件日志). Never changed.

    What was wrong is corrected by a second entry that names the first. `level` is the level from
    then on, where the entry is about it.
    """

    class Kind(models.TextChoices):
        """What it is about."""

        NOTE = "note", "记事"
        STEP = "step", "响应"
        LEVEL = "level", "级别"
        COMMAND = "command", "指挥"
        AREA = "area", "范围"
        PERIOD = "period", "时段"
        OBJECTIVE = "objective", "目标"
        ALERT = "alert", "预警"
        CORRECTION = "correction", "更正记录"

    incident = models.ForeignKey(
        Incident, models.PROTECT, related_name="entries", verbose_name="事件"
    )
    position = models.PositiveIntegerField("序号")
    kind = models.CharField("类别", max_length=12, choices=Kind.choices)
    words = models.CharField("内容", max_length=500)
    level = models.PositiveSmallIntegerField("级别", null=True, blank=True)
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="更正哪一条"
    )
    happened_at = models.DateTimeField("发生时间")
    noted_at = models.DateTimeField("记录时间")
    noted_by = models.CharField("记录人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "事件日志"
        ordering = ["incident", "position"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "position"], name="log_entry_position"),
            models.CheckConstraint(condition=~Q(words=""), name="log_entry_words"),
            models.CheckConstraint(
                condition=Q(kind="correction", corrects__isnull=False)
                | (~Q(kind="correction") & Q(corrects=None)),
                name="log_entry_correction",
            ),
            models.CheckConstraint(
                condition=Q(happened_at__lte=F("noted_at")), name="log_entry_after_the_fact"
            ),
            models.CheckConstraint(
                condition=Q(level=None) | Q(level__range=(1, 4)), name="log_entry_level"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} #{self.position}"
