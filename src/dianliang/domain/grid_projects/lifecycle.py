"""What may follow what for grid projects, their baselines and local issues, seed row 003-11."""

from dianliang.kernel.actor import Role
from dianliang.kernel.lifecycle import Lifecycle, row

D, A, C = Role.DISPATCHER, Role.ADMINISTRATOR, Role.COMMANDER
S, T, U = Role.STEWARD, Role.CAPTAIN, Role.ALLIANCE_UNIT
DESK = (D, A)
ON_SITE = (D, A, S, T, U)
"""Who takes care of an issue: the desk, members of the task force, the unit that was asked."""

PROJECT_LABELS = {
    "PROPOSED": "储备",
    "APPROVED": "已核准",
    "BUILDING": "建设中",
    "PAUSED": "停工",
    "ENERGISED": "已投运",
    "CLOSED": "已关闭",
    "DROPPED": "已取消",
}
PROJECT = Lifecycle(
    PROJECT_LABELS,
    [
        row("approve", "核准", {"PROPOSED"}, "APPROVED", *DESK),
        row("start", "开工", {"APPROVED"}, "BUILDING", *DESK),
        row("pause", "停工", {"BUILDING"}, "PAUSED", *DESK),
        row("resume", "复工", {"PAUSED"}, "BUILDING", *DESK),
        row("energise", "投运", {"BUILDING"}, "ENERGISED", *DESK),
        row("close", "关闭", {"ENERGISED"}, "CLOSED", *DESK),
        row("drop", "取消项目", {"PROPOSED", "APPROVED"}, "DROPPED", *DESK),
    ],
)

BASELINE_LABELS = {
    "PROPOSED": "待复核",
    "IN_FORCE": "现行",
    "REPLACED": "已被替代",
    "REFUSED": "未通过",
}
BASELINE = Lifecycle(
    BASELINE_LABELS,
    [
        # Somebody else than who proposed it: the operation sees to that.
        row("confirm", "复核通过", {"PROPOSED"}, "IN_FORCE", D, A, C),
        row("refuse", "不通过", {"PROPOSED"}, "REFUSED", D, A, C),
        row("replace", "被替代", {"IN_FORCE"}, "REPLACED", D, A, C),
    ],
)

ISSUE_LABELS = {
    "REPORTED": "已上报",
    "ACCEPTED": "已受理",
    "HANDLING": "协调中",
    "ESCALATED": "已提级",
    "SOLVED": "已解决",
    "VERIFIED": "已核实",
    "WITHDRAWN": "已撤回",
}
ISSUE = Lifecycle(
    ISSUE_LABELS,
    [
        row("accept", "受理", {"REPORTED"}, "ACCEPTED", *ON_SITE),
        row("handle", "开始协调", {"ACCEPTED", "ESCALATED"}, "HANDLING", *ON_SITE),
        row("escalate", "提级", {"ACCEPTED", "HANDLING"}, "ESCALATED", *ON_SITE),
        row("solve", "已解决", {"HANDLING", "ESCALATED"}, "SOLVED", *ON_SITE),
        # Somebody else than who reported it as solved.
        row("verify", "核实", {"SOLVED"}, "VERIFIED", *DESK),
        row("send_back", "退回", {"SOLVED"}, "HANDLING", *DESK),
        row("withdraw", "撤回", {"REPORTED", "ACCEPTED", "HANDLING"}, "WITHDRAWN", *DESK),
    ],
)
OPEN_ISSUES = frozenset({"REPORTED", "ACCEPTED", "HANDLING", "ESCALATED"})
