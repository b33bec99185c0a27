"""From a phone that was offline to the database: in order, once, and nothing lost.

The phone keeps what somebody did until the server has answered each operation for good. An
answer is stored under the operation's key in the transaction that acts, so a repeated operation
gets the same answer and acts once. An operation that overtakes the one it follows is told to
wait and is not stored; the phone sends it again.
"""

import logging
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import DatabaseError, transaction

from dianliang.core import audit, files, idempotency
from dianliang.core.idempotency import Kept
from dianliang.core.models import AuditEvent
from dianliang.domain.work import access, phone_keys
from dianliang.domain.work.lifecycle import VISIT, VISIT_LABELS
from dianliang.domain.work.models import Visit
from dianliang.domain.work.operations import visits
from dianliang.domain.work.operations.visits import Record
from dianliang.domain.work.phone_keys import Key
from dianliang.domain.work.queries import visits as visit_queries
from dianliang.flows import (
    care,
    need_follow,
    phone_activities,
    phone_crew,
    phone_needs,
    phone_safety,
    phone_watch,
    safety,
)
from dianliang.flows.campaigns import following as campaigns
from dianliang.flows.command import closing
from dianliang.flows.dispatching import advancing
from dianliang.flows.phone_operations import (
    Act,
    Outcome,
    PhoneOperation,
    Result,
    clock_error,
    parse,
    text_of,
    uploaded,
)
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import (
    DomainError,
    IllegalTransitionError,
    InvalidInputError,
    StaleStateError,
)
from dianliang.kernel.phrases import Phrase

logger = logging.getLogger(__name__)
BATCH_MAX = 200
PERSONAL = frozenset({"post_need", "inspect", "recheck", "rectify"})
"""Operations whose body names people and homes: it is kept encrypted where it belongs only."""
INDEPENDENT = frozenset({"inspect", "attend", "go", "advance"})
"""What was seen is true, and kept, whatever became of the visit that it was seen on; and who came
to a session has nothing to do with who came before him."""
PROGRESS = ("SCHEDULED", "ACCEPTED", "EN_ROUTE", "ARRIVED", "DONE")
"""A visit that is this far needs none of the steps before: two phones of a team may both press."""


FAULTS = (DatabaseError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What one operation may raise that nobody foresaw: it waits, and its neighbours are kept."""


def sync(operations: Any, *, sent_at: Any = None, by: Actor, at: datetime) -> tuple[Result, ...]:
    """Apply a batch from a phone and answer each operation, in the order it was sent.

    Operations are applied by their time on the phone, in one transaction with a savepoint each: a
    commit costs more than an operation, and one that fails harms no other.

    Raises:
        InvalidInputError: the batch is not a list, or too long; nothing was applied.
    """
    if not isinstance(operations, list) or len(operations) > BATCH_MAX:
        raise InvalidInputError(
            Phrase("一次最多同步 %(most)s 项操作。", most=BATCH_MAX), field="operations"
        )
    error = clock_error(sent_at, at=at)
    results: dict[int, Result] = {}
    waiting: list[tuple[int, PhoneOperation]] = []
    for place, raw in enumerate(operations):
        try:
            waiting.append((place, parse(raw, clock_error=error, at=at)))
        except InvalidInputError as refusal:
            results[place] = _refused(_key_of(raw), refusal)
    waiting.sort(key=lambda item: item[1].happened_at)
    keys = {key for _, op in waiting for key in (op.key, op.after)}
    with transaction.atomic():
        known = idempotency.recall(scope=_scope("op", by), keys=keys)
        results |= _answer_all(waiting, known, by=by, at=at)
    return tuple(results[place] for place in range(len(operations)))


def _answer_all(
    waiting: Sequence[tuple[int, PhoneOperation]],
    known: dict[str, Kept],
    *,
    by: Actor,
    at: datetime,
) -> dict[int, Result]:
    """Answer operations in rounds, until those that are left wait for what has not come."""
    results: dict[int, Result] = {}
    while waiting:
        results |= {place: _answer(op, known, by=by, at=at) for place, op in waiting}
        left = [item for item in waiting if results[item[0]].outcome is Outcome.WAITING]
        if len(left) == len(waiting):
            break
        waiting = left
    return results


def keep_photo(raw: bytes, *, key: str, by: Actor, at: datetime) -> str:
    """Keep a photo or signature that a later operation will name; return its public number.

    The same key gets the same number. Re-encoding happens before the write, so that nobody waits.

    Raises:
        InvalidInputError: not a picture, damaged, too large, or the key is malformed.
    """
    scope = _scope("photo", by)
    key = text_of(key, field="key", longest=80)
    known = idempotency.recall(scope=scope, keys=[key]).get(key)
    if known is not None:
        return str(known.answer["token"])
    token = files.keep_image(raw, at=at).token
    kept = idempotency.once(scope=scope, key=key, body="photo", at=at, act=lambda: {"token": token})
    return str(kept["token"])


def seal_key(*, by: Actor, at: datetime) -> Key:
    """Return the key with which the actor's phone seals what it keeps of today."""
    return phone_keys.todays(by=by, at=at)


def seal_keys(codes: Any, *, by: Actor) -> tuple[Key, ...]:
    """Return the actor's own earlier keys, so that his phone can send what it kept under them.

    Raises:
        InvalidInputError: not a list of names.
    """
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        raise InvalidInputError("密钥编号应是一个列表。", field="codes")
    names = [text_of(code, field="codes", longest=24) for code in codes[: phone_keys.MOST]]
    return phone_keys.earlier(codes=names, by=by)


def _answer(op: PhoneOperation, known: dict[str, Kept], *, by: Actor, at: datetime) -> Result:
    """Answer one operation and note in `known` what became of it."""
    if op.key in known:
        return _again(op, known[op.key])
    if op.after and op.after not in known:
        return Result(key=op.key, outcome=Outcome.WAITING, words="等待前一步先到。")
    before = Outcome(known[op.after].answer["outcome"]) if op.after else None
    try:
        result = _settle(op, before=before, by=by, at=at)
    except FAULTS:  # its savepoint is undone; a twin was quicker, or it is a fault of ours
        twin = idempotency.recall(scope=_scope("op", by), keys=[op.key])
        if twin:
            known |= twin
            return _again(op, twin[op.key])
        logger.exception("operation %s of %s was not stored", op.key, by.id)
        words = "服务器没能存下，稍后会再试。"
        return Result(key=op.key, outcome=Outcome.WAITING, words=words)
    known[op.key] = _kept(op, result)
    return result


def _again(op: PhoneOperation, kept: Kept) -> Result:
    """Give an operation that came before the answer it got then."""
    try:
        kept.require_same(idempotency.digest(op.fingerprint()))
    except DomainError as refusal:
        return _refused(op.key, refusal)
    stored = kept.answer
    outcome = Outcome(stored["outcome"])
    return Result(
        key=op.key,
        outcome=Outcome.ALREADY if outcome is Outcome.APPLIED else outcome,
        words=stored["words"],
        field=stored["field"],
        server=stored["server"],
    )


def _settle(op: PhoneOperation, *, before: Outcome | None, by: Actor, at: datetime) -> Result:
    """Do the operation, or say for good why not; the answer is kept in the same savepoint."""
    try:
        with transaction.atomic():
            return _keep(op, _act(op, before=before, by=by, at=at), by=by, at=at)
    except (IllegalTransitionError, StaleStateError):
        with transaction.atomic():
            return _keep(op, _conflict(op, "", by=by, at=at), by=by, at=at)
    except DomainError as refusal:
        with transaction.atomic():
            return _keep(op, _refused(op.key, refusal), by=by, at=at)


def _act(op: PhoneOperation, *, before: Outcome | None, by: Actor, at: datetime) -> Result:
    if before in {Outcome.CONFLICT, Outcome.REFUSED} and op.verb not in INDEPENDENT:
        return _conflict(op, "前一步没有被接受，这一步也没有执行。", by=by, at=at)
    act = VERBS.get(op.verb)
    if act is None:
        words = f"手机应用版本过旧，服务器不认识“{op.verb}”。请联网刷新后再试。"
        return Result(key=op.key, outcome=Outcome.REFUSED, words=words, field="verb")
    done = act(op, by, at)
    return done if isinstance(done, Result) else Result(key=op.key, outcome=done)


def _keep(op: PhoneOperation, result: Result, *, by: Actor, at: datetime) -> Result:
    idempotency.keep(scope=_scope("op", by), key=op.key, kept=_kept(op, result), at=at)
    return result


def _kept(op: PhoneOperation, result: Result) -> Kept:
    mine = {} if op.verb in PERSONAL else dict(op.body)
    answer = asdict(result) | {"mine": mine}
    return Kept(body_hash=idempotency.digest(op.fingerprint()), answer=answer)


def _conflict(op: PhoneOperation, words: str, *, by: Actor, at: datetime) -> Result:
    """Show both sides, and keep the phone's side in the trail whatever the person chooses."""
    now = visit_queries.standing(op.number)
    audit.record_about(
        f"work.visit.{op.verb}",
        target_type="work.visit",
        target_id=op.number,
        by=by,
        at=at,
        device_at=op.happened_at,
        reason="离线操作与服务器状态冲突",
        outcome=AuditEvent.Outcome.FAILED,
    )
    server = None
    if now is not None:
        moved_at = f"{now.moved_at.astimezone(SHANGHAI):%m月%d日 %H:%M}" if now.moved_at else ""
        moved = f"，{now.moved_by}于{moved_at}操作" if now.moved_by else ""
        because = f"：{now.reason}" if now.reason else ""
        words = words or f"此单现为“{now.label}”{moved}{because}。"
        server = {
            "status": now.status,
            "label": now.label,
            "moved_by": now.moved_by,
            "moved_at": now.moved_at.isoformat() if now.moved_at else None,
            "reason": now.reason,
            "findings": now.findings,
        }
    return Result(key=op.key, outcome=Outcome.CONFLICT, words=words, server=server)


def _refused(key: str, refusal: DomainError) -> Result:
    return Result(key=key, outcome=Outcome.REFUSED, words=refusal.message, field=refusal.field)


def _scope(kind: str, by: Actor) -> str:
    """Return the name space of one account's keys: nobody can read another's answers."""
    return f"field-{kind}:{idempotency.digest(by.id)[:40]}"


def _key_of(raw: Any) -> str:
    key = raw.get("key") if isinstance(raw, dict) else None
    return key if isinstance(key, str) else ""


def _own_visit(op: PhoneOperation, by: Actor) -> Visit:
    return access.visit_of_own_team(op.number, by=by)


def _step(verb: str) -> Act:
    """Make the act of a step that needs no words: accept, depart, arrive."""
    move = {"accept": visits.accept, "depart": visits.depart, "arrive": visits.arrive}[verb]
    target = next(row.target for row in VISIT if row.verb == verb)

    def act(op: PhoneOperation, by: Actor, at: datetime) -> Outcome:
        visit = _own_visit(op, by)
        if visit.status in PROGRESS[PROGRESS.index(target) :]:
            return Outcome.ALREADY
        move(visit=visit, by=by, at=at, device_at=op.happened_at)
        if verb != "accept":
            need_follow.start(visit.job, by=by, at=at)
        return Outcome.APPLIED

    return act


def _decline(op: PhoneOperation, by: Actor, at: datetime) -> Outcome:
    visit, reason = _own_visit(op, by), op.text("reason", longest=visits.REASON_MAX)
    visits.decline(visit=visit, reason=reason, by=by, at=at, device_at=op.happened_at)
    need_follow.tell(visit.job, f"{visit.team.name}退单：{reason}", by=by, at=at)
    return Outcome.APPLIED


def _miss(op: PhoneOperation, by: Actor, at: datetime) -> Outcome:
    visit, reason = _own_visit(op, by), op.text("reason", longest=visits.REASON_MAX)
    visits.miss(visit=visit, reason=reason, by=by, at=at, device_at=op.happened_at)
    visits.add_to_record(visit=visit, words="", photos=uploaded(op.tokens("photos")))
    need_follow.tell(visit.job, f"{visit.team.name}上门未遇：{reason}", by=by, at=at)
    return Outcome.APPLIED


def _complete(op: PhoneOperation, by: Actor, at: datetime) -> Outcome:
    visit = _own_visit(op, by)
    safety.require_judged(visit=visit)
    record = Record(
        checklist=op.checked(),
        findings=op.text("findings", longest=visits.FINDINGS_MAX),
        photos=uploaded(op.tokens("photos")),
        signature=next(iter(uploaded(op.tokens("signature"))), None),
    )
    visits.complete(visit=visit, record=record, by=by, at=at, device_at=op.happened_at)
    need_follow.settle(visit.job, f"{visit.team.name}已上门办结。", by=by, at=at)
    care.after_visit(visit=visit, by=by, at=at)
    campaigns.after_visit(visit=visit, by=by, at=at)
    advancing.after_visit(visit=visit, by=by, at=at, happened_at=op.happened_at)
    closing.after_visit(
        visit=visit,
        state=op.text("supply", longest=8),
        generator=op.text("generator", longest=40),
        happened_at=op.happened_at,
        by=by,
        at=at,
    )
    return Outcome.APPLIED


def _report(op: PhoneOperation, by: Actor, at: datetime) -> Outcome:
    """Hand the phone's version of a conflict to the dispatcher: kept with the visit, and told."""
    visit = _own_visit(op, by)
    ticked = [f"{'✓' if line.ok else '✗'}{line.item}{line.note}" for line in op.checked()]
    parts = [op.text("reason", longest=visits.REASON_MAX), " ".join(ticked), op.text("findings")]
    when = f"{op.happened_at.astimezone(SHANGHAI):%m月%d日 %H:%M}"
    words = f"【{by.name}补报 {when}】" + "；".join(part for part in parts if part)
    photos = uploaded((*op.tokens("photos"), *op.tokens("signature")))
    visits.add_to_record(visit=visit, words=words, photos=photos)
    audit.record(
        "work.visit.report",
        target=visit,
        by=by,
        at=at,
        device_at=op.happened_at,
        reason=words,
    )
    state = VISIT_LABELS[visit.status]
    need_follow.tell(visit.job, f"上门单 {visit.number}（{state}）{words}", by=by, at=at)
    return Outcome.APPLIED


VERBS: dict[str, Act] = {
    "accept": _step("accept"),
    "depart": _step("depart"),
    "arrive": _step("arrive"),
    "decline": _decline,
    "miss": _miss,
    "complete": _complete,
    "report": _report,
    "post_need": phone_needs.post_need,
    "advance": advancing.advance,
    **phone_activities.VERBS,
    **phone_crew.VERBS,
    **phone_safety.VERBS,
    **phone_watch.VERBS,
}
