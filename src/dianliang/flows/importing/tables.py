"""The three tables and their headings; how rows hang together."""

from dianliang.core.blanks import Heading
from dianliang.domain.directory.models import Unit
from dianliang.domain.territory.models import Area

Headings = tuple[Heading, ...]
CODE = "唯一；请先把整列设为文本"

AREAS: Headings = (
    ("编码", f"{CODE}；统计用区划代码即可", ()),
    ("名称", "例如 余村村委会", ()),
    ("级别", "", ("省", "市", "县（区）", "乡镇（街道）", "村（社区）", "网格")),
    ("上级编码", "最上级留空", ()),
    ("服务半径类别", "决定服务承诺的时限；留空为农村", ("城区", "农村", "偏远")),
    ("纬度", "WGS 84 十进制度；不知道就留空", ()),
    ("经度", "WGS 84 十进制度；不知道就留空", ()),
)

UNITS: Headings = (
    ("单位编码", "唯一；同一单位有多名队员时，每行都写", ()),
    ("单位名称", "", ()),
    ("单位类别", "", ("供电公司", "供电服务站", "联盟单位", "党支部", "政府与村社")),
    ("要素", "", ("电", "水", "气", "银", "信", "邮", "综合")),
    ("上级单位编码", "最上级留空", ()),
    ("服务区域编码", "多个用、隔开", ()),
    ("公开电话", "", ()),
    ("队伍编码", "没有队伍就留空；同一队伍可写多行，每行一名队员", ()),
    ("队伍名称", "", ()),
    ("驻地纬度", "有队伍时必填", ()),
    ("驻地经度", "有队伍时必填", ()),
    ("队员编号", "唯一；留空则只建单位或队伍", ()),
    ("队员姓名", "", ()),
    ("队员电话", "加密保存", ()),
    ("岗位", "例如 电管家", ()),
    ("是否队长", "每队一名", ("是",)),
    ("技能编码", "多个用、隔开", ()),
    ("证书失效日期", "例如 2028-12-31；有技能时必填", ()),
)

CUSTOMERS: Headings = (
    ("客户编号", CODE, ()),
    ("类别", "", ("居民", "企业")),
    ("姓名或名称", "加密保存", ()),
    ("电话", "加密保存", ()),
    ("户号", "加密保存；请先把整列设为文本", ()),
    ("区域编码", "村社区的编码", ()),
    ("详细地址", "加密保存", ()),
    ("纬度", "", ()),
    ("经度", "", ()),
    ("责任单位编码", "", ()),
    (
        "特殊客户类别",
        "留空为普通",
        (
            "居家生命支持",
            "孤寡（独居）老人",
            "残疾人",
            "留守儿童",
            "脱贫巩固户",
            "养殖大户",
        ),
    ),
    ("关爱等级", "1 最高", ("1", "2", "3")),
    ("走访间隔（天）", "", ()),
    ("上次走访", "例如 2026-11-01", ()),
)

FEEDERS: Headings = (
    ("线路编码", CODE, ()),
    ("名称", "例如 余村 117 线", ()),
    ("电压等级", "留空为 10 千伏", ("35 千伏", "20 千伏", "10 千伏", "380 伏")),
    ("类型", "留空为架空线", ("架空线", "电缆", "混合")),
    ("长度（米）", "", ()),
    ("起点", "例如 天荒坪变电站 117 开关", ()),
    ("终点", "例如 余村支线 42 号杆", ()),
    ("运维单位编码", "可留空", ()),
    ("途经村社编码", "多个用、隔开；有变压器的村不必写", ()),
)

TRANSFORMERS: Headings = (
    ("变压器编号", CODE, ()),
    ("名称", "例如 余村 1 号公变", ()),
    ("额定容量（kVA）", "", ()),
    ("公变或专变", "留空为公变", ("公变", "专变")),
    ("村社区编码", "变压器所在的村社区", ()),
    ("线路编码", "所属线路；请先导入线路，或两张表一起导入", ()),
    ("纬度", "WGS 84 十进制度；不知道就留空", ()),
    ("经度", "WGS 84 十进制度；不知道就留空", ()),
    ("投运日期", "例如 2015-06-30", ()),
    ("退运日期", "仍在运行就留空", ()),
    ("供电户数", "", ()),
    ("最大负荷（kW）", "与最大负荷日一起填", ()),
    ("最大负荷日", "例如 2026-07-28", ()),
)

HOLIDAYS: Headings = (
    ("日期", "例如 2027-01-01；放假的周末可写可不写", ()),
    ("类别", "", ("放假", "调休上班")),
    ("名称", "例如 元旦", ()),
)

ADVICE = (
    "在“填写”表里从第 2 行起填写；第 2 行是例子，请删掉或改掉。表头不要改名、合并或重复。",
    "三张表按 区域、单位、客户 的顺序导入，也可以一次给出三张。先加 --check 只检查不写入。",
    "任何一行有错，全部都不写入；错误会逐条说明在第几行第几列、怎样改。",
    "编码相同的行再次导入时更新原来的记录，不会重复；没有出现的记录保持不变。",
    "编码、户号、电话请先把整列设为文本格式：超过 15 位的数字会被 Excel 改成科学计数而丢失末位。",
)

TEMPLATES: dict[str, tuple[Headings, tuple[str, ...]]] = {
    "holidays.xlsx": (HOLIDAYS, ("2027-01-01", "放假", "元旦")),
    "areas.xlsx": (
        AREAS,
        ("330523108204", "余村村委会", "村（社区）", "330523108", "农村", "", ""),
    ),
    "units.xlsx": (
        UNITS,
        (
            "AJ01",
            "天荒坪供电所",
            "供电服务站",
            "电",
            "AJ",
            "330523108",
            "95598",
            "D01",
            "天荒坪一队",
            "30.6",
            "119.6",
            "RY001",
            "张三",
            "19900000001",
            "电管家",
            "是",
            "repair、care",
            "2028-12-31",
        ),
    ),
    "customers.xlsx": (
        CUSTOMERS,
        (
            "KH000001",
            "居民",
            "李四",
            "19900000002",
            "3305200000001",
            "330523108204",
            "1组2号",
            "",
            "",
            "AJ01",
            "孤寡（独居）老人",
            "2",
            "30",
            "2026-11-01",
        ),
    ),
}


NETWORK_TEMPLATES: dict[str, tuple[Headings, tuple[str, ...]]] = {
    "feeders.xlsx": (
        FEEDERS,
        (
            "F117",
            "余村 117 线",
            "10 千伏",
            "架空线",
            "12600",
            "天荒坪变电站 117 开关",
            "余村支线 42 号杆",
            "AJ01",
            "330523108204",
        ),
    ),
    "transformers.xlsx": (
        TRANSFORMERS,
        (
            "B117-001",
            "余村 1 号公变",
            "315",
            "公变",
            "330523108204",
            "F117",
            "30.51",
            "119.61",
            "2015-06-30",
            "",
            "126",
            "228.5",
            "2026-07-28",
        ),
    ),
}
TEMPLATES |= NETWORK_TEMPLATES


def names(headings: Headings) -> list[str]:
    """Return the headings without their notes."""
    return [heading[0] for heading in headings]


def move_below(model: type[Area] | type[Unit], before: dict[str, str]) -> None:
    """Let what lies below a row that got another parent follow it.

    `before` names the path that each written code had.
    """
    for code, old in before.items():
        new = model.objects.values_list("path", flat=True).get(code=code)
        if new == old:
            continue
        for pk, path in model.objects.filter(path__startswith=old).values_list("pk", "path"):
            model.objects.filter(pk=pk).update(path=new + path[len(old) :])


def path_of(code: str, parents: dict[str, str], known: dict[str, str]) -> str | None:
    """Return the path of a code through its parents; None if they go in a circle."""
    steps: list[str] = []
    while code:
        if code in steps:
            return None
        steps.append(code)
        if code not in parents:
            return known.get(code, "/") + "".join(f"{step}/" for step in reversed(steps[:-1]))
        code = parents[code]
    return "/" + "".join(f"{step}/" for step in reversed(steps))
