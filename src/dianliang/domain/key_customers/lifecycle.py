"""What may happen to the following of an occasion, and to a table that is brought. Printed tables.

Whether a key customer has power is no status: it follows from what was reported, and from when on.
"""

from dianliang.kernel.actor import Role
from dianliang.kernel.lifecycle import Lifecycle, row

D, SYS = Role.DISPATCHER, Role.SYSTEM

WATCH_LABELS = {"OPEN": "跟踪中", "CLOSED": "已结束"}
WATCH = Lifecycle(
    WATCH_LABELS,
    [
        row("close", "结束跟踪", {"OPEN"}, "CLOSED", D),
        row("reopen", "继续跟踪", {"CLOSED"}, "OPEN", D),
    ],
)
TABLE_LABELS = {"WAITING": "处理中", "DONE": "已完成", "REFUSED": "有错未写入", "BROKEN": "已中断"}
TABLE = Lifecycle(
    TABLE_LABELS,
    [
        row("finish", "完成", {"WAITING"}, "DONE", SYS),
        row("refuse", "退回", {"WAITING"}, "REFUSED", SYS),
        row("give_up", "中断", {"WAITING"}, "BROKEN", SYS),
    ],
)
