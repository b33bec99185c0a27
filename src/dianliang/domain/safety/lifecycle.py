"""What may happen to a hazard, and by whom. A printed table."""

from dianliang.kernel.actor import Role
from dianliang.kernel.lifecycle import Lifecycle, row

D, S, C, R, SYS = Role.DISPATCHER, Role.STEWARD, Role.CAPTAIN, Role.RESIDENT, Role.SYSTEM

HAZARD_LABELS = {
    "FOUND": "待告知",
    "NOTIFIED": "已告知",
    "RECTIFYING": "整改中",
    "RECTIFIED": "已报整改",
    "RECHECK": "待复查",
    "ESCALATED": "已升级",
    "CLOSED": "已销号",
    "WITHDRAWN": "已撤销",
}
UNDONE = ("FOUND", "NOTIFIED", "RECTIFYING", "ESCALATED")
"""Nobody has said yet that it was put right."""
HAZARD = Lifecycle(
    HAZARD_LABELS,
    [
        row("notify", "告知", {"FOUND"}, "NOTIFIED", D, S, C),
        row("start", "开始整改", {"FOUND", "NOTIFIED"}, "RECTIFYING", D, S, C),
        row("rectify", "报整改", UNDONE, "RECTIFIED", D, S, C, R),
        row("plan_recheck", "安排复查", {"RECTIFIED"}, "RECHECK", D, S, C, R, SYS),
        row("close", "复查合格，销号", {"RECHECK"}, "CLOSED", D, S, C),
        row("fail", "复查不合格", {"RECHECK"}, "RECTIFYING", D, S, C),
        row("fail_escalated", "复查不合格，仍属升级", {"RECHECK"}, "ESCALATED", D, S, C),
        row("extend", "延期", {"FOUND", "NOTIFIED", "RECTIFYING"}, "RECTIFYING", D),
        row("extend", "延期", {"ESCALATED"}, "ESCALATED", D),
        row("escalate", "升级", {"FOUND", "NOTIFIED", "RECTIFYING"}, "ESCALATED", D, SYS),
        row("withdraw", "撤销", {*UNDONE, "RECTIFIED", "RECHECK"}, "WITHDRAWN", D),
    ],
)
OPEN = frozenset(HAZARD_LABELS) - {"CLOSED", "WITHDRAWN"}
OVERDUE = frozenset({"FOUND", "NOTIFIED", "RECTIFYING"})
"""What a deadline that has passed escalates."""
