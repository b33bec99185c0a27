"""What is said beside a figure: codes for programs, words for people."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from dianliang.kernel.phrases import Phrase


class Status(StrEnum):
    """How far a saving has been shown, least first."""

    ESTIMATED = "estimated"
    SCREENED = "screened"
    MEASURED = "measured"
    VERIFIED = "verified"


STATUS_WORDS = {
    Status.ESTIMATED: ("工程估算", "Engineering estimate"),
    Status.SCREENED: ("初步筛查", "Screened"),
    Status.MEASURED: ("实测", "Measured"),
    Status.VERIFIED: ("核证", "Verified"),
}


class Code(StrEnum):
    """Something to know about a figure; those in `REFUSALS` forbid an interval."""

    NO_READINGS = "no_readings"
    SHORT_BASE = "short_base"
    SEASON_UNSEEN = "season_unseen"
    TEMPERATURE_UNSEEN = "temperature_unseen"
    KIND_UNSEEN = "kind_unseen"
    MANY_MISSING = "many_missing"
    SHORT_REPORT = "short_report"
    PULLED_DAYS = "pulled_days"
    CORRELATED = "correlated"
    FEW_EFFECTIVE = "few_effective"
    NOT_SHOWN = "not_shown"
    USED_MORE = "used_more"
    TOO_UNCERTAIN = "too_uncertain"
    UNBOUNDED = "unbounded"
    ONE_PAIR = "one_pair"
    ONE_MACHINE = "one_machine"
    FEW_BLOCKS = "few_blocks"
    NOT_RANDOM = "not_random"
    FEW_PER_BLOCK = "few_per_block"
    BEYOND_MECHANISM = "beyond_mechanism"
    WITHIN_MECHANISM = "within_mechanism"
    OUTPUT_UNSEEN = "output_unseen"
    EVENT_ADJUSTED = "event_adjusted"
    EVENT_OPEN = "event_open"
    REBASED = "rebased"
    FEW_COMPARED = "few_compared"
    COMPARISON_DIFFERS = "comparison_differs"
    STIPULATED = "stipulated"
    MODELLED = "modelled"
    UNCALIBRATED = "uncalibrated"
    ABOVE_FACTORS = "above_factors"
    ABOVE_ZERO = "above_zero"


REFUSALS = frozenset(
    {
        Code.NO_READINGS,
        Code.SHORT_BASE,
        Code.SEASON_UNSEEN,
        Code.TEMPERATURE_UNSEEN,
        Code.KIND_UNSEEN,
        Code.FEW_EFFECTIVE,
        Code.UNBOUNDED,
        Code.ONE_PAIR,
        Code.FEW_BLOCKS,
        Code.OUTPUT_UNSEEN,
        Code.FEW_COMPARED,
        Code.UNCALIBRATED,
    }
)
HOLDS_BACK = frozenset(
    {
        Code.MANY_MISSING,
        Code.SHORT_REPORT,
        Code.NOT_SHOWN,
        Code.USED_MORE,
        Code.TOO_UNCERTAIN,
        Code.ONE_MACHINE,
        Code.NOT_RANDOM,
        Code.BEYOND_MECHANISM,
        Code.EVENT_OPEN,
        Code.COMPARISON_DIFFERS,
        Code.STIPULATED,
        Code.MODELLED,
    }
)
"""These leave an interval but keep a saving from counting as verified."""

OUTCOMES = frozenset({Code.NOT_SHOWN, Code.USED_MORE})
"""What `outcome` finds."""

WORDS: Mapping[Code, tuple[str, str]] = {
    Code.NO_READINGS: ("没有可用的读数。", "There are no usable readings."),
    Code.SHORT_BASE: (
        "基准期只有 {n:.0f} 天有读数，至少需要 {least:.0f} 天，不给出区间。",
        "Only {n:.0f} days of the baseline have readings, {least:.0f} are needed: no interval.",
    ),
    Code.SEASON_UNSEEN: (
        "报告期有 {share:.0%} 的天落在基准期没有覆盖的月份，不给出区间。",
        "{share:.0%} of the reporting days lie in months that the baseline never saw: none given.",
    ),
    Code.TEMPERATURE_UNSEEN: (
        "报告期有 {share:.0%} 的天气温超出基准期范围，不给出区间。",
        (
            "{share:.0%} of the reporting days were warmer or colder than any of the baseline: "
            "no interval."
        ),
    ),
    Code.KIND_UNSEEN: (
        "报告期有 {share:.0%} 的天属于基准期没有的日类型，不给出区间。",
        "{share:.0%} of the reporting days are of a kind that the baseline never saw: no interval.",
    ),
    Code.MANY_MISSING: (
        "读数完整率 {share:.0%}，低于 90%，请先补齐数据。",
        "{share:.0%} of the readings are there, fewer than 90 %: complete them first.",
    ),
    Code.SHORT_REPORT: (
        "报告期只有 {n:.0f} 天，不足 {least:.0f} 天，不能作为核证依据。",
        (
            "The reporting period has {n:.0f} days; {least:.0f} are needed before a "
            "saving counts as verified."
        ),
    ),
    Code.PULLED_DAYS: (
        "基准期有 {n:.0f} 天明显异常，已限幅处理；请核对是否停产、检修或换表。",
        (
            "{n:.0f} days of the baseline stand out and were pulled in: check for stops, "
            "repairs, or a new meter."
        ),
    ),
    Code.CORRELATED: (
        "残差逐日相关 {rho:.2f}，{n:.0f} 个数据点只相当于 {effective:.0f} 个独立点。",
        (
            "Residuals are correlated from one day to the next ({rho:.2f}): {n:.0f} points are "
            "worth {effective:.0f}."
        ),
    ),
    Code.FEW_EFFECTIVE: (
        "扣除自相关和参数后只剩 {effective:.1f} 个自由度，不给出区间。",
        (
            "{effective:.1f} degrees of freedom are left after correlation and parameters: "
            "no interval."
        ),
    ),
    Code.USED_MORE: (
        "用电没有减少，比基准预测增加了 {share:.1%}。",
        "Energy was not saved: {share:.1%} more was used than the baseline expects.",
    ),
    Code.NOT_SHOWN: (
        "区间包含零，尚不能说有节能。",
        "The interval holds zero: a saving has not been shown.",
    ),
    Code.TOO_UNCERTAIN: (
        "节能量相对不确定度 {share:.0%}（68% 置信），超过 50%。",
        "The saving's relative uncertainty is {share:.0%} (at 68 %), more than 50 %.",
    ),
    Code.UNBOUNDED: (
        "各单元差别过大，区间没有边界，不给出区间；请核对读数和单位。",
        "The units differ so much that nothing bounds the saving: check readings and units.",
    ),
    Code.ONE_PAIR: (
        "只有一对机器，机器之间的差别与措施效果无法分开，只列出实测范围，不给出区间。",
        (
            "One pair of machines cannot tell the measure from what sets the two machines apart: "
            "the range is shown, no interval."
        ),
    ),
    Code.ONE_MACHINE: (
        "只有一台机器，结论只对这一台成立。",
        "One machine only: the result holds for that machine.",
    ),
    Code.FEW_BLOCKS: (
        "可比较的单元只有 {n:.0f} 个，至少需要 {least:.0f} 个，只列出实测范围。",
        "There are {n:.0f} units to compare, {least:.0f} are needed: the range is shown.",
    ),
    Code.NOT_RANDOM: (
        "顺序未随机安排，时间趋势可能混入结果。",
        "The order was not drawn by chance: a drift over time may be in the result.",
    ),
    Code.FEW_PER_BLOCK: (
        "每个时段只有 {n:.0f} 天，切换后的过渡影响可能没有消退。",
        "Each spell has {n:.0f} days: what lingers after a change may not have faded.",
    ),
    Code.BEYOND_MECHANISM: (
        "报称节能 {claimed:.1%}，机理最多能解释 {most:.1%}，超出 {over:.1%}，请先查明原因。",
        (
            "{claimed:.1%} is claimed, the mechanism explains {most:.1%} at most; find out where "
            "the other {over:.1%} come from."
        ),
    ),
    Code.WITHIN_MECHANISM: (
        "报称节能 {claimed:.1%}，在机理上限 {most:.1%} 之内。",
        "{claimed:.1%} is claimed, within the {most:.1%} that the mechanism allows.",
    ),
    Code.OUTPUT_UNSEEN: (
        "报告期产量有 {share:.0%} 超出基准期范围，不给出区间。",
        "{share:.0%} of the reporting period's output lies outside the baseline's: no interval.",
    ),
    Code.EVENT_ADJUSTED: (
        "已按非例行事件调整：{n:.0f} 天，合计 {kwh:.0f} 千瓦时。",
        "Adjusted for non-routine events: {n:.0f} days, {kwh:.0f} kWh in all.",
    ),
    Code.EVENT_OPEN: (
        "疑有 {n:.0f} 处非例行变化尚未说明，说明前不能核证。",
        "{n:.0f} possible non-routine changes are unexplained: not verified until they are.",
    ),
    Code.REBASED: (
        "基准已按变化后的 {n:.0f} 天重建，此前的节能量按旧基准计。",
        (
            "The baseline was rebuilt on {n:.0f} days after a change; what was saved before counts "
            "by the old one."
        ),
    ),
    Code.FEW_COMPARED: (
        "对照户只有 {n:.0f} 户，至少需要 {least:.0f} 户，不给出区间。",
        "There are {n:.0f} meters to compare with, {least:.0f} are needed: no interval.",
    ),
    Code.COMPARISON_DIFFERS: (
        "对照组与措施组在基准期的走势相差 {share:.1%}，可比性不足。",
        "Both groups went apart by {share:.1%} within the baseline: they compare badly.",
    ),
    Code.STIPULATED: (
        "{share:.0%} 的方差来自约定参数而非测量。",
        "{share:.0%} of the variance come from what was agreed, not measured.",
    ),
    Code.MODELLED: (
        "节能量由校准模型算出，不是实测。",
        "The saving comes from a calibrated model, not from a measurement.",
    ),
    Code.UNCALIBRATED: (
        "模型与账单的偏差 {bias:.1%}、离散 {cv:.1%}，未达校准要求，不给出区间。",
        (
            "The model misses the bills by {bias:.1%} (scatter {cv:.1%}), which is not calibrated: "
            "no interval."
        ),
    ),
    Code.ABOVE_FACTORS: (
        "隐含排放因子 {implied:.3f}，是官方因子 {official:.4f} 的 {times:.2f} 倍。",
        "The implied factor {implied:.3f} is {times:.2f} times the official {official:.4f}.",
    ),
    Code.ABOVE_ZERO: (
        "隐含排放因子 {implied:.3f}，而官方因子为零。",
        "The implied factor is {implied:.3f}; the official one is zero.",
    ),
}


PLACE = re.compile(r"\{(\w+):([^}]*)\}")
"""A place for a figure: its name, and how it is written."""


def message_of(words: str) -> str:
    """Return words as a catalogue keeps them: places are names, figures come written."""
    parts = PLACE.split(words)
    if len(parts) == 1:
        return words
    texts = [text.replace("%", "%%") for text in parts[::3]]
    names = [f"%({name})s" for name in parts[1::3]]
    return "".join(text + name for text, name in zip(texts, [*names, ""], strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to know about a figure, with the numbers its words need."""

    code: Code
    figures: Mapping[str, float] = field(default_factory=dict[str, float])

    @property
    def words(self) -> str:
        """Say it in Chinese; a page says it in its reader's language."""
        chinese = WORDS[self.code][0]
        values = {name: format(self.figures[name], spec) for name, spec in PLACE.findall(chinese)}
        return Phrase(message_of(chinese), **values)

    @property
    def english(self) -> str:
        """Say it in English."""
        return WORDS[self.code][1].format(**self.figures)

    @property
    def is_refusal(self) -> bool:
        """Tell whether it forbids an interval."""
        return self.code in REFUSALS


def found(code: Code, **figures: float) -> Finding:
    """Return a finding with plain numbers."""
    return Finding(code=code, figures={name: float(value) for name, value in figures.items()})


def outcome(
    *, saved: float, expected: float, reach: float, is_refused: bool
) -> tuple[Finding, ...]:
    """Say whether a saving has not been shown, or its contrary has; `reach` is half the interval.

    Without an interval only more energy is told: of an interval that is not given nothing is said.
    """
    if saved < 0 and expected > 0 and (is_refused or saved < -reach):
        return (found(Code.USED_MORE, share=-saved / expected),)
    return () if is_refused or saved > reach else (found(Code.NOT_SHOWN),)


def status_of(findings: Iterable[Finding]) -> Status:
    """Return how far measured savings with these findings have been shown."""
    codes = {finding.code for finding in findings}
    if codes & REFUSALS:
        return Status.SCREENED
    return Status.MEASURED if codes & HOLDS_BACK else Status.VERIFIED
