"""How quantities, holders and sources are said."""

from collections.abc import Collection, Mapping
from decimal import Decimal

from dianliang.domain.directory.models import Unit
from dianliang.domain.ledger.models import Account, Article, Book, Drive, Grant, Pairing
from dianliang.domain.workforce.models import Person, PersonMerge, Team
from dianliang.kernel.phrases import Phrase

Quantity = Book.Quantity
OUTSIDE = {
    "verified": "签到核实",
    "declared": "人工申报",
    "points": "积分发放",
    "redeemed": "积分兑换",
    "givers": "捐赠人",
    "received": "受益人",
    "suppliers": "采购入库",
}
"""Holders beyond the books: where quantities come from and where they go."""
SOURCES = {
    "activity": "活动",
    "visit": "走访",
    "job": "工单",
    "hours": "服务时长",
    "session": "活动场次",
    "need": "需求",
    "course": "培训",
    "lecture": "宣讲",
    "meeting": "会议",
    "task": "任务",
    "topic": "课题",
    "gift": "捐赠",
    "grant": "发放",
    "redemption": "兑换",
    "appeal": "申诉",
    "stock": "入库",
    "hand": "手工",
    "merge": "人员合并",
}
"""What sort of record an entry follows from."""
PER = {Quantity.MINUTES: 60, Quantity.FEN: 100, Quantity.GRAMS_CO2: 1000}
"""How many of the smallest unit make the one that people speak in."""
UNITS = {
    Quantity.MINUTES: "小时",
    Quantity.POINTS: "积分",
    Quantity.FEN: "元",
    Quantity.PIECES: "件",
    Quantity.MILLILITRES: "毫升",
    Quantity.GRAMS_CO2: "千克",
}
DECIMALS = {Quantity.MINUTES: 1, Quantity.FEN: 2, Quantity.GRAMS_CO2: 1}


def unit_word(quantity: str, *, article: Article | None = None) -> str:
    """Return the unit that people speak in."""
    return article.measure if article else UNITS[Quantity(quantity)]


def figure(amount: int, quantity: str) -> str:
    """Return an amount in the unit that people speak in, without it."""
    kind = Quantity(quantity)
    per = PER.get(kind, 1)
    if per == 1:
        return f"{amount:,}"
    return f"{Decimal(amount) / per:,.{DECIMALS[kind]}f}"


def said(amount: int, quantity: str, *, article: Article | None = None) -> str:
    """Return an amount with its unit, as pages say it in the reader's language."""
    message = told_in(unit_word(quantity, article=article))
    return Phrase(message, figure=figure(amount, quantity))


def told_in(unit: str) -> str:
    """Return the message of an amount in a unit: whole, as other languages decline the unit."""
    return f"%(figure)s {unit.replace('%', '%%')}"


def amount_words(amount: int, account: Account) -> str:
    """Return an amount as it is said in the book of an account."""
    return said(amount, account.book.quantity, article=account.article)


def overdrawn(account: Account, *, has: int, needs: int) -> Phrase:
    """Say that an account holds less than an entry takes from it."""
    return Phrase(
        "%(holder)s的%(thing)s不足：现有 %(has)s，需要 %(needs)s。",
        holder=holder_name(account.holder_kind, account.holder_code),
        thing=account.article.name if account.article else account.book.name,
        has=amount_words(has, account),
        needs=amount_words(needs, account),
    )


def holder_name(kind: str, code: str) -> str:
    """Return what one holder is called."""
    return holder_names({(kind, code)})[kind, code]


def holder_names(holders: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], str]:
    """Return what holders are called, by kind and code, in as many queries as there are kinds."""
    codes: dict[str, list[str]] = {}
    for kind, code in holders:
        codes.setdefault(kind, []).append(code)
    found: dict[tuple[str, str], str] = {}
    for kind, wanted in codes.items():
        names = _NAMES[kind](wanted)
        found |= {(kind, code): names.get(code, code) for code in wanted}
    return found


def _persons(numbers: list[str]) -> dict[str, str]:
    """Return what people are called, also by a number that went up in another's."""
    merged = PersonMerge.objects.filter(gone_number__in=numbers)
    return {
        **dict(Person.objects.filter(number__in=numbers).values_list("number", "name")),
        **dict(merged.values_list("gone_number", "person__name")),
    }


def _teams(codes: list[str]) -> dict[str, str]:
    return dict(Team.objects.filter(code__in=codes).values_list("code", "name"))


def _units(codes: list[str]) -> dict[str, str]:
    return dict(Unit.objects.filter(code__in=codes).values_list("code", "name"))


def _funds(numbers: list[str]) -> dict[str, str]:
    """Return what funds are called: those of drives, of grants set aside, and of pairings."""
    drives = Drive.objects.filter(number__in=numbers).values_list("number", "title")
    grants = Grant.objects.filter(number__in=numbers).values_list("number", "drive__title")
    pairs = Pairing.objects.filter(number__in=numbers).values_list("number", "alias")
    return {
        **dict(drives),
        **{number: f"{title}（{number} 已批待发）" for number, title in grants},
        **{number: f"爱心结对 {alias}" for number, alias in pairs},
    }


def _outside(codes: list[str]) -> dict[str, str]:
    return {code: OUTSIDE.get(code, code) for code in codes}


_NAMES = {
    Account.Holder.PERSON.value: _persons,
    Account.Holder.TEAM.value: _teams,
    Account.Holder.UNIT.value: _units,
    Account.Holder.FUND.value: _funds,
    Account.Holder.OUTSIDE.value: _outside,
}
