"""Critical path and slack of a network of steps (关键线路法, CPM; JGJ/T 121-2015)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step; it begins when the last of `after` has ended, or when the project begins.

    `days` are calendar days from that moment to its end. `done_on` is the day on which it ended;
    `expected_on` what those who do it expect of one that has not.
    """

    code: str
    days: int
    after: tuple[str, ...] = ()
    done_on: date | None = None
    expected_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """A step in time: `latest_on` is when it may end without moving the end of the project."""

    code: str
    starts_on: date
    ends_on: date
    latest_on: date

    @property
    def days(self) -> int:
        """Return how many days it takes, waiting of its own included."""
        return (self.ends_on - self.starts_on).days

    @property
    def slack_days(self) -> int:
        """Return by how many days it may slip before the project does (总时差)."""
        return (self.latest_on - self.ends_on).days

    @property
    def is_critical(self) -> bool:
        """Tell whether the end of the project hangs on it."""
        return self.ends_on == self.latest_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """All steps in time, in an order in which they can be done; `path` is one critical path."""

    steps: tuple[Timed, ...]
    starts_on: date
    ends_on: date
    path: tuple[str, ...]

    def of(self, code: str) -> Timed:
        """Return one step.

        Raises:
            KeyError: there is none of this code.
        """
        found = next((step for step in self.steps if step.code == code), None)
        if found is None:
            raise KeyError(code)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with a network: ``twice``, ``unknown``, ``circle``, ``negative``, ``order``.

    `others` are the steps that it is wrong with.
    """

    kind: str
    code: str
    others: tuple[str, ...] = ()


class BrokenNetworkError(ValueError):
    """The steps make no network; `faults` names all that is wrong."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{f.kind} {f.code} {','.join(f.others)}" for f in faults))
        self.faults = tuple(faults)


def faults_of(*, steps: Sequence[Step]) -> tuple[Fault, ...]:
    """Return all that is wrong with a network; linear in steps and arrows."""
    found: list[Fault] = []
    known: dict[str, Step] = {}
    for step in steps:
        if step.code in known:
            found.append(Fault(kind="twice", code=step.code))
        known[step.code] = step
    for step in steps:
        unknown = tuple(code for code in step.after if code not in known)
        if unknown:
            found.append(Fault(kind="unknown", code=step.code, others=unknown))
        if step.days < 0:
            found.append(Fault(kind="negative", code=step.code))
        late = tuple(
            code for code in step.after if code in known and _ends_later(known[code], step)
        )
        if late:
            found.append(Fault(kind="order", code=step.code, others=late))
    circle = _left_over(known)
    if circle:
        found.append(Fault(kind="circle", code=circle[0], others=circle[1:]))
    return tuple(found)


def schedule(*, steps: Sequence[Step], starts_on: date, as_of: date | None = None) -> Schedule:
    """Put steps in time: forward for the earliest days, backward for the latest.

    With `as_of` an open step ends on that day at the earliest: what was not done by then was not
    done. An expected day replaces the planned length, but no step ends before it can begin. What
    is done stays where it is. Cost: linear in steps and arrows.

    Raises:
        BrokenNetworkError: the steps make no network, or one was done before what it waits for.
    """
    faults = faults_of(steps=steps)
    if faults:
        raise BrokenNetworkError(faults)
    known = {step.code: step for step in steps}
    order = _in_order(known)
    starts: dict[str, date] = {}
    ends: dict[str, date] = {}
    for code in order:
        step = known[code]
        begins = max((ends[before] for before in step.after), default=starts_on)
        ends[code] = _end(step, begins, as_of)
        starts[code] = min(begins, ends[code])
    last = max(ends.values(), default=starts_on)
    latest = _latest(order, known, starts, ends, last)
    return Schedule(
        steps=tuple(
            Timed(code=c, starts_on=starts[c], ends_on=ends[c], latest_on=latest[c]) for c in order
        ),
        starts_on=starts_on,
        ends_on=last,
        path=_path(order, known, starts, ends, last),
    )


def steps_of_days(
    *, planned: Mapping[str, date], after: Mapping[str, Sequence[str]], starts_on: date
) -> tuple[Step, ...]:
    """Turn a plan of days into steps: each takes what lies between it and what it waits for.

    People plan by days; the lengths are what a network moves. A day before one that it waits for
    gives a negative length, which `faults_of` names.
    """
    return tuple(
        Step(
            code=code,
            days=(
                day
                - max((planned[b] for b in after.get(code, ()) if b in planned), default=starts_on)
            ).days,
            after=tuple(after.get(code, ())),
        )
        for code, day in planned.items()
    )


def with_days(timed: Schedule, steps: Sequence[Step], days: Mapping[str, int]) -> Schedule:
    """Put the same steps in time with other lengths, whatever was done or expected of them."""
    plain = [
        replace(
            step, days=days.get(step.code, timed.of(step.code).days), done_on=None, expected_on=None
        )
        for step in steps
    ]
    return schedule(steps=plain, starts_on=timed.starts_on)


def _end(step: Step, begins: date, as_of: date | None) -> date:
    if step.done_on is not None:
        return step.done_on
    ends = max(step.expected_on or begins + timedelta(days=step.days), begins)
    return ends if as_of is None else max(ends, as_of)


def _ends_later(before: Step, step: Step) -> bool:
    if step.done_on is None:
        return False
    return before.done_on is None or before.done_on > step.done_on


def _latest(
    order: Sequence[str],
    known: Mapping[str, Step],
    starts: Mapping[str, date],
    ends: Mapping[str, date],
    last: date,
) -> dict[str, date]:
    latest = dict.fromkeys(order, last)
    for code in reversed(order):
        begins = latest[code] - (ends[code] - starts[code])
        for before in known[code].after:
            latest[before] = min(latest[before], begins)
    return latest


def _path(
    order: Sequence[str],
    known: Mapping[str, Step],
    starts: Mapping[str, date],
    ends: Mapping[str, date],
    last: date,
) -> tuple[str, ...]:
    """Walk back from the end along what each step waited for."""
    code = next((c for c in order if ends[c] == last), None)
    found: list[str] = []
    while code is not None:
        found.append(code)
        code = next((b for b in known[code].after if ends[b] == starts[found[-1]]), None)
    return tuple(reversed(found))


def _in_order(known: Mapping[str, Step]) -> list[str]:
    done: dict[str, None] = {}
    waiting = list(known)
    while waiting:
        free = [code for code in waiting if all(b in done for b in known[code].after)]
        done.update(dict.fromkeys(free))
        waiting = [code for code in waiting if code not in done]
    return list(done)


def _left_over(known: Mapping[str, Step]) -> tuple[str, ...]:
    """Return the steps that wait for themselves, over others or not."""
    left = dict(known)
    while True:
        free = [c for c, step in left.items() if not any(b in left for b in step.after)]
        if not free:
            return tuple(left)
        for code in free:
            del left[code]
