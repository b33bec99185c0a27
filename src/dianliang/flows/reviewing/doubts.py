"""Where people do not agree: with each other, or with themselves a week before."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from dianliang.domain.catalog.models import Service
from dianliang.domain.catalog.queries import services
from dianliang.domain.intake import access
from dianliang.domain.intake.operations import labelling
from dianliang.domain.intake.queries import reviewing
from dianliang.engines import labelling as statistics
from dianliang.engines import triage as engine
from dianliang.flows import triage
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

MOST_GROUPS, MOST_TOLD, MOST_CHARS = 30, 8, 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A decided need of a group, personal details starred."""

    number: str
    text: str
    code: str
    name: str
    by_name: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """Needs that say nearly the same, decided differently; the most frequent choice first."""

    numbers: tuple[str, ...]
    told: tuple[Told, ...]
    choices: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """Two services that two people chose for the same needs, and how often."""

    first: str
    second: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubts:
    """How far people agree, what they confuse, and what contradicts itself."""

    agreement: statistics.Agreement
    is_agreed: statistics.Verdict
    differing: tuple[Differing, ...]
    contradictions: tuple[Contradiction, ...]


def doubts(*, by: Actor) -> Doubts:
    """Return what an administrator should look at, in his scope."""
    names = {service.code: service.name for service in services()}
    pairs = reviewing.chosen_twice(by=by)
    unequal = sorted(
        ((n, one, other) for (one, other), n in pairs.items() if one != other), reverse=True
    )
    agreement = statistics.cohen_kappa(pairs)
    return Doubts(
        agreement=agreement,
        is_agreed=statistics.agreement_verdict(agreement),
        differing=tuple(
            Differing(first=_name(names, one), second=_name(names, other), n=n)
            for n, one, other in unequal[:10]
        ),
        contradictions=_contradictions(names, by=by),
    )


def _name(names: dict[str, str], code: str) -> str:
    return names.get(code, code) or "以上都不是"


def _contradictions(names: dict[str, str], *, by: Actor) -> tuple[Contradiction, ...]:
    decided = reviewing.decided(by=by)
    made = triage.prepared()
    groups = [
        [decided[place] for place in places]
        for places in engine.near_duplicates([one.text for one in decided])
    ]
    unequal = [group for group in groups if len({one.chosen for one in group}) > 1]
    return tuple(_contradiction(group, names, made) for group in unequal[:MOST_GROUPS])


def _contradiction(
    group: list[reviewing.Decided], names: dict[str, str], made: engine.Triage
) -> Contradiction:
    """Show a few of each choice: enough to see what the group is about, and where it parts."""
    counts = Counter(one.chosen for one in group).most_common()
    each = max(1, MOST_TOLD // len(counts))
    told = [one for code, _ in counts for one in _first(group, code, most=each)]
    return Contradiction(
        numbers=tuple(one.number for one in group),
        told=tuple(_told(one, names, made) for one in told),
        choices=tuple((code, _name(names, code), n) for code, n in counts),
    )


def _first(group: list[reviewing.Decided], code: str, *, most: int) -> list[reviewing.Decided]:
    return [one for one in group if one.chosen == code][:most]


def _told(one: reviewing.Decided, names: dict[str, str], made: engine.Triage) -> Told:
    shown = triage.starred(one.text, made.hear(one.text).masks)
    return Told(
        number=one.number,
        text=shown[:MOST_CHARS],
        code=one.chosen,
        name=_name(names, one.chosen),
        by_name=one.by_name,
        at=one.at,
    )


@transaction.atomic
def settle(
    *, numbers: tuple[str, ...], service_code: str, reason: str, by: Actor, at: datetime
) -> int:
    """Give needs that say nearly the same one category, and say why; return how many changed.

    No need is moved: it corrects what is learnt and counted. The dispatcher moves an open one.

    Raises:
        InvalidInputError: no reason, no needs, no such service, or one that nobody has decided.
        NotVisibleError: one of the needs is not the actor's to decide.
    """
    reason = clean_text(reason, field="reason", label="理由", most=200, least=1)
    service = Service.objects.filter(code=service_code.replace("\0", ""), is_active=True).first()
    if service is None:
        raise InvalidInputError("没有这个服务事项，请重新选择。", field="service")
    if not numbers:
        raise InvalidInputError("没有选中需求。", field="number")
    changed = 0
    for number in sorted(set(numbers)):  # all hold them in one order, or two might wait for ever
        need = access.need_to_review(number, by=by)
        labelling.hold(need)
        last = reviewing.last_decision(need)
        if last is None:
            raise InvalidInputError(
                Phrase("%(number)s 还没有人定过类别，请到“定类别”里定。", number=number),
                field="number",
            )
        if last.chosen != service.code:
            labelling.settle(need=need, service=service, reason=reason, by=by, at=at)
            changed += 1
    return changed
