"""Change a roster by hand: what a swap would break, and who could take a turn."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from dianliang.engines.rostering._check import Book
from dianliang.engines.rostering._missing import missing_in
from dianliang.engines.rostering._model import Breach, Problem, Rule, Turn
from dianliang.engines.rostering._solve import loads_of
from dianliang.kernel.phrases import Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who could take a turn: what stands against it, and his load without it."""

    person_id: str
    breaches: tuple[Breach, ...]
    weighted_s: int

    @property
    def is_lawful(self) -> bool:
        """Tell whether he may."""
        return not self.breaches


def objections(
    problem: Problem,
    turns: Collection[Turn],
    *,
    leaves: Collection[Turn] = (),
    joins: Collection[Turn] = (),
) -> tuple[Breach, ...]:
    """Return what forbids a change: some turns are given up and others taken (换班).

    A duty that lacks a skill afterwards which it had before is an objection too.

    Raises:
        ValueError: a turn that is given up is not on the roster, or one that is taken already is.
    """
    before = frozenset(turns)
    strange = [*(set(leaves) - before), *(set(joins) & before)]
    if strange:
        raise ValueError(
            Phrase(
                "%(person_id)s 的这一班与值班表不符，请刷新后再换。", person_id=strange[0].person_id
            )
        )
    after = (before - set(leaves)) | set(joins)
    loose = replace(problem, fixed=frozenset())
    frozen = problem.frozen_duties
    found = [
        Breach(rule=Rule.PINNED, turn=turn, words=Phrase("班次已开始，不能再换"))
        for turn in sorted({*leaves, *joins})
        if turn.duty_id in frozen
    ]
    book = Book(loose, after)
    for turn in sorted(joins):
        if turn.duty_id not in book.duties or turn.person_id not in book.people:
            found.append(Breach(rule=Rule.UNKNOWN, turn=turn, words=Phrase("没有这个班次或这个人")))
            continue
        found += book.against(turn)
        size = book.duties[turn.duty_id].size
        if len(book.on[turn.duty_id]) > size:
            found.append(
                Breach(rule=Rule.SIZE, turn=turn, words=Phrase("班次只要 %(n)d 人", n=size))
            )
    lacked = {(duty.id, skill): missing for duty, skill, missing in missing_in(problem, before)}
    for duty, skill, missing in missing_in(loose, after):
        if skill and missing > lacked.get((duty.id, skill), 0):
            turn = next(turn for turn in sorted({*leaves, *joins}) if turn.duty_id == duty.id)
            words = Phrase("换班后缺 %(n)d 名会“%(skill)s”的人", n=missing, skill=skill)
            found.append(Breach(rule=Rule.SKILL, turn=turn, words=words))
    return tuple(found)


def candidates(problem: Problem, turns: Collection[Turn], turn: Turn) -> tuple[Candidate, ...]:
    """Return who could take a turn over, those who may first, the least loaded first of all."""
    load = {each.person_id: each.weighted_s for each in loads_of(problem, turns)}
    there = {each.person_id for each in turns if each.duty_id == turn.duty_id}
    found = [
        Candidate(
            person_id=person.id,
            breaches=objections(
                problem,
                turns,
                leaves={turn},
                joins={Turn(duty_id=turn.duty_id, person_id=person.id)},
            ),
            weighted_s=load[person.id],
        )
        for person in problem.people
        if person.id not in there
    ]
    return tuple(sorted(found, key=lambda c: (len(c.breaches), c.weighted_s, c.person_id)))
