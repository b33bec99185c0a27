"""What may happen to a booking, and by whom. A printed table."""

from dianliang.kernel.actor import Role
from dianliang.kernel.lifecycle import Lifecycle, row

KEEPERS = (Role.DISPATCHER, Role.PARTY_AFFAIRS, Role.ADMINISTRATOR)
"""Who keeps rooms and gear for his unit."""
BOOKERS = (*KEEPERS, Role.ALLIANCE_UNIT, Role.RESIDENT)
SYSTEM = Role.SYSTEM

BOOKING_LABELS = {
    "ASKED": "待审批",
    "APPROVED": "已预约",
    "REFUSED": "未通过",
    "IN_USE": "使用中",
    "ENDED": "已结束",
    "CANCELLED": "已取消",
    "NO_SHOW": "未到场",
}
BOOKING = Lifecycle(
    BOOKING_LABELS,
    [
        row("approve", "同意", {"ASKED"}, "APPROVED", *KEEPERS),
        row("refuse", "不同意", {"ASKED"}, "REFUSED", *KEEPERS),
        row("lapse", "逾期未审批", {"ASKED"}, "REFUSED", SYSTEM),
        row("check_in", "签到", {"APPROVED"}, "IN_USE", *BOOKERS, SYSTEM),
        row("end", "结束使用", {"IN_USE"}, "ENDED", *BOOKERS, SYSTEM),
        row("cancel", "取消", {"ASKED", "APPROVED"}, "CANCELLED", *BOOKERS),
        row("miss", "未到场", {"APPROVED"}, "NO_SHOW", SYSTEM),
        row("excuse", "撤销未到场", {"NO_SHOW"}, "CANCELLED", *KEEPERS),
    ],
)
LIVE = ("ASKED", "APPROVED", "IN_USE")
"""States in which a booking holds its time."""
BOOKED = ("APPROVED", "IN_USE", "ENDED", "NO_SHOW")
"""States whose hours were given away: also to somebody who did not come."""
