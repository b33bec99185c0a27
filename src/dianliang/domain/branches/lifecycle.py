"""What may follow what for branches, pairings, alliances, secondments, meetings, tasks, topics."""

from dianliang.kernel.actor import Role
from dianliang.kernel.lifecycle import Lifecycle, row

P, S = Role.PARTY_AFFAIRS, Role.SYSTEM

BRANCH_LABELS = {"ACTIVE": "运行中", "DISSOLVED": "已撤销"}
BRANCH = Lifecycle(
    BRANCH_LABELS,
    [
        # The clock dissolves a temporary branch on its last day, unless tasks are left.
        row("dissolve", "撤销", {"ACTIVE"}, "DISSOLVED", P, S),
    ],
)

PAIRING_LABELS = {
    "DRAFT": "筹备",
    "RUNNING": "结对中",
    "ENDED": "已期满",
    "STOPPED": "已终止",
}
PAIRING = Lifecycle(
    PAIRING_LABELS,
    [
        row("sign", "签约结对", {"DRAFT"}, "RUNNING", P),
        row("renew", "续期", {"RUNNING", "ENDED"}, "RUNNING", P),
        row("end", "期满", {"RUNNING"}, "ENDED", P, S),
        row("stop", "终止", {"DRAFT", "RUNNING"}, "STOPPED", P),
    ],
)

ALLIANCE_LABELS = {"DRAFT": "组建中", "RUNNING": "运行中", "CLOSED": "已总结", "STOPPED": "已终止"}
ALLIANCE = Lifecycle(
    ALLIANCE_LABELS,
    [
        row("start", "成立", {"DRAFT"}, "RUNNING", P),
        row("close", "总结", {"RUNNING"}, "CLOSED", P),
        row("stop", "终止", {"DRAFT"}, "STOPPED", P),
    ],
)

SECONDMENT_LABELS = {
    "PLANNED": "待到岗",
    "RUNNING": "在岗",
    "ENDED": "已结束",
    "CANCELLED": "已取消",
}
SECONDMENT = Lifecycle(
    SECONDMENT_LABELS,
    [
        row("start", "到岗", {"PLANNED"}, "RUNNING", P, S),
        row("end", "结束", {"RUNNING"}, "ENDED", P, S),
        row("cancel", "取消", {"PLANNED"}, "CANCELLED", P),
    ],
)

MEETING_LABELS = {
    "DRAFT": "筹备",
    "HELD": "已召开",
    "CLOSED": "已销号",
    "CANCELLED": "已取消",
}
MEETING = Lifecycle(
    MEETING_LABELS,
    [
        row("hold", "已召开", {"DRAFT"}, "HELD", P),
        row("close", "销号", {"HELD"}, "CLOSED", P),
        row("cancel", "取消", {"DRAFT"}, "CANCELLED", P),
    ],
)

TASK_LABELS = {
    "OPEN": "办理中",
    "REPORTED": "待确认",
    "CLOSED": "已办结",
    "CANCELLED": "已撤销",
}
TASK = Lifecycle(
    TASK_LABELS,
    [
        row("report", "报完成", {"OPEN"}, "REPORTED", P),
        row("confirm", "确认办结", {"REPORTED"}, "CLOSED", P),
        row("send_back", "退回", {"REPORTED"}, "OPEN", P),
        row("cancel", "撤销", {"OPEN", "REPORTED"}, "CANCELLED", P),
    ],
)

TOPIC_LABELS = {
    "PROPOSED": "已立项",
    "BASELINED": "已定基线",
    "ACTING": "实施中",
    "MEASURED": "已测结果",
    "CLOSED": "已验收",
    "CANCELLED": "已终止",
}
TOPIC = Lifecycle(
    TOPIC_LABELS,
    [
        row("baseline", "定基线", {"PROPOSED", "BASELINED"}, "BASELINED", P),
        row("act", "开始实施", {"BASELINED"}, "ACTING", P),
        row("measure", "测结果", {"ACTING", "MEASURED"}, "MEASURED", P),
        # What was measured does not convince: the work goes on and is measured again.
        row("go_on", "继续实施", {"MEASURED"}, "ACTING", P),
        row("accept", "验收", {"MEASURED"}, "CLOSED", P),
        row("cancel", "终止", {"PROPOSED", "BASELINED", "ACTING", "MEASURED"}, "CANCELLED", P),
    ],
)
