"""What stands in the columns of a dispatch's lists that are taken out as Excel."""

from dianliang.flows.list_sheets import Table

LEFT = Table(
    "mobilisation.dispatch",
    "没排上的任务",
    (
        ("工单号", "number"),
        ("任务", "title"),
        ("等级", "rank_label"),
        ("所在", "area_name"),
        ("时限", "due_at"),
        ("原因", "reasons"),
        ("怎样才能做到", "help"),
    ),
)
CREWS = Table(
    "mobilisation.dispatch",
    "队伍与装备",
    (
        ("编码", "code"),
        ("队伍", "name"),
        ("班次", "shifts"),
        ("任务数", "stops"),
        ("已完成", "done"),
        ("第一处", "first_at"),
        ("最后一处完", "last_at"),
        ("集结点", "place"),
        ("装备", "gear_words"),
        ("说明", "limited"),
    ),
)
CHANGES = Table(
    "mobilisation.dispatch",
    "会改变什么",
    (
        ("工单号", "job_number"),
        ("任务", "title"),
        ("改动", "label"),
        ("原来", "before"),
        ("改为", "after"),
        ("缘由", "cause_label"),
        ("说明", "why"),
    ),
)
ROUTES = Table(
    "mobilisation.dispatch",
    "队伍路线",
    (
        ("编码", "code"),
        ("队伍", "name"),
        ("状态", "tone_label"),
        ("做完（处）", "done"),
        ("还有（处）", "left"),
        ("晚了（处）", "late"),
        ("线路已报（km）", "line_done_km"),
        ("线路还排着（km）", "line_left_km"),
        ("已走路程（km，按方案）", "way_done_km"),
        ("还要走（km，按方案）", "way_left_km"),
        ("下一处", "next_words"),
        ("装备", "gear"),
    ),
)
