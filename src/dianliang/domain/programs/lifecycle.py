"""What may happen to a campaign and to each of its targets, and by whom. Printed tables."""

from dianliang.kernel.actor import Role
from dianliang.kernel.lifecycle import Lifecycle, row

D, S, C, P, SYS = (
    Role.DISPATCHER,
    Role.STEWARD,
    Role.CAPTAIN,
    Role.PARTY_AFFAIRS,
    Role.SYSTEM,
)

CAMPAIGN_LABELS = {
    "DRAFT": "草稿",
    "FREEZING": "正在冻结",
    "FROZEN": "进行中",
    "CLOSED": "已结束",
    "DISCARDED": "已作废",
}
CAMPAIGN = Lifecycle(
    CAMPAIGN_LABELS,
    [
        row("start_freezing", "开始冻结", {"DRAFT"}, "FREEZING", D),
        row("freeze", "冻结名单", {"FREEZING"}, "FROZEN", D, SYS),
        row("thaw", "退回草稿", {"FREEZING"}, "DRAFT", D, SYS),
        row("close", "结束", {"FROZEN"}, "CLOSED", D),
        row("reopen", "重新开始", {"CLOSED"}, "FROZEN", D),
        row("discard", "作废", {"DRAFT"}, "DISCARDED", D),
    ],
)

TARGET_LABELS = {
    "OPEN": "待办",
    "PLANNED": "已开工单",
    "LACKING": "待补证据",
    "DONE": "已完成",
    "NOT_DONE": "未完成",
    "EXCLUDED": "已剔除",
    "SAMPLED": "抽中复核",
    "FAILED": "复核不合格",
}
TARGET = Lifecycle(
    TARGET_LABELS,
    [
        row("plan", "开工单", {"OPEN", "NOT_DONE", "FAILED"}, "PLANNED", D, SYS),
        row("unplan", "退回待办", {"PLANNED"}, "OPEN", D, SYS),
        row(
            "complete",
            "完成",
            {"OPEN", "PLANNED", "LACKING", "NOT_DONE", "FAILED"},
            "DONE",
            *(D, S, C, P, SYS),
        ),
        row(
            "lack",
            "待补证据",
            {"OPEN", "PLANNED", "NOT_DONE", "FAILED"},
            "LACKING",
            *(D, S, C, P, SYS),
        ),
        row("give_up", "登记未完成", {"OPEN", "LACKING", "FAILED"}, "NOT_DONE", D),
        row("try_again", "重新安排", {"NOT_DONE", "FAILED", "LACKING"}, "OPEN", D),
        row("exclude", "剔除", {"OPEN", "LACKING", "NOT_DONE", "FAILED"}, "EXCLUDED", D),
        row("include", "恢复", {"EXCLUDED"}, "OPEN", D),
        row("sample", "抽中复核", {"DONE"}, "SAMPLED", D),
        row("pass_check", "复核合格", {"SAMPLED"}, "DONE", D),
        row("fail_check", "复核不合格", {"SAMPLED"}, "FAILED", D),
    ],
)
COUNTS_AS_DONE = frozenset({"DONE", "SAMPLED"})
"""What was done stays done while somebody looks at it again."""
MAY_GET_A_JOB = ("OPEN", "FAILED")
