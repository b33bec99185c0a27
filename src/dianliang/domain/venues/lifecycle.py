"""What may follow what: proofs of what a base has, what it tells the public, and bookings."""

from dianliang.kernel.actor import Role
from dianliang.kernel.lifecycle import Lifecycle, row

D, P, A = Role.DISPATCHER, Role.PARTY_AFFAIRS, Role.ADMINISTRATOR

PROOF_LABELS = {
    "GIVEN": "待核验",
    "ACCEPTED": "已认可",
    "REFUSED": "已退回",
    "WITHDRAWN": "已撤下",
}
PROOF = Lifecycle(
    PROOF_LABELS,
    [
        row("accept", "认可", {"GIVEN", "REFUSED"}, "ACCEPTED", P, A, D),
        row("refuse", "退回", {"GIVEN", "ACCEPTED"}, "REFUSED", P, A, D),
        row("withdraw", "撤下", {"GIVEN", "ACCEPTED", "REFUSED"}, "WITHDRAWN", P, A, D),
    ],
)

NOTICE_LABELS = {"DRAFT": "草稿", "PUBLISHED": "公示中", "WITHDRAWN": "已撤回"}
NOTICE = Lifecycle(
    NOTICE_LABELS,
    [
        row("publish", "发布", {"DRAFT", "WITHDRAWN"}, "PUBLISHED", P, A, D),
        row("withdraw", "撤回", {"DRAFT", "PUBLISHED"}, "WITHDRAWN", P, A, D),
    ],
)

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
        # The clock cancels with a session for which the room was booked.
        row("cancel", "取消", {"ASKED", "APPROVED"}, "CANCELLED", *BOOKERS, SYSTEM),
        row("miss", "未到场", {"APPROVED"}, "NO_SHOW", SYSTEM),
        row("excuse", "撤销未到场", {"NO_SHOW"}, "CANCELLED", *KEEPERS),
    ],
)
LIVE = ("ASKED", "APPROVED", "IN_USE")
"""States in which a booking holds its time."""
BOOKED = ("APPROVED", "IN_USE", "ENDED", "NO_SHOW")
"""States whose hours were given away: also to somebody who did not come."""
