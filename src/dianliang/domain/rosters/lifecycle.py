"""What may happen to a roster and to an exchange of turns, and by whom. Printed tables."""

from dianliang.kernel.actor import Role
from dianliang.kernel.lifecycle import Lifecycle, row

D, P, S, C, SYS = (
    Role.DISPATCHER,
    Role.PARTY_AFFAIRS,
    Role.STEWARD,
    Role.CAPTAIN,
    Role.SYSTEM,
)

ROSTER_LABELS = {
    "DRAFT": "编制中",
    "SOLVING": "排班中",
    "READY": "待发布",
    "PUBLISHED": "已发布",
    "CANCELLED": "已作废",
}
ROSTER = Lifecycle(
    ROSTER_LABELS,
    [
        row("arrange", "排班", {"DRAFT", "READY", "PUBLISHED"}, "SOLVING", D, P),
        row("keep", "排班完成", {"SOLVING"}, "READY", SYS),
        row("give_up", "排班中断", {"SOLVING"}, "READY", SYS),
        row("change", "手工调整", {"DRAFT", "READY", "PUBLISHED"}, "READY", D, P),
        row("publish", "发布", {"READY"}, "PUBLISHED", D, P),
        row("cancel", "作废", {"DRAFT", "READY", "PUBLISHED"}, "CANCELLED", D, P),
    ],
)
SWAP_LABELS = {
    "ASKED": "待对方答复",
    "AGREED": "待批准",
    "APPROVED": "已换班",
    "DECLINED": "对方不同意",
    "REFUSED": "未批准",
    "WITHDRAWN": "已撤回",
}
SWAP = Lifecycle(
    SWAP_LABELS,
    [
        row("agree", "同意", {"ASKED"}, "AGREED", S, C, D, P),
        row("decline", "不同意", {"ASKED"}, "DECLINED", S, C, D, P),
        row("approve", "批准", {"AGREED"}, "APPROVED", D, P),
        # The clock refuses what is about a turn that became open: who had it has left.
        row("refuse", "不批准", {"ASKED", "AGREED"}, "REFUSED", D, P, SYS),
        row("withdraw", "撤回", {"ASKED", "AGREED"}, "WITHDRAWN", S, C, D, P),
    ],
)
SWAP_OPEN = frozenset({"ASKED", "AGREED"})
