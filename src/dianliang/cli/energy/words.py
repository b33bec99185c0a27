"""Headings and verdicts, in Chinese and English."""

from dianliang.engines.loading import (
    DOUBT_LABELS,
    HEAVY,
    LINE_LABELS,
    OVER,
    Doubt,
    Line,
    Run,
    clock,
)

QUALITY_HEADINGS = {
    "zh": [
        "表号",
        "有数天数",
        "完整率",
        "缺点数",
        "缺口数",
        "最长连缺点",
        "不变点数",
        "突变点数",
        "时钟慢(分钟)",
        "疑问",
    ],
    "en": [
        *("meter", "days", "completeness", "missing points", "gaps", "longest gap"),
        *("stuck points", "spikes", "clock slow (min)", "doubts"),
    ],
}
FEATURE_HEADINGS = {
    "zh": [
        *("表号", "日期", "点数", "电量(kWh)", "峰值(kW)", "峰值时刻(分钟)", "负荷率", "谷段占比"),
        *("电压点数", "低电压(分钟)", "高电压(分钟)", "最低电压(V)", "最高电压(V)"),
    ],
    "en": [
        *("meter", "day", "points", "energy (kWh)", "peak (kW)", "peak minute", "load factor"),
        *("valley share", "voltage points", "low voltage (min)", "high voltage (min)"),
        *("least voltage (V)", "most voltage (V)"),
    ],
}
LOADING_HEADINGS = {
    "zh": [
        *("变压器", "容量(kVA)", "表数", "类别", "开始", "分钟", "缺数点"),
        *("最大负荷(kW)", "最大不平衡度(%)", "最大时刻", "部分表缺数点", "说明"),
    ],
    "en": [
        *("transformer", "capacity (kVA)", "meters", "line", "begin", "minutes", "bridged points"),
        *("greatest load (kW)", "most uneven (%)", "most at", "partial points", "in words"),
    ],
}
DOUBTS = {"zh": DOUBT_LABELS, "en": {doubt: doubt.value for doubt in Doubt}}
LINES = {
    "zh": LINE_LABELS,
    "en": {Line.HEAVY: "heavy", Line.OVER: "overload", Line.UNEVEN: "uneven phases"},
}
SAID = {
    "zh": {
        "and": "、",
        "span": "期间：{0} 至 {1}，共 {2} 天；有曲线的在 {3} 至 {4}，没有导入的天按缺数计",
        "written": "已写入 {out}：{rows} 行",
        "more": "……另有 {rows} 行，用 --out 写成文件看全部",
        "quality": "{meters} 只表，{doubted} 只有疑问，{fine} 只正常",
        "loading": "{all} 台变压器：过载 {over} 台，重载 {heavy} 台；"
        "{unknown} 台一半以上时刻数据不足。",
        "unbelieved": "{n} 台（如 {first}）有读数超过额定容量的 {most:g} 倍，不可信，"
        "按缺数计；请核对倍率、示数和容量。",
        "clauses": "依据：{clauses}",
        "then": "；",
        "unknown": "数据不足",
        "peak": "最高负载率 {share:.1%}（{at}）",
        "back": "最高负载率 {share:.1%}（{at}，反向送电）",
    },
    "en": {
        "and": ", ",
        "span": "Days: {0} to {1}, {2} in all; curves between {3} and {4}, days without count as"
        " not read",
        "written": "Written to {out}: rows {rows}",
        "more": "… and {rows} more; write them to a file with --out to see all",
        "quality": "Meters: {meters}; doubted {doubted}, without a doubt {fine}",
        "loading": "Transformers: {all}; overloaded {over}, heavily loaded {heavy}; "
        "{unknown} without enough data at half of the time or more.",
        "unbelieved": "{n} (such as {first}) with readings beyond {most:g} times the rated"
        " capacity, counted as not read; check multiplier, reading and capacity.",
        "clauses": "By: {clauses}",
        "then": "; ",
        "unknown": "not enough data",
        "peak": "greatest load {share:.1%} ({at})",
        "back": "greatest load {share:.1%} ({at}, fed back)",
    },
}
"""What is said around tables."""
CLAUSES = {
    HEAVY.clause: "practice of distribution networks: load of 80 % or more for 2 hours"
    " (8 quarter hours in a row)",
    OVER.clause: "practice of distribution networks: load of 100 % or more for 2 hours"
    " (8 quarter hours in a row)",
}


def clause(of: str, *, language: str) -> str:
    """Say what a line rests on; that of a person's own rules stays in that person's words."""
    return CLAUSES.get(of, of) if language == "en" else of


def in_words(run: Run, *, language: str) -> str:
    """Say what was seen of a run."""
    if language == "zh":
        return run.words
    end, minute = run.end
    said = (
        f"{run.on} {clock(run.minute)} to {end} {clock(minute)}: {LINES[language][run.line]},"
        f" {run.minutes} minutes"
    )
    notes = [
        (run.is_reverse, f"fed back, at most {-run.most / 1000:g} kW"),
        (run.bridged, f"points not read in between, not counted: {run.bridged}"),
        (
            run.partial,
            f"points at which what was read was enough, with meters unread: {run.partial}",
        ),
        (run.may_begin_before, "nothing read before it, it may have begun earlier"),
        (run.may_go_on, "nothing read after it, it may go on"),
    ]
    told = "; ".join(words for holds, words in notes if holds)
    return f"{said} ({told})" if told else said
