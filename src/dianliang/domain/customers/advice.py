"""What somebody at the door should know about a special customer when the power is out."""

from dianliang.domain.customers.models import Customer

Kind = Customer.SpecialKind

OUTAGE_ADVICE: dict[str, tuple[str, ...]] = {
    Kind.LIFE_SUPPORT: (
        "先看设备电池还能撑多久，少于 2 小时立即接应急电源。",
        "呼吸、心跳异常先打 120，再报抢修。",
        "守到复电或送医，离开前再确认一次设备。",
    ),
    Kind.ELDERLY_ALONE: (
        "进门先说明身份并出示工作证，慢慢说。",
        "检查照明、取暖和燃气灶，提醒不要点蜡烛。",
        "停电超过 4 小时请通知联系人或村社区。",
    ),
    Kind.DISABLED: (
        "问清电动轮椅、爬楼机等辅具是否需要充电。",
        "电梯停运时不要让客户独自上下楼。",
    ),
    Kind.LEFT_BEHIND_CHILD: (
        "有成年监护人或村社区人员在场再入户。",
        "不给儿童拍照；现场照片只拍设备。",
    ),
    Kind.OUT_OF_POVERTY: ("核对优惠电价与免费电量是否到位，不到位的记入情况记录。",),
    Kind.LARGE_BREEDER: (
        "先问增氧、通风、保温设备停电后能撑多久。",
        "提醒启动自备发电机前先断开总闸，防止反送电。",
    ),
}
"""Our own wording, to be replaced by the company's rules where it has some."""


def outage_advice(special_kind: str) -> tuple[str, ...]:
    """Return what to do at such a customer in an outage, most urgent first."""
    return OUTAGE_ADVICE.get(special_kind, ())
