"""Every write about talks. The trail learns that a step was taken, never what was said."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number
from dianliang.domain.branches.models import Branch
from dianliang.domain.branches.rules import belonging_on, holders, posts_held
from dianliang.domain.directory.models import RoleAssignment
from dianliang.domain.talks.lifecycle import TALK
from dianliang.domain.talks.models import Promise, Talk, TalkReader
from dianliang.domain.workforce.models import Person
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase

LONGEST_DAYS = 366
ABOVE = frozenset({Role.PARTY_AFFAIRS, Role.COMMANDER})
"""In which roles somebody stands above the branches that his role reaches."""
MOST_PROMISES, MOST_READERS = 20, 5


class UnableToTalkError(DomainError):
    """The talk, a step of it or a promise cannot be written down like this."""

    code = "talks.unable-to-talk"


def branch_of(person: Person, *, on: date) -> Branch | None:
    """Return the branch to which a person belongs on a day, or None."""
    found = belonging_on(on=on).get(person.pk)
    return None if found is None else Branch.objects.select_related("unit").get(pk=found)


def may_lead(branch: Branch, *, by: Actor, on: date) -> bool:
    """Tell whether the actor talks with members of a branch: he holds a post, or stands above."""
    above = by.role in ABOVE and by.reaches_unit(branch.unit.path)
    held = holders([branch.pk], on=on).values()
    numbers = {row.person.number for row in held if row.person is not None}
    return bool(by.person_number) and (above or by.person_number in numbers)


def is_superior(person: Person, *, branch: Branch, on: date) -> bool:
    """Tell whether a person holds a post in a branch, or his account stands above it."""
    if posts_held(person, branch=branch, on=on):
        return True
    if person.user is None:
        return False
    roles = RoleAssignment.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=on),
        Q(valid_until=None) | Q(valid_until__gte=on),
        user=person.user,
        role__in=ABOVE,
    )
    paths = roles.values_list("unit__path", flat=True)
    return any(branch.unit.path.startswith(path) for path in paths)


@transaction.atomic
def plan(
    *,
    leader: Person,
    person: Person,
    occasion: str,
    purpose: str,
    planned_on: date,
    by: Actor,
    at: datetime,
) -> Talk:
    """Appoint a talk (约谈), the first step.

    Raises:
        UnableToTalkError: one cannot talk with oneself, the person is in no branch that the actor
            leads, or the day is not ahead.
    """
    today = at.astimezone(SHANGHAI).date()
    if leader.pk == person.pk:
        raise UnableToTalkError("谈话对象不能是本人。", field="person")
    branch = branch_of(person, on=today)
    if branch is None:
        raise UnableToTalkError(
            Phrase("%(name)s没有编入党支部，不能约谈。", name=person.name), field="person"
        )
    if not may_lead(branch, by=by, on=today):
        message = Phrase(
            "您不是“%(branch)s”的支部委员，也不是其上级党务人员，不能约谈。", branch=branch
        )
        raise UnableToTalkError(message, field="person")
    _require_ahead(planned_on, today=today, field="planned_on", label="约谈日期")
    talk = Talk.objects.create(
        number=next_number("TH", at=at),
        branch=branch,
        leader=leader,
        person=person,
        occasion=occasion,
        purpose=purpose,
        planned_on=planned_on,
        due_on=planned_on,
        created_at=at,
    )
    audit.record("talks.talk.plan", target=talk, by=by, at=at, after=f"{planned_on}")
    return talk


@transaction.atomic
def hold(*, talk: Talk, held_on: date, notes: str, due_on: date, by: Actor, at: datetime) -> Talk:
    """Write down that the two talked (面谈), and until when it is followed up.

    Raises:
        UnableToTalkError: nothing was written, or a day makes no sense.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    today = at.astimezone(SHANGHAI).date()
    if not notes:
        raise UnableToTalkError("请记录谈话内容。", field="notes")
    if not talk.created_at.astimezone(SHANGHAI).date() <= held_on <= today:
        message = "面谈日期应在约谈登记之后，不能晚于今天。"
        raise UnableToTalkError(message, field="held_on")
    _require_ahead(due_on, today=today, field="due_on", label="跟进期限")
    changes = {"held_on": held_on, "notes": notes, "due_on": due_on}
    return transitions.apply(talk, "hold", lifecycle=TALK, by=by, at=at, changes=changes)


@transaction.atomic
def promise(
    *, talk: Talk, words: str, is_leaders: bool, due_on: date, by: Actor, at: datetime
) -> Promise:
    """Write down what one of the two promised (承诺).

    Raises:
        UnableToTalkError: they have not talked, it is over, or there are too many.
    """
    talk = Talk.objects.select_for_update().get(pk=talk.pk)
    if talk.status not in {"HELD", "FOLLOWING"}:
        raise UnableToTalkError("面谈之后、回访之前才能登记承诺。")
    count = talk.promises.count()
    if count >= MOST_PROMISES:
        raise UnableToTalkError(Phrase("一次谈话最多 %(most)s 条承诺。", most=MOST_PROMISES))
    _require_ahead(due_on, today=at.astimezone(SHANGHAI).date(), field="due_on", label="承诺期限")
    made = Promise.objects.create(
        talk=talk, position=count + 1, words=words, is_leaders=is_leaders, due_on=due_on
    )
    audit.record("talks.talk.promise", target=talk, by=by, at=at, after=f"{made.position}")
    return made


@transaction.atomic
def follow(*, talk: Talk, due_on: date, by: Actor, at: datetime) -> Talk:
    """Begin to follow up what was promised (跟进), until the day of the visit that closes.

    Raises:
        UnableToTalkError: the day lies behind.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    _require_ahead(due_on, today=at.astimezone(SHANGHAI).date(), field="due_on", label="回访期限")
    changes = {"due_on": due_on}
    return transitions.apply(talk, "follow", lifecycle=TALK, by=by, at=at, changes=changes)


@transaction.atomic
def keep(*, talk: Talk, position: int, words: str, by: Actor, at: datetime) -> Promise:
    """Write down that a promise was kept (兑现).

    Raises:
        UnableToTalkError: there is no such promise, it was kept already, or nothing was written.
    """
    found = talk.promises.filter(position=position).first()
    if found is None:
        raise UnableToTalkError("没有这条承诺。")
    if not words:
        raise UnableToTalkError("请写明完成情况。", field="words")
    found.done_on, found.done_words = at.astimezone(SHANGHAI).date(), words
    values = {"done_on": found.done_on, "done_words": words}
    if not Promise.objects.filter(pk=found.pk, done_on=None).update(**values):
        raise UnableToTalkError("这条承诺已经登记完成。")
    audit.record("talks.talk.keep", target=talk, by=by, at=at, after=f"{position}")
    return found


@transaction.atomic
def close(*, talk: Talk, outcome: str, by: Actor, at: datetime) -> Talk:
    """Look back together and close the talk (回访), the fourth step.

    Raises:
        UnableToTalkError: a promise is not kept, or nothing was written.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    Talk.objects.select_for_update().get(pk=talk.pk)  # no promise is added meanwhile
    left = talk.promises.filter(done_on=None).count()
    if left:
        raise UnableToTalkError(Phrase("还有 %(left)s 条承诺没有兑现，不能回访办结。", left=left))
    if not outcome:
        raise UnableToTalkError("请写明回访情况。", field="outcome")
    today = at.astimezone(SHANGHAI).date()
    changes = {"outcome": outcome, "closed_on": today, "due_on": None}
    return transitions.apply(talk, "close", lifecycle=TALK, by=by, at=at, changes=changes)


@transaction.atomic
def cancel(*, talk: Talk, by: Actor, at: datetime) -> Talk:
    """Give an appointment up (取消).

    Raises:
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    changes = {"due_on": None}
    return transitions.apply(talk, "cancel", lifecycle=TALK, by=by, at=at, changes=changes)


@transaction.atomic
def name_reader(*, talk: Talk, person: Person, by: Actor, at: datetime) -> TalkReader:
    """Let a superior read a talk (授权查看); the trail and both sides know it.

    Raises:
        UnableToTalkError: he is one of the two or no superior of the branch, or there are enough.
    """
    if person.pk in {talk.leader_id, talk.person_id}:
        raise UnableToTalkError("谈话双方本来就能看。", field="person")
    if not is_superior(person, branch=talk.branch, on=at.astimezone(SHANGHAI).date()):
        message = Phrase(
            "%(name)s不是“%(branch)s”的支部委员，也不是其上级党务人员或指挥长。",
            name=person.name,
            branch=talk.branch,
        )
        raise UnableToTalkError(
            Phrase("%(message)s只能授权上级查看。", message=Phrase(message)), field="person"
        )
    if talk.readers.count() >= MOST_READERS:
        raise UnableToTalkError(
            Phrase("最多授权 %(most)s 位上级。", most=MOST_READERS), field="person"
        )
    made, is_new = TalkReader.objects.get_or_create(
        talk=talk, person=person, defaults={"named_at": at}
    )
    if is_new:
        audit.record("talks.talk.name_reader", target=talk, by=by, at=at, after=person.number)
    return made


def _require_ahead(on: date, *, today: date, field: str, label: str) -> None:
    if not 0 <= (on - today).days <= LONGEST_DAYS:
        raise UnableToTalkError(
            Phrase("%(label)s不能早于今天，也不能晚于一年以后。", label=Phrase(label)), field=field
        )
