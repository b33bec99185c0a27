"""The same person seen twice: what was merged, what is known to differ, lists to take in."""

from django.db import models
from django.db.models import Q

from dianliang.core.fields import EncryptedTextField
from dianliang.domain.directory.models import Unit
from dianliang.domain.workforce.models.people import Person


class PersonMerge(models.Model):
    """One person was kept, the other row is gone (人员合并). Its number leads to the kept one.

    When the kept one is merged into a third, these rows follow: an old number leads to the person
    who is there now, however often he was merged.
    """

    number = models.CharField("合并编号", max_length=24, unique=True)
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="merges", verbose_name="保留的人员"
    )
    into_number = models.CharField("当时并入的编号", max_length=24)
    gone_number = models.CharField("原编号", max_length=24, unique=True)
    gone_name = models.CharField("原姓名", max_length=40)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="原单位")
    gone_record = EncryptedTextField("原记录")
    moved = models.JSONField("转移的记录", default=dict)
    reason = models.CharField("认定依据", max_length=200)
    merged_at = models.DateTimeField("合并时间")
    merged_by = models.CharField("认定人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "人员合并"
        ordering = ["-merged_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="person_merge_has_a_reason")
        ]

    def __str__(self) -> str:
        return f"{self.gone_number} → {self.into_number}"


class NotTheSame(models.Model):
    """Somebody has looked at two people who seemed one, and they are two (确认不同人)."""

    first = models.ForeignKey(Person, models.CASCADE, related_name="+", verbose_name="甲")
    second = models.ForeignKey(Person, models.CASCADE, related_name="+", verbose_name="乙")
    reason = models.CharField("依据", max_length=200)
    decided_at = models.DateTimeField("确认时间")
    decided_by = models.CharField("确认人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "确认不同人"
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="not_the_same_once"),
            models.CheckConstraint(
                condition=Q(first__lt=models.F("second")), name="not_the_same_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} ≠ {self.second}"


class StaffList(models.Model):
    """A table of people that was read and checked, and waits to be taken in (待导入名单)."""

    number = models.CharField("名单编号", max_length=24, unique=True)
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+", verbose_name="单位")
    name = models.CharField("文件名", max_length=120)
    body = EncryptedTextField("内容", blank=True)
    uploaded_at = models.DateTimeField("上传时间")
    uploaded_by = models.CharField("上传人", max_length=64)
    taken_in_at = models.DateTimeField("导入时间", null=True, blank=True)
    outcome = models.JSONField("结果", default=dict, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "待导入名单"
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken_in_at=None) | Q(body=""), name="staff_list_emptied_when_taken_in"
            )
        ]

    def __str__(self) -> str:
        return self.number
