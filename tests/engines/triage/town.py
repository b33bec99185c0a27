"""A made-up town that asks for four things, in words that a seed decides."""

import random

from dianliang.engines.triage import Example, ServiceCard

SERVICES = (
    ServiceCard(code="LIGHT", name="路灯维修", keywords=("路灯",), examples=("路灯不亮了",)),
    ServiceCard(code="WATER", name="供水抢修", keywords=("水管",), examples=("水管漏水了",)),
    ServiceCard(code="BUS", name="公交服务", keywords=("公交",), examples=("公交车等不到",)),
    ServiceCard(code="SCHOOL", name="学校事务", keywords=("学校",), examples=("学校要收补课费",)),
)
THINGS = {
    "LIGHT": ("路灯", "街灯", "灯杆", "灯泡", "照明", "射灯", "灯箱"),
    "WATER": ("水管", "自来水", "水压", "水表", "水龙头", "消防栓", "阀门"),
    "BUS": ("公交", "班车", "站台", "司机", "线路", "车次", "候车亭"),
    "SCHOOL": ("学校", "老师", "补课", "作业", "操场", "学费", "校服"),
}
FAULTS = {
    "LIGHT": ("不亮", "一闪一闪", "熄了半条街", "通宵亮着"),
    "WATER": ("漏得厉害", "没有一滴", "发黄发浑", "爆开了"),
    "BUS": ("半天不来", "到站不停", "改道没通知", "挤不上去"),
    "SCHOOL": ("太多了", "乱收钱", "换来换去", "没人管"),
}
OPENINGS = ("您好", "请问", "反映一下", "我想说", "麻烦问问", "领导好", "急")
PLACES = ("桥头", "东门", "市场边", "村口", "老街", "小区里", "厂区旁")
CLOSINGS = ("请处理", "谢谢", "拜托了", "等回复", "已经好几天了", "邻居都这么说", "")


def needs(count: int, *, seed: int, codes: str = " ".join(THINGS), muddled: float = 0.0):
    """Make decided needs; a share of them is `muddled`: it tells of one thing, filed as another."""
    draw = random.Random(seed)
    known = codes.split()
    made = []
    for _ in range(count):
        code = draw.choice(known)
        told = draw.choice(known) if draw.random() < muddled else code
        middle = "，".join(
            draw.choice(PLACES) + draw.choice(THINGS[told]) + draw.choice(FAULTS[told])
            for _ in range(draw.randint(1, 2))
        )
        text = f"{draw.choice(OPENINGS)}，{middle}，{draw.choice(CLOSINGS)}{draw.randint(1, 999)}"
        made.append(Example(text=text, service_code=code))
    return tuple(made)
