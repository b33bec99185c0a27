"""Say what would help a job that was left out, or one that comes late.

A fix is not guessed: the change is made on a copy, the job is inserted there by the solver's own
insertion, and the price is what the objective then says, plus a stated price of the change.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from dianliang.engines.routing._lacks import EFFORTS_S, Lack, efforts_of, lacks_of, more_gear
from dianliang.engines.routing._model import (
    Fix,
    FixKind,
    Job,
    Problem,
    ReasonCode,
    Unassigned,
)
from dianliang.engines.routing._reasons import LOCK_BROKEN, binding, reasons, tied
from dianliang.engines.routing._ways import Found, Ways, World, is_tied
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.phrases import Phrase

MOST_FIXES = 4


def explain_left_out(problem: Problem, ways: Ways | None, job: Job) -> Unassigned:
    """Give the binding reason of a job that was left out, the cheapest fix, and other ways."""
    if ways is None:
        return Unassigned(job_id=job.id, reasons=tuple(reasons(problem, None, job)), fix=None)
    compiled = ways.compiled
    number = compiled.numbers[job.id]
    if number in compiled.locked:
        return Unassigned(job_id=job.id, reasons=(LOCK_BROKEN,), fix=None)
    anyway = ways.best(number)
    if is_tied(compiled, number):
        why = tuple(tied(problem, compiled, job, is_free=anyway is not None))
        return Unassigned(job_id=job.id, reasons=why, fix=None)
    why = tuple(reasons(problem, compiled, job, is_dear=anyway is not None))
    if why[0].code is ReasonCode.FULL:
        releasing = _releasing(ways, number)
        why = binding(why[0], job, releasing, collected=compiled.collected)
    fixes = cheapest_first(ways, number, anyway)
    best = fixes[0] if fixes else None
    return Unassigned(job_id=job.id, reasons=why, fix=best, others=fixes[1:MOST_FIXES])


def cheapest_first(ways: Ways, number: int, anyway: Found | None) -> tuple[Fix, ...]:
    """Return every way to fit a job in, the best of each kind."""
    fixes = [fix for fix in _fixes(ways, number, anyway) if fix]
    return tuple(sorted(fixes, key=lambda fix: (fix.price_s, fix.kind)))


def _releasing(ways: Ways, number: int) -> Iterator[ReasonCode]:
    """Yield the rules each of which alone keeps a job out of a full plan."""
    if ways.best(number, is_laden=False):
        yield ReasonCode.GEAR_OUT
    if ways.best(number, world=World.UNRESTED):
        yield ReasonCode.LUNCH
    if ways.best(number, world=World.UNLIMITED):
        yield ReasonCode.HOURS
    if ways.compiled.jobs[number].windows and ways.best(number, is_timeless=True):
        yield ReasonCode.WINDOW


def _fixes(ways: Ways, number: int, anyway: Found | None) -> Iterator[Fix | None]:
    job = ways.compiled.jobs[number]
    if anyway is not None:
        words = Phrase(
            "仍然排入：%(team)s %(when)s", team=_who(ways, anyway), when=_when(ways, anyway)
        )
        yield _fix(ways, FixKind.ANYWAY, words, anyway)
    yield _with_overtime(ways, number)
    if job.windows:
        found = ways.best_appointment(number)
        if found is not None:
            words = Phrase(
                "与客户改约到 %(when)s（%(team)s）",
                when=_when(ways, found),
                team=_who(ways, found),
            )
            start_at = ways.compiled.instant(found.begin_s)
            yield replace(_fix(ways, FixKind.WINDOW, words, found), start_at=start_at)
    compiled = ways.compiled
    lacks = lacks_of(job, compiled.routes, ways.problem.teams, collected=compiled.collected)
    yield _with_another_team(ways, number, lacks)
    yield _with_more_gear(ways, number)
    instead = ways.best_instead(number)
    if instead is not None:
        words = Phrase("改排优先级较低的 %(job)s", job=instead[0].id)
        yield _fix(ways, FixKind.DISPLACE, words, instead[1], items=(instead[0].id,))
    yield _on_another_day(ways, job)


def _fix(
    ways: Ways, kind: FixKind, words: str, found: Found, *, items: tuple[str, ...] = ()
) -> Fix:
    """Return a fix at a place that was found; the effort of asking is added where it is not in."""
    team, shift = ways.compiled.routes[found.route]
    effort = 0.0 if found.effort_s else EFFORTS_S[kind]
    return Fix(
        kind=kind,
        words=words,
        price_s=found.price + effort,
        effort_s=found.effort_s + effort,
        team_id=team.id,
        shift=shift,
        items=items,
    )


def _who(ways: Ways, found: Found) -> str:
    return ways.compiled.routes[found.route][0].id


def _when(ways: Ways, found: Found) -> str:
    at = ways.compiled.instant(found.begin_s).astimezone(SHANGHAI)
    return Phrase(
        "%(month)s月%(day)s日 %(clock)s", month=f"{at:%m}", day=f"{at:%d}", clock=f"{at:%H:%M}"
    )


def _with_overtime(ways: Ways, number: int) -> Fix | None:
    found = ways.best(number, world=World.LONGER)
    more = 0 if found is None else ways.overtime_s(found, number)
    if found is None or more <= 0:
        return None
    words = Phrase("%(team)s 加班 %(minutes)d 分钟", team=_who(ways, found), minutes=-(-more // 60))
    return replace(_fix(ways, FixKind.OVERTIME, words, found), amount=more)


def _with_another_team(ways: Ways, number: int, lacks: Sequence[Lack | None]) -> Fix | None:
    """Ask for an exception for a team that lacks something, and for gear if it runs out, too."""
    broken = [lack if lack and lack.effort_s else None for lack in lacks]
    bare = [lack if lack and lack.gear else None for lack in broken]
    manned = [lack if lack and not lack.gear else None for lack in broken]
    more_s = EFFORTS_S[FixKind.GEAR]
    helped = [lack and replace(lack, effort_s=lack.effort_s + more_s) for lack in manned]
    places = list[tuple[Found, Lack]]()
    for rows, is_laden in ((manned, True), (bare, False), (helped, False)):
        found = ways.best(number, efforts=efforts_of(rows), is_laden=is_laden)
        lack = None if found is None else rows[found.route]
        if found is not None and lack is not None:
            places.append((found, lack if is_laden else _with_gear(ways, number, found, lack)))
    if not places:
        return None
    found, lack = min(places, key=lambda place: place[0].price)
    return _fix(ways, lack.kind, lack.words(_who(ways, found)), found, items=lack.items)


def _with_gear(ways: Ways, number: int, found: Found, lack: Lack) -> Lack:
    return replace(lack, gear=tuple(sorted({*lack.gear, *ways.gear_short(found, number)})))


def _with_more_gear(ways: Ways, number: int) -> Fix | None:
    """Give an able team more of what it carries for others already."""
    found = ways.best(number, is_laden=False)
    short = () if found is None else ways.gear_short(found, number)
    if found is None or not short:
        return None
    return _fix(ways, FixKind.GEAR, more_gear(_who(ways, found), short), found, items=short)


def _on_another_day(ways: Ways, job: Job) -> Fix | None:
    """Send a team on a shift that could be opened; agree on a new time or rule if need be."""
    spare = ways.spare
    if spare is None:
        return None
    number = spare.compiled.numbers[job.id]
    lacks = lacks_of(job, spare.compiled.routes, ways.problem.teams)
    efforts = efforts_of(lacks)
    kept = spare.best(number, efforts=efforts, is_laden=False)
    moved = spare.best_appointment(number, efforts=efforts, is_laden=False) if job.windows else None
    extra = EFFORTS_S[FixKind.WINDOW] if moved else 0.0
    is_kept = kept is not None and (moved is None or kept.price <= moved.price + extra)
    found = kept if is_kept else moved
    if found is None:
        return None
    effort = EFFORTS_S[FixKind.ANOTHER_DAY] + (0.0 if is_kept else extra)
    lack = lacks[found.route]
    team = spare.compiled.routes[found.route][0]
    words = Phrase("改到 %(when)s 由 %(team)s 承接", when=_when(spare, found), team=team.id)
    if lack is not None and lack.effort_s:
        words = Phrase("%(day)s，并%(ask)s", day=words, ask=lack.words(team.id))
    return Fix(
        kind=FixKind.ANOTHER_DAY,
        words=words if is_kept else Phrase("%(day)s（需与客户改约）", day=words),
        price_s=found.price + effort,
        effort_s=found.effort_s + effort,
        team_id=team.id,
        shift=next(len(own.shifts) for own in ways.problem.teams if own.id == team.id),
        items=() if lack is None or not lack.effort_s else lack.items or ("授权",),
        start_at=None if is_kept else spare.compiled.instant(found.begin_s),
        opens_at=spare.compiled.shift(found.route).window.start,
    )
