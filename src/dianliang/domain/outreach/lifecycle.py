"""What may follow what for an outreach, and how far a message can come."""

from collections.abc import Mapping

from dianliang.kernel.actor import Role
from dianliang.kernel.lifecycle import Lifecycle, row

D, P, SYS = Role.DISPATCHER, Role.PARTY_AFFAIRS, Role.SYSTEM
LABELS = {
    "DRAFT": "编制中",
    "PREPARING": "生成名单中",
    "READY": "待放行",
    "SENDING": "发送中",
    "PAUSED": "已暂停",
    "CLOSED": "已结束",
    "DROPPED": "已作废",
}
OUTREACH = Lifecycle(
    LABELS,
    [
        row("prepare", "生成名单", {"DRAFT"}, "PREPARING", D, P),
        row("finish", "名单已定", {"PREPARING"}, "READY", D, P, SYS),
        row("give_up", "退回编制", {"PREPARING"}, "DRAFT", SYS),
        row("redo", "重新编制", {"READY"}, "DRAFT", D, P),
        row("release", "放行发送", {"READY"}, "SENDING", D, P),
        row("pause", "暂停", {"SENDING"}, "PAUSED", D, P, SYS),
        row("resume", "继续", {"PAUSED"}, "SENDING", D, P),
        # The clock ends what nobody has touched for as long as personal details are kept.
        row("close", "结束", {"SENDING", "PAUSED"}, "CLOSED", D, P, SYS),
        row("drop", "作废", {"DRAFT", "READY"}, "DROPPED", D, P, SYS),
    ],
)

PLANNED, CLAIMED, HANDED, DELIVERED, READ, ACKNOWLEDGED = range(6)
FAILED = -1
STAGES: Mapping[int, str] = {
    PLANNED: "待发",
    CLAIMED: "移交中",
    HANDED: "已移交",
    DELIVERED: "已送达",
    READ: "已阅读",
    ACKNOWLEDGED: "已确认",
    FAILED: "失败",
}
"""A ladder: a message only climbs. Receipts come late, twice and in any order, so what counts is
the highest rung that any of them proves; "失败" holds as long as nothing proves the contrary."""
SAID: Mapping[str, int] = {
    "已送达": DELIVERED,
    "已阅读": READ,
    "已确认": ACKNOWLEDGED,
    "失败": FAILED,
    "delivered": DELIVERED,
    "read": READ,
    "acknowledged": ACKNOWLEDGED,
    "failed": FAILED,
}
"""What a receipt may say, in files and over the wire."""


def state_of(stage: int, failure: str) -> int:
    """Return where a message is, from its highest rung and the reason that somebody gave up."""
    return FAILED if failure and stage < DELIVERED else stage
