"""Headings and verdicts, in Chinese and English."""

from dianliang.engines.loading import DOUBT_LABELS, LINE_LABELS, Doubt, Line

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
        *("表号", "日期", "点数", "电量(kWh)", "峰值(W)", "峰值时刻(分钟)", "负荷率", "谷段占比"),
        *("电压点数", "低电压(分钟)", "高电压(分钟)", "最低电压(0.1V)", "最高电压(0.1V)"),
    ],
    "en": [
        *("meter", "day", "points", "energy (kWh)", "peak (W)", "peak minute", "load factor"),
        *("valley share", "voltage points", "low voltage (min)", "high voltage (min)"),
        *("least voltage (0.1 V)", "most voltage (0.1 V)"),
    ],
}
LOADING_HEADINGS = {
    "zh": [
        *("变压器", "容量(kVA)", "表数", "类别", "开始", "分钟", "缺数点"),
        *("最大(W或‰)", "最大时刻", "部分表缺数点", "说明"),
    ],
    "en": [
        *("transformer", "capacity (kVA)", "meters", "line", "begin", "minutes", "bridged points"),
        *("most (W or ‰)", "most at", "partial points", "in words"),
    ],
}
DOUBTS = {"zh": DOUBT_LABELS, "en": {doubt: doubt.value for doubt in Doubt}}
LINES = {
    "zh": LINE_LABELS,
    "en": {Line.HEAVY: "heavy", Line.OVER: "overload", Line.UNEVEN: "uneven phases"},
}
