"""What is used up: items, how many lie in a store, every movement, and stock-takings."""

from django.db import models
from django.db.models import F, Q

from dianliang.domain.directory.models import Unit
from dianliang.domain.resources import lifecycle
from dianliang.domain.resources.models.things import Store


class Item(models.Model):
    """A sort of consumable or small gear that is counted, not numbered (物资品目)."""

    code = models.CharField("品目编码", max_length=24, unique=True)
    name = models.CharField("名称", max_length=40)
    spec = models.CharField("规格", max_length=60, blank=True)
    counted_in = models.CharField("计量单位", max_length=8)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="登记单位")
    is_active = models.BooleanField("启用", default=True)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "物资品目"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=~Q(counted_in=""), name="item_is_counted_in_something")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.spec}".strip()


class Stock(models.Model):
    """How many of an item a store has now (库存): what the last movement left.

    `serial` counts the movements. Both change in the statement that refuses to go below nought.
    """

    store = models.ForeignKey(Store, models.PROTECT, related_name="stocks", verbose_name="仓库")
    item = models.ForeignKey(Item, models.PROTECT, related_name="stocks", verbose_name="品目")
    quantity = models.PositiveIntegerField("数量", default=0)
    serial = models.PositiveIntegerField("流水号", default=0)
    least = models.PositiveIntegerField("最低库存", default=0)
    shelf = models.CharField("货位", max_length=24, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "库存"
        ordering = ["store", "item"]
        constraints = [
            models.UniqueConstraint(fields=["store", "item"], name="stock_once"),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="stock_never_below_nought"),
        ]

    def __str__(self) -> str:
        return f"{self.store} {self.item}"


class StockCount(models.Model):
    """Somebody counts what lies in a store and explains what differs (盘点)."""

    number = models.CharField("盘点单号", max_length=24, unique=True)
    store = models.ForeignKey(Store, models.PROTECT, related_name="counts", verbose_name="仓库")
    status = models.CharField(
        "状态", max_length=8, choices=[*lifecycle.COUNT_LABELS.items()], default="OPEN"
    )
    opened_by = models.CharField("盘点人", max_length=64)
    opened_at = models.DateTimeField("开始时间")
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "盘点"
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*lifecycle.COUNT_LABELS]), name="stock_count_status_known"
            ),
            models.UniqueConstraint(
                fields=["store"], condition=Q(status="OPEN"), name="stock_count_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class CountLine(models.Model):
    """What was counted of an item, and what the book said at that moment (盘点行)."""

    count = models.ForeignKey(StockCount, models.PROTECT, related_name="lines", verbose_name="盘点")
    stock = models.ForeignKey(Stock, models.PROTECT, related_name="+", verbose_name="库存")
    expected = models.PositiveIntegerField("账面数")
    counted = models.PositiveIntegerField("实盘数")
    why = models.CharField("差异原因", max_length=200, blank=True)
    entered_by = models.CharField("登记人", max_length=64)
    entered_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "盘点行"
        ordering = ["count", "stock__item__code"]
        constraints = [
            models.UniqueConstraint(fields=["count", "stock"], name="count_line_once"),
            models.CheckConstraint(
                condition=Q(counted=F("expected")) | ~Q(why=""),
                name="count_line_difference_explained",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.count} {self.stock}"


class Movement(models.Model):
    """Something came into a store or left it (出入库流水). Never changed, never deleted.

    `pieces` is what changed, below nought for what left; `balance` what lay there afterwards.
    """

    class Kind(models.TextChoices):
        """Why it moved."""

        RECEIVE = "receive", "入库"
        ISSUE = "issue", "领用"
        RETURN = "return", "退还"
        WRITE_OFF = "write_off", "报损"
        COUNT = "count", "盘点调整"

    class Purpose(models.TextChoices):
        """What it was taken for."""

        JOB = "job", "工单"
        INCIDENT = "incident", "突发事件"
        ACTIVITY = "activity", "活动"
        OTHER = "other", "其他"

    number = models.CharField("流水号", max_length=24, unique=True)
    stock = models.ForeignKey(Stock, models.PROTECT, related_name="movements", verbose_name="库存")
    serial = models.PositiveIntegerField("序号")
    kind = models.CharField("类别", max_length=10, choices=Kind.choices)
    pieces = models.IntegerField("变动数量")
    balance = models.PositiveIntegerField("结存")
    purpose = models.CharField("用途类别", max_length=10, choices=Purpose.choices, blank=True)
    purpose_number = models.CharField("用途编号", max_length=40, blank=True)
    words = models.CharField("说明", max_length=200, blank=True)
    returns = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="returned",
        verbose_name="退还哪次领用",
    )
    count = models.ForeignKey(
        StockCount,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="movements",
        verbose_name="盘点",
    )
    by_id = models.CharField("经手账号", max_length=64)
    by_name = models.CharField("经手人", max_length=64)
    unit_code = models.CharField("经手单位", max_length=24, blank=True)
    at = models.DateTimeField("时间")
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "出入库流水"
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["stock", "serial"], name="movement_serial_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["receive", "return"], pieces__gt=0)
                | Q(kind__in=["issue", "write_off"], pieces__lt=0)
                | (Q(kind="count") & ~Q(pieces=0)),
                name="movement_goes_the_way_of_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(balance__gte=0), name="movement_leaves_nought_or_more"
            ),
            models.CheckConstraint(
                condition=Q(kind="return", returns__isnull=False)
                | (~Q(kind="return") & Q(returns=None)),
                name="movement_returns_what_was_issued",
            ),
            models.CheckConstraint(
                condition=~Q(kind="issue") | ~Q(purpose=""), name="movement_issue_says_what_for"
            ),
            models.CheckConstraint(
                condition=Q(kind="count", count__isnull=False) | (~Q(kind="count") & Q(count=None)),
                name="movement_of_a_count_names_it",
            ),
        ]
        indexes = [models.Index(fields=["at"], name="movement_at")]

    def __str__(self) -> str:
        return self.number
