"""Present danger, as against past, feared, negated or merely talked about.

Method: clause by clause, a cue of the lexicon counts unless the clause itself takes it back. A word
for "now" outweighs fear and talk, never a plain negation. Recall comes first: a false alarm costs
a look, a missed one may cost a life, and nothing is dispatched without a person.
"""

import re
from collections.abc import Iterable

from dianliang.engines.triage._model import DangerFinding, Lexicon
from dianliang.engines.triage._text import clauses

_NEGATION = re.compile(r"(?:没有|没|未|不会|不再|无|并非|不是)[^，。]{0,2}$")


def find_dangers(text: str, *, lexicon: Lexicon) -> tuple[DangerFinding, ...]:
    """Return every present danger that the text states, at most one per kind."""
    found: dict[str, DangerFinding] = {}
    spoken = _without(text, lexicon.harmless)
    for clause in clauses(spoken):
        for kind, cues in lexicon.danger.items():
            cue = _first_valid(clause, cues, lexicon=lexicon)
            if cue and kind not in found:
                found[kind] = DangerFinding(kind=kind, cue=cue, clause=clause[:60])
    life = _life_support_without_power(spoken, lexicon=lexicon)
    if life:
        found["生命支持断电"] = life
    return tuple(found.values())


def _without(text: str, phrases: Iterable[str]) -> str:
    for phrase in phrases:
        text = text.replace(phrase, "〇" * len(phrase))
    return text


def _first_valid(clause: str, cues: tuple[str, ...], *, lexicon: Lexicon) -> str | None:
    is_now = any(word in clause for word in lexicon.present)
    if not is_now and any(
        word in clause for word in (*lexicon.past, *lexicon.hypothetical, *lexicon.topic)
    ):
        return None
    for cue in cues:
        position = clause.find(cue)
        if position >= 0 and not _NEGATION.search(clause[:position]):
            return cue
    return None


def _life_support_without_power(text: str, *, lexicon: Lexicon) -> DangerFinding | None:
    machine = next((word for word in lexicon.life_support if word in text), None)
    if machine is None:
        return None
    for clause in clauses(text):
        is_feared = any(
            word in clause for word in (*lexicon.hypothetical, *lexicon.past, *lexicon.topic)
        )
        is_now = any(word in clause for word in lexicon.present)
        stopped = any(word in clause for word in lexicon.outage)
        if stopped and (is_now or not is_feared) and not clause.endswith(("怎么办", "吗", "呢")):
            return DangerFinding(kind="生命支持断电", cue=machine, clause=clause[:60])
    return None
