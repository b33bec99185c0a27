"""What may happen to a need, and by whom: 点单 → 派单 → 接单 → 办结 → 评单."""

from dianliang.kernel.actor import Role
from dianliang.kernel.lifecycle import Lifecycle, row

R, E, D, U, S, C, A, SYS = (
    Role.RESIDENT,
    Role.ENTERPRISE,
    Role.DISPATCHER,
    Role.ALLIANCE_UNIT,
    Role.STEWARD,
    Role.CAPTAIN,
    Role.ADMINISTRATOR,
    Role.SYSTEM,
)

LABELS = {
    "RECEIVED": "待受理",
    "HANDED_OVER": "待接收",
    "ACCEPTED": "已受理",
    "IN_PROGRESS": "办理中",
    "WAITING": "待补充",
    "PAUSED": "已挂起",
    "RESOLVED": "待评价",
    "CLOSED": "已评价",
    "DECLINED": "不予受理",
    "CANCELLED": "已取消",
    "MERGED": "已合并",
}
NEED = Lifecycle(
    LABELS,
    [
        row("accept", "受理", {"RECEIVED"}, "ACCEPTED", D, U),
        row("decline", "不予受理", {"RECEIVED", "ACCEPTED"}, "DECLINED", D, U),
        row("hand_over", "移交", {"RECEIVED", "ACCEPTED", "IN_PROGRESS"}, "HANDED_OVER", D, U),
        row("take", "接收", {"HANDED_OVER"}, "ACCEPTED", D, U),
        row("hand_back", "退回", {"HANDED_OVER"}, "RECEIVED", D, U),
        row("recall", "撤回移交", {"HANDED_OVER"}, "RECEIVED", D, U),
        row("start", "开始办理", {"ACCEPTED"}, "IN_PROGRESS", D, U, S, C, SYS),
        row("ask", "询问", {"RECEIVED", "ACCEPTED", "IN_PROGRESS"}, "WAITING", D, U),
        row("answer", "补充", {"WAITING"}, "ACCEPTED", R, E, D, U, S),
        row("pause", "挂起", {"ACCEPTED", "IN_PROGRESS"}, "PAUSED", D, U),
        row("resume", "恢复", {"PAUSED"}, "ACCEPTED", D, U, SYS),
        row("resolve", "办结", {"ACCEPTED", "IN_PROGRESS"}, "RESOLVED", D, U, S, C),
        row("rate", "评价", {"RESOLVED"}, "CLOSED", R, E),
        row("archive", "归档", {"RESOLVED"}, "CLOSED", SYS),
        row("reopen", "重办", {"RESOLVED", "CLOSED"}, "RECEIVED", R, E, D),
        row(
            "cancel",
            "取消",
            {"RECEIVED", "HANDED_OVER", "ACCEPTED", "WAITING", "PAUSED"},
            "CANCELLED",
            R,
            E,
            D,
        ),
        row(
            "merge",
            "合并",
            {"RECEIVED", "HANDED_OVER", "ACCEPTED", "WAITING", "PAUSED"},
            "MERGED",
            D,
            U,
        ),
        row("unmerge", "拆回", {"MERGED"}, "RECEIVED", D, U),
    ],
)
OPEN = frozenset({"RECEIVED", "HANDED_OVER", "ACCEPTED", "IN_PROGRESS", "WAITING", "PAUSED"})
CLOCK_STOPPED = frozenset({"WAITING", "PAUSED"})
"""While in these, the promise clock does not run."""

LEARNT_MODEL = Lifecycle(
    {"READY": "待启用", "IN_USE": "使用中", "REPLACED": "已替换", "REFUSED": "未采用"},
    [
        row("promote", "启用", {"READY"}, "IN_USE", A, SYS),
        row("bring_back", "重新启用", {"REPLACED", "REFUSED"}, "IN_USE", A),
        row("replace", "换下", {"IN_USE"}, "REPLACED", A, SYS),
        row("refuse", "不采用", {"READY"}, "REFUSED", A, SYS),
    ],
)
"""What triage learnt at one time: used only when it is not worse; a person may go back."""
