"""What may happen to a job, a plan and a visit, and by whom. Printed tables."""

from dianliang.kernel.actor import Role
from dianliang.kernel.lifecycle import Lifecycle, row

D, M, U, A, S, C, SYS = (
    Role.DISPATCHER,
    Role.COMMANDER,
    Role.ALLIANCE_UNIT,
    Role.ADMINISTRATOR,
    Role.STEWARD,
    Role.CAPTAIN,
    Role.SYSTEM,
)

JOB_LABELS = {
    "OPEN": "待安排",
    "HANDED_OVER": "待接收",
    "SCHEDULED": "已安排",
    "DONE": "已完成",
    "CANCELLED": "已撤销",
}
JOB = Lifecycle(
    JOB_LABELS,
    [
        row("hand_over", "移交", {"OPEN"}, "HANDED_OVER", D, U),
        row("take", "接收", {"HANDED_OVER"}, "OPEN", D, U),
        row("hand_back", "退回", {"HANDED_OVER"}, "OPEN", D, U),
        row("recall", "撤回移交", {"HANDED_OVER"}, "OPEN", D, U),
        row("schedule", "安排", {"OPEN"}, "SCHEDULED", D, M, U, SYS),
        row("unschedule", "退回待安排", {"SCHEDULED"}, "OPEN", D, M, U, S, C, SYS),
        row("complete", "完成", {"OPEN", "SCHEDULED"}, "DONE", D, U, S, C),
        row("cancel", "撤销", {"OPEN", "HANDED_OVER", "SCHEDULED"}, "CANCELLED", D, M, U, SYS),
    ],
)

PLAN_LABELS = {
    "DRAFT": "草稿",
    "SOLVING": "计算中",
    "READY": "待发布",
    "FAILED": "计算失败",
    "PUBLISHED": "已发布",
    "SUPERSEDED": "已被替代",
    "DISCARDED": "已作废",
}
PLAN = Lifecycle(
    PLAN_LABELS,
    [
        row("solve", "开始计算", {"DRAFT", "READY", "FAILED"}, "SOLVING", D, M, U),
        row("finish", "计算完成", {"SOLVING"}, "READY", SYS),
        row("fail", "计算失败", {"SOLVING"}, "FAILED", SYS),
        row("stop", "取消计算", {"SOLVING"}, "READY", D, M, U),
        row("edit", "修改", {"READY"}, "READY", D, U),
        row("publish", "发布", {"READY"}, "PUBLISHED", D, M, U),
        row("supersede", "替代", {"PUBLISHED"}, "SUPERSEDED", D, M, U, SYS),
        row("discard", "作废", {"DRAFT", "READY", "FAILED"}, "DISCARDED", D, M, U),
    ],
)

VISIT_LABELS = {
    "SCHEDULED": "待接单",
    "ACCEPTED": "已接单",
    "EN_ROUTE": "途中",
    "ARRIVED": "已到场",
    "DONE": "已完成",
    "DECLINED": "已退单",
    "UNMET": "未遇",
    "WITHDRAWN": "已撤回",
}
VISIT = Lifecycle(
    VISIT_LABELS,
    [
        row("accept", "接单", {"SCHEDULED"}, "ACCEPTED", S, C),
        row("decline", "退单", {"SCHEDULED", "ACCEPTED", "EN_ROUTE"}, "DECLINED", S, C),
        row("depart", "出发", {"ACCEPTED"}, "EN_ROUTE", S, C),
        row("arrive", "到达", {"ACCEPTED", "EN_ROUTE"}, "ARRIVED", S, C),
        row("complete", "完成", {"ARRIVED"}, "DONE", S, C),
        row("miss", "未遇", {"ARRIVED"}, "UNMET", S, C),
        row(
            "withdraw", "撤回", {"SCHEDULED", "ACCEPTED", "EN_ROUTE"}, "WITHDRAWN", D, M, U, C, SYS
        ),
    ],
)
VISIT_OPEN = frozenset({"SCHEDULED", "ACCEPTED", "EN_ROUTE", "ARRIVED"})
VISIT_COMMITTED = frozenset({"ACCEPTED", "EN_ROUTE", "ARRIVED"})
"""Visits that a re-plan may not move: someone has said yes or is on the way."""
