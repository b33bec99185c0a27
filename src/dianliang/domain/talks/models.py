"""Talks in four steps (谈心谈话“四步谈”, seed row 004-11), and what was promised in them."""

from django.db import models
from django.db.models import F, Q

from dianliang.core.fields import EncryptedTextField
from dianliang.domain.branches.models import Branch
from dianliang.domain.talks import lifecycle
from dianliang.domain.workforce.models import Person


class Talk(models.Model):
    """One talk, from the appointment to the visit that closes it (谈话).

    Who talks with whom, and how far it has come, are in clear: that much is counted. Why and what
    was said is sealed, and handed out by `access.to_read` only.
    """

    class Occasion(models.TextChoices):
        """What gave rise to it: to its readers only."""

        REGULAR = "regular", "日常谈心"
        CHANGE = "change", "岗位变动"
        HARDSHIP = "hardship", "困难帮扶"
        REMINDER = "reminder", "提醒谈话"
        GROWTH = "growth", "培养发展"

    number = models.CharField("谈话编号", max_length=24, unique=True)
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="talks", verbose_name="支部")
    leader = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="谈话人")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="谈话对象")
    occasion = EncryptedTextField("事由类别")
    purpose = EncryptedTextField("谈话目的")
    notes = EncryptedTextField("谈话内容", blank=True)
    outcome = EncryptedTextField("回访情况", blank=True)
    planned_on = models.DateField("约谈日期")
    held_on = models.DateField("面谈日期", null=True, blank=True)
    closed_on = models.DateField("回访日期", null=True, blank=True)
    due_on = models.DateField("下一步期限", null=True, blank=True)
    status = models.CharField(
        "状态", max_length=12, choices=[*lifecycle.LABELS.items()], default="PLANNED"
    )
    created_at = models.DateTimeField("登记时间")
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "谈心谈话"
        ordering = ["-planned_on", "number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.LABELS]), name="talk_status_known"
            ),
            models.CheckConstraint(condition=~Q(leader=F("person")), name="talk_between_two"),
            models.CheckConstraint(
                condition=Q(status__in=["CLOSED", "CANCELLED"], due_on=None)
                | Q(status__in=["PLANNED", "HELD", "FOLLOWING"], due_on__isnull=False),
                name="talk_next_step_due_iff_open",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["PLANNED", "CANCELLED"], held_on=None)
                | Q(status__in=["HELD", "FOLLOWING", "CLOSED"], held_on__isnull=False),
                name="talk_held_on_iff_held",
            ),
            models.CheckConstraint(
                condition=Q(status="CLOSED", closed_on__gte=F("held_on"))
                | (~Q(status="CLOSED") & Q(closed_on=None)),
                name="talk_closed_on_iff_closed",
            ),
        ]
        indexes = [models.Index(fields=["status", "due_on"], name="talk_overdue")]

    def __str__(self) -> str:
        return self.number


class TalkReader(models.Model):
    """A superior whom the leader lets read a talk (授权查看); both who talked see his name."""

    talk = models.ForeignKey(Talk, models.CASCADE, related_name="readers", verbose_name="谈话")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="上级")
    named_at = models.DateTimeField("授权时间")

    class Meta:
        verbose_name = verbose_name_plural = "谈话授权"
        ordering = ["named_at"]
        constraints = [models.UniqueConstraint(fields=["talk", "person"], name="talk_reader_once")]

    def __str__(self) -> str:
        return f"{self.talk} {self.person}"


class Promise(models.Model):
    """What one of the two promised in a talk, until a day (承诺); all are kept before it closes."""

    talk = models.ForeignKey(Talk, models.CASCADE, related_name="promises", verbose_name="谈话")
    position = models.PositiveSmallIntegerField("次序")
    words = EncryptedTextField("承诺")
    is_leaders = models.BooleanField("谈话人承诺")
    due_on = models.DateField("期限")
    done_on = models.DateField("完成日期", null=True, blank=True)
    done_words = EncryptedTextField("完成情况", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "谈话承诺"
        ordering = ["talk", "position"]
        constraints = [
            models.UniqueConstraint(fields=["talk", "position"], name="talk_promise_position")
        ]

    def __str__(self) -> str:
        return f"{self.talk} {self.position}"
