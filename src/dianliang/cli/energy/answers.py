"""What the lists and columns of an answer are called in its workbook, as in the templates."""

from typing import Any

SHEETS = {
    "summary": "合计",
    "next": "下一座",
    "places": "地点",
    "areas": "台区",
    "plain": "不储不调",
    "months": "逐月",
    "points": "逐点",
    "flexible": "可调负荷",
}
HEADINGS = {
    "households": "户数",
    "reached_before": "现在覆盖（户）",
    "reached_after": "新建后覆盖（户）",
    "reached_at_most": "覆盖上限（户）",
    "is_proven": "已证明最优",
    "cost_cny": "费用（元）",
    "id": "编号",
    "name": "名称",
    "gain_households": "多覆盖（户）",
    "places": "覆盖的地点",
    "outcome": "结果",
    "before_km": "现在最近（公里）",
    "after_km": "新建后最近（公里）",
    "nearest": "新建后最近的站",
    "relieved": "可治理（个）",
    "relieved_at_most": "可治理上限（个）",
    "units": "用变压器（台）",
    "avoided_cny": "比换大容量少花（元）",
    "words": "理由",
    "measures": "措施",
    "cheapest": "所列措施里最省的",
    "lacking_cny": "还差（元）",
    "before_share": "治理前最大负载率",
    "after_share": "治理后最大负载率",
    "saved_cny": "节省（元）",
    "avoided_kg": "少排二氧化碳（kg）",
    "worth_kwh_cny": "储能多 1 kWh 的价值（元）",
    "worth_kw_cny": "储能多 1 kW 的价值（元）",
    "month": "月",
    "peak_kw": "最大购电（kW）",
    "plain_peak_kw": "不储不调最大购电（kW）",
    "import_kw": "购电（kW）",
    "export_kw": "上网（kW）",
    "charge_kw": "充电（kW）",
    "discharge_kw": "放电（kW）",
    "stored_kwh": "存电（kWh）",
    "lost_sun_kw": "弃光（kW）",
    "kw": "功率（kW）",
    "consumed_kwh": "用电（kWh）",
    "sun_kwh": "光伏（kWh）",
    "import_kwh": "购电（kWh）",
    "export_kwh": "上网（kWh）",
    "lost_sun_kwh": "弃光（kWh）",
    "through_battery_kwh": "经储能（kWh）",
    "energy_cny": "电量电费（元）",
    "demand_cny": "需量电费（元）",
    "wear_cny": "储能损耗（元）",
    "carbon_kg": "碳排放（kg）",
    "autonomy": "自给率",
    "self_use": "自发自用率",
}
OUTCOMES = {
    "relieved": "可治理",
    "not_chosen": "这次没选上",
    "no_means": "现有措施治不了",
    "fine": "不需治理",
    "covered": "已有站点覆盖",
    "newly": "新建后覆盖",
    "left_out": "范围外",
    "out_of_reach": "范围外，候选也到不了",
}
DECIMALS = 4
"""Decimals of what was computed: enough for a share, and no noise of floating point."""


def cell(name: str, value: Any) -> str | int | float:
    """Return a value of a column as a cell holds it."""
    if isinstance(value, list):
        return " ".join(str(cell(name, one)) for one in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return round(value, DECIMALS)
    if name == "outcome":
        return OUTCOMES[value]
    return "" if value is None else value
