"""What may follow what for editions of rules, task lists, duties, rounds and appeals."""

from dianliang.kernel.actor import STAFF, Role
from dianliang.kernel.lifecycle import Lifecycle, row

P, S = Role.PARTY_AFFAIRS, Role.SYSTEM

EDITION_LABELS = {"DRAFT": "草稿", "IN_FORCE": "已发布", "DROPPED": "已作废"}
EDITION = Lifecycle(
    EDITION_LABELS,
    [
        row("enact", "发布", {"DRAFT"}, "IN_FORCE", P),
        row("drop", "作废", {"DRAFT"}, "DROPPED", P),
    ],
)

LIST_LABELS = {"OPEN": "进行中", "CLOSED": "已结算", "WITHDRAWN": "已撤回"}
LIST = Lifecycle(
    LIST_LABELS,
    [
        row("close", "结算", {"OPEN"}, "CLOSED", P),
        row("withdraw", "撤回", {"OPEN"}, "WITHDRAWN", P),
    ],
)

DUTY_LABELS = {
    "PROPOSED": "待批准",
    "REFUSED": "未批准",
    "OPEN": "待完成",
    "REPORTED": "待确认",
    "DONE": "已完成",
    "MISSED": "未完成",
    "CANCELLED": "已取消",
}
DUTY = Lifecycle(
    DUTY_LABELS,
    [
        row("approve", "批准", {"PROPOSED"}, "OPEN", P),
        row("refuse", "不批准", {"PROPOSED"}, "REFUSED", P),
        # Whoever holds a duty reports it, in whatever role he works.
        row("report", "报完成", {"OPEN"}, "REPORTED", *STAFF),
        row("confirm", "确认完成", {"REPORTED"}, "DONE", P),
        row("send_back", "退回", {"REPORTED"}, "OPEN", P),
        # What records show needs no hand: closing the list writes down what they showed.
        row("settle", "按记录完成", {"OPEN"}, "DONE", P),
        row("miss", "记未完成", {"OPEN"}, "MISSED", P),
        row("cancel", "取消", {"PROPOSED", "OPEN", "REPORTED"}, "CANCELLED", P),
    ],
)

ROUND_LABELS = {
    "OPEN": "进行中",
    "SHOWN": "公示中",
    "PUBLISHED": "已公布",
    "CANCELLED": "已取消",
}
ROUND = Lifecycle(
    ROUND_LABELS,
    [
        row("show", "出结果并公示", {"OPEN"}, "SHOWN", P),
        row("publish", "公布", {"SHOWN"}, "PUBLISHED", P),
        row("cancel", "取消", {"OPEN"}, "CANCELLED", P),
    ],
)

APPEAL_LABELS = {"OPEN": "待裁定", "UPHELD": "支持", "REJECTED": "不支持"}
APPEAL = Lifecycle(
    APPEAL_LABELS,
    [
        row("uphold", "支持申诉", {"OPEN"}, "UPHELD", P),
        row("reject", "不支持", {"OPEN"}, "REJECTED", P),
    ],
)
