"""What stands in the columns of lists of grid projects that are taken out as Excel."""

from dianliang.flows.list_sheets import Table

PROJECTS = Table(
    "grid_projects.project",
    "电网工程",
    (
        ("项目编号", "number"),
        ("名称", "name"),
        ("类型", "kind_label"),
        ("电压等级", "voltage"),
        ("建设单位", "unit_name"),
        ("涉及乡镇村", "area_names"),
        ("状态", "status_label"),
        ("专班组长", "leader"),
        ("计划投运", "planned_on"),
        ("实际或预测投运", "ends_on"),
        ("偏差（天，正为晚）", "variance_days"),
        ("对最初计划的偏差（天）", "first_variance_days"),
        ("未解决的属地问题", "open_issues"),
        ("属地问题损失工期（天）", "lost_days"),
    ),
)
ISSUES = Table(
    "grid_projects.issue",
    "属地问题",
    (
        ("问题编号", "number"),
        ("项目编号", "project_number"),
        ("项目", "project_name"),
        ("类型", "kind_name"),
        ("村（社区）", "place"),
        ("影响的里程碑", "milestone"),
        ("从哪天起受阻", "blocks_from_on"),
        ("情况", "words"),
        ("责任单位", "unit_name"),
        ("状态", "status_label"),
        ("上报时间", "reported_at"),
        ("解决时限", "due_at"),
        ("解决时间", "solved_at"),
        ("超时限", "is_late"),
        ("受阻天数", "blocked_days"),
        ("损失工期下限（天）", "low_days"),
        ("损失工期上限（天）", "high_days"),
    ),
)
