"""What may follow what for a claim: how far a number has been shown."""

from dianliang.kernel.actor import Role
from dianliang.kernel.lifecycle import Lifecycle, row

LABELS = {
    "ESTIMATED": "工程估算",
    "SCREENED": "初步筛查",
    "MEASURED": "实测",
    "VERIFIED": "已核证",
    "SUPERSEDED": "已更正",
    "WITHDRAWN": "已撤回",
}
CURRENT = ("ESTIMATED", "SCREENED", "MEASURED", "VERIFIED")
"""States of claims that the company still stands by, least shown first."""
RECORDERS = (Role.PARTY_AFFAIRS, Role.DISPATCHER)
JUDGES = (*RECORDERS, Role.COMMANDER)
CLAIM = Lifecycle(
    LABELS,
    [
        # somebody held the estimate against the mechanism or a first measurement
        row("screen", "通过初筛", {"ESTIMATED"}, "SCREENED", *JUDGES),
        # a measurement with an interval bears the number out
        row("confirm", "确认实测", {"ESTIMATED", "SCREENED"}, "MEASURED", *JUDGES),
        # by another person than the one who recorded it
        row("verify", "核证", {"MEASURED"}, "VERIFIED", *JUDGES),
        # one person asks, the number stands; another replaces or withdraws it, see `contesting`
        row("contest", "提出更正或撤回", {"VERIFIED"}, "VERIFIED", *RECORDERS, Role.SYSTEM),
        # whoever asked thinks better of it: the number stands as before
        row("uncontest", "收回更正或撤回请求", {"VERIFIED"}, "VERIFIED", *RECORDERS),
        # the number was wrong: another claim takes its place, this one stays readable
        row("supersede", "更正", CURRENT, "SUPERSEDED", *RECORDERS, Role.SYSTEM),
        row("withdraw", "撤回", CURRENT, "WITHDRAWN", *RECORDERS),
    ],
)
PROJECT_LABELS = {
    "OPEN": "待读数",
    "READY": "计算中",
    "COMPUTED": "已算出",
    "FAILED": "算不出",
    "STATED": "已登记",
    "CLOSED": "已关闭",
}
PROJECT = Lifecycle(
    PROJECT_LABELS,
    [
        # readings, events or the mechanism have changed: what was computed holds no more
        row("ask", "计算", {*PROJECT_LABELS} - {"CLOSED"}, "READY", *RECORDERS),
        row("compute", "算出", {"READY"}, "COMPUTED", Role.SYSTEM),
        row("fail", "算不出", {"READY"}, "FAILED", Role.SYSTEM),
        row("state", "登记为声明", {"COMPUTED", "STATED"}, "STATED", *RECORDERS),
        row("close", "关闭", {*PROJECT_LABELS} - {"CLOSED"}, "CLOSED", *RECORDERS),
    ],
)
