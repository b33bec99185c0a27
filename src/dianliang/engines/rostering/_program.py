"""The constraint program of a roster: which turns may be chosen, and which not together."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import chain

from ortools.sat.python import cp_model

from dianliang.engines.rostering._missing import missing_in
from dianliang.engines.rostering._model import Duty, Person, Problem, Turn, weighted_s
from dianliang.engines.rostering._spans import day_of, is_night, week_of
from dianliang.kernel.periods import TimeWindow

QUARTER_S = 15 * 60
"""Evenness is counted in quarters of an hour: finer differences mean nothing to people."""
A_DAY = timedelta(days=1)
Literal = cp_model.IntVar
Linear = cp_model.LinearExpr | cp_model.IntVar | int
Turns = frozenset[Turn]


@dataclass(frozen=True, slots=True)
class Goal:
    """Something to be made small: as the program sees it, and counted on a finished roster.

    Nothing is below `least`, whatever the roster.
    """

    name: str
    shown: Linear
    count: Callable[[Turns], int]
    least: int = 0


class Program:
    """Yes or no for every turn that nothing known forbids."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.pinned = problem, problem.pinned
        self.cp = cp_model.CpModel()
        self.duties = {duty.id: duty for duty in problem.duties}
        self.able = {person.id: person.skills for person in problem.people}
        self.held = {person.id: self._held(person) for person in problem.people}
        self.x: dict[Turn, Literal] = {
            turn: self.cp.new_bool_var(f"{turn.duty_id}/{turn.person_id}") for turn in self._open()
        }
        self._follows: list[tuple[Literal, Callable[[Turns], int]]] = []
        self.of: dict[str, list[Turn]] = defaultdict(list)
        self.on: dict[str, list[Turn]] = defaultdict(list)
        for turn in self.x:
            self.of[turn.person_id].append(turn)
            self.on[turn.duty_id].append(turn)
        for person in problem.people:
            self._limit(person)

    def goals(self) -> Iterator[Goal]:
        """Yield what is to be made small, the weightiest first."""
        yield Goal("missing", cp_model.LinearExpr.sum([*self._lacks()]), self._missing)
        known = {t for t in self.problem.previous if t.duty_id in self.duties} - self.pinned
        if known:
            stays = [self.x[turn] for turn in sorted(known) if turn in self.x]
            shown = len(known) - cp_model.LinearExpr.sum(stays)
            yield Goal("changes", shown, lambda turns: len(known - turns))
        if self.problem.people:
            yield Goal("unevenness", self._unevenness(), self._uneven)
        wishes = {
            Turn(duty_id=duty_id, person_id=person.id): wish
            for person in self.problem.people
            for duty_id, wish in person.wishes.items()
        }
        if wishes:
            open_ = [turn for turn in sorted(wishes) if turn in self.x]
            shown = -cp_model.LinearExpr.weighted_sum(
                [self.x[turn] for turn in open_], [wishes[turn] for turn in open_]
            ) - sum(wish for turn, wish in wishes.items() if turn in self.pinned)
            granted = sum(max(0, wish) for wish in wishes.values())
            granted += sum(
                wish for turn, wish in wishes.items() if turn in self.pinned and wish < 0
            )

            def count(turns: Turns) -> int:
                return -sum(wishes.get(turn, 0) for turn in turns)

            yield Goal("wishes", shown, count, -granted)

    def start_from(self, turns: Turns) -> None:
        """Begin the next search at a roster, with everything that follows from it."""
        self.cp.clear_hints()  # type: ignore[no-untyped-call]  # OR-Tools leaves it untyped
        for turn, literal in self.x.items():
            self.cp.add_hint(literal, turn in turns)
        for variable, count in self._follows:
            self.cp.add_hint(variable, count(turns))

    def _held(self, person: Person) -> tuple[list[TimeWindow], list[TimeWindow]]:
        """Return the duties that a person has whatever is chosen: those that count, and all."""
        own = [turn for turn in sorted(self.pinned) if turn.person_id == person.id]
        counted = [self.duties[t.duty_id].window for t in own if t not in self.problem.exempt]
        return [*person.held, *counted], [
            *person.held,
            *(self.duties[t.duty_id].window for t in own),
        ]

    def _open(self) -> Iterator[Turn]:
        frozen, rest = self.problem.frozen_duties, self.problem.rules.rest
        for duty in self.problem.duties:
            there = {turn.person_id for turn in self.pinned if turn.duty_id == duty.id}
            if duty.id in frozen or len(there) >= duty.size:
                continue
            for person in self.problem.people:
                turn, (counted, everything) = self._turn(duty, person), self.held[person.id]
                taken = [*person.away, *everything]
                if person.id in there or any(each.overlaps(duty.window) for each in taken):
                    continue
                if turn in self.problem.exempt or not any(
                    _is_near(each, duty.window, rest) for each in counted
                ):
                    yield turn

    @staticmethod
    def _turn(duty: Duty, person: Person) -> Turn:
        return Turn(duty_id=duty.id, person_id=person.id)

    def _window(self, turn: Turn) -> TimeWindow:
        return self.duties[turn.duty_id].window

    def _limit(self, person: Person) -> None:
        """Keep a person's turns apart and within what is lawful."""
        rules, own = self.problem.rules, self.of[person.id]
        usual = [turn for turn in own if turn not in self.problem.exempt]
        self._apart(usual, rules.rest)
        if len(usual) < len(own):
            self._apart(own, timedelta(0))
        counted = self.held[person.id][0]
        limit_s = rules.week_s if person.week_s is None else person.week_s
        if limit_s is not None:
            self._within_weeks(usual, counted, limit_s)
        if rules.days is not None:
            self._rows(usual, {day_of(each) for each in counted}, rules.days)
        if rules.nights is not None:
            nights = [turn for turn in usual if is_night(self._window(turn))]
            held = {day_of(each) for each in counted if is_night(each)}
            self._rows(nights, held, rules.nights)

    def _apart(self, turns: Sequence[Turn], rest: timedelta) -> None:
        """Allow one of every set of duties that clash: each with those not over before it."""
        for begin in sorted({self._window(turn).start for turn in turns}):
            clash = [
                self.x[each]
                for each in turns
                if self._window(each).start <= begin < self._window(each).end + rest
            ]
            if len(clash) > 1:
                self.cp.add_at_most_one(clash)

    def _within_weeks(
        self, turns: Sequence[Turn], counted: Sequence[TimeWindow], limit_s: int
    ) -> None:
        weeks: dict[date, list[Turn]] = defaultdict(list)
        for turn in turns:
            weeks[week_of(self._window(turn))].append(turn)
        for week, inside in weeks.items():
            spent_s = sum(_seconds(each) for each in counted if week_of(each) == week)
            lasting = [_seconds(self._window(turn)) for turn in inside]
            spent = cp_model.LinearExpr.weighted_sum([self.x[turn] for turn in inside], lasting)
            self.cp.add(spent <= max(0, limit_s - spent_s))

    def _rows(self, turns: Sequence[Turn], held: Collection[date], most: int) -> None:
        """Leave a day without in every row of days that is one longer than allowed."""
        by_day: dict[date, list[Turn]] = defaultdict(list)
        for turn in turns:
            by_day[day_of(self._window(turn))].append(turn)
        works = {day: self._any(there) for day, there in by_day.items() if day not in held}
        for first in sorted({day - n * A_DAY for day in by_day for n in range(most + 1)}):
            row = [first + n * A_DAY for n in range(most + 1)]
            if not all(day in held or day in works for day in row):
                continue
            free = [works[day] for day in row if day in works]
            if free:
                self.cp.add(cp_model.LinearExpr.sum(free) <= len(free) - 1)
            else:
                for turn in chain.from_iterable(by_day[day] for day in row if day in by_day):
                    self.cp.add(self.x[turn] == 0)

    def _any(self, there: Sequence[Turn]) -> Literal:
        if len(there) == 1:
            return self.x[there[0]]
        works = self.cp.new_bool_var("works")
        for turn in there:
            self.cp.add_implication(self.x[turn], works)
        self._follows.append((works, lambda turns: not turns.isdisjoint(there)))
        return works

    def _lacks(self) -> Iterator[Literal]:
        """Yield how many people each duty lacks, and how many with each of its skills."""
        able = self.able
        for duty in self.problem.duties:
            there = [turn for turn in self.pinned if turn.duty_id == duty.id]
            open_ = self.on[duty.id]
            chosen = cp_model.LinearExpr.sum([self.x[turn] for turn in open_])
            self.cp.add(chosen <= max(0, duty.size - len(there)))
            for skill, wanted in (("", duty.size), *duty.skills.items()):
                have = [t for t in there if not skill or skill in able[t.person_id]]
                may = [self.x[t] for t in open_ if not skill or skill in able[t.person_id]]
                lack = self.cp.new_int_var(0, wanted, f"lack {duty.id} {skill}")
                self.cp.add(lack >= wanted - len(have) - cp_model.LinearExpr.sum(may))
                self._follows.append((lack, partial(self._lacking, duty, skill, wanted)))
                yield lack

    def _lacking(self, duty: Duty, skill: str, wanted: int, turns: Turns) -> int:
        there = [turn for turn in turns if turn.duty_id == duty.id]
        have = sum(not skill or skill in self.able[turn.person_id] for turn in there)
        return max(0, wanted - have)

    def _missing(self, turns: Turns) -> int:
        return sum(missing for _, _, missing in missing_in(self.problem, turns))

    def _units(self, turn: Turn) -> int:
        return weighted_s(self.duties[turn.duty_id]) // QUARTER_S

    def _base(self, person: Person) -> int:
        own = (turn for turn in self.pinned if turn.person_id == person.id)
        return person.credit_s // QUARTER_S + sum(self._units(turn) for turn in own)

    @property
    def _fair(self) -> int:
        """Return everyone's even share, in quarters of an hour."""
        whole = sum(duty.size * weighted_s(duty) for duty in self.problem.duties)
        whole += sum(person.credit_s for person in self.problem.people)
        return -(-whole // (QUARTER_S * len(self.problem.people)))

    def _unevenness(self) -> Linear:
        """Return by how much people have more than their share: the most weighs as much as all."""
        overs, fair = [], self._fair
        most = max(
            self._base(p) + sum(self._units(t) for t in self.of[p.id]) for p in self.problem.people
        )
        peak = self.cp.new_int_var(0, max(0, most), "peak")
        for person in self.problem.people:
            own = self.of[person.id]
            load = self._base(person) + cp_model.LinearExpr.weighted_sum(
                [self.x[turn] for turn in own], [self._units(turn) for turn in own]
            )
            over = self.cp.new_int_var(0, max(0, most), f"over {person.id}")
            self.cp.add(over >= load - fair)
            self.cp.add(peak >= over)
            self._follows.append((over, partial(self._over, person)))
            overs.append(over)
        self._follows.append((peak, self._peak))
        return cp_model.LinearExpr.sum(overs) + len(overs) * peak

    def _over(self, person: Person, turns: Turns) -> int:
        own = sum(self._units(turn) for turn in turns if turn.person_id == person.id)
        return max(0, person.credit_s // QUARTER_S + own - self._fair)

    def _peak(self, turns: Turns) -> int:
        return max(self._over(person, turns) for person in self.problem.people)

    def _uneven(self, turns: Turns) -> int:
        overs = [self._over(person, turns) for person in self.problem.people]
        return sum(overs) + len(overs) * max(overs)


def _seconds(window: TimeWindow) -> int:
    return int(window.duration.total_seconds())


def _is_near(one: TimeWindow, other: TimeWindow, rest: timedelta) -> bool:
    return one.start < other.end + rest and other.start < one.end + rest
