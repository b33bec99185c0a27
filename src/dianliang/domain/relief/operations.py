"""Every write about the relief of transformers."""

import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from dianliang.core import audit
from dianliang.core.numbers import next_number
from dianliang.domain.network.models import Transformer
from dianliang.domain.relief.models import (
    Completion,
    Decision,
    Judgement,
    Proposal,
    ProposedArea,
    Screening,
    Study,
)
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

MOST_CNY = 1e10
"""More than a county spends; a slip of the keyboard is."""


class UnableToRelieveError(DomainError):
    """What was asked for cannot be decided or recorded."""

    code = "relief.unable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """A screening as it was made: the days it read, by which rules, and who is not in the register.

    `judged` has the fields of a judgement by the transformer's number.
    """

    month: date
    from_on: date
    until_on: date
    rules: str
    engine: str
    judged: dict[str, dict[str, Any]]


@transaction.atomic
def keep_screening(
    *, found: Screened, by: Actor, at: datetime, is_generated: bool = False
) -> Screening:
    """Store what was judged of a month (负载判定); transformers without a file are listed.

    The newest screening of a month is the one that counts; those before it stay.
    """
    known = {row.number: row for row in Transformer.objects.filter(number__in=[*found.judged])}
    made = Screening.objects.create(
        number=next_number("FZ", at=at),
        month=found.month,
        from_on=found.from_on,
        until_on=found.until_on,
        transformers=len(found.judged),
        strangers=sorted(found.judged.keys() - known.keys()),
        rules=found.rules,
        engine=found.engine,
        made_at=at,
        made_by=by.name,
        is_generated=is_generated,
    )
    Judgement.objects.bulk_create(
        (
            Judgement(screening=made, transformer=known[number], **fields)
            for number, fields in found.judged.items()
            if number in known
        ),
        batch_size=500,
    )
    audit.record(
        "relief.screening.keep", target=made, by=by, at=at, after=f"{made.transformers} 台"
    )
    return made


@transaction.atomic
def propose(
    *, fields: dict[str, Any], lines: Iterable[dict[str, Any]], by: Actor, at: datetime
) -> Proposal:
    """Store a proposal with a line for each overloaded transformer (提出方案)."""
    made = Proposal.objects.create(
        number=next_number("ZL", at=at),
        unit_path=by.unit_path,
        made_at=at,
        made_by=by.name,
        **fields,
    )
    ProposedArea.objects.bulk_create(ProposedArea(proposal=made, **line) for line in lines)
    audit.record(
        "relief.proposal.propose",
        target=made,
        by=by,
        at=at,
        after=f"{made.relieved}/{made.areas} 个台区，{made.cost_cny:.0f} 元",
    )
    return made


@transaction.atomic
def decide(*, line: ProposedArea, verdict: str, reason: str, by: Actor, at: datetime) -> Decision:
    """Take or decline what was proposed for a transformer (采纳、不采纳).

    Taking supersedes what an earlier proposal meant for the transformer and nobody has built.

    Raises:
        UnableToRelieveError: nothing is proposed for it, it was decided, the verdict is unknown,
            or it was relieved by another proposal since the days that this one read.
        InvalidInputError: it is declined without a reason.
    """
    if verdict not in Decision.Verdict.values:
        raise UnableToRelieveError("请选择采纳或不采纳。", field="verdict")
    if line.outcome != ProposedArea.Outcome.RELIEVED:
        message = Phrase("%(n)s 在这份方案里没有措施可决定。", n=line.transformer.number)
        raise UnableToRelieveError(message, field="verdict")
    if verdict == Decision.Verdict.TAKEN:
        _refuse_relieved(line, field="verdict")
    least = 2 if verdict == Decision.Verdict.DECLINED else 0
    reason = clean_text(reason, field="reason", label="理由", most=200, least=least)
    try:
        with transaction.atomic():
            made = Decision.objects.create(
                line=line, verdict=verdict, reason=reason, decided_at=at, decided_by=by.name
            )
    except IntegrityError as error:
        message = Phrase("%(n)s 刚被他人决定，请刷新。", n=line.transformer.number)
        raise UnableToRelieveError(message, field="verdict") from error
    audit.record(
        "relief.proposal.decide",
        target=line.proposal,
        by=by,
        at=at,
        after=f"{line.transformer.number} {made.get_verdict_display()}",
        reason=reason,
    )
    return made


@transaction.atomic
def complete(
    *, decision: Decision, built_on: date, spent_cny: float, note: str, by: Actor, at: datetime
) -> Completion:
    """Record what was built and when it went into service (登记投运).

    A transformer is relieved once, by the proposal that was taken last: its saving counts once.

    Raises:
        UnableToRelieveError: it was declined, is recorded already, here or by another proposal,
            another one was taken since, or day or money cannot be.
        InvalidInputError: the note is too long.
    """
    today = at.astimezone(SHANGHAI).date()
    if decision.verdict != Decision.Verdict.TAKEN:
        raise UnableToRelieveError("没有采纳的措施不能登记投运。", field="built_on")
    line = decision.line
    read_until = line.proposal.screening.until_on
    if not read_until <= built_on <= today:
        message = Phrase(
            "投运日期不能晚于今天，也不能早于 %(day)s：方案用的读数到这天前为止，"
            "更早投运的，治理前的数里就有治理后的了。",
            day=f"{read_until}",
        )
        raise UnableToRelieveError(message, field="built_on")
    if not 0 <= spent_cny <= MOST_CNY:
        raise UnableToRelieveError("实际费用应是不小于 0 的数（元）。", field="spent_cny")
    note = clean_text(note, field="note", label="说明", most=200, least=0)
    _refuse_relieved(line, field="built_on")
    _refuse_superseded(decision)
    try:
        with transaction.atomic():
            made = Completion.objects.create(
                decision=decision,
                built_on=built_on,
                spent_cny=spent_cny,
                note=note,
                recorded_at=at,
                recorded_by=by.name,
            )
    except IntegrityError as error:
        raise UnableToRelieveError("这一项已登记投运，请刷新。", field="built_on") from error
    audit.record(
        "relief.proposal.complete",
        target=line.proposal,
        by=by,
        at=at,
        after=f"{line.transformer.number} {built_on} {spent_cny:.0f} 元",
        reason=note,
    )
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Studied:
    """A study to be kept: what was asked, what came of it, and its details, all as JSON."""

    kind: str
    title: str
    inputs: dict[str, Any]
    result: dict[str, Any]
    detail: dict[str, Any]
    engine: str


@transaction.atomic
def keep_study(*, made: Studied, by: Actor, at: datetime, is_generated: bool = False) -> Study:
    """Keep what an engine computed (存计算书), written once."""
    packed = json.dumps(made.detail, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    kept = Study.objects.create(
        number=next_number("JS", at=at),
        kind=made.kind,
        title=made.title,
        unit_path=by.unit_path,
        inputs=made.inputs,
        result=made.result,
        detail=zlib.compress(packed.encode()),
        engine=made.engine,
        made_at=at,
        made_by=by.name,
        is_generated=is_generated,
    )
    audit.record("relief.study.keep", target=kept, by=by, at=at, after=kept.title)
    return kept


def _refuse_relieved(line: ProposedArea, *, field: str) -> None:
    """Refuse a second relief on days that were measured before the first.

    The row of the transformer is locked, so that two proposals do not pass each other.
    """
    Transformer.objects.select_for_update(no_key=True).get(pk=line.transformer_id)
    other = (
        Completion.objects.filter(
            decision__line__transformer=line.transformer_id,
            built_on__gt=line.proposal.screening.from_on,
        )
        .exclude(decision__line=line)
        .select_related("decision__line__proposal")
        .first()
    )
    if other is not None:
        raise UnableToRelieveError(
            Phrase(
                "%(n)s 已按方案 %(proposal)s 于 %(day)s 投运，不能重复治理；"
                "投运后仍过载的，请按之后的月份重新提方案。",
                n=line.transformer.number,
                proposal=other.decision.line.proposal.number,
                day=f"{other.built_on}",
            ),
            field=field,
        )


def _refuse_superseded(decision: Decision) -> None:
    later = (
        Decision.objects.filter(
            line__transformer=decision.line.transformer_id,
            verdict=Decision.Verdict.TAKEN,
            pk__gt=decision.pk,
        )
        .select_related("line__proposal")
        .last()
    )
    if later is not None:
        raise UnableToRelieveError(
            Phrase(
                "%(n)s 后来按方案 %(proposal)s 采纳，请到那份方案登记投运。",
                n=decision.line.transformer.number,
                proposal=later.line.proposal.number,
            ),
            field="built_on",
        )
