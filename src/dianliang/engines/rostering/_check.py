"""Verify a roster against every rule, apart from how it was found."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from dianliang.engines.rostering._lawful import breaches
from dianliang.engines.rostering._model import HARD, Breach, Problem, Rule, Turn
from dianliang.kernel.phrases import Phrase


class Book:
    """A roster by person and by duty, to ask what one more turn would break."""

    def __init__(self, problem: Problem, turns: Collection[Turn]) -> None:
        self.problem = problem
        self.duties = {duty.id: duty for duty in problem.duties}
        self.people = {person.id: person for person in problem.people}
        self.of: dict[str, list[Turn]] = defaultdict(list)
        self.on: dict[str, list[Turn]] = defaultdict(list)
        for turn in sorted(turns):
            if turn.duty_id in self.duties and turn.person_id in self.people:
                self.of[turn.person_id].append(turn)
                self.on[turn.duty_id].append(turn)

    def against(self, turn: Turn) -> tuple[Breach, ...]:
        """Return what forbids a turn beside the other turns of its person."""
        person, duty = self.people[turn.person_id], self.duties[turn.duty_id]
        rules, exempt = self.problem.rules, self.problem.exempt
        own = [each for each in self.of[person.id] if each != turn]
        everything = [*person.held, *(self.duties[each.duty_id].window for each in own)]
        found = tuple(breaches(rules, person, duty, everything, is_exempt=True))
        if found or turn in exempt:
            return found
        counted = [self.duties[each.duty_id].window for each in own if each not in exempt]
        return tuple(breaches(rules, person, duty, [*person.held, *counted], is_exempt=False))


def check(problem: Problem, turns: Collection[Turn]) -> tuple[Breach, ...]:
    """Return every rule that a roster breaks. Duties that lack people break none: they are told.

    Frozen turns are facts and are not judged, but what comes after them is.
    """
    return tuple(_all(problem, frozenset(turns)))


def _all(problem: Problem, turns: frozenset[Turn]) -> Iterator[Breach]:
    book, frozen = Book(problem, turns), problem.frozen_duties
    known = {turn for there in book.on.values() for turn in there}
    for turn in sorted(turns - known):
        yield Breach(rule=Rule.UNKNOWN, turn=turn, words=Phrase("没有这个班次或这个人"))
    for turn in sorted(problem.pinned - turns):
        yield Breach(rule=Rule.PINNED, turn=turn, words=Phrase("已固定的值班不见了"))
    for duty_id, there in book.on.items():
        if duty_id in frozen:
            for turn in sorted(set(there) - problem.pinned):
                yield Breach(rule=Rule.PINNED, turn=turn, words=Phrase("班次已开始，不能再加人"))
            continue
        yield from _too_many(problem, book.duties[duty_id].size, there)
        for turn in there:
            yield from book.against(turn)


def _too_many(problem: Problem, size: int, there: Sequence[Turn]) -> Iterator[Breach]:
    chosen = [turn for turn in there if turn not in problem.pinned]
    free = max(0, size - (len(there) - len(chosen)))
    for turn in chosen[free:]:
        yield Breach(rule=Rule.SIZE, turn=turn, words=Phrase("班次只要 %(n)d 人", n=size))


def is_hard(found: Collection[Breach]) -> bool:
    """Tell whether something forbids a turn that no exemption could allow."""
    return any(breach.rule in HARD for breach in found)
