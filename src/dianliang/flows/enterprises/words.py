"""What findings say to a person: title, sentence, rule, and what to check on the spot."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dianliang.engines.enterprise import Confidence, Kind, Shape
from dianliang.engines.tariffs import PERIOD_WORDS, Period
from dianliang.kernel.phrases import Phrase

SHAPES: Mapping[str, str] = {
    Shape.CONTINUOUS: Phrase("连续生产"),
    Shape.TWO_SHIFTS: Phrase("两班或长日班"),
    Shape.ONE_SHIFT: Phrase("单班"),
    Shape.NIGHT: Phrase("夜间为主"),
    Shape.IRREGULAR: Phrase("不固定"),
}
CONFIDENCES: Mapping[str, str] = {
    Confidence.HIGH: Phrase("高"),
    Confidence.MEDIUM: Phrase("中"),
    Confidence.LOW: Phrase("低"),
}
STATUS = Phrase("工程估算")
TITLES: Mapping[str, str] = {
    Kind.BASIC_CHARGE: Phrase("基本电费计收方式"),
    Kind.POWER_FACTOR: Phrase("功率因数"),
    Kind.SHIFT: Phrase("高峰移到低谷"),
    Kind.STANDBY: Phrase("夜间待机用电"),
    Kind.STANDBY_STEP: Phrase("夜间用电抬高后没有回落"),
    Kind.REST_DAYS: Phrase("休息日用电偏高"),
    Kind.SUN: Phrase("屋顶光伏"),
    Kind.STUCK: Phrase("读数长时间不变"),
}
RULES: Mapping[str, str] = {
    "basic-charge-choice": Phrase(
        "发改办价格〔2016〕1583号：计收方式按季变更，合同需量按月变更，不低于容量的 40%，"
        "超过合同 105% 的部分加一倍；发改价格〔2018〕500号：可按实际最大需量；"
        "发改价格〔2023〕526号：每千伏安月用电 260 kWh 及以上，需量电价按 90% 执行。"
        "按此理解计算，办理前以当地文件为准。"
    ),
    "power-factor-1983": Phrase("水电财字〔1983〕215号《功率因数调整电费办法》附表。"),
    "time-of-use": Phrase(
        "所选电价版本的分时时段和价格；只在企业平时开工的时段内移动，不抬高当月最大需量。"
    ),
    "own-better-nights": Phrase("与企业自己较好的夜晚相比（低：四分之一位，高：十分之一位）。"),
    "base-rose-and-stayed": Phrase("夜间平均功率在某天抬高并保持：前后中位数之差高于波动的四倍。"),
    "own-usual-rest-days": Phrase("与企业自己平常的休息日相比；可能是加班，请核对。"),
    "self-use": Phrase(
        "容量取自用比例不低于八成的最大值；发电曲线、造价、上网电价都是给定的假设，不是承诺。"
    ),
    "one-power-for-a-day": Phrase("一个功率连续 24 小时以上一点不变：先核对计量，再看其余发现。"),
}
WAYS: Mapping[str, str] = {
    "none": Phrase("单一制"),
    "capacity": Phrase("按变压器容量"),
    "contract": Phrase("按合同最大需量"),
    "actual": Phrase("按实际最大需量"),
}
TO_CHECK: Mapping[str, tuple[str, ...]] = {
    Kind.BASIC_CHARGE: (
        Phrase("核对现行计收方式、合同需量和变压器容量"),
        Phrase("问清下一季的生产安排，最大需量会不会变"),
        Phrase("说明变更的期限和要提前申请的天数"),
    ),
    Kind.POWER_FACTOR: (
        Phrase("看电容柜是否投入、补偿容量和自动控制器"),
        Phrase("核对无功电量读数和考核标准"),
    ),
    Kind.SHIFT: (
        Phrase("问清哪些工序可以挪到低谷，人员和订单是否允许"),
        Phrase("核对低谷时段的可用容量"),
    ),
    Kind.STANDBY: (Phrase("夜间逐路看哪些设备没有停"), Phrase("问清夜间必须开的设备")),
    Kind.STANDBY_STEP: (Phrase("问清那一天前后装了或换了什么"), Phrase("夜间逐路看哪些设备没有停")),
    Kind.REST_DAYS: (Phrase("对照考勤，哪些天是加班"), Phrase("看没有加班的日子哪些设备没有停")),
    Kind.SUN: (Phrase("看屋顶面积、承重和朝向"), Phrase("核对变压器和接入条件")),
    Kind.STUCK: (Phrase("现场核对电表和采集终端"),),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodRow:
    """What a firm drew and paid in one kind of hours; `cny` without levies and basic charge."""

    name: str
    kwh: float
    cny: float
    share: float

    @property
    def cny_per_kwh(self) -> float:
        """Return what a kWh cost."""
        return self.cny / self.kwh


def period_rows(body: Mapping[str, Any]) -> tuple[PeriodRow, ...]:
    """Return the periods in which a firm drew anything; none of an analysis that kept no costs."""
    costs = body.get("period_cny") or ()
    whole = sum(body["period_kwh"])
    rows = zip(Period, body["period_kwh"], costs, strict=False)
    return tuple(
        PeriodRow(name=Phrase(PERIOD_WORDS[period]), kwh=kwh, cny=cny, share=kwh / whole)
        for period, kwh, cny in rows
        if kwh
    )


@dataclass(frozen=True, slots=True)
class Told:
    """A finding in words."""

    title: str
    words: str
    rule: str


def told(kind: str, rule: str, facts: Mapping[str, float | str]) -> Told:
    """Say a finding: what it is, the figures it was reckoned from, the clause behind it."""
    return Told(TITLES[kind], _SENTENCES[Kind(kind)](facts), RULES[rule])


def _kw(facts: Mapping[str, float | str], key: str) -> str:
    return f"{float(facts[key]):,.1f}"


def _whole(facts: Mapping[str, float | str], key: str) -> str:
    return f"{float(facts[key]):,.0f}"


def _share(facts: Mapping[str, float | str], key: str) -> str:
    return f"{float(facts[key]):.0%}"


def _basic(facts: Mapping[str, float | str]) -> str:
    if float(facts["plain_cny"]) >= float(facts["now_cny"]):
        return Phrase(
            "现在%(now)s，付 %(paid)s 元，不用预测的办法里没有更省的；"
            "事后看最省的安排是 %(best)s 元，要能预测各月需量才做得到。"
            "最大需量 %(most)s kW，容量 %(kva)s kVA。",
            now=WAYS[str(facts["now_way"])],
            paid=_whole(facts, "now_cny"),
            best=_whole(facts, "best_cny"),
            most=_kw(facts, "most_kw"),
            kva=_whole(facts, "capacity_kva"),
        )
    return Phrase(
        "现在%(now)s，付 %(paid)s 元；改为%(plain)s，不用预测，是 %(plain_cny)s 元；"
        "事后看最省的安排是 %(best)s 元。最大需量 %(most)s kW，容量 %(kva)s kVA。",
        now=WAYS[str(facts["now_way"])],
        paid=_whole(facts, "now_cny"),
        plain=WAYS[str(facts["plain_way"])],
        plain_cny=_whole(facts, "plain_cny"),
        best=_whole(facts, "best_cny"),
        most=_kw(facts, "most_kw"),
        kva=_whole(facts, "capacity_kva"),
    )


def _factor(facts: Mapping[str, float | str]) -> str:
    return Phrase(
        "标准 %(standard)s，最低的 %(month)s 是 %(worst)s；补偿约 %(kvar)s kvar 可达 %(target)s。"
        "低值只算不再被加收，高值连同奖励。",
        standard=f"{float(facts['standard']):.2f}",
        month=facts["worst_month"],
        worst=f"{float(facts['worst_factor']):.2f}",
        kvar=_whole(facts, "kvar"),
        target=f"{float(facts['target']):.2f}",
    )


def _shift(facts: Mapping[str, float | str]) -> str:
    return Phrase(
        "假设底负荷以上有 %(low)s 到 %(high)s 可以等，能移 %(low_kwh)s 到 %(high_kwh)s kWh；"
        "全部能等时的上限是 %(most_kwh)s kWh、%(most_cny)s 元。",
        low=_share(facts, "low_share"),
        high=_share(facts, "high_share"),
        low_kwh=_whole(facts, "low_kwh"),
        high_kwh=_whole(facts, "high_kwh"),
        most_kwh=_whole(facts, "most_kwh"),
        most_cny=_whole(facts, "most_cny"),
    )


def _standby(facts: Mapping[str, float | str]) -> str:
    return Phrase(
        "%(days)s 个工作日的停工时段平均 %(mean)s kW，自己较好的夜晚是 %(good)s、%(best)s kW。",
        days=_whole(facts, "days"),
        mean=_kw(facts, "mean_kw"),
        good=_kw(facts, "good_kw"),
        best=_kw(facts, "best_kw"),
    )


def _step(facts: Mapping[str, float | str]) -> str:
    return Phrase(
        "从 %(since)s 起停工时段由 %(before)s kW 升到 %(after)s kW，一直没有回落。",
        since=facts["since"],
        before=_kw(facts, "before_kw"),
        after=_kw(facts, "after_kw"),
    )


def _rest(facts: Mapping[str, float | str]) -> str:
    return Phrase(
        "%(of)s 个休息日里有 %(days)s 天平均 %(busy)s kW，平常是 %(usual)s kW。",
        of=_whole(facts, "of_days"),
        days=_whole(facts, "days"),
        busy=_kw(facts, "busy_kw"),
        usual=_kw(facts, "usual_kw"),
    )


def _sun(facts: Mapping[str, float | str]) -> str:
    return Phrase(
        "%(kwp)s kWp，发 %(kwh)s kWh，自用 %(share)s，造价约 %(cost)s 元，余电按 %(feed)s 元/kWh。",
        kwp=_whole(facts, "kwp"),
        kwh=_whole(facts, "kwh"),
        share=_share(facts, "self_share"),
        cost=_whole(facts, "cost_cny"),
        feed=f"{float(facts['feed_in_cny_kwh']):.4f}",
    )


def _stuck(facts: Mapping[str, float | str]) -> str:
    return Phrase(
        "连续 %(hours)s 小时都是 %(kw)s kW。", hours=_kw(facts, "hours"), kw=_kw(facts, "kw")
    )


_SENTENCES = {
    Kind.BASIC_CHARGE: _basic,
    Kind.POWER_FACTOR: _factor,
    Kind.SHIFT: _shift,
    Kind.STANDBY: _standby,
    Kind.STANDBY_STEP: _step,
    Kind.REST_DAYS: _rest,
    Kind.SUN: _sun,
    Kind.STUCK: _stuck,
}
