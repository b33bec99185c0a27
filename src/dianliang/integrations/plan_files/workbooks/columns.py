"""The sheets of the workbook that a dispatcher fills in: columns, notes, examples.

Each column names the fields of the engine that it fills; errors find their column by it, and a
test holds the columns against the engine's dataclasses.
"""

from dataclasses import dataclass, field

EXAMPLE = "示例"
"""What the first cell of an example begins with."""
PRIORITIES = {"必须": "must", "应当": "should", "可缓": "may"}
TOGETHER, AFTER = "同时", "先后"
YES = "是"
GUIDE = "说明"
LATER_DAY = "次日"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: what it is called, how to fill it in, and what it fills."""

    heading: str
    note: str = ""
    fills: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    is_needed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet. In examples ``{d1}`` and ``{d2}`` stand for the next two days."""

    title: str
    purpose: str
    columns: tuple[Column, ...]
    examples: tuple[tuple[str, ...], ...] = ()
    is_needed: bool = False
    headings: dict[str, str] = field(init=False)
    """Which heading a field stands under."""

    def __post_init__(self) -> None:
        found = {name: column.heading for column in reversed(self.columns) for name in column.fills}
        object.__setattr__(self, "headings", found)

    @property
    def needed(self) -> list[str]:
        """The headings without which the sheet cannot be read."""
        return [column.heading for column in self.columns if column.is_needed]


def _needed(heading: str, note: str, *fills: str) -> Column:
    return Column(heading=heading, note=f"必填。{note}", fills=fills, is_needed=True)


def _column(heading: str, note: str, *fills: str, choices: tuple[str, ...] = ()) -> Column:
    return Column(heading=heading, note=note, fills=fills, choices=choices)


DEGREES = "十进制度，例如 {}；坐标系见“参数”表"
SKILLS = "多个用、隔开；有等级的写成 带电作业:3"
GEAR = "例如 绝缘梯×2、发电机×1；不写数量为 1"

TEAMS = Sheet(
    title="队伍",
    purpose="每支队伍一行：会什么、带什么、从哪里出发。",
    is_needed=True,
    columns=(
        _needed("队伍", "唯一，例如 城东一班", "Team.id"),
        _column("技能", SKILLS, "Team.skills", "Team.levels"),
        _column("服务区域", "多个用、隔开；留空为全部区域", "Team.areas"),
        _column("装备", GEAR, "Team.gear"),
        _needed("出发纬度", DEGREES.format("30.64"), "Shift.start"),
        _needed("出发经度", DEGREES.format("119.68"), "Shift.start"),
        _column("收工纬度", "留空为回到出发地", "Shift.end"),
        _column("收工经度", "留空为回到出发地", "Shift.end"),
        _column("每班上限（小时）", "从出发到收工最多；留空不限", "Team.shift_limit_s"),
        _column("总工时上限（小时）", "全部班次行车加作业最多；留空不限", "Team.total_limit_s"),
        _column("出班代价（分钟）", "多开一班折合多少分钟行车；留空为 0", "Team.shift_price"),
    ),
    examples=(
        ("示例一班", "抢修、带电作业:3", "", "绝缘梯×2、发电机×1", "30.6400", "119.6800"),
        ("示例二班", "抢修、巡检、关爱", "城区、东乡", "", "30.6500", "119.7000"),
    ),
)
SHIFTS = Sheet(
    title="班次",
    purpose="每支队伍每天一行；几天时间相同时，用“至”写最后一天。",
    is_needed=True,
    columns=(
        _needed("队伍", "与“队伍”表一致", "Team.shifts"),
        _needed("日期", "例如 2026-11-24", "Shift.window"),
        _column("至", "最后一天（含），其间每天一班；只有一天就留空", "Shift.window"),
        _needed("上班", "例如 8:30", "Shift.window"),
        _needed("下班", "例如 17:30；过零点写 次日02:00", "Shift.window"),
        _column("午休从", "午休最早开始，例如 11:30；三格都留空为没有午休", "Shift.lunch"),
        _column("午休到", "午休最晚结束，例如 13:30", "Shift.lunch"),
        _column("午休（分钟）", "例如 60", "Shift.lunch"),
        _column("加班上限（分钟）", "下班后最多再做多久；留空为 0", "Shift.overtime_limit_s"),
        _column("当日技能", "当天在岗的人会什么；留空用队伍的技能", "Shift.skills"),
        _column("出发纬度", "当天不从驻地出发时填写", "Shift.start"),
        _column("出发经度", "当天不从驻地出发时填写", "Shift.start"),
        _column("收工纬度", "当天不回队伍的收工地时填写", "Shift.end"),
        _column("收工经度", "当天不回队伍的收工地时填写", "Shift.end"),
        _column("只做工单", "专为这些工单开的班，多个用、隔开；留空不限", "Shift.only_for"),
        _column("备用", "填“是”：平时不上班，排不下时可以加开", "Team.spare", choices=(YES,)),
    ),
    examples=(
        ("示例一班", "{d1}", "{d2}", "8:30", "17:30", "11:30", "13:30", "60", "60"),
        ("示例二班", "{d1}", "", "8:30", "17:30", "11:30", "13:30", "60"),
    ),
)
JOBS = Sheet(
    title="工单",
    purpose="每张工单一行：在哪里、要多久、什么时候可以上门、要什么。",
    is_needed=True,
    columns=(
        _needed("工单号", "唯一；请先把整列设为文本", "Job.id"),
        _column("事项", "只用于显示"),
        _column("地址", "只用于显示"),
        _needed("纬度", DEGREES.format("30.66"), "Job.at"),
        _needed("经度", DEGREES.format("119.65"), "Job.at"),
        _needed("时长（分钟）", "到场后要做多久，不含行车", "Job.duration_s"),
        _column(
            "可上门时段",
            "例如 2026-11-24 9:00-11:30；几个时段用；隔开，任选其一；只写 9:00-11:30 表示每天；"
            "留空为任何时间",
            "Job.windows",
        ),
        _column("技能", f"{SKILLS}；一支队伍要全部具备", "Job.skills", "Job.levels"),
        _column("带去装备", f"从驻地带去或先在别处收回，留在现场。{GEAR}", "Job.gear"),
        _column("带回装备", f"从现场收回，装到下一处或带回驻地。{GEAR}", "Job.returns"),
        _column("优先级", "留空为应当", "Job.priority", choices=tuple(PRIORITIES)),
        _column("价值（分钟）", "不做的代价，折合行车分钟；留空按优先级", "Job.value"),
        _column(
            "承诺时间",
            "最晚开始，例如 2026-11-24 15:00；只写日期为当天结束。可以超，但要付代价",
            "Job.due_at",
        ),
        _column("超时代价", "每超 1 分钟折合多少分钟行车；留空按“参数”表", "Job.late_per_s"),
        _column("区域", "与队伍的服务区域对应；留空哪个队都可以", "Job.area"),
        _column("只能由", "多个队伍用、隔开；留空不限", "Job.allowed_teams"),
        _column("不能由", "应回避的队伍，多个用、隔开", "Job.forbidden_teams"),
        _column("优先由", "最好由哪支队伍承接", "Job.preferred_team"),
        _column("等待代价", "每多等 1 分钟折合多少分钟行车；留空不计", "Job.wait_per_s"),
    ),
    examples=(
        (
            *("示例001", "更换表箱", "余村1组", "30.6600", "119.6500", "45"),
            *("{d1} 9:00-11:30；{d2} 14:00-17:00", "抢修", "", "", "应当", "", "{d1} 15:00"),
        ),
        ("示例002", "架空线消缺", "", "30.6200", "119.7100", "90", "", "带电作业:3", "绝缘梯×1"),
        (
            *("示例003", "走访独居老人", "", "30.6700", "119.7200", "30", "9:00-11:00", "关爱"),
            *("", "", "可缓", "", "", "", "东乡", "", "", "示例二班"),
        ),
        (*("示例004", "送发电机", "", "30.6000", "119.6600", "20", "", "", "发电机×1"), "", "必须"),
    ),
)
LINKS = Sheet(
    title="关联",
    purpose="两张工单的时间关系；没有就空着。一张工单可以写几行，连成一串（最多 8 张）；"
    "有关联的工单不能再属于系列。",
    columns=(
        _needed("先做工单", "工单号", "Link.first"),
        _needed("后做工单", "工单号", "Link.then"),
        _needed(
            "关系",
            "同时：两队同时开始；先后：先做的完工后再做另一张",
            "Link.lag_from_s",
        ),
        _column("间隔至少（分钟）", "先后：完工后至少等多久；留空为 0", "Link.lag_from_s"),
        _column("间隔至多（分钟）", "先后：完工后最多等多久；留空不限", "Link.lag_to_s"),
    ),
    examples=(("示例004", "示例002", "先后", "0", ""),),
)
SERIES = Sheet(
    title="系列",
    purpose="一位客户的周期走访：几张工单一起安排，尽量由同一支队伍。没有就空着。",
    columns=(
        _needed("系列", "唯一，例如 王奶奶", "Series.id"),
        _needed("工单号", "按次序，用、隔开", "Series.job_ids"),
        _column(
            "日期组合",
            "允许的几组日期，例如 2026-11-24+2026-11-26；2026-11-25+2026-11-27；留空按间隔",
            "Series.patterns",
        ),
        _column("间隔至少（天）", "留空为 1", "Series.gap_from_days"),
        _column("间隔至多（天）", "留空为 366", "Series.gap_to_days"),
    ),
)
LOCKS = Sheet(
    title="锁定",
    purpose="已经约好、不能再动的工单。没有就空着。",
    columns=(
        _needed("工单号", "与“工单”表一致", "Lock.job_id"),
        _needed("队伍", "与“队伍”表一致", "Lock.team_id"),
        _needed("日期", "该队当天的班次", "Lock.shift"),
        _column("开始时间", "例如 14:00；留空只锁定队伍和日期", "Lock.start_at"),
        _column("可移动（分钟）", "开始时间前后可以移动多少；留空为 15", "Lock.tolerance_s"),
    ),
)
PARAMETERS = Sheet(
    title="参数",
    purpose="留空的用默认值。代价都折合成行车分钟，可以互相比较。",
    columns=(
        _needed("参数", "不要改名"),
        _needed("值", "留空用默认值"),
        _column("默认值", "只供参考"),
        _column("说明", "只供参考"),
    ),
)
SHEETS = (TEAMS, SHIFTS, JOBS, LINKS, SERIES, LOCKS, PARAMETERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One row of the parameters: it fills a field that holds `per_unit` times what is written."""

    name: str
    note: str
    fills: str
    per_unit: float = 1.0
    least: float = 0.0
    most: float = 1_000_000.0


SYSTEM = "坐标系"
WEIGHTS = (
    Setting(
        name="不做“必须”（分钟）",
        note="漏掉一张必须的工单",
        fills="Weights.unassigned_must",
        per_unit=60,
    ),
    Setting(
        name="不做“应当”（分钟）",
        note="漏掉一张应当的工单",
        fills="Weights.unassigned_should",
        per_unit=60,
    ),
    Setting(
        name="不做“可缓”（分钟）",
        note="漏掉一张可缓的工单",
        fills="Weights.unassigned_may",
        per_unit=60,
    ),
    Setting(name="超承诺 1 分钟", note="每超 1 分钟折合", fills="Weights.late_per_s"),
    Setting(
        name="超承诺封顶（成）",
        note="陡峭部分最多占不做代价的几成，0.5 为一半",
        fills="Weights.late_most_share",
    ),
    Setting(
        name="超承诺每周（成）",
        note="其后每超一周占不做代价的几成",
        fills="Weights.late_rest_share",
    ),
    Setting(
        name="等待封顶（成）",
        note="等待的代价最多占不做代价的几成",
        fills="Weights.wait_most_share",
    ),
    Setting(name="加班 1 分钟", note="每加班 1 分钟折合", fills="Weights.overtime_per_s"),
    Setting(name="行车 1 分钟", note="一般为 1", fills="Weights.travel_per_s"),
    Setting(
        name="换队（分钟）",
        note="没有由“优先由”的队伍承接",
        fills="Weights.other_team",
        per_unit=60,
    ),
    Setting(
        name="系列换队（分钟）",
        note="一个系列每多一支队伍",
        fills="Weights.series_team",
        per_unit=60,
    ),
    Setting(
        name="均衡",
        note="0 不考虑忙闲；越大各队越平均",
        fills="Weights.balance",
    ),
)
TRAVEL = (
    Setting(
        name="绕路系数",
        note="路程除以直线距离，平原 1.2、山区 1.5 左右",
        fills="GreatCircle.detour",
        least=1,
        most=10,
    ),
    Setting(
        name="平均车速（公里/小时）",
        note="门到门，含停车",
        fills="GreatCircle.speed_m_s",
        per_unit=1000 / 3600,
        least=1,
        most=200,
    ),
)
SETTINGS = (*WEIGHTS, *TRAVEL)
JSON_ONLY = frozenset({"Job.ends_at", "Job.either_way", "Job.part", "Shift.gear"})
"""What a workbook cannot say; a field of the engine is here or under a heading."""
