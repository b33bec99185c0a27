"""Say what happened in an incident and have the dispatch in force fitted to it, changing little."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from dianliang.core import idempotency
from dianliang.domain.incidents.models import Incident
from dianliang.domain.incidents.operations import incidents as log
from dianliang.domain.mobilisation import tasks
from dianliang.domain.mobilisation.loading import load
from dianliang.domain.mobilisation.models import Task
from dianliang.domain.work.models import Plan
from dianliang.domain.work.operations.plans import UnableToPlanError
from dianliang.domain.workforce.models import Team
from dianliang.flows.dispatching import terms as scene
from dianliang.flows.dispatching.drafting import cuts_of, dispatch_of
from dianliang.flows.dispatching.fetching import fetching
from dianliang.flows.dispatching.nearby import teams_near
from dianliang.flows.dispatching.pending import MOST_NAMED, told_of
from dianliang.flows.dispatching.tasking import Urgent, incident_to_dispatch, open_urgent
from dianliang.flows.planning import disrupting
from dianliang.flows.planning.disrupting import Lost
from dianliang.flows.planning.repairing import MOST_CHANGES
from dianliang.flows.planning.sorts import sort_words
from dianliang.flows.planning.terms import Terms, terms_of
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase, joined, phrase_of

MOST_RETRIED = 20
"""Tasks that the dispatch left out and that are tried again: a matter of seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What a commander says has happened, all at once, and how many visits may change for it."""

    urgent: Urgent | None = None
    lost_team: str = ""
    lost_from: datetime | None = None
    shapes: str = ""
    broken: str = ""
    retried: int = 0
    most_changes: int = MOST_CHANGES
    is_what_if: bool = False


def tell_once(*, key: str, number: str, said: Happening, by: Actor, at: datetime) -> str:
    """Fit the dispatch in force to what happened; return the new draft's number; see `tell`."""
    body = {"said": repr(said), "number": number, "by": by.id}

    def act() -> dict[str, Any]:
        return {"number": tell(number=number, said=said, by=by, at=at)}

    pressed = idempotency.digest([key, body])
    kept = idempotency.once(scope="dispatch.tell", key=pressed, body=body, at=at, act=act)
    return str(kept["number"])


@transaction.atomic
def tell(*, number: str, said: Happening, by: Actor, at: datetime) -> str:
    """Draft the successor of the dispatch in force that fits what happened.

    Gear that came for the incident since is handed out, and what lacked it is tried again. What was
    told before and waits in another draft is taken into this one.

    Raises:
        NotVisibleError, UnableToMobiliseError: see `incident_to_dispatch`.
        InvalidInputError: nothing happened, or a field makes no sense; it is named.
        UnableToPlanError: the dispatch is not in force.
    """
    found = dispatch_of(number, by=by)
    incident = incident_to_dispatch(found.incident.number, by=by)
    log.hold(incident)  # who puts another draft in force at this moment comes first or learns of it
    old = found.plan
    old.refresh_from_db(fields=["status"])
    terms = terms_of(old.outcome)
    if terms is None or old.status != "PUBLISHED" or found.is_what_if:
        raise UnableToPlanError("只有生效中的调度方案才能报情况，请打开生效的那一份。")
    earlier = told_of(old)
    waiting = list(tasks.tasks_of(incident).filter(job__status="OPEN"))
    terms, words = _without_broken(terms, old, said.broken, gone=earlier.gone)
    terms, arrived, sorts = _with_arrived(terms, incident, waiting, list(old.teams.all()), at=at)
    retried = _retried(waiting, sorts, said.retried)
    words += arrived
    if said.retried:
        words.append(Phrase("再试 %(n)d 项没排上的任务", n=len(retried)))
    urgent = list(dict.fromkeys([*earlier.urgent, *(row.job.number for row in retried)]))
    if said.urgent is not None:
        urgent.append(open_urgent(incident=incident, asked=said.urgent, by=by, at=at).job.number)
    cuts, lost = cuts_of(said.shapes), _lost(said, terms, at=at)
    if earlier.drafts and not (words or retried or said.urgent or cuts or lost):
        waits = Phrase(
            "之前报的情况已在 %(drafts)s 里，请至少说一件新发生的事。", drafts=earlier.drafts[-1]
        )
        raise InvalidInputError(waits, field="happened")
    if earlier.drafts:
        drafts = "、".join(earlier.drafts[-MOST_NAMED:])
        words.append(Phrase("连同 %(drafts)s 里报的情况", drafts=drafts))
    on = at.astimezone(SHANGHAI).date()
    report = disrupting.Report(
        lost=(*(one for one in earlier.lost if one.since.astimezone(SHANGHAI).date() >= on), *lost),
        cuts=(*earlier.cuts, *(cut for cut in cuts if cut not in earlier.cuts)),
        urgent=tuple(urgent),
        most_changes=said.most_changes,
    )
    scope = teams_near(old, report, broken=said.broken.strip(), before=terms_of(old.outcome))
    plan = disrupting.tell(
        number=number, report=report, by=by, at=at, terms=terms, also=words, scope=scope
    )
    told = joined("；", (phrase_of(one) for one in (plan.outcome or {})["repair"]["words"]))
    tasks.write_down(
        incident=incident, plan=plan, words=told, is_what_if=said.is_what_if, by=by, at=at
    )
    return str(plan.number)


def _without_broken(
    terms: Terms, plan: Plan, broken: str, *, gone: Sequence[str]
) -> tuple[Terms, list[str]]:
    """Return the terms without what is set up already and without pieces that failed."""
    used = scene.placed(plan)
    number = broken.strip()
    carried = {n for sorts in terms.pieces.values() for own in sorts.values() for n in own}
    if number and number not in carried - set(used):
        raise InvalidInputError(
            Phrase(
                "装备 %(number)s 不在任何队伍手里，请从“队伍与装备”里抄编号。", number=number[:24]
            ),
            field="broken",
        )
    lost = dict.fromkeys((*used, *gone, *((number,) if number else ())))
    left = replace(terms, pieces=scene.without(terms.pieces, lost), gone=(*terms.gone, *lost))
    return left, [Phrase("装备 %(number)s 损坏", number=number)] if number else []


def _with_arrived(
    terms: Terms,
    incident: Incident,
    waiting: Sequence[Task],
    chosen: Sequence[Team],
    *,
    at: datetime,
) -> tuple[Terms, list[str], set[str]]:
    """Hand out gear that came since; return the terms, what to say, and the sorts that came."""
    carried = {n for sorts in terms.pieces.values() for own in sorts.values() for n in own}
    known = carried | set(terms.gone)
    fresh = [p for p in scene.supply_for(incident).pieces if p.number not in known]
    if not fresh:
        return terms, [], set()
    crews = scene.crews_of(chosen, terms, at=at)
    loaded = load(
        scene.demands_of(waiting), fresh, crews, carried=terms.pieces, shares=terms.shares
    )
    got = fetching(loaded, fresh, crews, terms.windows, known=carried, at=at)
    names = {team.code: team.name for team in chosen}
    words, sorts = list[str](), set[str]()
    for code, own in got.loads.items():
        for sort, numbers in own.items():
            new = [n for n in numbers if n not in carried]
            if new:
                sorts.add(sort)
                arrived = {"sort": sort_words(sort), "numbers": "、".join(new), "team": names[code]}
                words.append(Phrase("新到%(sort)s %(numbers)s 交%(team)s", **arrived))
    limited = scene.joined_words(terms.limited, got.words)
    fetches = {
        code: (*terms.fetches.get(code, ()), *got.fetches.get(code, ()))
        for code in {*terms.fetches, *got.fetches}
    }
    given = replace(terms, pieces=got.loads, fetches=fetches, shares=got.shares, limited=limited)
    return given, words, sorts


def _retried(waiting: Sequence[Task], sorts: set[str], most: int) -> list[Task]:
    """Return the gravest tasks that are out: those whose gear came, and as many as were asked."""
    if not 0 <= most <= MOST_RETRIED:
        raise InvalidInputError(
            Phrase("再试的任务数应为 0 到 %(most)s。", most=MOST_RETRIED), field="retried"
        )
    by_grave = sorted(waiting, key=lambda row: (-row.worth, row.job.due_at or row.job.opened_at))
    supplied = [row for row in by_grave if sorts & row.job.gear.keys()][:MOST_RETRIED]
    chosen = {row.pk: row for row in [*supplied, *by_grave[:most]]}
    return list(chosen.values())[:MOST_RETRIED]


def _lost(said: Happening, terms: Terms, *, at: datetime) -> tuple[Lost, ...]:
    """Return the days on which a team is missing, from an instant on to the end of the dispatch."""
    code = said.lost_team
    if not code:
        return ()
    since = max(said.lost_from or at, at)
    days = sorted(
        on for (team, on), span in terms.windows.items() if team == code and span.end > since
    )
    if not days:
        raise InvalidInputError("这支队伍此后没有班，不用报。", field="lost_team")
    return tuple(
        Lost(
            team_code=code,
            since=max(since, datetime(on.year, on.month, on.day, tzinfo=SHANGHAI)),
            on=on,
        )
        for on in days
    )
