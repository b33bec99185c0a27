"""What may follow what for calls, nominees, objections and honours."""

from dianliang.kernel.actor import STAFF, Role
from dianliang.kernel.lifecycle import Lifecycle, row

P, S = Role.PARTY_AFFAIRS, Role.SYSTEM
CALL_LABELS = {
    "DRAFT": "起草",
    "NOMINATING": "提名中",
    "VOTING": "投票中",
    "FAILED": "未达法定人数",
    "COUNTED": "已计票",
    "NOTICE": "公示中",
    "PUBLISHED": "已公布",
    "CANCELLED": "已取消",
}
CALL = Lifecycle(
    CALL_LABELS,
    [
        row("open", "发布规则，开始提名", {"DRAFT"}, "NOMINATING", P),
        row("vote", "截止提名，开始投票", {"NOMINATING"}, "VOTING", P),
        row("count", "截止投票，计票", {"VOTING"}, "COUNTED", P, S),
        row("fail", "未达法定人数", {"VOTING"}, "FAILED", P, S),
        # Another round has another register and another box; the earlier box is never opened.
        row("again", "重新投票", {"FAILED"}, "VOTING", P),
        row("announce", "公示", {"COUNTED"}, "NOTICE", P),
        row("publish", "公布", {"NOTICE"}, "PUBLISHED", P),
        row("cancel", "取消", {"DRAFT", "NOMINATING", "VOTING", "FAILED"}, "CANCELLED", P),
    ],
)
NOMINEE_LABELS = {
    "NOMINATED": "待审",
    "ELIGIBLE": "合格",
    "REFUSED": "不合格",
    "WITHDRAWN": "已撤回",
    "STRUCK": "公示中取消",
}
NOMINEE = Lifecycle(
    NOMINEE_LABELS,
    [
        row("pass", "审定合格", {"NOMINATED"}, "ELIGIBLE", P),
        row("refuse", "不合格", {"NOMINATED"}, "REFUSED", P),
        row("withdraw", "撤回提名", {"NOMINATED", "ELIGIBLE"}, "WITHDRAWN", *STAFF),
        row("strike", "公示中取消", {"ELIGIBLE"}, "STRUCK", P),
    ],
)
OBJECTION_LABELS = {"OPEN": "核实中", "UPHELD": "成立", "DISMISSED": "不成立"}
OBJECTION = Lifecycle(
    OBJECTION_LABELS,
    [
        row("uphold", "成立，取消入选", {"OPEN"}, "UPHELD", P),
        row("dismiss", "不成立", {"OPEN"}, "DISMISSED", P),
    ],
)
HONOUR_LABELS = {"VALID": "有效", "REVOKED": "已撤销"}
HONOUR = Lifecycle(
    HONOUR_LABELS,
    [row("revoke", "撤销", {"VALID"}, "REVOKED", P)],
)
