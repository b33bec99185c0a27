"""What may happen to an unlocking, an alert and a contact, and by whom. Printed tables."""

from dianliang.kernel.actor import Role
from dianliang.kernel.lifecycle import Lifecycle, row

D = Role.DISPATCHER

UNLOCK_LABELS = {
    "ASKED": "待批准",
    "GRANTED": "已批准",
    "REFUSED": "未批准",
    "USED": "已使用",
    "LAPSED": "已过期",
}
UNLOCK = Lifecycle(
    UNLOCK_LABELS,
    [
        row("grant", "批准", {"ASKED"}, "GRANTED", D),
        row("refuse", "不批准", {"ASKED"}, "REFUSED", D),
        row("use", "使用", {"GRANTED"}, "USED", D),
        row("lapse", "过期", {"ASKED"}, "LAPSED", D),
    ],
)

ALERT_LABELS = {"OPEN": "联系中", "CLOSED": "已结束"}
ALERT = Lifecycle(ALERT_LABELS, [row("close", "结束联系", {"OPEN"}, "CLOSED", D)])

CONTACT_LABELS = {
    "WAITING": "待联系",
    "NO_ANSWER": "未接通",
    "REACHED": "已联系上",
    "NEEDS_HELP": "需要帮助",
}
CONTACT = Lifecycle(
    CONTACT_LABELS,
    [
        row("no_answer", "未接通", {"WAITING", "NO_ANSWER"}, "NO_ANSWER", D),
        row("reach", "已联系上", {"WAITING", "NO_ANSWER", "NEEDS_HELP"}, "REACHED", D),
        row("need_help", "需要帮助", {"WAITING", "NO_ANSWER", "REACHED"}, "NEEDS_HELP", D),
    ],
)
STILL_TO_CALL = ("WAITING", "NO_ANSWER")
