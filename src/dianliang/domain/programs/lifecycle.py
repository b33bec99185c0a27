"""What may happen to a campaign and to each of its targets, and by whom. Printed tables."""

from dianliang.kernel.actor import Role
from dianliang.kernel.lifecycle import Lifecycle, row

D, S, C, P, SYS = (
    Role.DISPATCHER,
    Role.STEWARD,
    Role.CAPTAIN,
    Role.PARTY_AFFAIRS,
    Role.SYSTEM,
)

CAMPAIGN_LABELS = {
    "DRAFT": "草稿",
    "FREEZING": "正在冻结",
    "FROZEN": "进行中",
    "CLOSED": "已结束",
    "DISCARDED": "已作废",
}
CAMPAIGN = Lifecycle(
    CAMPAIGN_LABELS,
    [
        row("start_freezing", "开始冻结", {"DRAFT"}, "FREEZING", D),
        row("freeze", "冻结名单", {"FREEZING"}, "FROZEN", D, SYS),
        row("thaw", "退回草稿", {"FREEZING"}, "DRAFT", D, SYS),
        row("close", "结束", {"FROZEN"}, "CLOSED", D),
        row("reopen", "重新开始", {"CLOSED"}, "FROZEN", D),
        row("discard", "作废", {"DRAFT"}, "DISCARDED", D),
    ],
)

TARGET_LABELS = {
    "OPEN": "待办",
    "PLANNED": "已开工单",
    "LACKING": "待补证据",
    "DONE": "已完成",
    "NOT_DONE": "未完成",
    "EXCLUDED": "已剔除",
    "SAMPLED": "抽中复核",
    "FAILED": "复核不合格",
}
TARGET = Lifecycle(
    TARGET_LABELS,
    [
        row("plan", "开工单", {"OPEN", "NOT_DONE", "FAILED"}, "PLANNED", D, SYS),
        row("unplan", "退回待办", {"PLANNED"}, "OPEN", D, SYS),
        row(
            "complete",
            "完成",
            {"OPEN", "PLANNED", "LACKING", "NOT_DONE", "FAILED"},
            "DONE",
            *(D, S, C, P, SYS),
        ),
        row(
            "lack",
            "待补证据",
            {"OPEN", "PLANNED", "NOT_DONE", "FAILED"},
            "LACKING",
            *(D, S, C, P, SYS),
        ),
        row("give_up", "登记未完成", {"OPEN", "LACKING", "FAILED"}, "NOT_DONE", D),
        row("try_again", "重新安排", {"NOT_DONE", "FAILED", "LACKING"}, "OPEN", D),
        row("exclude", "剔除", {"OPEN", "LACKING", "NOT_DONE", "FAILED"}, "EXCLUDED", D),
        row("include", "恢复", {"EXCLUDED"}, "OPEN", D),
        row("sample", "抽中复核", {"DONE"}, "SAMPLED", D),
        row("pass_check", "复核合格", {"SAMPLED"}, "DONE", D),
        row("fail_check", "复核不合格", {"SAMPLED"}, "FAILED", D),
    ],
)
COUNTS_AS_DONE = frozenset({"DONE", "SAMPLED"})
"""What was done stays done while somebody looks at it again."""
SETTLED = COUNTS_AS_DONE | {"NOT_DONE", "EXCLUDED"}
"""Of these nothing is waited for any more."""
MAY_GET_A_JOB = ("OPEN", "FAILED")

SESSION_LABELS = {
    "DRAFT": "草稿",
    "ANNOUNCED": "报名中",
    "UNDER_WAY": "进行中",
    "ENDED": "待核销",
    "ACCOUNTED": "已入账",
    "CANCELLED": "已取消",
    "DISCARDED": "已作废",
}
SESSION = Lifecycle(
    SESSION_LABELS,
    [
        row("announce", "发布", {"DRAFT"}, "ANNOUNCED", D, P, SYS),
        # The clock, too, ends what is ahead at a base that closes, by the decision of its keeper.
        row("discard", "作废", {"DRAFT"}, "DISCARDED", D, P, SYS),
        row("begin", "开始", {"ANNOUNCED"}, "UNDER_WAY", D, P, C, SYS),
        row("end", "结束", {"UNDER_WAY"}, "ENDED", D, P, C, SYS),
        row("account", "核销入账", {"ENDED"}, "ACCOUNTED", D, P),
        row("cancel", "取消场次", {"ANNOUNCED", "UNDER_WAY"}, "CANCELLED", D, P, SYS),
    ],
)
"""From the plan of a session to the record of who was there (活动场次)."""

SIGNUP_LABELS = {
    "PLACED": "已报名",
    "WAITING": "候补",
    "ATTENDED": "已参加",
    "ABSENT": "未到",
    "WITHDRAWN": "已退出",
    "LAPSED": "候补未成",
    "CALLED_OFF": "场次取消",
}
ANYONE = (Role.RESIDENT, S, C, D, P, SYS)
SIGNUP = Lifecycle(
    SIGNUP_LABELS,
    [
        row("move_up", "递补", {"WAITING"}, "PLACED", D, P, SYS),
        row("withdraw", "退出", {"PLACED", "WAITING"}, "WITHDRAWN", *ANYONE),
        row("attend", "到场", {"PLACED", "WAITING", "ABSENT"}, "ATTENDED", *ANYONE),
        row("miss", "记未到", {"PLACED"}, "ABSENT", D, P, SYS),
        row("lapse", "候补失效", {"WAITING"}, "LAPSED", D, P, C, SYS),
        row("call_off", "因取消而结束", {"PLACED", "WAITING", "ATTENDED"}, "CALLED_OFF", D, P, SYS),
    ],
)
HOLDS_A_PLACE = ("PLACED", "ATTENDED")
IS_COMING = ("PLACED", "WAITING", "ATTENDED")
"""Whoever is one of these cannot be somewhere else at that time."""

LECTURE_LABELS = {
    "ASKED": "待安排",
    "ARRANGED": "已安排",
    "DECLINED": "不能安排",
    "WITHDRAWN": "已撤回",
}
LECTURE = Lifecycle(
    LECTURE_LABELS,
    [
        row("arrange", "安排讲师", {"ASKED"}, "ARRANGED", D, P),
        # Its session was called off, perhaps by the clock: another one can be arranged.
        row("call_off", "场次取消，重新安排", {"ARRANGED"}, "ASKED", D, P, SYS),
        row("decline", "不能安排", {"ASKED"}, "DECLINED", D, P, SYS),
        row("take_back", "撤回", {"ASKED"}, "WITHDRAWN", Role.RESIDENT, D, P),
    ],
)

OFFER_LABELS = {
    "OPEN": "待承接",
    "TAKEN": "已承接",
    "DONE": "已完成",
    "MISSED": "爽约",
    "CANCELLED": "已取消",
}
OFFER = Lifecycle(
    OFFER_LABELS,
    [
        row("assign", "指派", {"OPEN"}, "TAKEN", D, P),
        row("grab", "抢单", {"OPEN"}, "TAKEN", S, C, D, P),
        row("choose", "选定", {"OPEN"}, "TAKEN", D, P),
        row("finish", "完成", {"TAKEN"}, "DONE", S, C, D, P),
        row("miss", "记爽约", {"TAKEN"}, "MISSED", D, P),
        row("give_back", "退回", {"TAKEN"}, "OPEN", C, D, P),
        row("cancel", "取消", {"OPEN", "TAKEN"}, "CANCELLED", Role.RESIDENT, D, P),
    ],
)

COURSE_LABELS = {"OPEN": "进行中", "CONCLUDED": "已结业", "CANCELLED": "已取消"}
COURSE = Lifecycle(
    COURSE_LABELS,
    [
        row("conclude", "结业", {"OPEN"}, "CONCLUDED", D, P),
        row("cancel", "取消课程", {"OPEN"}, "CANCELLED", D, P),
    ],
)
ENROLMENT_LABELS = {
    "ENROLLED": "在学",
    "PASSED": "合格",
    "FAILED": "不合格",
    "WITHDRAWN": "已退出",
}
ENROLMENT = Lifecycle(
    ENROLMENT_LABELS,
    [
        row("pass", "判合格", {"ENROLLED"}, "PASSED", D, P),
        row("fail", "判不合格", {"ENROLLED"}, "FAILED", D, P),
        row("withdraw", "退学", {"ENROLLED"}, "WITHDRAWN", D, P),
    ],
)
