"""What a person says of an event, and what all that was said speaks for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import floor

from django.db import transaction

from dianliang.domain.linewatch import access
from dianliang.domain.linewatch.models import Camera, Event, RuleVersion
from dianliang.domain.linewatch.operations import events, learning
from dianliang.domain.linewatch.spot_models import Miss
from dianliang.domain.work.models import Visit
from dianliang.flows.linewatch import sending
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.phrases import Phrase, in_a_row

LEAST_FALSE, LEAST_TOLD = 3, 5
"""So many false alarms, of so many answers, before anything is proposed."""
GOOD_ENOUGH = 0.8
"""Precision from which nothing is proposed."""
MAY_LOSE = 0.05
"""Share of true events that a higher threshold may silence."""
STEP = 0.01
DWELL_FACTOR, LONGEST_DWELL_S, SHORTEST_DWELL_S = 1.5, 60.0, 3.0
LEAST_MISSED = 2
"""So many true ones without a warning before rules are proposed that warn more."""


@transaction.atomic
def answer(*, number: str, verdict: str, note: str, by: Actor, at: datetime) -> Event:
    """Say at the desk whether an event was true; nobody goes for a false alarm any more.

    Raises:
        NotVisibleError: it is absent, or the actor only reads.
        UnableToAnswerError: there is no such answer.
        StaleStateError: somebody else answered, or the team moved its visit, just now.
    """
    if by.role != Role.DISPATCHER:
        raise NotVisibleError("没有找到这个守护事件。")
    event = access.event_to_see(number, by=by)
    event = _answered(event, verdict, note, by=by, at=at, device_at=None)
    if event.status == "FALSE":
        sending.call_off(event=event, by=by, at=at)
    return event


@transaction.atomic
def answer_on_site(
    *,
    number: str,
    visit: Visit,
    verdict: str,
    note: str,
    by: Actor,
    at: datetime,
    device_at: datetime | None = None,
) -> Event:
    """Say on the spot whether an event was true, by the team that was sent there.

    Raises:
        NotVisibleError: the visit is not about this event.
        UnableToAnswerError: there is no such answer.
    """
    event = event_of_visit(number, visit=visit)
    return _answered(event, verdict, note, by=by, at=at, device_at=device_at)


def event_of_visit(number: str, *, visit: Visit) -> Event:
    """Return an event that a visit was sent for.

    Raises:
        NotVisibleError: it was not.
    """
    rows = Event.objects.select_related("camera", "snapshot").filter(job=visit.job_id)
    found = None if "\0" in number else rows.filter(number=number).first()
    if found is None:
        words = Phrase("上门单 %(visit)s 没有守护事件 %(n)s。", visit=visit.number, n=number)
        raise NotVisibleError(words)
    return found


@transaction.atomic
def send(*, number: str, reason: str, by: Actor, at: datetime) -> Event:
    """Send the steward for an event that the guard itself sent nobody for.

    Raises:
        NotVisibleError: it is absent, or the actor only reads.
        UnableToSendError: somebody was sent already.
    """
    if by.role != Role.DISPATCHER:
        raise NotVisibleError("没有找到这个守护事件。")
    event = access.event_to_see(number, by=by)
    sending.send(event=event, by=by, at=at, reason=reason.strip()[:200])
    return event


def _answered(
    event: Event,
    verdict: str,
    note: str,
    *,
    by: Actor,
    at: datetime,
    device_at: datetime | None,
) -> Event:
    event = events.answer(
        event=event, verdict=verdict, note=note, by=by, at=at, device_at=device_at
    )
    propose(event.camera, at=at)
    return event


def propose(camera: Camera, *, at: datetime) -> None:
    """Propose other thresholds where what was answered under the present ones speaks for it."""
    rules = camera.rule_versions.order_by("-number")[0]
    if rules.ruleproposal_set.filter(decision=None).exists():
        return
    warned = Event.objects.filter(
        camera=camera, happened_at__gte=rules.set_at, warning__in=["voice", "steward"]
    )
    told = {
        status: list(warned.filter(status=status).values_list("confidence", flat=True))
        for status in ("TRUE", "FALSE")
    }
    found = proposed(rules, true=told["TRUE"], false=told["FALSE"]) or loosened(
        rules, warned=len(told["TRUE"]), shown=_shown(rules), misses=_misses(rules)
    )
    if found is None:
        return
    changes, reason = found
    learning.propose(
        rules=rules,
        changes=changes,
        true_count=len(told["TRUE"]),
        false_count=len(told["FALSE"]),
        reason=reason,
        at=at,
    )


def _shown(rules: RuleVersion) -> dict[str, list[float]]:
    """Return how sure the guard was of answered events that it only showed as too unsure."""
    rows = Event.objects.filter(
        camera=rules.camera_id,
        happened_at__gte=rules.set_at,
        warning="console",
        confidence__lt=rules.least_confidence,
    )
    return {
        status: list(rows.filter(status=status).values_list("confidence", flat=True))
        for status in ("TRUE", "FALSE")
    }


def _misses(rules: RuleVersion) -> int:
    return Miss.objects.filter(camera=rules.camera_id, happened_at__gte=rules.set_at).count()


def loosened(
    rules: RuleVersion, *, warned: int, shown: Mapping[str, Sequence[float]], misses: int
) -> tuple[dict[str, tuple[float, float]], str] | None:
    """Return the change that would have warned of what was missed, with the reason.

    `warned` are true events with a warning, `shown` confidences of those only shown, `misses` what
    people reported. Where no event lay below the threshold, a shorter stay is asked for. None
    while too little was missed, or most was warned of.
    """
    true, false = shown["TRUE"], shown["FALSE"]
    missed = misses + len(true)
    if missed < LEAST_MISSED or warned / (warned + missed) >= GOOD_ENOUGH:
        return None
    so_far = Phrase(
        "本版阈值下预警属实 %(warned)d 条，漏报 %(missed)d 条，只登记而属实 %(shown)d 条。",
        warned=warned,
        missed=misses,
        shown=len(true),
    )
    for cut in sorted({floor(one / STEP) / round(1 / STEP) for one in true}):
        won, lost = (sum(one >= cut for one in some) for some in (true, false))
        if won > lost and 2 * won >= len(true):
            words = Phrase(
                "把握不低于 %(cut)s 就预警，会多出属实 %(won)d 条、误报 %(lost)d 条。",
                cut=f"{cut:g}",
                won=won,
                lost=lost,
            )
            change = {"least_confidence": (rules.least_confidence, cut)}
            return change, in_a_row((so_far, words))
    dwell_s = max(SHORTEST_DWELL_S, round(rules.dwell_s / DWELL_FACTOR, 1))
    if misses < LEAST_MISSED or dwell_s >= rules.dwell_s:
        return None
    words = Phrase(
        "漏报的没有成为事件，建议停留满 %(dwell)s 秒就预警；误报可能增加。", dwell=f"{dwell_s:g}"
    )
    return {"dwell_s": (rules.dwell_s, dwell_s)}, in_a_row((so_far, words))


def proposed(
    rules: RuleVersion, *, true: Sequence[float], false: Sequence[float]
) -> tuple[dict[str, tuple[float, float]], str] | None:
    """Return the change that silences most false alarms and hardly a true one, with the reason.

    `true` and `false` are the confidences of answered events. Where confidence does not tell them
    apart, a longer stay is asked for. None while too little was answered, or all is well.
    """
    told = len(true) + len(false)
    if len(false) < LEAST_FALSE or told < LEAST_TOLD or len(true) / told >= GOOD_ENOUGH:
        return None
    so_far = Phrase(
        "本版阈值下已反馈 %(told)d 条：属实 %(true)d，误报 %(false)d。",
        told=told,
        true=len(true),
        false=len(false),
    )
    most_lost = int(MAY_LOSE * len(true))
    cuts = sorted({round(one + STEP, 2) for one in false if one + STEP <= 1.0})
    fair = [cut for cut in cuts if sum(one < cut for one in true) <= most_lost]
    best = max(fair, key=lambda cut: (sum(one < cut for one in false), -cut), default=None)
    saved = 0 if best is None else sum(one < best for one in false)
    if best is not None and true and 2 * saved >= len(false) and best > rules.least_confidence:
        lost = sum(one < best for one in true)
        words = Phrase(
            "把握低于 %(cut)s 的有误报 %(saved)d 条、属实 %(lost)d 条，低于它的只登记、不预警。",
            cut=f"{best:g}",
            saved=saved,
            lost=lost,
        )
        change = {"least_confidence": (rules.least_confidence, best)}
        return change, in_a_row((so_far, words))
    dwell_s = min(LONGEST_DWELL_S, round(rules.dwell_s * DWELL_FACTOR, 1))
    if dwell_s <= rules.dwell_s:
        return None
    words = Phrase("把握分不开误报和属实，建议停留满 %(dwell)s 秒再预警。", dwell=f"{dwell_s:g}")
    return {"dwell_s": (rules.dwell_s, dwell_s)}, in_a_row((so_far, words))
