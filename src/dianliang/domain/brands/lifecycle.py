"""What may follow what for a brand."""

from dianliang.kernel.actor import Role
from dianliang.kernel.lifecycle import Lifecycle, row

P = Role.PARTY_AFFAIRS
LABELS = {
    "DRAFT": "创建中",
    "SUBMITTED": "待评审",
    "RUNNING": "运行中",
    "ENDED": "已结束",
    "DROPPED": "已放弃",
}
BRAND = Lifecycle(
    LABELS,
    [
        row("submit", "提交评审", {"DRAFT"}, "SUBMITTED", P),
        row("approve", "评审通过", {"SUBMITTED"}, "RUNNING", P),
        row("send_back", "退回修改", {"SUBMITTED"}, "DRAFT", P),
        row("retire", "结束", {"RUNNING"}, "ENDED", P),
        row("drop", "放弃", {"DRAFT"}, "DROPPED", P),
    ],
)
LIVE = frozenset({"DRAFT", "SUBMITTED", "RUNNING"})
