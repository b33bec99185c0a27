"""What a mechanism can explain at most, and what to look at when more is claimed."""

from dataclasses import dataclass

from dianliang.engines.measurement._checks import BadFiguresError, within
from dianliang.engines.measurement._findings import Code, Finding, Status, found

TO_CHECK: tuple[tuple[str, str], ...] = (
    (
        "两台机器生产的产品、克重、节拍、料温和模温是否相同",
        "Do both machines make the same part, at the same weight, cycle and temperatures?",
    ),
    (
        "是否按产量折算（每公斤、每模），停机、待料时间是否相同",
        "Is energy taken per kilogram or shot, with the same idle time?",
    ),
    (
        "电表是否校准，互感器变比、接线和量程是否一致",
        "Are both meters calibrated, with the same transformer ratio, wiring and range?",
    ),
    (
        "加热之外（油泵、伺服、冷却、烘料）是否同时改造或调整",
        "Was anything besides the heaters changed: pump, servo, cooling, drying?",
    ),
    (
        "旧加热圈是否老化、松动，保温是否同时加装",
        "Were the old heater bands worn or loose; was insulation added at the same time?",
    ),
    (
        "两台机器改造前的单耗差多少，是否互换对照过",
        "How far apart were both machines before; did they ever change places?",
    ),
    (
        "环境温度、班次和操作人员是否相同",
        "Were ambient temperature, shifts and operators the same?",
    ),
)
"""What most often lies behind a saving that is larger than its cause: Chinese and English."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """The most that a measure can save: of the part it acts on, and of the whole machine.

    `share` is the part's share of the machine's energy. `to_check` is empty unless more is claimed.
    """

    most_of_part: float
    most_of_whole: float
    share: float
    claimed: float | None
    unexplained: float
    status: Status
    findings: tuple[Finding, ...]
    to_check: tuple[tuple[str, str], ...]


def efficiency_bound(
    *, before: float, after: float, share: float = 1.0, claimed: float | None = None
) -> Bound:
    """Bound what a better efficiency saves: the same useful heat needs before/after of the energy.

    `share` of the machine's energy goes through what was changed; left out, all of it does, which
    is the most favourable case. `claimed` is a saving of the whole machine, as a share.

    Raises:
        BadFiguresError: an efficiency or share is not in (0, 1], the efficiency fell, or a claim
            is not in [0, 1] (0.36, not 36).
    """
    if not 0 < before <= after <= 1:
        raise BadFiguresError(
            "效率应在 0 到 1 之间，改造后不低于改造前。",
            "efficiencies lie between 0 and 1, the later one not below the earlier",
        )
    within(share, ("能耗占比", "the share"), high=1)
    if claimed is not None:
        within(claimed, ("报称节能率", "the claimed share"), low=0, high=1)
    part = 1 - before / after
    whole = part * share
    findings: list[Finding] = []
    over = 0.0
    if claimed is not None:
        over = max(0.0, claimed - whole)
        code = Code.BEYOND_MECHANISM if over > 0 else Code.WITHIN_MECHANISM
        findings.append(found(code, claimed=claimed, most=whole, over=over))
    return Bound(
        most_of_part=part,
        most_of_whole=whole,
        share=share,
        claimed=claimed,
        unexplained=over,
        status=Status.ESTIMATED,
        findings=tuple(findings),
        to_check=TO_CHECK if over > 0 else (),
    )
