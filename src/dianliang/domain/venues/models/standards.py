"""What a base must have (五有), what proves it, and what it tells the public."""

from django.db import models
from django.db.models import F, Q

from dianliang.core.models import StoredFile
from dianliang.domain.directory.models import Unit
from dianliang.domain.venues.lifecycle import NOTICE_LABELS, PROOF_LABELS
from dianliang.domain.venues.models.bases import Node
from dianliang.domain.venues.models.sites import Site


class BaseStandard(models.Model):
    """What every base must have, as published once (五有标准版本). Never changed.

    The shipped one is number 0. An item keeps its key through the versions, and its proofs with it.
    """

    number = models.PositiveIntegerField("版本", unique=True)
    name = models.CharField("名称", max_length=40)
    items = models.JSONField("条目", default=list)
    at = models.DateTimeField("发布时间")
    by_name = models.CharField("发布人", max_length=64)
    reason = models.CharField("原因", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "五有标准版本"
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(condition=Q(number__gt=0), name="base_standard_positive"),
            models.CheckConstraint(condition=Q(reason__gt=""), name="base_standard_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.name} 第 {self.number} 版"


class BaseProof(models.Model):
    """What shows that a base has an item of the standard (佐证): a file, a note, a record.

    It counts from the day somebody else has checked it, with his share of the full mark, until it
    expires.
    """

    class Kind(models.TextChoices):
        """What it is."""

        FILE = "file", "照片或文件"
        NOTE = "note", "说明"
        RECORD = "record", "引用记录"

    number = models.CharField("佐证编号", max_length=24, unique=True)
    site = models.ForeignKey(Site, models.PROTECT, related_name="proofs", verbose_name="阵地")
    item = models.CharField("条目", max_length=24)
    kind = models.CharField("形式", max_length=8, choices=Kind.choices)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="文件"
    )
    record = models.CharField("记录编号", max_length=24, blank=True)
    words = models.CharField("说明", max_length=500, blank=True)
    from_on = models.DateField("起")
    expires_on = models.DateField("失效日期")
    status = models.CharField(
        "状态", max_length=12, choices=[*PROOF_LABELS.items()], default="GIVEN"
    )
    share_percent = models.PositiveSmallIntegerField("得分率", default=0)
    given_at = models.DateTimeField("提交时间")
    given_by = models.CharField("提交人账号", max_length=64)
    given_by_name = models.CharField("提交人", max_length=64)
    checked_at = models.DateTimeField("核验时间", null=True, blank=True)
    checked_by_name = models.CharField("核验人", max_length=64, blank=True)
    verdict = models.CharField("核验意见", max_length=200, blank=True)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "佐证"
        ordering = ["site", "item", "-given_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*PROOF_LABELS]), name="base_proof_status_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="file", file__isnull=False, record="")
                | Q(kind="note", file=None, record="", words__gt="")
                | Q(kind="record", file=None, record__gt=""),
                name="base_proof_shows_something",
            ),
            models.CheckConstraint(
                condition=Q(expires_on__gt=F("from_on")), name="base_proof_period"
            ),
            models.CheckConstraint(
                condition=Q(share_percent__lte=100), name="base_proof_share_sane"
            ),
        ]
        indexes = [models.Index(fields=["status", "item"], name="base_proof_standing")]

    def __str__(self) -> str:
        return f"{self.number} {self.item}"


class BaseNotice(models.Model):
    """What bases tell the public (公示): a notice, or a service standard; its words are versions.

    Shown at the bases of `node` and below it; without one, at those of `unit` and the units below.
    """

    class Kind(models.TextChoices):
        """What it is."""

        NOTICE = "notice", "公告"
        STANDARD = "standard", "服务标准"

    number = models.CharField("公示编号", max_length=24, unique=True)
    kind = models.CharField("类别", max_length=8, choices=Kind.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="发布单位")
    node = models.ForeignKey(
        Node, models.PROTECT, null=True, blank=True, related_name="notices", verbose_name="展示范围"
    )
    status = models.CharField(
        "状态", max_length=12, choices=[*NOTICE_LABELS.items()], default="DRAFT"
    )
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "公示"
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*NOTICE_LABELS]), name="base_notice_status_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["notice", "standard"]), name="base_notice_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class BaseNoticeVersion(models.Model):
    """The words of a public notice as written once (公示版本). Never changed."""

    notice = models.ForeignKey(
        BaseNotice, models.PROTECT, related_name="versions", verbose_name="公示"
    )
    version = models.PositiveIntegerField("版本")
    title = models.CharField("标题", max_length=60)
    words = models.TextField("内容")
    photo = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="图片"
    )
    from_on = models.DateField("起")
    until_on = models.DateField("止", null=True, blank=True)
    written_at = models.DateTimeField("写成时间")
    written_by = models.CharField("撰写人", max_length=64)
    reason = models.CharField("修改原因", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "公示版本"
        ordering = ["notice", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "version"], name="base_notice_version_once"),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")),
                name="base_notice_version_period",
            ),
            models.CheckConstraint(
                condition=Q(title__gt="", words__gt=""), name="base_notice_version_has_words"
            ),
            models.CheckConstraint(
                condition=Q(version=1) | Q(reason__gt=""), name="base_notice_change_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice} 第 {self.version} 版"
