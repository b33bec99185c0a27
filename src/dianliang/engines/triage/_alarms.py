"""Which alarms a changed lexicon would no longer raise: asked before it is put in force.

Past needs show only what was said. Here every cue of the shipped lexicon is said in plain
sentences, as people say it, and those that were heard before and would not be are told.
"""

from collections.abc import Iterator

from dianliang.engines.triage._danger import DangerFinder
from dianliang.engines.triage._model import Lexicon
from dianliang.engines.triage._text import fold

CARRIERS = (
    "{}",
    "我家{}了快来人",
    "村口那边{}了",
    "楼下邻居{}，味道很大，快来看看",
)
"""What people say around a danger: ordinary words that may not take it back."""
PLAIN = (
    "我家着火了快来人",
    "厨房着火了，火很大",
    "余村有人触电了",
    "家里漏电有人晕倒了",
    "村口电线断了掉在路上冒火花",
    "电线杆倒了砸在路上",
    "变压器冒烟了还响",
    "煤气泄漏了味道很大",
    "燃气管道漏气，满屋子都是味道",
    "水淹到配电箱了",
    "电表箱烧起来了",
    "孩子被困在电梯里",
    "高压线掉下来了，旁边有小孩",
)
"""What cues alone do not tell: two words near each other, places before, everyday words around."""


def lost_alarms(before: Lexicon, after: Lexicon) -> tuple[str, ...]:
    """Return sentences in which `before` hears a danger and `after` hears none.

    Cost: some tenths of a second, for a few thousand sentences.
    """
    then, now = DangerFinder(before), DangerFinder(after)
    told = dict.fromkeys(_sentences(before))
    return tuple(text for text in told if then.find(fold(text)) and not now.find(fold(text)))


def _sentences(lexicon: Lexicon) -> Iterator[str]:
    yield from PLAIN
    for cues in lexicon.danger.values():
        for cue in cues:
            yield from (carrier.format(cue) for carrier in CARRIERS)
