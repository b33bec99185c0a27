"""What may happen to hours, notices, appeals and certificates, and by whom. Printed tables."""

from dianliang.kernel.actor import Role
from dianliang.kernel.lifecycle import Lifecycle, row

P, D, A, S = Role.PARTY_AFFAIRS, Role.DISPATCHER, Role.ADMINISTRATOR, Role.SYSTEM

HOUR_LABELS = {
    "PENDING": "待审核",
    "APPROVED": "待公示",
    "ON_NOTICE": "公示中",
    "DISPUTED": "异议处理中",
    "PUBLISHED": "已公布",
    "REJECTED": "不予认定",
}
HOUR = Lifecycle(
    HOUR_LABELS,
    [
        row("approve", "审核通过", {"PENDING"}, "APPROVED", P, D, A),
        row("reject", "不予认定", {"PENDING"}, "REJECTED", P, D, A),
        row("announce", "公示", {"APPROVED"}, "ON_NOTICE", P, D, A),
        # Anybody may object while the notice lasts; the clock stops for this record only.
        row("dispute", "有异议", {"ON_NOTICE"}, "DISPUTED", P, D, A, S),
        row("keep", "维持", {"DISPUTED"}, "ON_NOTICE", P, D, A),
        row("strike", "撤下", {"DISPUTED"}, "REJECTED", P, D, A),
        row("look_again", "重新审核", {"REJECTED"}, "PENDING", P, D, A),
        row("publish", "公布", {"ON_NOTICE"}, "PUBLISHED", P, D, A, S),
    ],
)
COUNTS = ("APPROVED", "ON_NOTICE", "DISPUTED", "PUBLISHED")
"""A record in these states takes up its person's time: no other may overlap it."""

NOTICE_LABELS = {"OPEN": "公示中", "CLOSED": "已结束"}
HOUR_NOTICE = Lifecycle(NOTICE_LABELS, [row("close", "结束公示", {"OPEN"}, "CLOSED", P, D, A, S)])

APPEAL_LABELS = {"OPEN": "待处理", "UPHELD": "成立", "DISMISSED": "不成立"}
HOUR_APPEAL = Lifecycle(
    APPEAL_LABELS,
    [
        row("uphold", "异议成立", {"OPEN"}, "UPHELD", P, D, A),
        row("dismiss", "异议不成立", {"OPEN"}, "DISMISSED", P, D, A),
    ],
)

CERTIFICATE_LABELS = {"ISSUED": "有效", "REVOKED": "已撤销"}
SERVICE_CERTIFICATE = Lifecycle(
    CERTIFICATE_LABELS, [row("revoke", "撤销", {"ISSUED"}, "REVOKED", P, A)]
)
