"""What people give, for which purpose, and who received it (爱心捐赠)."""

from django.db import models
from django.db.models import F, Q

from dianliang.core.fields import EncryptedTextField
from dianliang.core.models import StoredFile
from dianliang.domain.customers.models import Customer
from dianliang.domain.directory.models import Unit
from dianliang.domain.ledger import lifecycle
from dianliang.domain.ledger.models.books import Article, Book, Entry
from dianliang.domain.venues.models import Site


class Drive(models.Model):
    """A call to give for a purpose (募捐项目). What comes in is spent on nothing else."""

    number = models.CharField("项目编号", max_length=24, unique=True)
    title = models.CharField("名称", max_length=40)
    purpose = models.CharField("用途", max_length=500)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="发起单位")
    opens_on = models.DateField("开始日期")
    closes_on = models.DateField("截止日期", null=True, blank=True)
    is_for_pairings = models.BooleanField("用于爱心结对", default=False)
    status = models.CharField(
        "状态", max_length=8, choices=[*lifecycle.DRIVE_LABELS.items()], default="DRAFT"
    )
    opened_by = models.CharField("发起人", max_length=64)
    opened_at = models.DateTimeField("发起时间")
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "募捐项目"
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.DRIVE_LABELS]), name="drive_status_known"
            ),
            models.CheckConstraint(
                condition=Q(closes_on=None) | Q(closes_on__gte=F("opens_on")), name="drive_period"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Pairing(models.Model):
    """A donor stands by a child for a time (爱心结对).

    The child is a customer whose file is locked. Outside of that file there is only an alias: no
    page of a donor or of the public, no export and no entry says more.
    """

    number = models.CharField("结对编号", max_length=24, unique=True)
    alias = models.CharField("化名", max_length=24, unique=True)
    child = models.ForeignKey(
        Customer,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="pairings",
        verbose_name="儿童档案",
    )
    home = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="爱心之家"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="责任单位")
    donor_kind = models.CharField(
        "爱心家长类别",
        max_length=8,
        choices=[("person", "个人"), ("unit", "单位")],
        default="person",
    )
    donor_name = EncryptedTextField("爱心家长")
    donor_phone = EncryptedTextField("爱心家长电话", blank=True)
    donor_index = models.CharField("电话索引", max_length=64, blank=True, db_index=True)
    agreed = models.CharField("约定", max_length=500)
    since = models.DateField("起")
    until = models.DateField("止", null=True, blank=True)
    guardian_agreed_on = models.DateField("监护人同意日期")
    status = models.CharField(
        "状态", max_length=8, choices=[*lifecycle.PAIRING_LABELS.items()], default="PROPOSED"
    )
    proposed_by = models.CharField("提出人编号", max_length=64)
    proposed_name = models.CharField("提出人", max_length=64)
    proposed_at = models.DateTimeField("提出时间")
    decided_by = models.CharField("批准人编号", max_length=64, blank=True)
    decided_name = models.CharField("批准人", max_length=64, blank=True)
    decided_at = models.DateTimeField("批准时间", null=True, blank=True)
    ended_because = models.CharField("结束原因", max_length=200, blank=True)
    token_hash = models.CharField("链接摘要", max_length=64, blank=True, db_index=True)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "爱心结对"
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.PAIRING_LABELS]), name="pairing_status_known"
            ),
            models.CheckConstraint(
                condition=Q(donor_kind__in=["person", "unit"]), name="pairing_donor_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")), name="pairing_period"
            ),
            models.CheckConstraint(
                condition=Q(decided_by="") | ~Q(decided_by=F("proposed_by")),
                name="pairing_by_a_second_person",
            ),
            models.UniqueConstraint(
                fields=["child"],
                condition=Q(status__in=["PROPOSED", "ACTIVE"]),
                name="pairing_one_donor_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.alias}"


class Gift(models.Model):
    """Something given for a purpose, received and entered (捐赠). Never changed; see its entry."""

    class Giver(models.TextChoices):
        """Who gives."""

        PERSON = "person", "个人"
        UNIT = "unit", "单位"
        ANONYMOUS = "anonymous", "匿名"

    number = models.CharField("捐赠编号", max_length=24, unique=True)
    drive = models.ForeignKey(Drive, models.PROTECT, related_name="gifts", verbose_name="项目")
    pairing = models.ForeignKey(
        Pairing,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="gifts",
        verbose_name="结对",
    )
    giver_kind = models.CharField("捐赠人类别", max_length=12, choices=Giver.choices)
    giver_name = EncryptedTextField("捐赠人", blank=True)
    giver_phone = EncryptedTextField("捐赠人电话", blank=True)
    giver_index = models.CharField("电话索引", max_length=64, blank=True, db_index=True)
    shown_name = models.CharField("公示称呼", max_length=40)
    book = models.ForeignKey(Book, models.PROTECT, related_name="+", verbose_name="账本")
    article = models.ForeignKey(
        Article, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="物品"
    )
    amount = models.BigIntegerField("数量")
    people = models.PositiveIntegerField("人数", default=1)
    on = models.DateField("接收日期")
    note = models.CharField("备注", max_length=200, blank=True)
    receipt = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="凭证"
    )
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="gift", verbose_name="分录")
    received_at = models.DateTimeField("登记时间")
    received_by = models.CharField("接收人编号", max_length=64)
    received_name = models.CharField("接收人", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "捐赠"
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(giver_kind__in=["person", "unit", "anonymous"]),
                name="gift_giver_known",
            ),
            models.CheckConstraint(
                condition=~Q(giver_kind="anonymous")
                | Q(giver_name="", giver_phone="", giver_index=""),
                name="gift_anonymous_has_no_name",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, people__gt=0), name="gift_of_something"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Grant(models.Model):
    """What a purpose gives somebody: asked for, approved by another person, handed out (发放).

    On approval the amount leaves the fund and is set aside for this grant, so that two approvals
    together cannot promise more than there is.
    """

    number = models.CharField("发放编号", max_length=24, unique=True)
    drive = models.ForeignKey(Drive, models.PROTECT, related_name="grants", verbose_name="项目")
    pairing = models.ForeignKey(
        Pairing,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="grants",
        verbose_name="结对",
    )
    beneficiary = EncryptedTextField("受益人")
    beneficiary_account = models.CharField("受益人账号", max_length=64, blank=True)
    shown_name = models.CharField("公示称呼", max_length=60)
    people = models.PositiveIntegerField("受益人数", default=1)
    book = models.ForeignKey(Book, models.PROTECT, related_name="+", verbose_name="账本")
    article = models.ForeignKey(
        Article, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="物品"
    )
    amount = models.BigIntegerField("数量")
    words = models.CharField("用于", max_length=200)
    status = models.CharField(
        "状态", max_length=10, choices=[*lifecycle.GRANT_LABELS.items()], default="ASKED"
    )
    asked_by = models.CharField("申请人编号", max_length=64)
    asked_name = models.CharField("申请人", max_length=64)
    asked_at = models.DateTimeField("申请时间")
    decided_by = models.CharField("批准人编号", max_length=64, blank=True)
    decided_name = models.CharField("批准人", max_length=64, blank=True)
    decided_at = models.DateTimeField("批准时间", null=True, blank=True)
    because = models.CharField("说明", max_length=200, blank=True)
    set_aside = models.OneToOneField(
        Entry, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="预留分录"
    )
    handed_out = models.OneToOneField(
        Entry, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="发放分录"
    )
    handed_on = models.DateField("发放日期", null=True, blank=True)
    handed_name = models.CharField("经办人", max_length=64, blank=True)
    proof = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="签收凭证"
    )

    class Meta:
        verbose_name = verbose_name_plural = "发放"
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.GRANT_LABELS]), name="grant_status_known"
            ),
            models.CheckConstraint(
                condition=Q(decided_by="")
                | (~Q(decided_by=F("asked_by")) & ~Q(decided_by=F("beneficiary_account"))),
                name="grant_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["APPROVED", "HANDED_OUT"])
                | (Q(set_aside__isnull=False) & Q(decided_by__gt="")),
                name="grant_set_aside_once_approved",
            ),
            models.CheckConstraint(
                condition=Q(status="HANDED_OUT", handed_out__isnull=False, handed_on__isnull=False)
                | (~Q(status="HANDED_OUT") & Q(handed_out=None)),
                name="grant_handed_out_iff_entered",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, people__gt=0), name="grant_of_something"
            ),
        ]

    def __str__(self) -> str:
        return self.number
