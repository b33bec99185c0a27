"""A campaign: one thing to be done at each of many places, counted against a frozen list."""

from django.db import models
from django.db.models import F, Q

from dianliang.core.models import StoredFile
from dianliang.domain.catalog.models import Service
from dianliang.domain.customers.models import Customer
from dianliang.domain.directory.models import Unit
from dianliang.domain.key_customers.models import KeyCustomer
from dianliang.domain.programs import lifecycle
from dianliang.domain.programs.models.activities import Activity
from dianliang.domain.territory.models import Area
from dianliang.domain.venues.models import Site
from dianliang.domain.work.models import Job, Visit
from dianliang.domain.workforce.models import Person


class Campaign(models.Model):
    """One thing to be done at each of many targets (专项行动, seed rows 002-17, 001-16)."""

    class Source(models.TextChoices):
        """Where the list of targets comes from."""

        OLD_HOUSEHOLDS = "old_households", "立户满若干年的居民户"
        ENTERPRISES = "enterprises", "全部企业"
        SPECIAL = "special", "特殊客户"
        KEY_CUSTOMERS = "key_customers", "重要客户（隐患排查）"
        PEOPLE = "people", "志愿者和队员"
        MEMBERS = "members", "全体党员"
        SITES = "sites", "某类阵地点位"
        VILLAGES = "villages", "全部村社区"
        TABLE = "table", "Excel 名单"

    class Proof(models.TextChoices):
        """What must be there before a target counts as done."""

        PHOTO = "photo", "照片"
        PAIR = "photo_pair", "前后对照照片"
        SIGNATURE = "signature", "签名"
        WORDS = "words", "文字说明"

    number = models.CharField("行动编号", max_length=24, unique=True)
    title = models.CharField("名称", max_length=60)
    source = models.CharField("名单来源", max_length=16, choices=Source.choices)
    query = models.JSONField("筛选条件", default=dict, blank=True)
    rows = models.JSONField("名单", default=list, blank=True)
    action = models.CharField("要做的事", max_length=120)
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, verbose_name="服务事项"
    )
    checklist = models.JSONField("作业清单", default=list, blank=True)
    proofs = models.JSONField("所需证据", default=list, blank=True)
    duration_min = models.PositiveIntegerField("每个预计时长（分钟）", default=30)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="牵头单位")
    starts_on = models.DateField("开始日期")
    due_on = models.DateField("完成期限")
    status = models.CharField(
        "状态", max_length=12, choices=[*lifecycle.CAMPAIGN_LABELS.items()], default="DRAFT"
    )
    frozen_at = models.DateTimeField("冻结时间", null=True, blank=True)
    frozen_count = models.PositiveIntegerField("冻结时目标数", null=True, blank=True)
    frozen_digest = models.CharField("名单摘要", max_length=64, blank=True)
    background_job_id = models.BigIntegerField("后台任务", null=True, blank=True)
    created_by = models.CharField("编制人", max_length=64)
    created_at = models.DateTimeField("编制时间")
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "专项行动"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.CAMPAIGN_LABELS]), name="campaign_status_known"
            ),
            models.CheckConstraint(condition=Q(due_on__gte=F("starts_on")), name="campaign_period"),
            models.CheckConstraint(
                condition=Q(duration_min__gt=0, duration_min__lte=24 * 60),
                name="campaign_duration_sane",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["FROZEN", "CLOSED"],
                    frozen_at__isnull=False,
                    frozen_count__isnull=False,
                )
                | Q(
                    status__in=["DRAFT", "FREEZING", "DISCARDED"], frozen_at=None, frozen_count=None
                ),
                name="campaign_frozen_iff_counted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Target(models.Model):
    """One place, household or person of a campaign (行动目标). Only `operations` writes it."""

    class Reason(models.TextChoices):
        """Why a target is left undone."""

        NOBODY_IN = "nobody_in", "多次上门无人"
        REFUSED = "refused", "本人拒绝"
        GONE = "gone", "已拆除或销户"
        NOT_OURS = "not_ours", "产权不属我方"
        NO_ACCESS = "no_access", "现场进不去"
        WAITING = "waiting", "等待他方先行处理"
        OTHER = "other", "其他"

    number = models.CharField("目标编号", max_length=32, unique=True)
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="targets", verbose_name="专项行动"
    )
    key = models.CharField("对象编码", max_length=40)
    title = models.CharField("名称", max_length=80)
    place = models.CharField("位置", max_length=120, blank=True)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="所在区域")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="责任单位")
    lat = models.FloatField("纬度", null=True, blank=True)
    lon = models.FloatField("经度", null=True, blank=True)
    due_on = models.DateField("完成期限")
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="客户"
    )
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="人员"
    )
    site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="阵地点位"
    )
    key_customer = models.ForeignKey(
        KeyCustomer,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="重要客户",
    )
    status = models.CharField(
        "状态", max_length=12, choices=[*lifecycle.TARGET_LABELS.items()], default="OPEN"
    )
    is_added = models.BooleanField("冻结后补入", default=False)
    job = models.ForeignKey(
        Job, models.PROTECT, null=True, blank=True, related_name="targets", verbose_name="工单"
    )
    visit = models.ForeignKey(
        Visit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="上门"
    )
    activity = models.ForeignKey(
        Activity, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="志愿行动"
    )
    reason = models.CharField("未完成原因", max_length=12, choices=Reason.choices, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    done_at = models.DateTimeField("完成时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "行动目标"
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.TARGET_LABELS]), name="target_status_known"
            ),
            models.UniqueConstraint(fields=["campaign", "key"], name="target_once"),
            models.CheckConstraint(
                condition=Q(lat=None, lon=None) | Q(lat__range=(-90, 90), lon__range=(-180, 180)),
                name="target_on_earth",
            ),
            models.CheckConstraint(
                condition=Q(status="NOT_DONE", reason__gt="") | (~Q(status="NOT_DONE")),
                name="target_not_done_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["DONE", "SAMPLED"], done_at__isnull=False)
                | ~Q(status__in=["DONE", "SAMPLED"]),
                name="target_done_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "status", "area"], name="target_progress"),
            models.Index(fields=["status", "job"], name="target_job"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Evidence(models.Model):
    """What shows that a target was done (行动证据)."""

    class Kind(models.TextChoices):
        """What it is."""

        PHOTO = "photo", "照片"
        BEFORE = "before", "整治前"
        AFTER = "after", "整治后"
        SIGNATURE = "signature", "签名"
        WORDS = "words", "文字说明"

    target = models.ForeignKey(
        Target, models.CASCADE, related_name="evidence", verbose_name="行动目标"
    )
    kind = models.CharField("类别", max_length=10, choices=Kind.choices)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="附件"
    )
    words = models.TextField("文字", blank=True)
    source = models.CharField("来自", max_length=24, blank=True)
    given_at = models.DateTimeField("时间")
    given_by = models.CharField("提供人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "行动证据"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="words", file=None, words__gt="")
                | (Q(kind__in=["photo", "before", "after", "signature"], file__isnull=False)),
                name="evidence_is_there",
            )
        ]

    def __str__(self) -> str:
        return f"{self.target} {self.kind}"


class Correction(models.Model):
    """A dated change of the frozen list, with its reason (名单更正). Never changed."""

    class Kind(models.TextChoices):
        """In which direction."""

        ADDED = "added", "补入"
        REMOVED = "removed", "剔除"
        RESTORED = "restored", "恢复"

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="corrections", verbose_name="专项行动"
    )
    target = models.ForeignKey(
        Target, models.PROTECT, related_name="corrections", verbose_name="行动目标"
    )
    kind = models.CharField("类别", max_length=8, choices=Kind.choices)
    reason = models.CharField("原因", max_length=200)
    at = models.DateTimeField("时间")
    by_name = models.CharField("操作者", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "名单更正"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(reason__gt=""), name="correction_has_reason")
        ]

    def __str__(self) -> str:
        return f"{self.target} {self.kind}"


class RecheckRound(models.Model):
    """A random sample of what counts as done, to be looked at again (抽样复核)."""

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="rounds", verbose_name="专项行动"
    )
    position = models.PositiveSmallIntegerField("轮次")
    seed = models.PositiveBigIntegerField("随机种子")
    population = models.PositiveIntegerField("总体")
    size = models.PositiveIntegerField("样本量")
    drawn_at = models.DateTimeField("抽样时间")
    drawn_by = models.CharField("抽样人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "抽样复核"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "position"], name="recheck_round_once"),
            models.CheckConstraint(
                condition=Q(size__gt=0, size__lte=F("population")), name="recheck_round_size"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} {self.position}"


class Recheck(models.Model):
    """One target of a sample, and what was found when looking again (复核)."""

    round = models.ForeignKey(
        RecheckRound, models.PROTECT, related_name="checks", verbose_name="抽样复核"
    )
    target = models.ForeignKey(
        Target, models.PROTECT, related_name="rechecks", verbose_name="行动目标"
    )
    passed = models.BooleanField("合格", null=True, blank=True)
    words = models.CharField("情况", max_length=200, blank=True)
    checked_at = models.DateTimeField("复核时间", null=True, blank=True)
    checked_by = models.CharField("复核人", max_length=64, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "复核"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["round", "target"], name="recheck_once"),
            models.CheckConstraint(
                condition=Q(passed=None, checked_at=None)
                | Q(passed__isnull=False, checked_at__isnull=False),
                name="recheck_result_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(passed=False) | Q(words__gt=""), name="recheck_failure_has_words"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round} {self.target}"
