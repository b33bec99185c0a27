"""What may follow what for an analysis of all firms."""

from dianliang.kernel.actor import Role
from dianliang.kernel.lifecycle import Lifecycle, row

LABELS = {"WAITING": "排队", "RUNNING": "分析中", "DONE": "已完成", "FAILED": "未完成"}
RUN = Lifecycle(
    LABELS,
    [
        row("begin", "开始分析", {"WAITING", "RUNNING"}, "RUNNING", Role.SYSTEM),
        row("finish", "完成分析", {"RUNNING"}, "DONE", Role.SYSTEM),
        row("give_up", "放弃分析", {"WAITING", "RUNNING"}, "FAILED", Role.SYSTEM),
    ],
)
