"""Rounds of 三管 and contests: announced, marked, shown, appealed, corrected, published."""

from datetime import date, datetime, timedelta

from django.db import transaction

from dianliang.core.papers import keep_paper
from dianliang.domain.appraisal import access
from dianliang.domain.appraisal.models import Appeal, Indicator, Mark, Result, Round, Standing
from dianliang.domain.appraisal.operations import appeals, rounds
from dianliang.domain.appraisal.operations.rounds import Subject
from dianliang.flows.appraisal.computing import rate, subjects
from dianliang.flows.appraisal.rulebooks import current
from dianliang.flows.branches.choices import record_of, unit_of, words
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError, NotVisibleError

NOTICE_DAYS = 5


def announce(
    *, book: str, title: str, unit: str, since: date, until: date, by: Actor, at: datetime
) -> Round:
    """Announce a round by the latest published edition of a rule.

    Raises:
        InvalidInputError, UnableToRateError: a field makes no sense; see the operation.
    """
    return rounds.announce(
        edition=current(book, by=by),
        title=words(title, field="title", label="名称", most=80, least=2),
        unit=unit_of(unit, by=by, field="unit", label="单位"),
        since=since,
        until=until,
        by=by,
        at=at,
    )


def subject_of(round_: Round, code: str, *, by: Actor, on: date) -> Subject:
    """Return one who is rated, of a branch of the actor's or himself.

    Raises:
        NotVisibleError: there is none, or it is another unit's.
    """
    for subject in subjects(round_, on=on):
        is_own = subject.person is not None and subject.code == by.person_number
        if subject.code == code and (is_own or by.reaches_unit(subject.branch.unit.path)):
            return subject
    # Who has left since stands in the result that was frozen.
    rows = Standing.objects.filter(result__round=round_, subject=code.replace("\0", ""))
    kept = rows.select_related("branch__unit", "person").order_by("-pk").first()
    if kept is not None:
        is_own = kept.person is not None and kept.person.number == by.person_number
        if not is_own and not by.reaches_unit(kept.branch.unit.path):
            raise NotVisibleError("没有找到这个考评对象。")
        return Subject(code=kept.subject, name=kept.name, branch=kept.branch, person=kept.person)
    raise NotVisibleError("没有找到这个考评对象。")


def _indicator(round_: Round, position: str) -> Indicator:
    asked = int(position) if position.isascii() and position.isdecimal() else 0
    found = round_.edition.indicators.filter(position=min(asked, 32_000)).first()
    if found is None:
        raise InvalidInputError("请选择指标。", field="indicator")
    return found


@transaction.atomic
def mark(
    *,
    number: str,
    subject: str,
    indicator: str,
    points: int,
    text: str,
    content: bytes | None,
    record: str,
    by: Actor,
    at: datetime,
) -> Mark:
    """Give a mark for what no record shows.

    Raises:
        NotVisibleError, InvalidInputError, UnableToRateError: see the operation.
    """
    round_ = access.round_to_lead(number, by=by)
    who = subject_of(round_, subject, by=by, on=_day(at))
    told = words(text, field="words", label="评分依据", most=300, least=2)
    shown = record_of(record, by=by)
    file = keep_paper(content, at=at, field="file") if content else None
    return rounds.mark(
        round_=round_,
        indicator=_indicator(round_, indicator),
        subject=who,
        points=points,
        words=told,
        file=file,
        record=shown,
        by=by,
        at=at,
    )


@transaction.atomic
def show(*, number: str, by: Actor, at: datetime) -> Round:
    """Freeze what came of a round and show it for some days.

    Raises:
        NotVisibleError, UnableToRateError, IllegalTransitionError: see the operation.
    """
    round_ = access.round_to_lead(number, by=by)
    on = _day(at)
    until = on + timedelta(days=NOTICE_DAYS)
    rounds.hold(round_)  # no mark comes from here on
    rated = rate(round_, on=on)
    return rounds.show(round_=round_, rated=rated, notice_until=until, by=by, at=at)


@transaction.atomic
def correct(*, number: str, reason: str, by: Actor, at: datetime) -> Result:
    """Compute a result anew, as a further edition with a reason.

    Raises:
        NotVisibleError, InvalidInputError, UnableToRateError: see the operation.
    """
    round_ = access.round_to_lead(number, by=by)
    why = words(reason, field="reason", label="更正原因", most=300, least=2)
    rounds.hold(round_)
    rated = rate(round_, on=_day(at))
    return rounds.correct(round_=round_, rated=rated, reason=why, by=by, at=at)


def publish(*, number: str, by: Actor, at: datetime) -> Round:
    """Make a result final.

    Raises:
        NotVisibleError, UnableToRateError, IllegalTransitionError: see the operation.
    """
    return rounds.publish(round_=access.round_to_lead(number, by=by), by=by, at=at)


def cancel(*, number: str, reason: str, by: Actor, at: datetime) -> Round:
    """Call a round off.

    Raises:
        NotVisibleError, InvalidInputError, UnableToRateError: see the operation.
    """
    why = words(reason, field="reason", label="取消原因", most=200, least=2)
    return rounds.cancel(round_=access.round_to_lead(number, by=by), reason=why, by=by, at=at)


def appeal(
    *, number: str, subject: str, indicator: str, text: str, by: Actor, at: datetime
) -> Appeal:
    """Say that a figure of a branch of the actor's, or of himself, is wrong.

    Raises:
        NotVisibleError, InvalidInputError, UnableToRateError: see the operation.
    """
    round_ = Round.objects.filter(number=number.replace("\0", "")).first()
    if round_ is None:
        raise NotVisibleError("没有找到这次考评。")
    who = subject_of(round_, subject, by=by, on=_day(at))
    return appeals.appeal(
        round_=round_,
        indicator=_indicator(round_, indicator),
        subject=who,
        words=words(text, field="words", label="申诉理由", most=500, least=4),
        by=by,
        at=at,
    )


@transaction.atomic
def decide(
    *, number: str, verb: str, points: int | None, because: str, by: Actor, at: datetime
) -> Appeal:
    """Decide an appeal; upheld, the result is computed anew as a further edition.

    Raises:
        NotVisibleError, InvalidInputError, UnableToRateError, IllegalTransitionError: see there.
    """
    found = access.appeal_to_decide(number, by=by)
    rounds.hold(found.round)  # two upheld at once: the second sees the first one's mark
    why = words(because, field="because", label="裁定理由", most=500, least=4)
    on = _day(at)
    moved = appeals.decide(
        appeal=found,
        verb=verb,
        points=points,
        because=why,
        subject=subject_of(found.round, found.subject, by=by, on=on),
        by=by,
        at=at,
    )
    if verb == "uphold":
        reason = f"申诉 {found.number}：{why}"[:300]
        rounds.write_result(
            round_=found.round, rated=rate(found.round, on=on), reason=reason, by=by, at=at
        )
    return moved


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()
