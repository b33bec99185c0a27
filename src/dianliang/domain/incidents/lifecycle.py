"""What may happen to incidents, alerts and objectives, and by whom. Printed tables.

Whether an alert is still in force is no status: it follows from later messages and the clock.
"""

from dianliang.kernel.actor import Role
from dianliang.kernel.lifecycle import Lifecycle, row

LEADERS = (Role.DISPATCHER, Role.COMMANDER)
PUBLIC_ALERT_LABELS = {"RECEIVED": "待确认", "ACKNOWLEDGED": "已确认"}
PUBLIC_ALERT = Lifecycle(
    PUBLIC_ALERT_LABELS,
    [row("acknowledge", "确认收到", {"RECEIVED"}, "ACKNOWLEDGED", *LEADERS)],
)
INCIDENT_LABELS = {
    "WATCHING": "预警",
    "ACTIVE": "响应",
    "DEMOBILISING": "收尾",
    "CLOSED": "已结束",
    "CANCELLED": "已取消",
}
INCIDENT = Lifecycle(
    INCIDENT_LABELS,
    [
        row("respond", "启动响应", {"WATCHING"}, "ACTIVE", *LEADERS),
        row("raise_level", "升级", {"WATCHING"}, "WATCHING", *LEADERS),
        row("raise_level", "升级", {"ACTIVE"}, "ACTIVE", *LEADERS),
        row("lower_level", "降级", {"WATCHING"}, "WATCHING", *LEADERS),
        row("lower_level", "降级", {"ACTIVE"}, "ACTIVE", *LEADERS),
        row("demobilise", "转入收尾", {"ACTIVE"}, "DEMOBILISING", *LEADERS),
        row("resume", "恢复响应", {"DEMOBILISING"}, "ACTIVE", *LEADERS),
        row("close", "结束", {"DEMOBILISING"}, "CLOSED", *LEADERS),
        row("cancel", "取消", {"WATCHING", "ACTIVE"}, "CANCELLED", *LEADERS),
    ],
)
OPEN = frozenset({"WATCHING", "ACTIVE", "DEMOBILISING"})
"""States in which an incident is worked on."""
INCIDENT_ALERT_LABELS = {"WAITING": "待处置", "FOLLOWED": "已采纳", "KEPT": "维持不变"}
INCIDENT_ALERT = Lifecycle(
    INCIDENT_ALERT_LABELS,
    [
        row("follow", "采纳", {"WAITING"}, "FOLLOWED", *LEADERS),
        row("keep", "维持不变", {"WAITING"}, "KEPT", *LEADERS),
    ],
)
OBJECTIVE_LABELS = {
    "OPEN": "进行中",
    "REACHED": "已达成",
    "DROPPED": "已放弃",
    "CARRIED": "转入下一时段",
}
OBJECTIVE = Lifecycle(
    OBJECTIVE_LABELS,
    [
        row("reach", "达成", {"OPEN"}, "REACHED", *LEADERS),
        row("drop", "放弃", {"OPEN"}, "DROPPED", *LEADERS),
        row("reopen", "恢复", {"REACHED", "DROPPED"}, "OPEN", *LEADERS),
        row("carry", "转入下一时段", {"OPEN"}, "CARRIED", *LEADERS),
    ],
)
