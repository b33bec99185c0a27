"""What may follow what for gear, a loan of it, and a stock-taking."""

from dianliang.kernel.actor import Role
from dianliang.kernel.lifecycle import Lifecycle, row

D, C, T = Role.DISPATCHER, Role.COMMANDER, Role.CAPTAIN
RESOURCE_LABELS = {
    "FREE": "可用",
    "PROMISED": "已指派",
    "OUT": "出动",
    "LENT": "借出",
    "REPAIR": "检修",
    "SCRAPPED": "报废",
}
RESOURCE = Lifecycle(
    RESOURCE_LABELS,
    [
        row("promise", "指派", {"FREE"}, "PROMISED", D, C),
        row("release", "解除指派", {"PROMISED"}, "FREE", D, C, T),
        row("send", "出动", {"PROMISED"}, "OUT", D, C),
        row("bring_back", "归队", {"OUT"}, "FREE", D, C),
        row("lend", "借出", {"FREE"}, "LENT", D),
        row("take_back", "收回", {"LENT"}, "FREE", D),
        row("repair", "送修", {"FREE", "OUT", "PROMISED", "LENT"}, "REPAIR", D, C),
        row("repaired", "修好", {"REPAIR"}, "FREE", D),
        row("scrap", "报废", {"FREE", "REPAIR"}, "SCRAPPED", D),
    ],
)
BY_HAND = frozenset({"repair", "repaired", "scrap"})
"""What a keeper presses on the card of a resource; the rest follows from requests and loans."""
BOUND = frozenset({"PROMISED", "OUT", "LENT"})
"""In these states somebody counts on it: it is not repaired by hand behind his back."""

LOAN_LABELS = {
    "ASKED": "待同意",
    "GRANTED": "已同意",
    "HANDED": "借出中",
    "RETURNED": "已归还",
    "REFUSED": "未同意",
    "CANCELLED": "已取消",
}
LOAN = Lifecycle(
    LOAN_LABELS,
    [
        row("grant", "同意借出", {"ASKED"}, "GRANTED", D),
        row("refuse", "不同意", {"ASKED"}, "REFUSED", D),
        row("cancel", "取消借用", {"ASKED", "GRANTED"}, "CANCELLED", D),
        row("hand_over", "交付", {"GRANTED"}, "HANDED", D),
        row("return", "归还验收", {"HANDED"}, "RETURNED", D),
    ],
)
LENDERS_VERBS = frozenset({"grant", "refuse", "hand_over", "return"})
LIVE_LOAN = frozenset({"ASKED", "GRANTED", "HANDED"})

COUNT_LABELS = {"OPEN": "盘点中", "POSTED": "已入账", "DROPPED": "已作废"}
COUNT = Lifecycle(
    COUNT_LABELS,
    [
        row("post", "盘点入账", {"OPEN"}, "POSTED", D),
        row("drop", "作废", {"OPEN"}, "DROPPED", D),
    ],
)
