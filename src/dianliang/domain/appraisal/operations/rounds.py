"""Every write about rounds: announced, marked, shown, appealed, corrected, published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Max

from dianliang.core import audit, transitions
from dianliang.core.models import StoredFile
from dianliang.core.numbers import next_number
from dianliang.domain.appraisal.lifecycle import ROUND
from dianliang.domain.appraisal.models import (
    Edition,
    Figure,
    Indicator,
    Mark,
    Result,
    Round,
    RuleBook,
    Standing,
)
from dianliang.domain.appraisal.scoring import Place
from dianliang.domain.branches.models import Branch
from dianliang.domain.branches.rules import members_on
from dianliang.domain.directory.models import Unit
from dianliang.domain.workforce.models import Person
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase

LONGEST_DAYS = 400


class UnableToRateError(DomainError):
    """The round cannot be announced, marked, shown or decided like this."""

    code = "appraisal.unable-to-rate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Who is rated: a branch, or a person of one."""

    code: str
    name: str
    branch: Branch
    person: Person | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What an indicator gave: the value, its score, the records behind it."""

    value: Decimal
    score: Decimal
    records: Sequence[Sequence[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """One who was rated: figures by the indicator's key, score, place, band."""

    subject: Subject
    figures: Mapping[int, Counted]
    score: Decimal
    place: Place
    band: str


@transaction.atomic
def announce(
    *,
    edition: Edition,
    title: str,
    unit: Unit,
    since: date,
    until: date,
    by: Actor,
    at: datetime,
) -> Round:
    """Announce a round by the published rules (公布规则、开始考评).

    Raises:
        UnableToRateError: the rules are not published, the days make no sense, or the period of
            a contest has begun.
    """
    book = edition.book
    today = at.astimezone(SHANGHAI).date()
    if edition.status != "IN_FORCE" or book.kind == RuleBook.Kind.TASKS:
        raise UnableToRateError("请选择已发布的考评办法或竞赛规则。", field="book")
    if not 0 <= (until - since).days <= LONGEST_DAYS:
        raise UnableToRateError("截止日期应在起始日期之后一年之内。", field="until")
    is_contest = book.kind == RuleBook.Kind.CONTEST
    if is_contest and since <= today:
        message = Phrase(
            "竞赛规则应在比赛开始之前公布，起始日期应晚于今天（%(today)s）。", today=today
        )
        raise UnableToRateError(message, field="since")
    if until < today:
        raise UnableToRateError("考评期已经结束，请选择未结束的期间。", field="until")
    made = Round.objects.create(
        number=next_number("KP", at=at),
        title=title,
        edition=edition,
        is_contest=is_contest,
        unit=unit,
        since=since,
        until=until,
        announced_on=today,
        announced_at=at,
        announced_by=by.name,
    )
    audit.record(
        "appraisal.round.announce",
        target=made,
        by=by,
        at=at,
        after=f"{since} {until}",
        reason=f"{edition}",
    )
    return made


@transaction.atomic
def mark(
    *,
    round_: Round,
    indicator: Indicator,
    subject: Subject,
    points: int,
    words: str,
    file: StoredFile | None,
    record: tuple[str, str],
    by: Actor,
    at: datetime,
) -> Mark:
    """Give a mark out of 100 for what no record shows (评分); a later one replaces it.

    Raises:
        UnableToRateError: records show it, the round is over, the mark makes no sense, nothing
            shows it, or the assessor is who is assessed.
    """
    if indicator.measure or indicator.edition_id != round_.edition_id:
        raise UnableToRateError("这一项按系统记录计算，不用人工评分。", field="mark")
    if hold(round_).status != "OPEN":
        raise UnableToRateError("已出结果，评分不能再改；有异议请走申诉。", field="mark")
    if not 0 <= points <= 100:
        raise UnableToRateError("评分应为 0 到 100 的整数。", field="mark")
    if file is None and not record[1]:
        raise UnableToRateError("评分要有佐证：请上传文件，或写记录编号。", field="record")
    require_other(subject, by=by, at=at)
    kept, is_new = Mark.objects.update_or_create(
        round=round_,
        indicator=indicator,
        subject=subject.code,
        defaults={
            "mark": points,
            "words": words,
            "file": file,
            "record_kind": record[0],
            "record_number": record[1],
            "assessor": by.id,
            "assessor_name": by.name,
            "assessor_person": by.person_number,
            "at": at,
        },
    )
    audit.record(
        "appraisal.round.mark",
        target=round_,
        by=by,
        at=at,
        before="" if is_new else subject.name,
        after=f"{subject.name} {indicator.title} {points}"[:120],
        reason=words,
    )
    return kept


def hold(round_: Round) -> Round:
    """Return a round as it is now, and hold it: no mark or appeal comes while it moves on."""
    return Round.objects.select_for_update(no_key=True).get(pk=round_.pk)


def require_other(subject: Subject, *, by: Actor, at: datetime) -> None:
    """Refuse whoever would judge himself: the person, or the branch's own people.

    Raises:
        UnableToRateError: it is the actor's own affair.
    """
    person, branch = subject.person, subject.branch
    if person is not None:
        if by.person_number == person.number:
            raise UnableToRateError("不能给自己评分或裁定，请由另一人办理。")
        return
    if by.unit_path.startswith(branch.unit.path):
        raise UnableToRateError("支部不能给自己评分或裁定，请由上级党建部门办理。")
    if by.person_number:
        on = at.astimezone(SHANGHAI).date()
        own = Person.objects.filter(number=by.person_number, pk__in=members_on(branch, on=on))
        if own.exists():
            raise UnableToRateError("不能给自己所在的支部评分或裁定，请由另一人办理。")


@transaction.atomic
def show(
    *,
    round_: Round,
    rated: Sequence[Rated],
    notice_until: date,
    by: Actor,
    at: datetime,
) -> Round:
    """Freeze what came of a round and show it to all (出结果并公示); appeals are open until a day.

    Raises:
        UnableToRateError: the period is not over, nobody was rated, or marks are missing.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    today = at.astimezone(SHANGHAI).date()
    if today <= round_.until:
        raise UnableToRateError(
            Phrase("考评期到 %(until)s 才结束，结束后再出结果。", until=round_.until)
        )
    if not rated:
        raise UnableToRateError("没有可以考评的对象。")
    lacking = missing_marks(round_, [row.subject for row in rated])
    if lacking:
        shown = "、".join(lacking[:5])
        raise UnableToRateError(
            Phrase("还有 %(n)d 项人工评分没有填：%(shown)s。", n=len(lacking), shown=shown)
        )
    moved = transitions.apply(
        round_, "show", lifecycle=ROUND, by=by, at=at, changes={"notice_until": notice_until}
    )
    write_result(round_=moved, rated=rated, reason="考评期结束", by=by, at=at)
    return moved


def missing_marks(round_: Round, subjects: Sequence[Subject]) -> list[str]:
    """Return which marks are still to be given."""
    given = set(round_.marks.values_list("indicator_id", "subject"))
    return [
        f"{subject.name}“{indicator.title}”"
        for indicator in round_.edition.indicators.filter(measure="")
        for subject in subjects
        if (indicator.pk, subject.code) not in given
    ]


@transaction.atomic
def write_result(
    *, round_: Round, rated: Sequence[Rated], reason: str, by: Actor, at: datetime
) -> Result:
    """Write down a result of a round as its next edition; earlier ones stay."""
    hold(round_)
    last = round_.results.aggregate(last=Max("edition"))["last"] or 0
    result = Result.objects.create(
        round=round_,
        edition=last + 1,
        reason=reason,
        made_by=by.id,
        made_name=by.name,
        made_at=at,
    )
    standings = Standing.objects.bulk_create(
        Standing(
            result=result,
            subject=row.subject.code,
            name=row.subject.name,
            branch=row.subject.branch,
            person=row.subject.person,
            score=row.score,
            place=row.place.place,
            sharing=row.place.sharing,
            band=row.band,
        )
        for row in rated
    )
    Figure.objects.bulk_create(
        Figure(
            standing=standing,
            indicator_id=key,
            value=counted.value,
            score=counted.score,
            records=[*map(list, counted.records)],
        )
        for standing, row in zip(standings, rated, strict=True)
        for key, counted in row.figures.items()
    )
    audit.record(
        "appraisal.round.result",
        target=round_,
        by=by,
        at=at,
        after=f"第 {result.edition} 版",
        reason=reason,
    )
    return result


@transaction.atomic
def correct(
    *, round_: Round, rated: Sequence[Rated], reason: str, by: Actor, at: datetime
) -> Result:
    """Compute a result anew after records were put right (更正结果): a new edition with a reason.

    Raises:
        UnableToRateError: there is no reason, or no result yet.
    """
    if not reason:
        raise UnableToRateError("请写明更正原因。", field="reason")
    if round_.status not in {"SHOWN", "PUBLISHED"}:
        raise UnableToRateError("还没有结果，不用更正。")
    return write_result(round_=round_, rated=rated, reason=reason, by=by, at=at)


@transaction.atomic
def publish(*, round_: Round, by: Actor, at: datetime) -> Round:
    """Make a result final (公布): the days of the notice are over, every appeal is decided.

    Raises:
        UnableToRateError: one of both is not so.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    today = at.astimezone(SHANGHAI).date()
    if round_.notice_until is not None and today <= round_.notice_until:
        raise UnableToRateError(
            Phrase("公示到 %(notice_until)s 为止，期满后再公布。", notice_until=round_.notice_until)
        )
    hold(round_)
    waiting = round_.appeals.filter(status="OPEN").count()
    if waiting:
        raise UnableToRateError(
            Phrase("还有 %(waiting)s 条申诉没有裁定，裁定后再公布。", waiting=waiting)
        )
    return transitions.apply(
        round_, "publish", lifecycle=ROUND, by=by, at=at, changes={"published_at": at}
    )


@transaction.atomic
def cancel(*, round_: Round, reason: str, by: Actor, at: datetime) -> Round:
    """Call a round off (取消).

    Raises:
        UnableToRateError: there is no reason.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    if not reason:
        raise UnableToRateError("请写明取消原因。", field="reason")
    return transitions.apply(round_, "cancel", lifecycle=ROUND, by=by, at=at, note=reason)
