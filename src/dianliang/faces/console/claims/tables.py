"""What the list of claims holds as a file; see `list_tables`."""

from dianliang.flows.list_sheets import Table

CLAIMS = Table(
    "energy.claim",
    "量化声明",
    (
        ("声明编号", "number"),
        ("标题", "title"),
        ("类型", "kind_label"),
        ("数值", "quantity.value"),
        ("计量单位", "measure_label"),
        ("下限", "quantity.low"),
        ("上限", "quantity.high"),
        ("置信水平", "quantity.confidence"),
        ("不给区间的原因", "no_interval"),
        ("状态", "status_label"),
        ("对象", "subject_name"),
        ("所属单位", "unit_name"),
        ("登记人", "recorder"),
        ("登记时间", "recorded_at"),
        ("演示数据", "is_generated"),
    ),
)
CARBON = Table(
    "energy.carbonaccount",
    "碳账户",
    (
        ("账户编号", "row.number"),
        ("账户", "row.name"),
        ("类型", "row.kind_label"),
        ("所属单位", "row.unit_name"),
        ("数据从", "first_on"),
        ("数据到", "last_on"),
        ("位置法（tCO2）", "location.value"),
        ("市场法（tCO2）", "market.value"),
        ("分录", "entries"),
        ("算不出来的分录", "refused"),
        ("演示数据", "row.is_generated"),
    ),
)
PROJECTS = Table(
    "energy.measurementproject",
    "节能测量项目",
    (
        ("项目编号", "number"),
        ("名称", "title"),
        ("企业或对象", "subject_name"),
        ("测量设计", "design_label"),
        ("措施投用日期", "measure_on"),
        ("结果", "saved_words"),
        ("状态", "status_label"),
        ("所属单位", "unit_name"),
        ("演示数据", "is_generated"),
    ),
)
