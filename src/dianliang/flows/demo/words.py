"""Words of the demo world: names that nobody bears on purpose, needs as people say them."""

from random import Random

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘蔡蒋余"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国志文斌海燕春梅雪松云峰林泉月琴"
OPENINGS = (
    "",
    "你好，",
    "师傅，",
    "我是{place}的，",
    "{place}，",
    "{place}这边，",
    "请问，",
    "麻烦问一下，",
    "电力公司吗，",
    "帮我爸妈问的，",
    "反映一下，{place}",
    "@电管家 ",
    "我们{place}",
)
ENDINGS = (
    "",
    "，谢谢",
    "，请尽快来看看",
    "，麻烦了",
    "，什么时候能来人？",
    "，等回复",
    "，联系我就行",
    "，在家等",
    "，已经两天了",
    "，老人急得很",
    "。位置在{spot}旁边",
    "。{spot}往里走第三家",
    "，{spot}这里",
)
SPOTS = (
    "文化礼堂",
    "村委",
    "小卖部",
    "公交站",
    "老樟树",
    "卫生室",
    "小学",
    "菜场",
    "桥头",
    "祠堂",
    "茶厂",
    "健身广场",
)
SLIPS = (
    ("电线", "电线线"),
    ("停电", "停点"),
    ("怎么", "咋"),
    ("没有", "没得"),
    ("坏了", "坏掉了"),
    ("什么", "啥"),
)
PRAISE = (
    "很快就来了，讲得也清楚",
    "师傅很耐心",
    "当天就修好了",
    "服务周到，谢谢",
    "帮了大忙",
    "态度好",
    "满意",
)
BLAME = ("来得太晚", "修了又坏", "没讲清楚原因", "电话打了三次才来", "只看了看就走了")
FINDINGS = (
    "已更换老化线路",
    "空开损坏已更换",
    "接头松动已紧固",
    "已清理树障",
    "已更换灯具并试亮",
    "现场讲解并留下联系卡",
    "已登记并安排复查",
)


def name(rng: Random) -> str:
    """Draw a person's name."""
    return rng.choice(SURNAMES) + "".join(rng.sample(GIVEN, rng.choice([1, 2, 2])))


def phone(number: int) -> str:
    """Return a phone number of a block that is not in use for people: 1990000xxxx."""
    return f"1990000{number % 10_000:04d}"


def need_text(rng: Random, phrase: str, *, place: str) -> str:
    """Say a need as somebody in a place would: an opening, the matter, an ending, slips."""
    text = rng.choice(OPENINGS) + phrase + rng.choice(ENDINGS)
    text = text.format(place=place, spot=rng.choice(SPOTS))
    if rng.random() < 0.2:
        old, new = rng.choice(SLIPS)
        text = text.replace(old, new, 1)
    return text
