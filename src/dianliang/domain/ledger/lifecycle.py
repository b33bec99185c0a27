"""What may happen to rules, settlements, appeals, drives, grants and pairings. Printed tables."""

from dianliang.kernel.actor import Role
from dianliang.kernel.lifecycle import Lifecycle, row

P, A, S = Role.PARTY_AFFAIRS, Role.ADMINISTRATOR, Role.SYSTEM

RULE_VERSION_LABELS = {"DRAFT": "草稿", "IN_FORCE": "生效", "DROPPED": "作废"}
RULE_VERSION = Lifecycle(
    RULE_VERSION_LABELS,
    [
        row("enact", "批准生效", {"DRAFT"}, "IN_FORCE", P, A),
        row("drop", "作废", {"DRAFT"}, "DROPPED", P, A),
    ],
)

SETTLEMENT_LABELS = {"DRAFT": "待审核", "NOTICE": "公示中", "POSTED": "已入账", "DROPPED": "已撤销"}
SETTLEMENT = Lifecycle(
    SETTLEMENT_LABELS,
    [
        row("show", "公示", {"DRAFT"}, "NOTICE", P),
        row("enter", "入账", {"NOTICE"}, "POSTED", P, S),
        row("drop", "撤销", {"DRAFT", "NOTICE"}, "DROPPED", P),
    ],
)

APPEAL_LABELS = {"OPEN": "待裁定", "UPHELD": "支持", "REJECTED": "不支持"}
APPEAL = Lifecycle(
    APPEAL_LABELS,
    [
        row("uphold", "支持申诉", {"OPEN"}, "UPHELD", P),
        row("reject", "不支持", {"OPEN"}, "REJECTED", P),
    ],
)

DRIVE_LABELS = {"DRAFT": "筹备", "OPEN": "接收捐赠", "CLOSED": "已结束"}
DRIVE = Lifecycle(
    DRIVE_LABELS,
    [
        row("open", "开始募捐", {"DRAFT"}, "OPEN", P),
        row("close", "结束募捐", {"OPEN"}, "CLOSED", P),
        row("reopen", "重新接收", {"CLOSED"}, "OPEN", P),
    ],
)

GRANT_LABELS = {
    "ASKED": "待批准",
    "APPROVED": "已批待发",
    "HANDED_OUT": "已发放",
    "REFUSED": "未批准",
    "WITHDRAWN": "已撤回",
}
GRANT = Lifecycle(
    GRANT_LABELS,
    [
        row("approve", "批准", {"ASKED"}, "APPROVED", P),
        row("refuse", "不批准", {"ASKED"}, "REFUSED", P),
        row("hand_out", "发放", {"APPROVED"}, "HANDED_OUT", P),
        row("withdraw", "撤回", {"ASKED", "APPROVED", "HANDED_OUT"}, "WITHDRAWN", P),
    ],
)

PAIRING_LABELS = {
    "PROPOSED": "待批准",
    "ACTIVE": "结对中",
    "ENDED": "已结束",
    "REFUSED": "未批准",
}
PAIRING = Lifecycle(
    PAIRING_LABELS,
    [
        row("approve", "批准结对", {"PROPOSED"}, "ACTIVE", P),
        row("refuse", "不批准", {"PROPOSED"}, "REFUSED", P),
        row("end", "结束结对", {"ACTIVE"}, "ENDED", P),
    ],
)
