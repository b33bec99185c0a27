"""What may happen to an item of a village's plan, and by whom. A printed table."""

from dianliang.kernel.actor import Role
from dianliang.kernel.lifecycle import Lifecycle, row

D = Role.DISPATCHER

PLAN_ITEM_LABELS = {
    "PLANNED": "未开始",
    "DOING": "进行中",
    "DONE": "已完成",
    "DROPPED": "已取消",
}
PLAN_ITEM = Lifecycle(
    PLAN_ITEM_LABELS,
    [
        row("start", "开始", {"PLANNED"}, "DOING", D),
        row("finish", "完成", {"PLANNED", "DOING"}, "DONE", D),
        row("drop", "取消", {"PLANNED", "DOING"}, "DROPPED", D),
        row("reopen", "改回未开始", {"DOING", "DONE", "DROPPED"}, "PLANNED", D),
    ],
)
PLAN_ITEM_OPEN = ("PLANNED", "DOING")
