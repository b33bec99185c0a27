"""What may happen to a guarded event, and by whom. A printed table."""

from dianliang.kernel.actor import Role
from dianliang.kernel.lifecycle import Lifecycle, row

D = Role.DISPATCHER

EVENT_LABELS = {
    "DRAFT": "编制方案",
    "READY": "方案已发布",
    "RUNNING": "保电中",
    "ENDED": "待总结",
    "REVIEWED": "已总结",
    "CANCELLED": "已取消",
}
EVENT = Lifecycle(
    EVENT_LABELS,
    [
        row("release", "发布方案", {"DRAFT"}, "READY", D),
        row("revise", "退回修改", {"READY"}, "DRAFT", D),
        row("begin", "进入保电", {"READY"}, "RUNNING", D),
        row("end", "结束保电", {"RUNNING"}, "ENDED", D),
        row("review", "总结归档", {"ENDED"}, "REVIEWED", D),
        row("cancel", "取消", {"DRAFT", "READY"}, "CANCELLED", D),
    ],
)
PLANNABLE = frozenset({"DRAFT"})
LOGGABLE = frozenset({"READY", "RUNNING", "ENDED"})
