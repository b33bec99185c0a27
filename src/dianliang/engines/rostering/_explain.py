"""Say why a duty lacks people, and what would man it."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from dianliang.engines.rostering._check import Book, is_hard
from dianliang.engines.rostering._missing import missing_in
from dianliang.engines.rostering._model import (
    Breach,
    Duty,
    Fix,
    FixKind,
    Person,
    Problem,
    Rule,
    Rules,
    Short,
    Turn,
)
from dianliang.kernel.phrases import Phrase, joined

KINDS = {
    Rule.REST: FixKind.LESS_REST,
    Rule.WEEK: FixKind.MORE_HOURS,
    Rule.DAYS: FixKind.ANOTHER_DAY,
    Rule.NIGHTS: FixKind.ANOTHER_NIGHT,
}


def shortages(problem: Problem, turns: Collection[Turn]) -> tuple[Short, ...]:
    """Return every duty that lacks people, with the reason for each person who is not on it."""
    book, frozen = Book(problem, turns), problem.frozen_duties
    found = list[Short]()
    for duty, skill, missing in missing_in(problem, turns):
        is_full = duty.id in frozen or not _has_room(book, duty)
        against = {
            person.id: _against(book, duty, person, skill)
            for person in problem.people
            if Turn(duty_id=duty.id, person_id=person.id) not in book.on[duty.id]
        }
        reasons = Counter(breaches[0].rule for breaches in against.values() if breaches)
        words = _told(duty, skill, missing, reasons, problem.rules, is_full=is_full)
        fixes = () if is_full else tuple(_fixes(book, duty, skill, against))
        found.append(
            Short(
                duty_id=duty.id,
                skill=skill,
                missing=missing,
                reasons=reasons,
                words=words,
                fixes=fixes,
            )
        )
    return tuple(found)


def _has_room(book: Book, duty: Duty) -> bool:
    """Tell whether one more can come in: there is a place, or somebody whom no skill needs."""
    there = book.on[duty.id]
    if len(there) < duty.size:
        return True
    have = Counter(skill for turn in there for skill in book.people[turn.person_id].skills)
    needed = {skill for skill, wanted in duty.skills.items() if have[skill] <= wanted}
    return any(
        turn not in book.problem.pinned and not needed & book.people[turn.person_id].skills
        for turn in there
    )


def _against(book: Book, duty: Duty, person: Person, skill: str) -> Sequence[Breach]:
    turn = Turn(duty_id=duty.id, person_id=person.id)
    if skill and skill not in person.skills:
        return (Breach(rule=Rule.SKILL, turn=turn, words=Phrase("不会“%(skill)s”", skill=skill)),)
    return book.against(turn)


def _fixes(
    book: Book, duty: Duty, skill: str, against: Mapping[str, Sequence[Breach]]
) -> Iterator[Fix]:
    """Yield the cheapest exemption of each kind, then one more person."""
    load = Counter(turn.person_id for there in book.on.values() for turn in there)
    best: dict[FixKind, Fix] = {}
    for person_id in sorted(against, key=lambda id_: (load[id_], id_)):
        breaches = against[person_id]
        if len(breaches) != 1 or is_hard(breaches) or breaches[0].rule not in KINDS:
            continue
        kind, amount_s = KINDS[breaches[0].rule], breaches[0].amount_s
        if kind not in best or amount_s < best[kind].amount_s:
            best[kind] = Fix(
                kind=kind,
                words=Phrase("批准 %(who)s 加入：%(why)s", who=person_id, why=breaches[0].words),
                duty_id=duty.id,
                person_id=person_id,
                skill=skill,
                amount_s=amount_s,
            )
    yield from sorted(best.values(), key=lambda fix: (fix.amount_s, fix.kind))
    words = Phrase("再找 1 名人值这一班")
    if skill:
        words = Phrase("再找 1 名会“%(skill)s”的人值这一班", skill=skill)
    yield Fix(kind=FixKind.ONE_MORE, words=words, duty_id=duty.id, skill=skill)


def _told(
    duty: Duty,
    skill: str,
    missing: int,
    reasons: Mapping[Rule, int],
    rules: Rules,
    *,
    is_full: bool,
) -> str:
    lacks = Phrase("缺 %(n)d 名人", n=missing)
    if skill:
        lacks = Phrase("缺 %(n)d 名会“%(skill)s”的人", n=missing, skill=skill)
    if is_full:
        return Phrase("%(lacks)s；班次已由固定人员排定", lacks=lacks)
    told = [
        Phrase("%(n)d 人%(why)s", n=count, why=_phrase(rule, rules))
        for rule, count in sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    why = joined("，", told) or Phrase("没有可排的人")
    return Phrase("%(lacks)s：%(why)s", lacks=lacks, why=why)


def _phrase(rule: Rule, rules: Rules) -> str:
    if rule is Rule.REST:
        return Phrase("距相邻班次不足 %(n)s 小时", n=f"{rules.rest / timedelta(hours=1):g}")
    if rule is Rule.WEEK:
        return Phrase("本周时长已满")
    if rule is Rule.DAYS:
        return Phrase("已连续值班 %(n)d 天", n=rules.days)
    if rule is Rule.NIGHTS:
        return Phrase("已连续夜班 %(n)d 个", n=rules.nights)
    if rule is Rule.AWAY:
        return Phrase("不在岗")
    return Phrase("同时在别处值班") if rule is Rule.OVERLAP else Phrase("不会这项技能")


def apply_fix(problem: Problem, fix: Fix) -> Problem:
    """Return the problem with a proposed fix made: a new search then lacks fewer people."""
    name = fix.person_id
    if fix.kind is FixKind.ONE_MORE:
        taken = {person.id for person in problem.people}
        name = next(f"外援{n}" for n in range(1, len(taken) + 2) if f"外援{n}" not in taken)
        skills = frozenset({fix.skill}) if fix.skill else frozenset[str]()
        problem = replace(problem, people=(*problem.people, Person(id=name, skills=skills)))
    turn = Turn(duty_id=fix.duty_id, person_id=name)
    return replace(problem, exempt=problem.exempt | {turn})
