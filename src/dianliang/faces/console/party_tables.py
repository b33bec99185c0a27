"""What lists about ratings, calls and brands hold as files; see `list_tables`."""

from dianliang.flows.list_sheets import Table

TASK_LISTS = Table(
    "appraisal.tasklist",
    "任务清单",
    (
        ("清单编号", "number"),
        ("清单", "title"),
        ("单位", "unit_name"),
        ("开始", "since"),
        ("结束", "until"),
        ("任务", "duties"),
        ("待批准", "proposed"),
        ("待确认", "waiting"),
        ("状态", "status_label"),
    ),
)
ROUNDS = Table(
    "appraisal.round",
    "考评与竞赛",
    (
        ("考评编号", "number"),
        ("名称", "title"),
        ("类别", "kind_label"),
        ("对象", "subject_label"),
        ("单位", "unit_name"),
        ("开始", "since"),
        ("结束", "until"),
        ("规则公布", "announced_on"),
        ("待裁定申诉", "appeals"),
        ("状态", "status_label"),
    ),
)
CALLS = Table(
    "honours.call",
    "评选",
    (
        ("评选编号", "number"),
        ("评选", "title"),
        ("主办单位", "unit_name"),
        ("级别", "level_label"),
        ("提名截止", "nominate_until"),
        ("投票截止", "vote_until"),
        ("提名", "nominees"),
        ("状态", "status_label"),
    ),
)
BRANDS = Table(
    "brands.brand",
    "品牌",
    (
        ("品牌编号", "number"),
        ("名称", "name"),
        ("口号", "slogan"),
        ("类别", "kind_label"),
        ("所属", "owner"),
        ("始于", "since"),
        ("止于", "until"),
        ("对外展示", "is_public"),
        ("状态", "status_label"),
    ),
)
