"""Find everything that is wrong with a problem before it is solved, all at once."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from dianliang.engines.rostering._check import Book
from dianliang.engines.rostering._model import Duty, Person, Problem


class ErrorCode(StrEnum):
    """What is wrong with an input."""

    DUPLICATE_ID = "duplicate_id"
    BAD_SIZE = "bad_size"
    BAD_LIMIT = "bad_limit"
    UNKNOWN_DUTY = "unknown_duty"
    UNKNOWN_PERSON = "unknown_person"
    TOO_MANY_FIXED = "too_many_fixed"
    UNLAWFUL_FIXED = "unlawful_fixed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemError:
    """One thing that is wrong: its kind, the id it is about, and words."""

    code: ErrorCode
    id: str
    words: str


class InvalidProblemError(ValueError):
    """A problem that cannot be solved as it is; `errors` lists everything that is wrong."""

    def __init__(self, errors: tuple[ProblemError, ...]) -> None:
        super().__init__("；".join(error.words for error in errors[:5]))
        self.errors = errors


def validate(problem: Problem) -> tuple[ProblemError, ...]:
    """Return every error of a problem; an empty tuple means it can be solved."""
    found = [
        *_twice((duty.id for duty in problem.duties), "班次"),
        *_twice((person.id for person in problem.people), "人员"),
        *(error for duty in problem.duties for error in _duty(duty)),
        *(error for person in problem.people for error in _person(person)),
        *_rules(problem),
        *_unknown(problem),
    ]
    return tuple(found or _fixed(problem))


def _twice(ids: Iterable[str], what: str) -> Iterator[ProblemError]:
    for id_, times in Counter(ids).items():
        if times > 1:
            words = f"{what} {id_} 出现了 {times} 次，请只留一个。"
            yield ProblemError(code=ErrorCode.DUPLICATE_ID, id=id_, words=words)


def _duty(duty: Duty) -> Iterator[ProblemError]:
    if duty.size < 1:
        words = f"班次 {duty.id} 的人数应至少为 1。"
        yield ProblemError(code=ErrorCode.BAD_SIZE, id=duty.id, words=words)
    if duty.weight < 1:
        words = f"班次 {duty.id} 的计时系数应大于 0。"
        yield ProblemError(code=ErrorCode.BAD_SIZE, id=duty.id, words=words)
    for skill, wanted in duty.skills.items():
        if not 1 <= wanted <= duty.size:
            words = f"班次 {duty.id} 要 {wanted} 名会“{skill}”的人，应在 1 到 {duty.size} 之间。"
            yield ProblemError(code=ErrorCode.BAD_SIZE, id=duty.id, words=words)


def _person(person: Person) -> Iterator[ProblemError]:
    if person.credit_s < 0 or (person.week_s is not None and person.week_s < 0):
        words = f"{person.id} 的已值时长和每周上限不能为负。"
        yield ProblemError(code=ErrorCode.BAD_LIMIT, id=person.id, words=words)


def _rules(problem: Problem) -> Iterator[ProblemError]:
    rules = problem.rules
    limits = (rules.week_s, rules.days, rules.nights)
    if rules.rest < timedelta(0) or any(limit is not None and limit < 0 for limit in limits):
        yield ProblemError(code=ErrorCode.BAD_LIMIT, id="rules", words="各项值班限度不能为负。")


def _unknown(problem: Problem) -> Iterator[ProblemError]:
    duties = {duty.id for duty in problem.duties}
    people = {person.id for person in problem.people}
    for turn in sorted(problem.fixed | problem.exempt | problem.pinned):
        if turn.duty_id not in duties:
            words = f"固定的值班提到的班次 {turn.duty_id} 不在本表内。"
            yield ProblemError(code=ErrorCode.UNKNOWN_DUTY, id=turn.duty_id, words=words)
        if turn.person_id not in people:
            words = f"固定的值班提到的人 {turn.person_id} 不在本表内。"
            yield ProblemError(code=ErrorCode.UNKNOWN_PERSON, id=turn.person_id, words=words)


def _fixed(problem: Problem) -> Iterator[ProblemError]:
    book, frozen = Book(problem, problem.pinned), problem.frozen_duties
    for duty in problem.duties:
        there = book.on[duty.id]
        if duty.id in frozen:
            strange = [turn for turn in there if turn not in problem.previous]
            if strange:
                words = f"班次 {duty.id} 已开始，不能再固定 {strange[0].person_id}。"
                yield ProblemError(code=ErrorCode.TOO_MANY_FIXED, id=duty.id, words=words)
            continue
        if len(there) > duty.size:
            words = f"班次 {duty.id} 固定了 {len(there)} 人，只要 {duty.size} 人。"
            yield ProblemError(code=ErrorCode.TOO_MANY_FIXED, id=duty.id, words=words)
        for turn in there:
            for breach in book.against(turn):
                words = f"{turn.person_id} 固定在班次 {duty.id} 不可行：{breach.words}。"
                yield ProblemError(code=ErrorCode.UNLAWFUL_FIXED, id=duty.id, words=words)
