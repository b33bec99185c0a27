"""The workbook by which people, teams, memberships and certificates are brought."""

from collections.abc import Mapping
from io import BytesIO

from dianliang.core import blanks
from dianliang.core.blanks import Heading
from dianliang.domain.catalog.models import Skill
from dianliang.domain.workforce.models import Person, RoleKind

PEOPLE, TEAMS, MEMBERS, CERTIFICATES = "人员", "队伍", "队员", "证书"
NUMBER, NAME, PHONE, UNIT = "人员编号", "姓名", "电话", "单位编码"
TEAM = "队伍编码"
ADVICE = (
    "四张表都可以只填一部分；不用的表留着表头即可。第 2 行是例子，请删掉或改掉。",
    "表头不要改名、合并或重复；编码、电话、证件号码请先把整列设为文本。",
    "“人员编号”留空由系统编号；“队员”“证书”表可以用编号，也可以用姓名加电话指人。",
    "上传后先给出预览：新建几人、更新几人、疑似已有几人；疑似的要逐一选定，之后才写入。",
    "任何一行有错，全部都不写入；错误会逐条说明在哪张表第几行第几列、怎样改。",
    "编号相同的人按表更新；凭证件或电话认出的人只补空缺，不改原来的内容。",
)
DOCUMENTS = {str(label): str(value) for value, label in Person.DocumentKind.choices}
YES = {"是": "1", "否": ""}
COLUMN_OF: Mapping[str, Mapping[str, str]] = {
    PEOPLE: {
        "document": "证件号码",
        "document_kind": "证件类型",
        "born_on": "出生日期",
        "agreed_on": "监护人同意日期",
        "guardian": "监护人姓名",
        "phone": PHONE,
        "unit_code": UNIT,
        "number": NUMBER,
        "from_on": "身份起始日期",
    },
    TEAMS: {
        "parent": "上级队伍编码",
        "from_on": "成立日期",
        "ends_on": "最后一天",
        "code": TEAM,
    },
    MEMBERS: {"team": TEAM, "from_on": "入队日期", "person": NAME},
    CERTIFICATES: {
        "level": "等级",
        "number": "证书编号",
        "issued_on": "发证日期",
        "expires_on": "失效日期",
    },
}
"""By sheet, the column from which a field comes that an operation refuses."""
NEEDED = {
    PEOPLE: (NAME, UNIT),
    TEAMS: (TEAM, "队伍名称", UNIT),
    MEMBERS: (TEAM, NAME),
    CERTIFICATES: (NAME, "技能", "发证日期", "失效日期"),
}


def headings() -> dict[str, tuple[Heading, ...]]:
    """Return the columns of each sheet; roles and skills are those in use."""
    roles = "、".join(RoleKind.objects.filter(is_active=True).values_list("name", flat=True))
    skills = tuple(Skill.objects.order_by("code").values_list("name", flat=True))
    return {
        PEOPLE: (
            (NUMBER, "留空由系统编号", ()),
            (NAME, "", ()),
            (UNIT, "本单位或下级单位的编码", ()),
            ("岗位", "例如 电管家", ()),
            (PHONE, "加密保存", ()),
            ("证件类型", "有证件号码时填；留空为居民身份证", tuple(DOCUMENTS)),
            ("证件号码", "加密保存；请先把整列设为文本", ()),
            ("出生日期", "未满 18 周岁必填；有身份证号的不用填", ()),
            ("身份", f"多个用、隔开：{roles}", ()),
            ("身份起始日期", "留空为今天", ()),
            ("监护人姓名", "未满 18 周岁必填，加密保存", ()),
            ("监护人电话", "未满 18 周岁必填，加密保存", ()),
            ("与本人关系", "例如 母亲", ()),
            ("监护人同意日期", "未满 18 周岁必填", ()),
        ),
        TEAMS: (
            (TEAM, "唯一", ()),
            ("队伍名称", "", ()),
            (UNIT, "", ()),
            ("上级队伍编码", "最上级留空；可以是本表中的队伍", ()),
            ("驻地纬度", "新队伍必填，WGS 84 十进制度", ()),
            ("驻地经度", "新队伍必填，WGS 84 十进制度", ()),
            ("志愿服务队", "", tuple(YES)),
            ("成立日期", "", ()),
            ("最后一天", "临时队伍填写；长期队伍留空", ()),
            ("任务", "", ()),
        ),
        MEMBERS: (
            (TEAM, "系统中的或本文件“队伍”表中的编码", ()),
            (NUMBER, "可留空，用姓名与电话认人", ()),
            (NAME, "", ()),
            (PHONE, "同名时必填", ()),
            ("是否队长", "每队一名", tuple(YES)),
            ("入队日期", "留空为今天", ()),
        ),
        CERTIFICATES: (
            (NUMBER, "可留空，用姓名与电话认人", ()),
            (NAME, "", ()),
            (PHONE, "同名时必填", ()),
            ("技能", "", skills),
            ("等级", "留空为 1", ()),
            ("证书编号", "", ()),
            ("发证机构", "", ()),
            ("发证日期", "例如 2026-01-15", ()),
            ("失效日期", "从这一天起不能使用", ()),
        ),
    }


EXAMPLES: dict[str, tuple[str, ...]] = {
    PEOPLE: (
        "",
        "张三",
        "AJ01",
        "电管家",
        "19900000001",
        "",
        "",
        "",
        "职工、志愿者",
        "2026-01-01",
        "",
        "",
        "",
        "",
    ),
    TEAMS: ("V9", "薪火志愿服务九队", "AJ01", "V1", "30.6", "119.6", "是", "2026-01-01", "", ""),
    MEMBERS: ("V9", "", "张三", "19900000001", "是", "2026-01-01"),
    CERTIFICATES: (
        "",
        "张三",
        "19900000001",
        "志愿服务",
        "1",
        "ZS-0001",
        "县文明办",
        "2026-01-15",
        "2029-01-15",
    ),
}


def template() -> bytes:
    """Return the workbook to fill in."""
    out = BytesIO()
    book = blanks.workbook(out)
    for name, columns in headings().items():
        blanks.add_table(book, name, columns, examples=[EXAMPLES[name]])
    sheet = book.add_worksheet("说明")
    sheet.set_column(0, 0, 100, book.add_format({"text_wrap": True, "valign": "top"}))
    for row, words in enumerate(ADVICE):
        sheet.write_string(row, 0, words)
    book.close()
    return out.getvalue()
