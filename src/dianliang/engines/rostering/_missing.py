"""Say what a roster lacks."""

from collections import defaultdict
from collections.abc import Collection, Iterator

from dianliang.engines.rostering._model import Duty, Problem, Turn


def missing_in(problem: Problem, turns: Collection[Turn]) -> Iterator[tuple[Duty, str, int]]:
    """Yield the duties that lack people, "" or the skill that they lack, and how many."""
    able = {person.id: person.skills for person in problem.people}
    there: dict[str, list[str]] = defaultdict(list)
    for turn in turns:
        there[turn.duty_id].append(turn.person_id)
    for duty in problem.duties:
        for skill, wanted in (("", duty.size), *duty.skills.items()):
            have = sum(not skill or skill in able[id_] for id_ in there[duty.id])
            if have < wanted:
                yield duty, skill, wanted - have
