"""What was told of the dispatch in force and is not in force yet: it must not be lost on the way.

Several drafts may wait beside each other. One that was drafted before somebody told of a lost team
or a cut road knows nothing of it: it is not put in force, and what is told next knows all of it.
"""

from dataclasses import dataclass

from django.db.models import QuerySet

from dianliang.domain.incidents.models import Incident
from dianliang.domain.mobilisation.models import Dispatch
from dianliang.domain.work.models import Job, Plan
from dianliang.flows.dispatching import terms as scene
from dianliang.flows.planning.chosen import scope_of
from dianliang.flows.planning.disrupting import Lost
from dianliang.flows.planning.happened import Cut, happened_from
from dianliang.flows.planning.terms import terms_of
from dianliang.kernel.errors import StaleStateError
from dianliang.kernel.phrases import Phrase, joined

WAITING = ("DRAFT", "SOLVING", "READY", "FAILED")
"""A draft in these states may still be put in force, or be thrown away."""
MOST_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Everything that drafts which wait know beyond the dispatch in force."""

    drafts: tuple[str, ...] = ()
    lost: tuple[Lost, ...] = ()
    cuts: tuple[Cut, ...] = ()
    urgent: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


def told_of(live: Plan) -> Told:
    """Return what was told of the dispatch in force in drafts that wait, the oldest first."""
    before, terms = happened_from(live.outcome), terms_of(live.outcome)
    known = {*(terms.gone if terms else ()), *scene.placed(live)}
    lost, cuts, urgent, gone = dict(before.lost), dict.fromkeys(before.cuts), list[str](), []
    drafts = []
    for row in _waiting(live).select_related("plan"):
        outcome = row.plan.outcome
        happened, own = happened_from(outcome), terms_of(outcome)
        drafts.append(row.plan.number)
        for lane, since in happened.lost.items():
            lost[lane] = min(since, lost.get(lane, since))
        cuts |= dict.fromkeys(happened.cuts)
        urgent += outcome["repair"]["urgent"] if outcome else []
        gone += [number for number in (own.gone if own else ()) if number not in known]
    open_ones = set(
        Job.objects.filter(number__in=urgent, status="OPEN").values_list("number", flat=True)
    )
    return Told(
        drafts=tuple(drafts),
        lost=tuple(
            Lost(team_code=code, since=since)
            for (code, on), since in lost.items()
            if before.lost.get((code, on)) != since
        ),
        cuts=tuple(cut for cut in cuts if cut not in before.cuts),
        urgent=tuple(number for number in dict.fromkeys(urgent) if number in open_ones),
        gone=tuple(dict.fromkeys(gone)),
    )


def refuse_if_overtaken(found: Dispatch, *, live: Dispatch | None) -> None:
    """Check that a draft follows on the dispatch in force and knows all that was told of it.

    Raises:
        StaleStateError: another one was put in force since, or more was told since; or it is in
            force itself, as somebody pressed twice.
    """
    if live is not None and live.pk == found.pk:
        raise StaleStateError(
            Phrase("方案 %(number)s 已经生效，不用再按。", number=found.plan.number)
        )
    if found.plan.status != "READY":
        return
    if (live.plan_id if live else None) != found.plan.replaces_id:
        newest = Phrase("“%(number)s”", number=live.plan.number) if live else Phrase("别的方案")
        told = (
            "请打开生效的那一份，在那里再报一次情况。"
            if _tells(found)
            else "请照新的情况另拟一份。"
        )
        raise StaleStateError(
            Phrase(
                "拟这份方案之后，%(newest)s已经生效。%(told)s",
                newest=newest,
                told=Phrase(told),
            )
        )
    later = _waiting(live.plan).filter(pk__gt=found.pk).last() if live else None
    if later is not None:
        number = later.plan.number
        raise StaleStateError(
            Phrase(
                "拟这份方案之后又报了情况（%(words)s），这份没有算进去，不能生效。"
                "请核对方案 %(number)s 后让它生效；情况不实的，先把 %(number)s 作废"
                "。",
                words=Phrase(later.words),
                number=number,
            )
        )


def refuse_if_gone(found: Dispatch, incident: Incident) -> None:
    """Check that all teams which a draft plans for still work on the incident.

    Raises:
        StaleStateError: one was sent home or given to another incident; it is named.
    """
    rows, scope = found.plan.stops.all(), scope_of(found.plan)
    if scope is not None:
        rows = rows.filter(team__code__in=scope)
    here = {team.pk for team in scene.teams_for(incident)}
    planned = dict(rows.values_list("team", "team__name").distinct().order_by("team__code"))
    names = [name for pk, name in planned.items() if pk not in here]
    if names:
        more = Phrase("等 %(n)d 支队伍", n=len(names)) if len(names) > MOST_NAMED else ""
        raise StaleStateError(
            Phrase(
                "%(names)s%(more)s已不在这个事件里，这份方案没有生效。请另拟一份，"
                "或在生效的方案里报队伍不能出勤。",
                names=joined("、", names[:MOST_NAMED]),
                more=more,
            )
        )


def _tells(found: Dispatch) -> bool:
    return "repair" in (found.plan.outcome or {})


def _waiting(live: Plan) -> QuerySet[Dispatch]:
    return Dispatch.objects.filter(
        plan__replaces=live,
        plan__status__in=WAITING,
        plan__outcome__has_key="repair",
        is_what_if=False,
    ).order_by("pk")
