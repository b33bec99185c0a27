"""Append-only double entry of typed quantities."""

from django.db import models
from django.db.models import F, Q


class Book(models.Model):
    """A ledger of one quantity (账本). Data: what is counted, not how. Two books never mix."""

    class Quantity(models.TextChoices):
        """What a book counts, in its smallest unit."""

        MINUTES = "minutes", "时间（分钟）"
        POINTS = "points", "积分"
        FEN = "fen", "人民币（分）"
        PIECES = "pieces", "实物（件）"
        MILLILITRES = "ml", "血液（毫升）"
        GRAMS_CO2 = "g_co2", "二氧化碳（克）"

    code = models.CharField("账本编码", max_length=24, unique=True)
    name = models.CharField("名称", max_length=24, unique=True)
    quantity = models.CharField("计量", max_length=8, choices=Quantity.choices)
    position = models.PositiveSmallIntegerField("次序", default=0)
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "账本"
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__in=["minutes", "points", "fen", "pieces", "ml", "g_co2"]),
                name="ledger_book_quantity_known",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Article(models.Model):
    """A kind of goods (物品): its pieces are counted apart from those of any other kind."""

    code = models.CharField("物品编码", max_length=24, unique=True)
    name = models.CharField("名称", max_length=40, unique=True)
    measure = models.CharField("单位", max_length=8, default="件")
    points = models.PositiveIntegerField(
        "兑换积分", null=True, blank=True, help_text="一件要用多少志愿积分；留空表示不可兑换。"
    )
    is_active = models.BooleanField("启用", default=True)
    is_generated = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "物品"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(points=None) | Q(points__gt=0), name="ledger_article_points_positive"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Account(models.Model):
    """What one holder has in one book, of one article where pieces are counted (账户).

    `amount` is the sum of its lines, kept by `carrying` in the same transaction; that it
    cannot fall below zero is the database's word, however many try at once.
    """

    class Holder(models.TextChoices):
        """Whose it is."""

        PERSON = "person", "个人"
        TEAM = "team", "队伍"
        UNIT = "unit", "单位"
        FUND = "fund", "专项"
        OUTSIDE = "outside", "外部"

    book = models.ForeignKey(Book, models.PROTECT, related_name="accounts", verbose_name="账本")
    article = models.ForeignKey(
        Article,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="accounts",
        verbose_name="物品",
    )
    holder_kind = models.CharField("持有者类别", max_length=8, choices=Holder.choices)
    holder_code = models.CharField("持有者编号", max_length=40)
    amount = models.BigIntegerField("余额", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "账户"
        constraints = [
            models.UniqueConstraint(
                fields=["book", "holder_kind", "holder_code"],
                condition=Q(article=None),
                name="ledger_account_once",
            ),
            models.UniqueConstraint(
                fields=["book", "article", "holder_kind", "holder_code"],
                condition=Q(article__isnull=False),
                name="ledger_account_once_per_article",
            ),
            models.CheckConstraint(
                condition=Q(holder_kind__in=["person", "team", "unit", "fund", "outside"]),
                name="ledger_account_holder_known",
            ),
            models.CheckConstraint(
                condition=Q(holder_kind="outside") | Q(amount__gte=0),
                name="ledger_account_never_overdrawn",
            ),
        ]
        indexes = [models.Index(fields=["holder_kind", "holder_code"], name="ledger_account_of")]

    def __str__(self) -> str:
        return f"{self.book} {self.holder_kind}:{self.holder_code}"


class Entry(models.Model):
    """What moved between accounts of one book, and the record that says why (分录). Final.

    Its key is given by its number. Lines are stored before it, and the database takes an entry
    only where its lines sum to zero, are all of its own book, article and day, and give nothing to
    the person who posts it.
    """

    id = models.BigIntegerField("序号", primary_key=True)
    number = models.CharField("分录号", max_length=24, unique=True)
    book = models.ForeignKey(Book, models.PROTECT, related_name="entries", verbose_name="账本")
    article = models.ForeignKey(
        Article, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="物品"
    )
    on = models.DateField("记账日")
    words = models.CharField("摘要", max_length=200)
    source_kind = models.CharField("来源类别", max_length=24)
    source_number = models.CharField("来源编号", max_length=60)
    rule = models.ForeignKey(
        "ledger.RuleVersion",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="entries",
        verbose_name="积分规则版本",
    )
    reverses = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reversed_by",
        verbose_name="冲正的分录",
    )
    because = models.CharField("冲正原因", max_length=200, blank=True)
    key = models.CharField("幂等键", max_length=120, unique=True)
    fingerprint = models.CharField("内容摘要", max_length=64)
    posted_at = models.DateTimeField("记账时间")
    by_id = models.CharField("记账人编号", max_length=64)
    by_name = models.CharField("记账人", max_length=64)
    by_person = models.CharField("记账人员", max_length=24, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "分录"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(source_kind__gt="", source_number__gt=""),
                name="ledger_entry_names_its_source",
            ),
            models.CheckConstraint(
                condition=Q(reverses=None, because="")
                | (Q(reverses__isnull=False, because__gt="") & ~Q(reverses=F("id"))),
                name="ledger_entry_reversed_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["source_kind", "source_number"], name="ledger_entry_source"),
            models.Index(fields=["book", "on", "id"], name="ledger_entry_days"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.words}"


class Line(models.Model):
    """An amount into an account, or out of it where it is negative (分录行). Final.

    `team_code` and `unit_code` say for whom it was done, as it was then: a person who changes
    teams takes his hours along, and the old team keeps them in its figures.
    """

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="lines", verbose_name="分录")
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="lines", db_index=False, verbose_name="账户"
    )
    amount = models.BigIntegerField("数量")
    on = models.DateField("记账日")
    team_code = models.CharField("队伍", max_length=24, blank=True)
    unit_code = models.CharField("单位", max_length=24, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "分录行"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="ledger_line_moves_something")
        ]
        indexes = [
            models.Index(fields=["account", "on", "id"], name="ledger_line_of_account"),
            models.Index(fields=["team_code", "on", "id"], name="ledger_line_of_team"),
            models.Index(fields=["unit_code", "on", "id"], name="ledger_line_of_unit"),
            # All that balances ask of the days at the ends of a period.
            models.Index(
                fields=["on", "account", "amount", "team_code", "unit_code"],
                name="ledger_line_of_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount:+d}"


class MonthOfWork(models.Model):
    """What was added and taken in a month, by team and unit: the columns that turnovers share."""

    team_code = models.CharField("队伍", max_length=24, blank=True)
    unit_code = models.CharField("单位", max_length=24, blank=True)
    month = models.DateField("月份")
    added = models.BigIntegerField("增加", default=0)
    taken = models.BigIntegerField("减少", default=0)
    lines = models.PositiveIntegerField("行数", default=0)

    class Meta:
        abstract = True


class Turnover(MonthOfWork):
    """What went into an account and out of it in a month, by team and unit (月度发生额).

    Kept by `carrying` in the transaction of the entry; `verifying` holds it against
    the lines. It can be made anew from them at any time.
    """

    account = models.ForeignKey(
        Account, models.CASCADE, related_name="turnovers", db_index=False, verbose_name="账户"
    )

    class Meta:
        verbose_name = verbose_name_plural = "月度发生额"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "month", "team_code", "unit_code"], name="ledger_turnover_once"
            ),
            models.CheckConstraint(
                condition=Q(added__gte=0, taken__gte=0), name="ledger_turnover_signs"
            ),
            models.CheckConstraint(
                condition=Q(month__day=1), name="ledger_turnover_first_of_month"
            ),
        ]
        indexes = [
            # All that balances ask of a month, so that its row is never looked up.
            models.Index(
                fields=["account", "month", "added", "taken"], name="ledger_turnover_of_account"
            )
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.month:%Y-%m}"


class GroupTurnover(MonthOfWork):
    """What was done for a team and unit in a month, whoever did it (队伍与单位月度发生额).

    Kept like `Turnover`, of the lines that name a team or unit; so that what thousands of people
    did need not be summed anew for each look at their teams.
    """

    book = models.ForeignKey(
        Book, models.PROTECT, related_name="+", db_index=False, verbose_name="账本"
    )
    article = models.ForeignKey(
        Article, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="物品"
    )

    class Meta:
        verbose_name = verbose_name_plural = "队伍与单位月度发生额"
        constraints = [
            models.UniqueConstraint(
                fields=["book", "month", "team_code", "unit_code"],
                condition=Q(article=None),
                name="ledger_group_turnover_once",
            ),
            models.UniqueConstraint(
                fields=["book", "article", "month", "team_code", "unit_code"],
                condition=Q(article__isnull=False),
                name="ledger_group_turnover_once_per_article",
            ),
            models.CheckConstraint(
                condition=Q(added__gte=0, taken__gte=0), name="ledger_group_turnover_signs"
            ),
            models.CheckConstraint(
                condition=Q(month__day=1), name="ledger_group_turnover_first_of_month"
            ),
            models.CheckConstraint(
                condition=Q(team_code__gt="") | Q(unit_code__gt=""),
                name="ledger_group_turnover_of_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.book} {self.team_code or self.unit_code} {self.month:%Y-%m}"
