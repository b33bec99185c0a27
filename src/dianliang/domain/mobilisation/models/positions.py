"""Where people in action are (位置): the latest place of each, and a thin track. Erased by rule.

A person's whereabouts are sensitive (个人信息保护法, article 28: 行踪轨迹), so the place itself is
sealed; what stands open is when, for which incident and with which team.
"""

from django.db import models
from django.db.models import F, Q

from dianliang.core.fields import EncryptedTextField
from dianliang.domain.incidents.models import Incident
from dianliang.domain.workforce.models import Person, Team


class Whereabouts(models.Model):
    """The latest place of somebody in action (最新位置): one row for each person.

    `at` is the phone's time, `received_at` ours: a batch that waited offline tells an old place.
    """

    person = models.OneToOneField(
        Person, models.CASCADE, related_name="whereabouts", verbose_name="人员"
    )
    incident = models.ForeignKey(
        Incident, models.PROTECT, related_name="whereabouts", verbose_name="事件"
    )
    team = models.ForeignKey(Team, models.PROTECT, related_name="+", verbose_name="队伍")
    spot = EncryptedTextField("位置")
    at = models.DateTimeField("定位时间")
    received_at = models.DateTimeField("收到时间")

    class Meta:
        verbose_name = verbose_name_plural = "最新位置"
        constraints = [
            models.CheckConstraint(
                condition=Q(at__lte=F("received_at")), name="whereabouts_not_ahead"
            )
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.person_id}"


class TrackPoint(models.Model):
    """Where somebody in action was in a slot of five minutes (轨迹点): the first one told."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="track", verbose_name="人员")
    incident = models.ForeignKey(
        Incident, models.PROTECT, related_name="track", verbose_name="事件"
    )
    team = models.ForeignKey(Team, models.PROTECT, related_name="+", verbose_name="队伍")
    slot_at = models.DateTimeField("时段开始")
    spot = EncryptedTextField("位置")

    class Meta:
        verbose_name = verbose_name_plural = "轨迹点"
        constraints = [
            models.UniqueConstraint(fields=["person", "slot_at"], name="track_point_once_a_slot")
        ]
        indexes = [
            models.Index(fields=["incident", "slot_at"], name="track_of_incident"),
            models.Index(fields=["slot_at"], name="track_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.person_id} {self.slot_at}"
