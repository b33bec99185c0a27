"""The table beside the readings: meter, transformer, rated kVA, multiplier, phase."""

from pathlib import Path

import numpy as np

from dianliang.engines.loading import Meter, Network, Phase, Transformer
from dianliang.integrations.meter_files import _table
from dianliang.integrations.meter_files._cells import meters, numbers
from dianliang.integrations.meter_files._errors import MOST_TOLD, Problem, refuse
from dianliang.integrations.meter_files._headings import TRANSFORMER, WORDS
from dianliang.integrations.meter_files._take import MOST_MULTIPLIER
from dianliang.kernel.phrases import Phrase, joined

CAPACITY = frozenset(
    ["额定容量(kva)", "额定容量（kva）", "额定容量", "容量", "capacity_kva", "kva", "rated_kva"]
)
PHASE = frozenset(["相别", "相位", "接线相别", "phase"])
USE = frozenset(["用途", "表计用途", "is_main", "use"])
PHASES = {
    **dict.fromkeys(("a", "a相", "1"), Phase.A),
    **dict.fromkeys(("b", "b相", "2"), Phase.B),
    **dict.fromkeys(("c", "c相", "3"), Phase.C),
    **dict.fromkeys(("abc", "三相", "all"), Phase.ALL),
    **dict.fromkeys(("", "未知", "unknown"), Phase.UNKNOWN),
}
MAIN = frozenset(["总表", "台区总表", "考核表", "关口表", "main", "true", "1", "是"])
MOST_KVA = 100_000


def read_register(path: Path) -> Network:
    """Read which meter hangs on which transformer.

    Raises:
        UnreadableReadingsError, UnreadableSheetError: the message lists every place.
    """
    table = _table.read(path)
    plain = {heading.strip().lower().replace(" ", ""): heading for heading in table.columns}
    found = {
        role: next((plain[word] for word in plain if word in words), "")
        for role, words in (
            ("meter", WORDS["meter"]),
            ("transformer", TRANSFORMER),
            ("capacity", CAPACITY),
            ("multiplier", WORDS["multiplier"]),
            ("phase", PHASE),
            ("use", USE),
        )
    }
    lacking = [
        words
        for role, words in (
            ("meter", Phrase("表号")),
            ("transformer", Phrase("变压器编号")),
            ("capacity", Phrase("额定容量")),
        )
        if not found[role]
    ]
    if lacking:
        refuse(
            path.name,
            [
                Problem(
                    0, "", Phrase("户变关系缺少表头：%(lacking)s", lacking=joined("、", lacking))
                )
            ],
        )
    problems: list[Problem] = []
    rows = _Rows(table, found, problems)
    network = rows.network()
    refuse(path.name, problems)
    return network


class _Rows:
    """The rows of a register, checked."""

    def __init__(self, table: _table.Table, found: dict[str, str], problems: list[Problem]) -> None:
        self.table, self.found, self.problems = table, found, problems
        self.number = table.number

    def network(self) -> Network:
        """Return what can be used; problems are told beside."""
        meter, transformer = (
            self.texts("meter", Phrase("表号")),
            self.texts("transformer", Phrase("变压器编号")),
        )
        capacity, multiplier = self.plain("capacity"), self.plain("multiplier")
        phase, use = self.words("phase"), self.words("use")
        self.tell(~(capacity > 0) | (capacity > MOST_KVA), "capacity", "额定容量应大于 0 kVA")
        multiplier = np.where(np.isnan(multiplier), 1.0, multiplier)
        odd = (multiplier < 1) | (multiplier > MOST_MULTIPLIER)
        self.tell(odd, "multiplier", "倍率应不小于 1")
        self.tell(
            np.array([one not in PHASES for one in phase]), "phase", "相别应为 A、B、C 或三相"
        )
        seen: dict[str, int] = {}
        kva: dict[str, float] = {}
        for i, (number, owner) in enumerate(zip(meter, transformer, strict=True)):
            if seen.setdefault(number, i) != i:
                self.note(
                    i,
                    "meter",
                    Phrase(
                        "表号 %(number)s 与第 %(row)d 行重复",
                        number=number,
                        row=self.number(seen[number]),
                    ),
                )
            if kva.setdefault(owner, capacity[i]) != capacity[i]:
                self.note(i, "capacity", Phrase("变压器 %(owner)s 的容量前后不一致", owner=owner))
        if self.problems:
            return Network.of([], [])
        return Network.of(
            [
                Meter(
                    number=number,
                    transformer=transformer[i],
                    multiplier=float(multiplier[i]),
                    phase=PHASES[phase[i]],
                    is_main=use[i] in MAIN,
                )
                for i, number in enumerate(meter)
            ],
            [Transformer(number=one, capacity_kva=float(size)) for one, size in kva.items()],
        )

    def texts(self, role: str, what: str) -> list[str]:
        """Return a column of codes; empty ones are told."""
        heading = self.found[role]
        found = meters(
            self.table.columns[heading],
            name=heading,
            number=self.number,
            problems=self.problems,
            what=what,
        )
        return [found.values[i] for i in found.index]

    def words(self, role: str) -> list[str]:
        """Return a column of words, empty if it is not there."""
        if not self.found[role]:
            return [""] * self.table.rows
        column = self.table.columns[self.found[role]].to_pylist()
        return ["" if one is None else str(one).strip().lower() for one in column]

    def plain(self, role: str) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
        """Return a column of numbers, NaN if it is not there."""
        heading = self.found[role]
        if not heading:
            return np.full(self.table.rows, np.nan)
        return numbers(
            self.table.columns[heading],
            name=heading,
            number=self.number,
            problems=self.problems,
        )

    def tell(
        self, wrong: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]", role: str, words: str
    ) -> None:
        """Name the rows that are wrong."""
        for i in np.flatnonzero(wrong)[:MOST_TOLD]:
            self.note(int(i), role, words)

    def note(self, i: int, role: str, words: str) -> None:
        """Name one row."""
        self.problems.append(Problem(self.number(i), self.found[role], words))
