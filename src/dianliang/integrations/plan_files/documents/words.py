"""What every field of problems and plans means, in Chinese, and what numbers it may hold.

The JSON Schema is made from these words. A field of the engine that is not here fails a test, so
that nobody adds one without thinking of files.
"""

from collections.abc import Mapping
from typing import Any

from dianliang.engines import routing
from dianliang.engines.routing.travel import GreatCircle, TravelTable
from dianliang.integrations.plan_files.documents.hints import leaf_of
from dianliang.integrations.plan_files.loaded import (
    LONGEST_CODE,
    Label,
    PlanFile,
    ProblemFile,
)
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow

Range = tuple[float, float]
DAY_S, YEAR_S = 24 * 3600, 366 * 24 * 3600
MOST = 10**9
"""Of what goes into the search: seconds in 31 years, and far from what arrays can hold."""
NUMBER: Range = (-(10**15), 10**15)
SPAN: Range = (-MOST, MOST)
COUNT: Range = (0, MOST)
CODE: Range = (1, LONGEST_CODE)
TEXT: Range = (0, 5000)

FIELDS: Mapping[type, Mapping[str, str]] = {
    ProblemFile: {
        "schema": "文件格式与版本",
        "problem": "要排的全部内容",
        "coordinates": "坐标系；GCJ-02 的坐标读入时换算成 WGS 84",
        "labels": "工单号到事项和地址，只用于显示",
    },
    PlanFile: {
        "schema": "文件格式与版本",
        "plan": "排好的计划",
        "bound": "已证明的下界：任何排法都不会比它更好",
        "gap": "总代价最多还能再降的份额（已证明），0 到 1；证明不出就不写",
    },
    Label: {"title": "事项", "address": "地址"},
    GeoPoint: {"lat": "纬度，十进制度", "lon": "经度，十进制度"},
    TimeWindow: {"start": "开始（含），带时区", "end": "结束（不含），带时区"},
    routing.Problem: {
        "jobs": "工单",
        "teams": "队伍，至少一支",
        "travel": "路程怎么算",
        "locks": "锁定",
        "links": "工单的先后或同时；一张工单可以有几个",
        "series": "一位客户的一串走访",
        "weights": "各种代价，折合行车秒数",
        "lines": "沿线作业；读入时按最短分段切成工单，由几支队伍分着做",
    },
    routing.Line: {
        "id": "线路，唯一；各段的工单号是它加 # 和序号",
        "path": "从起点到终点的各点，至少两个",
        "s_per_km": "一支队伍做一公里要多久，秒，不含路程和就位",
        "measured_m": "全长，米；不写按各点间的直线",
        "begins_m": "起点是第几米；接着做一条线路剩下的一段时用，不写为 0",
        "setup_s": "不是接着做、而是新到线上一处时的就位时间，秒",
        "least_part_m": "最短分段，米",
        "most_parts": "最多分成几段",
        "value_per_km": "不做一公里的代价，折合行车秒数；不写按优先级",
        "gear_per_km": "每公里要带去并留下的装备及数量",
        "skills": "需要的技能",
        "levels": "技能的最低等级",
        "priority": "优先级：must 必须，should 应当，may 可缓",
        "windows": "可作业时段，任选其一；不写为任何时间",
        "due_at": "承诺的最晚开始，可以超但要付代价，带时区",
        "late_per_s": "每超 1 秒折合多少秒行车；不写用 weights 的",
        "area": "所在区域；不写表示哪个队都可以",
        "allowed_teams": "只能由这些队伍承接；不写为不限",
        "forbidden_teams": "应回避的队伍",
        "either_way": "是否也可以从终点往起点做",
    },
    routing.Part: {
        "line_id": "线路",
        "from_m": "从线路起点算起的第几米开始",
        "to_m": "到第几米为止",
    },
    routing.Job: {
        "id": "工单号，唯一",
        "at": "地点",
        "duration_s": "作业时长，秒",
        "windows": "可上门时段，任选其一；不写为任何时间",
        "skills": "需要的技能",
        "levels": "技能的最低等级",
        "gear": "安装并留下的装备及数量：从驻地带去，或先在别处收回",
        "returns": "收回的装备及数量：可以装到下一处，或带回驻地；坏了不能再装的另起一个名字",
        "priority": "优先级：must 必须，should 应当，may 可缓",
        "value": "不做的代价，折合行车秒数；不写按优先级",
        "due_at": "承诺的最晚开始，可以超但要付代价，带时区",
        "late_per_s": "每超 1 秒折合多少秒行车；不写用 weights 的",
        "wait_per_s": "每多等 1 秒折合多少秒行车，不论承诺",
        "area": "所在区域；不写表示哪个队都可以",
        "allowed_teams": "只能由这些队伍承接；不写为不限",
        "forbidden_teams": "应回避的队伍",
        "preferred_team": "最好由哪支队伍承接",
        "ends_at": "沿线作业的终点；不写为在原地做完",
        "either_way": "是否也可以从终点做到起点",
        "part": "是哪条线路的哪一段；由程序切分时写出",
    },
    routing.Lunch: {"window": "午休应在此时段内", "duration_s": "午休时长，秒"},
    routing.Shift: {
        "window": "上班到下班",
        "start": "出发地",
        "end": "收工地；不写为回到出发地",
        "lunch": "午休；不写为没有",
        "overtime_limit_s": "最多加班，秒",
        "skills": "当天在岗的人有的技能；不写用队伍的",
        "only_for": "只为这些工单开的班；不写为不限",
        "gear": "这一班最多带出去的装备和件数；不写用队伍的",
    },
    routing.Team: {
        "id": "队伍，唯一",
        "shifts": "班次，至少一个",
        "skills": "技能",
        "levels": "技能的等级",
        "gear": "车上最多能装的装备及数量，也是每班最多带出去的",
        "areas": "服务的区域；不写为全部",
        "shift_limit_s": "每班从出发到收工最多，秒",
        "total_limit_s": "全部班次的行车加作业最多，秒",
        "shift_price": "开出一班的代价，折合行车秒数",
        "spare": "排不下时可以加开的班次；不写为末班次日的同样时间",
    },
    routing.Lock: {
        "job_id": "工单号",
        "team_id": "队伍",
        "shift": "该队的第几个班次，从 0 数起",
        "start_at": "开始时间；不写只锁定班次",
        "tolerance_s": "前后可以移动，秒",
    },
    routing.Link: {
        "first": "先做的工单",
        "then": "后做的工单",
        "lag_from_s": "两者开始的间隔至少，秒；两个都写 0 为同时",
        "lag_to_s": "两者开始的间隔至多，秒",
    },
    routing.Series: {
        "id": "系列，唯一",
        "job_ids": "按次序的工单",
        "patterns": "允许的日期组合，每组与工单一一对应；不写按间隔",
        "gap_from_days": "相邻两次至少隔几天",
        "gap_to_days": "相邻两次至多隔几天",
    },
    routing.Weights: {
        "unassigned_must": "不做一张“必须”",
        "unassigned_should": "不做一张“应当”",
        "unassigned_may": "不做一张“可缓”",
        "late_per_s": "每超承诺 1 秒",
        "late_most_share": "超承诺的陡峭部分最多占不做代价的几成",
        "late_rest_share": "其后每超一周占不做代价的几成",
        "wait_most_share": "等待的代价最多占不做代价的几成",
        "overtime_per_s": "每加班 1 秒",
        "travel_per_s": "每行车 1 秒",
        "other_team": "换了优先的队伍",
        "series_team": "一个系列每多一支队伍",
        "balance": "忙闲不均：每秒工作乘以占在岗时间的比例",
    },
    GreatCircle: {"detour": "绕路系数：路程除以直线距离", "speed_m_s": "平均速度，米/秒"},
    TravelTable: {
        "points": "表中的地点，含每张工单和每班的出发地、收工地",
        "seconds": "从行到列的秒数",
        "metres": "从行到列的米数",
    },
    routing.Plan: {
        "routes": "线路",
        "unassigned": "没排进去的工单",
        "objective": "总代价及其组成",
        "seed": "随机种子",
        "iterations": "搜索的轮数",
        "version": "路线引擎的版本",
    },
    routing.Route: {
        "team_id": "队伍",
        "shift": "该队的第几个班次，从 0 数起",
        "stops": "依次的上门，至少一个",
        "leave_at": "出发",
        "return_at": "收工",
        "lunch_at": "午休开始；没有为空",
        "travel_s": "行车，秒",
        "travel_m": "路程，米",
        "overtime_s": "加班，秒",
        "gear": "出发时至少要带的装备及数量；不写不核对",
    },
    routing.Stop: {
        "job_id": "工单号",
        "arrive_at": "到达；沿线作业为就位",
        "start_at": "开始作业",
        "depart_at": "离开",
        "travel_s": "从上一处来的行车，秒",
        "travel_m": "从上一处来的路程，米",
        "late_s": "超承诺，秒",
        "why": "为什么是这支队伍",
        "is_turned": "沿线作业从终点做到起点",
    },
    routing.Unassigned: {
        "job_id": "工单号",
        "reasons": "卡在哪里",
        "fix": "最省的办法；没有为空",
        "others": "其他办法",
    },
    routing.Reason: {"code": "原因的代码", "words": "原因"},
    routing.Fix: {
        "kind": "办法的种类",
        "words": "办法",
        "price_s": "代价，折合行车秒数",
        "team_id": "队伍",
        "shift": "该队的第几个班次；等于班次数为加开",
        "amount": "加班的秒数",
        "items": "要补的技能、装备，或让位的工单",
        "start_at": "改约到",
        "opens_at": "加开的班次何时开始",
        "effort_s": "代价中为协调（借调、改约、加班等）所计的部分，秒",
    },
    routing.Objective: {
        "unassigned_must": "没排的“必须”",
        "unassigned_should": "没排的“应当”",
        "unassigned_may": "没排的“可缓”",
        "late_s": "超承诺合计，秒",
        "overtime_s": "加班合计，秒",
        "travel_s": "行车合计，秒",
        "other_team": "换了优先队伍的上门数",
        "series_teams": "系列里多出的队伍数",
        "balance": "忙闲不均的代价",
        "waiting": "等待的代价",
        "total": "总代价，折合行车秒数",
    },
    routing.Bound: {
        "total": "总代价不会低于它，折合行车秒数",
        "unassigned_must": "“必须”至少有几张谁也排不进",
        "methods": "总代价和张数各是怎么证明的",
    },
}

RANGES: Mapping[tuple[type, str], Range] = {
    (GeoPoint, "lat"): (-90, 90),
    (GeoPoint, "lon"): (-180, 180),
    (routing.Job, "id"): CODE,
    (routing.Job, "duration_s"): (1, DAY_S),
    (routing.Job, "levels"): COUNT,
    (routing.Job, "gear"): COUNT,
    (routing.Job, "returns"): COUNT,
    (routing.Job, "value"): COUNT,
    (routing.Job, "late_per_s"): COUNT,
    (routing.Job, "wait_per_s"): COUNT,
    (routing.Line, "id"): (1, LONGEST_CODE - 10),
    (routing.Line, "s_per_km"): (1, MOST),
    (routing.Line, "measured_m"): (1, MOST),
    (routing.Line, "begins_m"): (0, MOST),
    (routing.Line, "setup_s"): (0, DAY_S),
    (routing.Line, "least_part_m"): (1, MOST),
    (routing.Line, "most_parts"): (1, 5000),
    (routing.Line, "value_per_km"): COUNT,
    (routing.Line, "gear_per_km"): COUNT,
    (routing.Line, "levels"): COUNT,
    (routing.Line, "late_per_s"): COUNT,
    (routing.Part, "line_id"): CODE,
    (routing.Part, "from_m"): (0, MOST),
    (routing.Part, "to_m"): (0, MOST),
    (routing.Lunch, "duration_s"): (1, DAY_S),
    (routing.Shift, "overtime_limit_s"): (0, DAY_S),
    (routing.Team, "id"): CODE,
    (routing.Team, "levels"): COUNT,
    (routing.Team, "gear"): COUNT,
    (routing.Team, "shift_limit_s"): (1, YEAR_S),
    (routing.Team, "total_limit_s"): (1, YEAR_S),
    (routing.Team, "shift_price"): COUNT,
    (routing.Lock, "shift"): COUNT,
    (routing.Lock, "tolerance_s"): (0, YEAR_S),
    (routing.Link, "lag_from_s"): SPAN,
    (routing.Link, "lag_to_s"): SPAN,
    (routing.Series, "id"): CODE,
    (routing.Series, "gap_from_days"): (1, 3660),
    (routing.Series, "gap_to_days"): (1, 3660),
    **{(routing.Weights, name): COUNT for name in FIELDS[routing.Weights]},
    (GreatCircle, "detour"): (1, 10),
    (GreatCircle, "speed_m_s"): (0.1, 100),
    (TravelTable, "seconds"): (0, MOST),
    (TravelTable, "metres"): (0, MOST),
    (PlanFile, "gap"): (0, 1),
    (routing.Route, "shift"): COUNT,
    (routing.Route, "gear"): COUNT,
    (routing.Plan, "seed"): (-(2**63), 2**64),
}
"""What is narrower than `NUMBER` and `TEXT`; of text, the length."""


def range_of(owner: type, name: str, hint: Any) -> Range:
    """Return the least and the most that a field, or each of its items, may hold."""
    if leaf_of(hint) is not str:
        return RANGES.get((owner, name), NUMBER)
    return RANGES.get((owner, name), TEXT if hint in {str, str | None} else CODE)
