"""Kinds of gear as data, pieces of it, where they belong, their tests and loans."""

from django.db import models
from django.db.models import F, Q

from dianliang.core.models import StoredFile
from dianliang.domain.directory.models import Unit
from dianliang.domain.resources import lifecycle

ON_EARTH = Q(lat__range=(-90, 90), lon__range=(-180, 180))


class ResourceKind(models.Model):
    """What sort of gear there is (装备类别): 发电机, 临时变压器, 照明灯塔. Data, not code.

    `attributes` are what one is told by: rows of code, label, unit, form (number, text, choice),
    least, most, choices, is_required. `measure` names the attribute that says how much a piece
    can do: requests ask for at least so much of it.
    """

    code = models.CharField("类别编码", max_length=16, unique=True)
    name = models.CharField("名称", max_length=24, unique=True)
    attributes = models.JSONField("属性", default=list)
    measure = models.CharField("能力属性", max_length=24, blank=True)
    test_every_days = models.PositiveSmallIntegerField("检验周期（天）", null=True, blank=True)
    position = models.PositiveSmallIntegerField("次序", default=0)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "装备类别"
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name


class Store(models.Model):
    """A place where gear belongs and stock lies (仓库). Its code hangs at the door as a QR code."""

    code = models.CharField("仓库编码", max_length=24, unique=True)
    name = models.CharField("名称", max_length=40)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="管理单位")
    address = models.CharField("地址", max_length=120, blank=True)
    lat = models.FloatField("纬度")
    lon = models.FloatField("经度")
    is_active = models.BooleanField("在用", default=True)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "仓库"
        ordering = ["code"]
        constraints = [models.CheckConstraint(condition=ON_EARTH, name="store_on_earth")]

    def __str__(self) -> str:
        return self.name


class Resource(models.Model):
    """A piece of gear (装备): a generator, a light tower, a boat. Only `operations` writes it.

    `lat`, `lon` and `place` say where it is now; `store` where it belongs. `holder` is the unit
    that has it, which is another than the owner while it is lent.
    """

    number = models.CharField("装备编号", max_length=24, unique=True)
    kind = models.ForeignKey(
        ResourceKind, models.PROTECT, related_name="resources", verbose_name="类别"
    )
    name = models.CharField("名称型号", max_length=60)
    attributes = models.JSONField("属性", default=dict)
    capacity = models.FloatField("能力", null=True, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="所属单位")
    holder = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="现由单位")
    store = models.ForeignKey(
        Store, models.PROTECT, related_name="resources", verbose_name="存放仓库"
    )
    place = models.CharField("现在何处", max_length=120)
    lat = models.FloatField("纬度")
    lon = models.FloatField("经度")
    located_at = models.DateTimeField("定位时间")
    status = models.CharField(
        "状态", max_length=12, choices=[*lifecycle.RESOURCE_LABELS.items()], default="FREE"
    )
    since_at = models.DateTimeField("进入现状态时间")
    created_by = models.CharField("登记人", max_length=64)
    created_at = models.DateTimeField("登记时间")
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "装备"
        ordering = ["kind__position", "number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.RESOURCE_LABELS]), name="resource_status_known"
            ),
            models.CheckConstraint(condition=ON_EARTH, name="resource_on_earth"),
            models.CheckConstraint(
                condition=Q(status="LENT") | Q(holder=F("unit")), name="resource_held_by_its_owner"
            ),
            models.CheckConstraint(
                condition=Q(capacity=None) | Q(capacity__gte=0), name="resource_capacity_positive"
            ),
        ]
        indexes = [models.Index(fields=["kind", "status"], name="resource_kind_status")]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class ResourcePaper(models.Model):
    """A photo or a document of a piece of gear (照片资料)."""

    resource = models.ForeignKey(
        Resource, models.PROTECT, related_name="papers", verbose_name="装备"
    )
    title = models.CharField("名称", max_length=60)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="文件")
    added_by = models.CharField("上传人", max_length=64)
    added_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = verbose_name_plural = "装备资料"
        ordering = ["-added_at", "-pk"]

    def __str__(self) -> str:
        return self.title


class Upkeep(models.Model):
    """What a piece of gear needs from time to time (检验保养): a test, a service, an insurance.

    While it is overdue the piece is not sent anywhere. `every_days` is empty for what falls due
    once only.
    """

    resource = models.ForeignKey(
        Resource, models.PROTECT, related_name="upkeeps", verbose_name="装备"
    )
    name = models.CharField("项目", max_length=30)
    every_days = models.PositiveSmallIntegerField("周期（天）", null=True, blank=True)
    due_on = models.DateField("到期日", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "检验保养"
        ordering = ["due_on", "name"]
        constraints = [
            models.UniqueConstraint(fields=["resource", "name"], name="upkeep_once"),
            models.CheckConstraint(
                condition=Q(every_days=None) | Q(every_days__gt=0), name="upkeep_period"
            ),
        ]
        indexes = [models.Index(fields=["due_on"], name="upkeep_due")]

    def __str__(self) -> str:
        return f"{self.resource} {self.name}"


class UpkeepRecord(models.Model):
    """That it was done, and what came of it (检验记录)."""

    upkeep = models.ForeignKey(
        Upkeep, models.PROTECT, related_name="records", verbose_name="检验保养"
    )
    done_on = models.DateField("完成日期")
    is_passed = models.BooleanField("合格")
    words = models.CharField("说明", max_length=200, blank=True)
    next_due_on = models.DateField("下次到期日", null=True, blank=True)
    paper = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="报告"
    )
    recorded_by = models.CharField("登记人", max_length=64)
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "检验记录"
        ordering = ["-done_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(next_due_on=None) | Q(next_due_on__gt=F("done_on")),
                name="upkeep_record_next_is_later",
            ),
            models.CheckConstraint(
                condition=Q(is_passed=True) | ~Q(words=""), name="upkeep_record_says_what_failed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.upkeep} {self.done_on}"


class Loan(models.Model):
    """A piece of gear is lent by the unit that owns it to another (借用)."""

    number = models.CharField("借用单号", max_length=24, unique=True)
    resource = models.ForeignKey(
        Resource, models.PROTECT, related_name="loans", verbose_name="装备"
    )
    lender = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="出借单位")
    borrower = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="借用单位")
    purpose = models.CharField("用途", max_length=200)
    place = models.CharField("使用地点", max_length=120)
    lat = models.FloatField("纬度")
    lon = models.FloatField("经度")
    until_on = models.DateField("归还期限")
    status = models.CharField(
        "状态", max_length=12, choices=[*lifecycle.LOAN_LABELS.items()], default="ASKED"
    )
    condition_out = models.CharField("交付时状况", max_length=200, blank=True)
    condition_back = models.CharField("归还时状况", max_length=200, blank=True)
    is_damaged = models.BooleanField("有损坏", default=False)
    reason = models.CharField("不同意或取消的原因", max_length=200, blank=True)
    photo_out = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="交付照片"
    )
    photo_back = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="归还照片"
    )
    asked_by = models.CharField("申请人", max_length=64)
    asked_at = models.DateTimeField("申请时间")
    handed_at = models.DateTimeField("交付时间", null=True, blank=True)
    returned_at = models.DateTimeField("归还时间", null=True, blank=True)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "借用"
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.LOAN_LABELS]), name="loan_status_known"
            ),
            models.CheckConstraint(condition=ON_EARTH, name="loan_on_earth"),
            models.CheckConstraint(
                condition=~Q(lender=F("borrower")), name="loan_between_two_units"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["HANDED", "RETURNED"])
                | (Q(handed_at__isnull=False) & ~Q(condition_out="")),
                name="loan_handed_over_with_its_condition",
            ),
            models.CheckConstraint(
                condition=~Q(status="RETURNED")
                | (Q(returned_at__isnull=False) & ~Q(condition_back="")),
                name="loan_returned_with_its_condition",
            ),
            models.UniqueConstraint(
                fields=["resource"],
                condition=Q(status__in=["GRANTED", "HANDED"]),
                name="loan_of_a_piece_to_one",
            ),
        ]

    def __str__(self) -> str:
        return self.number
