"""The ladder of a request, after ICS, and of a lesson: what may follow what, by whom."""

from dianliang.kernel.actor import Role
from dianliang.kernel.lifecycle import Lifecycle, row

D, C, T = Role.DISPATCHER, Role.COMMANDER, Role.CAPTAIN
LABELS = {
    "REQUESTED": "已申请",
    "ASSIGNED": "已指派",
    "STANDBY": "待命",
    "MOBILISED": "已动员",
    "IN_ACTION": "作业中",
    "DEMOBILISED": "撤出",
    "STOOD_DOWN": "已归队",
    "REFUSED": "未批准",
    "CANCELLED": "已取消",
}
REQUEST = Lifecycle(
    LABELS,
    [
        row("assign", "指派", {"REQUESTED"}, "ASSIGNED", D, C),
        row("refuse", "不批准", {"REQUESTED"}, "REFUSED", D, C),
        row("stand_by", "转待命", {"ASSIGNED"}, "STANDBY", D, C, T),
        row("mobilise", "动员出动", {"ASSIGNED", "STANDBY"}, "MOBILISED", D, C),
        row("begin", "到场作业", {"MOBILISED"}, "IN_ACTION", D, C, T),
        row("demobilise", "撤出现场", {"MOBILISED", "IN_ACTION"}, "DEMOBILISED", D, C, T),
        row("stand_down", "归队", {"DEMOBILISED"}, "STOOD_DOWN", D, C),
        row("cancel", "取消", {"REQUESTED", "ASSIGNED", "STANDBY"}, "CANCELLED", D, C, T),
    ],
)
LADDER = (
    "REQUESTED",
    "ASSIGNED",
    "STANDBY",
    "MOBILISED",
    "IN_ACTION",
    "DEMOBILISED",
)
"""States of a request that somebody still works on, in their order."""
HELD = ("ASSIGNED", "STANDBY", "MOBILISED", "IN_ACTION", "DEMOBILISED")
"""In these states somebody or something is bound by the request."""
ASKERS = frozenset({D, C, T})
DECIDERS = frozenset({D, C})
READERS = ASKERS | {Role.AUDITOR, Role.PARTY_AFFAIRS}
LESSON_LABELS = {"OPEN": "落实中", "DONE": "已落实", "DROPPED": "不再落实"}
LESSON = Lifecycle(
    LESSON_LABELS,
    [
        row("settle", "已落实", {"OPEN"}, "DONE", D, C),
        row("drop", "不再落实", {"OPEN"}, "DROPPED", D, C),
    ],
)
RANKS = (
    ("special", "特级"),
    ("first", "一级"),
    ("second", "二级"),
    ("temporary", "临时"),
    ("other", "其他"),
)
"""How grave a task is: the grade of its key customer, or what somebody said."""
