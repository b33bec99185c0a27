"""Registers that count up, into the mean power between two readings."""

from typing import Any

import numpy as np
import pyarrow as pa

from dianliang.engines.loading import MINUTES
from dianliang.integrations.meter_files._cells import Codes, Numbers
from dianliang.integrations.meter_files._errors import MOST_TOLD, Problem
from dianliang.integrations.meter_files._take import Ints, Taking, laid
from dianliang.kernel.phrases import Phrase

NEAR_END, NEAR_BEGIN = 0.9, 0.1
"""A register that rolls over was close to its end and is close to zero."""
MOST_SHARE, MOST_TIMES, LEAST = 0.01, 10, 1.0
"""Per quarter hour it went on by no more than a hundredth of its full scale, and no more than ten
times what the same meter otherwise went on by at most (or one unit): an exchanged meter that
stood high would else be billed for what it never counted."""
W_PER_KWH = 1000 * 60 / MINUTES


def take_registers(taking: Taking, *, digits: int) -> pa.RecordBatch | None:
    """Take readings of a register with so many digits before its point.

    Power is what it went on by, times the multiplier, over a quarter hour; where a reading lacks,
    both quarter hours beside it are unknown. A register that was near its end, is near zero and
    went on by a plausible amount rolled over; any other that goes back is told.
    """
    whose, at = taking.meters(), taking.moments()
    reading = taking.column("register")
    multiplier = taking.multipliers(whose)
    heading, number = taking.layout.columns["register"], taking.table.number
    _tell(reading < 0, heading, Phrase("示数为负"), taking)
    full = 10.0**digits
    _tell(
        reading >= full,
        heading,
        Phrase("示数超过 %(digits)d 位，请用 --digits 给出位数", digits=digits),
        taking,
    )
    if taking.problems:
        return None
    is_read = np.flatnonzero(~np.isnan(reading))
    order = is_read[np.lexsort((at[is_read], whose.index[is_read]))]
    here, before = order[1:], order[:-1]
    step = np.where(whose.index[here] == whose.index[before], at[here] - at[before], -1)
    _tell_double(taking, here[step == 0], before[step == 0], reading)
    _tell_interval(taking, step)
    follows = step == MINUTES
    gain = reading[here] - reading[before]
    rolled = (step > 0) & (gain < 0) & (reading[before] >= NEAR_END * full)
    rolled &= reading[here] <= NEAR_BEGIN * full
    rolled &= gain + full <= _plausible(whose.index[here], step, gain, full)
    gain = np.where(rolled, gain + full, gain)
    taking.rolled = int(rolled.sum())
    went_back = (step > 0) & (gain < 0) & ~rolled
    for i in np.flatnonzero(went_back)[:MOST_TOLD]:
        words = Phrase(
            "示数从 %(before)s 退到 %(here)s，既不是满码归零，也不能算电量；"
            "表计清零或更换请从新表起另存一份",
            before=f"{reading[before[i]]:g}",
            here=f"{reading[here[i]]:g}",
        )
        taking.problems.append(Problem(number(int(here[i])), heading, words))
    if taking.problems:
        return None
    rows = here[follows]
    power = gain[follows] * taking.layout.scale("register") * multiplier[rows] * W_PER_KWH
    return _laid(taking, whose, at, rows, power)


def _plausible(whose: Ints, step: Ints, gain: Numbers, full: float) -> Numbers:
    """Return by how much each reading may have gone on across its end."""
    usual = np.zeros(int(whose.max(initial=0)) + 1)
    onward = (step == MINUTES) & (gain > 0)
    np.maximum.at(usual, whose[onward], gain[onward])
    most = np.where(usual > 0, np.maximum(MOST_TIMES * usual, LEAST), np.inf)[whose]
    return np.minimum(most, MOST_SHARE * full) * np.maximum(step, 0) / MINUTES


def _laid(
    taking: Taking, whose: Codes, at: Ints, rows: Ints, power: Numbers
) -> pa.RecordBatch | None:
    is_end = taking.layout.label.value == "end"
    begin = at[rows] - (0 if is_end else MINUTES)
    nothing = np.full(len(rows), np.nan)
    return laid(taking, Codes(whose.index[rows], whose.values), begin, power, nothing, rows=rows)


def _tell(wrong: Any, heading: str, words: str, taking: Taking) -> None:
    for i in np.flatnonzero(wrong)[:MOST_TOLD]:
        taking.problems.append(Problem(taking.table.number(int(i)), heading, words))


def _tell_double(taking: Taking, here: Ints, before: Ints, reading: Numbers) -> None:
    number, heading = taking.table.number, taking.layout.columns["time"]
    differs = reading[here] != reading[before]
    taking.same += int((~differs).sum())
    for mine, other in zip(here[differs][:MOST_TOLD], before[differs], strict=False):
        words = Phrase(
            "与第 %(row)d 行是同一只表、同一时刻，示数却不同，请删去错的一行",
            row=number(int(other)),
        )
        taking.problems.append(Problem(number(int(mine)), heading, words))


def _tell_interval(taking: Taking, step: Ints) -> None:
    """Refuse registers that are read once an hour or a day: they tell no curve."""
    steps = step[step > 0]
    if steps.size and not (steps == MINUTES).any():
        usual = int(np.bincount(steps[steps <= 40 * 1440]).argmax()) if steps.size else 0
        words = Phrase(
            "相邻示数多隔 %(usual)d 分钟，推不出 15 分钟曲线，请导出 15 分钟冻结示数", usual=usual
        )
        taking.problems.append(Problem(0, taking.layout.columns["time"], words))
