"""What can be counted of a branch or a person; `flows.appraisal.sources` finds the records."""

from collections.abc import Mapping
from dataclasses import dataclass

BY_HAND = ""
"""No records: a person reports, or an assessor gives a mark out of 100."""
FULL_MARK = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A figure that follows from records: `per` units of a record's quantity make one of `unit`.

    `of_person` tells that records name persons; else they belong to a branch as a whole. A branch
    counts each record once, however many of its people are in it, unless `adds_up`.
    `for_duties` tells that a task list may ask for it.
    """

    label: str
    unit: str
    per: int = 1
    of_person: bool = True
    adds_up: bool = False
    for_duties: bool = True


MEASURES: Mapping[str, Measure] = {
    "meeting": Measure(label="召开联席会议", unit="次", of_person=False),
    "attended": Measure(label="参加联席会议", unit="次"),
    "task": Measure(label="办结会议任务", unit="项"),
    "session": Measure(label="带队开展活动", unit="场"),
    "activity": Measure(label="参加活动", unit="场"),
    "course": Measure(label="参加课程", unit="次"),
    "lecture": Measure(label="担任主讲", unit="场"),
    "visit": Measure(label="走访或上门服务", unit="次"),
    "hours": Measure(label="志愿时长", unit="小时", per=60, adds_up=True),
    "action": Measure(label="完成课题行动", unit="项"),
    "measured": Measure(label="测出课题结果", unit="个", of_person=False),
    "result": Measure(label="取得共建成果", unit="项", of_person=False),
    "points": Measure(label="党员积分", unit="分", adds_up=True),
    "duties": Measure(label="任务清单得分", unit="分", for_duties=False),
    "special": Measure(label="完成特色动作", unit="项", for_duties=False),
}


def label_of(code: str) -> str:
    """Return what a measure is called; what has no records is done by hand."""
    return MEASURES[code].label if code in MEASURES else "人工"


def unit_of(code: str) -> str:
    """Return the unit that a measure counts in; a mark is out of 100."""
    return MEASURES[code].unit if code in MEASURES else "分"


def duty_measures() -> tuple[tuple[str, str], ...]:
    """Return what a task list may ask for, with labels."""
    return tuple((code, m.label) for code, m in MEASURES.items() if m.for_duties)
