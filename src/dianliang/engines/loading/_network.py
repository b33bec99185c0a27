"""Which meter hangs on which transformer, and on which phase."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property

import numpy as np

from dianliang.engines.loading._curves import Ints32


class Phase(IntEnum):
    """The phase that a meter draws from; most registers do not say."""

    A = 0
    B = 1
    C = 2
    ALL = 3
    UNKNOWN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """A meter: `is_main` measures the whole transformer, and stands for all the others on it."""

    number: str
    transformer: str
    multiplier: float = 1.0
    phase: Phase = Phase.UNKNOWN
    is_main: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Transformer:
    """A transformer and what it can carry."""

    number: str
    capacity_kva: float


@dataclass(frozen=True)
class Network:
    """Transformers and the meters that tell their load.

    Load is added up by slot: a transformer's meters on one phase. `slots` lists transformer (as a
    position in `transformers`) and phase, by transformer; `expected` counts the meters of a slot.
    """

    transformers: tuple[Transformer, ...]
    meters: Mapping[str, Meter]
    slots: tuple[tuple[int, Phase], ...]
    expected: Ints32
    slot_of: Mapping[str, int] = field(repr=False)

    @classmethod
    def of(cls, meters: Sequence[Meter], transformers: Iterable[Transformer]) -> "Network":
        """Sort meters into slots. Where a transformer has main meters, they alone count.

        Raises:
            ValueError: a meter names a transformer that is not there.
        """
        known = tuple(sorted(transformers, key=lambda one: one.number))
        place = {one.number: i for i, one in enumerate(known)}
        measured = {meter.transformer for meter in meters if meter.is_main}
        told = [meter for meter in meters if meter.is_main or meter.transformer not in measured]
        missing = sorted({meter.transformer for meter in meters} - place.keys())
        if missing:
            raise ValueError(f"unknown transformers: {', '.join(missing[:5])}")
        count = Counter((place[meter.transformer], meter.phase) for meter in told)
        slots = tuple(sorted(count))
        position = {slot: i for i, slot in enumerate(slots)}
        return cls(
            transformers=known,
            meters={meter.number: meter for meter in meters},
            slots=slots,
            expected=np.array([count[slot] for slot in slots], np.int32),
            slot_of={
                meter.number: position[place[meter.transformer], meter.phase] for meter in told
            },
        )

    @cached_property
    def first_slot(self) -> Ints32:
        """Return where each transformer's slots begin, and where the last one's end."""
        owners = np.array([owner for owner, _ in self.slots], np.int32)
        return np.searchsorted(owners, np.arange(len(self.transformers) + 1)).astype(np.int32)

    def slots_for(self, numbers: Sequence[str]) -> Ints32:
        """Return the slot of each meter, −1 for one that counts nowhere."""
        slot_of = self.slot_of
        return np.array([slot_of.get(number, -1) for number in numbers], np.int32)
