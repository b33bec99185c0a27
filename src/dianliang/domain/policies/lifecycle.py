"""What may follow what for an edition of a policy list, and for what a unit does about it."""

from dianliang.kernel.actor import Role
from dianliang.kernel.lifecycle import Lifecycle, row

D, P = Role.DISPATCHER, Role.PARTY_AFFAIRS
EDITION_LABELS = {
    "DRAFT": "起草中",
    "PUBLISHED": "已发布",
    "SUPERSEDED": "已被新版替代",
    "DROPPED": "已放弃",
}
EDITION = Lifecycle(
    EDITION_LABELS,
    [
        row("publish", "发布", {"DRAFT"}, "PUBLISHED", D, P),
        row("supersede", "被新版替代", {"PUBLISHED"}, "SUPERSEDED", D, P),
        row("drop", "放弃草稿", {"DRAFT"}, "DROPPED", D, P),
    ],
)

DUTY_LABELS = {
    "OPEN": "待落实",
    "REPORTED": "待审核",
    "DONE": "已落实",
    "CANCELLED": "已取消",
}
DUTY = Lifecycle(
    DUTY_LABELS,
    [
        row("report", "报落实", {"OPEN"}, "REPORTED", D, P),
        row("approve", "审核通过", {"REPORTED"}, "DONE", D, P),
        row("send_back", "退回", {"REPORTED"}, "OPEN", D, P),
        row("reopen", "重新落实", {"DONE"}, "OPEN", D, P),
        row("cancel", "取消", {"OPEN", "REPORTED"}, "CANCELLED", D, P),
    ],
)
