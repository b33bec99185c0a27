"""What may follow what for one stage of one village (千村改造), seed row 003-08."""

from dianliang.kernel.actor import Role
from dianliang.kernel.lifecycle import Lifecycle, row

D, A = Role.DISPATCHER, Role.ADMINISTRATOR

STEP_LABELS = {"PENDING": "未开始", "RUNNING": "进行中", "DONE": "已完成"}
STEP = Lifecycle(
    STEP_LABELS,
    [
        row("begin", "开始", {"PENDING"}, "RUNNING", D, A),
        row("finish", "完成", {"RUNNING"}, "DONE", D, A),
        row("send_back", "退回重做", {"DONE"}, "RUNNING", D, A),
    ],
)
