"""What the standard on key customers asks of feeds and own supplies, and what one lacks of it.

Pure. GB/T 29328-2018 《重要电力用户供电电源及自备应急电源配置技术规范》: its clause 6 is on feeds,
its clause 7 on own supplies. The thresholds are as we understand them: whoever decides by them
checks them against the official text first. It grades customers by how grave an interruption is; a
feed of its own is one that the loss of another leaves alone, which a register of lines cannot
prove: whether lines come from different substations is for people to see to.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta

from dianliang.kernel.phrases import Phrase

STANDARD = "GB/T 29328-2018"
FEEDS: Mapping[str, int] = {"special": 3, "first": 2, "second": 2, "temporary": 2}
"""Least number of lines that feed a customer of a grade (clause 6, as understood): three for the
special grade, two sources for the first, two circuits for the second and for temporary ones."""
OWN_SHARE = 1.20
"""Least power of own supplies, as a share of the load that must not fail (保安负荷; clause 7, as
understood). The load is not in the register: the checklist asks for the share on the spot."""
TEST_EVERY = timedelta(days=365)
"""An own supply that nobody ran for so long counts as untested: our rule, not the standard's."""


def lacking(*, grade: str, lines: Collection[str], has_own: bool) -> tuple[Phrase, ...]:
    """Say what a customer of a grade lacks by the register; `lines` are codes of what feeds it."""
    found: list[Phrase] = []
    least, count = FEEDS[grade], len(set(lines))
    if count < least:
        words = "登记的供电线路 %(n)d 条，这一等级至少 %(least)d 条"
        found.append(Phrase(words, n=count, least=least))
    if not has_own:
        found.append(Phrase("没有登记自备应急电源"))
    return tuple(found)
