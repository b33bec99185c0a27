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
