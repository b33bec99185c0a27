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

SPECIAL: Headings = (
    ("客户编号", "已在客户表中的编号", ()),
    (
        "特殊客户类别",
        "留空为不变",
        (
            "居家生命支持",
            "孤寡（独居）老人",
            "残疾人",
            "留守儿童",
            "脱贫巩固户",
            "养殖大户",
        ),
    ),
    ("关爱等级", "1 最高；留空为不变，新登记的为 3", ("1", "2", "3")),
    ("走访间隔（天）", "1 到 366；留空为不变", ()),
    ("上次走访", "例如 2026-11-01；留空为不变", ()),
    ("同意走访日期", "本人同意上门走访的日期；已有同意的留空", ()),
    (
        "同意方式",
        "填了同意日期时必填",
        ("本人书面签字", "本人当面口头", "本人电话", "监护人代为同意"),
    ),
    ("有效至", "等级与同意的有效期，两年以内；留空为不变", ()),
    ("联系人", "姓名与电话，加密保存；留空为不变", ()),
    ("钥匙保管人", "姓名与电话，加密保存；留空为不变", ()),
    ("上门口令", "加密保存；留空为不变", ()),
    (
        "沟通方式",
        "多个用、隔开：大字、语音电话、手语、本地方言、短信、当面告知、由联系人转告；留空为不变",
        (),
    ),
    ("停电时怎么办", "加密保存；留空为不变", ()),
    ("固定队伍编码", "留空为不变", ()),
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
    "special.xlsx": (
        SPECIAL,
        (
            "KH000001",
            "孤寡（独居）老人",
            "2",
            "30",
            "2026-11-01",
            "2026-10-01",
            "本人书面签字",
            "2027-10-01",
            "王五 19900000003",
            "",
            "白茶26",
            "大字、本地方言",
            "",
            "D01",
        ),
    ),
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
