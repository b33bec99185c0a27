"""The path of a grid worker (网协员), seed row 001-04: recruited, trained, certified, on a cell."""

from dianliang.kernel.actor import Role
from dianliang.kernel.lifecycle import Lifecycle, row

D, A = Role.DISPATCHER, Role.ADMINISTRATOR

GRID_WORKER_LABELS = {
    "RECRUITED": "已招募",
    "TRAINED": "已培训",
    "CERTIFIED": "已持证",
    "PLACED": "在格",
    "LEFT": "已退出",
}
GRID_WORKER = Lifecycle(
    GRID_WORKER_LABELS,
    [
        row("train", "记录培训", {"RECRUITED"}, "TRAINED", D, A),
        row("certify", "发证", {"TRAINED"}, "CERTIFIED", D, A),
        row("place", "上格", {"CERTIFIED", "PLACED"}, "PLACED", D, A),
        row("renew", "续证", {"CERTIFIED"}, "CERTIFIED", D, A),
        row("renew", "续证", {"PLACED"}, "PLACED", D, A),
        row("withdraw", "离格", {"PLACED"}, "CERTIFIED", D, A),
        row("leave", "退出", {"RECRUITED", "TRAINED", "CERTIFIED", "PLACED"}, "LEFT", D, A),
    ],
)
