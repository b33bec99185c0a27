"""What a person chooses for a need, and how a slip is taken back."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from dianliang.core import audit
from dianliang.domain.catalog.models import Service
from dianliang.domain.intake import access
from dianliang.domain.intake.aspects import Aspect
from dianliang.domain.intake.models import Decision, Need
from dianliang.domain.intake.operations import handling as operations
from dianliang.domain.intake.operations import labelling
from dianliang.domain.intake.operations.labelling import NONE_OF_THESE, Standing
from dianliang.domain.intake.queries import reviewing
from dianliang.flows import handling
from dianliang.flows.reviewing.queue import View
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError, StaleStateError
from dianliang.kernel.phrases import Phrase, joined
from dianliang.kernel.text import clean_text

MOST_ALSO = 2
INSTANTS = ("response_due_at", "on_site_due_at", "due_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What has just been chosen: enough to say it and to take it back."""

    number: str
    words: str
    decisions: tuple[int, ...]
    before: Standing
    after: Standing

    def kept(self) -> dict[str, Any]:
        """Return it as a session keeps it: in JSON."""
        return {
            "number": self.number,
            "words": self.words,
            "decisions": list(self.decisions),
            "before": _plain(self.before),
            "after": _plain(self.after),
        }


def choice_of(kept: dict[str, Any]) -> Choice:
    """Return what a session has kept."""
    return Choice(
        number=kept["number"],
        words=kept["words"],
        decisions=tuple(kept["decisions"]),
        before=_standing(kept["before"]),
        after=_standing(kept["after"]),
    )


def _plain(standing: Standing) -> dict[str, Any]:
    values = asdict(standing)
    return values | {name: values[name] and values[name].isoformat() for name in INSTANTS}


def _standing(values: dict[str, Any]) -> Standing:
    instants = {name: values[name] and datetime.fromisoformat(values[name]) for name in INSTANTS}
    return Standing(**{**values, **instants})


@transaction.atomic
def choose(
    *,
    number: str,
    service: str,
    is_none: bool = False,
    also: Sequence[str] = (),
    view: View,
    by: Actor,
    at: datetime,
) -> Choice:
    """Decide the category of a need, for the first time or blind as the second person.

    `service` is a code or what somebody wrote into the search; with `is_none` it does not count:
    none of the services fits. A need that is still to be handled moves with its service; one that
    has ended is only labelled.

    Raises:
        NotVisibleError: the need is not the actor's to decide.
        InvalidInputError: no one service is meant, or one is said twice.
        StaleStateError: somebody else has decided it meanwhile.
        UnableToHandleError: he decided it himself, so he cannot be the second person.
    """
    need = access.need_to_review(number, by=by)
    chosen = None if is_none else _meant(service)
    others = [_meant(code, field="also") for code in dict.fromkeys(also)][:MOST_ALSO]
    if chosen in others:
        raise InvalidInputError("“同时涉及”不能和主要事项相同。", field="also")
    labelling.hold(need)
    before = labelling.standing(need)
    if view is View.SECOND:
        code = chosen.code if chosen else NONE_OF_THESE
        made: list[Decision | None] = [labelling.second(need=need, service_code=code, by=by, at=at)]
    else:
        if reviewing.is_decided(need):
            raise StaleStateError(
                Phrase("%(number)s 的类别刚有人定过，请看下一条。", number=number)
            )
        made = [
            _decided(need, chosen, by=by, at=at),
            *(labelling.add_also(need=need, service_code=o.code, by=by, at=at) for o in others),
        ]
    return Choice(
        number=number,
        words="、".join(one.name for one in (chosen, *others) if one) or "以上都不是",
        decisions=tuple(decision.pk for decision in made if decision),
        before=before,
        after=labelling.standing(need),
    )


def _decided(need: Need, chosen: Service | None, *, by: Actor, at: datetime) -> Decision | None:
    if chosen is not None and chosen == need.service:
        decision = operations.decide(
            need=need, aspect=Aspect.SERVICE, chosen=chosen.code, by=by, at=at
        )
        audit.record("intake.need.agree", target=need, by=by, at=at, after=Aspect.SERVICE)
        return decision
    if chosen is None or need.status not in operations.CLASSIFIABLE:
        code = chosen.code if chosen else NONE_OF_THESE
        return labelling.label(need=need, service_code=code, by=by, at=at)
    handling.reclassify(need=need, service=chosen, owner=need.facility_owner, by=by, at=at)
    return reviewing.last_decision(need)


def _meant(words: str, *, field: str = "service") -> Service:
    """Return the one active service that a code, a name or a part of a name means."""
    words = clean_text(words, field=field, label="服务事项", most=60, least=1)
    active = list(Service.objects.filter(is_active=True))
    for said in (
        [one for one in active if words in {one.code, one.name}],
        [one for one in active if words in one.name],
    ):
        if len(said) == 1:
            return said[0]
        if said:
            names = joined("、", (one.name for one in said[:4]))
            raise InvalidInputError(
                Phrase(
                    "“%(words)s”有几个事项：%(names)s。请写全名称。",
                    words=words,
                    names=names,
                ),
                field=field,
            )
    raise InvalidInputError(
        Phrase("没有叫“%(words)s”的服务事项，请从列表中选。", words=words), field=field
    )


@transaction.atomic
def take_back(*, choice: Choice, by: Actor, at: datetime) -> None:
    """Take back what the actor has just chosen.

    Raises:
        NotVisibleError: he has said nothing about this need.
        StaleStateError: somebody has done something with it since.
    """
    need = access.need_to_take_back(choice.number, by=by)
    labelling.hold(need)
    labelling.take_back(
        need=need,
        decisions=choice.decisions,
        before=choice.before,
        after=choice.after,
        by=by,
        at=at,
    )
