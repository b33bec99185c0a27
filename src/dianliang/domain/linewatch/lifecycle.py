"""What may happen to a camera and to an event, and by whom. Printed tables."""

from dianliang.kernel.actor import Role
from dianliang.kernel.lifecycle import Lifecycle, row

D, S, C, SYS = Role.DISPATCHER, Role.STEWARD, Role.CAPTAIN, Role.SYSTEM

CAMERA_LABELS = {
    "REGISTERED": "待看守",
    "WATCHING": "看守中",
    "SILENT": "无画面",
    "FAULTY": "画面异常",
    "MOVED": "镜头移位",
    "RETIRED": "已停用",
}
SEEN = ("REGISTERED", "WATCHING", "SILENT", "FAULTY")
CAMERA = Lifecycle(
    CAMERA_LABELS,
    [
        row("watch", "开始看守", {"REGISTERED", "SILENT", "FAULTY"}, "WATCHING", SYS),
        row("go_silent", "画面中断", {"REGISTERED", "WATCHING", "FAULTY"}, "SILENT", SYS),
        row("go_wrong", "画面异常", {"REGISTERED", "WATCHING", "SILENT"}, "FAULTY", SYS),
        row("move_view", "镜头移位", SEEN, "MOVED", SYS),
        row("come_back", "镜头复位", {"MOVED"}, "WATCHING", SYS),
        row("accept_view", "认可现在的画面", {"MOVED"}, "REGISTERED", D),
        row("retire", "停用", {*SEEN, "MOVED"}, "RETIRED", D),
        row("revive", "重新启用", {"RETIRED"}, "REGISTERED", D),
    ],
)
"""While a view counts as moved nothing is silently watched again: zones mean nothing there."""
UNUSED = frozenset({"RETIRED"})
TROUBLED = frozenset({"SILENT", "FAULTY", "MOVED"})

EVENT_LABELS = {
    "WAITING": "待反馈",
    "TRUE": "属实",
    "FALSE": "误报",
    "UNCLEAR": "看不清",
}
ANY = ("WAITING", "TRUE", "FALSE", "UNCLEAR")
EVENT = Lifecycle(
    EVENT_LABELS,
    [
        row("confirm", "属实", ANY, "TRUE", D, S, C),
        row("dismiss", "误报", ANY, "FALSE", D, S, C),
        row("doubt", "看不清", ANY, "UNCLEAR", D, S, C),
    ],
)
"""Who was on the spot may correct what somebody said at the desk; the trail keeps both."""
