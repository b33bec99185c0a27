"""Books and what is written into them; points and their rules; what is given and to whom."""

from dianliang.domain.ledger.models.books import (
    Account,
    Article,
    Book,
    Entry,
    GroupTurnover,
    Line,
    Turnover,
)
from dianliang.domain.ledger.models.giving import Drive, Gift, Grant, Pairing
from dianliang.domain.ledger.models.points import (
    Appeal,
    Award,
    PointRule,
    Redemption,
    RuleVersion,
    Settlement,
)

__all__ = [
    "Account",
    "Appeal",
    "Article",
    "Award",
    "Book",
    "Drive",
    "Entry",
    "Gift",
    "Grant",
    "GroupTurnover",
    "Line",
    "Pairing",
    "PointRule",
    "Redemption",
    "RuleVersion",
    "Settlement",
    "Turnover",
]
